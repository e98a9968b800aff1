"""The rhythm line and its sentence."""

from __future__ import annotations

from datetime import datetime, timedelta

from therapydesk.api import appointments, rhythm

NOW = datetime(2026, 5, 6, 11, 2)


def test_marks_and_sentence_say_the_same(practice) -> None:
    kit = practice.person("Kit Lane")
    for week, state in enumerate(("came", "came_late", "sent_apologies", "no_word", "we_cancelled")):
        (session,) = practice.book(datetime(2026, 3, 18, 11, 15) + timedelta(weeks=week), "Kit Lane")
        with practice.vault.write("core") as db:
            appointments.complete(db, session, [appointments.AttendanceMark(state, kit)])
    practice.book(datetime(2026, 5, 6, 11, 15), "Kit Lane", weeks=2)
    with practice.vault.read() as db:
        views = appointments.sessions_around(db, kit, NOW)
    assert rhythm.marks_of(views, kit, NOW) == [
        "came",
        "came",
        "rest",
        "rest",
        "cancelled",
        "next",
        "planned",
    ]
    assert rhythm.sentence(views, kit, NOW) == (
        "Since March: came to 2, chose not to come to 1, did not come to 1, we cancelled 1"
    )


def test_before_the_first_session(practice) -> None:
    kit = practice.person("Kit Lane")
    assert rhythm.sentence([], kit, NOW) == "No sessions yet."
    practice.book(datetime(2026, 5, 6, 11, 15), "Kit Lane", weeks=2)
    with practice.vault.read() as db:
        views = appointments.sessions_around(db, kit, NOW)
    assert rhythm.sentence(views, kit, NOW) == "2 sessions booked, none yet taken place."
