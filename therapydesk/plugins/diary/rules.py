"""Reading the add line: "tue 2pm Carys 45", "thu 2pm Kit in Music room 45 weekly x6". No database, no clock.

Words are taken away one kind at a time, each leaving a gap so that nothing grows together; what is left is a
name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from therapydesk.api import UserError, normal_name, parse_day, parse_time

GAP = " | "
_NUMBERS = {"two": 2, "three": 3, "four": 4, "six": 6, "eight": 8, "ten": 10, "twelve": 12}
_N = r"(?:\d{1,3}|" + "|".join(_NUMBERS) + ")"
_EVERY = re.compile(
    rf"\bevery ({_N}|other|second) weeks?\b|\b(weekly|every week|each week|fortnightly|monthly)\b", re.I
)
_COUNT = re.compile(
    rf"(?:\bx ?({_N})\b|\b({_N}) ?(?:times|sessions)\b|\bfor ({_N}) weeks\b|\b({_N})x\b)", re.I
)
_UNTIL = re.compile(r"\b(?:until|till|to) ((?:[a-z]+ )?\d{1,2}[ /.\-][a-z0-9]+(?:[ /.\-]\d{2,4})?)\b", re.I)
_LASTS = re.compile(
    r"\b(?:for )?(\d{1,3}) ?(?:m|min|mins|minutes)\b"
    r"|\b(?:for )?(\d)(?:(\.5)| ?½)? ?(?:h|hr|hrs|hour|hours)\b",
    re.I,
)
_HOUR = r"\d{1,2}(?:[:.]\d{2})? ?(?:[ap]\.?m\.?)?"
_RANGE = re.compile(rf"\b({_HOUR}) ?(?:-|–|to|until|till) ?({_HOUR})(?![\d/])", re.I)
_CLOCK = re.compile(
    r"\b(?:at )?(\d{1,2}[:.]\d{2} ?(?:[ap]\.?m\b\.?)?|\d{1,2} ?[ap]\.?m\b\.?|noon|midday)", re.I
)
_SPOKEN = re.compile(
    r"\b(?:at )?((?:half|quarter|five|ten|twenty) (?:past |to )?(?:\d{1,2}|[a-z]+)(?: ?[ap]m)?)\b", re.I
)
_AT_HOUR = re.compile(r"\bat (\d{1,2})\b(?! ?[/:.])", re.I)
_DAY_WORDS = frozenset(
    [
        "mon",
        "monday",
        "tue",
        "tues",
        "tuesday",
        "wed",
        "weds",
        "wednesday",
        "thu",
        "thur",
        "thurs",
        "thursday",
        "fri",
        "friday",
        "sat",
        "saturday",
        "sun",
        "sunday",
        "today",
        "tomorrow",
        "next",
        "this",
        "on",
        "week",
        "a",
        "in",
        "day",
        "days",
        "weeks",
        "jan",
        "january",
        "feb",
        "february",
        "mar",
        "march",
        "apr",
        "april",
        "may",
        "jun",
        "june",
        "jul",
        "july",
        "aug",
        "august",
        "sep",
        "sept",
        "september",
        "oct",
        "october",
        "nov",
        "november",
        "dec",
        "december",
        "fortnight",
        "coming",
        "the",
    ]
)
_DAY_NUMBER = re.compile(
    r"\d{1,2}(?:st|nd|rd|th)?|\d{4}|\d{1,2}[/.\-]\d{1,2}(?:[/.\-]\d{2,4})?|\d{4}-\d{2}-\d{2}", re.I
)
_KINDS = (
    ("first_meeting", re.compile(r"\bfirst meeting\b", re.I)),
    ("own_time", re.compile(r"\bown time\b", re.I)),
    ("review", re.compile(r"\breview\b", re.I)),
    ("consultation", re.compile(r"\bconsultation\b", re.I)),
    ("group", re.compile(r"\bgroup\b", re.I)),
)


@dataclass(frozen=True)
class Line:
    """What a line says.

    None or empty: it does not say. `names` are the people as typed, `left` what made no sense.
    """

    day: date | None = None
    at: time | None = None
    minutes: int | None = None
    names: tuple[str, ...] = ()
    room: str = ""
    place: str = ""
    with_whom: str = ""
    kind: str = ""
    weeks: int = 1
    every_weeks: int = 1
    until: date | None = None

    @property
    def starts_at(self) -> datetime | None:
        """When, if day and time are both said."""
        return datetime.combine(self.day, self.at) if self.day is not None and self.at is not None else None


def read_line(text: str, today: date, rooms: Sequence[str] = (), therapists: Sequence[str] = ()) -> Line:
    """What the line says. `rooms` and `therapists` are the names that are looked for. Never raises."""
    rest = " ".join(text.split())
    rest, room = _take_name(rest, rooms, r"(?:in|at|@) (?:the )?", bare=True)
    rest, whom = _take_name(rest, therapists, r"with ", bare=False)
    rest, every = _take_every(rest)
    rest, count = _take_count(rest)
    rest, until = _take_until(rest, today)
    rest, at, minutes = _take_range(rest)
    rest, lasts = _take_minutes(rest)
    rest, clock = (rest, at) if at is not None else _take_clock(rest)
    rest, day = _take_day(rest, today)
    rest, kind = _take_kind(rest)
    rest, place = _take_place(rest)
    rest, clock, number = _take_numbers(rest, clock)
    weeks = count or (_weeks_until(day, until, every or 1) if day and until else 1)
    return Line(
        day=day,
        at=clock,
        minutes=minutes or lasts or number,
        names=_names(rest),
        room=room,
        place=place,
        with_whom=whom,
        kind=kind,
        weeks=max(1, weeks),
        every_weeks=every or 1,
        until=until,
    )


def _number(word: str) -> int:
    return _NUMBERS[word.lower()] if word.lower() in _NUMBERS else int(word)


def _cut(text: str, found: re.Match[str]) -> str:
    return text[: found.start()] + GAP + text[found.end() :]


def _take_name(text: str, names: Sequence[str], before: str, *, bare: bool) -> tuple[str, str]:
    """A name out of a list, the longest first, with its preposition; `bare`: or without one."""
    for name in sorted(names, key=len, reverse=True):
        words = re.escape(name).replace(r"\ ", r"\s+")
        shorter = "" if bare else "|" + re.escape(name.split()[0])
        front = f"(?:{before})?" if bare else before
        found = re.search(rf"\b{front}(?:{words}{shorter})(?!\w)", text, re.I)
        if found:
            return _cut(text, found), name
    return text, ""


def _take_every(text: str) -> tuple[str, int | None]:
    found = _EVERY.search(text)
    if not found:
        return text, None
    word = (found[1] or found[2]).lower()
    fixed = {"other": 2, "second": 2, "fortnightly": 2, "monthly": 4}
    every = fixed.get(word) or (_number(word) if found[1] else 1)
    return _cut(text, found), every


def _take_count(text: str) -> tuple[str, int | None]:
    found = _COUNT.search(text)
    count = _number(next(g for g in found.groups() if g)) if found else 0
    return (_cut(text, found), count) if found and count else (text, None)


def _take_until(text: str, today: date) -> tuple[str, date | None]:
    found = _UNTIL.search(text)
    if found:
        try:
            return _cut(text, found), parse_day(found[1], base=today, future=True, guess=False)
        except UserError:
            return text, None
    return text, None


def _weeks_until(day: date, until: date, every: int) -> int:
    return max(0, (until - day).days) // (7 * every) + 1


def _take_range(text: str) -> tuple[str, time | None, int | None]:
    found = _RANGE.search(text)
    if not found:
        return text, None, None
    first, second = found[1].strip(), found[2].strip()
    half = re.search(r"[ap]\.?m", second, re.I)
    if half and not re.search(r"[ap]\.?m|[:.]", first, re.I):
        first += half[0]
    try:
        start, end = parse_time(first), parse_time(second)
    except UserError:
        return text, None, None
    minutes = (end.hour - start.hour) * 60 + end.minute - start.minute
    if minutes <= 0 or not re.search(r"[:.]|[ap]\.?m", found[0], re.I):
        return text, None, None
    return _cut(text, found), start, minutes


def _take_minutes(text: str) -> tuple[str, int | None]:
    found = _LASTS.search(text)
    if not found:
        return text, None
    minutes = int(found[1]) if found[1] else int(found[2]) * 60 + (30 if found[3] or "½" in found[0] else 0)
    return _cut(text, found), minutes


def _take_clock(text: str) -> tuple[str, time | None]:
    for pattern in (_CLOCK, _SPOKEN, _AT_HOUR):
        for found in pattern.finditer(text):
            try:
                return _cut(text, found), parse_time(found[1])
            except UserError:
                continue
    return text, None


def _take_day(text: str, today: date) -> tuple[str, date | None]:
    """The earliest and longest run of day words that is a day."""
    words = list(re.finditer(r"\S+", text))
    for first in range(len(words)):
        run = first
        while run < len(words) and run - first < 5 and _is_day_word(words[run][0]):
            run += 1
        for last in range(run, first, -1):
            span = text[words[first].start() : words[last - 1].end()]
            if (
                re.fullmatch(
                    r"\d{1,3}|a|in|on|the|may|mar|march|jun|june|april|sun|jan", span.strip(",").lower()
                )
                and span.lower() != "sun"
            ):
                continue  # a bare number, or a word that may as well be a name
            try:
                day = parse_day(span.strip(","), base=today, future=True, guess=False)
            except UserError:
                continue
            return text[: words[first].start()] + GAP + text[words[last - 1].end() :], day
    return text, None


def _is_day_word(word: str) -> bool:
    bare = word.strip(",.").lower()
    return bare in _DAY_WORDS or bool(_DAY_NUMBER.fullmatch(bare))


def _take_kind(text: str) -> tuple[str, str]:
    for kind, pattern in _KINDS:
        found = pattern.search(text)
        if found:
            return (text if kind == "group" else _cut(text, found)), kind
    return text, ""


def _take_place(text: str) -> tuple[str, str]:
    found = re.search(r"(?:^|\s)(?:at|in|@) (?:the )?([^|]+)", text, re.I)
    if not found:
        return text, ""
    words = found[1].strip()
    number = re.search(r"\s\d{2,3}$", words)
    kept = ""
    if number:
        words, kept = words[: number.start()].strip(), number[0]
    return text[: found.start()] + GAP + kept + GAP + text[found.end() :], words


def _take_numbers(text: str, clock: time | None) -> tuple[str, time | None, int | None]:
    """Bare numbers: one that can be an hour is the time, if there is none yet; another is the length.

    Numbers of a time that cannot be, such as 25:00, are left to stand with the names, which nobody will have.
    """
    minutes = None
    for found in list(re.finditer(r"(?<![\w/:.])\d{1,3}(?![\w/]|[:.]\d)", text)):
        number = int(found[0])
        if clock is None and number <= 23:
            clock = parse_time(found[0])
        elif minutes is None and number >= 5:
            minutes = number
        else:
            continue
        text = text[: found.start()] + "|" + " " * (len(found[0]) - 1) + text[found.end() :]
    return text, clock, minutes


def _names(text: str) -> tuple[str, ...]:
    parts = re.split(r"\||,|&|\+|\band\b|\ba'r\b|\ba\b(?= [A-Z])", text)
    cleaned = (re.sub(r"^(?:with|for|see|session|book)\s+", "", p.strip(" -–.;"), flags=re.I) for p in parts)
    return tuple(
        c for c in cleaned if c and normal_name(c) and c.lower() not in ("with", "for", "at", "in", "on")
    )


def name_fits(typed: str, full_name: str, preferred_name: str) -> int:
    """How well a typed name fits a person.

    4 the whole name, 3 the first name, 2 other whole words, 1 a beginning, 0 not.
    """
    wanted = normal_name(typed)
    full, preferred = normal_name(full_name), normal_name(preferred_name)
    if wanted in (full, preferred):
        return 4
    words = wanted.split()
    there = [*preferred.split(), *full.split()]
    if words and all(w in there for w in words):
        return 3 if words[0] in (full.split()[:1] + preferred.split()[:1]) else 2
    if words and all(any(t.startswith(w) for t in there) for w in words):
        return 1
    return 0
