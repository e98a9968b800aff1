"""Which backups stay: properties that hold for whatever days there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from therapydesk.core import dates
from therapydesk.core.vault.thinning import WANTED, kept

MOMENTS = st.sets(
    st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    max_size=120,
)
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@given(MOMENTS)
@settings(max_examples=200, deadline=None)
def test_the_newest_always_stays_and_never_more_than_the_rule_allows(made: set[datetime]) -> None:
    keep = kept(made)
    assert keep <= made
    assert len(keep) <= 14 + 8 + 12
    if made:
        assert max(made) in keep


@given(MOMENTS)
@settings(max_examples=200, deadline=None)
def test_thinning_what_was_thinned_changes_nothing(made: set[datetime]) -> None:
    keep = kept(made)
    assert kept(keep) == keep


@given(MOMENTS)
@settings(max_examples=200, deadline=None)
def test_each_of_the_last_14_days_that_has_one_keeps_its_newest(made: set[datetime]) -> None:
    by_day: dict[object, datetime] = {}
    for moment in sorted(made):
        by_day[dates.to_local(moment).date()] = moment
    newest = sorted(by_day.values(), reverse=True)[:14]
    assert set(newest) <= kept(made)


@given(MOMENTS, st.datetimes(datetime(2028, 1, 1), datetime(2028, 2, 1), timezones=st.just(UTC)))
@settings(max_examples=100, deadline=None)
def test_a_new_one_never_brings_back_what_was_not_kept(made: set[datetime], later: datetime) -> None:
    assert kept({*made, later}) - {later} <= kept(made)


@given(MOMENTS, MOMENTS)
@settings(max_examples=100, deadline=None)
def test_those_wanted_stay_up_to_the_last_ten(made: set[datetime], wanted: set[datetime]) -> None:
    newest = set(sorted(made & wanted, reverse=True)[:WANTED])
    assert newest <= kept(made, wanted)
    assert kept(made, wanted) <= kept(made) | newest


def test_a_year_of_daily_backups_leaves_14_days_8_weeks_and_12_months() -> None:
    made = {NOON - timedelta(days=n) for n in range(400)}
    keep = sorted(kept(made), reverse=True)
    assert keep[:14] == [NOON - timedelta(days=n) for n in range(14)]
    assert len({m.isocalendar()[:2] for m in keep}) >= 8
    assert len({(m.year, m.month) for m in keep}) == 12


def test_nothing_goes_because_nobody_was_there_for_a_while() -> None:
    made = {NOON - timedelta(days=200 + n) for n in range(10)}
    assert made <= kept(made)
