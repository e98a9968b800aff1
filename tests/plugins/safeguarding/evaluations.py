"""A stand-in for a module that rates sessions: it knows nothing of safeguarding, and safeguarding nothing of it.

Three falling ratings of the mood raise an alert on Today, which stays until somebody records what they did. What it keeps
lies in memory, since it is about the hooks that such a module uses, not about its tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from therapydesk.api import DueItem, Fact, PluginInfo, hookimpl

INFO = PluginInfo("evaluations", "Evaluations", "Rates sessions", zone="clinical")
KIND = "evaluations.evaluation"


@dataclass(frozen=True)
class Rating:
    """A mood from 1 to 5 on a day; `id` is the evaluation that it stands in."""

    id: UUID
    person_id: UUID
    day: date
    mood: int


ratings: list[Rating] = []
answered: dict[UUID, str] = {}  # what somebody did about an alert, by the evaluation that raised it


def falling(person_id: UUID) -> Rating | None:
    """The last of three ratings of which each is lower than the one before, unless somebody recorded what they did."""
    mine = sorted((r for r in ratings if r.person_id == person_id), key=lambda r: r.day)[-3:]
    moods = [r.mood for r in mine]
    falls = len(mine) == 3 and moods[0] > moods[1] > moods[2]
    return mine[-1] if falls and mine[-1].id not in answered else None


@hookimpl
def due_items(db: Any, today: date) -> list[DueItem]:
    found = [falling(person) for person in {r.person_id for r in ratings}]
    return [
        DueItem("Mood has fallen three times", r.day, r.person_id, kind="alert")
        for r in found
        if r is not None
    ]


@hookimpl
def record_facts(db: Any, kind: str, ref: UUID, person_id: UUID | None) -> list[Fact]:
    alert = falling(person_id) if person_id is not None else None
    if kind != KIND or alert is None or alert.id != ref:
        return []
    return [Fact("alert", "Mood has fallen three times. What did you do?", "warn", order=10)]
