"""The People page: the list, a person beside it, and adding somebody."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout

from therapydesk.api import Link, PeopleQuery, count_people, hooks, may, ntr, person_word, tr
from therapydesk.plugins.caseload.lists import OPEN_STAGES, CaseloadRow, PeopleList, count_unseen
from therapydesk.plugins.caseload.ui.add_dialog import add_person_dialog
from therapydesk.plugins.caseload.ui.facts_rows import stage_state
from therapydesk.plugins.caseload.ui.merge_dialog import MergeDialog
from therapydesk.plugins.caseload.ui.person_panel import PersonPanel
from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.later import Later
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.tables import Column, FilterBar, ListTable

STAGES = {
    "open": OPEN_STAGES,
    "active": ("active",),
    "waiting": ("waiting",),
    "paused": ("paused",),
    "closed": ("closed",),
    "": (),
}
MOST_SORTED = 1000
MANY = 5000  # so many are not counted while the page waits
BESIDE_MS = 200  # what is read beside a long list begins when the list has been painted
PANEL_FROM = 984  # a page this wide (in a window of 1,200) has room for the panel


class PeoplePage(BasePage):
    """Links: ("new",) to add somebody, ("same",) with a person to join two records."""

    watches = ("person", "episode", "appointment", "attendance", "caseload_statement")
    help_name = "people"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, person_word(2, capital=True))
        self._known = 0
        self._clinical = desk.vault.allows("caseload.read_statements")
        if may(desk.user, "referrals.import") and desk.plugins.collect(hooks.importers):
            self.add_action_button(tr("Import"), lambda: desk.open_link(Link("import")), "import")
        if may(desk.user, "people.add"):
            text = tr("Add {person}").format(person=person_word())
            self.add_action_button(text, self.add_person, "add", primary=True)
        self._build_filter()
        self.columns = self._columns()
        self.table = ListTable(self.columns, person_word(2, capital=True))
        self.table.view.sorted_section = 0
        self.table.opened.connect(lambda row: desk.open_link(Link("person", row.id)))
        self.table.current_changed.connect(self._show_chosen)
        self.table.sort_changed.connect(self._sort)
        self.table.model.failed.connect(
            self.show_error, Qt.ConnectionType.QueuedConnection
        )  # not while painting
        self._set_states()
        self.panel = PersonPanel(desk)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.table, 1)
        row.addWidget(self.panel)
        self.body.setSpacing(12)
        self.body.addWidget(self.filter)
        self.body.addLayout(row, 1)
        self._sorted = False
        self._people: PeopleList | None = None
        self._counts = False
        self._beside = Later(self, BESIDE_MS, self._read_beside)

    def _build_filter(self) -> None:
        self.filter = FilterBar()
        whose = [("all", tr("Whole practice")), ("mine", tr("My {people}").format(people=person_word(2)))]
        self.filter.add_choice("whose", tr("Whose"), whose)
        stages = [
            ("open", tr("Active, waiting, paused")),
            ("active", tr("Active")),
            ("waiting", tr("Waiting")),
            ("paused", tr("Paused")),
            ("closed", tr("Closed")),
            ("", tr("Everybody we know")),
        ]
        self.filter.add_choice("stage", tr("State"), stages)
        self.filter.changed.connect(self._filter_changed)
        self.filter.down_pressed.connect(lambda: self.table.setFocus())

    def _columns(self) -> list[Column]:
        towards = [Column(tr("Working towards"), "towards", priority=1)] if self._clinical else []
        return [
            Column(tr("Preferred name"), lambda row: row.more or row.name),
            *towards,
            Column(
                tr("Next session"),
                "next_at",
                kind="date",
                relative=True,
                empty=tr("None booked"),
                priority=2,
            ),
            Column(tr("With"), "therapist", width=9, empty=tr("Not yet"), priority=4),
            Column(tr("State"), _state, kind="state", empty=tr("None"), priority=3),
        ]

    def _set_states(self) -> None:
        nobody = tr("Nobody here yet. One name and a way to reach them is enough to begin.")
        add = tr("Add {person}").format(person=person_word())
        may_add = may(self.desk.user, "people.add")
        self.table.set_states(
            empty=(nobody, add, self.add_person) if may_add else tr("Nobody here yet."),
        )

    def _set_no_match(self) -> None:
        """What stands in place of the rows when nobody is found, and where else to look."""
        text = self.filter.text()
        words = tr("Nobody matches “{text}”.").format(text=text) if text else tr("Nobody matches.")
        if self.filter.value("whose") == "all" and self.filter.value("stage") == "":
            self.table.set_states(filtered=(words, tr("Clear filters"), self.filter.clear_filters))
        else:
            self.table.set_states(filtered=(words, tr("Look in everybody we know"), self._everybody))

    def _everybody(self) -> None:
        self.filter.set_value("whose", "all")
        self.filter.set_value("stage", "")

    # -- the list ------------------------------------------------------------------------

    def _query(self) -> PeopleQuery:
        mine = self.desk.user.id if self.filter.value("whose") == "mine" else None
        stages = STAGES[self.filter.value("stage")]
        return PeopleQuery(self.filter.text(), stages, mine)

    def _filter_changed(self) -> None:
        self.table.view.setCurrentIndex(QModelIndex())  # another list: begin at its first row
        with self.guard():
            self._show_list()

    def refresh(self) -> None:
        """Count anew and show the list."""
        with self.desk.vault.read() as db:
            self._known = count_people(db, PeopleQuery())
        if self._known > MANY:
            self._show_summary((0, 0))
            self._counts = True
            self._beside.start()
        else:
            self._show_summary(self._count_mine())
        self._show_list()

    def _count_mine(self) -> tuple[int, int]:
        """How many people are with the user, and how many of them have not come for a month."""
        with self.desk.vault.read() as db:
            mine = count_people(db, PeopleQuery("", OPEN_STAGES, self.desk.user.id))
            return mine, count_unseen(db) if mine and may(self.desk.user, "appointments.read") else 0

    def _show_summary(self, counts: tuple[int, int]) -> None:
        mine, unseen = counts
        words = f"{self._known:,} {person_word(self._known)}"
        if mine:
            words = tr("{people}, {mine} of them with you").format(people=words, mine=f"{mine:,}")
        if unseen:
            missed = ntr("one not seen for a month", "{n} not seen for a month", unseen).format(
                n=f"{unseen:,}"
            )
            words = f"{words} · {missed}"
        self.set_summary(words)

    def _show_list(self) -> None:
        """Count what is wanted and read the first window; the rest is read while scrolling."""
        people = PeopleList(self.desk.vault, self._query(), with_towards=self._clinical)
        self._set_no_match()
        if self._sorted and people.count <= MOST_SORTED:
            self.table.show_rows(people.fetch(0, people.count), filtered=self._known > 0)
        else:
            self._by_name()
            self.table.show_source(people.count, people.fetch, filtered=self._known > 0)
        self._people = people
        if people.needs_marks:
            self._beside.start()
        if people.found.more:
            self.filter.set_shown(tr("The first {n} shown").format(n=f"{people.count:,}"))
        else:
            total = f"{self._known:,}"
            self.filter.set_shown(tr("{n} of {total} shown").format(n=f"{people.count:,}", total=total))
        row: CaseloadRow | None = self.table.current_row()
        self.panel.show_person(row.id if row is not None else None)
        self._fit_panel()

    def _read_beside(self) -> None:
        """Read in jobs what a long list is still without: marks to jump by, and how many are with the user."""
        people = self._people
        if people is not None and people.needs_marks:
            self.desk.jobs.start(lambda _job: people.read_marks(), people.found.marks.update, _passed_by)
        if self._counts:
            self._counts = False
            self.desk.jobs.start(lambda _job: self._count_mine(), self._show_summary, _passed_by)

    def _by_name(self) -> None:
        self._sorted = False
        self.table.view.sorted_section, self.table.view.sort_descending = 0, False

    def _sort(self, _column: Column, _descending: bool) -> None:
        """Sort by another column than the name: all rows are then read, so there must not be too many."""
        if self.table.row_count() > MOST_SORTED:
            self._by_name()
            text = ntr("one person", "{n} people", MOST_SORTED)
            self.messages.show_message("info", tr("Filter to at most {people} to sort.").format(people=text))
            return
        self._sorted = True
        with self.guard():
            self.refresh()

    def _show_chosen(self, row: CaseloadRow | None) -> None:
        self.panel.show_person(row.id if row is not None else None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fit_panel():
            self.panel.refresh()

    def _fit_panel(self) -> bool:
        """Beside the list stands who is chosen, where there is room. Returns whether it came or went."""
        wide = self.width() >= round(PANEL_FROM * style.line_height() / 22)
        room = wide and self.table.row_count() > 0
        changed = room == self.panel.isHidden()
        self.panel.setVisible(room)
        return changed

    # -- what can be done ----------------------------------------------------------------

    def new_record(self) -> None:
        """Ctrl+N."""
        self.add_person()

    def add_person(self) -> None:
        """The form to add somebody, over the list."""
        add_person_dialog(self, self.desk)

    def open_ref(self, link: Link) -> None:
        """Follow a link: add somebody, join two records, or show a person in the list."""
        if "new" in link.args:
            self.add_person()
        elif "same" in link.args:
            row: CaseloadRow | None = self.table.current_row()
            chosen: UUID | None = link.ref or (row.id if row is not None else None)
            if chosen is not None:
                MergeDialog(self, self.desk, chosen).open()
        elif link.ref is not None:
            self.table.select_key(link.ref)

    def filter_list(self) -> None:
        """Ctrl+F."""
        self.filter.focus_search()

    def focus_first(self) -> None:
        self.table.setFocus()


def _state(row: CaseloadRow) -> object:
    return stage_state(row.stage, row.stage_text)


def _passed_by(_error: Exception) -> None:
    """Neither marks nor the count are missed: the vault was locked meanwhile."""
