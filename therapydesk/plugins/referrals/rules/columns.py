"""Which column of a table fills which field: guessed from the headings and from what stands below them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from functools import cache

from therapydesk.api import normal_name
from therapydesk.plugins.referrals.rules.fields import BY_ID, FIELDS, MANY

SAMPLE = 50
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_UNNAMED = re.compile(r"(Column [A-Z]{1,2}|[A-Z]{1,2}|\d+)( \d+)?")
_NOISE = frozenset(
    [
        "the",
        "of",
        "a",
        "an",
        "s",
        "please",
        "required",
        "optional",
        "enter",
        "your",
        "their",
        "client",
        "patient",
        "pupil",
        "person",
    ]
)

_DATE = re.compile(
    r"\d{1,4}[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{2,4}([T ].*)?"
    r"|\d{1,2}(st|nd|rd|th)? [A-Za-z]{3,9},? \d{2,4}"
)
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_POSTCODE = re.compile(r"[A-Za-z]{1,2}\d[A-Za-z\d]?\s*\d[A-Za-z]{2}")
_NHS = re.compile(r"\d{3}[ -]?\d{3}[ -]?\d{4}")
_PHONE = re.compile(r"(\+44|0044|0)[\d ()-]{8,14}|[1237]\d{9}")
_NAME = re.compile(r"[^\W\d_][^\d@<>=]{0,60}")

# What most filled cells below a heading must look like for the field to be guessed.
_SHAPES: dict[str, re.Pattern[str]] = {
    "born_on": _DATE,
    "referred_on": _DATE,
    "email": _EMAIL,
    "carer_email": _EMAIL,
    "name": _NAME,
    "given": _NAME,
    "family": _NAME,
}
# What a column without a usable heading is taken for.
_BY_VALUE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", _EMAIL),
    ("postcode", _POSTCODE),
    ("nhs_number", _NHS),
    ("phone", _PHONE),
)
_GROUPS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "referrer",
        re.compile(
            r"\b(referr(er|ers|ed by|ing)|referral (source|from)|gp referrer|link worker|requester)\b"
        ),
    ),
    (
        "carer",
        re.compile(
            r"\b(carers?|parents?|guardian|mother|father|mum|dad|next of kin|nok|emergency|family contact)\b"
        ),
    ),
    ("gp", re.compile(r"\b(gp|surgery|doctor|registered practice|medical practice)\b")),
)
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("phone", re.compile(r"\b(phone|telephone|tel|mobile|mob|number|contact)\b")),
    ("email", re.compile(r"\be ?mail\b")),
    ("relation", re.compile(r"\brelation(ship)?\b")),
    ("code", re.compile(r"\b(ods|code)\b")),
    (
        "place",
        re.compile(r"\b(organi[sz]ation|agency|team|service|department|practice|trust|company|employer)\b"),
    ),
    ("other", re.compile(r"\b(address|postcode|role|job|title|date|signature|gmc|type|id)\b")),
    ("name", re.compile(r"\bname\b")),
)
_IN_GROUP = {
    "referrer": {
        "phone": "referrer_contact",
        "email": "referrer_contact",
        "code": "referrer_ods",
        "place": "referrer_organisation",
        "name": "referrer",
    },
    "carer": {"phone": "carer_phone", "email": "carer_email", "relation": "carer_relation", "name": "carer"},
    "gp": {"code": "gp_ods", "place": "gp", "name": "gp"},
}


def guess_mapping(
    header: Sequence[str], sample_rows: Sequence[Sequence[str]], headed: bool = True
) -> tuple[str, ...]:
    """The field of each column, "" for none; a field that takes one column gets the likeliest.

    `headed` False: the names in `header` are made up and only the values count.
    """
    columns = [_filled(sample_rows, index) for index in range(len(header))]
    offers: list[tuple[float, int, str]] = []
    for index, heading in enumerate(header):
        words = _words(heading)
        named = headed and bool(words) and not _UNNAMED.fullmatch(heading)
        found = _by_heading(words, columns[index]) if named else _by_values(columns[index], len(header))
        offers += [(score, -index, field) for field, score in found if score >= 50]
    chosen = [""] * len(header)
    taken: set[str] = set()
    for _score, place, field in sorted(offers, reverse=True):
        if not chosen[-place] and (field not in taken or field in MANY):
            chosen[-place] = field
            taken.add(field)
    return tuple(_whole_names(chosen))


def signature(header: Sequence[str]) -> str:
    """What is the same for two tables with the same headings."""
    return hashlib.sha256("\n".join(normal_name(head) for head in header).encode()).hexdigest()


def names_somebody(fields: Sequence[str]) -> bool:
    """Whether the columns say who is referred."""
    return any(field in ("name", "given", "family", "nhs_number", "preferred_name") for field in fields)


def _filled(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    cells = (row[index] for row in rows[:SAMPLE] if index < len(row))
    return [cell for cell in cells if cell]


def _words(heading: str) -> str:
    return normal_name(_CAMEL.sub(" ", heading)) or normal_name(heading)


@cache
def _synonyms() -> tuple[dict[str, str], list[tuple[frozenset[str], str]]]:
    """Heading → field, and the words of each heading → field."""
    whole: dict[str, str] = {}
    parts: list[tuple[frozenset[str], str]] = []
    for field in FIELDS:
        for name in (normal_name(field.title), field.id.replace("_", " "), *field.names):
            whole.setdefault(name, field.id)
            parts.append((frozenset(name.split()), field.id))
    return whole, parts


def _by_heading(words: str, values: list[str]) -> list[tuple[str, float]]:
    whole, _parts = _synonyms()
    found = _judged(whole.get(words, ""), 100, values)
    for group, about in _GROUPS:
        if not found and about.search(words) and not re.search(r"\breason|\bdate\b|\bconsent", words):
            return _in_group(group, words)
    return found or _by_words(words, values)


def _in_group(group: str, words: str) -> list[tuple[str, float]]:
    inside = _IN_GROUP[group]
    for kind, pattern in _KINDS:
        if pattern.search(words):
            return [(inside[kind], 70.0)] if kind in inside else []
    return [(group, 65.0)]


def _by_words(words: str, values: list[str]) -> list[tuple[str, float]]:
    """Fields one of whose headings stands within this one ("Mobile phone number (parent)")."""
    given = frozenset(words.split())
    if given & {"id", "type", "code"}:
        return []
    best: dict[str, float] = {}
    for wanted, field in _synonyms()[1]:
        meaning = wanted - _NOISE
        if meaning and wanted <= given and (len(wanted) > 1 or len(given - _NOISE) <= 4):
            share = len(wanted) / len(given)
            best[field] = max(best.get(field, 0.0), 50 + 40 * share)
    return [offer for field, score in best.items() for offer in _judged(field, score, values)]


def _judged(field: str, score: float, values: list[str]) -> list[tuple[str, float]]:
    """The offer, weighed by whether the values look like it."""
    if not field:
        return []
    shape = _SHAPES.get(field)
    if shape is not None and values and _share(shape.fullmatch, values) < 0.5:
        return []
    if (
        field == "nhs_number"
        and values
        and _share(lambda v: re.search(r"\d{5}|\d{3} \d{3}|\dE\+", v), values) < 0.3
    ):
        return []
    if field == "referral_id" and score < 100:
        return []
    return [(field, score)]


def _by_values(values: list[str], columns: int) -> list[tuple[str, float]]:
    """A column without a heading: what its values look like."""
    if len(values) < 2:
        return []
    for field, shape in _BY_VALUE:
        if _share(shape.fullmatch, values) >= 0.8:
            return [(field, 55.0)]
    if _share(_DATE.fullmatch, values) >= 0.8 and _years_apart(values) >= 8:
        return [("born_on", 52.0)]
    if columns > 2 and _share(_two_words, values) >= 0.8 and len(set(values)) > len(values) * 0.7:
        return [("name", 51.0)]
    return []


def _two_words(value: str) -> bool:
    words = value.replace(",", " ").split()
    return 2 <= len(words) <= 4 and all(
        word[0].isupper() and word.replace("-", "").isalpha() for word in words
    )


def _years_apart(values: list[str]) -> int:
    years = [int(year) for value in values for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", value)]
    return max(years) - min(years) if years else 0


def _share(test: Callable[[str], object], values: list[str]) -> float:
    return sum(1 for value in values if test(value)) / len(values)


def _whole_names(chosen: list[str]) -> list[str]:
    """A first name alone is the name; a title without a name is somebody's job."""
    if "name" in chosen and "family" in chosen and "given" not in chosen:
        return ["given" if field == "name" else field for field in chosen]
    return chosen


def field_title(field: str) -> str:
    """The title of a field, not yet translated."""
    return BY_ID[field].title if field in BY_ID else ""
