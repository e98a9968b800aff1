"""What makes a note empty, how a list shows where it begins, and how a line of music is read. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterable

BEGINS = 120
LONGEST_MUSIC = 200  # letters of a name, or of how it was used


def is_empty(texts: Iterable[str]) -> bool:
    """Whether nothing but spaces was written."""
    return not any(text.strip() for text in texts)


def first_words(texts: Iterable[str], limit: int = BEGINS) -> str:
    """The first text that is not empty, on one line, cut at a word."""
    text = next((" ".join(t.split()) for t in texts if t.strip()), "")
    if len(text) <= limit:
        return text
    cut = text[:limit].rsplit(" ", 1)[0] if " " in text[:limit] else text[:limit]
    return f"{cut} …"


def split_music(text: str) -> tuple[str, str]:
    """What was played and how, from one line: "Calon Lân, sung together, F major". `how` may be empty."""
    name, _, how = " ".join(text.split()).partition(",")
    return name.strip(), how.strip(" ,")
