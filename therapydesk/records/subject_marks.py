"""Marks on a copied text: what may have to be made unreadable, what was decided, and the text as it is then given.

Pure. A mark is a place in one field of a copy; the record itself is never touched.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from therapydesk.core.text import normal_name

BAR = "█"
MOST_BARS = 12  # so that the length of a name is not told


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
    return json.dumps([asdict(mark) for mark in marks], ensure_ascii=False)


def undecided(marks: Sequence[Mark]) -> int:
    """How many wait for a decision."""
    return sum(not mark.decision for mark in marks)


def decide(marks: Sequence[Mark], which: Sequence[int], decision: str, reason: str, by: str) -> list[Mark]:
    """The marks with a decision on some of them, by number."""
    chosen = set(which)
    return [
        replace(mark, decision=decision, reason=reason, by=by) if number in chosen else mark
        for number, mark in enumerate(marks)
    ]


def add(marks: Sequence[Mark], new: Mark) -> list[Mark]:
    """The marks with one made by hand; those that it covers, wholly or in part, are joined into it."""
    start, end = new.start, new.end
    kept = []
    for mark in marks:
        if mark.field == new.field and mark.start < end and start < mark.end:
            start, end = min(start, mark.start), max(end, mark.end)
        else:
            kept.append(mark)
    return sorted([*kept, replace(new, start=start, end=end)], key=lambda m: (m.field, m.start))


def given(text: str, marks: Sequence[Mark]) -> str:
    """The text of one field with a bar over what is to be unreadable; a mark nobody decided on is covered, too."""
    pieces, at = [], 0
    for mark in sorted(marks, key=lambda m: m.start):
        if mark.decision == "keep":
            continue
        pieces += [text[at : mark.start], BAR * min(MOST_BARS, max(4, mark.end - mark.start))]
        at = max(at, mark.end)
    return "".join([*pieces, text[at:]])
