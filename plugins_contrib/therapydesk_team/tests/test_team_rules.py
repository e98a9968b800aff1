"""Standings, needs, hours and what people type."""

from __future__ import annotations

from datetime import date

import pytest
from therapydesk_team import rules
from therapydesk_team.models import Credential, Hours

from therapydesk.api import ROLES, UserError

TODAY = date(2026, 5, 6)


@pytest.mark.parametrize(
    ("ends_on", "standing"),
    [
        (None, "held"),
        (date(2026, 7, 6), "held"),
        (date(2026, 7, 5), "due"),
        (date(2026, 5, 6), "due"),
        (date(2026, 5, 5), "expired"),
    ],
)
def test_a_clearance_is_due_for_sixty_days_and_counts_on_its_last_day(
    ends_on: date | None, standing: str
) -> None:
    assert rules.standing(ends_on, held=True, needed=True, today=TODAY) == standing


def test_what_nobody_needs_is_not_missing() -> None:
    assert rules.standing(None, held=False, needed=True, today=TODAY) == "missing"
    assert rules.standing(None, held=False, needed=False, today=TODAY) == ""


def test_every_kind_says_where_it_is_from_and_whether_that_is_sure() -> None:
    known = {*ROLES, *dict(rules.places()), "all", rules.PRACTICE}
    for kind in rules.kinds().values():
        assert kind.source
        assert kind.says
        assert kind.needed_by <= known
        assert kind.covers <= rules.kinds().keys()
        assert kind.sure != kind.advice().endswith("(Not checked.)")
    assert len({kind.title for kind in rules.kinds().values()}) == len(rules.kinds())


def test_the_usual_end_is_the_day_before_the_anniversary() -> None:
    assert rules.kinds()["dbs"].usual_end(date(2026, 5, 6)) == date(2029, 5, 5)
    assert rules.kinds()["ico_fee"].usual_end(date(2024, 2, 29)) == date(2025, 2, 27)
    assert rules.kinds()["hcpc"].usual_end(TODAY) is None


def test_a_learning_session_counts_as_cpd_and_a_step_forward_as_nothing() -> None:
    found = rules.sum_hours([("cpd", 60), ("learning", 90), ("progress", 0), ("supervision", 30)])
    assert found == {"supervision": 30, "cpd": 150, "placement": 0, "support": 0}


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("1.5", 90),
        ("1:30", 90),
        ("1 h 30 min", 90),
        ("2 hours", 120),
        ("45 min", 45),
        ("45m", 45),
        ("1h5", 65),
        ("24", 1440),
    ],
)
def test_time_is_taken_as_people_write_it(typed: str, minutes: int) -> None:
    assert rules.parse_minutes(typed) == minutes


@pytest.mark.parametrize("typed", ["long", "25", "-1", "1:2:3", "inf", "nan", "1e400", "½x", "99999999 min"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(UserError):
        rules.parse_minutes(typed)


def test_hours_are_said_in_words() -> None:
    assert [rules.in_hours(n) for n in (0, 45, 60, 150)] == ["0 min", "45 min", "1 h", "2 h 30 min"]


def test_lists_are_taken_as_people_write_them() -> None:
    assert rules.words_of(" piano, grant  forms;piano,\nMakaton ,") == ["piano", "grant forms", "Makaton"]


def test_the_standing_that_asks_for_most_is_named() -> None:
    assert rules.worst(["held", "due", "missing"]) == "missing"
    assert rules.worst(["held", "past"]) == "held"
    assert rules.worst([]) == ""


def test_a_copy_for_somebody_says_kinds_in_words() -> None:
    say = Credential.code_words["kind"]
    assert [say(kind) for kind in rules.kinds()] == [kind.title for kind in rules.kinds().values()]
    assert [Hours.code_words["kind"](code) for code, _title in rules.hour_kinds()] == [
        title for _code, title in rules.hour_kinds()
    ]
    assert say("gone since") == "gone since"
