"""What makes a note empty, and how a list shows where it begins. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterable

BEGINS = 120


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
