"""A session that took place, for its note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class PastSession:
    """Which session, whose, with whom, when."""

    appointment_id: UUID
    person_id: UUID
    therapist_id: UUID
    day: date
