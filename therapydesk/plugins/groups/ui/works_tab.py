"""The tab of a person with the music they made and where they performed."""

from __future__ import annotations

from uuid import UUID

from therapydesk.api import Link, tr
from therapydesk.plugins.groups import works_events, works_service
from therapydesk.plugins.groups.ui.works_page import Row, columns, row_of
from therapydesk.plugins.groups.works_service import PAGE
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.person_tab import PersonTabPage
from therapydesk.ui.kit.tables import ListTable


class WorksTab(PersonTabPage):
    """Enter opens the work or the performance."""

    watches = ("groups_work", "groups_maker", "groups_event", "groups_performer", "consent")
    help_name = "works"

    def __init__(self, desk: Desk, person_id: UUID) -> None:
        super().__init__(desk, person_id, tr("Music made"))
        self.table = ListTable(columns(desk), tr("Music made"))
        self.table.set_states(empty=tr("No works or performances of theirs are written down."))
        self.table.opened.connect(self.open_row)
        self.body.addWidget(self.table, 1)

    def refresh(self) -> None:
        """Read what they made and where they performed."""
        with self.desk.vault.read() as db:
            events = works_events.events_of(db, self.subject_id)
            works = works_service.works_of(db, self.subject_id)
        self.table.show_rows([*map(row_of, events), *map(row_of, works)])

    def open_row(self, row: Row) -> None:
        """Go to the work or the performance."""
        self.desk.open_link(Link(PAGE, row.view.id))
