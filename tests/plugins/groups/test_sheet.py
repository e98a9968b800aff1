"""A register as a CSV sheet: out, filled in, back in without doubling; wrong, broken, huge and hostile files."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest
from xlsxwriter import Workbook

from tests.plugins.groups.conftest import Choir
from therapydesk.api import UserError, show_day, today
from therapydesk.plugins.groups import hub_day, register, service, sheet_csv, sheet_plan
from therapydesk.plugins.groups.service import GroupDetails
from therapydesk.plugins.groups.sheet_plan import Planned
from therapydesk.testing import add_person


@pytest.fixture
def session(choir: Choir) -> UUID:
    choir.join("Rafiq Aziz")
    choir.join("Nasreen Aziz", comes_with="Rafiq Aziz")
    choir.join("Maggie Lloyd")
    (made,) = choir.book()
    choir.open(made)
    return made


def out(choir: Choir, session: UUID) -> list[dict[str, str]]:
    with choir.vault.read() as db:
        text = sheet_csv.sheet_csv(db, session).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def back(tmp_path: Path, rows: Sequence[dict[str, str]]) -> Path:
    path = tmp_path / "filled.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def typed(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "typed.csv"
    path.write_bytes(text.encode(encoding))
    return path


def plan(choir: Choir, session: UUID, path: Path) -> list[Planned]:
    lines = sheet_csv.read_sheet(path, choir.read(session))
    with choir.vault.read() as db:
        return sheet_plan.plan_sheet(db, session, lines)


def take_in(choir: Choir, session: UUID, path: Path) -> sheet_plan.Done:
    return choir.do(sheet_plan.carry_out, session, plan(choir, session, path))  # type: ignore[no-any-return]  # Done


def states(choir: Choir, session: UUID) -> dict[str, str]:
    return {row.name: row.state for row in choir.read(session).rows}


def test_a_sheet_that_was_filled_in_comes_back_twice_without_doubling(
    choir: Choir, session: UUID, tmp_path: Path
) -> None:
    rows = out(choir, session)
    assert [row["Name"] for row in rows] == ["Rafiq Aziz", "Nasreen Aziz", "Maggie Lloyd", "", "", "", ""]
    marks = {"Rafiq Aziz": "P", "Nasreen Aziz": "late", "Maggie Lloyd": "Apologies"}
    for row in rows:
        row["Mark"] = marks.get(row["Name"], "")
    rows[3] |= {"Name": "Mair Neighbour", "Mark": "x"}
    rows[4] |= {"How many": "3"}
    mair = add_person(choir.vault, "Mair Neighbour")
    path = back(tmp_path, rows)
    take_in(choir, session, path)
    first = choir.read(session)
    assert states(choir, session) == {
        "Rafiq Aziz": "came",
        "Nasreen Aziz": "came_late",
        "Maggie Lloyd": "sent_apologies",
        "Mair Neighbour": "came",
        "": "came",
    }
    assert (first.count.people, first.count.carers, first.count.anonymous, first.count.visits) == (2, 1, 3, 6)
    assert {each.what for each in plan(choir, session, path)} == {"same"}
    take_in(choir, session, path)
    assert choir.read(session).count == first.count
    assert [row.person_id for row in choir.read(session).rows].count(mair) == 1


def test_heads_that_were_claimed_since_are_not_added_again(
    choir: Choir, session: UUID, tmp_path: Path
) -> None:
    path = typed(tmp_path, "Name,Mark,How many\n,,2\n,,1\n")
    done = take_in(choir, session, path)
    newcomer = add_person(choir.vault, "Quiet Newcomer")
    choir.do(register.claim, session, done.made[0], newcomer)
    before = choir.read(session).count
    take_in(choir, session, path)
    assert choir.read(session).count == before
    assert before.visits == 3


def test_what_it_would_do_is_shown_first_and_nothing_is_written(
    choir: Choir, session: UUID, tmp_path: Path
) -> None:
    path = typed(tmp_path, "Name;Mark\nMaggie Lloyd;P\nNobody Known;P\nRafiq Aziz;?\n;P\n")
    found = plan(choir, session, path)
    assert [(each.what, each.why) for each in found] == [
        ("mark", ""),
        ("refused", "Nobody of that name is known. Add them as a walk-in first."),
        ("refused", "“?” is not a mark: write P, A, N, L or E."),
        ("refused", "There is a mark and no name."),
    ]
    assert sheet_plan.in_words(found) == "one mark, 3 rows refused"
    assert set(states(choir, session).values()) == {"expected"}
    choir.do(sheet_plan.carry_out, session, found)
    assert states(choir, session)["Maggie Lloyd"] == "came"
    assert len(choir.read(session).rows) == 3


def test_it_is_taken_back_but_for_what_was_changed_since(choir: Choir, session: UUID, tmp_path: Path) -> None:
    add_person(choir.vault, "Mair Neighbour")
    path = typed(tmp_path, "Name,Mark,How many\nMaggie Lloyd,P\nRafiq Aziz,P\nMair Neighbour,L\n,,4\n")
    choir.mark(session, rafiq="no_word")
    done = take_in(choir, session, path)
    choir.mark(session, maggie="left_early")
    choir.do(sheet_plan.take_back, session, done)
    assert states(choir, session) == {
        "Rafiq Aziz": "no_word",
        "Nasreen Aziz": "expected",
        "Maggie Lloyd": "left_early",
    }


def test_two_of_one_name_and_two_rows_about_one_person_are_refused(
    choir: Choir, session: UUID, tmp_path: Path
) -> None:
    choir.join("Dai Rees", state="member")
    choir.join("Dai Rees", state="member")
    (second,) = choir.book(weeks_ago=-1)
    choir.open(second)
    path = typed(tmp_path, "Name,Mark\nDai Rees,P\nMaggie Lloyd,P\nMAGGIE LLOYD,A\nmaggie lloyd,p\n")
    found = plan(choir, second, path)
    assert [(each.what, each.why) for each in found] == [
        ("refused", "Several on the register are called that. Write the full name."),
        ("mark", ""),
        ("refused", "Row 3 says something else about them."),
        ("same", ""),
    ]
    rows = out(choir, second)
    for row in rows[-6:-4]:
        row["Mark"] = "P"
    assert [each.what for each in plan(choir, second, back(tmp_path, rows))].count("mark") == 2


def test_a_name_that_was_written_over_another_row_is_not_marked_there(
    choir: Choir, session: UUID, tmp_path: Path
) -> None:
    rows = out(choir, session)
    rows[2] |= {"Name": "Rafiq Aziz", "Mark": "P"}
    (found,) = [each for each in plan(choir, session, back(tmp_path, rows)) if each.what == "refused"]
    assert found.why == "The name is not the one of this row on the register."


@pytest.mark.parametrize(
    ("head", "value"),
    [
        ("Session", "0199a1b2-0000-7000-8000-000000000001"),
        ("Session", "=1+1"),
        ("Day", "1 January 2020"),
        ("Day", "someday"),
        ("Group", "Other choir"),
    ],
)
def test_a_sheet_of_another_session_or_group_is_refused_as_a_whole(
    choir: Choir, session: UUID, tmp_path: Path, head: str, value: str
) -> None:
    path = typed(tmp_path, f"Name,Mark,{head}\nMaggie Lloyd,P,{value}\n")
    with pytest.raises(UserError, match="This sheet belongs to another session"):
        plan(choir, session, path)
    right = {"Session": str(session), "Day": show_day(today()), "Group": "Tuneful Wednesdays"}[head]
    path = typed(tmp_path, f'Name,Mark,{head}\nMaggie Lloyd,P,"{right}"\n')
    assert [each.what for each in plan(choir, session, path)] == ["mark"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"Name,Mark\n", "has no rows"),
        (b"What,Ever\nMaggie,P\n", "no column called"),
        (b"\x00\x01\x02\xff" * 50, "“filled.csv”"),
        (b"PK\x03\x04" + b"\x00" * 200, "“filled.csv”"),
        (b"Name,Mark\n" + b"Maggie,P\n" * 2001, "more than 2000 rows"),
        (b"x" * (21 * 1024 * 1024), "larger than 20 MiB"),
    ],
)
def test_files_that_are_no_sheet_have_a_sentence(
    choir: Choir, session: UUID, tmp_path: Path, data: bytes, why: str
) -> None:
    path = tmp_path / "filled.csv"
    path.write_bytes(data)
    with pytest.raises(UserError, match=why):
        plan(choir, session, path)
    with pytest.raises(UserError, match="is not there"):
        plan(choir, session, tmp_path / "gone.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac-roman"])
def test_letters_are_read_in_the_encodings_of_other_programs(
    choir: Choir, session: UUID, tmp_path: Path, encoding: str
) -> None:
    choir.join("Siân Ôwen")
    choir.do(register.add_walk_in, session, choir.people["Siân Ôwen"])
    found = plan(choir, session, typed(tmp_path, "Name,Mark\nSiân Ôwen,L\n", encoding))
    assert [each.what for each in found] == ["mark"]


def test_cells_that_look_like_a_formula_do_no_harm_on_the_way_out_and_are_read_again(
    choir: Choir, session: UUID, tmp_path: Path
) -> None:
    evil = add_person(choir.vault, '=HYPERLINK("http://x.test","Open")')
    choir.do(register.add_walk_in, session, evil)
    rows = out(choir, session)
    assert rows[3]["Name"].startswith("'=")
    rows[3]["Mark"] = "E"
    (found,) = [each for each in plan(choir, session, back(tmp_path, rows)) if each.what == "mark"]
    assert found.person_id == evil


def test_a_finished_register_takes_no_sheet_in(choir: Choir, session: UUID, tmp_path: Path) -> None:
    choir.mark(session, rafiq="came", nasreen="came", maggie="came")
    choir.do(register.finish, session)
    with pytest.raises(UserError, match="Reopen it"):
        plan(choir, session, typed(tmp_path, "Name,Mark\nMaggie Lloyd,P\n"))


def test_a_register_that_changed_since_the_plan_is_left_whole(
    choir: Choir, session: UUID, tmp_path: Path
) -> None:
    add_person(choir.vault, "Mair Neighbour")
    found = plan(choir, session, typed(tmp_path, "Name,Mark\nMaggie Lloyd,P\nMair Neighbour,P\n"))
    with choir.vault.read() as db:
        from therapydesk.api import person_called

        mair = person_called(db, "Mair Neighbour")
    choir.do(register.add_walk_in, session, mair)
    with pytest.raises(UserError, match="on the list already"):
        choir.do(sheet_plan.carry_out, session, found)
    assert states(choir, session)["Maggie Lloyd"] == "expected"


def test_the_list_of_who_signed_in_at_a_hub_says_what_they_came_for(choir: Choir, tmp_path: Path) -> None:
    hub = choir.do(service.save_group, GroupDetails("Open door", shape="hub"))
    choir.group_id = hub
    (day,) = choir.book()
    choir.do(hub_day.open_day, day)
    add_person(choir.vault, "Kit Lane")
    path = typed(tmp_path, "Name,Came for,How many\nKit Lane,Café; Open mic\n,Advice,2\nKit Lane,Flying\n")
    found = plan(choir, day, path)
    assert [(each.what, each.why) for each in found] == [
        ("walk_in", ""),
        ("heads", ""),
        ("refused", "Nobody comes here for “Flying”."),
    ]
    done = choir.do(sheet_plan.carry_out, day, found)
    rows = choir.read(day).rows
    assert [(row.name, row.headcount, row.activities) for row in rows] == [
        ("Kit Lane", 1, ("cafe", "open_mic")),
        ("", 2, ("advice",)),
    ]
    assert {each.what for each in plan(choir, day, path)} == {"same", "refused"}
    choir.do(sheet_plan.take_back, day, done)
    assert choir.read(day).rows == ()


def test_a_sheet_of_a_spreadsheet_program_is_read_too(choir: Choir, session: UUID, tmp_path: Path) -> None:
    path = tmp_path / "filled.xlsx"
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((("Name", "Mark", "How many"), ("Maggie Lloyd", "P", ""), ("", "", 4))):
            sheet.write_row(number, 0, row)
    found = plan(choir, session, path)
    assert [(each.what, each.heads) for each in found] == [("mark", 0), ("heads", 4)]
