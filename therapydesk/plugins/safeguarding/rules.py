"""The rules of safeguarding: clocks, the tests of the law, the chain of the record. No database, no clock."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

Unit = Literal["hours", "working_days", "days"]
Urgency = Literal["ok", "soon", "late"]
CLOSE_OF_DAY = time(17)  # ours: no source says when a working day ends
SOON = timedelta(hours=4)
SATURDAY = 5
START = "0" * 64
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")


# --- Clocks ---


def working_days_after(day: date, count: int, holidays: Collection[date]) -> date:
    """The `count`th working day after a day: Monday to Friday, no bank holidays."""
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < SATURDAY and day not in holidays
    return day


def due_at(
    start: datetime, amount: int, unit: Unit, holidays: Collection[date] = (), zone: str = "Europe/London"
) -> datetime:
    """When a clock that began at `start` (UTC) runs out, in UTC.

    Hours run through nights and weekends. So many working days end at five o'clock on the last of them, wall clock time;
    so many days at the same time of day. An amount of 0 is due at once.
    """
    if unit == "hours" or amount == 0:
        return start + timedelta(hours=amount)
    local = start.astimezone(ZoneInfo(zone))
    if unit == "days":
        return (local + timedelta(days=amount)).astimezone(UTC)
    last = working_days_after(local.date(), amount, holidays)
    return datetime.combine(last, CLOSE_OF_DAY, ZoneInfo(zone)).astimezone(UTC)


def urgency(due: datetime, at: datetime) -> Urgency:
    """How a clock is shown: late when it has run out, soon in its last four hours."""
    return "late" if at >= due else "soon" if due - at <= SOON else "ok"


def division(nation: str) -> str:
    """The division of GOV.UK's list of bank holidays that a nation belongs to."""
    bare = nation.strip().lower().replace("_", "-")
    return bare if bare in ("scotland", "northern-ireland") else "england-and-wales"


# --- The law's tests ---


def all_met(questions: Iterable[str], ticked: Collection[str]) -> bool:
    """Whether every part of a test is met, as the three parts of section 42 of the Care Act 2014 must all be."""
    asked = list(questions)
    return bool(asked) and all(each in ticked for each in asked)


def child_on(born_on: date | None, day: date) -> bool | None:
    """Whether somebody is under 18 on a day; None when the date of birth is not known."""
    if born_on is None:
        return None
    return (day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))) < 18


# --- What was said ---


@dataclass(frozen=True)
class Words:
    """A piece of text; `spoken` when it stands in quotation marks, so is somebody's own words."""

    text: str
    spoken: bool


def split_words(text: str) -> tuple[Words, ...]:
    """A text in pieces, those in quotation marks apart from the rest, in their order."""
    found, at = list[Words](), 0
    for match in QUOTED.finditer(text):
        found += [Words(text[at : match.start()], False), Words(match.group(), True)]
        at = match.end()
    found.append(Words(text[at:], False))
    return tuple(Words(w.text.strip(), w.spoken) for w in found if w.text.strip(" \n\t,;"))


LETTER_HEADS = ("about", "wants", "where", "done")


def read_letter(text: str) -> dict[str, str]:
    """A plain text in its parts: after a line that begins with "About:", "Wants:", "Where:" or "Done:" comes that part.

    What stands before the first such line, or under "Seen:", is what was seen, heard or told (`seen`).
    """
    parts: dict[str, list[str]] = {"seen": []}
    part = "seen"
    for line in text.splitlines():
        head, colon, rest = line.partition(":")
        if colon and head.strip().lower() in (*LETTER_HEADS, "seen"):
            part, line = head.strip().lower(), rest.strip()
        parts.setdefault(part, []).append(line)
    return {name: "\n".join(lines).strip() for name, lines in parts.items()}


# --- The chain ---

CHAINED = (
    "id",
    "concern_id",
    "seq",
    "kind",
    "happened_on",
    "happened_time",
    "exact",
    "at",
    "by",
    "author",
    "role",
    "says",
    "text",
    "impact",
    "done",
    "warning",
    "detail",
    "about_id",
)


@dataclass(frozen=True)
class Break:
    """Where a record does not hold together: the number of the entry (from 1) and a code: changed, missing, moved."""

    seq: int
    why: Literal["changed", "missing", "moved"]


def entry_hash(prev: str, values: Mapping[str, Any]) -> str:
    """SHA-256 over the hash of the entry before and everything that an entry says."""
    body = json.dumps({name: _plain(values[name]) for name in CHAINED}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(prev.encode() + body.encode()).hexdigest()


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)


def find_break(rows: Sequence[Mapping[str, Any]], count: int, head: str) -> Break | None:
    """The first entry of a record that was changed, cut out or put elsewhere; None when it is whole.

    `rows` are in their order; `count` and `head` say how many there are and what the last hash is.
    """
    prev = START
    for number, row in enumerate(rows, 1):
        if row["seq"] != number:
            return Break(number, "missing")
        if row["prev"] != prev:
            return Break(number, "moved")
        if entry_hash(prev, row) != row["hash"]:
            return Break(number, "changed")
        prev = row["hash"]
    if len(rows) < count:
        return Break(len(rows) + 1, "missing")
    return Break(max(len(rows), 1), "moved") if prev != (head or START) else None


def record_check(heads: Iterable[str]) -> str:
    """Twelve letters and figures that stand for whole records, in three groups: "7F2C 91A0 44DE"."""
    joined = hashlib.sha256("".join(sorted(heads)).encode()).hexdigest().upper()
    return " ".join((joined[:4], joined[4:8], joined[8:12]))
