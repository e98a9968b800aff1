"""A choir with people on its roster, and sessions to take registers of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from therapydesk.api import now, to_local, today
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.groups import register, roster, service
from therapydesk.plugins.groups.roster import MemberDetails
from therapydesk.plugins.groups.service import GroupDetails
from therapydesk.testing import add_person, desk_at


@dataclass
class Choir:
    """A group and what tests do with it; `members` by name."""

    vault: Vault
    group_id: UUID
    people: dict[str, UUID] = field(default_factory=dict)
    members: dict[str, UUID] = field(default_factory=dict)

    def join(self, name: str, comes_with: str = "", **more: Any) -> UUID:
        """Put a new person on the roster."""
        person = self.people[name] = add_person(self.vault, name)
        if comes_with:
            more = {"role": "supporter", "with_member": self.members[comes_with], **more}
        more.setdefault("joined_on", today() - timedelta(days=100))
        with self.vault.write("core") as db:
            self.members[name] = roster.add_member(db, self.group_id, person, MemberDetails(**more))
        return self.members[name]

    def book(self, weeks_ago: int = 0, weeks: int = 1) -> list[UUID]:
        """Sessions, the first so many weeks ago."""
        at = to_local(now()).replace(hour=15, minute=0, second=0, microsecond=0, tzinfo=None)
        with self.vault.write("core") as db:
            return service.book_sessions(db, self.group_id, at - timedelta(weeks=weeks_ago), 90, weeks=weeks)

    def open(self, session: UUID) -> register.Register:
        """The register, started."""
        with self.vault.write("core") as db:
            register.start_register(db, session)
        return self.read(session)

    def read(self, session: UUID) -> register.Register:
        with self.vault.read() as db:
            return register.open_register(db, session)

    def do(self, work: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """A service function in its own unit of work."""
        with self.vault.write("core") as db:
            return work(db, *args, **more)

    def mark(self, session: UUID, **states: str) -> None:
        """Marks by first name."""
        found = [row for row in self.read(session).rows if row.name]
        rows = {row.name.split()[0].lower(): row.attendance_id for row in found}
        for name, state in states.items():
            self.do(register.mark, session, rows[name], state)

    def hold(self, session: UUID, **states: str) -> None:
        """A whole session: everybody came but those named; then it is finished."""
        self.open(session)
        rows = self.read(session).rows
        for row in rows:
            if row.person_id is not None and not row.marked:
                self.do(register.mark, session, row.attendance_id, "came")
        self.mark(session, **states)
        self.do(register.finish, session)


@pytest.fixture
def choir(vault: Vault) -> Choir:
    with vault.write("core") as db:
        group = service.save_group(db, GroupDetails("Tuneful Wednesdays", place="St Aidan’s hall"))
    return Choir(vault, group)


@pytest.fixture
def desk(choir: Choir, plugins: Any, tmp_path: Any) -> Any:
    """What pages are given, in the choir's practice."""
    with desk_at(choir.vault, plugins, tmp_path) as found:
        yield found


@pytest.fixture
def start() -> datetime:
    return to_local(now()).replace(tzinfo=None)


def once_read(page: Any) -> Any:
    """The page, once what it reads in a job is there."""
    assert page.desk.jobs.wait_idle(20_000)
    return page
