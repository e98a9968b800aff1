"""A request in the window: what is next, its clock, its parts, and what others see of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton, QWidget

from tests.ui.shell.privacy_world import all_ready, asked, collected, desk, fill, form, idle, texts
from therapydesk.api import Link
from therapydesk.core.permissions import ROLES
from therapydesk.records import subject_requests as requests
from therapydesk.testing import add_person, open_page, stopped_clock
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.shell.privacy_request import RequestPage
from therapydesk.ui.shell.privacy_review import ReviewPage
from therapydesk.ui.shell.privacy_window import PrivacyWindow

__all__ = ["asked", "desk", "open_page", "stopped_clock"]
pytestmark = pytest.mark.usefixtures("stopped_clock")


def test_a_request_is_written_down_in_the_window(desk: Desk, open_page: Callable[..., Any]) -> None:
    add_person(desk.vault, "Kit Lane")
    page = open_page(PrivacyWindow(desk))
    page.new_record()
    dialog = form(page)
    dialog.form.set_values({"name": "Nobody Here"})
    dialog.save()
    assert "Nobody here is called" in dialog.messages.text()
    fill(page, name="Kit Lane", received_on="20/4")
    with desk.vault.read() as db:
        views = requests.list_requests(db)
    assert [(v.name, v.received_on) for v in views] == [("Kit Lane", date(2026, 4, 20))]


def test_two_people_of_one_name_are_told_apart(desk: Desk, open_page: Callable[..., Any]) -> None:
    add_person(desk.vault, "Kit Lane", born_on=date(1950, 1, 2))
    younger = add_person(desk.vault, "Kit Lane", born_on=date(1990, 1, 2))
    page = open_page(PrivacyWindow(desk))
    page.new_record()
    dialog = form(page)
    dialog.form.set_values({"name": "Kit Lane"})
    dialog.save()
    assert "Several people" in dialog.messages.text()
    fill(page, born_on="2 Jan 1990")
    with desk.vault.read() as db:
        assert [v.person_id for v in requests.list_requests(db)] == [younger]


def test_the_page_says_how_much_time_is_left(desk: Desk, asked: UUID, open_page: Callable[..., Any]) -> None:
    page = open_page(RequestPage(desk, asked))
    assert "Answer by Wed 20 May 2026: 14 days left." in texts(page)
    page.stop()
    fill(page, why="identity", asked_on="22/4")
    idle(desk)
    assert "The clock stands since Wed 22 Apr 2026." in texts(page)
    page.start()
    fill(page, answered_on="29/4")
    idle(desk)
    assert "Answer by Wed 27 May 2026: 21 days left." in texts(page)
    page.extend()
    fill(page, months="2", reason="complex", told_on="5/5")
    idle(desk)
    assert "Answer by Mon 27 Jul 2026" in texts(page)
    assert not any(b.text() == "Take more time" and b.isVisible() for b in page.findChildren(QPushButton))


def test_what_is_next_is_the_primary_button(desk: Desk, asked: UUID, open_page: Callable[..., Any]) -> None:
    page = open_page(RequestPage(desk, asked))
    assert page.next_button.text() == "Collect"
    page.next_button.click()
    idle(desk)
    links: Any = desk.open_link.__self__  # type: ignore[attr-defined]  # the list of links
    assert links[-1] == Link("privacy", asked, ("review", "core"))
    all_ready(desk, asked)
    idle(desk)
    assert page.next_button.text() == "Make the pack"
    assert "2 copies" not in texts(page)


def test_a_pack_is_made_by_a_job_and_then_it_is_sent(
    desk: Desk, asked: UUID, open_page: Callable[..., Any], tmp_path: Path
) -> None:
    all_ready(desk, asked)
    page = open_page(RequestPage(desk, asked))
    page.write_pack(tmp_path / "AR-2026-001.zip")
    idle(desk)
    assert (tmp_path / "AR-2026-001.zip").exists()
    assert "AR-2026-001.zip" in page.messages.text()
    assert page.next_button.text() == "Mark as sent"
    page.next_step()
    fill(page, how="post", sent_on="6/5")
    idle(desk)
    assert not page.next_button.isVisible()
    assert "By tracked post, Wed 6 May 2026." in texts(page)


def test_a_locked_pack_shows_its_passphrase_once(
    desk: Desk, asked: UUID, open_page: Callable[..., Any], tmp_path: Path
) -> None:
    import pypdfium2

    all_ready(desk, asked)
    page = open_page(RequestPage(desk, asked))
    page.write_pack(tmp_path / "AR-2026-001.pdf", "some-pass-phrase")
    idle(desk)
    shown = [d for d in page.findChildren(QDialog) if d.isVisible()]
    assert [d.findChildren(QLineEdit)[0].text() for d in shown] == ["some-pass-phrase"]
    opened = pypdfium2.PdfDocument(tmp_path / "AR-2026-001.pdf", password="some-pass-phrase")
    assert len(opened) > 1
    opened.close()


def test_a_pack_that_cannot_be_written_is_said_on_the_page(
    desk: Desk, asked: UUID, open_page: Callable[..., Any], tmp_path: Path
) -> None:
    all_ready(desk, asked)
    page = open_page(RequestPage(desk, asked))
    page.write_pack(tmp_path / "gone" / "pack.zip")
    idle(desk)
    assert "could not be saved" in page.messages.text()


def test_a_request_ends_without_an_answer(desk: Desk, asked: UUID, open_page: Callable[..., Any]) -> None:
    page = open_page(RequestPage(desk, asked))
    page.end()
    dialog = form(page)
    dialog.form.set_values({"state": "refused"})
    assert "reason" in dialog.form.values()
    fill(page, state="refused", reason="not_them", ended_on="6/5")
    idle(desk)
    with desk.vault.read() as db:
        assert requests.read_request(db, asked).state == "refused"


@pytest.mark.parametrize("name", ["Nia Admin", "Tomos Therapist"])
def test_whoever_has_not_a_part_sees_neither_a_button_for_it_nor_what_is_in_it(
    desk: Desk, asked: UUID, open_page: Callable[..., Any], sign_in: Callable[[str], Desk], name: str
) -> None:
    other = sign_in(name)
    page = open_page(RequestPage(other, asked))
    idle(other)
    buttons = {b.accessibleName() for b in page.findChildren(QPushButton) if b.isVisible()}
    mine = {"Collect: Notes and reasons for referral"} if name == "Tomos Therapist" else set()
    assert {b for b in buttons if b.startswith("Collect:")} == mine
    assert not page.end_button.isVisible()
    assert "For a safeguarding lead." in texts(page)
    review_page = open_page(ReviewPage(other, asked, "safeguarding"))
    assert review_page.messages.rank == "warn"
    assert review_page.copies.model.rowCount() == 0


@pytest.mark.parametrize("role", ROLES)
def test_no_role_alone_sees_every_part(role: str) -> None:
    from therapydesk.core.permissions import scope_of

    parts = [zone for zone, needed in requests.PARTS.items() if scope_of([role], needed)]
    assert parts == {"owner": ["core"], "therapist": ["clinical"], "lead": ["safeguarding"]}.get(role, [])


@pytest.mark.parametrize("make", [RequestPage, lambda desk, asked: ReviewPage(desk, asked, "clinical")])
def test_every_control_has_a_name(
    desk: Desk, asked: UUID, open_page: Callable[..., Any], make: Callable[[Desk, UUID], Any]
) -> None:
    collected(desk, asked, "clinical")
    page = open_page(make(desk, asked), 1300, 750)
    idle(desk)
    takes = [
        w for w in page.findChildren(QWidget) if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    nameless = [w for w in takes if not QAccessible.queryAccessibleInterface(w).text(QAccessible.Text.Name)]
    assert len(takes) > 3
    assert nameless == []
