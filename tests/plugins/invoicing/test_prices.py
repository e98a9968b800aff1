"""Prices of the practice, in a real vault."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from therapydesk.api import Money, UserError
from therapydesk.plugins.invoicing import service

from .conftest import Practice


def test_a_new_price_ends_the_one_before(practice: Practice, vault: Any) -> None:
    practice.price("50")
    practice.price("55", from_on=date(2026, 4, 6))
    practice.price("56", from_on=date(2026, 4, 6))
    with vault.read() as db:
        rows = [(r.amount, r.from_on, r.to_on) for r in service.list_rates(db)]
    assert rows == [
        (Money(50), date(2025, 1, 1), date(2026, 4, 5)),
        (Money(56), date(2026, 4, 6), None),
    ]


@pytest.mark.parametrize(
    "wrong",
    [{"amount": "-1"}, {"kind": "opera"}, {"to_on": date(2024, 1, 1)}, {"per": "week"}, {"minutes": 0}],
)
def test_prices_that_make_no_sense_are_refused(practice: Practice, wrong: dict[str, Any]) -> None:
    with pytest.raises(UserError):
        practice.price(wrong.pop("amount", "50"), **wrong)
