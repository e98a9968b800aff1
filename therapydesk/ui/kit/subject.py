"""Who and what a page has in view, so that what is done from anywhere is about them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Subject:
    """The person who is open, if one is, and where they were met: a kind ("session") and an id, or nothing.

    Only what the user has opened or chosen counts; the row a list happens to begin with does not.
    """

    person_id: UUID | None = None
    source: tuple[str, ...] = ()
