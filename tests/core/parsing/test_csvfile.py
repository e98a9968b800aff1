from __future__ import annotations

import pytest

from tests.core.parsing.conftest import Read
from therapydesk.core.parsing.refusal import Refused


def table(read: Read, content: bytes | str) -> tuple[list[str], list[tuple[int, list[str]]], list[str]]:
    parsed = read(content)
    assert parsed.format == "csv"
    (only,) = parsed.tables
    return (
        only.header,
        [(row.number, row.cells) for row in only.rows],
        [problem.message for problem in parsed.problems],
    )


def test_title_row_is_not_the_header(read: Read) -> None:
    header, rows, problems = table(read, "csv-messy/csvlint/title-row.csv")
    assert header == ["Foo", "Bsr", "Baz"]
    assert rows == [(3, ["Biff", "Baff", "Boff"]), (4, ["Qux", "Teaspoon", "Doge"])]
    assert problems == []


def test_old_mac_line_endings(read: Read) -> None:
    header, rows, _ = table(read, "csv-messy/csvlint/cr-line-endings.csv")
    assert header == ["Foo", "Bar", "Baz"]
    assert [number for number, _ in rows] == [2, 3]


def test_blank_and_doubled_headings_get_names(read: Read) -> None:
    assert table(read, "csv-messy/frictionless/blank-headers.csv")[0] == ["id", "Column B", "age"]
    assert table(read, "csv-messy/frictionless/duplicate-headers.csv")[0] == [
        "id",
        "name",
        "id 2",
        "age",
        "id 3",
    ]


def test_ragged_rows_are_padded_and_told(read: Read) -> None:
    parsed = read("csv-messy/frictionless/capital-invalid.csv")
    assert parsed.tables[0].header == ["id", "name", "name 2", "Column D"]
    assert {len(row.cells) for row in parsed.tables[0].rows} == {4}
    assert sorted((problem.row, problem.message.split(".")[0]) for problem in parsed.problems) == [
        (10, "This row ends after 2 of 3 cells"),
        (12, "This row has 4 cells, but there are only 3 headings"),
    ]


def test_leading_zeros_stay(read: Read) -> None:
    assert [cells for _, cells in table(read, "csv-messy/frictionless/leading-zeros.csv")[1]] == [
        ["01"],
        ["002"],
        ["00003"],
    ]


def test_a_file_without_headings_loses_no_row(read: Read) -> None:
    parsed = read("csv-messy/frictionless/without-headers.csv")
    assert parsed.tables[0].header_row == 0
    assert parsed.tables[0].header == ["Column A", "Column B"]
    assert parsed.tables[0].rows[0].cells == ["1", "english"]


def test_semicolons_pipes_and_tabs(read: Read) -> None:
    assert table(read, "csv-messy/frictionless/issue-1138.csv")[0] == ["Zeit [MEZ]", "Wasserstand", "Status"]
    assert len(table(read, "csv-messy/messytables/simple.psv")[0]) == 6
    assert table(read, b"name\treason\nMary Jones\tlow, tired\n")[1] == [(2, ["Mary Jones", "low, tired"])]


def test_commas_inside_addresses_do_not_win(read: Read) -> None:
    content = b"name;address\nMary;1 High St, Leeds, LS1\nAnn;2 Low St, York\nBob;3 Mid St, Hull, HU1\n"
    assert table(read, content)[0] == ["name", "address"]


def test_the_delimiter_that_excel_writes_first(read: Read) -> None:
    header, rows, _ = table(read, b"sep=|\r\nname|x,y\r\nMary|1,2\r\n")
    assert header == ["name", "x,y"]
    assert rows == [(3, ["Mary", "1,2"])]


def test_quoted_line_breaks_keep_the_real_row_numbers(read: Read) -> None:
    _, rows, _ = table(read, b'name,reason\nMary,"low\nand tired"\n\nAnn,x\n')
    assert rows == [(2, ["Mary", "low\nand tired"]), (5, ["Ann", "x"])]


def test_one_broken_quote_costs_one_row(read: Read) -> None:
    _, rows, problems = table(read, "csv-messy/csvlint/invalid_many_rows.csv")
    assert [number for number, _ in rows] == [2, 3, 4, 5, 6, 7, 9, 10, 12]
    assert problems == ["The quotation marks in this row do not match, so its cells may be wrong."]


def test_an_open_quote_does_not_swallow_the_rest(read: Read) -> None:
    _, rows, problems = table(read, b'name,reason\nMary,"open\nAnn,low\nBob,tired\n')
    assert rows[1:] == [(3, ["Ann", "low"]), (4, ["Bob", "tired"])]
    assert len(problems) == 1


def test_many_broken_quotes_refuse_the_file(read: Read) -> None:
    with pytest.raises(Refused, match="first in row 2"):
        read(b"name,reason\n" + b'Mary,"open"x\n' * 30)


def test_spaces_before_quotes(read: Read) -> None:
    assert table(read, b'name, reason\nMary, "low, tired"\nAnn, "x"\n')[1] == [
        (2, ["Mary", "low, tired"]),
        (3, ["Ann", "x"]),
    ]


def test_total_rows_stay_and_are_told(read: Read) -> None:
    parsed = read(
        b"Referrals 2026,,\n,,\nName,Born,Phone\nMary,1/2/80,07700900123\nAnn,2/3/81,07700900124\nTotal,2,\n"
    )
    (only,) = parsed.tables
    assert only.header_row == 3
    assert [row.number for row in only.rows] == [4, 5, 6]
    assert [(p.row, p.message) for p in parsed.problems] == [
        (6, "This row looks like a total, not a person.")
    ]


def test_a_person_called_total_is_no_total(read: Read) -> None:
    assert read(b"Name,Reason\nTotal,Feels low\n").problems == []


def test_real_total_row_in_a_pasted_sheet(read: Read) -> None:
    parsed = read("csv-messy/messytables/excel_pasting.csv")
    assert parsed.tables[0].header_row == 4
    assert [problem.row for problem in parsed.problems] == [21]


def test_title_rows_as_wide_as_the_table(read: Read) -> None:
    content = b"Sender,Surgery A,October\nName,Date of birth,Reason\nMary,1/2/80,low\nAnn,2/3/81,tired\n"
    assert read(content).tables[0].header_row == 2


def test_headings_without_rows(read: Read) -> None:
    parsed = read(b"name,reason\n")
    assert parsed.tables[0].rows == []
    assert [problem.message for problem in parsed.problems] == ["There are no rows under the headings."]


def test_rows_beyond_the_limit_refuse_the_file_and_the_limit_itself_does_not(read: Read) -> None:
    assert len(read(b"name,born\n" + b"Mary,1980\n" * 20_000).tables[0].rows) == 20_000
    with pytest.raises(Refused, match="20,000 rows"):
        read(b"name,born\n" + b"Mary,1980\n" * 20_001)


def test_control_characters_go_but_line_breaks_stay(read: Read) -> None:
    _, rows, problems = table(read, b'name,reason\nMa\0ry,"lo\x07w\n"\n')
    assert rows == [(2, ["Mary", "low"])]
    assert problems == ["There are NUL characters in this file; they were left out."]
