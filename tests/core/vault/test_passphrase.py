"""What a passphrase must be, and the wait after wrong ones."""

from __future__ import annotations

import pytest

from therapydesk.core.errors import UserError
from therapydesk.core.vault.passphrase import Attempts, Refused, check_passphrase


@pytest.mark.parametrize(
    "weak",
    [
        *(
            "",
            "eleven char",
            "password1234",
            "Correct Horse Battery Staple",
            "MusicTherapy123",
            "aaaaaaaaaaaaaaaa",
        ),
        *("abcabcabcabcabc", "abcdefghijklm", "zyxwvutsrqpon", "123123123123"),
    ],
)
def test_weak_passphrases_are_refused(weak: str) -> None:
    with pytest.raises(UserError):
        check_passphrase(weak)


@pytest.mark.parametrize(
    "good", ["four plain words together", "x7#Kq!92LmPz", "w" * 5 + " drum kettle " + "y" * 500]
)
def test_good_passphrases_of_any_length_are_taken(good: str) -> None:
    check_passphrase(good)


def test_the_wait_doubles_from_one_second_after_the_third_try_to_sixty() -> None:
    attempts = Attempts(clock=lambda: 0.0)
    assert [attempts.wrong("ruth") for _ in range(11)] == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_try_before_the_wait_is_over_is_refused_without_being_looked_at() -> None:
    now = [0.0]
    attempts = Attempts(clock=lambda: now[0])
    for _ in range(4):
        attempts.wrong("ruth")
    with pytest.raises(Refused) as caught:
        attempts.check("ruth")
    assert caught.value.wait == 2.0
    attempts.check("somebody else")
    now[0] = 2.0
    attempts.check("ruth")


def test_a_right_passphrase_forgets_the_wrong_ones() -> None:
    attempts = Attempts(clock=lambda: 0.0)
    for _ in range(5):
        attempts.wrong("ruth")
    attempts.right("ruth")
    attempts.check("ruth")
    assert attempts.wrong("ruth") == 0


def test_wrong_tries_of_before_a_restart_count_on() -> None:
    attempts = Attempts(clock=lambda: 0.0)
    attempts.carry_over("ruth", 6)
    with pytest.raises(Refused):
        attempts.check("ruth")
    assert attempts.wrong("ruth") == 16
