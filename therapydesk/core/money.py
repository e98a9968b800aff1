"""Money: exact pence, never a float (architecture §2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Dialect, TypeDecorator

from therapydesk.core.errors import UserError
from therapydesk.core.words import tr

PENNY = Decimal("0.01")
LIMIT = Decimal("1000000000000")
MINUS = "\N{MINUS SIGN}"


def _exact(value: object) -> Decimal:
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
        raise TypeError(f"money is made from text, whole numbers or Decimal, not {type(value).__name__}")
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise ValueError("not an amount of money") from None
    if not amount.is_finite() or abs(amount) >= LIMIT:
        raise ValueError("not an amount of money")
    return amount.quantize(PENNY, rounding=ROUND_HALF_UP) + 0  # + 0 turns -0.00 into 0.00


@dataclass(frozen=True, order=True, init=False)
class Money:
    """An amount in pounds, exact to the penny; halves of a penny are rounded away from zero."""

    amount: Decimal

    def __init__(self, amount: str | int | Decimal | Money = 0) -> None:
        object.__setattr__(self, "amount", _exact(amount))

    @classmethod
    @lru_cache(4096, typed=True)  # a list of thousands has few different prices
    def from_pence(cls, pence: int) -> Money:
        """The amount of a whole number of pence."""
        if isinstance(pence, bool) or not isinstance(pence, int):
            raise TypeError(f"pence are a whole number, not {type(pence).__name__}")
        return cls(Decimal(pence).scaleb(-2))

    @property
    def pence(self) -> int:
        """The amount in whole pence, as it is stored."""
        return int(self.amount.scaleb(2))

    def show(self, *, symbol: bool = True) -> str:
        """The amount as people write it: £1,234.50; without the sign in columns that have it in the head."""
        text = f"{'£' if symbol else ''}{abs(self.amount):,.2f}"
        return MINUS + text if self.amount < 0 else text

    def plain(self) -> str:
        """The amount for files that a machine reads: -1234.50."""
        return f"{self.amount:.2f}"

    def split(self, parts: int) -> list[Money]:
        """The amount in `parts` shares that differ by a penny at most and add up to it exactly."""
        if parts < 1:
            raise ValueError("an amount is split into one part or more")
        sign = -1 if self.amount < 0 else 1
        each, left = divmod(abs(self.pence), parts)
        return [Money.from_pence(sign * (each + (1 if n < left else 0))) for n in range(parts)]

    def __str__(self) -> str:
        return self.show()

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __neg__(self) -> Money:
        return Money(-self.amount)

    def __abs__(self) -> Money:
        return Money(abs(self.amount))

    def __add__(self, other: Money) -> Money:
        return _of_pence(self.amount + other.amount) if isinstance(other, Money) else NotImplemented

    def __radd__(self, other: object) -> Money:
        # sum() starts from the number 0; no other number may be added to money.
        return self if type(other) is int and other == 0 else NotImplemented

    def __sub__(self, other: Money) -> Money:
        return _of_pence(self.amount - other.amount) if isinstance(other, Money) else NotImplemented

    def __mul__(self, times: int | Decimal) -> Money:
        if isinstance(times, bool | float):
            raise TypeError("money is multiplied by whole numbers or Decimal, never by a float")
        return Money(self.amount * times) if isinstance(times, int | Decimal) else NotImplemented

    __rmul__ = __mul__


ZERO = Money(0)
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?|\.\d{1,2}"
_AMOUNT = re.compile(rf"(?P<minus>-)?(?:£|gbp)?(?P<inner>-)?(?P<number>{_NUMBER})(?P<pence>p)?(?:gbp)?")


def parse_money(text: str) -> Money:
    """The amount typed by a person: "£45", "1,234.50", "45p", "-£5", "(5.00)". Raises UserError."""
    bare = re.sub(r"\s+", "", text).replace(MINUS, "-").casefold()
    bracketed = bare.startswith("(") and bare.endswith(")")
    found = _AMOUNT.fullmatch(bare[1:-1] if bracketed else bare)
    signs = bracketed + (found is not None and sum(found[part] is not None for part in ("minus", "inner")))
    number = found["number"].replace(",", "") if found and found["number"].isascii() else ""
    if found is None or not number or len(number) > 12 or signs > 1 or (found["pence"] and "." in number):
        raise UserError(
            tr("“{text}” is not an amount of money.").format(text=text.strip()[:40]),
            tr("Write it like 45, 45.50 or £1,234.50."),
        )
    amount = Money.from_pence(int(number)) if found["pence"] else Money(number)
    return -amount if signs else amount


def _of_pence(amount: Decimal) -> Money:
    """The sum of two amounts is exact already: thousands are added up where drafts are shown."""
    if abs(amount) >= LIMIT:
        raise ValueError("not an amount of money")
    made = object.__new__(Money)
    object.__setattr__(made, "amount", amount)
    return made


class MoneyType(TypeDecorator[Money]):
    """A column of money, stored as whole pence so that sums in the database are exact."""

    impl = BigInteger
    cache_ok = True

    @property
    def python_type(self) -> type[Any]:
        return Money

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:
        if value is not None and not isinstance(value, Money):
            raise TypeError(f"a money column takes Money, not {type(value).__name__}")
        return None if value is None else value.pence

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Money | None:
        return None if value is None else Money.from_pence(int(value))

    def process_literal_param(self, value: Money | None, dialect: Dialect) -> str:
        return "NULL" if value is None else str(value.pence)
