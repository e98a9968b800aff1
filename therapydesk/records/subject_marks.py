"""Marks on a copied text: what may have to be made unreadable, what was decided, and the text as it is then given.

Pure. A mark is a place in one field of a copy; the record itself is never touched.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from therapydesk.core.text import normal_name
from therapydesk.core.words import mark, tr

COVER = mark("[covered]")  # a word, which is read aloud as well; it does not tell the length of a name


@dataclass(frozen=True)
class CopiedField:
    """One field of a copy: the column, its label, and the text. `staff`: it names who works here."""

    column: str
    label: str
    text: str
    staff: bool = False


@dataclass(frozen=True)
class Mark:
    """A place in a field. `decision`: redact, keep, or empty while nobody has decided; `reason` a code; `by` who."""

    field: int
    start: int
    end: int
    text: str
    decision: str = ""
    reason: str = ""
    by: str = ""

    @property
    def name(self) -> str:
        """What marks that mean the same have in common."""
        return normal_name(self.text) or self.text


def read_fields(text: str) -> list[CopiedField]:
    """Fields as they are kept."""
    return [CopiedField(*each) for each in json.loads(text)]


def write_fields(fields: Sequence[CopiedField]) -> str:
    """Fields to be kept."""
    return json.dumps([[f.column, f.label, f.text, f.staff] for f in fields], ensure_ascii=False)


def read_marks(text: str) -> list[Mark]:
    """Marks as they are kept."""
    return [Mark(**each) for each in json.loads(text)]


def write_marks(marks: Sequence[Mark]) -> str:
    """Marks to be kept."""
    return json.dumps([asdict(each) for each in marks], ensure_ascii=False)


def undecided(marks: Sequence[Mark]) -> int:
    """How many wait for a decision."""
    return sum(not each.decision for each in marks)


def decide(marks: Sequence[Mark], which: Sequence[int], decision: str, reason: str, by: str) -> list[Mark]:
    """The marks with a decision on some of them, by number."""
    chosen = set(which)
    return [
        replace(each, decision=decision, reason=reason, by=by) if number in chosen else each
        for number, each in enumerate(marks)
    ]


def add(marks: Sequence[Mark], new: Mark) -> list[Mark]:
    """The marks with one made by hand; those that it covers, wholly or in part, are joined into it."""
    start, end = new.start, new.end
    kept = []
    for each in marks:
        if each.field == new.field and each.start < end and start < each.end:
            start, end = min(start, each.start), max(end, each.end)
        else:
            kept.append(each)
    return sorted([*kept, replace(new, start=start, end=end)], key=lambda m: (m.field, m.start))


def given(text: str, marks: Sequence[Mark]) -> str:
    """The text of one field without what is to be unreadable; a mark nobody decided on is covered, too."""
    pieces, at = [], 0
    for place in sorted(marks, key=lambda m: m.start):
        if place.decision == "keep":
            continue
        pieces += [text[at : place.start], tr(COVER)]
        at = max(at, place.end)
    return "".join([*pieces, text[at:]])
