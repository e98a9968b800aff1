"""What is charged, at which price, in which words, and when it is late. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from therapydesk.api import Money, mark, tr

CAME = frozenset({"came", "came_late", "left_early"})
NEVER_CHARGED = frozenset({"own_time"})
WORDS = {
    "one_to_one": mark("Session, {n} minutes"),
    "together": mark("Session, {n} minutes"),
    "group": mark("Group session, {n} minutes"),
    "first_meeting": mark("First meeting, {n} minutes"),
    "review": mark("Review meeting, {n} minutes"),
    "consultation": mark("Consultation, {n} minutes"),
}
MISSED = mark("Missed session, {n} minutes")
REASONS = {
    "we_cancelled": mark("We cancelled, not charged"),
    "sent_apologies": mark("Chose not to come, not charged"),
    "no_word": mark("Did not come, not charged"),
    "nobody_came": mark("Nobody came, not charged"),
    "no_charge": mark("No charge agreed"),
    "by_hand": mark("Taken off, not charged"),
    "no_price": mark("No price yet"),
}


@dataclass(frozen=True)
class Price:
    """A price with what it is for; None and "" mean any."""

    amount: Money
    from_on: date
    to_on: date | None = None
    person_id: UUID | None = None
    organisation_id: UUID | None = None
    kind: str = ""
    minutes: int | None = None
    per: str = "person"

    def fits(self, session: Charged) -> bool:
        """Whether it is for this session on its day."""
        return (
            self.from_on <= session.on
            and (self.to_on is None or session.on <= self.to_on)
            and self.person_id in (None, session.person_id)
            and self.organisation_id in (None, session.organisation_id)
            and self.kind in ("", session.kind)
            and self.minutes in (None, session.minutes)
            and self.per == session.per
        )

    @property
    def exactness(self) -> tuple[bool, bool, bool, bool, date]:
        """The greater wins: person before payer, payer before kind, kind before length."""
        return (
            self.person_id is not None,
            self.organisation_id is not None,
            bool(self.kind),
            self.minutes is not None,
            self.from_on,
        )


@dataclass(frozen=True)
class Charged:
    """What a price is looked up for."""

    on: date
    kind: str
    minutes: int
    person_id: UUID | None = None
    organisation_id: UUID | None = None
    per: str = "person"


@dataclass(frozen=True)
class Decision:
    """Whether a session is charged, for how much, and the code of why not."""

    charged: bool
    each: Money
    reason: str = ""


@dataclass(frozen=True)
class Policy:
    """The practice's rule for people who did not come."""

    charge_apologies: bool = False
    charge_no_word: bool = False

    def reason_not_charged(self, state: str) -> str:
        """The code of why this attendance is not charged; empty when it is."""
        if state == "sent_apologies":
            return "" if self.charge_apologies else state
        if state == "no_word":
            return "" if self.charge_no_word else state
        return "" if state in CAME else "we_cancelled"


def find_price(prices: Iterable[Price], session: Charged) -> Money | None:
    """The most exact price in force on the day; None when there is none."""
    fitting = [price for price in prices if price.fits(session)]
    return max(fitting, key=lambda price: price.exactness).amount if fitting else None


def decide(prices: Iterable[Price], session: Charged, state: str, policy: Policy) -> Decision:
    """Whether and at what price an attendance is charged."""
    price = find_price(prices, session)
    why_not = policy.reason_not_charged(state)
    if why_not:
        return Decision(False, price or Money(), why_not)
    if price is None:
        return Decision(True, Money(), "no_price")
    return Decision(True, price) if price else Decision(False, price, "no_charge")


def group_state(states: Iterable[str]) -> str:
    """What became of a group that is paid for as a whole: it came when anybody did."""
    known = set(states)
    if known & CAME:
        return "came"
    return (
        "we_cancelled" if known <= {"we_cancelled"} else "no_word" if "no_word" in known else "sent_apologies"
    )


def line_words(kind: str, minutes: int, state: str = "came") -> str:
    """The words on the invoice: "Group session, 90 minutes"."""
    text = WORDS.get(kind, WORDS["one_to_one"]) if state in CAME else MISSED
    return tr(text).format(n=minutes)


def reason_words(code: str) -> str:
    """Why a session is not charged."""
    return tr(REASONS.get(code, code))


def method_titles() -> dict[str, str]:
    """How money comes in: code and words."""
    return {
        "transfer": tr("Bank transfer"),
        "card": tr("Card"),
        "cheque": tr("Cheque"),
        "cash": tr("Cash"),
    }


def per_titles() -> dict[str, str]:
    """What a price is for: code and words."""
    return {"person": tr("each person"), "session": tr("the whole session")}


def invoice_number(year: int, sequence: int) -> str:
    """ "2026-0147"."""
    return f"{year}-{sequence:04}"


def due_day(issued_on: date, days: int) -> date:
    """The day an invoice is to be paid by."""
    return issued_on + timedelta(days=days)


def invoice_state(total: Money, paid: Money, credited: Money | None = None) -> str:
    """issued, part_paid, paid, credited (nothing was or is to be paid), or overpaid (some is owed back)."""
    left = total - (credited or Money())
    if paid > left:
        return "overpaid"
    if paid == left:
        return "credited" if credited and not left else "paid"
    return "part_paid" if paid else "issued"
