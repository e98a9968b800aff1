"""What members say of themselves in a group, with one question of the practice at a time, 0 (not at all) to 10 (fully).

The questions are data (measures.csv), in the practice's own words: no tested scale, and never a diagnosis.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Db, NotFound, UserError, allowed, appointments, tr
from therapydesk.plugins.groups.measure_models import Measure
from therapydesk.plugins.groups.models import GroupSession

MOST = 10
FELL = 3  # points since the last answer, from which a fall is told


@dataclass(frozen=True)
class Question:
    """A question of measures.csv. `who`: member or supporter; an answer of `low` or less is told after a session."""

    code: str
    words: str
    who: str
    low: int
    source: str


@dataclass(frozen=True)
class Answer:
    """One answer, with the one before it in the same group if there is one."""

    person_id: UUID
    measure: str
    value: int
    taken_on: date
    before: int | None = None


@dataclass(frozen=True)
class Change:
    """First and last answers in a period, over those who gave both; `people` is how many they are. None without any."""

    measure: str
    first: float | None
    last: float | None
    people: int
    answers: int


@functools.cache
def _rows() -> tuple[Question, ...]:
    text = resources.files("therapydesk.plugins.groups").joinpath("measures.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(Question(r["code"], r["question"], r["who"], int(r["low"]), r["source"]) for r in rows)


def questions(first: Sequence[str] = ()) -> list[Question]:
    """All questions in the user's language; those with the codes `first`, which a kind of group suggests, stand first."""
    found = [Question(q.code, tr(q.words), q.who, q.low, q.source) for q in _rows()]
    return sorted(found, key=lambda q: first.index(q.code) if q.code in first else len(first))


def question(code: str) -> Question:
    """One question. Raises NotFound."""
    for each in questions():
        if each.code == code:
            return each
    raise NotFound(tr("There is no question called “{code}”.").format(code=code))


@allowed("groups.write_notes", filters=True)
def record_answers(
    db: Db,
    appointment_id: UUID,
    measure: str,
    answers: Mapping[UUID, int | None],
    said_by: str = "themselves",
) -> None:
    """Keep what people answered at a session; answering again takes the place of before, None takes an answer away.

    Raises UserError for anything but 0 to 10, NotFound for a session of no group or somebody who was not there.
    """
    asked = question(measure)
    link = db.get(GroupSession, appointment_id)
    if link is None:
        raise NotFound(tr("This session belongs to no group."))
    session = appointments.get_session(db, appointment_id)
    there = {a.person_id for a in session.attendees if a.came}
    query = select(Measure).where(Measure.appointment_id == appointment_id, Measure.measure == asked.code)
    before = {row.person_id: row for row in db.scalars(query)}
    for person_id, value in answers.items():
        row = before.get(person_id)
        if value is None:
            if row is not None:
                db.delete(row)
            continue
        if not 0 <= value <= MOST:
            raise UserError(tr("An answer is a number from 0 to 10."))
        if row is not None:
            row.value, row.said_by = value, said_by
            continue
        if person_id not in there:
            raise NotFound(tr("They were not at this session."))
        db.add(
            Measure(
                group_id=link.group_id,
                person_id=person_id,
                appointment_id=appointment_id,
                measure=asked.code,
                value=value,
                taken_on=session.starts_at.date(),
                said_by=said_by,
            )
        )
    db.flush()


@allowed("groups.read_notes")
def answers_at(db: Db, appointment_id: UUID) -> list[Answer]:
    """What was answered at a session, each with the answer before in the same group."""
    query = select(Measure).where(Measure.appointment_id == appointment_id)
    here = list(db.scalars(query.order_by(Measure.id)))
    if not here:
        return []
    earlier = select(Measure.person_id, Measure.measure, Measure.value).where(
        Measure.group_id == here[0].group_id,
        Measure.taken_on < here[0].taken_on,
        Measure.person_id.in_([row.person_id for row in here]),
    )
    last = {(p, m): value for p, m, value in db.execute(earlier.order_by(Measure.taken_on, Measure.id))}
    return [
        Answer(r.person_id, r.measure, r.value, r.taken_on, last.get((r.person_id, r.measure))) for r in here
    ]


@allowed("groups.read_notes")
def changes(db: Db, group_id: UUID, since: date, until: date) -> list[Change]:
    """For each question that was asked in a period the mean of first and last answers (AH13). Days are inclusive.

    Only people who answered on two days count towards the means, so that both are of the same people.
    """
    query = (
        select(Measure.measure, Measure.person_id, Measure.value)
        .where(Measure.group_id == group_id, Measure.taken_on >= since, Measure.taken_on <= until)
        .order_by(Measure.taken_on, Measure.id)
    )
    given: dict[str, dict[UUID, list[int]]] = {}
    for code, person_id, value in db.execute(query):
        given.setdefault(code, {}).setdefault(person_id, []).append(value)
    found = []
    for each in questions():
        people = given.get(each.code, {})
        both = [values for values in people.values() if len(values) > 1]
        answers = sum(len(values) for values in people.values())
        first = sum(values[0] for values in both) / len(both) if both else None
        last = sum(values[-1] for values in both) / len(both) if both else None
        if answers:
            found.append(Change(each.code, first, last, len(both), answers))
    return found
