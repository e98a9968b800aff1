"""What a session, an attendance and a price make of the lines that will be charged, in a real vault."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from therapydesk.api import Money, Person, UserError, appointments
from therapydesk.plugins.invoicing import service
from therapydesk.plugins.invoicing.models import DraftLine

from .conftest import APRIL, TODAY, Practice


def test_completing_a_session_makes_its_line_and_reopening_takes_it_away(
    practice: Practice, vault: Any
) -> None:
    practice.price("52")
    session = practice.session(APRIL, "Carys Rees")
    [draft] = practice.drafts()
    [line] = draft.lines
    assert (draft.name, draft.amount, line.what) == ("Carys Rees", Money(52), "Session, 45 minutes")
    with vault.write("core") as db:
        appointments.reopen(db, session)
    assert practice.drafts() == []


def test_each_attendance_is_charged_by_what_became_of_it(practice: Practice) -> None:
    practice.price("20")
    names = ("Ann A", "Bob B", "Cai C", "Dee D", "Eve E", "Fay F")
    states = ("came", "came_late", "left_early", "sent_apologies", "no_word", "we_cancelled")
    practice.session(
        APRIL, *names, kind="group", **dict(zip([n.split()[0] for n in names], states, strict=True))
    )
    assert [d.name for d in practice.drafts()] == ["Ann A", "Bob B", "Cai C"]
    practice.session(date(2026, 4, 2), "Dee D")
    [dee] = [d for d in practice.drafts() if d.name == "Dee D"]
    assert [(line.charged, line.why) for line in dee.lines] == [
        (False, "Chose not to come, not charged"),
        (True, ""),
    ]
    assert (dee.amount, len(dee.ready)) == (Money(20), 1)


def test_the_practice_may_charge_missed_sessions(practice: Practice) -> None:
    practice.price("20")
    practice.set(invoicing__charge_no_word=True)
    practice.session(APRIL, "Eve E", all="no_word")
    [draft] = practice.drafts()
    assert [line.what for line in draft.lines] == ["Missed session, 45 minutes"]


def test_a_line_is_charged_or_left_out_by_hand_but_never_when_we_cancelled(
    practice: Practice, vault: Any
) -> None:
    practice.price("20")
    practice.session(APRIL, "Eve E", "Fay F", kind="together", Eve="no_word", Fay="we_cancelled")
    with vault.write("core") as db:
        lines = {line.state: line.id for line in db.scalars(select(DraftLine))}
        service.charge_line(db, lines["no_word"], True)
        with pytest.raises(UserError, match="never charged"):
            service.charge_line(db, lines["we_cancelled"], True)
    practice.price("25", kind="together")  # prices looked up again leave what was decided by hand
    [draft] = practice.drafts()
    assert (draft.name, draft.amount) == ("Eve E", Money(20))


def test_the_payer_is_the_one_in_the_relation(practice: Practice) -> None:
    court = practice.organisation("Cliff Court", address="12 Sand Parade, Cardiff", postcode="CF88 7TN")
    practice.price("52")
    practice.price("30", organisation_id=court)
    practice.pays("Ann A", organisation=court)
    practice.pays("Bob B", other="Mrs B")
    practice.session(APRIL, "Ann A", "Bob B", "Cai C", kind="together")
    assert {d.name: d.amount for d in practice.drafts()} == {
        "Cai C": Money(52),
        "Cliff Court": Money(30),
        "Mrs B": Money(52),
    }


def test_a_group_in_a_payers_room_is_one_line_for_the_payer(practice: Practice, vault: Any) -> None:
    court = practice.organisation("Cliff Court")
    practice.price("95", organisation_id=court, kind="group", per="session")
    practice.price("20")
    with vault.write("core") as db:
        room = appointments.save_room(db, "Lounge", organisation_id=court)
    for day, state in ((1, "came"), (8, "we_cancelled")):
        made = practice.book(date(2026, 4, day), "Ann A", "Bob B", kind="group", minutes=90, room_id=room)
        practice.complete(made, all=state)
    [draft] = practice.drafts()
    assert [(line.what, line.each, line.why) for line in draft.lines] == [
        ("Group session, 90 minutes", Money(95), ""),
        ("Group session, 90 minutes", Money(0), "We cancelled, not charged"),
    ]


def test_a_session_without_a_price_waits_until_there_is_one(practice: Practice, vault: Any) -> None:
    practice.session(APRIL, "Ann A")
    [draft] = practice.drafts()
    assert (draft.problem, draft.ready) == ("No price yet", ())
    with vault.write("core") as db, pytest.raises(UserError, match="no price"):
        service.raise_invoices(db, [draft.lines[0].id], TODAY)
    practice.price("52")
    [draft] = practice.drafts()
    assert (draft.problem, draft.amount) == ("", Money(52))


def test_drafting_makes_missing_lines_once(practice: Practice, vault: Any) -> None:
    practice.price("52")
    practice.session(APRIL, "Ann A")
    with vault.write("core") as db:
        for line in db.scalars(select(DraftLine)):
            db.delete(line)
    for _ in range(2):
        with vault.write("core") as db:
            drafts = service.draft_lines(db, APRIL, date(2026, 4, 30))
        assert [len(d.lines) for d in drafts] == [1]
    with vault.write("core") as db:
        assert service.draft_lines(db, date(2026, 4, 2), date(2026, 4, 30)) == []


def test_own_time_is_never_charged(practice: Practice) -> None:
    practice.price("52")
    practice.session(APRIL, kind="own_time")
    assert practice.drafts() == []


def test_lines_of_joined_records_go_to_the_one_that_is_kept(practice: Practice, vault: Any) -> None:
    practice.price("52")
    practice.session(APRIL, "Ann A")
    practice.session(date(2026, 4, 2), "Anne A")
    with vault.write("core") as db:
        db.get_one(Person, practice.people["Anne A"]).merged_into = practice.people["Ann A"]
    [draft] = practice.drafts()
    assert (draft.name, draft.amount) == ("Ann A", Money(104))
