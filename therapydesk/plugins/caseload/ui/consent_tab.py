"""A person's Consent tab: what they agreed to, what rests on it, and what they were told."""

from __future__ import annotations

from uuid import UUID

from therapydesk.api import tr
from therapydesk.plugins.caseload.ui.consent_uses_card import ConsentUsesCard
from therapydesk.plugins.caseload.ui.consents_card import ConsentsCard
from therapydesk.plugins.caseload.ui.told_card import ToldCard
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.person_tab import PersonTabPage
from therapydesk.ui.kit.two_columns import TwoColumns


class ConsentTab(PersonTabPage):
    """The answers at the left, beside them what rests on them and the sheet."""

    scrolls = True
    watches = ("consent", "consent_detail", "consent_use", "privacy_notice", "person")
    help_name = "consent"

    def __init__(self, desk: Desk, person_id: UUID) -> None:
        super().__init__(desk, person_id, tr("Consent"))
        columns = TwoColumns(1, 1)
        self.consents = ConsentsCard(self, person_id)
        self.uses, self.told = ConsentUsesCard(self, person_id), ToldCard(self, person_id)
        columns.left.addWidget(self.consents)
        columns.left.addStretch(1)
        columns.right.addWidget(self.uses)
        columns.right.addWidget(self.told)
        columns.right.addStretch(1)
        self.body.addWidget(columns, 1)

    def refresh(self) -> None:
        """Read all three."""
        for card in (self.consents, self.uses, self.told):
            with self.guard():
                card.refresh()
