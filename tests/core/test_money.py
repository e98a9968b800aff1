"""Money is exact, and what was typed is read or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, func, insert, literal, select

from therapydesk.core.errors import UserError
from therapydesk.core.money import ZERO, Money, MoneyType, parse_money

PENCE = st.integers(-(10**11) + 1, 10**11 - 1)


def test_halves_of_a_penny_go_up() -> None:
    assert Money("0.005") == Money("0.01")
    assert Money("-0.005") == Money("-0.01")
    assert Money("1.0049") == Money(1)
    assert Money(Decimal("45")).pence == 4500


@pytest.mark.parametrize("wrong", [1.5, True, None, b"1"])
def test_money_is_never_made_from_a_float(wrong: object) -> None:
    with pytest.raises(TypeError):
        Money(wrong)  # type: ignore[arg-type]  # that is the test


@pytest.mark.parametrize("wrong", ["NaN", "Infinity", "", "£1", "1e30"])
def test_what_is_no_amount_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Money(wrong)


def test_a_float_stays_out_of_arithmetic() -> None:
    with pytest.raises(TypeError):
        Money(1) * 0.5  # type: ignore[operator]  # that is the test
    with pytest.raises(TypeError):
        Money(1) + 1  # type: ignore[operator]  # that is the test
    with pytest.raises(TypeError):
        1 + Money(1)
    with pytest.raises(TypeError):
        Money.from_pence(1.0)  # type: ignore[arg-type]  # that is the test


def test_arithmetic() -> None:
    assert sum([Money("0.10")] * 3, ZERO) == Money("0.30")
    assert sum([Money("0.10")] * 3) == Money("0.30")
    assert Money("45.00") * 3 - Money(35) == Money(100)
    assert 2 * Money("0.5") == Money(1)
    assert Money("10.00") * Decimal("0.175") == Money("1.75")
    assert -Money(1) < ZERO < abs(Money(-1))
    assert not Money("0.001")


def test_money_is_shown_with_thousands_and_a_true_minus() -> None:
    assert str(Money("1234.5")) == "£1,234.50"
    assert Money("-5").show() == "\N{MINUS SIGN}£5.00"
    assert Money("95").show(symbol=False) == "95.00"
    assert Money("-1234.5").plain() == "-1234.50"
    assert Money("-0.001").show() == "£0.00"


@given(PENCE)
def test_what_is_shown_is_read_back(pence: int) -> None:
    amount = Money.from_pence(pence)
    assert amount.pence == pence
    assert parse_money(amount.show()) == amount
    assert parse_money(amount.plain()) == amount


@given(PENCE, st.integers(1, 50))
def test_shares_add_up(pence: int, parts: int) -> None:
    shares = Money.from_pence(pence).split(parts)
    assert sum(shares, ZERO).pence == pence
    assert max(shares) - min(shares) <= Money("0.01")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("£45", "45"),
        (" 45.5 ", "45.50"),
        ("1,234.50", "1234.50"),
        ("£ 1 234.50", "1234.50"),
        ("45p", "0.45"),
        ("-£5", "-5"),
        ("£-5", "-5"),
        ("(5.00)", "-5"),
        ("45.00 GBP", "45"),
        (".50", "0.5"),
    ],
)
def test_typed_amounts_are_read(text: str, amount: str) -> None:
    assert parse_money(text) == Money(amount)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "£",
        "1.234,50",
        "1,23",
        "12.345",
        "€5",
        "five",
        "4e2",
        "--5",
        "1" * 40,
        "5-",
        "(-5)",
        "-£-5",
        "1.5p",
        "٤٥",
    ],
)
def test_unclear_amounts_are_refused(text: str) -> None:
    with pytest.raises(UserError, match="not an amount"):
        parse_money(text)


def test_the_column_stores_pence_and_sums_exactly() -> None:
    table = Table("fee", MetaData(), Column("id", Integer, primary_key=True), Column("amount", MoneyType))
    engine = create_engine("sqlite://")
    with engine.begin() as db:
        table.create(db)
        db.execute(insert(table), [{"amount": Money("0.10")}] * 3 + [{"amount": None}])
        assert db.exec_driver_sql("select sum(amount) from fee").scalar() == 30
        assert db.scalar(select(func.sum(table.c.amount))) == Money("0.30")
        assert db.scalars(select(table.c.amount).order_by(table.c.id.desc())).first() is None
        assert db.scalar(select(func.count()).where(table.c.amount >= Money("0.10"))) == 3
        assert "= 10" in str(
            select(table.c.id)
            .where(table.c.amount == literal(Money("0.10"), MoneyType()))
            .compile(engine, compile_kwargs={"literal_binds": True})
        )
    engine.dispose()


def test_the_column_takes_nothing_but_money() -> None:
    with pytest.raises(TypeError, match="takes Money"):
        MoneyType().process_bind_param(10, None)  # type: ignore[arg-type]  # that is the test
