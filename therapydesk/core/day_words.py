"""Reading days and times that people typed; `dates` is the door to it and the clock.

Our own strict pass comes first. Only what it does not know goes to dateparser, whose answer is then checked,
because it would rather guess than say no.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, time, timedelta

from therapydesk.core.errors import UserError
from therapydesk.core.words import tr

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WELSH_MONTHS = (
    *("ionawr", "chwefror", "mawrth", "ebrill", "mai", "mehefin"),
    *("gorffennaf", "awst", "medi", "hydref", "tachwedd", "rhagfyr"),
)
_COUNT = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_NUMBERS = {w: n for n, w in enumerate(_COUNT)} | {"a": 1, "an": 1}
_SHORTEST = 1895  # nobody alive was born before, and no record of a practice is older

_D = r"(?P<d>\d{1,2})(?:st|nd|rd|th|af|ain|eg|ed)?"
_WEEKDAY = r"(?:(?P<w>[a-z]{3,9})\.?,? +)?"
_YEAR = r"(?P<y>\d{4}|'?\d{2})"
_ISO = re.compile(r"(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})(?:[t ]\d{1,2}:\d{2}\S*)?")
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})")
_NUMERIC = re.compile(
    _WEEKDAY + r"(?P<d>\d{1,2})( ?[-/.] ?| )(?P<m>\d{1,2})(?:\.|(?:\3|-|/|\.| )" + _YEAR + r")?"
)
_NAMED = re.compile(_WEEKDAY + _D + r"[ \-/.]*(?:of )?(?P<m>[a-z]{3,10})\.?(?:,?[ \-/.]*" + _YEAR + ")?")
_MONTH_FIRST = re.compile(_WEEKDAY + r"(?P<m>[a-z]{3,10})\.? +" + _D + r"(?:,? +(?P<y>\d{4}))?")
_MIDNIGHT = re.compile(r" 0{1,2}:00(?::00(?:\.0+)?)?$")
_PLAIN_WORDS = {
    "today": 0, "tomorrow": 1, "tomorow": 1, "yesterday": -1, "tonight": 0, "now": 0,
    "heddiw": 0, "yfory": 1, "ddoe": -1, "day after tomorrow": 2, "day before yesterday": -2,
}  # fmt: skip
_AWAY = re.compile(
    r"(?:in )?(?P<n>\d{1,3}|[a-z]+) (?P<u>day|week|fortnight|month|year)s?"
    r"(?P<t> ago| time| from today| from now| today)?"
)
_WEEK_AFTER = re.compile(r"(?:a )?(?:week (?:on )?(?P<a>[a-z]+)|(?P<b>[a-z]+) week)")


def add_months(d: date, months: int) -> date:
    """The same day some months on, or the last of a shorter month."""
    year, month = divmod(d.year * 12 + d.month - 1 + months, 12)
    return date(year, month + 1, min(d.day, calendar.monthrange(year, month + 1)[1]))


def _unclear(text: str, why: str = "") -> UserError:
    return UserError(
        why or tr("“{text}” is not a day that can be read.").format(text=text.strip()[:40]),
        tr("Write it day first, like 24/11/2026 or 24 Nov, or say “next tue”."),
    )


def _month_number(word: str) -> int | None:
    for names in (_MONTHS, _WELSH_MONTHS):
        for number, name in enumerate(names, start=1):
            if name == word or (len(word) >= 3 and name.startswith(word)) or (word == "sept" and number == 9):
                return number
    return None


def _weekday_number(word: str) -> int | None:
    for number, name in enumerate(_DAYS):
        if len(word) >= 3 and name.startswith(word):
            return number
    return 1 if word == "tues" else 3 if word in ("thur", "thurs") else None


def _full_year(typed: str, base: date, future: bool | None) -> int:
    digits = typed.removeprefix("'")
    if len(digits) == 4:
        return int(digits)
    century = base.year - base.year % 100
    low = base.year - 50 if future is None else base.year if future else base.year - 99
    return next(
        year for year in (century + int(digits) + step for step in (-100, 0, 100)) if low <= year < low + 100
    )


def _real(year: int, month: int, day: int, text: str) -> date:
    if not 1 <= month <= 12 and 1 <= day <= 12 and 1 <= month <= 31:
        swapped = f"{month}/{day}/{year}"
        raise _unclear(
            text,
            tr("There is no month {month}. Days come first: did you mean {day}?").format(
                month=month, day=swapped
            ),
        )
    try:
        found = date(year, month, day)
    except ValueError:
        raise _unclear(text, tr("There is no such day as “{text}”.").format(text=text.strip()[:40])) from None
    if not _SHORTEST <= found.year <= 2199:
        raise _unclear(text, tr("The year {year} cannot be right.").format(year=year))
    return found


def _without_year(day: int, month: int, base: date, future: bool | None, text: str) -> date:
    if (day, month) == (29, 2):
        years = [year for year in range(base.year - 8, base.year + 9) if calendar.isleap(year)]
    else:
        years = [base.year - 1, base.year, base.year + 1]
    days = [_real(year, month, day, text) for year in years]
    if future is None:
        return min(days, key=lambda d: abs((d - base).days))
    return min(d for d in days if d >= base) if future else max(d for d in days if d <= base)


def _strict(text: str, bare: str, base: date, future: bool | None) -> date | None:
    found = _ISO.fullmatch(bare) or _COMPACT.fullmatch(bare) or _NUMERIC.fullmatch(bare)
    found = found or _NAMED.fullmatch(bare) or _MONTH_FIRST.fullmatch(bare)
    if found is None:
        return None
    parts = found.groupdict()
    month = int(parts["m"]) if parts["m"].isdigit() else _month_number(parts["m"])
    word = parts.get("w")
    weekday = _weekday_number(word) if word else None
    if month is None or (word and weekday is None):
        return None
    day = int(parts["d"])
    if parts["y"]:
        result = _real(_full_year(parts["y"], base, future), month, day, text)
    else:
        result = _without_year(day, month, base, future, text)
    if weekday is not None and result.weekday() != weekday:
        raise _unclear(text, tr("{day}.{month}.{year} is not a {weekday}.").format(
            day=day, month=month, year=result.year, weekday=_DAYS[weekday].capitalize()))  # fmt: skip
    return result


def _by_weekday(bare: str, base: date, future: bool | None) -> date | None:
    how, _, word = bare.rpartition(" ")
    weekday = _weekday_number(word)
    if weekday is None or how not in ("", "on", "this", "coming", "this coming", "next", "last"):
        return None
    ahead = (weekday - base.weekday()) % 7
    if how == "next":  # the one in next week, Monday to Sunday: on a Monday as on a Friday what people mean
        return base + timedelta(days=7 - base.weekday() + weekday)
    if how == "last":
        return base - timedelta(days=(base.weekday() - weekday) % 7 or 7)
    if not how and future is False:
        return base - timedelta(days=(base.weekday() - weekday) % 7)
    return base + timedelta(days=ahead)


def _move(base: date, number: int, unit: str) -> date:
    if unit in ("month", "year"):
        return add_months(base, number * (12 if unit == "year" else 1))
    return base + timedelta(days=number * {"day": 1, "week": 7, "fortnight": 14}[unit])


def _relative(bare: str, base: date, future: bool | None) -> date | None:
    if bare in _PLAIN_WORDS:
        return base + timedelta(days=_PLAIN_WORDS[bare])
    if (day := _by_weekday(bare, base, future)) is not None:
        return day
    if re.fullmatch(r"(next|last) (week|month|year)", bare):
        how, unit = bare.split()
        return _move(base, 1 if how == "next" else -1, unit)
    if found := _AWAY.fullmatch(bare):
        number = int(found["n"]) if found["n"].isdigit() else _NUMBERS.get(found["n"])
        if number is not None and (bare.startswith("in ") or found["t"]):
            return _move(base, -number if found["t"] == " ago" else number, found["u"])
    if found := _WEEK_AFTER.fullmatch(bare):
        word = found["a"] or found["b"]
        start = (
            base + timedelta(days=_PLAIN_WORDS[word])
            if word in _PLAIN_WORDS
            else _by_weekday(word, base, True)
        )
        return start + timedelta(days=7) if start else None
    return None


def _by_dateparser(bare: str, base: date, future: bool | None) -> date | None:
    """What dateparser makes of it, if it can be trusted: no part made up, every number of the text used."""
    if (
        len(bare) < 4
        or len(bare) > 60
        or not re.search(r"[^\W\d_]{3}", bare)
        or re.search(r"\d:\d|\d ?[ap]\.?m\b", bare)
    ):
        return None
    import dateparser

    prefer = {None: "current_period", True: "future", False: "past"}[future]
    found = dateparser.parse(
        bare,
        languages=["en", "cy"],
        settings={
            "DATE_ORDER": "DMY",
            "PREFER_DATES_FROM": prefer,
            "RELATIVE_BASE": datetime.combine(base, time(12)),
            "REQUIRE_PARTS": ["day", "month"],
            "PARSERS": ["relative-time", "absolute-time"],
        },
    )
    if found is None or not _SHORTEST <= found.year <= 2199:
        return None
    relative = re.search(r"\b(in|ago|time|next|last|yn|yn ôl|mewn|wythnos|diwrnod|mis|blwyddyn)\b", bare)
    used = {found.day, found.month, found.year, found.year % 100}
    if not relative and not all(int(number) in used for number in re.findall(r"\d+", bare)):
        return None
    return date(found.year, found.month, found.day)


def read_day(text: str, base: date, future: bool | None, *, guess: bool = True) -> date:
    """See `dates.parse_day`."""
    bare = _MIDNIGHT.sub("", " ".join(text.casefold().split())).removesuffix(",")
    if not bare:
        raise _unclear(text, tr("No day was given."))
    try:
        found = _strict(text, bare, base, future) or _relative(bare.removeprefix("the "), base, future)
        found = found or (_by_dateparser(bare, base, future) if guess else None)
    except OverflowError:
        found = None
    if found is None:
        raise _unclear(text)
    return found


def read_birth_date(text: str, today: date) -> date:
    """See `dates.parse_birth_date`."""
    bare = _MIDNIGHT.sub("", " ".join(text.casefold().split()))
    if re.fullmatch(r"\d{1,2}[-/. ]\d{1,2}|\d{1,2}\D{0,3} ?[a-z]+", bare):
        raise _unclear(text, tr("A date of birth needs its year."))
    if not re.search(r"\d", bare) or not re.search(r"\d{2}", bare):
        raise _unclear(text)
    found = read_day(text, today, False)
    if found > today:
        raise UserError(tr("A date of birth cannot be in the future."), tr("Check the year."))
    if not re.search(r"\d{4}|\b'?\d{2}$|\d{2}[-/.]\d{2}[-/.]\d{2}", bare):
        raise _unclear(text, tr("A date of birth needs its year."))
    return found


# --- Times ---

_CLOCK = re.compile(
    r"(?P<h>\d{1,2})(?:[:.h](?P<m>\d{2}))?(?::\d{2}(?:\.0+)?)? ?(?P<ap>[ap])?\.?(?(ap)m?\.?)(?: ?o'?clock)?"
)
_COMPACT_TIME = re.compile(r"(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)(?:h|hrs)?")
_PAST = re.compile(
    r"(?P<q>half|quarter|\d{1,2}|five|ten|twenty|twenty[ -]five)(?: minutes?)? ?(?P<p>past|to)? "
    r"(?P<h>\d{1,2}|[a-z]+) ?(?P<ap>[ap])?\.?(?(ap)m?\.?)"
)
_MINUTES = {
    "half": 30,
    "quarter": 15,
    "five": 5,
    "ten": 10,
    "twenty": 20,
    "twenty five": 25,
    "twenty-five": 25,
}
_NAMED_TIMES = {"noon": time(12), "midday": time(12), "12 noon": time(12), "midnight": time(0)}


def _hour(hour: int, half: str | None, *, guess: bool) -> int | None:
    if half:
        return None if not 1 <= hour <= 12 else hour % 12 + (12 if half == "p" else 0)
    if not 0 <= hour <= 23:
        return None
    return hour + 12 if guess and 1 <= hour <= 7 else hour


def _spoken(bare: str) -> time | None:
    found = _PAST.fullmatch(bare)
    if not found or (found["p"] is None and found["q"] != "half"):
        return None
    minutes = _MINUTES.get(found["q"]) or (int(found["q"]) if found["q"].isdigit() else None)
    named = int(found["h"]) if found["h"].isdigit() else _NUMBERS.get(found["h"])
    hour = (
        None
        if named is None
        else _hour(named, found["ap"], guess=len(found["h"]) != 2 or not found["h"].isdigit())
    )
    if hour is None or not minutes or minutes > 59:
        return None
    moment = datetime(2000, 1, 2, hour) + timedelta(minutes=-minutes if found["p"] == "to" else minutes)
    return moment.time()


def read_time(text: str) -> time:
    """See `dates.parse_time`."""
    bare = " ".join(text.casefold().replace("\u2019", "'").split()).removeprefix("at ")
    if bare in _NAMED_TIMES:
        return _NAMED_TIMES[bare]
    found = _COMPACT_TIME.fullmatch(bare) or _CLOCK.fullmatch(bare)
    if found:
        minute = int(found["m"] or 0)
        hour = _hour(int(found["h"]), found.groupdict().get("ap"), guess=len(found["h"]) == 1)
        if hour is not None and minute < 60:
            return time(hour, minute)
    elif spoken := _spoken(bare):
        return spoken
    raise UserError(
        tr("“{text}” is not a time that can be read.").format(text=text.strip()[:30]),
        tr("Write it like 14:00, 14.30 or 2pm."),
    )
