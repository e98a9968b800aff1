"""States, reasons and answers of a referral, in words."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

from therapydesk.api import Ground, mark, tr

OPEN = ("new", "asked", "talk_first")
STATES = {
    "new": mark("New"),
    "asked": mark("Asked for more"),
    "talk_first": mark("Talk first"),
    "accepted": mark("Accepted"),
    "declined": mark("Not for us"),
}
AGREED = {"yes": mark("Yes"), "no": mark("No, talk first"), "unknown": mark("Not recorded")}
PRIORITIES = {1: mark("Soon"), 2: mark("Usual"), 3: mark("Can wait")}
# Why a row may be about somebody, in the 25 letters that the plan has room for.
GROUNDS: dict[Ground, str] = {
    "number": mark("Same NHS number"),
    "number_other_birth": mark("Same NHS no., other birth"),
    "number_other_name": mark("Same NHS no., other name"),
    "name_birth_way": mark("Same name, birth, contact"),
    "like_birth_way": mark("Like name, same birth"),
    "name_birth": mark("Same name and birth"),
    "like_birth": mark("Like name, same birth"),
    "name_way": mark("Same name and contact"),
    "like_way": mark("Like name, same contact"),
    "name_way_other_birth": mark("Same name, other birth"),
    "name": mark("Same name"),
}


class Decision(StrEnum):
    """What is decided about a referral."""

    ACCEPT = "accept"
    ASK_MORE = "ask_more"
    NOT_FOR_US = "not_for_us"
    TALK_FIRST = "talk_first"


@dataclass(frozen=True)
class ReasonCode:
    """A neutral reason for an answer, from `answer_reasons.csv`; everybody may read it."""

    code: str
    decision: Decision
    title: str


@cache
def _reason_rows() -> tuple[tuple[str, str, str], ...]:
    text = resources.files("therapydesk.plugins.referrals").joinpath("answer_reasons.csv").read_text("utf-8")
    return tuple((row["code"], row["decision"], row["title"]) for row in csv.DictReader(text.splitlines()))


def answer_reasons(decision: Decision) -> list[ReasonCode]:
    """The reasons that fit a decision, in the order to offer them."""
    return [ReasonCode(code, Decision(d), tr(title)) for code, d, title in _reason_rows() if d == decision]


def reason_title(code: str) -> str:
    """The words of a reason code."""
    return next((tr(title) for known, _, title in _reason_rows() if known == code), code)


def state_word(state: str) -> str:
    """The state in words."""
    return tr(STATES.get(state, state))


def ground_word(ground: Ground) -> str:
    """Why a row may be about somebody, in few words."""
    return tr(GROUNDS[ground])


def agreed_word(agreed: str) -> str:
    """Whether the person agreed, in words."""
    return tr(AGREED.get(agreed, agreed))


def priority_word(priority: int) -> str:
    """How soon, in words."""
    return tr(PRIORITIES.get(priority, PRIORITIES[2]))
