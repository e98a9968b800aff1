"""Prices, what is charged, words and numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from therapydesk.api import Money
from therapydesk.plugins.invoicing import rules
from therapydesk.plugins.invoicing.rules import Charged, Policy, Price, decide, find_price

ANNA, COURT = uuid4(), uuid4()
SESSION = Charged(date(2026, 4, 1), "one_to_one", 45, ANNA, COURT)
ANY = Price(Money(50), date(2026, 1, 1))


@pytest.mark.parametrize(
    "narrower",
    [
        {"minutes": 45},
        {"kind": "one_to_one"},
        {"organisation_id": COURT},
        {"person_id": ANNA},
        {"from_on": date(2026, 2, 1)},
    ],
)
def test_a_narrower_price_wins(narrower: dict[str, object]) -> None:
    other = replace(ANY, amount=Money(40), **narrower)  # type: ignore[arg-type]  # fields by name
    assert find_price([ANY, other], SESSION) == find_price([other, ANY], SESSION) == Money(40)


def test_the_person_goes_before_the_payer_and_the_payer_before_the_kind() -> None:
    mine = replace(ANY, amount=Money(1), person_id=ANNA)
    payers = replace(ANY, amount=Money(2), organisation_id=COURT, kind="one_to_one", minutes=45)
    kinds = replace(ANY, amount=Money(3), kind="one_to_one", minutes=45)
    assert find_price([kinds, payers, mine], SESSION) == Money(1)
    assert find_price([kinds, payers], SESSION) == Money(2)


@pytest.mark.parametrize(
    ("day", "amount"),
    [(date(2025, 12, 31), None), (date(2026, 1, 1), 50), (date(2026, 4, 5), 50), (date(2026, 4, 6), 55)],
)
def test_prices_hold_from_their_first_to_their_last_day(day: date, amount: int | None) -> None:
    prices = [replace(ANY, to_on=date(2026, 4, 5)), replace(ANY, amount=Money(55), from_on=date(2026, 4, 6))]
    assert find_price(prices, replace(SESSION, on=day)) == (None if amount is None else Money(amount))


def test_a_price_for_others_is_not_taken() -> None:
    others = [
        replace(ANY, person_id=uuid4()),
        replace(ANY, organisation_id=uuid4()),
        replace(ANY, kind="group"),
        replace(ANY, minutes=30),
        replace(ANY, per="session"),
    ]
    assert find_price(others, SESSION) is None


@pytest.mark.parametrize("state", ["came", "came_late", "left_early"])
def test_whoever_came_is_charged(state: str) -> None:
    assert decide([ANY], SESSION, state, Policy()).charged


@pytest.mark.parametrize(
    ("state", "policy", "charged"),
    [
        ("sent_apologies", Policy(), False),
        ("sent_apologies", Policy(charge_apologies=True), True),
        ("no_word", Policy(charge_apologies=True), False),
        ("no_word", Policy(charge_no_word=True), True),
        ("we_cancelled", Policy(True, True), False),
    ],
)
def test_the_practice_decides_about_those_who_did_not_come(state: str, policy: Policy, charged: bool) -> None:
    decision = decide([ANY], SESSION, state, policy)
    assert (decision.charged, decision.reason) == (charged, "" if charged else state)


def test_without_a_price_a_session_waits_and_a_price_of_nothing_is_no_charge() -> None:
    assert decide([], SESSION, "came", Policy()).reason == "no_price"
    free = decide([replace(ANY, amount=Money(0))], SESSION, "came", Policy())
    assert (free.charged, free.reason) == (False, "no_charge")


def test_a_group_took_place_when_anybody_came() -> None:
    assert rules.group_state(["no_word", "came_late"]) == "came"
    assert rules.group_state(["we_cancelled", "we_cancelled"]) == "we_cancelled"
    assert rules.group_state(["we_cancelled", "no_word"]) == "no_word"


def test_words_are_plain() -> None:
    assert rules.line_words("group", 90) == "Group session, 90 minutes"
    assert rules.line_words("one_to_one", 45, "no_word") == "Missed session, 45 minutes"
    assert rules.reason_words("we_cancelled") == "We cancelled, not charged"


def test_numbers_and_states() -> None:
    assert rules.invoice_number(2026, 147) == "2026-0147"
    assert rules.invoice_number(2026, 12345) == "2026-12345"
    states = [rules.invoice_state(Money(10), Money(paid)) for paid in (0, 4, 10)]
    assert states == ["issued", "part_paid", "paid"]
    assert rules.due_day(date(2026, 5, 6), 30) == date(2026, 6, 5)
