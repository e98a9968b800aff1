"""Names of other people are found, the person's own are not; and what a control without them finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapydesk.records.subject_labels import show
from therapydesk.records.subject_names import NameFinder

OTHERS = [
    ("Siân O'Brien-Jones", "Siân"),
    ("Gareth Bowen", ""),
    ("Will Hope", ""),
    ("Jo", ""),
    ("Ffion Tŷ Coch", "Ffi"),
]


@pytest.fixture
def finder() -> NameFinder:
    return NameFinder.make(
        ["Carys Bowen", "Caz"], ["07700 900123", "carys@example.org", "9990000018"], OTHERS
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Carys sang with Gareth Bowen today.", ["Gareth Bowen"]),
        ("Carys Bowen and Caz", []),
        ("gareth bowen came", ["gareth bowen"]),
        ("Gareth's drum", ["Gareth"]),
        ("SIAN was late, siân too", ["SIAN"]),
        ("Siân O’Brien-Jones and Siân O'Brien Jones", ["Siân O’Brien-Jones", "Siân O'Brien Jones"]),
        ("We hope that they will come", []),
        ("Will came. Hope did not.", ["Will", "Hope"]),
        ("Jo played", ["Jo"]),
        ("Mrs Bowen rang", ["Bowen"]),
        ("Mrs. Bowen rang; Bowen", ["Bowen"]),
        ("Ffion Tŷ Coch", ["Ffion Tŷ Coch"]),
        ("Ring 07700 900124 or 07700 900123 or +44 7700 900123", ["07700 900124"]),
        ("Write to sian@example.org or Carys@example.org", ["sian@example.org"]),
        ("NHS 999 000 0026, hers 999 000 0018", ["999 000 0026"]),
        ("On 12 May 2026 at 14:30 for £120.50", []),
        ("", []),
    ],
)
def test_names_of_others_are_found(finder: NameFinder, text: str, found: list[str]) -> None:
    assert [each.text for each in finder.find(text)] == found


def test_who_nobody_knows_is_not_found() -> None:
    assert NameFinder.make(["Carys Bowen"], [], []).find("Gareth Bowen and Siân") == []


@given(st.text(max_size=200))
def test_places_are_in_order_and_apart_in_any_text(text: str) -> None:
    finder = NameFinder.make(["Carys Bowen"], [], OTHERS)
    end = 0
    for found in finder.find(f"{text} Gareth {text}"):
        assert found.start >= end
        assert found.end > found.start
        assert f"{text} Gareth {text}"[found.start : found.end] == found.text
        end = found.end


def test_line_ends_of_every_kind_are_one_letter_long() -> None:
    assert show("a\r\nb\rc\u2028d\u2029e\x85f\vg") == "a\nb\nc\nd\ne\nf\ng"
