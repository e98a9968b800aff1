"""One work: who made it and how they are named, what it is cleared for, its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from therapydesk.api import may, show_day, today, tr
from therapydesk.plugins.groups import works_files, works_service
from therapydesk.plugins.groups.ui import works_dialogs
from therapydesk.plugins.groups.ui.work_files import WorkFilesPart
from therapydesk.plugins.groups.works_rules import credit_words, kind_words, use_words
from therapydesk.plugins.groups.works_service import MakerDetails, WorkView
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.tables import ListTable
from therapydesk.ui.kit.two_columns import TwoColumns

LEAST_ROWS = 3  # of the makers, below which the page scrolls
Named = tuple[MakerDetails, str]


def people_columns() -> list[Column]:
    """Somebody and how they want to be named."""
    return [
        Column(tr("Name"), lambda row: row[1], strong=True),
        Column(tr("Named"), lambda row: credit_words(row[0].credit)),
    ]


class WorkPage(BasePage):
    """Enter on a maker changes how they are named."""

    watches = ("groups_work", "groups_maker", "groups_work_use", "consent", "document")
    help_name = "works"
    scrolls = True

    def __init__(self, desk: Desk, work_id: UUID) -> None:
        super().__init__(desk, tr("Work"))
        self.work_id = work_id
        self.view: WorkView | None = None
        self.edits = may(desk.user, "groups.edit")
        self.keeps_files = may(desk.user, "clinical_documents.add") and "clinical" in desk.vault.zones
        self.table = ListTable(people_columns(), tr("Who made it"))
        empty = (tr("Nobody is named yet."), tr("Add a maker"), self.new_record)
        self.table.set_states(empty=empty if self.edits else empty[0])
        self.table.opened.connect(self.open_maker)
        self.uses = Card(tr("Consents"))
        self.files = WorkFilesPart(self, work_id)
        self.table.setMinimumHeight((LEAST_ROWS + 1) * self.table.view.row_height())
        beside = TwoColumns(3, 2)
        beside.left.addWidget(self.table, 1)
        beside.left.addWidget(self.files, 1)
        shows = "clinical" in desk.vault.zones and may(desk.user, "clinical_documents.read")
        self.files.setVisible(shows)  # only now: before it would be a window of its own
        beside.right.addWidget(self.uses)
        beside.right.addStretch(1)
        self.body.addWidget(beside, 1)
        if self.edits:
            self.add_action_button(tr("Take off the list"), self.take_off)
            self.add_action_button(tr("Change"), self.change, "edit")
            if self.keeps_files:
                self.add_action_button(tr("Add a file"), self.files.choose, "document")
            self.add_action_button(tr("Add a maker"), self.new_record, "add", primary=True)

    def refresh(self) -> None:
        """Read the work, and its files where this user may see them."""
        with self.desk.vault.read() as db:
            (view,) = works_service.get_works(db, [self.work_id])
            shows = db.allows("clinical_documents.read")
            files = works_files.list_work_files(db, self.work_id) if shows else []
            session = view.details.appointment_id
            sessions = dict(works_service.recent_sessions(db, session)) if session is not None else {}
        self.view = view
        self.set_title(view.title)
        known = [kind_words(view.details.kind)]
        day = show_day(view.details.made_on) if view.details.made_on is not None else ""
        told = sessions.get(session, "") if session is not None else ""
        if day and not told.startswith(day):
            known.append(day)
        if told:
            known.append(tr("out of the session {when}").format(when=told))
        if view.ended_on is not None:
            known.append(tr("off the list"))
        self.set_summary(" · ".join(known))
        self.table.show_rows(self.people())
        self.uses.clear_rows()
        for line in consent_lines(view):
            self.uses.add_text(line)
        self.files.show_files(files)

    def focus_first(self) -> None:
        self.table.setFocus()

    def people(self) -> list[Named]:
        """The makers with their names."""
        return (
            list(zip(self.view.details.makers, self.view.names, strict=True)) if self.view is not None else []
        )

    def open_maker(self, row: Named) -> None:
        """How one of them is named."""
        if self.edits:
            works_dialogs.person_dialog(self, row[1], self.people(), row[0].person_id, self.keep_makers)

    def new_record(self) -> None:
        """Ctrl+N: a maker."""
        works_dialogs.person_dialog(self, tr("Add a maker"), self.people(), None, self.keep_makers)

    def keep_makers(self, makers: Sequence[MakerDetails]) -> None:
        """Keep who made it."""
        if self.view is None:
            return
        with self.desk.vault.write("core") as db:
            details = replace(self.view.details, makers=tuple(makers))
            works_service.save_work(db, details, self.work_id, self.view.row_version)
        self.refresh()
        self.done(tr("Saved."))

    def change(self) -> None:
        """Title, kind and uses."""
        works_dialogs.work_dialog(self, self.view, lambda _made: self.refresh())

    def take_off(self) -> None:
        """The work is not shown any more; undo brings it back."""

        def put(ended: bool) -> None:
            with self.desk.vault.write("core") as db:
                works_service.end_work(db, self.work_id, today() if ended else None)
            self.refresh()

        with self.guard():
            put(True)
            self.done(tr("Taken off the list of works."), lambda: put(False), lambda: put(True))


def consent_lines(view: WorkView) -> list[str]:
    """What a work is cleared for, a sentence for each use."""
    if not view.details.uses:
        return [tr("It is not meant to be used anywhere yet.")]
    if not view.cleared:
        return [use_words(use) for use in view.details.uses]
    yes, no = tr("{use}: everybody agrees."), tr("{use}: not by everybody who made it.")
    return [(yes if done else no).format(use=use_words(use)) for use, done in view.cleared.items()]
