"""What everybody who meets a person sees: a lead's notice, and lone-worker and risk notes. All in core, short and dated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import Db, Episode, NotFound, Person, UserError, allowed, new_id, today, tr
from therapydesk.plugins.safeguarding.models import Notice, RiskNote

RISK_KINDS = ("visit", "alone", "place", "animals", "health", "people", "start", "other")
LONGEST_NOTICE, LONGEST_NOTE = 200, 300
MOST_DUE = 100  # people named at once


@dataclass(frozen=True)
class NoticeView:
    """A notice of the lead, such as "Speak to Bethan before a visit"."""

    id: UUID
    person_id: UUID
    text: str
    lead: str
    from_on: date
    review_on: date
    ended_on: date | None
    row_version: int


@dataclass(frozen=True)
class RiskNoteView:
    """Lone-worker or risk information. `kind` is a code of `risk_words`."""

    id: UUID
    person_id: UUID
    kind: str
    text: str
    author: str
    noted_on: date
    review_on: date
    ended_on: date | None
    row_version: int


def _check(text: str, longest: int, review_on: date) -> str:
    bare = " ".join(text.split())
    if not bare:
        raise UserError(tr("Write what others need to know."))
    if len(bare) > longest:
        raise UserError(
            tr("This has {n} letters; {most} fit.").format(n=len(bare), most=longest),
            tr("Only what others need; everybody who meets the person reads it."),
        )
    if review_on <= today():
        raise UserError(tr("Choose a day to come for looking at it again."))
    return bare


def _check_person(db: Db, person_id: UUID) -> None:
    if db.get(Person, person_id) is None:
        raise NotFound(tr("That person is not here any more."))


# --- Notices ---


@allowed("safeguarding.read_notices")
def list_notices(db: Db, person_ids: Iterable[UUID], *, ended: bool = False) -> list[NoticeView]:
    """The notices about these people, newest first; with `ended` also those that hold no longer."""
    query = select(Notice).where(Notice.person_id.in_(list(person_ids))).order_by(Notice.from_on.desc())
    rows = db.scalars(query if ended else query.where(Notice.ended_on.is_(None)))
    return [_notice(row) for row in rows]


def _notice(row: Notice) -> NoticeView:
    return NoticeView(
        row.id,
        row.person_id,
        row.text,
        row.lead_name,
        row.from_on,
        row.review_on,
        row.ended_on,
        row.row_version,
    )


@allowed("safeguarding.tell_notice")
def tell_notice(db: Db, person_id: UUID, text: str, review_on: date) -> UUID:
    """Tell everybody who meets this person something; `db` writes core, which everybody can read. Gives its id.

    Raises UserError for more than 200 letters, or a day of review that is not to come.
    """
    _check_person(db, person_id)
    bare = _check(text, LONGEST_NOTICE, review_on)
    row = Notice(
        id=new_id(),
        person_id=person_id,
        text=bare,
        lead_name=db.user.name,
        from_on=today(),
        review_on=review_on,
    )
    db.add(row)
    db.flush()
    return row.id


@allowed("safeguarding.tell_notice")
def renew_notice(db: Db, notice_id: UUID, review_on: date) -> None:
    """It still holds; it is looked at again on that day."""
    row = _find_notice(db, notice_id)
    _check(row.text, LONGEST_NOTICE, review_on)
    row.review_on = review_on
    db.flush()


@allowed("safeguarding.tell_notice")
def end_notice(db: Db, notice_id: UUID) -> None:
    """It holds no longer, so nobody sees it any more. To say something else, tell a new one."""
    _find_notice(db, notice_id).ended_on = today()
    db.flush()


def _find_notice(db: Db, notice_id: UUID) -> Notice:
    row = db.get(Notice, notice_id)
    if row is None or row.ended_on is not None:
        raise NotFound(tr("That notice has ended already."))
    return row


# --- Risk notes ---


@allowed("safeguarding.read_notices")
def list_risk_notes(db: Db, person_ids: Iterable[UUID], *, ended: bool = False) -> list[RiskNoteView]:
    """The risk notes about these people, newest first; with `ended` also those that hold no longer."""
    query = select(RiskNote).where(RiskNote.person_id.in_(list(person_ids)))
    query = query.order_by(RiskNote.noted_on.desc(), RiskNote.id.desc())
    rows = db.scalars(query if ended else query.where(RiskNote.ended_on.is_(None)))
    return [_risk_note(row) for row in rows]


def _risk_note(row: RiskNote) -> RiskNoteView:
    return RiskNoteView(
        row.id,
        row.person_id,
        row.kind,
        row.text,
        row.author_name,
        row.noted_on,
        row.review_on,
        row.ended_on,
        row.row_version,
    )


@allowed("safeguarding.write_risk_notes")
def add_risk_note(db: Db, person_id: UUID, kind: str, text: str, review_on: date) -> UUID:
    """Write down what everybody who meets this person needs for their own safety; `db` writes core. Gives its id.

    Raises UserError for more than 300 letters, an unknown kind, or a day of review that is not to come.
    """
    _check_person(db, person_id)
    if kind not in RISK_KINDS:
        raise UserError(tr("Choose what kind of risk it is."))
    bare = _check(text, LONGEST_NOTE, review_on)
    row = RiskNote(
        id=new_id(),
        person_id=person_id,
        kind=kind,
        text=bare,
        author_name=db.user.name,
        noted_on=today(),
        review_on=review_on,
    )
    db.add(row)
    db.flush()
    return row.id


@allowed("safeguarding.write_risk_notes")
def renew_risk_note(db: Db, note_id: UUID, review_on: date) -> None:
    """It still holds; it is looked at again on that day."""
    row = _find_note(db, note_id)
    _check(row.text, LONGEST_NOTE, review_on)
    row.review_on = review_on
    db.flush()


@allowed("safeguarding.write_risk_notes")
def end_risk_note(db: Db, note_id: UUID) -> None:
    """It holds no longer. To say something else, write a new one."""
    _find_note(db, note_id).ended_on = today()
    db.flush()


def _find_note(db: Db, note_id: UUID) -> RiskNote:
    row = db.get(RiskNote, note_id)
    if row is None or row.ended_on is not None:
        raise NotFound(tr("That note has ended already."))
    return row


def not_assessed(db: Db, day: date) -> Sequence[tuple[UUID, str, date]]:
    """People whose support has begun without a note of the kind "start" that still holds (KC24): person, name, since when.

    Only the signed-in user's own people, where the user has any.
    """
    current = select(RiskNote.id).where(
        RiskNote.person_id == Person.id,
        RiskNote.kind == "start",
        RiskNote.ended_on.is_(None),
        RiskNote.review_on >= day,
    )
    query = select(Person.id, Person.full_name, Person.preferred_name, func.min(Episode.opened_on))
    query = query.join(Episode, Episode.person_id == Person.id).group_by(Person.id)
    query = query.where(Episode.stage == "active", Person.died_on.is_(None), ~current.exists())
    if "therapist" in db.user.roles:
        query = query.where(Episode.therapist_id == db.user.id)
    rows = db.execute(query.order_by(func.min(Episode.opened_on)).limit(MOST_DUE)).all()
    return [(key, called or full, since) for key, full, called, since in rows]


def reviews_due(db: Db, day: date, *, notices: bool) -> Sequence[tuple[UUID, str, date, str]]:
    """What is to be looked at again by a day: person, their name, the day, and a code (notice, risk).

    The dead are left out. `notices`: also those of the lead.
    """
    found: list[tuple[UUID, str, date, str]] = []
    tables = (("notice", Notice), ("risk", RiskNote)) if notices else (("risk", RiskNote),)
    for code, table in tables:
        query = select(table.person_id, Person.full_name, Person.preferred_name, table.review_on)
        query = query.join(Person, Person.id == table.person_id)
        query = query.where(table.ended_on.is_(None), table.review_on <= day, Person.died_on.is_(None))
        found += [(key, called or full, on, code) for key, full, called, on in db.execute(query).all()]
    return sorted(found, key=lambda row: row[2])
