"""The add line."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from therapydesk.core import day_words
from therapydesk.plugins.diary.rules import Line, name_fits, read_line

WEDNESDAY = date(2026, 5, 6)
ROOMS = ("Music room", "Small music room", "St Aidan’s hall")


def read(text: str) -> Line:
    return read_line(text, WEDNESDAY, ROOMS, ("Ruth Mallory", "Bethan Rees"))


@pytest.mark.parametrize(
    ("text", "starts", "minutes", "names"),
    [
        ("tue 2pm Carys 45", datetime(2026, 5, 12, 14), 45, ("Carys",)),
        ("thu 2pm Kit 45 weekly x6", datetime(2026, 5, 7, 14), 45, ("Kit",)),
        ("Carys tomorrow 14:30", datetime(2026, 5, 7, 14, 30), None, ("Carys",)),
        ("12/5 9.30 Harjit Singh 60 min", datetime(2026, 5, 12, 9, 30), 60, ("Harjit Singh",)),
        ("12 May 9.30am Harjit 1 hour", datetime(2026, 5, 12, 9, 30), 60, ("Harjit",)),
        ("fri 2-3pm Eirlys", datetime(2026, 5, 8, 14), 60, ("Eirlys",)),
        ("fri 14:00 to 14:50 Eirlys", datetime(2026, 5, 8, 14), 50, ("Eirlys",)),
        ("next mon half past 10 Ffion and Osian", datetime(2026, 5, 11, 10, 30), None, ("Ffion", "Osian")),
        ("tue 2 Carys 45", datetime(2026, 5, 12, 14), 45, ("Carys",)),
        ("tue at 3 Llŷr ap Rhys", datetime(2026, 5, 12, 15), None, ("Llŷr ap Rhys",)),
        ("2026-05-19 10:00 O'Brien", datetime(2026, 5, 19, 10), None, ("O'Brien",)),
        ("tue 2pm May 45", datetime(2026, 5, 12, 14), 45, ("May",)),
        ("TUE 2PM CARYS", datetime(2026, 5, 12, 14), None, ("CARYS",)),
        ("today noon Win", datetime(2026, 5, 6, 12), None, ("Win",)),
        ("thu 21 may 11am Kit 30", datetime(2026, 5, 21, 11), 30, ("Kit",)),
    ],
)
def test_day_time_length_and_name_are_found_in_any_order(text, starts, minutes, names) -> None:
    line = read(text)
    assert (line.starts_at, line.minutes, line.names) == (starts, minutes, names)


@pytest.mark.parametrize(
    ("text", "weeks", "every"),
    [
        ("thu 2pm Kit 45 weekly x6", 6, 1),
        ("thu 2pm Kit weekly x 12", 12, 1),
        ("thu 2pm Kit every 2 weeks 4 times", 4, 2),
        ("thu 2pm Kit fortnightly x3", 3, 2),
        ("thu 2pm Kit for six weeks", 6, 1),
        ("thu 2pm Kit weekly until 11 June", 6, 1),
        ("thu 2pm Kit every other week until 11/6", 3, 2),
        ("thu 2pm Kit", 1, 1),
    ],
)
def test_series(text, weeks, every) -> None:
    line = read(text)
    assert (line.weeks, line.every_weeks, line.names) == (weeks, every, ("Kit",))


def test_rooms_places_and_therapists_are_not_names() -> None:
    line = read("thu 2pm Kit in small music room 45 with Bethan")
    assert (line.room, line.with_whom, line.names, line.minutes) == (
        "Small music room",
        "Bethan Rees",
        ("Kit",),
        45,
    )
    line = read("thu 2pm Ffion 30 at home")
    assert (line.room, line.place, line.names, line.minutes) == ("", "home", ("Ffion",), 30)
    line = read("thu 2pm Ffion at Alder House 30")
    assert (line.place, line.minutes) == ("Alder House", 30)
    assert read("Music room thu 2pm Kit").room == "Music room"


def test_kinds() -> None:
    line = read("thu 2pm first meeting Gwilym")
    assert (line.kind, line.names) == ("first_meeting", ("Gwilym",))
    assert read("fri 3pm own time").kind == "own_time"


@pytest.mark.parametrize(
    "text", ["", "Kit", "tue", "2pm", "99:99 x0 ///", "|||", "tue tue tue 2pm 2pm", "ŵ" * 500, "at in on"]
)
def test_half_lines_and_nonsense_are_read_without_harm(text) -> None:
    line = read(text)
    assert line.weeks >= 1


@pytest.mark.parametrize("clock", ["25:00", "24:00", "14:60", "9.75"])
def test_a_time_that_cannot_be_is_not_taken_for_another(clock) -> None:
    line = read(f"tue {clock} Carys 45")
    assert (line.at, line.minutes) == (None, 45)
    assert any(clock in name for name in line.names)  # so that it is said, and nothing is booked


def test_a_series_of_none_is_not_a_series_of_one() -> None:
    assert read("tue 2pm Carys x0").names == ("Carys x0",)


def test_what_is_missing_stays_missing() -> None:
    assert read("Kit") == Line(names=("Kit",))
    assert read("tue").at is None
    assert read("2pm").at == time(14)


def test_names_fit_by_whole_first_and_beginning() -> None:
    assert name_fits("carys", "Carys Ŵyn Bowen", "") == 3
    assert name_fits("Carys Wyn Bowen", "Carys Ŵyn Bowen", "") == 4
    assert name_fits("Kit", "Christopher Lane", "Kit") == 4
    assert name_fits("bowen", "Carys Ŵyn Bowen", "") == 2
    assert name_fits("car", "Carys Ŵyn Bowen", "") == 1
    assert name_fits("Kat", "Carys Ŵyn Bowen", "") == 0


def test_a_line_is_read_without_the_library_that_guesses(monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(day_words, "_by_dateparser", lambda *args: asked.append(args))
    line = "Kit tue 12 a fortnight on sunday week until 3 sept 2pm in a week"
    for n in range(len(line) + 1):
        read_line(line[:n], date(2026, 5, 6))
    assert asked == []
