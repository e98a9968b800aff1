"""Understanding and booking a line, bank holidays, sealed reasons, answers to hooks."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from therapydesk.api import HandedOver, Person, UserError, appointments, new_id, normal_name
from therapydesk.plugins.diary import answers, service


def understand(practice, text: str, chosen=None) -> service.Understood:
    with practice.vault.read() as db:
        return service.understand(db, text, chosen)


def test_a_full_line_is_said_in_full_and_books(practice) -> None:
    practice.person("Kit Lane")
    practice.room("Music room")
    found = understand(practice, "thu 2pm Kit in Music room 45 weekly x6")
    assert found.can_book
    assert found.sentence == (
        "Thu 7 May 2026, 14:00 to 14:45 · Kit Lane · Music room"
        " · every week, 6 sessions, the last on Thu 11 Jun"
    )
    with practice.vault.write("core") as db:
        ids, _found = service.book_line(db, found.text)
    assert [practice.get(i).starts_at.day for i in ids] == [7, 14, 21, 28, 4, 11]
    assert practice.get(ids[0]).room == "Music room"


def test_the_room_of_the_last_session_is_taken_when_none_is_written(practice) -> None:
    room = practice.room("Music room")
    practice.book(datetime(2026, 4, 30, 14, 0), "Kit Lane", room_id=room)
    found = understand(practice, "thu 2pm Kit")
    assert found.booking is not None
    assert found.booking.room_id == room
    elsewhere = understand(practice, "thu 2pm Kit at home")
    assert elsewhere.booking is not None
    assert (elsewhere.booking.room_id, elsewhere.booking.place) == (None, "At home")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("thu 2pm", "who the session is for"),
        ("thu Kit", "Write the time"),
        ("2pm Kit", "Write the day"),
        ("thu 2pm Zebedee", "Nobody called “Zebedee” is in the records."),
        ("29/3/2026 1.30am Kit 45 x60", "clocks go forward"),
    ],
)
def test_what_is_missing_or_wrong_is_said(practice, text, problem) -> None:
    practice.person("Kit Lane")
    found = understand(practice, text)
    assert problem in found.problem
    assert not found.can_book
    with pytest.raises(UserError), practice.vault.write("core") as db:
        service.book_line(db, text)


def test_a_name_of_two_people_is_asked_and_the_choice_is_kept(practice) -> None:
    one = practice.person("Carys Bowen", born_on=date(1968, 3, 12))
    practice.person("Carys Evans")
    found = understand(practice, "thu 2pm Carys")
    assert found.problem == "“Carys” could be 2 people: Carys Bowen and Carys Evans."
    assert [c.label for c in found.choices] == ["Carys Bowen, born Tue 12 Mar 1968", "Carys Evans"]
    chosen = understand(practice, "thu 2pm Carys", {normal_name("Carys"): one})
    assert chosen.can_book
    assert understand(practice, "thu 2pm Carys Evans").can_book


def test_a_slip_in_the_name_offers_who_is_near(practice) -> None:
    practice.person("Eirlys Price")
    found = understand(practice, "thu 2pm Eirlyz")
    assert "Did you mean Eirlys Price?" in found.problem


def test_a_clash_is_said_before_anything_is_booked(practice) -> None:
    practice.person("Kit Lane")
    practice.book(datetime(2026, 5, 14, 14, 15), "Harjit Singh")
    found = understand(practice, "thu 2pm Kit weekly x3")
    assert "Thu 14 May from 14:15 to 15:00: Harjit Singh" in found.problem
    with pytest.raises(appointments.ClashError), practice.vault.write("core") as db:
        service.book_line(db, found.text)


def test_bank_holidays_follow_the_nation_and_warn(practice) -> None:
    practice.person("Kit Lane")
    found = understand(practice, "mon 25 may 2pm Kit")
    assert found.can_book
    assert found.warnings == ("Mon 25 May is a bank holiday (Spring bank holiday).",)
    with practice.vault.read() as db:
        days = service.read_days(db, date(2026, 5, 4))
    assert days.holidays == {date(2026, 5, 4): "Early May bank holiday"}
    assert service.division("Wales") == service.division("") == "england-and-wales"
    assert service.division("Northern Ireland") == "northern-ireland"


def test_groups_and_own_time_need_nobody(practice) -> None:
    found = understand(practice, "thu 12:00 own time Supervision 40")
    assert found.booking is not None
    assert (found.booking.kind, found.booking.title, found.booking.minutes) == ("own_time", "Supervision", 40)
    group = understand(practice, "wed 13 may 3pm group Midweek Choir 90")
    assert group.booking is not None
    assert (group.booking.title, group.booking.person_ids) == ("Midweek Choir", ())


def test_words_of_a_reason_arrive_once_and_only_in_the_clinical_zone(practice) -> None:
    kit = practice.person("Kit Lane")
    (session,) = practice.book(datetime(2026, 5, 5, 14, 0), "Kit Lane")
    attendance = practice.get(session).attendees[0].attendance_id
    content = {
        "person_id": str(kit),
        "attendance_id": str(attendance),
        "happened_on": "2026-05-05",
        "text": "Felt low.",
    }
    message = HandedOver(new_id(), service.REASON_KIND, session, content)
    for each in (
        message,
        message,
        HandedOver(new_id(), service.REASON_KIND, session, {**content, "text": "Felt ill."}),
    ):
        with practice.vault.write("clinical") as db:
            service.take_in_reason(each, db)
    with practice.vault.read() as db:
        (found,) = service.absence_notes(db, session)
    assert (found.person_id, found.text) == (kit, "Felt ill.")


def test_words_typed_when_completing_arrive_in_the_clinical_zone(practice) -> None:
    kit = practice.person("Kit Lane")
    (session,) = practice.book(datetime(2026, 5, 5, 14, 0), "Kit Lane")
    mark = appointments.AttendanceMark("sent_apologies", kit, reason="travel", reason_text="Bus on fire.")
    with practice.vault.write("core") as db:
        appointments.complete(db, session, [mark])
    practice.vault.settle()
    with practice.vault.read() as db:
        assert [n.text for n in service.absence_notes(db, session)] == ["Bus on fire."]


def test_next_session_is_a_fact_and_what_happened_a_moment(practice) -> None:
    kit = practice.person("Kit Lane")
    (past,) = practice.book(datetime(2026, 4, 30, 14, 0), "Kit Lane")
    practice.book(datetime(2026, 5, 7, 14, 0), "Kit Lane")
    with practice.vault.write("core") as db:
        appointments.complete(db, past, [appointments.AttendanceMark("came_late", kit)])
    with practice.vault.read() as db:
        facts = answers.next_session_facts(db, [kit, new_id()])
        (moment,) = answers.moments(db, kit, datetime(2026, 1, 1, tzinfo=UTC))
    assert [f.text for f in facts[kit]] == ["Thu 7 May, 14:00"]
    assert moment.text == "1 to 1 · Came late"


def test_due_are_sessions_nobody_completed_and_those_of_people_who_died(practice) -> None:
    practice.book(datetime(2026, 5, 5, 14, 0), "Kit Lane")
    win = practice.person("Win Parry")
    practice.book(datetime(2026, 5, 8, 9, 0), "Win Parry")
    with practice.vault.write("core") as db:
        db.get_one(Person, win).died_on = date(2026, 5, 3)
    with practice.vault.read() as db:
        items = answers.due(db, date(2026, 5, 6))
    assert [(i.kind, i.text) for i in items] == [
        ("stop", "Win Parry died: decide what becomes of the session booked"),
        ("attendance", "Kit Lane: say who came"),
    ]
