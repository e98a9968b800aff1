"""Names as they stand in lists: "Surname, First", titles, several people in one cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_TITLE = re.compile(
    r"(mr|mrs|ms|miss|mx|master|dr|prof|professor|rev|revd|reverend|sir|dame|lady|lord|cllr|mrs\.?/ms)\.?\s+(?=\S)",
    re.IGNORECASE,
)
_TITLE_BEHIND = re.compile(r"[\s,]*\(?\b(mr|mrs|ms|miss|mx|master|dr)\b\.?\)?\s*$", re.IGNORECASE)
_BOTH = re.compile(r"\s(&|and|a|ac|\+)\s|\s?/\s?", re.IGNORECASE)
_NOBODY = re.compile(
    r"(n/?a|none|null|unknown|not known|not given|tbc|test|-+|\?+|x+|as above|ditto|"
    r"(grand |sub-?)?totals?\b.*|count|sum|average|cyfanswm\b.*|number of .*)\W*",
    re.IGNORECASE,
)


def is_surname_first(values: Sequence[str]) -> bool:
    """Whether a column of names is written "Surname, First"."""
    names = [value for value in values if value]
    commas = sum(1 for name in names if name.count(",") == 1)
    return bool(names) and commas * 2 > len(names)


@lru_cache(maxsize=50_000)
def is_nobody(name: str) -> bool:
    """Whether the cell holds a stand-in or a total instead of a name."""
    return bool(_NOBODY.fullmatch(name)) or not any(letter.isalpha() for letter in name)


def read_name(text: str, surname_first: bool) -> str:
    """The name in the order it is spoken, without a title."""
    name = _TITLE_BEHIND.sub("", _TITLE.sub("", text, count=1)).strip(" ,;")
    if name.count(",") == 1 and (surname_first or _both_single(name)):
        last, first = (part.strip() for part in name.split(","))
        first = _TITLE.sub("", first, count=1)
        return f"{first} {last}".strip()
    return name or text.strip()


def _both_single(name: str) -> bool:
    return all(len(part.split()) == 1 for part in name.split(","))


def is_two_people(text: str, surname_first: bool) -> bool:
    """Whether the cell names more than one person ("Ann, Bob Tully", "Ann & Bob Tully")."""
    name = _TITLE.sub("", text, count=1)
    if ";" in name or "\n" in name.strip():
        return True
    parts = [part for part in _BOTH.split(name) if part and len(part) > 2]
    if len(parts) > 1 and _BOTH.search(name):
        return True
    if name.count(",") > 1:
        return True
    return (
        name.count(",") == 1
        and not surname_first
        and not _both_single(name)
        and len(name.split(",")[0].split()) == 1
    )
