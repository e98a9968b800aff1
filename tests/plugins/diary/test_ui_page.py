"""The diary page by keyboard: book, move, undo, complete, cancel, week, day and list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QDialog

from therapydesk.api import Link, Person, appointments
from therapydesk.plugins.diary.ui.attendance_dialog import AttendanceDialog
from therapydesk.plugins.diary.ui.diary_page import DiaryPage
from therapydesk.ui.kit.form_drafts import keep_all

Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def page(practice, window, open_page) -> DiaryPage:
    made: DiaryPage = open_page(DiaryPage(window.desk))
    return made


def type_line(qtbot: Any, page: DiaryPage, text: str) -> None:
    page.line.start()
    qtbot.keyClicks(page.line.field, text)
    page.line.field.settle()


def starts(practice) -> list[datetime]:
    with practice.vault.read() as db:
        found = appointments.list_sessions(db, date(2026, 5, 1), date(2026, 7, 31))
    return [v.starts_at for v in found if v.state != "cancelled"]


def dialog_of(page: DiaryPage) -> Any:
    return next(d for d in page.findChildren(QDialog) if d.isVisible())


def test_typing_books_a_series_and_undo_takes_it_back(practice, page, qtbot) -> None:
    practice.person("Kit Lane")
    type_line(qtbot, page, "thu 2pm Kit 45 weekly x6")
    assert "every week, 6 sessions, the last on Thu 11 Jun" in page.line.under.text()
    assert page.book_button.text() == "Book 6 sessions"
    assert [b.second for b in page.grid.blocks] == ["1 of 6, not booked yet"]
    qtbot.keyClick(page.line.field, Key.Key_Return)
    assert len(starts(practice)) == 6
    assert page.line.text() == ""
    assert "6 sessions booked for Kit Lane" in page.messages.text()
    page.undo()
    assert starts(practice) == []
    page.redo()
    assert len(starts(practice)) == 6


def test_a_clash_is_said_and_enter_books_nothing(practice, page, qtbot) -> None:
    practice.person("Kit Lane")
    practice.book(datetime(2026, 5, 7, 14, 15), "Harjit Singh")
    type_line(qtbot, page, "thu 2pm Kit 45")
    assert "Harjit Singh" in page.line.under.text()
    qtbot.keyClick(page.line.field, Key.Key_Return)
    assert starts(practice) == [datetime(2026, 5, 7, 14, 15)]
    assert page.line.text() == "thu 2pm Kit 45"
    qtbot.keyClick(page.line.field, Key.Key_Escape)
    assert page.line.text() == ""


def test_one_of_two_people_is_picked_by_a_link(practice, page, qtbot) -> None:
    practice.person("Carys Bowen")
    evans = practice.person("Carys Evans")
    type_line(qtbot, page, "thu 2pm Carys")
    links = page.line.under.links()
    assert [link.text() for link in links] == ["Carys Bowen", "Carys Evans"]
    links[1].click()
    qtbot.keyClick(page.line.field, Key.Key_Return)
    (view,) = practice.week()
    assert view.person_ids == (evans,)


def test_enter_on_an_empty_time_begins_a_booking_there(practice, page, qtbot) -> None:
    practice.person("Kit Lane")
    page.grid.setFocus()
    page.grid.spot = datetime(2026, 5, 7, 9, 0)
    page.grid.land()
    qtbot.keyClick(page.grid, Key.Key_Down)
    qtbot.keyClick(page.grid, Key.Key_Right)
    qtbot.keyClick(page.grid, Key.Key_Return)
    assert page.line.field.text() == "Fri 8 May 09:15 "
    qtbot.keyClicks(page.line.field, "Kit")
    qtbot.keyClick(page.line.field, Key.Key_Return)
    assert starts(practice) == [datetime(2026, 5, 8, 9, 15)]


def test_alt_and_arrows_move_and_the_rest_of_the_series_may_follow(practice, page, qtbot) -> None:
    ids = practice.book(datetime(2026, 5, 5, 14, 0), "Kit Lane", weeks=3)
    page.show_session(ids[0])
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Down):
        qtbot.keyClick(page.grid, key, ALT)
    assert practice.get(ids[0]).starts_at == datetime(2026, 5, 7, 14, 15)
    assert practice.get(ids[1]).starts_at == datetime(2026, 5, 12, 14, 0)
    follow = next(link for link in page.line.under.links() if "after it" in link.text())
    follow.click()
    assert [practice.get(i).starts_at.day for i in ids] == [7, 14, 21]
    assert practice.get(ids[2]).starts_at.minute == 15
    page.undo()
    assert [practice.get(i).starts_at.day for i in ids] == [7, 12, 19]
    for _ in range(3):
        page.undo()
    assert starts(practice)[0] == datetime(2026, 5, 5, 14, 0)


def test_a_move_onto_another_session_is_refused_with_the_clash(practice, page, qtbot) -> None:
    (kit,) = practice.book(datetime(2026, 5, 6, 14, 0), "Kit Lane")
    practice.book(datetime(2026, 5, 7, 14, 0), "Harjit Singh")
    page.show_session(kit)
    qtbot.keyClick(page.grid, Key.Key_Right, ALT)
    assert "Harjit Singh" in page.messages.text()
    assert practice.get(kit).starts_at == datetime(2026, 5, 6, 14, 0)


def test_a_session_is_dragged_to_another_day(practice, page, qtbot) -> None:
    (kit,) = practice.book(datetime(2026, 5, 5, 10, 0), "Kit Lane")
    page.mark_stale()
    grid = page.grid
    start = grid.rect_of(grid.blocks[0]).topLeft() + QPoint(30, 6)
    left, width = grid.column(date(2026, 5, 7))
    view = grid.viewport()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(view, start + QPoint(40, 20))
    qtbot.mouseMove(view, QPoint(left + width // 2, start.y() + grid.hour_height()))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(left + width // 2, start.y()))
    assert practice.get(kit).starts_at == datetime(2026, 5, 7, 11, 0)


def test_p_a_n_complete_a_session_and_undo_reopens_it(practice, page, qtbot) -> None:
    (pair,) = practice.book(datetime(2026, 5, 6, 9, 0), "Ffion Rees", "Osian Rees", kind="together")
    page.show_session(pair)
    page.open_ref(Link("diary.diary", pair, ("complete",)))
    dialog = dialog_of(page)
    assert isinstance(dialog, AttendanceDialog)
    qtbot.keyClick(dialog.rows[0].states.focusProxy(), Key.Key_P)
    qtbot.keyClick(dialog.rows[1].states.focusProxy(), Key.Key_N)
    assert dialog.focusWidget() is dialog.save_button
    qtbot.keyClick(dialog.save_button, Key.Key_Return)
    view = practice.get(pair)
    assert (view.state, [a.state for a in view.attendees]) == ("completed", ["came", "no_word"])
    page.undo()
    assert practice.get(pair).state == "booked"
    page.redo()
    assert practice.get(pair).state == "completed"


def test_who_came_comes_back_after_a_lock_and_not_at_another_session(practice, page, qtbot) -> None:
    (pair,) = practice.book(datetime(2026, 5, 6, 9, 0), "Ffion Rees", "Osian Rees", kind="together")
    (other,) = practice.book(datetime(2026, 5, 6, 11, 0), "Kit Lane")

    def opened(session) -> AttendanceDialog:
        page.show_session(session)
        page.open_ref(Link("diary.diary", session, ("complete",)))
        return dialog_of(page)

    dialog = opened(pair)
    qtbot.keyClick(dialog.rows[1].states.focusProxy(), Key.Key_A)
    qtbot.keyClicks(dialog.rows[1].why, "A cold")
    keep_all()
    dialog.hide()
    dialog.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    elsewhere = opened(other)
    assert elsewhere.messages.text() == ""
    elsewhere.reject()
    again = opened(pair)
    assert "is back" in again.messages.text()
    assert again.rows[1].typed()[0::2] == ["sent_apologies", "A cold"]
    again.save()
    assert practice.vault.drafts() == []


def test_cancelling_asks_for_a_reason_and_can_be_undone(practice, page, qtbot) -> None:
    ids = practice.book(datetime(2026, 5, 6, 9, 0), "Kit Lane", weeks=3)
    page.show_session(ids[1])
    page.actions_.do("cancel", page.chosen())
    dialog = dialog_of(page)
    dialog.save()
    assert dialog.isVisible()
    assert "reason" in dialog.form.errors
    dialog.form.set_values({"reason": "therapist_away", "scope": "following"})
    dialog.save()
    assert [practice.get(i).state for i in ids] == ["booked", "cancelled", "cancelled"]
    page.undo()
    assert [practice.get(i).state for i in ids] == ["booked"] * 3


def _move_elsewhere(practice, session, hour: int) -> None:
    with practice.vault.write("core") as db:
        appointments.move(db, session, datetime(2026, 5, 7, hour, 0))


@pytest.mark.parametrize("step", ["complete", "cancel"])
def test_a_session_that_was_moved_meanwhile_is_neither_completed_nor_cancelled_unseen(
    practice, page, qtbot, step
) -> None:
    (kit,) = practice.book(datetime(2026, 5, 6, 9, 0), "Kit Lane")
    page.show_session(kit)
    page.actions_.do(step, page.chosen())
    dialog = dialog_of(page)
    _move_elsewhere(practice, kit, 15)
    if step == "complete":
        qtbot.keyClick(dialog.rows[0].states.focusProxy(), Key.Key_P)
    else:
        dialog.form.set_values({"reason": "therapist_away"})
    dialog.save()
    assert dialog.isVisible()
    assert "changed meanwhile" in dialog.messages.text()
    assert practice.get(kit).state == "booked"


def test_undo_leaves_a_session_alone_that_somebody_changed_since(practice, page, qtbot) -> None:
    (kit,) = practice.book(datetime(2026, 5, 6, 9, 0), "Kit Lane")
    page.show_session(kit)
    page.actions_.do("complete", page.chosen())
    dialog = dialog_of(page)
    qtbot.keyClick(dialog.rows[0].states.focusProxy(), Key.Key_P)
    dialog.save()
    with practice.vault.write("core") as db:
        marks = [
            appointments.AttendanceMark("no_word", attendance_id=practice.get(kit).attendees[0].attendance_id)
        ]
        appointments.correct_attendance(db, kit, marks)
    page.undo()
    assert "changed meanwhile" in page.messages.text()
    assert [a.state for a in practice.get(kit).attendees] == ["no_word"]


def test_a_correction_and_what_it_corrected_are_taken_back_one_after_the_other(practice, page, qtbot) -> None:
    (kit,) = practice.book(datetime(2026, 5, 6, 9, 0), "Kit Lane")
    page.show_session(kit)
    for key in (Key.Key_P, Key.Key_N):
        page.actions_.do("complete", page.chosen())
        dialog = dialog_of(page)
        qtbot.keyClick(dialog.rows[0].states.focusProxy(), key)
        dialog.save()
    assert [a.state for a in practice.get(kit).attendees] == ["no_word"]
    page.undo()
    assert [a.state for a in practice.get(kit).attendees] == ["came"]
    page.undo()
    assert practice.get(kit).state == "booked"


def test_changing_time_and_room_of_all(practice, page, qtbot) -> None:
    room = practice.room("Music room")
    ids = practice.book(datetime(2026, 5, 6, 9, 0), "Kit Lane", weeks=2)
    page.show_session(ids[0])
    page.actions_.do("change", page.chosen())
    dialog = dialog_of(page)
    dialog.form.set_values(
        {"day": date(2026, 5, 7), "time": "3pm", "minutes": "60", "room": room, "scope": "all"}
    )
    dialog.save()
    assert [practice.get(i).starts_at for i in ids] == [
        datetime(2026, 5, 7, 15, 0),
        datetime(2026, 5, 14, 15, 0),
    ]
    assert {(practice.get(i).minutes, practice.get(i).room) for i in ids} == {(60, "Music room")}


def test_week_day_and_list_show_the_same(practice, page, qtbot) -> None:
    practice.book(datetime(2026, 5, 6, 9, 0), "Kit Lane")
    (gone,) = practice.book(datetime(2026, 5, 6, 11, 0), "Harjit Singh")
    practice.book(datetime(2026, 5, 9, 11, 0), "Win Parry")
    with practice.vault.write("core") as db:
        appointments.cancel(db, gone, "travel")
    page.mark_stale()
    assert [b.heading for b in page.grid.blocks] == ["Kit Lane", "Win Parry"]
    assert len(page.grid.shown.days) == 6
    page.grid.setFocus()
    qtbot.keyClick(page.grid, Key.Key_L)
    assert page.list.row_count() == 3
    qtbot.keyClick(page.list.view, Key.Key_W)
    qtbot.keyClick(page.grid, Key.Key_D)
    assert page.grid.shown.days == [date(2026, 5, 6)]
    qtbot.keyClick(page.grid, Key.Key_Right)
    assert page.grid.shown.days == [date(2026, 5, 7)]
    qtbot.keyClick(page.grid, Key.Key_T)
    assert page.grid.shown.days == [date(2026, 5, 6)]


def test_stepping_past_the_last_day_goes_to_the_next_week(page, qtbot) -> None:
    page.grid.setFocus()
    page.grid.spot = datetime(2026, 5, 8, 10, 0)
    page.grid.land()
    qtbot.keyClick(page.grid, Key.Key_Right)
    assert page.grid.spot == datetime(2026, 5, 11, 10, 0)
    qtbot.keyClick(page.grid, Key.Key_Left)
    assert page.grid.spot == datetime(2026, 5, 8, 10, 0)
    qtbot.keyClick(page.grid, Key.Key_PageDown)
    assert page.grid.shown.days[0] == date(2026, 5, 11)


def test_a_link_with_a_person_starts_a_line_with_their_name(practice, page) -> None:
    kit = practice.person("Kit Lane")
    page.open_ref(Link("diary.diary", kit, ("new",)))
    assert page.line.field.text() == "Kit Lane "
    assert page.focusWidget() is page.line.field


def test_someone_who_died_is_marked_and_can_be_taken_off(practice, page) -> None:
    win = practice.person("Win Parry")
    (pair,) = practice.book(datetime(2026, 5, 7, 9, 0), "Win Parry", "Ann Parry", kind="together")
    with practice.vault.write("core") as db:
        db.get_one(Person, win).died_on = date(2026, 5, 3)
    page.mark_stale()
    page.show_session(pair)
    assert any("Stop and ask: Win Parry died" in name for name in cell_names(page))
    take = next(link for link in page.line.under.links() if "Take Win Parry off" in link.text())
    take.click()
    assert practice.get(pair).heading == "Ann Parry"


def cell_names(page: DiaryPage) -> list[str]:
    grid = QAccessible.queryAccessibleInterface(page.grid)
    assert grid is not None
    assert grid.role() == QAccessible.Role.Table
    cells = [grid.child(n) for n in range(grid.childCount())]
    return [c.text(QAccessible.Text.Name) for c in cells if c is not None]


def test_a_screen_reader_is_told_every_session_and_the_empty_time(practice, page, qtbot) -> None:
    room = practice.room("Music room")
    practice.book(datetime(2026, 5, 6, 9, 0), "Kit Lane", room_id=room, weeks=2)
    page.mark_stale()
    page.grid.spot = datetime(2026, 5, 8, 10, 0)
    page.grid.land()
    assert cell_names(page) == [
        "Wed 6 May, 09:00 to 09:45, Kit Lane, 1 to 1, Music room, one of a series",
        "Fri 8 May, 10:00, nothing booked",
    ]
    grid = QAccessible.queryAccessibleInterface(page.grid)
    assert grid is not None
    assert grid.text(QAccessible.Text.Name) == "Diary, Mon 4 May to Fri 8 May, one session"


def test_narrow_windows_show_fewer_days_and_reach_the_others(practice, window, open_page, qtbot) -> None:
    practice.book(datetime(2026, 5, 8, 9, 0), "Kit Lane")
    page = open_page(DiaryPage(window.desk), width=560)
    assert len(page.grid.days_shown()) < 5
    page.grid.setFocus()
    page.grid.spot = datetime(2026, 5, 8, 9, 0)
    page.grid.land()
    assert date(2026, 5, 8) in page.grid.days_shown()


def test_bank_holidays_are_named_in_the_grid(page) -> None:
    assert page.grid.shown.holidays == {date(2026, 5, 4): "Early May bank holiday"}
    assert not page.grab().isNull()


def test_a_key_that_changes_nothing_planned_does_not_lay_the_week_out_again(
    practice, page, qtbot, monkeypatch
) -> None:
    practice.person("Carys Bowen")
    type_line(qtbot, page, "tue 2pm Carys")
    assert len(page.grid.shown.planned) == 1
    laid_out: list[int] = []
    monkeypatch.setattr(page.grid, "lay_out_again", lambda: laid_out.append(1))
    type_line(qtbot, page, " Bo")
    assert laid_out == []
    type_line(qtbot, page, "wen 60")
    assert laid_out
