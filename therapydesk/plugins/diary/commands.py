"""`therapydesk sessions …`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from therapydesk.api import (
    CliContext,
    Outgoing,
    UserError,
    appointments,
    parse_day,
    parse_time,
    pdf,
    show_day,
    show_time,
    today,
    tr,
)
from therapydesk.plugins.diary import service
from therapydesk.plugins.diary.finding import find_person
from therapydesk.plugins.diary.rules import read_line


@click.group("sessions")
def sessions() -> None:
    """Sessions: book, move, complete, cancel, list, print."""


@sessions.command("book")
@click.argument("text", nargs=-1)
@click.option("--person", "people", multiple=True, help="Name or id; may be given more than once.")
@click.option("--on", "--date", "day", default="", help="The day, like 2026-05-07 or “next tue”.")
@click.option("--at", "--time", "at", default="", help="The time (or day and time).")
@click.option("--minutes", type=int, help="How long.")
@click.option("--room", default="", help="The room's name.")
@click.option("--place", default="", help="Where, when it is not a room.")
@click.option("--kind", type=click.Choice(list(appointments.KINDS)), help="The kind of session.")
@click.option("--therapist", default="", help="With whom, if not with you.")
@click.option("--title", default="", help="What to call it, for a group or own time.")
@click.option("--weeks", "--count", type=int, default=1, show_default=True, help="How many sessions.")
@click.option("--every", type=int, default=1, show_default=True, help="Weeks from one to the next.")
@click.pass_obj
def book(context: CliContext, /, text: tuple[str, ...], **options: Any) -> None:
    """Book TEXT, like "tue 2pm Carys 45 weekly x6"; options say the same or add to it."""
    with context.vault.write("core") as db:
        booking = _booking(db, " ".join(text), options)
        ids = appointments.book(db, booking)
    with context.vault.read() as db:
        views = [appointments.get_session(db, i) for i in ids]
    data = {"id": str(ids[0]), "ids": [str(i) for i in ids], "sessions": [_data(v) for v in views]}
    context.say(data, "\n".join(tr("Booked: {what}").format(what=_line(v)) for v in views))


def _booking(db: Any, text: str, options: dict[str, Any]) -> appointments.Booking:
    words = [text, options["day"], options["at"]]
    found = service.understand(db, " ".join(w for w in words if w))
    named = tuple(_person_id(db, name) for name in options["people"])
    line = found.line
    day = line.day or (parse_day(options["day"]) if options["day"] else None)
    at = line.at or (parse_time(options["at"]) if options["at"] else None)
    if found.booking is None and not (named or options["kind"]):
        raise UserError(found.problem or tr("Say who, which day and what time."))
    if day is None or at is None:
        raise UserError(tr("Say the day and the time."), tr('Like: sessions book "tue 2pm Carys 45"'))
    base = found.booking or appointments.Booking(
        datetime.combine(day, at), line.minutes or service.read_hours(db).minutes, weeks=line.weeks
    )
    return _with_options(db, base, named, options)


def _with_options(
    db: Any, base: appointments.Booking, named: tuple[UUID, ...], options: dict[str, Any]
) -> appointments.Booking:
    changes: dict[str, Any] = {
        "person_ids": (*base.person_ids, *named),
        "minutes": options["minutes"] or base.minutes,
        "kind": options["kind"] or base.kind,
        "place": options["place"] or base.place,
        "title": options["title"] or base.title,
    }
    if options["weeks"] > 1:
        changes |= {"weeks": options["weeks"], "every_weeks": options["every"]}
    if options["room"]:
        changes["room_id"] = service.find_room(db, options["room"])
    if options["therapist"]:
        changes["therapist_id"] = service.find_therapist(db, options["therapist"])
    return base.__class__(**{**base.__dict__, **changes})


def _person_id(db: Any, name: str) -> UUID:
    try:
        return UUID(name)
    except ValueError:
        found = find_person(name, {}, db)
    if found.person is None:
        raise UserError(found.problem, tr("Write more of the name, or give the id."))
    return found.person.person_id


@sessions.command("complete")
@click.argument("session", type=click.UUID)
@click.option(
    "--mark", "marks", multiple=True, metavar="WHO=WHAT", help="A name or id, and what became of them."
)
@click.option(
    "--all", "everybody", type=click.Choice(list(appointments.MARKS)), default="came", show_default=True
)
@click.option("--reason", default="", help="The code of a reason, for those who did not come.")
@click.pass_obj
def complete(context: CliContext, session: UUID, marks: tuple[str, ...], everybody: str, reason: str) -> None:
    """Complete SESSION (its id): everybody came, unless --mark or --all says otherwise."""
    with context.vault.write("core") as db:
        view = appointments.get_session(db, session)
        appointments.complete(db, session, _marks(view, marks, everybody, reason))
    with context.vault.read() as db:
        view = appointments.get_session(db, session)
    context.say(_data(view), tr("Completed: {what}").format(what=_line(view)))


def _marks(
    view: appointments.AppointmentView, marks: tuple[str, ...], everybody: str, reason: str
) -> list[appointments.AttendanceMark]:
    given = dict(m.rpartition("=")[::2] for m in marks)
    answer, used = [], set[str]()
    for one in view.attendees:
        keys = {
            k
            for k in given
            if k.casefold() in (one.name.casefold(), str(one.person_id), str(one.attendance_id))
        }
        used |= keys
        state = given[keys.pop()] if keys else everybody
        why = "" if state in appointments.CAME else reason
        answer.append(appointments.AttendanceMark(state, attendance_id=one.attendance_id, reason=why))
    if used != set(given):
        raise UserError(
            tr("“{name}” is not expected at this session.").format(name=", ".join(set(given) - used))
        )
    return answer


@sessions.command("reopen")
@click.argument("session", type=click.UUID)
@click.pass_obj
def reopen(context: CliContext, session: UUID) -> None:
    """Make a completed SESSION a booked one again."""
    with context.vault.write("core") as db:
        appointments.reopen(db, session)
    context.say({"id": str(session), "state": "booked"}, tr("Reopened."))


@sessions.command("cancel")
@click.argument("session", type=click.UUID)
@click.option(
    "--reason", required=True, type=click.Choice([r.code for r in appointments.absence_reasons("cancel")])
)
@click.option("--scope", type=click.Choice(["this", "following", "all"]), default="this", show_default=True)
@click.pass_obj
def cancel(context: CliContext, session: UUID, reason: str, scope: appointments.Scope) -> None:
    """Cancel SESSION, or more of its series."""
    with context.vault.write("core") as db:
        ids = appointments.cancel(db, session, reason, scope)
    context.say({"ids": [str(i) for i in ids]}, tr("Cancelled: {n}").format(n=len(ids)))


@sessions.command("move")
@click.argument("session", type=click.UUID)
@click.argument("to", nargs=-1, required=True)
@click.option("--scope", type=click.Choice(["this", "following", "all"]), default="this", show_default=True)
@click.pass_obj
def move(context: CliContext, session: UUID, to: tuple[str, ...], scope: appointments.Scope) -> None:
    """Move SESSION TO a day or time, like "thu 2pm"; what is not said stays."""
    with context.vault.write("core") as db:
        view = appointments.get_session(db, session)
        line = read_line(" ".join(to), today())
        if line.day is None and line.at is None:
            raise UserError(tr("Say the day or the time to move it to."))
        at = datetime.combine(line.day or view.starts_at.date(), line.at or view.starts_at.time())
        moved = appointments.move(db, session, at, scope)
    context.say(
        {"ids": [str(p.appointment_id) for p in moved]},
        tr("Moved to {day} {time}.").format(day=show_day(at.date()), time=show_time(at.time())),
    )


@sessions.command("print")
@click.option("--week", "day", default="", help="A day of the week; this week if not given.")
@click.option("--therapist", default="", help="Of one therapist; of everybody if not given.")
@click.option("--size", type=click.Choice(["normal", "large", "extra_large"]), default="normal")
@click.option("--no-names", is_flag=True, help="Leave out names: times, kinds and rooms only.")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write."
)
@click.pass_obj
def print_(context: CliContext, day: str, therapist: str, size: pdf.Size, no_names: bool, out: Path) -> None:
    """Write a week as a PDF, a list by day."""
    chosen = parse_day(day) if day else today()
    first = chosen - timedelta(days=chosen.weekday())
    with context.vault.read() as db:
        whose = service.find_therapist(db, therapist) if therapist else None
        content = service.days_pdf(db, first, therapist_id=whose, size=size, names=not no_names)
    context.save(out, content, told=Outgoing("week"), week=first.isoformat())


@sessions.command("list")
@click.option("--from", "start", default="", help="The first day; today if not given.")
@click.option("--to", "end", default="", help="The last day; 4 weeks on if not given.")
@click.option("--person", default="", help="Name or id.")
@click.option("--state", type=click.Choice(["booked", "completed", "cancelled"]), default=None)
@click.pass_obj
def list_(context: CliContext, start: str, end: str, person: str, state: str | None) -> None:
    """List sessions by time."""
    first = parse_day(start) if start else today()
    last = parse_day(end) if end else _later(first)
    with context.vault.read() as db:
        person_id = _person_id(db, person) if person else None
        views = appointments.list_sessions(db, first, last, person_id=person_id, state=state or "")
    text = "\n".join(_line(v) for v in views) or tr("No sessions from {a} to {b}.").format(
        a=show_day(first), b=show_day(last)
    )
    context.say([_data(v) for v in views], text)


def _later(first: date) -> date:
    return first + timedelta(days=28)


def _line(view: appointments.AppointmentView) -> str:
    day, start = show_day(view.starts_at.date()), show_time(view.starts_at.time())
    parts = [f"{day} {start}", view.heading, view.where, appointments.state_word(view.state), str(view.id)]
    return "  ".join(p for p in parts if p)


def _data(view: appointments.AppointmentView) -> dict[str, Any]:
    return {
        "id": str(view.id),
        "starts_at": view.starts_at.isoformat(timespec="minutes"),
        "minutes": view.minutes,
        "kind": view.kind,
        "heading": view.heading,
        "state": view.state,
        "therapist": view.therapist,
        "room": view.room,
        "place": view.place,
        "series_id": str(view.series_id) if view.series_id else None,
        "cancel_reason": view.cancel_reason,
        "attendees": [
            {
                "person_id": str(a.person_id) if a.person_id else None,
                "name": a.name,
                "role": a.role,
                "headcount": a.headcount,
                "state": a.state,
                "reason": a.reason,
            }
            for a in view.attendees
        ],
    }
