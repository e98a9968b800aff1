"""What counts as held, due and expired, who needs what, and how hours add up. No database, no clock."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any, Literal

from therapydesk.api import UserError, add_months, role_title, tr

DUE_DAYS = 60
PRACTICE, NAVIGATOR = "practice", "peer_navigator"
Standing = Literal["held", "due", "expired", "missing", "past", ""]  # past: renewed since


@dataclass(frozen=True)
class Kind:
    """A clearance or training. `needed_by`: roles, places, "all" or "practice"; `months` None: no usual end; `covers`:
    kinds that nobody needs who holds this one.
    """

    id: str
    title: str
    short: str
    group: Literal["clearance", "training"]
    months: int | None
    needed_by: frozenset[str]
    sure: bool
    says: str
    source: str
    covers: frozenset[str] = frozenset()

    def needed(self, roles: Iterable[str]) -> bool:
        """Whether somebody with these roles and places needs it."""
        return "all" in self.needed_by or not self.needed_by.isdisjoint(roles)

    def usual_end(self, held_on: date) -> date | None:
        """The last day it usually counts."""
        return add_months(held_on, self.months) - timedelta(days=1) if self.months else None

    def advice(self) -> str:
        """What is known of it; marked when it was not checked."""
        return self.says if self.sure else tr("{sentence} (Not checked.)").format(sentence=self.says)


@cache
def _data() -> dict[str, Any]:
    text = resources.files("therapydesk_team").joinpath("kinds.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


@cache
def kinds() -> dict[str, Kind]:
    """All clearances and trainings by id, in the order of the file."""
    return {
        k["id"]: Kind(
            k["id"], tr(k["title"]), tr(k["short"]), k["group"], k["months"], frozenset(k["for"]), k["sure"],
            tr(k["says"]), k["source"], frozenset(k.get("covers", ())),
        )
        for k in _data()["credentials"]
    }  # fmt: skip


def hour_kinds() -> list[tuple[str, str]]:
    """Kinds of hours: id and title."""
    return [(h["id"], tr(h["title"])) for h in _data()["hours"]]


def totals() -> list[tuple[str, str]]:
    """What hours are summed up as: id and title."""
    return [(t["id"], tr(t["title"])) for t in _data()["totals"]]


def places() -> list[tuple[str, str]]:
    """What somebody may be here without, or beside, a role: id and title."""
    return [(p["id"], tr(p["title"])) for p in _data()["places"]]


def counts_as(hour_kind: str) -> str:
    """The total that a kind of hours belongs to, or ""."""
    return next((str(h["counts_as"]) for h in _data()["hours"] if h["id"] == hour_kind), "")


def role_words(roles: Iterable[str]) -> str:
    """Roles and places in words."""
    known = dict(places())
    return ", ".join(known.get(role) or role_title(role) for role in roles)


def standing(ends_on: date | None, *, held: bool, needed: bool, today: date) -> Standing:
    """Where one stands with a kind. `ends_on` is the last day that counts; due is within 60 days of it."""
    if not held:
        return "missing" if needed else ""
    if ends_on is None or ends_on > today + timedelta(days=DUE_DAYS):
        return "held"
    return "due" if ends_on >= today else "expired"


def sum_hours(entries: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Minutes by total, from pairs of kind and minutes."""
    found = {total: 0 for total, _title in totals()}
    for kind, minutes in entries:
        total = counts_as(kind)
        if total:
            found[total] += minutes
    return found


def in_hours(minutes: int) -> str:
    """ "1 h 30 min", "45 min", "0 min"."""
    hours, rest = divmod(minutes, 60)
    parts = [tr("{n} h").format(n=hours)] if hours else []
    if rest or not hours:
        parts.append(tr("{n} min").format(n=rest))
    return " ".join(parts)


def parse_minutes(text: str) -> int:
    """ "1.5", "1:30", "1 h 30 min", "90 min" as minutes; a bare number is hours. Raises UserError."""
    clean = text.casefold().replace("min", "m").replace("hours", "h").replace("hour", "h").replace(" ", "")
    hours, mark, rest = clean.partition(":") if ":" in clean else clean.partition("h")
    if not mark and hours.endswith("m"):
        hours, rest = "0", hours
    try:
        minutes = round(float(hours or "0") * 60) + int(rest.removesuffix("m") or "0")
    except (ValueError, OverflowError):
        minutes = -1
    if not 0 <= minutes <= 24 * 60:
        raise UserError(
            tr("That is not a time of up to a day."), tr("Write hours, such as 1.5, 1:30 or 45 min.")
        )
    return minutes


def words_of(text: str) -> list[str]:
    """A list as people type it: "piano, guitar; Makaton"."""
    parts = [" ".join(p.split()) for p in text.replace(";", ",").replace("\n", ",").split(",")]
    return list(dict.fromkeys(p for p in parts if p))


def worst(states: Sequence[Standing]) -> Standing:
    """The state that asks for most: expired, missing, due, held."""
    order: tuple[Standing, ...] = ("expired", "missing", "due", "held")
    return next((s for s in order if s in states), "")
