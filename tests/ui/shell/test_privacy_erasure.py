"""Privacy: erasing somebody, deciding a part, what is due, holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from tests.conftest import PASSPHRASE, USER
from therapydesk.core import audit, dates
from therapydesk.core.ids import new_id
from therapydesk.plugins.notes.models import Note
from therapydesk.records import erasure, retention_runs
from therapydesk.records.episodes import Episode
from therapydesk.records.erasure_lists import list_erasures
from therapydesk.records.legal_holds import place_hold
from therapydesk.records.people import Person
from therapydesk.records.people_details import PersonDetails
from therapydesk.records.people_details import add_person as add_somebody
from therapydesk.testing import add_person, open_page
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.shell.privacy_window import PrivacyWindow

__all__ = ["open_page"]
OTHER = "seven brass bells ringing"


@pytest.fixture
def desk(sign_in: Callable[[str], Desk]) -> Desk:
    return sign_in(USER)


@pytest.fixture
def carys(desk: Desk) -> UUID:
    person = add_person(desk.vault)
    with desk.vault.write("clinical") as db:
        db.add(Note(person_id=person, template="session", happened_on=date(2026, 5, 1)))
    return person


def part(desk: Desk, open_page: Callable[..., Any], name: str) -> Any:
    return open_page(PrivacyWindow(desk, name)).part


def dialog_of(widget: Any) -> Any:
    (found,) = [d for d in widget.findChildren(QDialog) if d.isVisible()]
    return found


def type_and_go(dialog: QDialog, word: str) -> None:
    from PySide6.QtWidgets import QPushButton

    field = dialog.findChild(QLineEdit)
    act = next(b for b in dialog.findChildren(QPushButton) if "for good" in b.text())
    assert field is not None
    assert not act.isEnabled()
    field.setText("no")
    assert not act.isEnabled(), "only the word opens it"
    field.setText(word)
    act.click()


def erased(desk: Desk) -> bool:
    with desk.vault.read() as db:
        return bool(db.scalar(select(Person.full_name)) == "Erased")


def test_somebody_is_erased_after_a_look_and_a_word(
    desk: Desk, open_page: Callable[..., Any], qtbot: QtBot, carys: UUID
) -> None:
    shown = part(desk, open_page, "erasure")
    assert "Nobody has been erased" in shown.table.states.sentence.text()
    shown.new_record()
    form = dialog_of(shown)
    form.form.set_values({"name": "Carys Bowen", "basis": "request"})
    form.save()
    asked = dialog_of(shown)
    said = " ".join(label.text() for label in asked.findChildren(QLabel))
    assert "Notes and reasons for referral. Goes: Notes about your sessions (1)." in said
    assert "Waits for who holds it: Safeguarding concerns." in said
    assert "It cannot be undone." in said
    type_and_go(asked, "erase")
    qtbot.waitUntil(lambda: erased(desk), timeout=20_000)
    all_done = dict.fromkeys(("core", "clinical", "safeguarding"), "done")

    def told() -> bool:
        rows = shown.table.model.rowCount()
        return rows == 1 and {p.zone: p.state for p in shown.table.model.row(0).parts} == all_done

    qtbot.waitUntil(told, timeout=20_000)
    qtbot.waitUntil(lambda: not desk.jobs.busy(), timeout=20_000)
    assert [path.name for path in (desk.vault.folder / "core").iterdir()] == ["g2"]


@pytest.mark.parametrize(
    ("name", "words"), [("Nobody Here", "Nobody here is called"), ("Carys Bowen", "legal hold")]
)
def test_what_stands_against_it_is_said_in_the_form(
    desk: Desk, open_page: Callable[..., Any], carys: UUID, name: str, words: str
) -> None:
    with desk.vault.write("core") as db:
        place_hold(db, carys, "police")
    shown = part(desk, open_page, "erasure")
    shown.new_record()
    form: FormDialog = dialog_of(shown)
    form.form.set_values({"name": name, "basis": "request"})
    form.save()
    assert words in form.messages.text()
    assert not erased(desk)


def test_a_part_that_waits_is_kept_with_a_reason(
    desk: Desk, open_page: Callable[..., Any], sign_in: Callable[[str], Desk], carys: UUID
) -> None:
    desk.vault.add_user("Nia Bevan", ("owner",), OTHER, ())
    desk.vault.unlock("Nia Bevan", OTHER)
    erasure.erase_person(desk.vault, carys, "mistake")
    desk.vault.unlock(USER, PASSPHRASE)
    desk.vault.settle()
    shown = part(desk, open_page, "erasure")
    (task,) = shown.tasks
    assert task.who == "Carys Bowen"
    dialog = shown.decide(task)
    dialog.form.set_values({"keep": "claim"})
    dialog.save()
    shown.refresh()
    assert shown.tasks == []
    with desk.vault.read() as db:
        (view,) = list_erasures(db)
        assert db.scalars(select(Note)).all() != []
    assert ("clinical", "kept") in {(p.zone, p.state) for p in view.parts}


# --- Retention ---


@pytest.fixture
def later(desk: Desk) -> Iterator[None]:
    """Eight years after Carys was last here."""
    dates.set_clock(lambda: datetime(2026, 5, 6, 10, 0, tzinfo=UTC))
    with desk.vault.write("core") as db:
        person = add_somebody(db, PersonDetails("Carys Bowen", best_way="ask", born_on=date(1980, 1, 1))).id
        closed = Episode(person_id=person, stage="closed", opened_on=dates.today(), closed_on=dates.today())
        db.add(closed)
    dates.set_clock(lambda: datetime(2034, 5, 7, 10, 0, tzinfo=UTC))
    yield
    dates.set_clock(None)


def read_list(shown: Any, qtbot: QtBot, view: str, rows: int) -> None:
    shown.views.choose(view)
    shown.refresh()
    qtbot.waitUntil(
        lambda: shown.table.model.rowCount() == rows and not shown.desk.jobs.busy(), timeout=10_000
    )


def test_what_is_due_is_proposed_agreed_to_and_destroyed_by_two(
    desk: Desk, open_page: Callable[..., Any], qtbot: QtBot, sign_in: Callable[[str], Desk], later: None
) -> None:
    desk.vault.add_user("Tom Pryce", ("therapist",), OTHER, ("clinical",))
    shown = part(desk, open_page, "retention")
    qtbot.waitUntil(lambda: "not agreed to the times" in shown.sentence)
    dialog = shown.agree_to_rules()
    dialog.save()
    read_list(shown, qtbot, "due", 2)
    qtbot.waitUntil(lambda: shown.buttons["propose"].isVisible(), timeout=10_000)
    shown.propose()
    qtbot.waitUntil(lambda: shown.views.value() == "proposed" and shown.table.model.rowCount() == 2)
    shown.table.view.selectRow(0)
    qtbot.waitUntil(lambda: shown.buttons["agree"].isVisible(), timeout=10_000)
    shown.agree()
    read_list(shown, qtbot, "proposed", 2)
    qtbot.waitUntil(lambda: getattr(shown.table.current_row(), "state", "") == "agreed", timeout=10_000)
    qtbot.waitUntil(lambda: shown.buttons["back"].isVisible(), timeout=10_000)
    assert not shown.buttons["agree"].isVisible(), "the same person cannot be the second"
    item = shown.table.current_row()
    desk.jobs.wait_idle()
    desk.vault.unlock("Tom Pryce", OTHER)
    retention_runs.destroy(desk.vault, item.id)
    desk.vault.unlock(USER, PASSPHRASE)
    read_list(shown, qtbot, "decided", 1)
    qtbot.waitUntil(lambda: getattr(shown.table.current_row(), "state", "") == "done", timeout=10_000)


def test_what_is_kept_says_why(desk: Desk, open_page: Callable[..., Any], qtbot: QtBot, later: None) -> None:
    with desk.vault.write("core") as db:
        place_hold(db, db.scalars(select(Person.id)).one(), "insurer")
    shown = part(desk, open_page, "retention")
    read_list(shown, qtbot, "held", 2)
    said = [shown.table.model.row(n).why for n in range(2)]
    assert all("The insurer asked for it" in why for why in said)


def test_a_hold_is_placed_lifted_and_put_back(desk: Desk, open_page: Callable[..., Any], carys: UUID) -> None:
    shown = part(desk, open_page, "holds")
    assert not shown.lift_button.isVisible()
    shown.new_record()
    form = dialog_of(shown)
    form.form.set_values({"name": "Carys Bowen", "reason": "court"})
    form.save()
    shown.refresh()
    assert shown.table.model.row(0).reason == "A court case or a claim"
    shown.lift()
    shown.refresh()
    assert shown.table.model.rowCount() == 0
    shown.page.undo()
    shown.refresh()
    assert shown.table.model.rowCount() == 1


def test_two_of_one_name_are_told_apart_by_their_birth(
    desk: Desk, open_page: Callable[..., Any], carys: UUID
) -> None:
    with desk.vault.write("core") as db:
        add_somebody(db, PersonDetails("Carys Bowen", best_way="ask", born_on=date(1980, 1, 1)))
    shown = part(desk, open_page, "holds")
    shown.new_record()
    form = dialog_of(shown)
    for values, words in (
        ({"name": "Carys Bowen", "reason": "court"}, "Several people"),
        ({"name": "Carys Bowen", "born_on": date(1980, 1, 2)}, "this date of birth"),
    ):
        form.form.set_values(values)
        form.save()
        assert words in form.messages.text()
    form.form.set_values({"born_on": date(1980, 1, 1)})
    form.save()
    shown.refresh()
    assert shown.table.model.rowCount() == 1
    assert shown.table.model.row(0).person_id != carys


# --- A practice that was brought back on another computer ---


def test_what_is_not_known_of_erasures_after_a_restore_elsewhere_stays_on_the_page(
    desk: Desk, open_page: Callable[..., Any]
) -> None:
    shown = part(desk, open_page, "erasure")
    assert not shown.gaps.isVisible()
    with desk.vault.write("core") as db:  # brought back where the vault's own list was there
        audit.record(db, "restored", new_id(), {"made": "2026-05-01T09:00:00+00:00"})
    shown.refresh()
    assert not shown.gaps.isVisible()
    with desk.vault.write(
        "core"
    ) as db:  # and on a computer that knows no more than the list beside the backups
        told = {"made": "2026-05-01T09:00:00+00:00", "erasures_known_to": "2026-05-02T09:00:00+00:00"}
        audit.record(db, "restored", new_id(), told)
    shown.refresh()
    assert shown.gaps.isVisible()
    (words,) = [label.text() for label in shown.gaps.findChildren(QLabel) if label.text()]
    assert "Who was erased between Sat 2 May 2026, 10:00 and then is not known here" in words
