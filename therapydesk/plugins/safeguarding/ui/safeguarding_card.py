"""On Today: for leads the decisions and actions that are due; for everybody what they are writing, and the way to raise."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from therapydesk.api import Link, may, ntr, tr
from therapydesk.plugins.safeguarding.service import list_actions, list_concerns, list_handovers
from therapydesk.plugins.safeguarding.ui.raise_page import DRAFT
from therapydesk.plugins.safeguarding.ui.words import how_long, instant
from therapydesk.ui.kit import cards
from therapydesk.ui.kit.desk import Desk

PAGE, RAISE = "safeguarding.safeguarding", "safeguarding.raise"
ROWS = 5  # leaves room for what is being written


class SafeguardingCard(QWidget):
    """No names: Today may be seen over a shoulder."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._card = cards.Card(tr("Safeguarding"), tr("Raise a concern"), self._raise)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._card)
        self.refresh()

    def refresh(self) -> None:
        """Read again."""
        self._card.clear_rows()
        vault = self._desk.vault
        if any(draft.key == DRAFT for draft in vault.drafts()):
            row = cards.CardRow(
                tr("A concern you were writing"), tr("Not sent. Go on writing"), on_open=self._raise
            )
            self._card.add_row(row)
        if may(self._desk.user, "safeguarding.read") and "safeguarding" in vault.zones:
            self._show_lead()
        else:
            self._show_mine()

    def _show_lead(self) -> None:
        with self._desk.vault.read() as db:
            waiting = [row for row in list_concerns(db, limit=ROWS) if row.urgency is not None]
            actions = list_actions(db, mine=True)
        for row in waiting:
            late = row.urgency == "late"
            words = tr("Late: decide on concern {n}") if late else tr("Decide on concern {n}")
            self._add(words.format(n=row.number), f"{instant(row.due_at)} · {how_long(row.due_at)}", row.id)
        for action in actions[: ROWS - len(waiting)]:
            text = tr("Concern {n}: {what}").format(n=action.number, what=action.text)
            self._add(text, f"{instant(action.due_at)} · {how_long(action.due_at)}", action.concern_id)
        if not waiting and not actions:
            self._card.add_text(tr("Nothing waits for you."))

    def _add(self, text: str, second: str, concern_id: UUID) -> None:
        link = Link(PAGE, concern_id, ("open",))
        self._card.add_row(cards.CardRow(text, second, on_open=partial(self._desk.open_link, link)))

    def _show_mine(self) -> None:
        with self._desk.vault.read() as db:
            going = [row for row in list_handovers(db) if row.state != "closed"]
        if not going:
            self._card.add_text(tr("If something worries you, raise it: Ctrl+Shift+R, from anywhere."))
            return
        text = ntr("One that you raised is open", "{n} that you raised are open", len(going))
        link = Link(PAGE)
        row = cards.CardRow(text.format(n=len(going)), on_open=partial(self._desk.open_link, link))
        self._card.add_row(row)

    def _raise(self) -> None:
        self._desk.open_link(Link(RAISE))
