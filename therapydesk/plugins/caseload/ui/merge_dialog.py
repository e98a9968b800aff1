"""Two records of one person: choose the other, see both side by side, join them; it can be undone."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from therapydesk.api import (
    FieldPair,
    Link,
    PeopleQuery,
    UserError,
    compare_people,
    get_person,
    list_people,
    merge_people,
    person_word,
    show_day,
    show_nhs_number,
    tr,
    unmerge_people,
)
from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.filter_bar import SearchField
from therapydesk.ui.kit.icons import app_icon
from therapydesk.ui.kit.labels import button, name_choice, text_label
from therapydesk.ui.kit.later import Later
from therapydesk.ui.kit.messages import MessageBar
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.tables import Column, ListTable

MOST = 20
LARGE = 1.5  # text this much larger than normal


def field_title(field: str) -> str:
    """The title of a field in the comparison."""
    titles = {
        "full_name": tr("Full name"),
        "preferred_name": tr("Preferred name"),
        "pronouns": tr("Pronouns"),
        "born_on": tr("Date of birth"),
        "nhs_number": tr("NHS number"),
        "ask_me_about": tr("Ask me about"),
        "language": tr("Language"),
        "address": tr("Address"),
        "postcode": tr("Postcode"),
        "best_way": tr("Best way"),
    }
    return titles.get(field, field)


class MergeDialog(QDialog):
    """`kept` stays; sessions, notes and everything else of the other go to it."""

    def __init__(self, page: BasePage, desk: Desk, kept_id: UUID) -> None:
        super().__init__(page)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self._page, self._desk, self._kept_id = page, desk, kept_id
        with desk.vault.read() as db:
            self._kept = get_person(db, kept_id)
        title = tr("Same {person} as {name}").format(person=person_word(), name=self._kept.name)
        self.setWindowTitle(title)
        self.setWindowIcon(app_icon())
        self.messages = MessageBar(closable=False)
        self.search = SearchField(tr("Name, NHS number or phone of the other record"))
        self.table = self._make_table()
        self.compared = QWidget()
        self._grid = QGridLayout(self.compared)
        self._grid.setContentsMargins(0, 0, 12, 0)
        self._grid.setHorizontalSpacing(16)
        self._takes: dict[str, QComboBox] = {}
        self.join_button = button(tr("Join the two records"), self.join, kind="primary")
        self.join_button.setEnabled(False)
        self._lay_out(title)
        self._timer = Later(self, 120, self.look)
        self.search.textChanged.connect(lambda _text: self._timer.start())
        self.search.down_pressed.connect(lambda: self.table.setFocus())
        self.search.setText(self._kept.full_name.split()[-1])
        self.look()

    def _make_table(self) -> ListTable:
        columns = [
            Column(tr("Name"), "full_name"),
            Column(tr("Date of birth"), "born_on", kind="date"),
            Column(tr("State"), "stage_text", width=10, empty=tr("None")),
        ]
        table = ListTable(columns, tr("Records that were found"))
        lines = 7 if style.text_scale() <= LARGE else 4
        table.setFixedHeight(style.line_height() * lines)
        table.set_states(
            empty=tr("No other record is called that."), filtered=tr("No other record is called that.")
        )
        table.current_changed.connect(lambda row: self.compare(row.id if row is not None else None))
        return table

    def _lay_out(self, title: str) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(12)
        layout.addWidget(text_label(title, "section", wrap=True))
        text = tr("The record on the left stays. Sessions, notes and everything else of the other join it.")
        layout.addWidget(text_label(text, "", "text_muted", wrap=True))
        layout.addWidget(self.messages)
        layout.addWidget(self.search)
        layout.addWidget(self.table)
        self.compared.setProperty("part", "body")
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setMinimumHeight(style.line_height() * 4)
        area.setWidget(self.compared)
        layout.addWidget(area, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(button(tr("Cancel"), self.reject))
        row.addWidget(self.join_button)
        layout.addLayout(row)
        self.setMinimumWidth(min(style.chars(90), 1000))
        room = self.screen().availableGeometry().height()
        self.resize(self.minimumWidth(), min(style.line_height() * 28, round(room * 0.9)))

    def look(self) -> None:
        """Find records by what is typed; the record that stays is left out."""
        self._timer.stop()
        with self._desk.vault.read() as db:
            found = list_people(db, PeopleQuery(self.search.text()), 0, MOST) if self.search.text() else []
        self.table.show_rows([r for r in found if r.id != self._kept.id])

    def compare(self, gone_id: UUID | None) -> None:
        """Put both records side by side."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._takes.clear()
        self.join_button.setEnabled(gone_id is not None)
        if gone_id is None:
            return
        with self._desk.vault.read() as db:
            pairs = compare_people(db, self._kept.id, gone_id)
        heads = ("", tr("This record"), tr("The other record"), tr("Keep"))
        for column, head in enumerate(heads):
            self._grid.addWidget(text_label(head, "small", "text_muted"), 0, column)
        for number, pair in enumerate(p for p in pairs if p.kept or p.gone):
            self._pair(number + 1, pair)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        self._grid.setRowStretch(len(pairs) + 1, 1)

    def _pair(self, row: int, pair: FieldPair) -> None:
        title = field_title(pair.field)
        self._grid.addWidget(text_label(title, "", "text_muted"), row, 0)
        for column, value in ((1, pair.kept), (2, pair.gone)):
            if pair.field == "nhs_number" and value:
                value = show_nhs_number(str(value))
            strong = "strong" if pair.state == "differs" else ""
            tone = "" if value else "text_muted"
            self._grid.addWidget(text_label(_shown(value), strong, tone, wrap=True), row, column)
        if pair.state == "differs":
            box = QComboBox()
            box.addItems([tr("This record’s"), tr("The other’s")])
            name_choice(box, tr("{field}: which to keep").format(field=title))
            self._takes[pair.field] = box
            self._grid.addWidget(box, row, 3)
        else:
            words = tr("Is taken over") if pair.state == "adds" else ""
            self._grid.addWidget(text_label(words, "", "text_muted"), row, 3)

    def join(self) -> None:
        """Join the chosen record into the one that stays."""
        other = self.table.current_row()
        if other is None:
            return
        take = frozenset(name for name, box in self._takes.items() if box.currentIndex() == 1)
        page, desk, kept = self._page, self._desk, self._kept
        try:
            with desk.vault.write("core") as db:
                merge_id = merge_people(db, kept.id, other.id, take)
        except UserError as error:
            self.messages.show_message("danger", str(error))
            return
        self.accept()

        def undo() -> None:
            with desk.vault.write("core") as db:
                unmerge_people(db, merge_id)

        words = tr("{other} and {name} are one record now").format(other=other.full_name, name=kept.name)
        page.done(words, undo)


def _shown(value: object) -> str:
    if isinstance(value, date):
        return show_day(value)
    return str(value) if value else tr("Not recorded")


def join_records(desk: Desk) -> None:
    """The person in view, and which other record is theirs; without one the People page asks."""
    for window in QApplication.topLevelWidgets():
        for page in window.findChildren(BasePage):
            person_id = getattr(page, "person_id", None)
            if isinstance(person_id, UUID) and page.isVisible():
                MergeDialog(page, desk, person_id).open()
                return
    desk.open_link(Link("caseload.people", args=("same",)))
