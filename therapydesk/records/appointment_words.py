"""The codes of sessions and attendance, and the words for them."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from therapydesk.core.words import mark, tr

KINDS: dict[str, str] = {
    "one_to_one": mark("1 to 1"),
    "together": mark("Together"),
    "group": mark("Group"),
    "first_meeting": mark("First meeting"),
    "review": mark("Review"),
    "consultation": mark("Consultation"),
    "own_time": mark("Own time"),
}
WITHOUT_PEOPLE = frozenset({"group", "consultation", "own_time"})
STATES: dict[str, str] = {
    "booked": mark("Booked"),
    "completed": mark("Completed"),
    "cancelled": mark("Cancelled"),
}
MARKS: dict[str, str] = {
    "came": mark("Came"),
    "came_late": mark("Came late"),
    "left_early": mark("Left early"),
    "sent_apologies": mark("Chose not to come"),
    "no_word": mark("Did not come"),
    "we_cancelled": mark("We cancelled"),
}
CAME = frozenset({"came", "came_late", "left_early"})
EXPECTED = "expected"


@dataclass(frozen=True)
class AbsenceReason:
    """A neutral reason.

    `said_by`: them or us (then it counts as "we cancelled"); `use`: absence, cancel or both.
    """

    code: str
    title: str
    said_by: str
    use: str


@cache
def _reasons() -> tuple[AbsenceReason, ...]:
    text = resources.files("therapydesk.records").joinpath("data", "absence_reasons.csv").read_text("utf-8")
    return tuple(AbsenceReason(**row) for row in csv.DictReader(text.splitlines()))


def absence_reasons(use: str = "") -> list[AbsenceReason]:
    """The coded reasons in the user's language, those for `use` ("absence" or "cancel") or all of them."""
    chosen = [r for r in _reasons() if not use or r.use in (use, "both")]
    return [replace(r, title=tr(r.title)) for r in chosen]


def find_reason(code: str) -> AbsenceReason | None:
    """The reason with this code."""
    return next((r for r in _reasons() if r.code == code), None)


def kind_word(kind: str) -> str:
    """The kind of session in words."""
    return tr(KINDS.get(kind, kind))


def state_word(state: str) -> str:
    """The state of a session in words."""
    return tr(STATES.get(state, state))


def mark_word(state: str) -> str:
    """What became of an attendee, in words: came, chose not to come, did not come …"""
    return tr("Expected") if state == EXPECTED else tr(MARKS.get(state, state))


def role_word(role: str) -> str:
    """What somebody is at a session, in words."""
    words = {
        "person": tr("For themselves"),
        "carer": tr("Along with somebody"),
        "worker": tr("As a helper"),
    }
    return words.get(role, role)


def reason_word(code: str) -> str:
    """The coded reason in words; empty for none."""
    found = find_reason(code)
    return tr(found.title) if found else code
