"""Single values: quick roads for the usual spellings, the checks of api.text for all others."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache
from operator import mul

from therapydesk.api import (
    LONG_MONTHS,
    UserError,
    check_email,
    check_nhs_number,
    check_phone,
    check_postcode,
    parse_birth_date,
    parse_day,
    tr,
)

_ISO = re.compile(r"((?:18|19|20)\d\d)-(\d\d)-(\d\d)(?:[T ]00:00(?::00)?(?:\.0+)?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]((?:18|19|20)\d\d)")
_DIGIT = re.compile(r"\d")
_NHS_NUMBER = re.compile(r"[46789][0-9]{9}")
_WEIGHTS = (10, 9, 8, 7, 6, 5, 4, 3, 2, 1)
_USUAL_EMAIL = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,20}")
_UK_PHONE = re.compile(r"(?:\+44|0044|0)([12378][0-9]{9})")
_USUAL_PHONE = re.compile(r"(?:\+44|0)[\d ]{10,15}")
_POSTCODE_INSIDE = re.compile(
    r"\b([A-Z]{1,2}\d[A-Z\d]?\s*\d[ABD-HJLNP-UW-Z]{2})\s*(?:,?\s*(?:UK|United Kingdom|Wales|England))?$",
    re.IGNORECASE,
)
_PHONE_PIECES = re.compile(r"\s*(?:[/;,\n|]| or | and |\bneu\b)\s*")
_NUMBERS = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{2,4})")
_NO_YEAR = re.compile(r"\d{1,2}[-/. ](\d{1,2}|[A-Za-z]+)")
_YEAR_ONLY = re.compile(r"(?:c\.?|circa|about|approx\.?)?\s*(?:18|19|20)\d\d")


def has_digit(text: str) -> bool:
    """Whether there is any digit in the text."""
    return _DIGIT.search(text) is not None


def usual_phone(text: str) -> str:
    """A UK number in one of the usual spellings as it is stored, "" for anything else."""
    if not _USUAL_PHONE.fullmatch(text):
        return ""
    found = _UK_PHONE.fullmatch(text.replace(" ", ""))
    return f"+44{found[1]}" if found else ""


def read_phone(text: str) -> str:
    """As api.check_phone; numbers in the usual UK spelling are read without the telephone library."""
    return usual_phone(text) or check_phone(text)


def read_email(text: str) -> str:
    """As api.check_email; the usual addresses are read with one look."""
    return text if len(text) <= 64 and _USUAL_EMAIL.fullmatch(text) else check_email(text)


def read_nhs_number(text: str) -> str:
    """As api.check_nhs_number; ten digits that begin as English and Welsh ones do are reckoned here."""
    digits = text.replace(" ", "")
    if _NHS_NUMBER.fullmatch(digits):
        total = sum(map(mul, map(int, digits), _WEIGHTS))
        if total % 11 == 0 and len(set(digits)) > 1:
            return digits
    return check_nhs_number(text)


def phone_pieces(text: str) -> list[str]:
    """The numbers of a cell that holds several ("07700 900123 / 029 2018 0142")."""
    return [piece for piece in _PHONE_PIECES.split(text) if piece]


@lru_cache(maxsize=20_000)
def read_postcode(text: str) -> str:
    """As api.check_postcode, remembered."""
    return check_postcode(text)


def postcode_inside(address: str) -> str:
    """The postcode at the end of an address, "" for none."""
    found = _POSTCODE_INSIDE.search(address)
    try:
        return check_postcode(found[1]) if found else ""
    except UserError:
        return ""


@lru_cache(maxsize=20_000)
def read_born(text: str, today: date) -> date | None:
    """The date of birth; None when only a year is given. Raises UserError for anything else."""
    if _YEAR_ONLY.fullmatch(text.casefold()):
        return None
    found = _plain(text)
    return found if found is not None and found <= today else parse_birth_date(text)


def why_unreadable(text: str, today: date) -> str:
    """In at most 25 letters, what is wrong with a date of birth that read_born refused."""
    found = _NUMBERS.fullmatch(text)
    if found is None:
        return tr("No year of birth") if _NO_YEAR.fullmatch(text) else tr("Date of birth unclear")
    day, month, year = int(found[1]), int(found[2]), int(found[3])
    if not 1 <= month <= 12:
        return tr("No month {n}").format(n=month)
    if len(found[3]) == 4 and year > today.year:
        return tr("Born in the future")
    if not 1 <= day <= monthrange(year, month)[1]:
        return tr("No {n} in {month}").format(n=day, month=tr(LONG_MONTHS[month - 1]))
    return tr("Date of birth unclear")


@lru_cache(maxsize=5_000)
def read_date(text: str, today: date) -> date | None:
    """A day in the past, None when it cannot be read."""
    found = _plain(text.split("T")[0] if text[4:5] == "-" else re.sub(r"[ T]\d{1,2}:\d\d.*", "", text))
    if found is not None:
        return found
    try:
        return parse_day(text, base=today, future=False)
    except UserError:
        return None


def _plain(text: str) -> date | None:
    if found := _ISO.fullmatch(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = int(found[1]), int(found[2]), int(found[3])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
