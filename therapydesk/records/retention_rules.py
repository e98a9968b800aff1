"""How long each class of a person's record is kept: rules from retention_rules.csv, applied to a person's dates.

No database and no clock. Each rule has its source and whether that was seen (security §10; NHS Records Management Code of
Practice). The times are the shortest: at their end people look at the record, and decide.
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Literal

from therapydesk.core.dates import age
from therapydesk.core.words import tr

Kind = Literal["general", "mental_health"]
CLASSES = ("clinical", "safeguarding", "financial", "contact")
ADULT = 18
TAX_YEAR_ENDS = (4, 5)  # of the month and day: the UK tax year ends on 5 April


def class_words(keep: str) -> str:
    """A retention class as it is called on screen."""
    words = {
        "clinical": tr("Care record"),
        "safeguarding": tr("Safeguarding"),
        "financial": tr("Money"),
        "contact": tr("Name and contact"),
    }
    return words.get(keep, keep)


@dataclass(frozen=True)
class Rule:
    """A line of the data file. `years` is 0 where no number is given; `confirmed`: its source was seen."""

    code: str
    keep: str
    years: int
    words: str
    source: str
    confirmed: bool


@dataclass(frozen=True)
class Dates:
    """What the clocks of a person are counted from. `last_contact`: the last session, or the end of support if later;
    `last_money`: the last invoice, payment or price; `open`: support is open or sessions are booked.
    """

    born_on: date | None
    died_on: date | None
    last_contact: date | None
    last_money: date | None
    open: bool = False


@dataclass(frozen=True)
class Due:
    """When a class of a record may be destroyed. Without `due_on` it is held, and `why` says so in a sentence."""

    keep: str
    rule: str
    counted_from: date | None
    due_on: date | None
    why: str = ""


@functools.cache
def rules() -> dict[str, Rule]:
    """Every rule, by code."""
    text = resources.files("therapydesk.records").joinpath("data", "retention_rules.csv").read_text("utf-8")
    return {
        row["code"]: Rule(
            row["code"],
            row["keep"],
            int(row["years"] or 0),
            row["words"],
            row["source"],
            row["mark"] == "confirmed",
        )
        for row in csv.DictReader(text.splitlines())
    }


def add_years(d: date, years: int) -> date:
    """The same day years on; 29 February becomes 1 March, so that nothing is destroyed a day early."""
    try:
        return d.replace(year=d.year + years)
    except ValueError:
        return date(d.year + years, 3, 1)


def tax_year_end(d: date) -> date:
    """The 5 April that ends the UK tax year of a day."""
    end = date(d.year, *TAX_YEAR_ENDS)
    return end if d <= end else end.replace(year=d.year + 1)


def clinical_due(dates: Dates, kind: Kind) -> Due:
    """When the care record may be destroyed; held while support is open, or while it cannot be told which rule holds."""
    if dates.open:
        return _held("clinical", "adult", tr("Their support is open."))
    if dates.last_contact is None:
        return _held("clinical", "adult", tr("No contact is recorded, so no clock runs."))
    if dates.born_on is None:
        why = tr("No date of birth: it cannot be told whether the longer time for children holds.")
        return Due("clinical", "adult", dates.last_contact, None, why)
    longest = max(_candidates(dates, dates.last_contact, dates.born_on, kind), key=lambda due: due[1])
    rule, due_on, counted_from = longest
    return Due("clinical", rule, counted_from, due_on)


def _candidates(dates: Dates, last: date, born: date, kind: Kind) -> list[tuple[str, date, date]]:
    """Every rule that holds, as (rule, due, counted from); the latest is taken."""
    found = []
    at_end = age(born, last)
    if at_end < ADULT:
        code = "child_17" if at_end == ADULT - 1 else "child"
        found.append((code, add_years(born, rules()[code].years), born))
    elif kind == "general":
        found.append(("adult", add_years(last, rules()["adult"].years), last))
    if kind == "mental_health":
        found.append(("mental_health", add_years(last, rules()["mental_health"].years), last))
        if dates.died_on is not None:
            years = rules()["mental_health_died"].years
            found.append(("mental_health_died", add_years(dates.died_on, years), dates.died_on))
    return found


def financial_due(dates: Dates) -> Due | None:
    """When money records may be destroyed; None when there are none."""
    if dates.last_money is None:
        return None
    end = tax_year_end(dates.last_money)
    return Due("financial", "financial", end, add_years(end, rules()["financial"].years))


def contact_due(others: list[Due]) -> Due:
    """Name and contact go last: when everything else may."""
    days = [due.due_on for due in others if due.due_on is not None]
    if len(days) < len(others) or not days:
        return _held("contact", "contact", tr("Something else of them is kept."))
    return Due("contact", "contact", max(days), max(days))


def safeguarding_due() -> Due:
    """Never by a clock."""
    return _held("safeguarding", "safeguarding", tr("A safeguarding lead decides, not a clock."))


def _held(keep: str, rule: str, why: str) -> Due:
    return Due(keep, rule, None, None, why)


def all_due(dates: Dates, kind: Kind, *, safeguarding: bool = False) -> list[Due]:
    """Every class of a person's record. `safeguarding`: something is held there."""
    found = [clinical_due(dates, kind)]
    money = financial_due(dates)
    found += [money] if money is not None else []
    found += [safeguarding_due()] if safeguarding else []
    return [*found, contact_due(found)]
