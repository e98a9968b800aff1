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
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton, QWidget

from tests.conftest import USER
from therapydesk.api import Link
from therapydesk.core.permissions import ROLES
from therapydesk.core.tables import ZONES, Zone
from therapydesk.plugins.caseload.models import Statement
from therapydesk.records import subject_deciding as deciding
from therapydesk.records import subject_requests as requests
from therapydesk.records import subject_review as review
from therapydesk.records.subject_collect import collect_part
from therapydesk.testing import add_person, open_page, stopped_clock
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.shell.privacy_request import RequestPage
from therapydesk.ui.shell.privacy_review import ReviewPage
from therapydesk.ui.shell.privacy_window import PrivacyWindow

__all__ = ["open_page", "stopped_clock"]
pytestmark = pytest.mark.usefixtures("stopped_clock")
SAID = "Gareth Lloyd hit the drum. Gareth laughed, and Carys sang."


@pytest.fixture
def desk(sign_in: Callable[[str], Desk]) -> Desk:
    return sign_in(USER)


@pytest.fixture
def asked(desk: Desk) -> UUID:
    person = add_person(desk.vault)
    add_person(desk.vault, "Gareth Lloyd")
    with desk.vault.write("clinical") as db:
        db.add(
            Statement(person_id=person, kind="matters", text=SAID, whose_words="", said_on=date(2026, 3, 2))
        )
    with desk.vault.write("core") as db:
        return requests.record_request(db, person, date(2026, 4, 20))


def idle(desk: Desk) -> None:
    desk.jobs.wait_idle()
    QApplication.processEvents()


def form(page: Any) -> FormDialog:
    """The form that is open over a page."""
    found: list[FormDialog] = [d for d in page.findChildren(FormDialog) if d.isVisible()]
    return found[0]


def fill(page: Any, **values: Any) -> None:
    dialog = form(page)
    dialog.form.set_values(values)
    dialog.save()
    assert not dialog.isVisible(), dialog.messages.text()


def texts(page: Any) -> str:
    from PySide6.QtWidgets import QLabel

    return "\n".join(label.text() for label in page.findChildren(QLabel))


def collected(desk: Desk, request: UUID, zone: Zone) -> None:
    collect_part(desk.vault, request, zone)


def all_ready(desk: Desk, request: UUID) -> None:
    for zone in ZONES:
        collected(desk, request, zone)
        with desk.vault.read() as db:
            names = review.found_names(db, request, zone)
        with desk.vault.write(zone) as db:
            for name in names:
                deciding.decide_name(db, request, name.name, "redact", "third_party")
            if zone != "core":
                deciding.record_decision(db, request, "none", "Nothing that harms")
            deciding.finish_part(db, request)


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


# -- going through a part ------------------------------------------------------------------------------


@pytest.fixture
def page(desk: Desk, asked: UUID, open_page: Callable[..., Any]) -> Any:
    collected(desk, asked, "clinical")
    opened = open_page(ReviewPage(desk, asked, "clinical"), 1300, 750)
    opened.focus_first()
    idle(desk)
    return opened


def test_places_are_covered_and_kept_by_single_keys(page: Any, desk: Desk) -> None:
    assert page.mark().text == "Gareth Lloyd"
    QTest.keyClick(page.copies.view, Qt.Key.Key_C)
    idle(desk)
    assert page.mark().text == "Gareth"
    QTest.keyClick(page.copies.view, Qt.Key.Key_R)
    fill(page, reason="agreed")
    idle(desk)
    assert page.copies.model.rowCount() == 0
    assert "0 to decide" in page._summary.text().replace("\xa0", " ")


def test_single_keys_do_nothing_when_they_are_switched_off(page: Any, desk: Desk) -> None:
    desk.settings.single_keys = False
    QTest.keyClick(page.copies.view, Qt.Key.Key_C)
    idle(desk)
    assert page.mark().text == "Gareth Lloyd"


def test_a_name_is_decided_on_everywhere(page: Any, desk: Desk) -> None:
    page.mode.buttons()[2].setChecked(True)
    idle(desk)
    assert {page.names.model.row(n).text for n in range(page.names.model.rowCount())} == {
        "Gareth Lloyd",
        "Gareth",
    }
    page.act("cover")
    idle(desk)
    page.act("keep")
    fill(page, reason="known")
    idle(desk)
    assert all(not page.names.model.row(n).undecided for n in range(page.names.model.rowCount()))


def test_an_entry_is_left_out_and_given_after_all(page: Any, desk: Desk) -> None:
    page.act("withhold")
    fill(page, reason="serious_harm")
    idle(desk)
    assert "1 left out" in page._summary.text().replace("\xa0", " ")
    page.mode.buttons()[1].setChecked(True)
    idle(desk)
    assert "Left out: Serious harm would be likely." in texts(page)
    page.act("withhold")
    idle(desk)
    assert "0 left out" in page._summary.text().replace("\xa0", " ")


def test_words_are_chosen_and_covered(page: Any, desk: Desk) -> None:
    page.act("choose")
    assert "Choose words" in page.messages.text()
    text = page.pane.text
    start = text.toPlainText().index("drum")
    cursor = text.textCursor()
    cursor.setPosition(start)
    cursor.setPosition(start + 4, cursor.MoveMode.KeepAnchor)
    text.setTextCursor(cursor)
    page.act("choose")
    idle(desk)
    assert [m.text for m in page.item.marks if m.decision == "redact"] == ["drum"]


def test_what_was_decided_is_decided_anew_where_the_cursor_stands(page: Any, desk: Desk) -> None:
    for _ in range(2):
        page.act("cover")
        idle(desk)
    page.mode.buttons()[1].setChecked(True)
    idle(desk)
    text = page.pane.text
    text.setFocus()
    cursor = text.textCursor()
    cursor.setPosition(text.toPlainText().index("Gareth laughed") + 2)
    text.setTextCursor(cursor)
    assert page.pane.where.text() == "Covered: “Gareth”"
    QTest.keyClick(text, Qt.Key.Key_R)
    fill(page, reason="known")
    idle(desk)
    assert [m.decision for m in page.item.marks] == ["redact", "keep"]


def test_words_behind_letters_outside_the_first_plane_are_the_right_ones(
    desk: Desk, asked: UUID, open_page: Callable[..., Any]
) -> None:
    with desk.vault.write("clinical") as db:
        row = db.query(Statement).one()
        row.text = "🎵🎶 Gareth sang 🥁 loud"
    collected(desk, asked, "clinical")
    page = open_page(ReviewPage(desk, asked, "clinical"), 1300, 750)
    idle(desk)
    text = page.pane.text
    plain = text.document().toRawText().encode("utf-16-le")
    start = plain.index("loud".encode("utf-16-le")) // 2
    cursor = text.textCursor()
    cursor.setPosition(start)
    cursor.setPosition(start + 4, cursor.MoveMode.KeepAnchor)
    text.setTextCursor(cursor)
    page.act("choose")
    idle(desk)
    assert [m.text for m in page.item.marks] == ["Gareth", "loud"]


def test_a_part_is_ready_once_all_is_decided(page: Any, desk: Desk, asked: UUID) -> None:
    page.finish()
    assert "decide on serious harm first" in page.messages.text()
    from therapydesk.ui.shell.privacy_review_dialogs import decide_whole

    decide_whole(page)
    fill(page, outcome="none", reason="Nothing that harms")
    idle(desk)
    page.finish()
    assert "still waits" in page.messages.text()
    for _ in range(2):
        page.act("cover")
        idle(desk)
    page.finish()
    with desk.vault.read() as db:
        assert requests.read_request(db, asked).parts[1].state == "ready"


def test_looking_at_a_part_is_in_the_log_of_its_zone(page: Any, desk: Desk, asked: UUID) -> None:
    from therapydesk.core import audit

    with desk.vault.read() as db:
        entry = audit.ENTRIES["clinical"]
        seen = db.query(entry).filter(entry.action == "view", entry.ref == asked).count()
    assert seen == 1
