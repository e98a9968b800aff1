"""How to reach a person, their details, and the people and places around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from therapydesk.api import (
    Link,
    PermissionDenied,
    PersonDetails,
    PersonView,
    RelationView,
    add_relation,
    edit_person,
    end_relation,
    get_person,
    list_relations,
    may,
    record_death,
    show_day,
    show_nhs_number,
    show_phone,
    today,
    tr,
)
from therapydesk.plugins.caseload.ui.details_dialog import details_dialog
from therapydesk.plugins.caseload.ui.merge_dialog import MergeDialog
from therapydesk.plugins.caseload.ui.relation_dialog import relation_dialog
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card, FlowLayout
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import button, text_label
from therapydesk.ui.kit.person_tab import PersonTabPage
from therapydesk.ui.kit.tables import Column, ListTable
from therapydesk.ui.kit.two_columns import TwoColumns

LABEL = 12  # average letters that a label has at least room for


class ContactsTab(PersonTabPage):
    """Details at the left, relations at the right."""

    scrolls = True
    watches = ("person", "contact_point", "access_need", "relation", "organisation")

    def __init__(self, desk: Desk, person_id: UUID) -> None:
        super().__init__(desk, person_id, tr("Contacts"))
        self._person: PersonView | None = None
        self.reach, self.details = Card(tr("How to reach them")), Card(tr("Details"))
        if may(desk.user, "people.edit"):
            self.reach.set_link(tr("Change"), self.change_details)
        beside = TwoColumns(2, 3)
        left = beside.left
        left.addWidget(self.reach)
        left.addWidget(self.details)
        left.addWidget(self._actions_row())
        left.addStretch(1)
        beside.right.addLayout(self._relations(), 1)
        self.body.addWidget(beside, 1)

    def _actions_row(self) -> QWidget:
        holder = QWidget()
        flow = FlowLayout(holder, spacing=8)
        user = self.desk.user
        offered: list[tuple[str, str, Callable[[], object]]] = [
            ("people.merge", tr("Join two records"), self.join),
            ("people.record_death", tr("Record a death"), self.ask_death),
        ]
        for permission, text, slot in offered:
            if may(user, permission):
                flow.addWidget(button(text, slot))
        return holder

    def _relations(self) -> QVBoxLayout:
        self.table = ListTable(
            [
                Column(tr("Name"), "name"),
                Column(tr("Is"), "kind_text", width=16),
                Column(tr("Leads on"), "leads_on", priority=2, empty=tr("Not said")),
                Column(
                    tr("We may contact"), lambda r: tr("Yes") if r.may_contact else tr("Ask first"), width=12
                ),
            ],
            tr("People and places around them"),
        )
        self.table.setMinimumHeight(style.line_height() * 9)
        self.table.opened.connect(self._open_relation)
        column = QVBoxLayout()
        column.setSpacing(8)
        edits = may(self.desk.user, "relations.edit")
        nobody = tr("Nobody yet.")
        add = tr("Add somebody")
        self.table.set_states(empty=(nobody, add, self.ask_relation) if edits else nobody)
        column.addWidget(self.table, 1)
        if edits:
            buttons = QHBoxLayout()
            buttons.addWidget(button(tr("Add person or place"), self.ask_relation, "add"))
            buttons.addWidget(button(tr("Remove"), self.remove_relation))
            buttons.addStretch(1)
            column.addLayout(buttons)
        return column

    def refresh(self) -> None:
        """Read the person and the relations."""
        with self.desk.vault.read() as db:
            self._person = get_person(db, self.subject_id)
            try:
                relations = list_relations(db, self.subject_id)
            except PermissionDenied:
                relations = []
        self._show(self._person)
        self.table.show_rows(relations)

    def _show(self, person: PersonView) -> None:
        d = person.details
        reach = [
            (tr("Phone"), "\n".join(show_phone(p) for p in d.phones)),
            (tr("E-mail"), "\n".join(d.emails)),
            (tr("Address"), "\n".join(w for w in (d.address, d.postcode) if w)),
            (tr("Best way"), d.best_way),
            (tr("Other ways"), "\n".join(person.other_ways)),
        ]
        number = person.nhs_number_unchecked or (show_nhs_number(d.nhs_number) if d.nhs_number else "")
        if person.nhs_number_unchecked:
            number = tr("{number}, does not check out").format(number=number)
        details = [
            (tr("Full name"), person.full_name),
            (tr("Date of birth"), show_day(d.born_on) if d.born_on else ""),
            (tr("Died"), show_day(person.died_on) if person.died_on else ""),
            (tr("NHS number"), number),
            (tr("What helps"), person.needs_text),
            (tr("Best place"), d.preferred_place),
            (tr("Best time"), d.preferred_time),
            (tr("Language"), d.language),
        ]
        _fill(self.reach, reach, tr("No way to reach them is known yet."))
        _fill(self.details, details, "")

    # -- what can be done ----------------------------------------------------------------

    def change_details(self) -> None:
        """The form over the person's details."""
        person = self._person
        if person is None:
            return

        def save(details: PersonDetails) -> None:
            with self.desk.vault.write("core") as db:
                edit_person(db, person.id, details, person.row_version)
            self.done(tr("Details saved"))

        details_dialog(self, person, save)

    def ask_relation(self) -> None:
        """Say who or what is around the person."""

        def save(
            kind: str, other: UUID | None, organisation: UUID | None, may_contact: bool, on: str
        ) -> None:
            with self.desk.vault.write("core") as db:
                made = add_relation(
                    db, self.subject_id, kind, other, organisation, may_contact=may_contact, leads_on=on
                )
            self.done(tr("Added"), lambda: self._end(made))

        relation_dialog(self, self.desk, save)

    def _end(self, relation_id: UUID) -> None:
        with self.desk.vault.write("core") as db:
            end_relation(db, relation_id)

    def remove_relation(self) -> None:
        """Take the chosen relation away, with Undo."""
        row: RelationView | None = self.table.current_row()
        if row is None:
            return

        def again() -> None:
            with self.desk.vault.write("core") as db:
                add_relation(
                    db,
                    self.subject_id,
                    row.kind,
                    row.other_person_id,
                    row.organisation_id,
                    may_contact=row.may_contact,
                    leads_on=row.leads_on,
                )

        with self.guard():
            self._end(row.id)
            self.done(tr("{name} removed").format(name=row.name), again)

    def _open_relation(self, row: RelationView) -> None:
        if row.other_person_id is not None:
            self.desk.open_link(Link("person", row.other_person_id))

    def join(self) -> None:
        """Join this record with another of the same person."""
        MergeDialog(self, self.desk, self.subject_id).open()

    def ask_death(self) -> None:
        """Record a death: bookings, invoices and mailings then stop and ask."""
        person = self._person
        if person is None:
            return

        def put(day: Any) -> None:
            with self.desk.vault.write("core") as db:
                record_death(db, self.subject_id, day)

        def save(values: dict[str, Any]) -> None:
            put(values["on"])
            self.done(tr("Recorded that {name} died").format(name=person.name), lambda: put(person.died_on))

        dialog = FormDialog(self, tr("Record a death"), tr("Record"), save)
        text = tr("Sessions that are booked, invoices and letters then wait until you decide about each.")
        dialog.form.add_widget(text_label(text, "", "text_muted", wrap=True))
        dialog.form.add_date("on", tr("{name} died on").format(name=person.name), required=True, future=False)
        dialog.form.set_values({"on": person.died_on or today()})
        dialog.open()

    def focus_first(self) -> None:
        self.table.setFocus()


def _fill(card: Card, lines: list[tuple[str, str]], empty: str) -> None:
    card.clear_rows()
    lines = [line for line in lines if line[1]]
    if not lines:
        card.add_text(empty or tr("Nothing is known yet."))
        return
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(8)
    grid.setColumnStretch(1, 1)
    grid.setColumnMinimumWidth(0, style.chars(LABEL))  # the values of both cards stand on one line
    for number, (title, text) in enumerate(lines):
        grid.addWidget(text_label(title, "", "text_muted"), number, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(text_label(text, wrap=True), number, 1)
    card.add_row(holder)
