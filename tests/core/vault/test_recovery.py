"""The recovery code: written, misread, mistyped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapydesk.core.errors import UserError
from therapydesk.core.vault.recovery import (
    ALPHABET,
    RecoveryCode,
    recovery_problem,
    split_recovery_code,
)

GROUP = st.lists(st.sampled_from(ALPHABET), min_size=4, max_size=4).map("".join)


def checked(data: str) -> str:
    """A group with the check character that makes it right."""
    return next(data + c for c in ALPHABET if not recovery_problem(data + c))


def test_a_code_has_160_random_bits_in_eight_groups_of_five() -> None:
    one, two = RecoveryCode.new(), RecoveryCode.new()
    assert [len(g) for g in one.groups] == [5] * 8
    assert one != two
    assert one.key() != two.key()
    assert RecoveryCode.parse(str(one)).key() == one.key()


def test_small_letters_spaces_and_misread_letters_do_no_harm() -> None:
    code = RecoveryCode.new()
    typed = str(code).lower().replace("-", "  ").replace("0", "o").replace("1", "l")
    assert RecoveryCode.parse(typed) == code
    assert split_recovery_code(typed) == list(code.groups)


@given(GROUP, st.integers(0, 4), st.sampled_from(ALPHABET))
def test_every_single_mistake_in_a_group_is_noticed(data: str, place: int, other: str) -> None:
    group = checked(data)
    wrong = group[:place] + other + group[place + 1 :]
    assert bool(recovery_problem(wrong)) == (wrong != group)


@given(GROUP, st.integers(0, 3))
def test_every_swap_of_neighbours_is_noticed(data: str, place: int) -> None:
    group = checked(data)
    swapped = group[:place] + group[place + 1] + group[place] + group[place + 2 :]
    assert bool(recovery_problem(swapped)) == (swapped != group)


def test_the_wrong_group_is_named() -> None:
    groups = list(RecoveryCode.new().groups)
    groups[2] = groups[2][:4] + ("0" if groups[2][4] != "0" else "2")
    with pytest.raises(UserError, match="Group 3"):
        RecoveryCode.parse("-".join(groups))
    with pytest.raises(UserError, match="8 groups"):
        RecoveryCode.parse("-".join(groups[:7]))
    assert recovery_problem("ABU12")
    assert recovery_problem("ABC")


def test_a_code_does_not_show_itself() -> None:
    code = RecoveryCode.new()
    assert str(code) not in repr(code)
