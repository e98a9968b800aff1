"""Statements: what matters to a person and what helps, in whose words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    Appointment,
    Attendance,
    Db,
    Episode,
    NotFound,
    Person,
    StaleRecord,
    UserError,
    allowed,
    only_own,
    tidy,
    today,
    tr,
)
from therapydesk.plugins.caseload.models import Statement
from therapydesk.plugins.caseload.models import kind_words as kind_words  # the screens ask the service

KINDS = ("enjoys", "matters", "helps", "hard", "would_like", "working_towards", "alert")
OWN_WORDS = "person"


@dataclass(frozen=True)
class StatementDetails:
    """What was said: `whose_words` is "person" or names; `said_on` None means today."""

    kind: str
    text: str
    whose_words: str = OWN_WORDS
    said_on: date | None = None
    shared: bool = False
    review_on: date | None = None


@dataclass(frozen=True)
class StatementView:
    """A statement as shown."""

    id: UUID
    person_id: UUID
    kind: str
    text: str
    whose_words: str
    said_on: date
    shared: bool
    review_on: date | None
    ended_on: date | None
    row_version: int


@dataclass(frozen=True)
class StatementReview:
    """A statement to look at again, and whose it is."""

    person_id: UUID
    name: str
    kind: str
    review_on: date


def _view(row: Statement) -> StatementView:
    return StatementView(
        row.id,
        row.person_id,
        row.kind,
        row.text,
        row.whose_words,
        row.said_on,
        row.shared,
        row.review_on,
        row.ended_on,
        row.row_version,
    )


def _person_of(db: Db, statement_id: UUID, *_args: object, **_more: object) -> UUID | None:
    return db.scalar(select(Statement.person_id).where(Statement.id == statement_id))


def _find(db: Db, statement_id: UUID) -> Statement:
    row = db.get(Statement, statement_id)
    if row is None:
        raise NotFound(tr("That is not here any more."))
    return row


@allowed("caseload.read_statements", person="person_id")
def statements(db: Db, person_id: UUID, *, ended: bool = False) -> list[StatementView]:
    """The statements of a person in the order they were said; with `ended` also those that no longer hold."""
    query = select(Statement).where(Statement.person_id == person_id)
    if not ended:
        query = query.where(Statement.ended_on.is_(None))
    return [_view(row) for row in db.scalars(query.order_by(Statement.said_on, Statement.id))]


@allowed("caseload.write_statements", person="person_id")
def save_statement(
    db: Db,
    person_id: UUID,
    details: StatementDetails,
    statement_id: UUID | None = None,
    row_version: int | None = None,
) -> UUID:
    """Add a statement, or change the one with this id.

    Raises UserError without words or for an unknown kind, StaleRecord when it was changed meanwhile, NotFound.
    """
    _check(details)
    row = (
        Statement(person_id=person_id, kind="", text="") if statement_id is None else _find(db, statement_id)
    )
    if row.person_id != person_id:
        raise NotFound(tr("That is not here any more."))
    if row_version is not None and row.row_version != row_version:
        raise StaleRecord(tr("Somebody changed this meanwhile."), tr("Reload to see it."))
    row.kind, row.text = details.kind, tidy(details.text, lines=True)
    row.whose_words = tidy(details.whose_words) or OWN_WORDS
    row.said_on = details.said_on or today()
    row.shared = details.shared and details.kind == "alert"
    row.review_on = details.review_on
    db.add(row)
    db.flush()
    return row.id


def _check(details: StatementDetails) -> None:
    if details.kind not in KINDS:
        raise UserError(tr("There is no kind called “{kind}”.").format(kind=details.kind))
    if not tidy(details.text):
        raise UserError(tr("The words are missing."), tr("Write what was said."))
    if details.said_on is not None and details.said_on > today():
        raise UserError(tr("That day is still to come."), tr("Check when it was said."))


@allowed("caseload.write_statements", person=_person_of)
def end_statement(db: Db, statement_id: UUID, on: date | None = None) -> None:
    """Say that it no longer holds, since today or since that day. It stays in the record."""
    _find(db, statement_id).ended_on = on or today()
    db.flush()


@allowed("caseload.write_statements", person=_person_of)
def restore_statement(db: Db, statement_id: UUID) -> None:
    """Take back that it no longer holds."""
    _find(db, statement_id).ended_on = None
    db.flush()


@allowed("caseload.read_statements", filters=True)
def statements_of_many(
    db: Db, person_ids: Sequence[UUID], kinds: Sequence[str]
) -> dict[UUID, list[StatementView]]:
    """The statements of these kinds for many people, the earliest said first; only of those the user may read."""
    ids = _own_of(db, person_ids) if only_own(db) else list(person_ids)
    query = select(Statement).where(
        Statement.person_id.in_(ids), Statement.kind.in_(kinds), Statement.ended_on.is_(None)
    )
    found: dict[UUID, list[StatementView]] = {}
    for row in db.scalars(query.order_by(Statement.said_on, Statement.id)):
        found.setdefault(row.person_id, []).append(_view(row))
    return found


def _own_of(db: Db, ids: Sequence[UUID]) -> list[UUID]:
    """Those of these people who are the user's own, in two queries (the rule is that of records.ownership)."""
    episodes = select(Episode.person_id).where(
        Episode.person_id.in_(ids), Episode.therapist_id == db.user.id, Episode.stage != "closed"
    )
    sessions = (
        select(Attendance.person_id)
        .join(Appointment, Appointment.id == Attendance.appointment_id)
        .where(Attendance.person_id.in_(ids), Appointment.therapist_id == db.user.id)
        .distinct()
    )
    return list({i for i in (*db.scalars(episodes), *db.scalars(sessions)) if i is not None})


@allowed("caseload.read_statements", filters=True)
def statement_reviews(db: Db, until: date) -> list[StatementReview]:
    """Statements whose review is due by that day, the user's own people only where the role says so."""
    query = (
        select(Statement, Person)
        .join(Person, Person.id == Statement.person_id)
        .where(
            Statement.review_on <= until,
            Statement.ended_on.is_(None),
            Person.merged_into.is_(None),
            Person.died_on.is_(None),
        )
        .order_by(Statement.review_on)
    )
    rows = [(s, p) for s, p in db.execute(query)]
    own = set(_own_of(db, [p.id for _s, p in rows])) if only_own(db) else {p.id for _s, p in rows}
    return [StatementReview(p.id, p.name, s.kind, s.review_on or until) for s, p in rows if p.id in own]
