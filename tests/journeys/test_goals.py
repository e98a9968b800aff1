"""The table of journeys in the docs is whole."""

from __future__ import annotations

from tests.journeys.goals import GOALS, NOT_BUILT_YET, PAGE, counted


def test_the_table_has_every_journey_and_what_is_not_there_yet() -> None:
    assert list(counted()) == list(GOALS)
    text = PAGE.read_text("utf-8")
    assert [line[2:] for line in text.splitlines() if line.startswith("- ")] == list(NOT_BUILT_YET)
