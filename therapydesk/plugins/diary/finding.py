"""Who is meant by a name in the add line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Db, Person, appointments, normal_name, ntr, search, show_day, tr
from therapydesk.plugins.diary.rules import name_fits

MOST = 20
BEGINS = 3  # letters of a name that is not found that are looked for, in case of a slip further on
ALIKE = 0.7


@dataclass(frozen=True)
class Candidate:
    """A person who may be meant. `label` tells people of one name apart."""

    person_id: UUID
    name: str
    full_name: str
    born_on: date | None
    died_on: date | None
    fits: int
    near: int  # 2 on the user's caseload, 1 on somebody's, 0 neither

    @property
    def label(self) -> str:
        """Such as “Carys Bowen, born Tue 12 Mar 1968”."""
        if self.born_on is None:
            return self.full_name
        return tr("{name}, born {day}").format(name=self.full_name, day=show_day(self.born_on))


@dataclass(frozen=True)
class Found:
    """Whom a typed name means: one person, or why not, and who it could be."""

    typed: str
    person: Candidate | None = None
    problem: str = ""
    choices: tuple[Candidate, ...] = ()


def find_person(typed: str, chosen: Mapping[str, UUID], db: Db) -> Found:
    """Who is meant by `typed`. `chosen` says which of several was picked before."""
    key = normal_name(typed)
    candidates = _candidates(typed, db, chosen.get(key))
    if key in chosen:
        picked = [c for c in candidates if c.person_id == chosen[key]]
        if picked:
            return Found(typed, picked[0])
    fitting = [c for c in candidates if c.fits]
    if not fitting:
        return _nobody(typed, _alike(typed, candidates or _candidates(key[:BEGINS], db, None)))
    best = max((c.fits, c.near) for c in fitting)
    first = [c for c in fitting if (c.fits, c.near) == best]
    if len(first) == 1:
        return Found(typed, first[0])
    names = appointments.join_names([c.full_name for c in first])
    problem = tr("“{typed}” could be {n} people: {names}.").format(typed=typed, n=len(first), names=names)
    return Found(typed, None, problem, tuple(first[:5]))


def _alike(typed: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those with a name so like the typed one that it may be a slip, the likest first."""
    wanted = normal_name(typed)

    def likeness(candidate: Candidate) -> float:
        names = [normal_name(candidate.name), normal_name(candidate.full_name)]
        names += [word for name in names for word in name.split()]
        return max(SequenceMatcher(None, wanted, name).ratio() for name in names)

    found = [(likeness(c), c) for c in candidates]
    return [c for ratio, c in sorted(found, key=lambda pair: -pair[0]) if ratio >= ALIKE]


def _nobody(typed: str, near: Sequence[Candidate]) -> Found:
    problem = tr("Nobody called “{typed}” is in the records.").format(typed=typed)
    if near:
        asked = ntr("Did you mean {names}?", "Did you mean one of {names}?", len(near[:3]))
        problem += " " + asked.format(names=appointments.join_names([c.full_name for c in near[:3]]))
    return Found(typed, None, problem, tuple(near[:3]))


def _candidates(typed: str, db: Db, picked: UUID | None) -> list[Candidate]:
    ids = [hit.link.ref for hit in search(db, typed, MOST) if hit.link.ref is not None]
    if picked is not None:
        ids.append(picked)
    if not ids:
        return []
    query = select(Person.id, Person.full_name, Person.preferred_name, Person.born_on, Person.died_on)
    people = db.execute(query.where(Person.id.in_(ids), Person.merged_into.is_(None))).all()
    near = appointments.nearness(ids, db)
    found = [
        Candidate(
            *(p.id, p.preferred_name or p.full_name, p.full_name, p.born_on, p.died_on),
            *(name_fits(typed, p.full_name, p.preferred_name), near.get(p.id, 0)),
        )
        for p in people
    ]
    return sorted(found, key=lambda c: (-c.fits, -c.near, c.full_name))
