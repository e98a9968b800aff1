"""The Overview of a person: strengths first, what they work towards, their sessions, the people around them."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from therapydesk.api import (
    Card as CardOffer,
)
from therapydesk.api import (
    Link,
    PermissionDenied,
    RelationView,
    get_person,
    hooks,
    list_relations,
    may,
    show_day,
    tr,
)
from therapydesk.plugins.caseload import service
from therapydesk.plugins.caseload.answers import first_sentence
from therapydesk.plugins.caseload.service import StatementDetails, StatementView
from therapydesk.plugins.caseload.ui.facts_rows import empty_layout
from therapydesk.plugins.caseload.ui.statement_dialog import statement_dialog
from therapydesk.plugins.caseload.ui.statements_card import StatementsCard, TowardsCard
from therapydesk.plugins.caseload.ui.support_card import SupportCard
from therapydesk.ui.kit.cards import Card, CardRow
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.labels import Notice, text_label
from therapydesk.ui.kit.person_tab import PersonTabPage
from therapydesk.ui.kit.two_columns import TwoColumns

CIRCLE = 5


class OverviewTab(PersonTabPage):
    """Two columns, 3 to 2. Statements are there only with the clinical key and the right to read them."""

    watches = ("caseload_statement", "person", "relation", "episode")
    scrolls = True

    def __init__(self, desk: Desk, person_id: UUID) -> None:
        super().__init__(desk, person_id, tr("Overview"))
        self._name = ""
        user = desk.user
        self._reads = desk.vault.allows("caseload.read_statements")
        writes = self._reads and may(user, "caseload.write_statements")
        add = (lambda: self.change(None, "enjoys")) if writes else None
        add_towards = (lambda: self.change(None, "working_towards")) if writes else None
        opener = (lambda said: self.change(said, said.kind)) if writes else None
        self.matters, self.towards = StatementsCard(add, opener), TowardsCard(add_towards, opener)
        self.alerts = QVBoxLayout()
        self.alerts.setSpacing(8)
        self.circle = Card(tr("Circle of people"))
        self.support = SupportCard(self, person_id)
        self._lay_out()

    def _lay_out(self) -> None:
        found = self.desk.plugins.offered(hooks.dashboard_cards, self.desk.vault)
        offers = [c for c in found if c.place == "person"]
        offers.sort(key=lambda c: c.order)
        beside = TwoColumns(3, 2)
        left, right = beside.left, beside.right
        left.addWidget(self.matters)
        left.addWidget(self.towards)
        self._add_offers(left, [c for c in offers if c.column == 0])
        left.addStretch(1)
        right.addLayout(self.alerts)
        self._add_offers(right, [c for c in offers if c.column == 1])
        right.addWidget(self.circle)
        right.addWidget(self.support)
        right.addStretch(1)
        self.body.addWidget(beside)
        self.body.addStretch(1)

    def _add_offers(self, column: QVBoxLayout, offers: list[CardOffer]) -> None:
        for offer in offers:
            widget = self.desk.plugins.build(offer, self.desk, self.subject_id)
            if widget is not None:
                column.addWidget(widget)
                continue
            text = tr("“{card}” could not be shown. See Settings, Modules.").format(card=offer.title)
            self.messages.show_message("warn", text)

    def refresh(self) -> None:
        """Read the person, what was said, and who is around them."""
        said: list[StatementView] | None = None
        with self.desk.vault.read() as db:
            self._name = get_person(db, self.subject_id).name
            if self._reads:
                said = self._said(db)
            try:
                relations: list[RelationView] | None = list_relations(db, self.subject_id)
            except PermissionDenied:
                relations = None
        for card in (self.matters, self.towards):
            card.setVisible(said is not None)
            card.show_statements(said or [], self._name)
        self._show_alerts(said or [])
        self._show_circle(relations)
        self.support.refresh()

    def _said(self, db: object) -> list[StatementView] | None:
        try:
            return service.statements(db, self.subject_id)  # type: ignore[arg-type]  # the vault's own session
        except PermissionDenied:
            return None  # not one of the user's own people

    def _show_alerts(self, said: list[StatementView]) -> None:
        empty_layout(self.alerts)
        for each in said:
            if each.kind == "alert" and each.shared:
                self.alerts.addWidget(self._alert(each))

    def _alert(self, said: StatementView) -> QWidget:
        box = Notice("warn")
        box.row.setContentsMargins(12, 12, 12, 12)
        column = QVBoxLayout()
        column.setSpacing(0)
        head = first_sentence(said.text)
        rest = said.text[len(head) :].lstrip(". \n")
        agreed = tr("{name} agreed to share it.").format(name=self._name)
        review = tr("Review by {day}.").format(day=show_day(said.review_on)) if said.review_on else ""
        column.addWidget(text_label(head, "strong", wrap=True))
        column.addWidget(text_label(" ".join(w for w in (rest, agreed, review) if w), wrap=True))
        box.row.addLayout(column, 1)
        return box

    def _show_circle(self, relations: list[RelationView] | None) -> None:
        self.circle.setVisible(relations is not None)
        found = relations or []
        tab = Link("person", self.subject_id, ("caseload.contacts",))
        self.circle.show_rows(
            [self._relation(r) for r in found[:CIRCLE]],
            len(found) if len(found) > CIRCLE else 0,
            lambda: self.desk.open_link(tab),
            tr("Nobody yet. Add people and places under Contacts."),
        )

    def _relation(self, relation: RelationView) -> CardRow:
        second = ", ".join(w for w in (relation.kind_text, relation.leads_on) if w)
        other = relation.other_person_id
        if other is None:
            return CardRow(relation.name, second, relation.phone)
        return CardRow(
            relation.name, second, relation.phone, on_open=lambda: self.desk.open_link(Link("person", other))
        )

    def change(self, said: StatementView | None, kind: str) -> None:
        """Add or change a statement."""
        vault = self.desk.vault

        def save(details: StatementDetails) -> None:
            given = (said.id, said.row_version) if said is not None else (None, None)
            with vault.write("clinical") as db:
                service.save_statement(db, self.subject_id, details, *given)
            self.done(tr("Saved"))

        def end() -> None:
            if said is None:
                return
            with vault.write("clinical") as db:
                service.end_statement(db, said.id)
            self.done(tr("Kept in the record, and shown no more"), lambda: restore(said.id))

        def restore(statement_id: UUID) -> None:
            with vault.write("clinical") as db:
                service.restore_statement(db, statement_id)

        statement_dialog(self, self._name, said, kind, save, end)
