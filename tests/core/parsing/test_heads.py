from __future__ import annotations

import pytest

from therapydesk.core.parsing.heads import column_letters, head_row, make_table, unique_names
from therapydesk.core.parsing.refusal import Refused


def test_column_letters_go_on_after_z() -> None:
    assert [column_letters(n) for n in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


def test_made_up_names_never_clash_with_real_ones() -> None:
    assert unique_names(["Name", "name", "Name 2", "", "Column D"], 5) == [
        "Name",
        "name 2",
        "Name 2 2",
        "Column D",
        "Column D 2",
    ]


def test_headings_over_several_lines_become_one_line() -> None:
    assert unique_names(["Date of\n birth"], 1) == ["Date of birth"]


def test_years_may_be_headings_but_numbers_may_not() -> None:
    assert head_row([(1, ["Place", "2025", "2026"]), (2, ["Leeds", "4", "5"])]) == 1
    assert head_row([(1, ["Leeds", "4", "5"]), (2, ["York", "6", "7"])]) == 0


def test_blank_rows_are_left_out_and_numbers_stay() -> None:
    table, _ = make_table("", [(1, ["", ""]), (2, ["Name", "Town"]), (3, ["", ""]), (7, ["Mary", ""])])
    assert (table.header_row, [(row.number, row.cells) for row in table.rows]) == (2, [(7, ["Mary", ""])])


def test_many_long_rows_mean_that_headings_are_missing_not_that_rows_are_wrong() -> None:
    table, problems = make_table(
        "", [(1, ["Name", "Town"]), *((n, ["Mary", "Leeds", "low"]) for n in range(2, 40))]
    )
    assert table.header == ["Name", "Town", "Column C"]
    assert problems == []


def test_too_wide_a_table_is_refused() -> None:
    with pytest.raises(Refused, match="500 columns"):
        make_table("", [(1, [f"c{n}" for n in range(501)])])
