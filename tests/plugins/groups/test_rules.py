"""Counting people, those who come along, pairs, heads without a name, and visits."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from therapydesk.plugins.groups.rules import CAME, Head, balance, count, silent_run

IDS = st.integers(1, 6).map(lambda n: UUID(int=n))
STATES = st.sampled_from(
    ["came", "came_late", "left_early", "sent_apologies", "no_word", "we_cancelled", "expected"]
)


@st.composite
def sessions(draw: st.DrawFn) -> list[Head]:
    """Registers in which nobody stands twice; pairs are 1 with 2 and 3 with 4."""
    heads = []
    for session in range(draw(st.integers(1, 5))):
        for person in draw(st.sets(IDS)):
            n = person.int
            half = frozenset([UUID(int=100 + (n - 1) // 2)] if n <= 4 else [])
            role = "carer" if n in (2, 4) else "worker" if n == 6 else "person"
            heads.append(
                Head(UUID(int=1000 + session), person, role, draw(STATES), 1, half, draw(st.booleans()))
            )
        for _ in range(draw(st.integers(0, 2))):
            heads.append(Head(UUID(int=1000 + session), None, "person", "came", draw(st.integers(1, 9))))
    return heads


@given(sessions())
def test_every_head_that_was_there_is_one_visit_and_each_person_one_person(heads: list[Head]) -> None:
    found = count(heads)
    there = [h for h in heads if h.came and h.role != "worker"]
    assert found.visits == sum(h.headcount for h in there)
    assert found.people + found.carers == len({h.person_id for h in there if h.person_id})
    assert found.anonymous == sum(h.headcount for h in there if h.person_id is None)
    assert found.pairs <= min(found.people + found.carers, 2)
    assert found.rate is None or 0 <= found.rate <= 1


@given(sessions(), st.data())
def test_a_claim_names_a_head_and_leaves_the_visits(heads: list[Head], data: st.DataObject) -> None:
    unnamed = [n for n, h in enumerate(heads) if h.person_id is None]
    if not unnamed:
        return
    n = data.draw(st.sampled_from(unnamed))
    before, head, newcomer = count(heads), heads[n], UUID(int=99)
    rest = [Head(head.session, None, head.role, head.state, head.headcount - 1)] if head.headcount > 1 else []
    after = count([*heads[:n], *heads[n + 1 :], *rest, Head(head.session, newcomer, head.role, head.state)])
    assert (after.visits, after.anonymous, after.people) == (
        before.visits,
        before.anonymous - 1,
        before.people + 1,
    )


@given(sessions())
def test_who_said_that_they_would_be_away_is_not_counted_against_anybody(heads: list[Head]) -> None:
    without = [
        h for h in heads if h.came or not (h.announced or h.state in ("sent_apologies", "we_cancelled"))
    ]
    assert count(heads).rate == count(without).rate


def test_a_pair_counts_when_both_came_to_the_same_session() -> None:
    one, two, both = UUID(int=1), UUID(int=2), frozenset([UUID(int=100)])
    first = [
        Head(UUID(int=10), one, "person", "came", pairs=both),
        Head(UUID(int=10), two, "carer", "no_word", pairs=both),
    ]
    second = [
        Head(UUID(int=11), one, "person", "no_word", pairs=both),
        Head(UUID(int=11), two, "carer", "came", pairs=both),
    ]
    assert count([*first, *second]).pairs == 0
    third = [
        Head(UUID(int=12), one, "person", "came", pairs=both),
        Head(UUID(int=12), two, "carer", "came_late", pairs=both),
    ]
    found = count([*first, *second, *third])
    assert (found.people, found.carers, found.pairs, found.visits, found.sessions) == (1, 1, 1, 4, 3)


def test_two_silent_absences_in_a_row_are_softened_by_what_was_announced() -> None:
    assert silent_run(["no_word", "no_word", "came"], [False] * 3) == 2
    assert silent_run(["no_word", "no_word", "no_word"], [False, True, False]) == 2
    assert silent_run(["came", "no_word", "no_word"], [False] * 3) == 0
    assert silent_run(["sent_apologies", "no_word", "came"], [False] * 3) == 1
    assert silent_run([], []) == 0


def test_parts_that_nobody_sings_are_shown_too() -> None:
    assert balance({"alto": 3, "bass": 1}) == [("soprano", 0), ("alto", 3), ("tenor", 0), ("bass", 1)]
    assert "came" in CAME
