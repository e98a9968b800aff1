"""Clocks, tests of the law, spoken words, and the chain."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from therapydesk.core.dates import bank_holidays
from therapydesk.plugins.safeguarding import rules

WEDNESDAY = datetime(2026, 5, 6, 14, 59, tzinfo=UTC)


def test_the_practices_own_target_runs_through_nights_and_weekends() -> None:
    friday = datetime(2026, 5, 8, 16, 0, tzinfo=UTC)
    assert rules.due_at(friday, 24, "hours") == datetime(2026, 5, 9, 16, 0, tzinfo=UTC)


def test_a_report_to_the_designated_officer_is_due_within_one_working_day() -> None:
    holidays = bank_holidays("england-and-wales")
    thursday_before_easter = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
    due = rules.due_at(thursday_before_easter, 1, "working_days", holidays)
    assert due == datetime(2026, 4, 7, 16, 0, tzinfo=UTC)  # Tuesday after Easter Monday, 17:00 in summer time
    assert rules.due_at(WEDNESDAY, 1, "working_days", holidays).date() == date(2026, 5, 7)


def test_scotland_has_other_holidays() -> None:
    before = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)  # Friday; St Andrew's Day is the Monday after
    north = rules.due_at(before, 1, "working_days", bank_holidays(rules.division("scotland")))
    south = rules.due_at(before, 1, "working_days", bank_holidays(rules.division("wales")))
    assert (north.day, south.day) == (1, 30)


@pytest.mark.parametrize(
    ("nation", "division"),
    [
        ("england", "england-and-wales"),
        ("wales", "england-and-wales"),
        ("northern_ireland", "northern-ireland"),
        ("", "england-and-wales"),
    ],
)
def test_each_nation_has_its_bank_holidays(nation: str, division: str) -> None:
    assert rules.division(nation) == division


def test_at_once_is_now_and_days_keep_the_time_over_a_change_of_clocks() -> None:
    assert rules.due_at(WEDNESDAY, 0, "working_days") == WEDNESDAY
    saturday = datetime(2026, 3, 28, 10, 0, tzinfo=UTC)
    assert rules.due_at(saturday, 1, "days") == datetime(2026, 3, 29, 9, 0, tzinfo=UTC)


def test_a_clock_warns_in_its_last_four_hours() -> None:
    due = datetime(2026, 5, 7, 15, 0, tzinfo=UTC)
    states = [rules.urgency(due, datetime(2026, 5, 7, hour, tzinfo=UTC)) for hour in (10, 11, 14, 15)]
    assert states == ["ok", "soon", "soon", "late"]


def test_section_42_needs_all_three_parts() -> None:
    parts = ["needs", "risk", "protect"]
    assert rules.all_met(parts, {"needs", "risk", "protect"})
    assert not any(rules.all_met(parts, set(parts) - {each}) for each in parts)
    assert not rules.all_met([], set())


def test_a_child_is_under_eighteen() -> None:
    born = date(2008, 5, 7)
    assert rules.child_on(born, date(2026, 5, 6)) is True
    assert rules.child_on(born, date(2026, 5, 7)) is False
    assert rules.child_on(None, date(2026, 5, 7)) is None


def test_words_in_quotation_marks_are_apart() -> None:
    words = rules.split_words("Told me: “He gets my bits.” She looked worried.")
    assert [(w.text, w.spoken) for w in words] == [
        ("Told me:", False),
        ("“He gets my bits.”", True),
        ("She looked worried.", False),
    ]
    assert rules.split_words("He said “no") == (rules.Words("He said “no", False),)


def a_row(seq: int, prev: str, text: str) -> dict[str, object]:
    values: dict[str, object] = {
        "id": UUID(int=seq),
        "concern_id": UUID(int=9),
        "seq": seq,
        "kind": "note",
        "happened_on": date(2026, 5, 6),
        "happened_time": "",
        "exact": True,
        "at": WEDNESDAY,
        "by": UUID(int=1),
        "author": "Ruth",
        "role": "",
        "says": "",
        "text": text,
        "impact": "",
        "done": "",
        "warning": "",
        "detail": "{}",
        "about_id": None,
        "prev": prev,
    }
    return values | {"hash": rules.entry_hash(prev, values)}


def a_chain() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for seq, text in enumerate(("one", "two", "three"), 1):
        rows.append(a_row(seq, str(rows[-1]["hash"]) if rows else rules.START, text))
    return rows


@pytest.mark.parametrize("field", rules.CHAINED)
def test_changing_anything_that_an_entry_says_is_found_and_the_entry_named(field: str) -> None:
    rows = a_chain()
    head = str(rows[-1]["hash"])
    assert rules.find_break(rows, 3, head) is None
    rows[1][field] = 7 if field == "seq" else "x"
    found = rules.find_break(rows, 3, head)
    assert found is not None
    assert found.seq == 2


def test_cutting_adding_and_changing_places_is_found() -> None:
    rows = a_chain()
    head = str(rows[-1]["hash"])
    assert rules.find_break([rows[0], rows[2]], 3, head) == rules.Break(2, "missing")
    assert rules.find_break(rows[:2], 3, head) == rules.Break(3, "missing")
    rows[1] = {**rows[1], "prev": "0" * 64}
    assert rules.find_break(rows, 3, head) == rules.Break(2, "moved")
    more = [*a_chain(), a_row(4, head, "four")]
    assert rules.find_break(more, 3, head) == rules.Break(4, "moved")
    assert rules.find_break([], 0, "") is None


def test_the_record_check_is_short_and_does_not_depend_on_the_order() -> None:
    check = rules.record_check(["a" * 64, "b" * 64])
    assert check == rules.record_check(["b" * 64, "a" * 64])
    assert [len(part) for part in check.split()] == [4, 4, 4]
    assert check != rules.record_check(["a" * 64])
