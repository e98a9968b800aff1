"""Two descriptions of one person are told from two people, and nobody is the same without good reason."""

from __future__ import annotations

from datetime import date

import pytest

from therapydesk.api import Sought, match_rows
from therapydesk.plugins.referrals.words import GROUNDS
from therapydesk.records.likeness import ground_words, judge

BORN, NUMBER, PHONE = date(1958, 2, 14), "9434765919", "+447700900218"
HARJIT = Sought("Harjit S Sandhu", BORN, NUMBER, "CF88 2AN", (PHONE,))


@pytest.mark.parametrize(
    ("sought", "likeness"),
    [
        (Sought("Harjit Sandhu", nhs_number=NUMBER), "same"),
        (Sought("Harjit Sandhu", date(1960, 1, 1), NUMBER), "perhaps_same"),
        (Sought("Ann Price", nhs_number=NUMBER), "perhaps_same"),
        (Sought("Harjit Sandhu", BORN), "perhaps_same"),
        (Sought("Harjit S Sandhu", BORN, ways=(PHONE,)), "same"),
        (Sought("Sandhu Harjit S", BORN, postcode="CF88 2AN"), "same"),
        (Sought("Harjit Sandhu", BORN, ways=(PHONE,)), "perhaps_same"),
        (Sought("Harjit S Sandhu", BORN, "9876543210", ways=(PHONE,)), "perhaps_same"),
        (Sought("Harjit S Sandhu", date(1960, 1, 1), ways=(PHONE,)), "perhaps_same"),
        (Sought("H Sandhu", ways=(PHONE,)), "perhaps_same"),
        (Sought("Harjt Sandu", BORN), "perhaps_same"),
        (Sought("Ann Price", ways=(PHONE,)), ""),
        (Sought("Ann Price", BORN), ""),
        (Sought("H Sandhu", date(1960, 1, 1), ways=(PHONE,)), ""),
        (Sought("Harjit Sandhu", nhs_number="9876543210"), ""),
        (Sought("Harjit S Sandhu", date(1960, 1, 1)), ""),
        (Sought("Harjit"), ""),
        (Sought(""), ""),
    ],
)
def test_nobody_is_the_same_without_good_reason(sought: Sought, likeness: str) -> None:
    for found in (judge(sought, HARJIT), judge(HARJIT, sought)):
        assert likeness == ("" if found is None else "same" if found.sure else "perhaps_same")


def test_what_somebody_is_called_makes_no_other_name_of_it() -> None:
    kept = Sought("Elizabeth Jones", BORN, postcode="CF88 2AN", called="Liz")
    for name in ("Elizabeth Jones", "Jones, Elizabeth"):
        found = judge(Sought(name, BORN, postcode="CF88 2AN"), kept)
        assert found is not None
        assert found.sure
    found = judge(Sought("Liz Jones", BORN, postcode="CF88 2AN"), kept)
    assert found is not None
    assert not found.sure


def test_every_ground_has_words_and_short_ones_for_the_plan() -> None:
    assert all(ground_words(ground) for ground in GROUNDS)
    assert max(map(len, GROUNDS.values())) <= 25


def test_rows_of_one_list_about_one_person_are_found() -> None:
    rows = [
        Sought("Ann Price", date(1950, 2, 1), ways=(PHONE,)),
        Sought("Bob Price", date(1952, 2, 1), ways=(PHONE,)),
        Sought("Anne Price", date(1950, 2, 1)),
        Sought("Price, Ann", date(1950, 2, 1), ways=(PHONE,)),
    ]
    assert [(t.row, t.earlier, t.ground, t.sure) for t in match_rows(rows)] == [
        (2, 0, "like_birth", False),
        (3, 0, "name_birth_way", True),
    ]
