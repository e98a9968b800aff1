"""A practice with people and statements, and a desk for pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from therapydesk.api import PersonDetails, add_person, open_episode
from therapydesk.core import dates
from therapydesk.plugins.caseload import service

WORDS = "seven brass bells ringing"


@pytest.fixture(autouse=True)
def _clock(stopped_clock: datetime) -> None:
    """An hour and four minutes after noon."""
    dates.set_clock(lambda: datetime(2026, 5, 6, 12, 6, tzinfo=UTC))


@dataclass
class Practice:
    """People by name, with support by the signed-in therapist unless told otherwise."""

    vault: Any
    people: dict[str, UUID] = field(default_factory=dict)

    def person(self, name: str, stage: str = "active", **details: Any) -> UUID:
        details.setdefault("best_way", "ask")
        with self.vault.write("core") as db:
            made = add_person(db, PersonDetails(name, **details)).id
            if stage:
                therapist = self.vault.user.id if stage != "waiting" else None
                open_episode(db, made, therapist_id=therapist, stage=stage)
        self.people[name] = made
        return made

    def say(self, person_id: UUID, kind: str, text: str, **more: Any) -> UUID:
        with self.vault.write("clinical") as db:
            return service.save_statement(db, person_id, service.StatementDetails(kind, text, **more))

    def said(self, person_id: UUID, *, ended: bool = False) -> list[service.StatementView]:
        with self.vault.read() as db:
            return service.statements(db, person_id, ended=ended)

    def sign_in(self, name: str, *roles: str) -> UUID:
        """Add a colleague with these roles and sign them in."""
        zones = ("clinical",) if "therapist" in roles else ()
        user_id: UUID = self.vault.add_user(name, roles, WORDS, zones).id
        self.vault.unlock(name, WORDS)
        return user_id


@pytest.fixture
def practice(vault: Any) -> Practice:
    return Practice(vault)
