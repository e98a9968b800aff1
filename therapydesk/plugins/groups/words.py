"""What the codes of groups are called, in the words of the screens: also in a copy of somebody's data. A code that nobody
knows stays as it is: it may be a word of the practice's own.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Callable, Iterable
from importlib import resources

from therapydesk.api import mark, tr

LEVELS = {
    "beginner": mark("Beginner"),
    "improving": mark("Getting on"),
    "confident": mark("Confident"),
    "advanced": mark("Advanced"),
    "professional": mark("Professional"),
}
REPORTED = {
    "admission": mark("Was in hospital"),
    "no_admission": mark("No hospital stay"),
    "less_medication": mark("Less medication"),
    "same_medication": mark("Same medication"),
    "more_medication": mark("More medication"),
}
STATES = {
    "member": mark("On the roster"),
    "taster": mark("Trying it"),
    "waiting": mark("Waiting"),
    "left": mark("Left"),
}
TIMES = {"start": mark("At the start"), "review": mark("At a review")}
RINGS = {
    "reached": mark("They were reached"),
    "left_word": mark("Word was left"),
    "no_answer": mark("Nobody answered"),
}
PARTS = {"led": mark("Led it"), "liked": mark("Liked it")}
AGREED = {"decision": mark("Decision"), "action": mark("Action")}
WHO_SAID = {
    "themselves": mark("Themselves"),
    "supporter": mark("Whoever comes with them"),
    "staff": mark("The team"),
}


def roles() -> list[tuple[str, str]]:
    """What somebody is on a roster."""
    return [
        ("member", tr("Member")),
        ("supporter", tr("Comes with a member")),
        ("helper", tr("Helper")),
        ("volunteer", tr("Volunteer")),
        ("peer_navigator", tr("Peer navigator")),
        ("role_model", tr("Role model")),
        ("lead", tr("Leads the group")),
    ]


def voices() -> list[tuple[str, str]]:
    """The parts of a choir in words."""
    return [
        ("", tr("Not said")),
        ("soprano", tr("Soprano")),
        ("alto", tr("Alto")),
        ("tenor", tr("Tenor")),
        ("bass", tr("Bass")),
        ("other", tr("Another part")),
    ]


def ways() -> list[tuple[str, str]]:
    """How somebody comes, in words."""
    return [
        ("", tr("Not said")),
        ("own", tr("By themselves")),
        ("lift_needed", tr("Needs a lift")),
        ("lift_offered", tr("Takes others along")),
        ("transport", tr("By transport that fetches them")),
    ]


def shapes() -> list[tuple[str, str]]:
    """How people come, in words."""
    return [
        ("single", tr("Everybody for themselves")),
        ("pairs", tr("In pairs: a person and whoever comes with them")),
        ("hub", tr("A drop-in hub")),
        ("meeting", tr("A workshop or meeting of people in many roles")),
    ]


def level_word(level: str) -> str:
    """A level in words."""
    return tr(LEVELS.get(level, level))


def reported_word(kind: str) -> str:
    """What was reported, in words."""
    return tr(REPORTED.get(kind, kind))


def of(words: dict[str, str]) -> Callable[[str], str]:
    """What a code of `words` is called, for the codes of a column (Base.code_words)."""
    return lambda code: tr(words.get(code, code))


def chosen(choices: Callable[[], Iterable[tuple[str, str]]]) -> Callable[[str], str]:
    """The same, for what is chosen from a list on a screen; nothing is said of nothing chosen."""
    return lambda code: dict(choices()).get(code, code) if code else ""


def several(codes: Iterable[str], word: Callable[[str], str]) -> Callable[[str], str]:
    """The same, for one of `codes` or several with spaces between."""
    known = frozenset(codes)

    def say(text: str) -> str:
        parts = text.split()
        return ", ".join(word(code) for code in parts) if known.issuperset(parts) else text

    return say


def listed(name: str, column: str = "words") -> Callable[[str], str]:
    """The same, for the codes of a list that comes with the program."""
    return lambda code: tr(_shipped(name, column).get(code, code))


@functools.cache
def _shipped(name: str, column: str) -> dict[str, str]:
    text = resources.files("therapydesk.plugins.groups").joinpath(f"{name}.csv").read_text("utf-8")
    return {row["code"]: row[column] for row in csv.DictReader(text.splitlines())}
