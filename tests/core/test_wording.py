"""Which words are found, and what is left alone."""

from __future__ import annotations

import csv
from importlib import resources

import pytest

from therapydesk.core.wording import find_wording


def said(text: str) -> list[tuple[str, str]]:
    return [(each.term, each.instead) for each in find_wording(text)]


def test_each_row_is_found_by_itself_and_has_all_that_is_shown() -> None:
    source = resources.files("therapydesk.core").joinpath("resources", "wording.csv").read_text("utf-8")
    rows = list(csv.DictReader(source.splitlines()))
    assert len(rows) > 20
    for row in rows:
        assert all(row[column] for column in ("term", "instead", "reason", "source")), row
        assert said(f"Today {row['term']}, then.") == [(row["term"], row["instead"])]
        assert find_wording(row["instead"]) == [], "what is offered must not be on the list itself"


def test_where_it_stands_is_given_in_letters_of_the_text() -> None:
    text = "Llŷr 😀 refused the drum."
    (found,) = find_wording(text)
    assert text[found.start : found.end] == "refused"


def test_the_longer_term_counts() -> None:
    assert said("She refused to sing.") == [("refused to", "chose not to")]
    assert said("She refused the new song.") == [("refused", "said no to")]


@pytest.mark.parametrize(
    "text",
    [
        "He said “I refused to go”.",
        'He said "I refused to go".',
        "He said ‘I refused, didn’t I, and kicked off’ and laughed.",
        "He said “I refused to go, and then",  # still being typed
        "A dna test, and the word unrefused.",
        "",
    ],
)
def test_quoted_words_and_other_words_are_left_alone(text: str) -> None:
    assert said(text) == []


def test_words_after_a_quotation_are_found_again() -> None:
    assert said("“No,” he said, and refused to play.") == [("refused to", "chose not to")]
    assert said("It was Gwen’s turn. She refused to sing. It’s hers.") == [("refused to", "chose not to")]


def test_a_capital_at_the_beginning_stays_one() -> None:
    assert said("Refused the drum. DNA.") == [("Refused", "Said no to"), ("DNA", "did not come")]
