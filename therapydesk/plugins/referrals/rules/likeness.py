"""When a row and a person are the same, perhaps the same, or two people. Nothing here joins anybody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from therapydesk.api import normal_name, tr
from therapydesk.plugins.referrals.rules.draft import RowDraft

Likeness = Literal["same", "perhaps_same", ""]


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who is here already, or an earlier row of the same file."""

    name: str
    normal: str
    born_on: date | None
    nhs_number: str
    postcode: str
    ways: Collection[str]


def judge(draft: RowDraft, known: Known) -> tuple[Likeness, str]:
    """How alike the two are, and why in few words.

    The same: one NHS number and nothing against it; or one name, one birthday and one way to reach them or
    postcode.
    """
    name = normal_name(draft.name)
    same_name = name == known.normal or set(name.split()) == set(known.normal.split())
    near_name = same_name or _near(name, known.normal)
    same_born = draft.born_on is not None and draft.born_on == known.born_on
    other_born = bool(draft.born_on and known.born_on) and not same_born
    way = _shared_way(draft, known)
    if draft.nhs_number and draft.nhs_number == known.nhs_number:
        return _same_number(near_name, same_born, other_born)
    if draft.nhs_number and known.nhs_number and not (same_name and same_born):
        return "", ""
    if same_name and same_born:
        return (
            ("same", tr("Same name, birth, contact")) if way else ("perhaps_same", tr("Same name and birth"))
        )
    if near_name and same_born:
        return "perhaps_same", tr("Like name, same birth")
    if near_name and way and not other_born:
        return "perhaps_same", tr("Same name and contact") if same_name else tr("Like name, same contact")
    if same_name and other_born and way:
        return "perhaps_same", tr("Same name, other birth")
    return "", ""


def _same_number(near_name: bool, same_born: bool, other_born: bool) -> tuple[Likeness, str]:
    if other_born:
        return "perhaps_same", tr("Same NHS no., other birth")
    if near_name or same_born:
        return "same", tr("Same NHS number")
    return "perhaps_same", tr("Same NHS no., other name")


def _near(a: str, b: str) -> bool:
    """Whether one name holds the other, or they share a surname and an initial."""
    first, second = a.split(), b.split()
    if not first or not second:
        return False
    if len(first) > 1 and len(second) > 1:
        if set(first) <= set(second) or set(second) <= set(first):
            return True
        return first[-1] == second[-1] and first[0][0] == second[0][0]
    return False


def _shared_way(draft: RowDraft, known: Known) -> bool:
    if draft.postcode and draft.postcode == known.postcode:
        return True
    return any(way in known.ways for way in (*draft.phones, *draft.emails))
