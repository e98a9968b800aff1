"""Completing sessions, attendance, and the lists that show them."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import event, text

from tests.records.test_appointments_booking import (  # noqa: F401  # the clock fixture is used by being imported
    TUESDAY,
    _clock,
    add_person,
    add_room,
    add_therapist,
    book,
    get,
)
from therapydesk.core import permissions
from therapydesk.core.errors import PermissionDenied, UserError
from therapydesk.core.events import Event
from therapydesk.core.vault import outbox
from therapydesk.records import appointments as a
from therapydesk.records.people import Person


def marks(states: dict[UUID, str]) -> list[a.AttendanceMark]:
    return [a.AttendanceMark(state, person_id) for person_id, state in states.items()]


def complete(vault, appointment_id: UUID, states: dict[UUID, str]) -> None:
    with vault.write("core") as db:
        a.complete(db, appointment_id, marks(states))


def test_completing_records_each_attendee(vault) -> None:
    ffion, osian, carer = (add_person(vault, n) for n in ("Ffion", "Osian", "Gwen"))
    (session,) = book(vault, TUESDAY, ffion, osian, kind="together", carer_ids=(carer,))
    complete(vault, session, {ffion: "came_late", osian: "came", carer: "no_word"})
    view = get(vault, session)
    assert view.state == "completed"
    assert [(x.name, x.role, x.state) for x in view.attendees] == [
        ("Ffion", "person", "came_late"),
        ("Osian", "person", "came"),
        ("Gwen", "carer", "no_word"),
    ]


def test_everybody_needs_a_mark_and_nobody_else_may_have_one(vault) -> None:
    ffion, osian = add_person(vault, "Ffion"), add_person(vault, "Osian")
    (session,) = book(vault, TUESDAY, ffion, osian)
    with pytest.raises(UserError, match="everybody"):
        complete(vault, session, {ffion: "came"})
    with pytest.raises(UserError, match="not expected"):
        complete(vault, session, {ffion: "came", osian: "came", add_person(vault, "X"): "came"})
    with pytest.raises(UserError, match="no attendance"):
        complete(vault, session, {ffion: "dna", osian: "came"})
    assert get(vault, session).state == "booked"


def test_a_reason_is_a_code_and_only_for_those_who_did_not_come(vault) -> None:
    kit = add_person(vault, "Kit")
    (session,) = book(vault, TUESDAY, kit)
    with pytest.raises(UserError, match="no reason"), vault.write("core") as db:
        a.complete(db, session, [a.AttendanceMark("no_word", kit, reason="flu")])
    with vault.write("core") as db:
        a.complete(db, session, [a.AttendanceMark("sent_apologies", kit, reason="travel")])
    assert get(vault, session).attendees[0].reason == "travel"
    with vault.write("core") as db:
        a.correct_attendance(db, session, [a.AttendanceMark("came", kit, reason="travel")])
    view = get(vault, session)
    assert (view.state, view.attendees[0].state, view.attendees[0].reason) == ("completed", "came", "")


def test_only_of_a_completed_session_can_be_corrected_who_came(vault) -> None:
    kit = add_person(vault, "Kit")
    (session,) = book(vault, TUESDAY, kit)
    with vault.write("core") as db:
        a.cancel(db, session, "travel")
    with pytest.raises(UserError, match="not completed"), vault.write("core") as db:
        a.correct_attendance(db, session, [a.AttendanceMark("came", kit)])
    assert get(vault, session).state == "cancelled"


def test_reopening_makes_it_a_booked_session_and_completing_twice_is_refused(vault) -> None:
    kit = add_person(vault, "Kit")
    (session,) = book(vault, TUESDAY, kit)
    complete(vault, session, {kit: "came"})
    with pytest.raises(UserError, match="completed already"):
        complete(vault, session, {kit: "came"})
    with pytest.raises(UserError, match="cannot be moved"), vault.write("core") as db:
        a.move(db, session, datetime(2026, 5, 6, 9, 0))
    with vault.write("core") as db:
        a.reopen(db, session)
    view = get(vault, session)
    assert (view.state, view.attendees[0].state) == ("booked", "expected")


def test_a_headcount_can_be_corrected(vault) -> None:
    (session,) = book(vault, TUESDAY, kind="group", title="Midweek Choir", headcount=14)
    (head,) = get(vault, session).attendees
    with vault.write("core") as db:
        a.complete(db, session, [a.AttendanceMark("came", attendance_id=head.attendance_id, headcount=11)])
    assert get(vault, session).expected == 11


def test_somebody_who_had_died_did_not_come(vault) -> None:
    win = add_person(vault, "Win")
    (session,) = book(vault, TUESDAY, win)
    with vault.write("core") as db:
        db.get_one(Person, win).died_on = date(2026, 5, 3)
    with pytest.raises(UserError, match="had died"):
        complete(vault, session, {win: "came"})
    with pytest.raises(UserError, match="Nobody would be left"), vault.write("core") as db:
        a.remove_attendee(db, session, win)


def test_a_pair_becomes_one_when_the_other_is_taken_off(vault) -> None:
    ffion, osian = add_person(vault, "Ffion"), add_person(vault, "Osian")
    ids = book(vault, TUESDAY, ffion, osian, weeks=2)
    with vault.write("core") as db:
        a.remove_attendee(db, ids[0], osian, scope="all")
    assert [get(vault, i).heading for i in ids] == ["Ffion", "Ffion"]
    with vault.write("core") as db:
        a.add_attendee(db, ids[1], osian)
    assert get(vault, ids[1]).heading == "Ffion and Osian"


def test_a_week_is_one_query_however_many_sessions(vault) -> None:
    people = [add_person(vault, f"P{n}") for n in range(6)]
    room = add_room(vault)
    for n, person in enumerate(people):
        book(vault, datetime(2026, 5, 5, 9 + n, 0), person, room_id=room)
    with vault.read() as db:
        seen: list[str] = []
        engine = db.get_bind()

        def count(_c, _cur, statement, *_rest) -> None:
            if statement.lstrip().upper().startswith("SELECT"):
                seen.append(statement)

        event.listen(engine, "before_cursor_execute", count)
        try:
            views = a.week(db, date(2026, 5, 4))
            assert [v.heading for v in views] == [f"P{n}" for n in range(6)]
            facts = a.next_sessions(db, people, datetime(2026, 5, 4))
        finally:
            event.remove(engine, "before_cursor_execute", count)
    assert len(seen) == 2
    assert {facts[p][0].hour for p in people} == {9, 10, 11, 12, 13, 14}


def test_a_persons_sessions_around_now_are_in_order(vault) -> None:
    kit = add_person(vault, "Kit")
    ids = book(vault, datetime(2026, 4, 7, 10, 0), kit, weeks=10)
    with vault.read() as db:
        around = a.sessions_around(db, kit, datetime(2026, 5, 4), before=2, after=3)
        latest = a.sessions_of(db, kit, limit=3)
        assert a.count_sessions(db, kit) == 10
    assert [v.id for v in around] == ids[2:7]
    assert [v.id for v in latest] == ids[-3:]


class Therapist:
    """The vault as a therapist without further roles sees it."""

    def __init__(self, vault, user_id: UUID) -> None:
        self.vault, self.user = vault, SimpleNamespace(id=user_id, name="Bethan Rees", roles=("therapist",))

    def run(self, function, *args, **more):
        with self.vault.write("core") as db:
            before = db.info["user"]
            db.info["user"] = self.user
            try:
                return function(db, *args, **more)
            finally:
                db.info["user"] = before


def test_a_therapist_sees_and_changes_only_the_own_diary(vault) -> None:
    kit, carys = add_person(vault, "Kit"), add_person(vault, "Carys")
    room, bethan = add_room(vault), add_therapist(vault, "Bethan Rees")
    (mine,) = book(vault, TUESDAY, kit, room_id=room)
    (hers,) = book(vault, datetime(2026, 5, 5, 16, 0), carys, therapist_id=bethan)
    her = Therapist(vault, bethan)
    assert [v.id for v in her.run(a.week, date(2026, 5, 4))] == [hers]
    for function, more in ((a.get_session, ()), (a.reopen, ()), (a.cancel, ("other",)), (a.move, (TUESDAY,))):
        with pytest.raises(PermissionDenied):
            her.run(function, mine, *more)
    with pytest.raises(PermissionDenied):
        her.run(
            a.book, a.Booking(datetime(2026, 5, 6, 9, 0), person_ids=(carys,), therapist_id=vault.user.id)
        )
    (clash,) = her.run(a.find_clashes, a.Booking(TUESDAY, person_ids=(carys,), room_id=room))
    assert clash.heading == ""
    assert "Kit" not in clash.sentence
    assert her.run(a.move, hers, datetime(2026, 5, 5, 15, 0))


@pytest.fixture
def told(monkeypatch) -> list:
    """The events that core is told of."""
    seen: list = []
    monkeypatch.setitem(outbox._records, "test", (("core",), lambda _db, event: seen.append(event), (Event,)))
    return seen


def test_each_step_tells_its_event(vault, told) -> None:
    kit = add_person(vault, "Kit")
    (session,) = book(vault, TUESDAY, kit)
    with vault.write("core") as db:
        a.move(db, session, datetime(2026, 5, 5, 15, 0))
    complete(vault, session, {kit: "came"})
    with vault.write("core") as db:
        a.correct_attendance(db, session, marks({kit: "no_word"}))
    with vault.write("core") as db:
        a.reopen(db, session)
    with vault.write("core") as db:
        a.cancel(db, session, "travel")
    assert [event.name for event in told] == [
        "AppointmentBooked",
        "AppointmentChanged",
        "AppointmentCompleted",
        "AppointmentReopened",
        "AppointmentCompleted",
        "AppointmentReopened",
        "AppointmentCancelled",
    ]
    assert {event.appointment_id for event in told} == {session}


def test_a_listener_that_objects_undoes_the_whole_step(vault, monkeypatch) -> None:
    kit = add_person(vault, "Kit")
    (session,) = book(vault, TUESDAY, kit)
    complete(vault, session, {kit: "came"})

    def object_to(_db, _event) -> None:
        raise UserError("An invoice was issued for it.")

    monkeypatch.setitem(outbox._records, "test", (("core",), object_to, (Event,)))
    with pytest.raises(UserError, match="invoice"), vault.write("core") as db:
        a.reopen(db, session)
    assert get(vault, session).state == "completed"


def test_words_of_a_reason_are_sealed_and_stand_nowhere_in_core(vault) -> None:
    kit = add_person(vault, "Kit")
    (session,) = book(vault, TUESDAY, kit)
    secret = "Slept badly after the new tablets"
    with vault.write("core") as db:
        a.complete(
            db, session, [a.AttendanceMark("sent_apologies", kit, reason="not_able", reason_text=secret)]
        )
    with vault.read() as db:
        tables = list(db.connection().execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")))
        for (name,) in tables:
            for row in db.connection().execute(text(f'SELECT * FROM "{name}"')):
                assert secret not in repr(tuple(row))


def test_a_therapist_books_own_people_only(vault, monkeypatch) -> None:
    carys, kit, bethan = (
        add_person(vault, "Carys"),
        add_person(vault, "Kit"),
        add_therapist(vault, "Bethan Rees"),
    )
    monkeypatch.setattr(permissions, "_owns", [lambda _db, person_id: person_id == carys])
    her = Therapist(vault, bethan)
    (made,) = her.run(a.book, a.Booking(TUESDAY, person_ids=(carys,)))
    assert get(vault, made).therapist_id == bethan
    with pytest.raises(PermissionDenied, match="own people"):
        her.run(a.book, a.Booking(datetime(2026, 5, 6, 9, 0), person_ids=(kit,)))
    with pytest.raises(PermissionDenied):
        her.run(a.sessions_of, kit)
    assert [v.id for v in her.run(a.sessions_of, carys)] == [made]
