"""It is Wednesday 6 May 2026. A practice of Ruth, who has every role, a volunteer and a peer navigator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from therapydesk_team import lists, service
from therapydesk_team.lists import Entry, Held, TeamRow
from therapydesk_team.service import CredentialDetails, HoursDetails, MemberDetails

from therapydesk.testing import USER, open_desk, open_page, open_vault, stopped_clock

__all__ = ["open_desk", "open_page", "open_vault", "stopped_clock"]


@dataclass
class Team:
    """Short ways to write down and to look."""

    desk: Any
    ids: dict[str, UUID] = field(default_factory=dict)

    def add(self, name: str, *places: str, **more: Any) -> UUID:
        with self.desk.vault.write("core") as db:
            self.ids[name] = service.save_member(db, MemberDetails(name, places, **more))
        return self.ids[name]

    def give(self, who: str | None, kind: str, held_on: date, ends_on: date | None = None) -> UUID:
        with self.desk.vault.write("core") as db:
            details = CredentialDetails(kind, held_on, ends_on)
            return service.save_credential(db, self.ids[who] if who else None, details)

    def log(self, kind: str, minutes: int, *names: str, day: date = date(2026, 4, 7)) -> list[UUID]:
        with self.desk.vault.write("core") as db:
            details = HoursDetails(kind, day, minutes, "In the hall")
            return service.add_hours(db, [self.ids[name] for name in names], details)

    def rows(self, *, left: bool = False) -> dict[str, TeamRow]:
        with self.desk.vault.read() as db:
            return {row.name: row for row in lists.overview(db, 2026, left=left)}

    def standing(self, name: str) -> dict[str, str]:
        return {kind: held.standing for kind, held in (self.rows()[name].held or {}).items()}

    def held(self, name: str) -> list[Held]:
        with self.desk.vault.read() as db:
            return lists.credentials_of(db, self.ids[name])

    def entries(self, name: str) -> list[Entry]:
        with self.desk.vault.read() as db:
            return lists.hours_of(db, self.ids[name])


@pytest.fixture
def team(stopped_clock: datetime, open_desk: Callable[[str], Any]) -> Team:
    desk = open_desk("team")
    made = Team(desk, {USER: desk.user.id})
    made.add("Carys Bowen", "volunteer", skills=("tea and welcome",), languages=("Welsh",))
    made.add("Kit Lane", "peer_navigator", skills=("drums",))
    return made
