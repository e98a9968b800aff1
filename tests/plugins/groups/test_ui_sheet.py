"""Saving the sheet of a register from its page, and taking a filled one in: looked at first, undone after."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot

from tests.plugins.groups.conftest import Choir, once_read
from therapydesk.plugins.groups import hub_day, service
from therapydesk.plugins.groups.service import GroupDetails
from therapydesk.plugins.groups.ui.hub_page import HubPage
from therapydesk.plugins.groups.ui.register_page import RegisterPage
from therapydesk.testing import add_person, desk_at, open_page
from therapydesk.ui.kit.forms import FormDialog

__all__ = ["open_page"]


@pytest.fixture
def page(choir: Choir, plugins: Any, tmp_path: Path, open_page: Any) -> Any:
    choir.join("Rafiq Aziz")
    choir.join("Maggie Lloyd")
    (session,) = choir.book()
    with desk_at(choir.vault, plugins, tmp_path) as desk:
        yield once_read(open_page(RegisterPage(desk, session)))


def states(choir: Choir, session: UUID) -> list[str]:
    return [row.state for row in choir.read(session).rows]


def sheet(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "filled.csv"
    path.write_text(text, "utf-8")
    return path


def take_in(page: Any, path: Path, qtbot: QtBot) -> None:
    page.sheet_files.take_in(path)
    assert page.desk.jobs.wait_idle(20_000)


def shown(page: Any) -> FormDialog:
    found: FormDialog
    (found,) = [each for each in page.findChildren(FormDialog) if each.isVisible()]
    return found


def test_the_sheet_is_saved_under_a_name_that_names_nobody(page: RegisterPage, tmp_path: Path) -> None:
    dialog = page.sheet_files.save()
    assert dialog is not None
    (offered,) = dialog.selectedFiles()
    assert "Tuneful" not in offered
    saved = tmp_path / "out.csv"
    dialog.fileSelected.emit(str(saved))
    assert "Maggie Lloyd" in saved.read_text("utf-8-sig")
    assert page.messages.text() == "Saved out.csv."


def test_a_filled_sheet_is_looked_at_taken_in_and_taken_back(
    choir: Choir, page: RegisterPage, tmp_path: Path, qtbot: QtBot
) -> None:
    path = sheet(tmp_path, "Name,Mark\nMaggie Lloyd,P\nRafiq Aziz,A\nNobody Known,P\n")
    take_in(page, path, qtbot)
    dialog = shown(page)
    assert dialog.save_button.text() == "Take in 2 rows"
    assert states(choir, page.appointment_id) == ["expected", "expected"]
    dialog.save()
    assert states(choir, page.appointment_id) == ["came", "sent_apologies"]
    assert page.messages.text().startswith("Taken in: 2 marks, one row refused.")
    page.undo()
    assert states(choir, page.appointment_id) == ["expected", "expected"]


def test_a_sheet_that_says_nothing_new_opens_nothing(
    choir: Choir, page: RegisterPage, tmp_path: Path, qtbot: QtBot
) -> None:
    choir.mark(page.appointment_id, maggie="came")
    take_in(page, sheet(tmp_path, "Name,Mark\nMaggie Lloyd,P\n"), qtbot)
    assert [each for each in page.findChildren(FormDialog) if each.isVisible()] == []
    assert "one row that says the same" in page.messages.text()


def test_a_file_that_is_no_sheet_is_said_on_the_page(
    page: RegisterPage, tmp_path: Path, qtbot: QtBot
) -> None:
    take_in(page, sheet(tmp_path, "What,Ever\n1,2\n"), qtbot)
    assert "no column called “Name”" in page.messages.text()


def test_a_hub_day_takes_a_list_of_who_signed_in(
    choir: Choir, plugins: Any, tmp_path: Path, open_page: Any, qtbot: QtBot
) -> None:
    choir.do(service.save_group, GroupDetails("Tuneful Wednesdays", shape="hub"), choir.group_id)
    (day,) = choir.book()
    choir.do(hub_day.open_day, day)
    add_person(choir.vault, "Kit Lane")
    with desk_at(choir.vault, plugins, tmp_path) as desk:
        page = once_read(open_page(HubPage(desk, day)))
        take_in(page, sheet(tmp_path, "Name,Came for\nKit Lane,Café\n"), qtbot)
        shown(page).save()
        assert page.table.row_count() == 1
        page.undo()
        assert page.table.row_count() == 0
