from __future__ import annotations

import pytest

from tests.core.parsing import hostile
from tests.core.parsing.conftest import Read
from therapydesk.core.parsing.refusal import Refused


def test_dates_and_numbers_read_as_they_would_be_typed(read: Read) -> None:
    ods = read("spreadsheets/calamine/date.ods")
    assert ods.format == "ods"
    assert [row.cells for row in ods.tables[0].rows][:3] == [
        ["2021-01-01", "15"],
        ["2021-01-01 10:10:10", "16"],
        ["10:10:10", "17"],
    ]
    xls = read("spreadsheets/calamine/date.xls")
    assert xls.format == "xls"
    assert xls.tables[0].rows[2].cells == ["255:10:10", "17"]


def test_texts_keep_their_zeros_and_whole_numbers_have_no_point(read: Read) -> None:
    number = '<c r="B{0}"><v>{1}</v></c>'
    rows = f'<row r="1">{hostile.cell("A1", "Phone")}{hostile.cell("B1", "NHS number")}</row>'
    rows += f'<row r="2">{hostile.cell("A2", "07700900123")}{number.format(2, "9434765919")}</row>'
    rows += f'<row r="3">{hostile.cell("A3", "x")}{number.format(3, "1.5")}</row>'
    rows += f'<row r="4">{hostile.cell("A4", "y")}<c r="B4" t="b"><v>1</v></c></row>'
    cells = [row.cells for row in read(hostile.xlsx(rows)).tables[0].rows]
    assert cells == [["07700900123", "9434765919"], ["x", "1.5"], ["y", "TRUE"]]


def test_headings_lower_down_and_to_the_right(read: Read) -> None:
    assert read("spreadsheets/calamine/header-row.xlsx").tables[0].header_row == 9
    middle = read("spreadsheets/calamine/temperature-in-middle.xlsx").tables[0]
    assert (middle.header_row, middle.header, middle.rows[0].number) == (4, ["label", "value"], 5)


def test_a_title_and_a_total_around_the_table(read: Read) -> None:
    parsed = read("spreadsheets/frictionless/skip-rows.xlsx")
    assert (parsed.tables[0].header_row, parsed.tables[0].header) == (2, ["A", "B"])
    assert [problem.row for problem in parsed.problems] == [4]


def test_headings_merged_over_several_rows_become_one(read: Read) -> None:
    table = read("spreadsheets/frictionless/multiline-headers.xlsx").tables[0]
    what = "Cumulative impact of changes on cost of food basket"
    assert table.header == [
        "Region",
        "Caloric contribution (%)",
        f"{what} from previous quarter",
        f"{what} from baseline (%)",
    ]
    assert [(row.number, row.cells) for row in table.rows] == [(6, ["A", "B", "C", "D"])]


def test_a_cell_merged_downwards_holds_for_every_row() -> None:
    from therapydesk.core.parsing.sheets import _unmerged

    raw = [(1, ["School", "Name"]), (2, ["Oak", "Mary"]), (3, ["", "Ann"]), (4, ["Elm", "Bob"])]
    assert _unmerged(raw, [((1, 0), (2, 0))]) == [
        (1, ["School", "Name"]),
        (2, ["Oak", "Mary"]),
        (3, ["Oak", "Ann"]),
        (4, ["Elm", "Bob"]),
    ]


def test_blank_rows_between_are_skipped(read: Read) -> None:
    assert [row.number for row in read("spreadsheets/messytables/blank_line.ods").tables[0].rows] == [2, 3, 5]


def test_empty_and_chart_sheets_are_no_tables(read: Read) -> None:
    assert [table.name for table in read("spreadsheets/calamine/any_sheets.xlsx").tables] == ["Visible"]


def test_hidden_sheets_are_left_out_and_told(read: Read) -> None:
    hidden = hostile.WORKBOOK.replace('sheetId="1"', 'sheetId="1" state="hidden"')
    visible = '<sheet name="Open" sheetId="2" r:id="rId1"/></sheets>'
    book = hidden.replace("</sheets>", visible).encode()
    parsed = read(hostile.xlsx(hostile.GOOD_ROWS, {"xl/workbook.xml": book}))
    assert [table.name for table in parsed.tables] == ["Open"]
    assert "The hidden sheet “List” was left out." in [problem.message for problem in parsed.problems]


def test_a_password_is_named(read: Read) -> None:
    with pytest.raises(Refused, match="password"):
        read("spreadsheets/calamine/pass_protected.xlsx")


def test_an_empty_workbook_is_refused(read: Read) -> None:
    with pytest.raises(Refused, match="no rows"):
        read(hostile.xlsx(""))
