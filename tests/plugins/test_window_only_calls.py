"""Service functions that otherwise only windows call; S5 tries each of them with every database call failing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.plugins.conftest import People
from tests.plugins.referrals.conftest import LIST, as_read
from therapydesk.api import (
    Money,
    OrganisationDetails,
    appointments,
    find_or_add_organisation,
    save_organisation,
)
from therapydesk.plugins.diary import understanding
from therapydesk.plugins.invoicing import service as invoicing
from therapydesk.plugins.notes import service as notes
from therapydesk.plugins.referrals import service as referrals
from therapydesk.records.rescheduling import Change

AT = datetime(2026, 5, 4, 10)


@pytest.fixture
def people(vault: Any) -> People:
    return People(vault)


def booked(vault: Any, people: People, weeks: int = 1, at: datetime = AT) -> list[Any]:
    booking = appointments.Booking(at, person_ids=(people.person("Carys Bowen"),), weeks=weeks)
    with vault.write("core") as db:
        appointments.check_booking(db, booking)
    with vault.write("core") as db:
        return list(appointments.book(db, booking))


def view_of(vault: Any, session: Any) -> Any:
    with vault.read() as db:
        return appointments.get_session(db, session)


def test_a_session_is_changed_and_the_ones_after_it_follow(vault: Any, people: People) -> None:
    sessions = booked(vault, people, weeks=3, at=datetime(2026, 6, 1, 10))
    with vault.write("core") as db:
        appointments.change(db, sessions[0], Change(minutes=60, place="Chapel"))
    assert view_of(vault, sessions[0]).minutes == 60
    was = view_of(vault, sessions[0]).starts_at
    with vault.write("core") as db:
        appointments.move(db, sessions[0], was + timedelta(hours=1))
    with vault.write("core") as db:
        moved = appointments.move_others(db, sessions[0], was, timedelta(hours=1), "following")
    assert len(moved) == 2


def test_what_a_line_may_name_is_known(vault: Any, people: People) -> None:
    people.person("Carys Bowen")
    with vault.write("core") as db:
        assert understanding.know(db)


def test_an_organisation_is_kept_with_what_is_known_of_it(vault: Any) -> None:
    with vault.write("core") as db:
        made = save_organisation(db, OrganisationDetails("Elmbridge School", is_setting=True))
    with vault.write("core") as db:
        assert save_organisation(db, OrganisationDetails("Elmbridge", is_setting=True), made) == made


def test_an_invoice_is_issued_stored_and_credited_and_its_price_ends(vault: Any, people: People) -> None:
    person = people.person("Carys Bowen")
    with vault.write("core") as db:
        rate = invoicing.save_rate(db, Money("52"), date(2025, 1, 1), person_id=person)
        rate_id = rate.id
    (session,) = booked(vault, people)
    with vault.write("core") as db:
        appointments.complete(db, session, [appointments.AttendanceMark("came", person)])
    with vault.write("core") as db:
        drafts = invoicing.draft_lines(db, date(2026, 5, 1), date(2026, 5, 6))
        lines = [line.id for draft in drafts for line in draft.ready]
    with vault.write("core") as db:
        issued = invoicing.raise_invoices(db, lines, date(2026, 5, 6))
    with vault.write("core") as db:
        assert len(invoicing.store_pdfs(db, issued)) == 1
    with vault.write("core") as db:
        assert invoicing.credit_invoice(db, issued[0], "It was charged twice", date(2026, 5, 6))
    with vault.write("core") as db:
        invoicing.end_rate(db, rate_id, date(2026, 5, 6))


def test_a_draft_note_is_dropped(vault: Any, people: People) -> None:
    person = people.person("Carys Bowen")
    (session,) = booked(vault, people)
    with vault.write("core") as db:
        appointments.complete(db, session, [appointments.AttendanceMark("came", person)])
    with vault.write("clinical") as db:
        note = notes.start_note(db, person, date(2026, 5, 4), appointment_id=session)
    with vault.write("clinical") as db:
        notes.drop_note(db, note.id)
    with vault.read() as db:
        assert notes.count_notes(db, person) == 0


def test_a_referral_is_declined_and_reopened_and_a_row_is_compared(vault: Any, people: People) -> None:
    people.person("Gwen Tudor", nhs_number="9434765919")
    with vault.write("core") as db:
        plan = referrals.plan(db, as_read(LIST))
    key = next(row.key for row in plan.rows if row.outcome in ("same", "perhaps_same"))
    with vault.write("core") as db:
        assert referrals.compare_row(db, plan, key)
    with vault.write("core") as db:
        referrals.carry_out(db, plan)
    with vault.read() as db:
        row = referrals.list_referrals(db, "new")[0]
    with vault.write("core") as db:
        referrals.triage(db, row.id, referrals.Decision.NOT_FOR_US, reason_code="no_room")
    with vault.write("core") as db:
        referrals.reopen(db, row.id)
    with vault.read() as db:
        assert row.id in {one.id for one in referrals.list_referrals(db, "new")}


def test_the_same_payer_is_found_again(vault: Any) -> None:
    with vault.write("core") as db:
        first = find_or_add_organisation(db, "Cathays team", is_referrer=True)
    with vault.write("core") as db:
        assert find_or_add_organisation(db, "cathays team", is_payer=True) == first
