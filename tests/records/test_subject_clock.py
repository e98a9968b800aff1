"""The clock of a request for one's own data: the examples of the domain facts, and the ends of it."""

from __future__ import annotations

from datetime import date

import pytest

from therapydesk.core.dates import bank_holidays
from therapydesk.records.subject_clock import Clock, Pause, clock, last_day, paused_days, working_day

HOLIDAYS = bank_holidays()
NONE: frozenset[date] = frozenset()


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2027, 3, 15), date(2027, 4, 15)),  # 15 March → 15 April
        (date(2029, 1, 31), date(2029, 2, 28)),  # 31 January → 28 February
        (date(2028, 1, 31), date(2028, 2, 29)),  # and 29 February in a leap year
        (date(2029, 9, 3), date(2029, 10, 3)),  # 3 September → 3 October
        (date(2026, 9, 3), date(2026, 10, 5)),  # 3 October 2026 is a Saturday
        (
            date(2026, 11, 25),
            date(2026, 12, 29),
        ),  # Christmas Day, then a Saturday, a Sunday and a bank holiday
        (date(2026, 3, 3), date(2026, 4, 7)),  # Good Friday, a weekend and Easter Monday
        (date(2026, 5, 31), date(2026, 6, 30)),  # no 31 June
    ],
)
def test_one_calendar_month_and_then_the_next_working_day(received: date, due: date) -> None:
    assert last_day(received, 1, 0, HOLIDAYS) == due


def test_scotland_keeps_other_bank_holidays() -> None:
    received = date(2026, 11, 2)  # due on Wed 2 December; from 30 October on St Andrew's Day
    assert last_day(received, 1, 0, bank_holidays("scotland")) == date(2026, 12, 2)
    assert last_day(date(2026, 10, 30), 1, 0, bank_holidays("scotland")) == date(2026, 12, 1)
    assert last_day(date(2026, 10, 30), 1, 0, HOLIDAYS) == date(2026, 11, 30)


def test_a_working_day_is_itself() -> None:
    assert working_day(date(2026, 11, 25), HOLIDAYS) == date(2026, 11, 25)


def test_days_on_which_the_clock_stood_are_added() -> None:
    pauses = [Pause(date(2026, 11, 4), date(2026, 11, 11))]
    found = clock(date(2026, 11, 2), pauses, 0, NONE, date(2026, 11, 20))
    assert found == Clock(date(2026, 12, 9), date(2026, 12, 9), None, 19)


def test_two_answers_awaited_on_one_day_count_once() -> None:
    pauses = [Pause(date(2026, 11, 4), date(2026, 11, 11)), Pause(date(2026, 11, 9), date(2026, 11, 13))]
    assert paused_days(pauses, date(2026, 12, 1)) == 9


def test_an_answer_on_the_day_of_asking_adds_nothing() -> None:
    assert paused_days([Pause(date(2026, 11, 4), date(2026, 11, 4))], date(2026, 12, 1)) == 0


def test_while_an_answer_is_awaited_the_day_moves_on() -> None:
    pauses = [Pause(date(2026, 11, 4))]
    first = clock(date(2026, 11, 2), pauses, 0, NONE, date(2026, 11, 6))
    later = clock(date(2026, 11, 2), pauses, 0, NONE, date(2026, 11, 16))
    assert first.stopped_since == later.stopped_since == date(2026, 11, 4)
    assert (first.due_on, later.due_on) == (date(2026, 12, 4), date(2026, 12, 14))


def test_the_day_after_the_last_is_late() -> None:
    on_time = clock(date(2026, 10, 1), [], 0, NONE, date(2026, 11, 2))
    late = clock(date(2026, 10, 1), [], 0, NONE, date(2026, 11, 3))
    assert (on_time.days_left, late.days_left) == (0, -1)


@pytest.mark.parametrize(("months", "due"), [(1, date(2027, 1, 4)), (2, date(2027, 2, 2))])
def test_more_time_counts_from_receipt_and_is_told_within_the_first_month(months: int, due: date) -> None:
    found = clock(date(2026, 11, 2), [], months, HOLIDAYS, date(2026, 11, 20))
    assert (found.due_on, found.tell_by) == (due, date(2026, 12, 2))


@pytest.mark.parametrize("months", [-1, 3])
def test_no_more_than_two_months_more(months: int) -> None:
    with pytest.raises(ValueError, match="one or two"):
        clock(date(2026, 11, 2), [], months, NONE, date(2026, 11, 20))


@pytest.mark.parametrize("years", range(20))
def test_the_day_is_never_before_a_calendar_month_and_never_off_work(years: int) -> None:
    for month in range(1, 13):
        received = date(2012 + years, month, 28)
        due = last_day(received, 1, 0, HOLIDAYS)
        assert due.weekday() < 5
        assert due not in HOLIDAYS
        assert 28 <= (due - received).days <= 31 + 5
