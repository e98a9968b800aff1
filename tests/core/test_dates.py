"""Days and times as people write them, and the one clock."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapydesk.core import dates
from therapydesk.core.errors import UserError

TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def fixed_clock() -> Iterator[None]:
    dates.set_clock(lambda: datetime(2026, 11, 24, 12, 0, tzinfo=UTC))
    yield
    dates.set_clock(None)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("24/11", TUESDAY),
        ("24/11/2026", TUESDAY),
        ("24.11.26", TUESDAY),
        ("24-11-2026", TUESDAY),
        ("3 3 27", date(2027, 3, 3)),
        ("2026-11-24", TUESDAY),
        ("2026-11-24T10:00:00Z", TUESDAY),
        ("2026-11-24 00:00:00", TUESDAY),
        ("20261124", TUESDAY),
        ("24 Nov", TUESDAY),
        ("24th of November", TUESDAY),
        ("24-Nov-26", TUESDAY),
        ("24nov2026", TUESDAY),
        ("Tue 24 Nov 2026", TUESDAY),
        ("Tuesday, 24/11/2026", TUESDAY),
        ("Nov 24, 2026", TUESDAY),
        ("24 Tachwedd 2026", TUESDAY),
        ("today", TUESDAY),
        ("Tomorrow", date(2026, 11, 25)),
        ("yfory", date(2026, 11, 25)),
        ("yesterday", date(2026, 11, 23)),
        ("tue", TUESDAY),
        ("Thurs", date(2026, 11, 26)),
        ("next tue", date(2026, 12, 1)),
        ("next mon", date(2026, 11, 30)),
        ("last fri", date(2026, 11, 20)),
        ("last tue", date(2026, 11, 17)),
        ("in 2 weeks", date(2026, 12, 8)),
        ("in a fortnight", date(2026, 12, 8)),
        ("in three weeks' time", date(2026, 12, 15)),
        ("a week today", date(2026, 12, 1)),
        ("a week on friday", date(2026, 12, 4)),
        ("friday week", date(2026, 12, 4)),
        ("2 weeks ago", date(2026, 11, 10)),
        ("in a month", date(2026, 12, 24)),
        ("next week", date(2026, 12, 1)),
        ("1/2", date(2027, 2, 1)),
        ("29 feb", date(2028, 2, 29)),
        ("01/07/1934", date(1934, 7, 1)),
    ],
)
def test_a_day_is_read_day_first(text: str, day: date) -> None:
    assert dates.parse_day(text) == day


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("31/02", "no such day"),
        ("29/02/2027", "no such day"),
        ("00/00/0000", "no such day"),
        ("11/24/2026", "did you mean 24/11/2026?"),
        ("Wed 24 Nov 2026", "is not a Wednesday"),
        ("", "No day"),
        ("   ", "No day"),
        ("24", "not a day"),
        ("2026", "not a day"),
        ("Nov 2026", "not a day"),
        ("2 pm", "not a day"),
        ("14:30", "not a day"),
        ("hello", "not a day"),
        ("in 9999 years", "not a day"),
        ("n/a", "not a day"),
        ("01/01/0001", "year 1 "),
        ("1/2/3", "not a day"),
    ],
)
def test_what_is_no_day_is_refused_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(UserError, match=said) as refused:
        dates.parse_day(text)
    assert refused.value.help


def test_a_day_without_a_year_can_be_asked_ahead_or_back() -> None:
    assert dates.parse_day("1/11", future=True) == date(2027, 11, 1)
    assert dates.parse_day("1/12", future=False) == date(2025, 12, 1)
    assert dates.parse_day("mon", future=False) == date(2026, 11, 23)
    assert dates.parse_day("mon", future=True) == date(2026, 11, 30)
    assert dates.parse_day("24/11", base=date(2020, 12, 1)) == date(2020, 11, 24)


def test_two_digit_years_lie_within_fifty_years() -> None:
    assert dates.parse_day("1/1/75").year == 2075
    assert dates.parse_day("1/1/77").year == 1977
    assert dates.parse_day("1/1/75", future=False).year == 1975


def test_next_tuesday_is_in_next_week_on_every_day() -> None:
    for step in range(7):
        base = date(2026, 11, 23) + timedelta(days=step)
        assert dates.parse_day("next tue", base=base) == date(2026, 12, 1)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_what_is_shown_is_read_back(day: date) -> None:
    assert dates.parse_day(dates.show_day(day)) == day
    assert dates.parse_day(day.isoformat()) == day
    assert dates.parse_day(f"{day:%d/%m/%Y}") == day


@given(st.text(max_size=30))
def test_no_text_makes_it_stumble(text: str) -> None:
    for read in (dates.parse_day, dates.parse_birth_date, dates.parse_time):
        with contextlib.suppress(UserError):
            read(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3 Mar 1934", date(1934, 3, 3)),
        ("3.3.34", date(1934, 3, 3)),
        ("24/11/26", TUESDAY),
        ("24/11/24", date(2024, 11, 24)),
        ("1948-03-03", date(1948, 3, 3)),
        ("03/03/1934 00:00:00", date(1934, 3, 3)),
    ],
)
def test_a_birth_date_is_in_the_past(text: str, day: date) -> None:
    assert dates.parse_birth_date(text) == day


@pytest.mark.parametrize(
    "text", ["25/11/2026", "24/11", "12 December", "tomorrow", "today", "1850-01-01", ""]
)
def test_what_is_no_birth_date_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        dates.parse_birth_date(text)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2pm", time(14)),
        ("2.30 p.m.", time(14, 30)),
        ("14:00", time(14)),
        ("14.30", time(14, 30)),
        ("1430", time(14, 30)),
        ("14:30:00", time(14, 30)),
        ("9", time(9)),
        ("2", time(14)),
        ("02:00", time(2)),
        ("noon", time(12)),
        ("12am", time(0)),
        ("half past 2", time(14, 30)),
        ("half two", time(14, 30)),
        ("quarter to 3", time(14, 45)),
        ("ten past 10am", time(10, 10)),
        ("at 3 o'clock", time(15)),
    ],
)
def test_a_time_is_read(text: str, at: time) -> None:
    assert dates.parse_time(text) == at


@pytest.mark.parametrize("text", ["", "25:00", "13pm", "14:60", "half", "soon", "0am", "24:00", "-2"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="not a time"):
        dates.parse_time(text)


def test_days_are_shown_as_the_wording_rules_say() -> None:
    assert dates.show_day(TUESDAY) == "Tue 24 Nov 2026"
    assert dates.show_day(TUESDAY, short=True) == "Tue 24 Nov"
    assert dates.show_day(date(2027, 5, 24), short=True) == "Mon 24 May"
    assert dates.show_day(date(2027, 5, 25), short=True) == "Tue 25 May 2027"
    assert dates.show_day(TUESDAY, short=True, today=date(2028, 1, 1)) == "Tue 24 Nov 2026"
    assert dates.show_month(TUESDAY) == "November 2026"
    assert dates.show_time(time(9, 5)) == "09:05"
    assert dates.show_instant(datetime(2026, 7, 1, 13, 5, tzinfo=UTC)) == "Wed 1 Jul 2026 14:05"
    with pytest.raises(TypeError):
        dates.show_day(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (2, "in 2 days"),
        (-6, "6 days ago"),
        (14, "in 2 weeks"),
        (-62, "8 weeks ago"),
        (90, "in 3 months"),
        (-400, "13 months ago"),
        (1000, "in 2 years"),
    ],
)
def test_distance_is_said_in_words(days: int, words: str) -> None:
    assert dates.relative(TUESDAY + timedelta(days=days), TUESDAY) == words


def test_age_counts_whole_years() -> None:
    assert dates.age(date(1948, 3, 3), date(2026, 3, 2)) == 77
    assert dates.age(date(1948, 3, 3), date(2026, 3, 3)) == 78
    assert dates.age(date(2000, 2, 29), date(2026, 2, 28)) == 25
    assert dates.age(date(2000, 2, 29), date(2026, 3, 1)) == 26
    with pytest.raises(ValueError, match="before the birth"):
        dates.age(TUESDAY, date(2026, 11, 23))


def test_the_day_changes_at_midnight_in_the_united_kingdom() -> None:
    dates.set_clock(lambda: datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    assert dates.today() == date(2026, 7, 1)
    assert dates.local_now() == datetime(2026, 7, 1, 0, 30)
    assert dates.now().tzinfo is UTC


def test_the_clock_change_is_seen() -> None:
    skipped, twice, plain = (datetime(2026, *at) for at in ((3, 29, 1, 30), (10, 25, 1, 30), (6, 1, 1, 30)))
    assert [dates.local_exists(at) for at in (skipped, twice, plain)] == [False, True, True]
    assert [dates.local_twice(at) for at in (skipped, twice, plain)] == [False, True, False]
    assert dates.to_utc(plain) == datetime(2026, 6, 1, 0, 30, tzinfo=UTC)
    assert dates.to_utc(twice) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    with pytest.raises(UserError, match="clocks go forward"):
        dates.to_utc(skipped)
    with pytest.raises(ValueError, match="time zone"):
        dates.to_local(plain)


def test_bank_holidays_follow_the_nation() -> None:
    england, scotland = dates.bank_holidays(), dates.bank_holidays("scotland")
    ireland = dates.bank_holidays("northern-ireland")
    assert england[date(2026, 4, 3)] == "Good Friday"
    assert date(2026, 11, 30) in scotland
    assert date(2026, 11, 30) not in england
    assert date(2027, 3, 17) in ireland
    assert max(england) >= date(2028, 12, 25)
    with pytest.raises(ValueError, match="unknown division"):
        dates.bank_holidays("atlantis")


def test_month_arithmetic_stays_in_the_month() -> None:
    assert dates.add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert dates.add_months(date(2026, 1, 31), -2) == date(2025, 11, 30)
    assert dates.month_end(date(2028, 2, 3)) == date(2028, 2, 29)
