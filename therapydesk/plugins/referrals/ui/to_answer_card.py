"""Today: referrals that wait for an answer."""

from __future__ import annotations

from therapydesk.api import Link, tr
from therapydesk.plugins.referrals import service
from therapydesk.plugins.referrals.lists import ReferralRow
from therapydesk.plugins.referrals.ui.referral_list import waiting
from therapydesk.ui.kit.cards import Card, CardRow
from therapydesk.ui.kit.desk import Desk

PAGE = "referrals.referrals"
SHOWN = 4


class ToAnswerCard(Card):
    """Longest waiting first; Enter opens the referral."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(tr("Referrals to answer"))
        self._desk = desk
        self.refresh()

    def refresh(self) -> None:
        """Read afresh."""
        with self._desk.vault.read() as db:
            rows = service.list_referrals(db, "to_answer", limit=SHOWN)
            total = service.count_referrals(db, "to_answer")
        self.show_rows(
            [self._row(row) for row in rows],
            total,
            lambda: self._desk.open_link(Link(PAGE)),
            tr("Every referral has an answer."),
        )
        if total > len(rows):
            self.set_link(tr("All {n}").format(n=total), lambda: self._desk.open_link(Link(PAGE)))

    def _row(self, row: ReferralRow) -> CardRow:
        link = Link(PAGE, row.id)
        return CardRow(
            row.name, row.sent_by, waiting(row), on_open=lambda: self._desk.open_link(link), two_line=False
        )
