"""Today's sessions, a person's sessions."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from therapydesk.api import DueItem, Link, appointments
from therapydesk.plugins.diary.ui.person_sessions_card import PersonSessionsCard
from therapydesk.plugins.diary.ui.person_sessions_tab import PersonSessionsTab
from therapydesk.plugins.diary.ui.today_card import TodaySessionsCard


def complete(practice, session, state: str = "came") -> None:
    view = practice.get(session)
    with practice.vault.write("core") as db:
        marks = [appointments.AttendanceMark(state, attendance_id=a.attendance_id) for a in view.attendees]
        appointments.complete(db, session, marks)


def test_today_says_what_is_written_what_is_next_and_what_comes(practice, window, open_page, qtbot) -> None:
    (signed,) = practice.book(datetime(2026, 5, 6, 8, 30), "Llŷr ap Rhys")
    (pearl,) = practice.book(datetime(2026, 5, 6, 9, 30), "Pearl Adeyemi")
    practice.book(datetime(2026, 5, 6, 11, 15), "Carys Bowen")
    practice.book(datetime(2026, 5, 6, 15, 0), kind="group", title="Midweek Choir", headcount=14)
    practice.book(datetime(2026, 5, 6, 17, 0), kind="own_time", title="Letters")
    complete(practice, signed)
    complete(practice, pearl)
    link = Link("notes.notes", practice.person("Pearl Adeyemi"), ("new", str(pearl)))
    window.desk.plugins.due = [DueItem("Pearl", date(2026, 5, 6), link.ref, link, "note")]
    window.desk.plugins.towards = {practice.person("Carys Bowen"): "singing with the choir again"}
    card = open_page(TodaySessionsCard(window.desk), 700, 400)
    names = [row.accessibleName() for row in card.rows()]
    assert names == [
        "08:30, Llŷr ap Rhys, 1 to 1",
        "09:30, Pearl Adeyemi, 1 to 1",
        "11:15, Carys Bowen, next, in 13 minutes, 1 to 1 · singing with the choir again",
        "15:00, Midweek Choir, Group · 14 expected",
    ]
    assert "Note signed" in [label.text() for label in card.rows()[0].findChildren(QLabel)]
    (write,) = card.rows()[1].findChildren(QPushButton)
    write.click()
    assert window.links == [link]
    assert card.focus_next()
    assert card.focusWidget() is card.rows()[2]
    qtbot.keyClick(card.rows()[2], Qt.Key.Key_Return)
    assert window.links[-1] == Link("person", practice.person("Carys Bowen"))


def test_today_asks_who_came_after_a_session(practice, window, open_page) -> None:
    (over,) = practice.book(datetime(2026, 5, 6, 9, 0), "Kit Lane")
    card = open_page(TodaySessionsCard(window.desk))
    (ask,) = card.rows()[0].findChildren(QPushButton)
    ask.click()
    assert window.links == [Link("diary.diary", over, ("complete",))]
    assert not card.focus_next()


def test_a_long_day_shows_seven_around_now_and_says_how_many(practice, window, open_page) -> None:
    for number in range(9):
        practice.book(datetime(2026, 5, 6, 8, 0) + timedelta(hours=number), f"Person {number}")
    card = open_page(TodaySessionsCard(window.desk))
    assert len(card.rows()) == 7
    assert card.rows()[0].accessibleName().startswith("09:00") or card.rows()[0].accessibleName().startswith(
        "10:00"
    )


def test_an_empty_day_says_so(practice, window, open_page) -> None:
    card = open_page(TodaySessionsCard(window.desk))
    assert "No sessions today." in [label.text() for label in card.findChildren(QLabel)]


def test_a_persons_card_shows_line_sentence_and_next(practice, window, open_page) -> None:
    kit = practice.person("Kit Lane")
    (past,) = practice.book(datetime(2026, 4, 29, 11, 15), "Kit Lane")
    complete(practice, past, "sent_apologies")
    practice.book(datetime(2026, 5, 6, 11, 15), "Kit Lane", weeks=3)
    card = open_page(PersonSessionsCard(window.desk, kit))
    texts = [label.text() for label in card.findChildren(QLabel)]
    assert "Since April: chose not to come to 1" in texts
    assert [t for t in texts if t.endswith("11:15")] == ["Wed 6 May, 11:15", "Wed 13 May, 11:15"]
    (link,) = [b for b in card.findChildren(QPushButton) if b.text() == "All 4"]
    link.click()
    assert window.links == [Link("person", kit, ("diary.sessions",))]


def test_a_persons_tab_lists_the_latest_first_and_follows_changes(practice, window, open_page, qtbot) -> None:
    kit = practice.person("Kit Lane")
    ids = practice.book(datetime(2026, 4, 29, 11, 15), "Kit Lane", weeks=3)
    tab = open_page(PersonSessionsTab(window.desk, kit))
    assert [tab.list.model.row(n).id for n in range(3)] == list(reversed(ids))
    complete(practice, ids[0])
    qtbot.waitUntil(lambda: tab.sentence.text() == "Since April: came to 1")
