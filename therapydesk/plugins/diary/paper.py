"""Days of the diary on paper: a list by day, for one therapist or for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from therapydesk.api import Db, allowed, appointments, pdf, practice_sheet, show_day, show_time, tr
from therapydesk.plugins.diary.days import Days, list_therapists, read_days, read_hours

SATURDAY = 5


def paper_title(first: date, count: int) -> str:
    """The title of the print and the name of its file; nobody's name."""
    return (tr("Diary, week from {day}") if count > 1 else tr("Diary, {day}")).format(day=show_day(first))


@allowed("appointments.read", filters=True)
def days_pdf(
    db: Db,
    first: date,
    count: int = 7,
    *,
    therapist_id: UUID | None = None,
    size: pdf.Size = "normal",
    names: bool = True,
) -> bytes:
    """The sessions of `count` days as a PDF; cancelled ones are left out.

    Without `names` nothing stands there that somebody typed: only times, kinds and rooms.
    """
    days = read_days(db, first, count, therapist_id=therapist_id)
    weekend = read_hours(db).weekend
    sheet = practice_sheet(db, paper_title(first, count), size=size)
    whose = dict(list_therapists(db)).get(therapist_id, "") if therapist_id is not None else tr("Everybody")
    story: list[Any] = [sheet.text(tr("With {name}").format(name=whose) if therapist_id and whose else whose)]
    story.append(sheet.text(appointments.count_words(days.sessions)))
    for day in (first + timedelta(days=n) for n in range(count)):
        found = [s for s in days.sessions if s.starts_at.date() == day]
        if found or count == 1 or weekend or day.weekday() < SATURDAY:
            story += _day(sheet, day, days, found, names=names, everybody=therapist_id is None)
    return sheet.build(story)


def _day(
    sheet: pdf.Sheet,
    day: date,
    days: Days,
    found: Sequence[appointments.AppointmentView],
    *,
    names: bool,
    everybody: bool,
) -> list[Any]:
    holiday = days.holidays.get(day)
    words = tr("{day}, {holiday}").format(day=show_day(day), holiday=holiday) if holiday else show_day(day)
    title = sheet.section(words)
    if not found:
        return [title, sheet.text(tr("Nothing booked."))]
    if sheet.setup.sizes.large:
        blocks = [[(_time(s), _block(s, names=names, everybody=everybody))] for s in found]
        return [title, *(sheet.pairs(block) for block in blocks)]  # apart, so that each has space round it
    columns = [
        pdf.Column(tr("Time"), 32 * pdf.MM),
        pdf.Column(tr("Session"), strong=True),
        pdf.Column(tr("Kind"), 32 * pdf.MM),
        pdf.Column(tr("Where"), 36 * pdf.MM),
    ]
    rows = [[_time(s), _what(s), appointments.kind_word(s.kind), s.where or tr("No room")] for s in found]
    if not names:
        del columns[1]
        columns[1] = pdf.Column(tr("Kind"))
        rows = [[_time(s), appointments.kind_word(s.kind), s.room or tr("No room")] for s in found]
    if everybody:
        columns.insert(-1, pdf.Column(tr("With"), 28 * pdf.MM))
        for row, session in zip(rows, found, strict=True):
            row.insert(-1, session.therapist or tr("Nobody yet"))
    return [title, sheet.table(columns, rows)]


def _block(session: appointments.AppointmentView, *, names: bool, everybody: bool) -> str:
    """A session under its time, for large letters."""
    where = session.where if names else session.room
    whose = [session.therapist or tr("Nobody yet")] if everybody else []
    who = [_what(session)] if names else []
    return ", ".join((*who, appointments.kind_word(session.kind), *whose, where or tr("No room")))


def _time(session: appointments.AppointmentView) -> str:
    start, end = show_time(session.starts_at.time()), show_time(session.ends_at.time())
    return tr("{start} to {end}").format(start=start, end=end)


def _what(session: appointments.AppointmentView) -> str:
    """Who comes; of a booked session of somebody who died also that one is to ask first."""
    heading = session.heading
    return tr("{what}: stop and ask").format(what=heading) if session.stopped else heading
