"""Booking, series, clashes, moving and cancelling."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from therapydesk.core import dates
from therapydesk.core.errors import NotFound, StaleRecord, UserError
from therapydesk.core.tables import new_id
from therapydesk.records import appointments as a
from therapydesk.records.people import Person
from therapydesk.records.users import User

TUESDAY = datetime(2026, 5, 5, 14, 0)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    dates.set_clock(lambda: datetime(2026, 5, 4, 10, 0, tzinfo=UTC))
    yield
    dates.set_clock(None)


def add_person(vault, name: str, died_on: date | None = None) -> UUID:
    with vault.write("core") as db:
        person = Person(id=new_id(), full_name=name, normal_name=name.lower(), died_on=died_on)
        db.add(person)
        return person.id


def add_therapist(vault, name: str) -> UUID:
    with vault.write("core") as db:
        user = User(id=new_id(), name=name)
        db.add(user)
        return user.id


def add_room(vault, name: str = "Music room") -> UUID:
    with vault.write("core") as db:
        return a.save_room(db, name)


def book(vault, at: datetime = TUESDAY, *people: UUID, **more) -> list[UUID]:
    with vault.write("core") as db:
        return a.book(db, a.Booking(at, person_ids=people, **more))


def get(vault, appointment_id: UUID) -> a.AppointmentView:
    with vault.read() as db:
        return a.get_session(db, appointment_id)


def test_a_booking_shows_in_its_week_with_names_and_room(vault) -> None:
    carys, room = add_person(vault, "Carys Bowen"), add_room(vault)
    book(vault, TUESDAY, carys, room_id=room)
    with vault.read() as db:
        (view,) = a.week(db, date(2026, 5, 4))
        assert a.day(db, date(2026, 5, 6)) == []
    assert (view.heading, view.room, view.minutes) == ("Carys Bowen", "Music room", 45)
    assert view.therapist_id == vault.user.id
    assert view.ends_at == datetime(2026, 5, 5, 14, 45)
    assert [x.state for x in view.attendees] == ["expected"]


def test_a_series_is_real_sessions_at_the_same_wall_time_across_the_clock_change(vault) -> None:
    carys = add_person(vault, "Carys")
    ids = book(vault, datetime(2026, 10, 20, 14, 0), carys, weeks=3)
    views = [get(vault, i) for i in ids]
    assert [v.starts_at for v in views] == [datetime(2026, 10, d, 14, 0) for d in (20, 27)] + [
        datetime(2026, 11, 3, 14, 0)
    ]
    assert {v.series_count for v in views} == {3}
    assert len({v.series_id for v in views}) == 1


def test_a_series_of_groups_without_names_is_booked(vault) -> None:
    ids = book(vault, TUESDAY, kind="group", title="Midweek Choir", headcount=14, weeks=3)
    assert [(get(vault, i).heading, get(vault, i).expected) for i in ids] == [("Midweek Choir", 14)] * 3


def test_a_time_that_the_clocks_skip_is_refused_and_nothing_is_booked(vault) -> None:
    carys = add_person(vault, "Carys")
    with pytest.raises(UserError, match="clocks go forward"):
        book(vault, datetime(2026, 3, 22, 1, 30), carys, weeks=2)
    with vault.read() as db:
        assert a.list_sessions(db, date(2026, 3, 1), date(2026, 4, 1)) == []


def test_minutes_are_real_minutes_in_the_night_the_clocks_go_back() -> None:
    assert a.wall_end(datetime(2026, 10, 25, 0, 30), 60) == datetime(2026, 10, 25, 1, 30)
    assert a.wall_end(datetime(2026, 10, 25, 0, 30), 120) == datetime(2026, 10, 25, 1, 30)
    assert a.wall_end(datetime(2026, 10, 25, 0, 30), 180) == datetime(2026, 10, 25, 2, 30)


def test_a_taken_room_is_refused_and_the_sentence_names_time_room_and_who(vault) -> None:
    kit, carys, room = add_person(vault, "Kit"), add_person(vault, "Carys"), add_room(vault)
    other = add_therapist(vault, "Bethan Rees")
    book(vault, TUESDAY, kit, room_id=room, therapist_id=other)
    with pytest.raises(a.ClashError) as caught:
        book(vault, datetime(2026, 5, 5, 14, 30), carys, room_id=room)
    (clash,) = caught.value.clashes
    assert clash.what == "room"
    assert caught.value.message == "Music room is taken on Tue 5 May from 14:00 to 14:45: Kit."


def test_a_therapist_cannot_be_in_two_sessions_and_a_whole_series_is_refused(vault) -> None:
    kit, carys = add_person(vault, "Kit"), add_person(vault, "Carys")
    book(vault, datetime(2026, 5, 19, 14, 15), kit)
    with pytest.raises(a.ClashError, match="Ruth Mallory has another session on Tue 19 May"):
        book(vault, TUESDAY, carys, weeks=4)
    with vault.read() as db:
        assert len(a.list_sessions(db, date(2026, 5, 1), date(2026, 6, 30))) == 1


def test_sessions_back_to_back_do_not_clash(vault) -> None:
    kit, room = add_person(vault, "Kit"), add_room(vault)
    book(vault, TUESDAY, kit, room_id=room)
    assert book(vault, datetime(2026, 5, 5, 14, 45), kit, room_id=room)
    assert book(vault, datetime(2026, 5, 5, 13, 15), kit, room_id=room)


def test_a_cancelled_session_frees_the_room(vault) -> None:
    kit, room = add_person(vault, "Kit"), add_room(vault)
    (first,) = book(vault, TUESDAY, kit, room_id=room)
    with vault.write("core") as db:
        a.cancel(db, first, "other_plans")
    (second,) = book(vault, TUESDAY, kit, room_id=room)
    with pytest.raises(a.ClashError), vault.write("core") as db:
        a.restore(db, [first])
    assert get(vault, first).state == "cancelled"
    assert get(vault, second).state == "booked"


def test_a_person_booked_elsewhere_is_shown_but_does_not_block(vault) -> None:
    kit, other = add_person(vault, "Kit"), add_therapist(vault, "Bethan Rees")
    book(vault, TUESDAY, kit, therapist_id=other)
    with vault.read() as db:
        (clash,) = a.find_clashes(db, a.Booking(TUESDAY, person_ids=(kit,)))
    assert (clash.what, clash.blocks) == ("person", False)
    assert book(vault, TUESDAY, kit)


def test_someone_who_died_is_not_booked_and_future_sessions_stop_and_ask(vault) -> None:
    win = add_person(vault, "Win")
    book(vault, TUESDAY, win)
    with vault.write("core") as db:
        db.get_one(Person, win).died_on = date(2026, 5, 3)
    with pytest.raises(UserError, match="Win died on Sun 3 May 2026"):
        book(vault, datetime(2026, 5, 6, 9, 0), win)
    with vault.read() as db:
        (view,) = a.stopped_sessions(db, datetime(2026, 5, 4))
    assert [x.name for x in view.stopped] == ["Win"]


def test_someone_not_in_the_records_and_no_one_at_all_are_refused(vault) -> None:
    with pytest.raises(NotFound):
        book(vault, TUESDAY, new_id())
    with pytest.raises(UserError, match="who the session is for"):
        book(vault, TUESDAY)
    assert book(vault, TUESDAY, kind="own_time", title="Notes and letters")


@pytest.mark.parametrize(
    ("more", "words"), [({"minutes": 2}, "lasts"), ({"weeks": 200}, "series"), ({"kind": "x"}, "kind")]
)
def test_bookings_outside_the_limits_are_refused(vault, more, words) -> None:
    with pytest.raises(UserError, match=words):
        book(vault, TUESDAY, add_person(vault, "Kit"), **more)


def test_moving_one_of_a_series_leaves_the_others(vault) -> None:
    ids = book(vault, TUESDAY, add_person(vault, "Kit"), weeks=3)
    with vault.write("core") as db:
        a.move(db, ids[1], datetime(2026, 5, 14, 10, 0))
    assert [get(vault, i).starts_at.day for i in ids] == [5, 14, 19]


def test_moving_the_following_moves_them_by_the_same_step_and_place_undoes_it(vault) -> None:
    ids = book(vault, TUESDAY, add_person(vault, "Kit"), weeks=4)
    with vault.write("core") as db:
        undo = a.move(db, ids[1], datetime(2026, 5, 14, 10, 0), "following")
    assert [get(vault, i).starts_at for i in ids] == [
        TUESDAY,
        *(datetime(2026, 5, d, 10, 0) for d in (14, 21, 28)),
    ]
    with vault.write("core") as db:
        redo = a.place(db, undo)
    assert [get(vault, i).starts_at.day for i in ids] == [5, 12, 19, 26]
    with pytest.raises(StaleRecord, match="changed meanwhile"), vault.write("core") as db:
        a.place(db, undo)
    with vault.write("core") as db:
        a.place(db, redo)
    assert get(vault, ids[3]).starts_at == datetime(2026, 5, 28, 10, 0)


def test_moving_all_may_step_over_the_places_of_the_series_itself(vault) -> None:
    ids = book(vault, TUESDAY, add_person(vault, "Kit"), weeks=3)
    with vault.write("core") as db:
        a.move(db, ids[2], datetime(2026, 5, 26, 14, 0), "all")
    assert [get(vault, i).starts_at.day for i in ids] == [12, 19, 26]


def test_a_move_onto_a_taken_time_is_refused_and_nothing_moves(vault) -> None:
    kit, carys = add_person(vault, "Kit"), add_person(vault, "Carys")
    ids = book(vault, TUESDAY, kit, weeks=2)
    book(vault, datetime(2026, 5, 14, 14, 0), carys)
    with pytest.raises(a.ClashError, match="Carys"), vault.write("core") as db:
        a.move(db, ids[0], datetime(2026, 5, 7, 14, 0), "all")
    assert [get(vault, i).starts_at.day for i in ids] == [5, 12]


def test_cancelling_by_us_and_by_them_marks_the_people_differently_and_can_be_taken_back(vault) -> None:
    ids = book(vault, TUESDAY, add_person(vault, "Kit"), weeks=3)
    with vault.write("core") as db:
        a.cancel(db, ids[0], "other_plans")
        gone = a.cancel(db, ids[1], "therapist_away", "following")
    assert gone == ids[1:]
    marks = [get(vault, i).attendees[0].state for i in ids]
    assert marks == ["sent_apologies", "we_cancelled", "we_cancelled"]
    with vault.write("core") as db:
        a.restore(db, gone)
    assert [get(vault, i).state for i in ids] == ["cancelled", "booked", "booked"]
    with pytest.raises(UserError, match="reason"), vault.write("core") as db:
        a.cancel(db, ids[1], "flu")


def test_taking_back_a_booking_leaves_nothing(vault) -> None:
    ids = book(vault, TUESDAY, add_person(vault, "Kit"), weeks=3)
    with vault.write("core") as db:
        a.unbook(db, ids)
    with vault.read() as db:
        assert a.list_sessions(db, date(2026, 5, 1), date(2026, 6, 30)) == []
        assert db.query(a.Series).count() == 0


def test_a_room_name_is_used_once(vault) -> None:
    room = add_room(vault, "Music room")
    with pytest.raises(UserError, match="already"):
        add_room(vault, "music  ROOM")
    with vault.write("core") as db:
        a.save_room(db, "Music room", room_id=room, closed=True)
    with vault.read() as db:
        assert a.list_rooms(db) == []
    with pytest.raises(UserError, match="not in use"):
        book(vault, TUESDAY, add_person(vault, "Kit"), room_id=room)
