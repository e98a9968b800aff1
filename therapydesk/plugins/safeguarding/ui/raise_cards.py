"""What stands beside the questions: who can read it, what happens next, whom to ring."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from therapydesk.api import ntr, tr
from therapydesk.plugins.safeguarding.service import LeadView
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.labels import text_label

Number = tuple[str, str]  # whose, and the number as it is dialled


def first_name(name: str) -> str:
    """How a colleague is called on a button."""
    return name.split()[0] if name.split() else name


def name_list(names: Sequence[str]) -> str:
    """ "Ann", "Ann and Ben", "Ann, Ben and Cy"."""
    if len(names) < 2:
        return "".join(names)
    return tr("{names} and {last}").format(names=", ".join(names[:-1]), last=names[-1])


def to_whom(leads: Sequence[LeadView], me: UUID) -> str:
    """The lead whom the button names: the first who is not oneself; empty when there is none."""
    others = sorted((lead for lead in leads if lead.id != me), key=lambda lead: not lead.holds_key)
    return first_name(others[0].name) if others else ""


def who_card(leads: Sequence[LeadView], me: UUID) -> QWidget:
    """Who can read this."""
    card = Card(tr("Who can read this"))
    card.put_icon("lock", "accent")
    names = [_lead_words(lead, me) for lead in leads if lead.holds_key]
    waiting = [lead.name for lead in leads if not lead.holds_key]
    if names:
        card.add_row(_text(tr("Only {names}.").format(names=name_list(names)), "strong"))
    else:
        sentence = tr("Nobody here can open it yet. It stays sealed until a safeguarding lead has the key.")
        card.add_row(_text(sentence, "strong"))
    if waiting:
        text = tr("{names} cannot open it yet: the key has not been given.").format(names=name_list(waiting))
        card.add_row(_text(text))
    reads = any(lead.id == me and lead.holds_key for lead in leads)
    sealed = (
        tr("When you send it, it is sealed. Nobody can change it after that, not even you.")
        if reads
        else tr(
            "When you send it, it is sealed. You will see its number and where it has got to, not the text."
        )
    )
    card.body.addSpacing(8)
    card.add_row(_text(sealed))
    return card


def _lead_words(lead: LeadView, me: UUID) -> str:
    if lead.id == me:
        return tr("you, {name}").format(name=lead.name)
    return f"{lead.name}, {lead.job_title}" if lead.job_title else lead.name


def next_card(leads: Sequence[LeadView], me: UUID, hours: int) -> QWidget:
    """What happens next."""
    card = Card(tr("What happens next"))
    who = to_whom(leads, me)
    steps = [
        tr("{name} is told now, without names.").format(name=who)
        if who
        else tr("The lead is told now, without names."),
        ntr("A decision is made within one hour.", "A decision is made within {n} hours.", hours).format(
            n=hours
        ),
        tr("You hear what was decided, not what was said."),
    ]
    for number, step in enumerate(steps, 1):
        card.add_row(_step(number, step))
    return card


def _step(number: int, text: str) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 2, 0, 2)
    row.setSpacing(8)
    row.addWidget(text_label(f"{number}."), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(_text(text), 1)
    return made


def talk_card(numbers: Sequence[Number]) -> QWidget:
    """Whom to ring to talk it over; nothing is shown for numbers that are not known."""
    card = Card(tr("To talk it over"))
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    for row, (whose, number) in enumerate(numbers):
        grid.addWidget(text_label(whose, "", "text_muted", wrap=True), row, 0)
        grid.addWidget(text_label(number), row, 1, Qt.AlignmentFlag.AlignRight)
    grid.setColumnStretch(0, 1)
    card.add_row(holder)
    return card


def _text(text: str, role: str = "") -> QWidget:
    return text_label(text, role, wrap=True)


def beside(cards: Sequence[QWidget], column: QVBoxLayout) -> None:
    """Put the cards one below the other."""
    for card in cards:
        column.addWidget(card)
    column.addStretch(1)
