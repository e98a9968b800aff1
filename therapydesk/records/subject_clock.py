"""How long a practice has to answer somebody who asks for their data. Pure rules: no database, no clock.

UK GDPR Articles 12 and 15; the ICO's page on time limits: one calendar month from the day of receipt to the same date
of the next month, its last day when there is no such date, and the next working day when that is a weekend or a bank
holiday. Up to two more months when the request is complex or one of many, told within the first month. The clock stands
while an answer about who somebody is, or what they mean, is awaited (Data (Use and Access) Act 2025, section 76).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from therapydesk.core.dates import add_months

MOST_MONTHS = 2
SATURDAY = 5


@dataclass(frozen=True)
class Pause:
    """Days on which the clock stood: from the day of asking to the day of the answer, None while it is awaited."""

    asked_on: date
    answered_on: date | None = None


@dataclass(frozen=True)
class Clock:
    """Where the clock of a request stands. `tell_by` is the last day to tell of an extension; `days_left` is below
    nought when the day has passed."""

    due_on: date
    tell_by: date
    stopped_since: date | None
    days_left: int


def working_day(day: date, holidays: Collection[date]) -> date:
    """The day, or the next one that is no weekend and no bank holiday."""
    while day.weekday() >= SATURDAY or day in holidays:
        day += timedelta(days=1)
    return day


def paused_days(pauses: Sequence[Pause], on: date) -> int:
    """How many days the clock stood until `on`; days on which two answers were awaited count once."""
    days: set[date] = set()
    for pause in pauses:
        end = pause.answered_on or max(on, pause.asked_on)
        days.update(pause.asked_on + timedelta(days=n) for n in range((end - pause.asked_on).days))
    return len(days)


def last_day(received_on: date, months: int, stood: int, holidays: Collection[date]) -> date:
    """The last day for an answer: `months` calendar months and the days on which the clock stood after receipt."""
    return working_day(add_months(received_on, months) + timedelta(days=stood), holidays)


def clock(
    received_on: date, pauses: Sequence[Pause], more_months: int, holidays: Collection[date], on: date
) -> Clock:
    """Where the clock stands on a day. `more_months` (0 to 2) is the extension.

    While an answer is awaited `due_on` is the day as it would be if the answer came on that day. An answer about who
    somebody is only stops the clock here; by section 76 the month may begin anew, so the day is never too late.
    """
    if not 0 <= more_months <= MOST_MONTHS:
        raise ValueError("an extension is of one or two months")
    stood = paused_days(pauses, on)
    due = last_day(received_on, 1 + more_months, stood, holidays)
    waiting = [pause.asked_on for pause in pauses if pause.answered_on is None]
    tell_by = last_day(received_on, 1, stood, holidays)
    return Clock(due, tell_by, min(waiting, default=None), (due - on).days)
