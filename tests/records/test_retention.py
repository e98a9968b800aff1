"""Retention: how long what is kept, what is due and held, and that two people must agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.conftest import USER
from therapydesk.core import dates
from therapydesk.core.errors import NotFound, UserError
from therapydesk.core.money import Money
from therapydesk.core.vault import ledger
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.invoicing.models import Invoice
from therapydesk.records import retention, retention_runs
from therapydesk.records.documents import Document
from therapydesk.records.episodes import Episode
from therapydesk.records.legal_holds import lift_hold, list_holds, place_hold, put_back_hold
from therapydesk.records.people import Person
from therapydesk.records.people_details import PersonDetails, add_person
from therapydesk.records.retention_rules import (
    Dates,
    add_years,
    all_due,
    clinical_due,
    contact_due,
    financial_due,
    rules,
    tax_year_end,
)

D = date


BORN, LAST = D(1980, 1, 1), D(2010, 5, 6)


def care(born: date | None = BORN, last: date | None = LAST, died: date | None = None) -> Dates:
    return Dates(born, died, last, None)


@pytest.mark.parametrize(
    ("facts", "kind", "rule", "due"),
    [
        (care(), "general", "adult", D(2018, 5, 6)),
        (care(last=D(2012, 2, 29)), "general", "adult", D(2020, 2, 29)),
        (care(born=D(2000, 3, 1), last=D(2010, 5, 6)), "general", "child", D(2025, 3, 1)),
        (care(born=D(2000, 2, 29), last=D(2010, 5, 6)), "general", "child", D(2025, 3, 1)),
        (care(born=D(2000, 5, 7), last=D(2018, 5, 6)), "general", "child_17", D(2026, 5, 7)),
        (care(born=D(2000, 5, 6), last=D(2018, 5, 6)), "general", "adult", D(2026, 5, 6)),
        (care(), "mental_health", "mental_health", D(2030, 5, 6)),
        (care(died=D(2011, 1, 1)), "mental_health", "mental_health", D(2030, 5, 6)),
        (care(died=D(2029, 1, 1)), "mental_health", "mental_health_died", D(2039, 1, 1)),
        (care(born=D(2008, 1, 1), last=D(2010, 5, 6)), "mental_health", "child", D(2033, 1, 1)),
        (care(born=D(2000, 1, 1), last=D(2010, 5, 6)), "mental_health", "mental_health", D(2030, 5, 6)),
    ],
)
def test_the_time_of_a_care_record(facts: Dates, kind: Any, rule: str, due: date) -> None:
    found = clinical_due(facts, kind)
    assert (found.rule, found.due_on, found.why) == (rule, due, "")


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (Dates(D(1980, 1, 1), None, D(2010, 1, 1), None, open=True), "is open"),
        (care(last=None), "No contact"),
        (care(born=None), "No date of birth"),
    ],
)
def test_without_a_clock_it_is_held_and_says_why(facts: Dates, why: str) -> None:
    found = clinical_due(facts, "general")
    assert found.due_on is None
    assert why in found.why


def test_money_counts_from_the_end_of_the_tax_year() -> None:
    assert tax_year_end(D(2020, 4, 5)) == D(2020, 4, 5)
    assert tax_year_end(D(2020, 4, 6)) == D(2021, 4, 5)
    found = financial_due(Dates(None, None, None, D(2020, 4, 6)))
    assert found is not None
    assert (found.counted_from, found.due_on) == (D(2021, 4, 5), D(2027, 4, 5))
    assert financial_due(care()) is None


def test_name_and_contact_go_last_and_safeguarding_never_by_a_clock() -> None:
    facts = Dates(D(1980, 1, 1), None, D(2010, 5, 6), D(2020, 1, 1))
    by_class = {due.keep: due for due in all_due(facts, "general")}
    assert by_class["contact"].due_on == by_class["financial"].due_on == D(2026, 4, 5)
    held = {due.keep: due for due in all_due(facts, "general", safeguarding=True)}
    assert held["safeguarding"].due_on is None
    assert held["contact"].due_on is None
    assert contact_due([]).due_on is None


def test_every_rule_has_a_source_and_says_whether_it_was_seen() -> None:
    assert all(rule.source and rule.words for rule in rules().values())
    assert {code for code, rule in rules().items() if rule.confirmed} == {
        *("adult", "child", "child_17", "mental_health", "mental_health_died")
    }
    assert add_years(D(2024, 2, 29), 1) == D(2025, 3, 1)


# --- With a vault ---

Clock = Callable[[int, int, int], None]


@pytest.fixture
def clock() -> Iterator[Clock]:
    def turn(year: int, month: int, day: int) -> None:
        dates.set_clock(lambda: datetime(year, month, day, 10, 0, tzinfo=UTC))

    turn(2026, 5, 6)
    yield turn
    dates.set_clock(None)


def somebody(vault: Vault, name: str, **more: Any) -> UUID:
    with vault.write("core") as db:
        person = add_person(db, PersonDetails(name, best_way="ask", born_on=D(1980, 1, 1), **more)).id
        closed = Episode(person_id=person, stage="closed", opened_on=dates.today(), closed_on=dates.today())
        db.add(closed)
    return person


@pytest.fixture
def practice(vault: Vault, clock: Clock) -> Vault:
    """A second person, who may confirm."""
    vault.add_user("Tom Pryce", ("therapist",), "seven brass bells ringing", ("clinical",))
    with vault.write("core") as db:
        retention.confirm_rules(db, "general")
    return vault


def due_names(vault: Vault, **more: Any) -> list[tuple[str, str]]:
    with vault.read() as db:
        return [(v.name, v.due.keep) for v in retention.list_due(db, **more)]


def test_what_is_due_is_listed_and_what_is_held_says_why(practice: Vault, clock: Clock) -> None:
    carys, old = somebody(practice, "Carys Bowen"), somebody(practice, "Owen Prys")
    with practice.write("core") as db:
        hold = place_hold(db, old, "complaint")
    assert due_names(practice) == []
    clock(2034, 5, 7)
    assert due_names(practice) == [("Carys Bowen", "clinical"), ("Carys Bowen", "contact")]
    assert due_names(practice, held=True) == [("Owen Prys", "clinical"), ("Owen Prys", "contact")]
    with practice.read() as db:
        assert "complaint" in retention.list_due(db, held=True)[0].why
        assert [h.name for h in list_holds(db)] == ["Owen Prys"]
        (first, *_rest) = retention.due_of(db, carys)
    assert (first.due.rule, first.due.counted_from) == ("adult", D(2026, 5, 6))
    with practice.write("core") as db:
        lift_hold(db, hold)
    assert ("Owen Prys", "clinical") in due_names(practice)
    with practice.write("core") as db:
        put_back_hold(db, hold)
        with pytest.raises(UserError, match="stands already"):
            place_hold(db, old, "complaint")
    assert ("Owen Prys", "clinical") not in due_names(practice)


def test_a_day_to_come_is_never_looked_at(practice: Vault, clock: Clock) -> None:
    somebody(practice, "Carys Bowen")
    assert due_names(practice, on=D(2050, 1, 1)) == []


def test_nothing_is_due_while_the_clock_is_behind_the_log(practice: Vault, clock: Clock) -> None:
    somebody(practice, "Carys Bowen")
    clock(2034, 5, 7)
    with practice.write("core") as db:
        assert retention_runs.propose(db) == 2
    clock(2034, 5, 6)
    with practice.read() as db, pytest.raises(UserError, match="clock of this computer"):
        retention.list_due(db)


def propose(vault: Vault) -> dict[str, UUID]:
    with vault.write("core") as db:
        retention_runs.propose(db)
    with vault.read() as db:
        return {item.keep: item.id for item in retention_runs.list_items(db)}


def test_two_different_people_must_agree(practice: Vault, clock: Clock) -> None:
    carys = somebody(practice, "Carys Bowen")
    clock(2034, 5, 7)
    items = propose(practice)
    with practice.write("core") as db:
        retention_runs.agree_first(db, items["clinical"])
    with pytest.raises(UserError, match="You agreed to this already"):
        retention_runs.destroy(practice, items["clinical"])
    with practice.read() as db:
        assert db.scalars(select(Episode).where(Episode.person_id == carys)).all() != []
    practice.unlock("Tom Pryce", "seven brass bells ringing")
    done = retention_runs.destroy(practice, items["clinical"])
    assert [part.zone for part in done] == ["core"]
    with practice.read() as db:
        assert db.scalars(select(Episode).where(Episode.person_id == carys)).all() == []
        assert db.scalar(select(Person.full_name)) == "Carys Bowen", (
            "name and contact are a class of their own"
        )
        (shown,) = retention_runs.list_items(db, decided=True)
    assert (shown.state, shown.first, shown.second) == ("done", USER, "Tom Pryce")
    (line, *_more) = ledger.read(practice.folder, practice.unlocked.ring.zone("core"))
    assert (line.basis, line.classes) == ("retention", ("clinical",))
    with pytest.raises(NotFound):
        retention_runs.destroy(practice, items["clinical"])


def test_name_and_contact_leave_an_empty_row(practice: Vault, clock: Clock) -> None:
    somebody(practice, "Carys Bowen")
    clock(2034, 5, 7)
    items = propose(practice)
    with practice.write("core") as db:
        retention_runs.agree_first(db, items["contact"])
    practice.unlock("Tom Pryce", "seven brass bells ringing")
    retention_runs.destroy(practice, items["contact"])
    with practice.read() as db:
        (row,) = db.scalars(select(Person))
        assert (row.full_name, row.born_on, row.merged_into) == ("Erased", None, row.id)
        assert {i.name for i in retention_runs.list_items(db, decided=True)} == {""}


def test_money_goes_with_its_papers_after_its_time(practice: Vault, clock: Clock) -> None:
    carys = somebody(practice, "Carys Bowen")
    with practice.write("core") as db:
        invoice = Invoice(number="2026-1", year=2026, sequence=1, issued_on=D(2026, 5, 6))
        invoice.due_on, invoice.person_id, invoice.to_name, invoice.total = (
            D(2026, 6, 6),
            carys,
            "Carys Bowen",
            Money(4500),
        )
        db.add(invoice)
        db.flush()
        paper = Document(kind="invoice", ref=invoice.id, title="2026-1", media_type="application/pdf")
        paper.sha256, paper.content = "0" * 64, b"Carys Bowen"
        db.add(paper)
    clock(2033, 4, 5)
    assert ("Carys Bowen", "financial") in due_names(practice)
    items = propose(practice)
    with practice.write("core") as db:
        retention_runs.agree_first(db, items["financial"])
    practice.unlock("Tom Pryce", "seven brass bells ringing")
    retention_runs.destroy(practice, items["financial"])
    with practice.read() as db:
        assert db.scalars(select(Invoice)).all() == []
        assert db.scalars(select(Document)).all() == []
        assert db.scalars(select(Episode)).all() != []


def test_what_was_proposed_is_looked_at_again_before_it_goes(practice: Vault, clock: Clock) -> None:
    carys = somebody(practice, "Carys Bowen")
    clock(2034, 5, 7)
    items = propose(practice)
    with practice.write("core") as db:
        retention_runs.agree_first(db, items["clinical"])
        place_hold(db, carys, "inquiry")
    practice.unlock("Tom Pryce", "seven brass bells ringing")
    with pytest.raises(UserError, match="kept now"):
        retention_runs.destroy(practice, items["clinical"])
    with practice.read() as db:
        assert db.scalars(select(Episode)).all() != []


def test_what_is_kept_with_a_reason_is_proposed_again_in_a_year(practice: Vault, clock: Clock) -> None:
    somebody(practice, "Carys Bowen")
    clock(2034, 5, 7)
    items = propose(practice)
    with practice.write("core") as db:
        for item in items.values():
            retention_runs.keep_item(db, item, "child")
    assert propose(practice) == {}
    clock(2035, 5, 8)
    assert set(propose(practice)) == {"clinical", "contact"}


def test_nothing_is_proposed_before_the_practice_agreed_to_the_times(vault: Vault, clock: Clock) -> None:
    with vault.write("core") as db, pytest.raises(UserError, match="not agreed to the times"):
        retention_runs.propose(db)


def test_who_agreed_first_may_think_again(practice: Vault, clock: Clock) -> None:
    somebody(practice, "Carys Bowen")
    clock(2034, 5, 7)
    items = propose(practice)
    with practice.write("core") as db:
        retention_runs.agree_first(db, items["clinical"])
    with practice.write("core") as db:
        retention_runs.take_back_agreement(db, items["clinical"])
    with practice.write("core") as db:
        with pytest.raises(UserError, match="Only who agreed"):
            retention_runs.take_back_agreement(db, items["clinical"])
        with pytest.raises(UserError, match="first person must agree"):
            retention_runs.agree_second(db, items["clinical"])


def test_without_a_date_of_birth_it_is_held_once_an_adults_time_is_over(
    practice: Vault, clock: Clock
) -> None:
    with practice.write("core") as db:
        person = add_person(db, PersonDetails("Beti Ellis", best_way="ask")).id
        db.add(Episode(person_id=person, stage="closed", opened_on=LAST, closed_on=dates.today()))
    clock(2034, 5, 5)
    assert due_names(practice, held=True) == []
    clock(2034, 5, 6)
    assert due_names(practice, held=True) == [("Beti Ellis", "clinical")]
    assert due_names(practice) == []
