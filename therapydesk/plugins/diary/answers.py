"""What the diary answers to hooks: next session, what to decide, what happened; and made-up data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from therapydesk.api import (
    Db,
    DueItem,
    Fact,
    Link,
    Moment,
    PermissionDenied,
    appointments,
    local_now,
    new_id,
    relative,
    show_day,
    show_time,
    to_utc,
    today,
    tr,
)
from therapydesk.plugins.diary.models import AbsenceNote

MOST = 200


def next_session_facts(db: Db, person_ids: Sequence[UUID]) -> dict[UUID, list[Fact]]:
    """Such as “Thu 7 May, 14:00” for each person who has a session booked."""
    try:
        found = appointments.next_sessions(db, person_ids, local_now())
    except PermissionDenied:
        return {}
    return {person_id: [_fact(at, session_id)] for person_id, (at, session_id) in found.items()}


def _fact(at: datetime, session_id: UUID) -> Fact:
    text = tr("{day}, {time}").format(day=show_day(at.date(), short=True), time=show_time(at.time()))
    return Fact("next_session", text, link=Link("diary.diary", session_id, ("session",)), order=30)


def due(db: Db, on: date) -> list[DueItem]:
    """Sessions of people who have died, and those of the last fortnight that nobody has completed.

    Those of today stand on Today's card.
    """
    try:
        stopped = appointments.stopped_sessions(db, datetime.combine(on, time()))
        past = appointments.list_sessions(db, on - timedelta(days=14), on - timedelta(days=1), state="booked")
    except PermissionDenied:
        return []
    items = []
    for view in stopped:
        names = appointments.join_names([a.name for a in view.stopped])
        text = tr("{name} died: decide what becomes of the session booked").format(name=names)
        first = view.stopped[0].person_id if view.stopped else None
        items.append(
            DueItem(text, view.starts_at.date(), first, Link("diary.diary", view.id, ("session",)), "stop")
        )
    for view in past:
        if view.kind == "own_time" or view.stopped:
            continue
        text = tr("{name}: say who came").format(name=view.heading)
        person_id = view.person_ids[0] if view.person_ids else None
        link = Link("diary.diary", view.id, ("complete",))
        items.append(DueItem(text, view.starts_at.date(), person_id, link, "attendance"))
    return items


def moments(db: Db, person_id: UUID, since: datetime) -> list[Moment]:
    """The person's past sessions, with what became of each."""
    found = []
    try:
        views = appointments.sessions_of(db, person_id, limit=MOST)
    except PermissionDenied:
        return []  # not one of the user's own people: silence, as for all that they may not open
    for view in views:
        at = to_utc(view.starts_at)
        mine = next((a for a in view.attendees if a.person_id == person_id), None)
        if at < since or view.starts_at.date() > today() or mine is None or view.state == "booked":
            continue
        words = [appointments.kind_word(view.kind), appointments.mark_word(mine.state), view.where]
        text = " · ".join(w for w in words if w)
        found.append(Moment(at, "session", text, Link("diary.diary", view.id, ("session",))))
    return found


def when_words(day: date) -> str:
    """How far away a day is: “today”, “in 7 days”."""
    return relative(day, today())


def add_sample(db: Db, person_id: UUID, seed: int) -> None:
    """A reason in words, in the clinical zone; sessions are records and are made with them."""
    if db.zone != "clinical":
        return
    db.add(
        AbsenceNote(
            message_id=new_id(),
            appointment_id=new_id(),
            attendance_id=new_id(),
            person_id=person_id,
            happened_on=today() - timedelta(days=seed % 30),
            text=tr("Rang to say that the bus did not come."),
        )
    )
