"""The tab of a person with their music: the songs they liked or led, what they made, where they performed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from therapydesk.api import Link, ntr, tr
from therapydesk.plugins.groups import music_sung, works_events, works_service
from therapydesk.plugins.groups.ui.music_song_page import SONGS
from therapydesk.plugins.groups.ui.works_page import Row, columns, row_of
from therapydesk.plugins.groups.works_service import PAGE
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.person_tab import PersonTabPage
from therapydesk.ui.kit.tables import ListTable

LEAST_ROWS = 3  # of each table, below which the tab scrolls


class WorksTab(PersonTabPage):
    """Enter opens the work, the performance or the song."""

    watches = (
        "groups_work",
        "groups_maker",
        "groups_event",
        "groups_performer",
        "groups_sung",
        "groups_sung_person",
        "consent",
    )
    help_name = "works"
    scrolls = True

    def __init__(self, desk: Desk, person_id: UUID) -> None:
        super().__init__(desk, person_id, tr("Music"))
        self.table = ListTable(columns(desk), tr("Music made"))
        self.table.set_states(empty=tr("No works or performances of theirs are written down."))
        self.table.opened.connect(self.open_row)
        self.body.addWidget(self.table, 1)
        self.songs = ListTable(_song_columns(), tr("Songs they liked or led"))
        self.songs.set_states(empty=tr("No song is written down that they liked or led."))
        self.songs.opened.connect(lambda row: desk.open_link(Link(SONGS, row.id)))
        self.body.addWidget(self.songs, 1)
        for table in (self.table, self.songs):
            table.setMinimumHeight((LEAST_ROWS + 1) * table.view.row_height())

    def refresh(self) -> None:
        """Read what they made, where they performed, and which songs they liked or led."""
        with self.desk.vault.read() as db:
            events = works_events.events_of(db, self.subject_id)
            works = works_service.works_of(db, self.subject_id)
            songs = music_sung.songs_of(db, self.subject_id)
        self.table.show_rows([*map(row_of, events), *map(row_of, works)])
        self.songs.show_rows(songs)

    def open_row(self, row: Row) -> None:
        """Go to the work or the performance."""
        self.desk.open_link(Link(PAGE, row.view.id))


def _times_column(title: str, number: Callable[[Any], int]) -> Column:
    """How often; never is no number, and stands behind all others."""
    return Column(
        title,
        lambda row: _times(number(row)),
        kind="number",
        width=12,
        empty=tr("Not said"),
        sort_key=lambda row: number(row) or None,
    )


def _song_columns() -> list[Column]:
    return [
        Column(tr("Song"), "title", strong=True),
        _times_column(tr("Liked"), lambda row: row.liked),
        _times_column(tr("Led"), lambda row: row.led),
        Column(tr("Last"), "last_on", kind="date", priority=2),
    ]


def _times(n: int) -> str:
    return ntr("once", "{n} times", n) if n else ""
