"""Requests for one's own data: write one down, stop and start its clock, give it more time, end it.

The rules of the clock are in subject_clock; what is collected and given in the other subject_… files.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.core.contributions import DueItem, Link
from therapydesk.core.dates import bank_holidays, show_day, today
from therapydesk.core.errors import NotFound, UserError
from therapydesk.core.permissions import allowed, scope_of
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault.outbox import publish
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records import subject_words as words
from therapydesk.records.events import SubjectRequestEnded
from therapydesk.records.people import Person
from therapydesk.records.people_details import find_person
from therapydesk.records.practice import practice_card
from therapydesk.records.subject_clock import MOST_MONTHS, Clock, Pause, clock
from therapydesk.records.subject_tables import SubjectPart, SubjectPause, SubjectRequest

DIVISIONS = {"scotland": "scotland", "northern-ireland": "northern-ireland"}
WARN_DAYS = 7
PARTS: dict[Zone, str] = {
    "core": "subject_access.run",
    "clinical": "subject_access.clinical",
    "safeguarding": "subject_access.safeguarding",
}


@dataclass(frozen=True)
class PartView:
    """One zone's part of a request. `mine`: whether the signed-in user may do it and holds the zone."""

    zone: Zone
    state: str
    packed_on: date | None
    mine: bool


@dataclass(frozen=True)
class RequestView:
    """A request with its clock; `clock` is None once it has ended."""

    id: UUID
    number: str
    person_id: UUID
    name: str
    received_on: date
    how_received: str
    asked_by: str
    state: str
    more_months: int
    extension_reason: str
    extension_told_on: date | None
    ended_on: date | None
    how_sent: str
    end_reason: str
    pauses: tuple[Pause, ...]
    clock: Clock | None
    parts: tuple[PartView, ...]


def _holidays(db: Db) -> Collection[date]:
    return bank_holidays(DIVISIONS.get(practice_card(db).nation, "england-and-wales"))


@allowed("subject_access.record")
def record_request(
    db: Db, person_id: UUID, received_on: date, how_received: str = "letter", asked_by: str = "self"
) -> UUID:
    """Write down that somebody asked for their data; the clock runs from the day it was received.

    Raises UserError for a day to come, and when a request of this person is open already.
    """
    person_id = find_person(db, person_id).id
    _known(how_received, words.received_words())
    _known(asked_by, words.asker_words())
    _not_to_come(received_on)
    query = select(SubjectRequest.number).where(
        SubjectRequest.person_id == person_id, SubjectRequest.state == "open"
    )
    other = db.scalar(query)
    if other is not None:
        raise UserError(
            tr("A request of this person is open already: {number}.").format(number=other),
            tr("Add what they ask now to it, or end it first."),
        )
    row = SubjectRequest(
        person_id=person_id,
        number=_next_number(db, received_on.year),
        received_on=received_on,
        how_received=how_received,
        asked_by=asked_by,
    )
    db.add(row)
    db.flush()
    db.add_all(SubjectPart(request_id=row.id, person_id=person_id, part=zone) for zone in ZONES)
    db.flush()
    return row.id


def _known(code: str, codes: Collection[str]) -> None:
    if code not in codes:
        raise UserError(tr("“{code}” is none of the choices.").format(code=code))


def _not_to_come(day: date) -> None:
    if day > today():
        raise UserError(tr("{day} has not come yet.").format(day=show_day(day)))


def _next_number(db: Db, year: int) -> str:
    """ "AR-2026-004": no name in it, so that it can stand on files and letters."""
    start = f"AR-{year}-"
    query = select(func.max(SubjectRequest.number)).where(SubjectRequest.number.like(f"{start}%"))
    last = db.scalar(query)
    return f"{start}{int(last.removeprefix(start)) + 1 if last else 1:03}"


@allowed("subject_access.read")
def list_requests(db: Db, *, state: str = "", limit: int = 500) -> list[RequestView]:
    """Requests, the newest first; of one state when it is given."""
    query = select(SubjectRequest).order_by(SubjectRequest.received_on.desc(), SubjectRequest.number.desc())
    if state:
        query = query.where(SubjectRequest.state == state)
    return _views(db, list(db.scalars(query.limit(limit))))


@allowed("subject_access.read")
def read_request(db: Db, request_id: UUID) -> RequestView:
    """One request. Raises NotFound."""
    return _views(db, [_request(db, request_id)])[0]


@allowed("subject_access.read")
def find_request(db: Db, number: str) -> UUID:
    """The id of the request with this number ("AR-2026-004"). Raises NotFound."""
    found = db.scalar(select(SubjectRequest.id).where(SubjectRequest.number == number.strip().upper()))
    if found is None:
        raise NotFound(tr("There is no request {number}.").format(number=number))
    return found


def _views(db: Db, rows: list[SubjectRequest]) -> list[RequestView]:
    """Requests with all that hangs on them, by one query for each table."""
    ids = [row.id for row in rows]
    people = {row.person_id for row in rows}
    named = select(Person.id, Person.full_name).where(Person.id.in_(people))
    names: dict[UUID, str] = {row.id: row.full_name for row in db.execute(named)}
    pauses: dict[UUID, list[Pause]] = {i: [] for i in ids}
    asked = select(SubjectPause).where(SubjectPause.request_id.in_(ids)).order_by(SubjectPause.asked_on)
    for pause in db.scalars(asked):
        pauses[pause.request_id].append(Pause(pause.asked_on, pause.answered_on))
    parts: dict[UUID, list[SubjectPart]] = {i: [] for i in ids}
    for part in db.scalars(select(SubjectPart).where(SubjectPart.request_id.in_(ids))):
        parts[part.request_id].append(part)
    holidays = _holidays(db)
    return [
        RequestView(
            *(row.id, row.number, row.person_id, names.get(row.person_id, ""), row.received_on),
            *(row.how_received, row.asked_by, row.state, row.more_months, row.extension_reason),
            *(row.extension_told_on, row.ended_on, row.how_sent, row.end_reason),
            pauses=tuple(pauses[row.id]),
            clock=clock(row.received_on, pauses[row.id], row.more_months, holidays, today())
            if row.state == "open"
            else None,
            parts=tuple(
                PartView(zone, part.state, part.packed_on, _is_mine(db, zone))
                for zone in ZONES
                for part in parts[row.id]
                if part.part == zone
            ),
        )
        for row in rows
    ]


def _is_mine(db: Db, zone: Zone) -> bool:
    return db.holds(zone) and scope_of(db.user.roles, PARTS[zone]) is not None


def _request(db: Db, request_id: UUID) -> SubjectRequest:
    row = db.get(SubjectRequest, request_id)
    if row is None:
        raise NotFound(tr("That request is not here."))
    return row


def open_request(db: Db, request_id: UUID) -> SubjectRequest:
    """The row of a request that has not ended. Raises NotFound, UserError."""
    row = _request(db, request_id)
    if row.state != "open":
        raise UserError(tr("This request has ended."), tr("Write down a new one."))
    return row


# --- The clock ---


@allowed("subject_access.run")
def stop_clock(db: Db, request_id: UUID, why: str, asked_on: date) -> UUID:
    """The clock stands from the day we asked who they are (`identity`) or what they mean (`clarification`).

    Data (Use and Access) Act 2025, section 76. Raises UserError when it stands already, or the time had run out by then.
    """
    row = open_request(db, request_id)
    _known(why, words.pause_words())
    _not_to_come(asked_on)
    view = read_request(db, request_id)
    if view.clock is None or view.clock.stopped_since is not None:
        raise UserError(tr("The clock stands already."))
    if asked_on < row.received_on:
        raise UserError(tr("That is before the request came."))
    if any(pause.answered_on is not None and asked_on < pause.answered_on for pause in view.pauses):
        raise UserError(tr("The clock stood already on that day."))
    if asked_on > view.clock.due_on:
        raise UserError(
            tr("The time for an answer ran out on {day}.").format(day=show_day(view.clock.due_on))
        )
    pause = SubjectPause(request_id=row.id, person_id=row.person_id, why=why, asked_on=asked_on)
    db.add(pause)
    db.flush()
    return pause.id


@allowed("subject_access.run")
def start_clock(db: Db, request_id: UUID, answered_on: date) -> None:
    """The answer came: the clock runs again from that day. Raises UserError."""
    open_request(db, request_id)
    _not_to_come(answered_on)
    query = select(SubjectPause).where(
        SubjectPause.request_id == request_id, SubjectPause.answered_on.is_(None)
    )
    pause = db.scalars(query).first()
    if pause is None:
        raise UserError(tr("The clock is running."))
    if answered_on < pause.asked_on:
        raise UserError(tr("That is before we asked."))
    pause.answered_on = answered_on
    db.flush()


@allowed("subject_access.run")
def extend_request(db: Db, request_id: UUID, months: int, reason: str, told_on: date) -> None:
    """Up to two more months, told with the reason within the first (UK GDPR Article 12(3)). Raises UserError."""
    row = open_request(db, request_id)
    _known(reason, words.extension_words())
    if not 1 <= months <= MOST_MONTHS:
        raise UserError(tr("It can be one or two months more, and no longer."))
    if row.more_months:
        raise UserError(tr("This request was given more time already."))
    _not_to_come(told_on)
    now = read_request(db, request_id).clock
    if told_on < row.received_on:
        raise UserError(tr("That is before the request came."))
    if now is None or told_on > now.tell_by:
        raise UserError(
            tr("They had to be told by {day}.").format(day=show_day(now.tell_by) if now else ""),
            tr("More time can only be taken within the first month. Answer as soon as you can."),
        )
    row.more_months, row.extension_reason, row.extension_told_on = months, reason, told_on
    db.flush()


# --- The end ---


@allowed("subject_access.run")
def mark_sent(db: Db, request_id: UUID, how: str, sent_on: date) -> None:
    """The answer went out. Raises UserError while a part is not ready or not in a pack."""
    row = open_request(db, request_id)
    _known(how, words.sent_words())
    _not_to_come(sent_on)
    if sent_on < row.received_on:
        raise UserError(tr("That is before the request came."))
    left = [p.zone for p in read_request(db, request_id).parts if p.state != "ready" or p.packed_on is None]
    if left:
        names = ", ".join(words.part_words()[zone] for zone in left)
        raise UserError(tr("Not in a pack yet: {parts}.").format(parts=names))
    row.state, row.how_sent, row.ended_on = "sent", how, sent_on
    db.flush()
    publish(db, SubjectRequestEnded(row.id, row.state))


@allowed("subject_access.run")
def end_request(db: Db, request_id: UUID, state: str, reason: str, ended_on: date) -> None:
    """End a request without an answer: `cancelled` or `refused`, with a reason that the person is told. Raises
    UserError."""
    row = open_request(db, request_id)
    _known(state, ("cancelled", "refused"))
    _known(reason, words.cancel_words() if state == "cancelled" else words.refusal_words())
    _not_to_come(ended_on)
    row.state, row.end_reason, row.ended_on = state, reason, ended_on
    db.flush()
    publish(db, SubjectRequestEnded(row.id, row.state))


# --- Today ---


@allowed("subject_access.read")
def due_requests(db: Db, on: date) -> list[DueItem]:
    """What is due on requests, for Today: the answer, and until then asking again while the clock stands."""
    found = []
    for view in list_requests(db, state="open"):
        if view.clock is None:
            continue
        link = Link("privacy", view.id, ("requests",))
        if view.clock.stopped_since is not None:
            text = tr("Ask again: the clock of {number} stands").format(number=view.number)
            due = max(on, view.clock.stopped_since + timedelta(days=WARN_DAYS))
        else:
            text, due = tr("Answer request {number}").format(number=view.number), view.clock.due_on
        found.append(DueItem(text, due, view.person_id, link, "privacy"))
    return found


def part(db: Db, request_id: UUID, zone: str) -> SubjectPart:
    """The row of one part. Raises NotFound."""
    query = select(SubjectPart).where(SubjectPart.request_id == request_id, SubjectPart.part == zone)
    row = db.scalars(query).first()
    if row is None:
        raise NotFound(tr("That request is not here."))
    return row
