"""Who came, mark by mark while a session is going on; arrivals nobody expected, heads that are given a name later."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.records.test_appointments_booking import TUESDAY, _clock, add_person, book, get
from therapydesk.core.errors import NotFound, StaleRecord, UserError
from therapydesk.core.ids import new_id
from therapydesk.core.vault.vault import Vault
from therapydesk.records import appointments as a
from therapydesk.records import marking
from therapydesk.records.people import Person

__all__ = ["_clock"]


def do(vault: Vault, work: Any, *args: Any, **more: Any) -> Any:
    with vault.write("core") as db:
        return work(db, *args, **more)


def row_of(vault: Vault, session: UUID, person_id: UUID | None) -> UUID:
    """The attendance of a person, or that of the heads without a name."""
    return next(x.attendance_id for x in get(vault, session).attendees if x.person_id == person_id)


def who(vault: Vault, session: UUID) -> list[tuple[str, str, int]]:
    return [(x.name if x.person_id else "", x.state, x.headcount) for x in get(vault, session).attendees]


def test_each_mark_is_kept_at_once_and_gives_the_one_before(vault: Vault) -> None:
    ffion, osian = add_person(vault, "Ffion"), add_person(vault, "Osian")
    (session,) = book(vault, TUESDAY, ffion, osian, kind="together")
    row = row_of(vault, session, ffion)
    assert do(vault, marking.mark_attendance, session, row, "no_word") == "expected"
    assert who(vault, session) == [("Ffion", "no_word", 1), ("Osian", "expected", 1)]
    assert do(vault, marking.mark_attendance, session, row, "expected") == "no_word"
    assert who(vault, session)[0] == ("Ffion", "expected", 1)
    assert get(vault, session).state == "booked"
    with pytest.raises(UserError, match="no attendance called"):
        do(vault, marking.mark_attendance, session, row, "dna")
    with pytest.raises(NotFound):
        do(vault, marking.mark_attendance, session, new_id(), "came")


def test_an_arrival_is_written_down_once_and_can_be_taken_back(vault: Vault) -> None:
    ffion, osian = add_person(vault, "Ffion"), add_person(vault, "Osian")
    (session,) = book(vault, TUESDAY, ffion)
    came = do(vault, marking.add_arrival, session, person_id=osian, headcount=7)
    do(vault, marking.add_arrival, session, headcount=3, role="carer")
    assert who(vault, session) == [("Ffion", "expected", 1), ("Osian", "came", 1), ("", "came", 3)]
    with pytest.raises(UserError, match="on the list already"):
        do(vault, marking.add_arrival, session, person_id=osian)
    for heads in (0, marking.MOST + 1):
        with pytest.raises(UserError, match="number from 1"):
            do(vault, marking.add_arrival, session, headcount=heads)
    do(vault, marking.remove_arrival, session, came)
    assert [name for name, _state, _heads in who(vault, session)] == ["Ffion", ""]
    with pytest.raises(NotFound):
        do(vault, marking.remove_arrival, session, came)


def test_a_head_gets_a_name_and_loses_it_and_how_many_were_there_stays(vault: Vault) -> None:
    ffion, osian, gwen = (add_person(vault, name) for name in ("Ffion", "Osian", "Gwen"))
    (session,) = book(vault, TUESDAY, ffion)
    heads = do(vault, marking.add_arrival, session, headcount=2)
    first = do(vault, marking.name_arrival, session, heads, osian)
    assert who(vault, session)[1:] == [("", "came", 1), ("Osian", "came", 1)]
    assert do(vault, marking.name_arrival, session, heads, gwen) == heads  # the last head is the row itself
    assert who(vault, session)[1:] == [("Gwen", "came", 1), ("Osian", "came", 1)]
    with pytest.raises(UserError, match="Nobody without a name"):
        do(vault, marking.name_arrival, session, heads, add_person(vault, "Late"))
    do(vault, marking.unname_arrival, session, first)
    assert who(vault, session)[1:] == [("Gwen", "came", 1), ("", "came", 1)]
    with pytest.raises(UserError, match="under their own name"):
        do(vault, marking.name_arrival, session, first, gwen)


def test_it_is_finished_when_everybody_is_marked_and_opened_again_with_its_marks(vault: Vault) -> None:
    ffion, osian = add_person(vault, "Ffion"), add_person(vault, "Osian")
    (session,) = book(vault, TUESDAY, ffion, osian, kind="together")
    do(vault, marking.mark_attendance, session, row_of(vault, session, ffion), "came")
    with pytest.raises(UserError, match="1 are not marked yet"):
        do(vault, marking.finish_marking, session)
    do(vault, marking.mark_attendance, session, row_of(vault, session, osian), "sent_apologies")
    with pytest.raises(StaleRecord):
        do(vault, marking.finish_marking, session, get(vault, session).row_version + 1)
    do(vault, marking.finish_marking, session, get(vault, session).row_version)
    marked = [("Ffion", "came", 1), ("Osian", "sent_apologies", 1)]
    assert (get(vault, session).state, who(vault, session)) == ("completed", marked)
    with pytest.raises(UserError, match="Reopen it"):
        do(vault, marking.add_arrival, session)
    do(vault, marking.reopen_marking, session)
    assert (get(vault, session).state, who(vault, session)) == ("booked", marked)


def test_heads_without_a_name_need_no_mark(vault: Vault) -> None:
    (session,) = book(vault, TUESDAY, kind="group", title="Midweek Choir", headcount=14)
    do(vault, marking.finish_marking, session)
    assert who(vault, session) == [("", "came", 14)]


def test_nobody_comes_after_their_death_but_word_of_it_can_be_marked(vault: Vault) -> None:
    win = add_person(vault, "Win")
    (session,) = book(vault, TUESDAY, win)
    with vault.write("core") as db:
        db.get_one(Person, win).died_on = date(2026, 5, 3)
    row = row_of(vault, session, win)
    with pytest.raises(UserError, match="Win died on"):
        do(vault, marking.mark_attendance, session, row, "came")
    do(vault, marking.mark_attendance, session, row, "sent_apologies")
    assert who(vault, session) == [("Win", "sent_apologies", 1)]


def test_a_cancelled_session_takes_no_marks(vault: Vault) -> None:
    (session,) = book(vault, TUESDAY, add_person(vault, "Kit"))
    do(vault, a.cancel, session, "travel")
    with pytest.raises(UserError, match="cancelled already"):
        do(vault, marking.add_arrival, session)
