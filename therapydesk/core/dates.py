"""The only clock, and dates as people write and read them: day first, always (ux §4).

Stored instants are aware UTC; sessions are naive local wall time with a zone name beside (architecture §6).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from therapydesk.core.day_words import add_months as add_months
from therapydesk.core.day_words import (
    read_birth_date,
    read_day,
    read_time,
)
from therapydesk.core.errors import UserError
from therapydesk.core.words import mark, ntr, tr

LONDON = "Europe/London"
DAYS = (mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat"), mark("Sun"))
MONTHS = (
    *(mark("Jan"), mark("Feb"), mark("Mar"), mark("Apr"), mark("May"), mark("Jun")),
    *(mark("Jul"), mark("Aug"), mark("Sep"), mark("Oct"), mark("Nov"), mark("Dec")),
)
LONG_MONTHS = (
    *(mark("January"), mark("February"), mark("March"), mark("April"), mark("May"), mark("June")),
    *(mark("July"), mark("August"), mark("September"), mark("October"), mark("November"), mark("December")),
)
SHORT_MONTHS = 6

Clock = Callable[[], datetime]
_clock: Clock | None = None


def set_clock(clock: Clock | None) -> None:
    """Use another clock (tests, the demo); None brings back the real one. It must answer aware instants."""
    global _clock
    _clock = clock


def now() -> datetime:
    """The instant it is, aware UTC."""
    return datetime.now(UTC) if _clock is None else _clock().astimezone(UTC)


def local_now() -> datetime:
    """The wall clock in the United Kingdom, without a zone."""
    return to_local(now())


def today() -> date:
    """The day it is in the United Kingdom."""
    return local_now().date()


def to_local(utc: datetime, zone: str = LONDON) -> datetime:
    """The wall clock time of an instant, without a zone."""
    if utc.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def to_utc(local: datetime, zone: str = LONDON) -> datetime:
    """The instant of a wall clock time; of an hour that comes twice, the first.

    Raises UserError for a time in the hour skipped in spring.
    """
    if not local_exists(local, zone):
        raise UserError(
            tr("There is no {time} on {day}: the clocks go forward.").format(
                time=show_time(local.time()), day=show_day(local.date())
            ),
            tr("Choose a time an hour later."),
        )
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def local_exists(local: datetime, zone: str = LONDON) -> bool:
    """Whether the wall clock shows this time; not in the hour skipped in spring."""
    bare = local.replace(tzinfo=None, fold=0)
    return to_local(bare.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC), zone) == bare


def local_twice(local: datetime, zone: str = LONDON) -> bool:
    """Whether the wall clock shows this time twice, in the hour repeated in autumn."""
    there = local.replace(tzinfo=ZoneInfo(zone))
    return (
        local_exists(local, zone) and there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()
    )


# --- Reading ---


def parse_day(text: str, *, base: date | None = None, future: bool | None = None, guess: bool = True) -> date:
    """The day meant by "24/11", "24 Nov 2026", "next tue", "in 2 weeks"…, always day first.

    A day without a year is the nearest to `base` (today); the next or last one with `future` True or False.
    "tue" is this or the coming Tuesday; "next tue" the Tuesday of next week. Without `guess` only what our
    own pass knows is a day, and the answer comes at once: for text that is read with every key. Raises
    UserError.
    """
    return read_day(text, base or today(), future, guess=guess)


def parse_days(first: str, last: str, *, future: bool | None = None) -> tuple[date | None, date | None]:
    """Two days of a span as typed, both in it; an empty one leaves that end open. Raises UserError, also for a last day that
    is before the first.
    """
    begins = parse_day(first, future=future) if first else None
    ends = parse_day(last, future=future) if last else None
    if begins is not None and ends is not None and ends < begins:
        raise UserError(tr("The last day is before the first."))
    return begins, ends


def parse_birth_date(text: str) -> date:
    """A date of birth: day, month and year, not in the future; two-digit years are the last possible.

    Raises UserError.
    """
    return read_birth_date(text, today())


def parse_time(text: str) -> time:
    """The time meant by "2pm", "14:00", "14.30", "half past 2", "noon".

    1 to 7 without a.m., p.m. or a leading nought are afternoon hours, as sessions are. Raises UserError.
    """
    return read_time(text)


# --- Showing ---


def show_day(d: date, *, short: bool = False, today: date | None = None) -> str:
    """The day like "Tue 24 Nov 2026"; `short` leaves the year out within six months of today."""
    if isinstance(d, datetime):
        raise TypeError("show_day takes a date; use show_instant for an instant")
    text = f"{tr(DAYS[d.weekday()])} {d.day} {tr(MONTHS[d.month - 1])}"
    if short:
        base = today or local_now().date()
        if add_months(base, -SHORT_MONTHS) <= d <= add_months(base, SHORT_MONTHS):
            return text
    return f"{text} {d.year}"


def show_month(d: date) -> str:
    """The month like "November 2026"."""
    return f"{tr(LONG_MONTHS[d.month - 1])} {d.year}"


def show_time(t: time) -> str:
    """The time like "14:30"."""
    return f"{t.hour:02}:{t.minute:02}"


def show_instant(dt: datetime) -> str:
    """The instant like "Tue 24 Nov 2026 14:30", by the wall clock in the United Kingdom."""
    local = to_local(dt)
    return f"{show_day(local.date())} {show_time(local.time())}"


def relative(d: date, today: date) -> str:
    """How far away a day is: "today", "tomorrow", "in 2 days", "6 days ago", "in 3 weeks", "4 months ago"."""
    days = (d - today).days
    if abs(days) < 2:
        return (tr("yesterday"), tr("today"), tr("tomorrow"))[days + 1]
    far = abs(days)
    months = abs((d.year - today.year) * 12 + d.month - today.month)
    if far < 14:
        return ntr("in {n} day", "in {n} days", far) if days > 0 else ntr("{n} day ago", "{n} days ago", far)
    if far < 63:
        weeks = far // 7
        return (
            ntr("in {n} week", "in {n} weeks", weeks)
            if days > 0
            else ntr("{n} week ago", "{n} weeks ago", weeks)
        )
    if months < 24:
        return (
            ntr("in {n} month", "in {n} months", months)
            if days > 0
            else ntr("{n} month ago", "{n} months ago", months)
        )
    years = months // 12
    return (
        ntr("in {n} year", "in {n} years", years) if days > 0 else ntr("{n} year ago", "{n} years ago", years)
    )


def age(born_on: date, on: date) -> int:
    """Whole years. Somebody born on 29 February is a year older on 1 March, as in English law."""
    if on < born_on:
        raise ValueError("age asked for a day before the birth")
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


# --- Bank holidays ---


@cache
def bank_holidays(division: str = "england-and-wales") -> Mapping[date, str]:
    """Day and name of each known bank holiday of england-and-wales, scotland or northern-ireland."""
    path = Path(__file__).with_name("resources") / "bank_holidays.json"
    divisions = json.loads(path.read_text(encoding="utf-8"))["divisions"]
    if division not in divisions:
        raise ValueError(f"unknown division {division!r}")
    return MappingProxyType({date.fromisoformat(day): name for day, name in divisions[division].items()})


def month_end(d: date) -> date:
    """The last day of the month of `d`."""
    return add_months(d.replace(day=1), 1) - timedelta(days=1)
