"""When two descriptions are of one person, perhaps of one, or of two. Nothing here joins anybody: people decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from rapidfuzz import fuzz

from therapydesk.core.words import tr
from therapydesk.records.people import all_names

# rapidfuzz ratio of the sorted words: "jon price" and "john price" are 95, "ann rees" and "alan rees" 94
SAME, WITHIN, ALIKE = 100, 99, 84
ONE_WORD, INITIAL = 90, 85  # one name only may be anybody's; "h sandhu" is as good as a slip of the pen

Ground = Literal[
    "number",
    "number_other_birth",
    "number_other_name",
    "name_birth_way",
    "like_birth_way",
    "name_birth",
    "like_birth",
    "name_way",
    "like_way",
    "name_way_other_birth",
    "name",
]


@dataclass(frozen=True, slots=True)
class Sought:
    """Somebody as far as known, in stored form (NHS number checked, telephones E.164). `called`: preferred name."""

    name: str
    born_on: date | None = None
    nhs_number: str = ""
    postcode: str = ""
    ways: tuple[str, ...] = ()
    called: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two descriptions are: `score` 0 to 100, why, and whether it is `sure` that they are of one person."""

    score: int
    ground: Ground
    sure: bool = False


class Name:
    """A name made ready to be compared many times."""

    __slots__ = ("first", "last", "normal", "ordered", "words")

    def __init__(self, normal: str) -> None:
        words = normal.split()
        self.normal = normal
        self.words = frozenset(words)
        self.ordered = " ".join(sorted(words))
        self.first, self.last = (words[0], words[-1]) if words else ("", "")


def name_likeness(a: Name, b: Name) -> int:
    """0 when unlike; 100 for the same words, 99 when one name holds the other ("harjit s sandhu")."""
    if a.ordered == b.ordered:
        return SAME
    if not a.words.isdisjoint(b.words):
        if a.words <= b.words or b.words <= a.words:
            return WITHIN if min(len(a.words), len(b.words)) > 1 else ONE_WORD
        if a.last == b.last and a.first[0] == b.first[0] and min(len(a.words), len(b.words)) > 1:
            return INITIAL
    return min(int(fuzz.ratio(a.ordered, b.ordered, score_cutoff=ALIKE)), WITHIN - 1)


def judge(a: Sought, b: Sought) -> Likeness | None:
    """How alike the two are; None when they are two people.

    Sure are only: one NHS number and nothing against it; or one name, one birth date and one way to reach them.
    """
    like = _names_alike(a, b)
    same_birth = a.born_on is not None and a.born_on == b.born_on
    other_birth = not same_birth and None not in (a.born_on, b.born_on)
    if a.nhs_number and a.nhs_number == b.nhs_number:
        if other_birth:
            return Likeness(100, "number_other_birth")
        known = like > 0 or same_birth
        return Likeness(100, "number", sure=True) if known else Likeness(100, "number_other_name")
    exact, whole = like == SAME, like >= WITHIN
    other_number = bool(a.nhs_number and b.nhs_number)
    if not like or (other_number and not (exact and same_birth)):
        return None
    way = _share_a_way(a, b)
    if same_birth and way:
        score = 98 if whole else 92
        return Likeness(score, "name_birth_way" if exact else "like_birth_way", exact and not other_number)
    if same_birth:
        return Likeness(94 if whole else 86, "name_birth" if exact else "like_birth")
    if way and other_birth:
        return Likeness(78, "name_way_other_birth") if exact else None
    if way:
        return Likeness(88 if whole else 80, "name_way" if exact else "like_way")
    return Likeness(75, "name") if whole and not other_birth else None


def _names_alike(a: Sought, b: Sought) -> int:
    like = name_likeness(Name(all_names(a.name, a.called)), Name(all_names(b.name, b.called)))
    if SAME > like > 0 and (
        a.called or b.called
    ):  # what somebody is called besides makes no other name of it
        return max(like, name_likeness(Name(all_names(a.name, "")), Name(all_names(b.name, ""))))
    return like


def _share_a_way(a: Sought, b: Sought) -> bool:
    if a.postcode and a.postcode == b.postcode:
        return True
    return not set(a.ways).isdisjoint(b.ways)


def ground_words(ground: Ground) -> str:
    """Why two may be one person, in words."""
    return {
        "number": tr("Same NHS number"),
        "number_other_birth": tr("Same NHS number, other birth date"),
        "number_other_name": tr("Same NHS number, other name"),
        "name_birth_way": tr("Same name, same birth date, same way to reach them"),
        "like_birth_way": tr("Like name, same birth date, same way to reach them"),
        "name_birth": tr("Same name, same birth date"),
        "like_birth": tr("Like name, same birth date"),
        "name_way": tr("Same name, same way to reach them"),
        "like_way": tr("Like name, same way to reach them"),
        "name_way_other_birth": tr("Same name, same way to reach them, other birth date"),
        "name": tr("Same name"),
    }[ground]
