"""On Today: for leads the decisions and actions that are due; for everybody what they are writing, and the way to raise."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from therapydesk.api import Link, ntr, tr
from therapydesk.plugins.safeguarding.service import (
    count_undecided,
    list_actions,
    list_concerns,
    list_handovers,
    list_tasks,
)
from therapydesk.plugins.safeguarding.ui.raise_page import DRAFT
from therapydesk.plugins.safeguarding.ui.words import how_long, instant
from therapydesk.ui.kit import cards
from therapydesk.ui.kit.desk import Desk

PAGE, RAISE = "safeguarding.safeguarding", "safeguarding.raise"
ROWS, TASKS = 5, 3  # a card has seven


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
        self._show_tasks()
        if vault.allows("safeguarding.read"):
            self._show_lead()
        else:
            self._show_mine()

    def _show_tasks(self) -> None:
        """What a lead gave to whoever is signed in."""
        with self._desk.vault.read() as db:
            tasks = list_tasks(db)
        for task in tasks[:TASKS]:
            link = Link(PAGE, task.id, ("task",))
            second = f"{instant(task.due_at)} · {how_long(task.due_at)}"
            text = tr("Something to do for the safeguarding lead")
            row = cards.CardRow(text, second, on_open=partial(self._desk.open_link, link))
            self._card.add_row(row)

    def _show_lead(self) -> None:
        """Decisions and actions, those due first at the top; what an action says may be private, so it is not here."""
        with self._desk.vault.read() as db:
            first, waiting, actions = list_concerns(db, limit=ROWS), count_undecided(db), list_actions(db)
        due = [(row.due_at, row.urgency, row.number, row.id, True) for row in first]
        due = [row for row in due if row[1] is not None]
        due += [(a.due_at, a.urgency, a.number, a.concern_id, False) for a in actions]
        words = {
            (True, True): tr("Late: decide on concern {n}"),
            (True, False): tr("Decide on concern {n}"),
            (False, True): tr("Late: act on concern {n}"),
            (False, False): tr("Act on concern {n}"),
        }
        due.sort(key=lambda row: row[0])
        for at, urgency, number, concern_id, decides in due[:ROWS]:
            text = words[decides, urgency == "late"].format(n=number)
            self._add(text, f"{instant(at)} · {how_long(at)}", concern_id)
        more = waiting + len(actions) - ROWS
        if more > 0:
            rest = ntr("One more waits", "{n} more wait", more).format(n=more)
            self._card.add_row(cards.CardRow(rest, on_open=partial(self._desk.open_link, Link(PAGE))))
        if not due:
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
