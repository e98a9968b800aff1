"""The Songs page: the repertoire, what is not sung for a while; printing and files; set lists in front."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from therapydesk.api import Db, Link, may, ntr, show_day, tr
from therapydesk.plugins.groups import music_service
from therapydesk.plugins.groups.music_chords import MAJOR, MINOR
from therapydesk.plugins.groups.music_service import PieceView
from therapydesk.plugins.groups.ui import music_dialogs, music_print
from therapydesk.plugins.groups.ui.music_files import SongFiles
from therapydesk.plugins.groups.ui.music_sets_page import SetsPage
from therapydesk.plugins.groups.ui.music_song_page import SongPage
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.list_page import ListPage

WEEKS = (6, 12, 26)
SET, SETS = "set", "sets"


class SongsPage(ListPage):
    """Links: the id of a song; "set" with the id of a set list; "sets"."""

    watches = ("groups_piece", "groups_piece_tag", "groups_sung", "groups_piece_copies")
    help_name = "songs"

    def __init__(self, desk: Desk) -> None:
        columns = [
            Column(tr("Title"), "title", strong=True),
            Column(tr("By"), lambda v: v.details.by, priority=1),
            Column(tr("Key"), lambda v: v.details.key, width=8),
            Column(tr("Tags"), lambda v: ", ".join(v.details.tags), width=22, priority=1),
            Column(tr("Last sung"), _last, width=20, empty=tr("Never"), sort_key=lambda row: row.last_on),
        ]
        super().__init__(desk, tr("Songs"), columns, hint=tr("Title, maker or words"))
        self.filter.add_choice(
            "weeks",
            tr("Sung lately or not"),
            [(0, tr("Whenever sung")), *((n, tr("Not sung for {n} weeks").format(n=n)) for n in WEEKS)],
        )
        keys = [*MAJOR, *(f"{key}m" for key in MINOR)]
        self.filter.add_choice("key", tr("Key"), [("", tr("Any key")), *((key, key) for key in keys)])
        self._tags: list[str] = []
        self.filter.add_choice("tag", tr("Tag"), self._tag_choices())
        self.add_action_button(tr("Set lists"), self.show_sets, "document")
        self.files = SongFiles(self)
        self.add_action_button(tr("Save songs"), self.save_list, "save")
        self.add_action_button(tr("Print songs"), self.print_list, "print")
        if may(desk.user, "groups.edit"):
            self.add_action_button(tr("Import songs"), self.files.choose, "import")
            self.add_action_button(tr("Add song"), self.new_record, "add", primary=True)
            self.table.set_states(empty=(tr("There are no songs yet."), tr("Add song"), self.new_record))

    def _tag_choices(self) -> list[tuple[str, str]]:
        return [("", tr("Any tag")), *((tag, tag) for tag in self._tags)]

    def refresh(self) -> None:
        with self.desk.vault.read() as db:
            tags = music_service.list_tags(db)
        if tags != self._tags:
            self._tags = tags
            self.filter.set_choices("tag", self._tag_choices())
        super().refresh()

    def read_rows(self, db: Db) -> Sequence[PieceView]:
        """All songs that are sung."""
        return music_service.list_pieces(db)

    def keep(self, row: PieceView) -> bool:
        weeks, key, tag = (self.filter.value(name) for name in ("weeks", "key", "tag"))
        if (weeks and not row.not_sung_for(weeks)) or (key and row.details.key != key):
            return False
        if tag and tag not in row.details.tags:
            return False
        return self.filter.matches(row.title, row.details.by, *row.details.tags, row.details.text)

    def show_count(self, rows: Sequence[Any]) -> None:
        self.set_summary(ntr("One song", "{n} songs", len(rows)))

    def open_row(self, row: PieceView) -> None:
        """The song in front of the list."""
        self.show_record(SongPage(self.desk, row.id))

    def open_ref(self, link: Link) -> None:
        """Follow a link."""
        if link.args[:1] == (SETS,):
            self.show_sets()
        elif link.args[:1] == (SET,) and link.ref is not None:
            self.show_sets().open_set(link.ref)
        elif link.ref is not None:
            self.show_record(SongPage(self.desk, link.ref))

    def show_sets(self) -> SetsPage:
        """The set lists in front of the songs."""
        page = SetsPage(self.desk)
        self.show_record(page)
        return page

    def new_record(self) -> None:
        """Ctrl+N: a song."""
        music_dialogs.piece_dialog(self, None, self._saved)

    def _saved(self, _made: UUID) -> None:
        self.mark_stale()

    def _shown(self) -> list[PieceView]:
        with self.desk.vault.read() as db:
            return [row for row in self.read_rows(db) if self.keep(row)]

    def save_list(self) -> None:
        """The songs that the list shows as a table, which the import reads."""
        with self.guard():
            self.files.save_table([row.id for row in self._shown()])

    def print_list(self) -> None:
        """Ctrl+P: the songs that the list shows."""
        with self.guard():
            rows = self._shown()
            music_print.print_dialog(
                self, [(row.id, "") for row in rows], rows[0].title if len(rows) == 1 else ""
            )


def _last(row: PieceView) -> str:
    if row.resting and row.details.rests_until is not None:
        return tr("Rests until {day}").format(day=show_day(row.details.rests_until, short=True))
    return show_day(row.last_on, short=True) if row.last_on is not None else ""
