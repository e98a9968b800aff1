"""Parts of the referrals page that stand by themselves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QWidget

from therapydesk.api import Duplicate, Outgoing, PersonDetails, find_duplicates, ntr, tr
from therapydesk.plugins.referrals import service
from therapydesk.plugins.referrals.lists import ReferralRow, ReferralView
from therapydesk.plugins.referrals.words import STATES, Decision
from therapydesk.ui.kit.cards import KeyHint
from therapydesk.ui.kit.files import save_file
from therapydesk.ui.kit.filter_bar import FilterBar
from therapydesk.ui.kit.page import BasePage


def save_original(page: BasePage, view: ReferralView | None) -> None:
    """Ask where to, and save the file that a referral came in."""
    if view is None or view.document_id is None:
        return
    with page.guard():
        with page.desk.vault.read() as db:
            title, _media, content = service.read_file(db, view.document_id)
        told = Outgoing("file", "clinical", ref=view.document_id)
        save_file(page, tr("Save the file as it was sent"), title, content, told=told)


def referral_filter(may_answer: bool) -> FilterBar:
    """Choices of state and sender. Who answers begins with what is open, who sends with what became of it."""
    made = FilterBar(tr("Filter this list"))
    states = [("open", tr("Open")), *((key, tr(word)) for key, word in STATES.items())]
    states.insert(len(states) if may_answer else 0, ("all", tr("All")))
    made.add_choice("state", tr("State"), states)
    made.add_choice("sender", tr("From"), sender_choices([]))
    return made


def sender_choices(senders: list[str]) -> list[tuple[str, str]]:
    """Anyone first, which is "" and no filter."""
    return [("", tr("From anyone")), *((sender, sender) for sender in senders)]


def key_hints() -> QWidget:
    """The letters that answer a referral."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(16)
    for key, word in (("A", tr("accept")), ("M", tr("ask for more")), ("N", tr("not for us"))):
        row.addWidget(KeyHint(key, word))
    return made


def summary(open_: int, answer: int, may_answer: bool) -> str:
    """The line under the title."""
    parts = [ntr("{n} open", "{n} open", open_)]
    if may_answer:
        parts.append(ntr("{n} is waiting for your answer", "{n} are waiting for your answer", answer))
    return " · ".join(parts)


def answered_words(decision: Decision, name: str) -> str:
    """What was done, with an Undo beside it."""
    words = {
        Decision.ACCEPT: tr("{name} is on the waiting list."),
        Decision.ASK_MORE: tr("Asked for more about {name}."),
        Decision.NOT_FOR_US: tr("{name}: not for us just now."),
        Decision.TALK_FIRST: tr("Talk first with {name}."),
    }
    return words[decision].format(name=name)


def next_to_answer(rows: list[ReferralRow], answered: UUID) -> UUID | None:
    """The next open referral below the one that was answered, or from the top again."""
    place = next((n for n, row in enumerate(rows) if row.id == answered), -1)
    later = [row.id for row in rows[place + 1 :] + rows[:place] if row.state in ("new", "talk_first")]
    return later[0] if later else None


def duplicate_of(db: Any, view: ReferralView) -> Duplicate | None:
    """Somebody else who may be the same person."""
    phones = tuple(value for kind, value in view.contacts if kind == "phone")
    emails = tuple(value for kind, value in view.contacts if kind == "email")
    details = PersonDetails(
        view.full_name,
        born_on=view.born_on,
        nhs_number=view.nhs_number,
        phones=phones,
        emails=emails,
        postcode=view.postcode,
    )
    found = find_duplicates(db, details, limit=3)
    return next((one for one in found if one.person_id != view.row.person_id), None)
