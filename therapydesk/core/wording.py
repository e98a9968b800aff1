"""Words for which there is a kinder or plainer one (ux.md §4). A list in wording.csv, each with its source; nothing is
counted, and nothing is changed by itself.
"""

from __future__ import annotations

import csv
import functools
import re
from dataclasses import dataclass
from importlib import resources

from therapydesk.core.words import tr

QUOTED = re.compile(
    r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|‘(?:[^’]|’(?=\w))*(?:’|$)"
)  # what was said stays as it was said


@dataclass(frozen=True)
class Wording:
    """A term in a text, from `start` to `end`, what could stand there instead, and why."""

    start: int
    end: int
    term: str
    instead: str
    reason: str


@functools.cache
def _list() -> dict[str, tuple[str, str]]:
    """Term → what to say and the reason."""
    text = resources.files("therapydesk.core").joinpath("resources", "wording.csv").read_text("utf-8")
    return {row["term"]: (row["instead"], row["reason"]) for row in csv.DictReader(text.splitlines())}


@functools.cache
def _pattern() -> re.Pattern[str]:
    """Any term as whole words, longer ones first; a term in capitals only in capitals."""
    terms = sorted(_list(), key=len, reverse=True)
    each = [re.escape(t) if t.isupper() else f"(?i:{re.escape(t)})" for t in terms]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(each)})(?![\w-])")


def find_wording(text: str) -> list[Wording]:
    """The terms in a text, in order. What stands in quotation marks is left alone."""
    quoted = [match.span() for match in QUOTED.finditer(text)]
    found = []
    for match in _pattern().finditer(text):
        if any(start <= match.start() < end for start, end in quoted):
            continue
        term = match[0]
        instead, reason = _list().get(term) or _list()[term.lower()]
        instead = tr(instead)
        if term[0].isupper() and not term.isupper():
            instead = instead[0].upper() + instead[1:]
        found.append(Wording(match.start(), match.end(), term, instead, tr(reason)))
    return found
