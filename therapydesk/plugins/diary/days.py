"""Stretches of the diary: sessions, bank holidays, the hours that are shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from therapydesk.api import (
    Db,
    allowed,
    appointments,
    bank_holidays,
    list_users,
    only_own,
    practice_card,
    setting,
)

MINUTES = 45


@dataclass(frozen=True)
class Days:
    """A stretch of the diary: its sessions and the bank holidays in it."""

    first: date
    count: int
    sessions: list[appointments.AppointmentView]
    holidays: dict[date, str] = field(default_factory=dict)

    @property
    def last(self) -> date:
        """The last day of it."""
        return self.first + timedelta(days=self.count - 1)


@dataclass(frozen=True)
class Hours:
    """The hours and days that the diary shows at least, and how long a session usually is."""

    first: int = 9
    last: int = 17
    weekend: bool = False
    minutes: int = MINUTES


@allowed("appointments.read", filters=True)
def read_hours(db: Db) -> Hours:
    """The practice's settings for the diary."""
    first, last = int(setting(db, "diary.first_hour", 9)), int(setting(db, "diary.last_hour", 17))
    weekend = bool(setting(db, "diary.weekend", False))
    minutes = int(setting(db, "diary.session_minutes", MINUTES))
    return Hours(min(max(0, first), 22), min(max(first + 1, last), 24), weekend, minutes)


@allowed("appointments.read", filters=True)
def read_days(
    db: Db, first: date, count: int = 7, *, therapist_id: UUID | None = None, cancelled: bool = False
) -> Days:
    """Sessions and bank holidays of `count` days from `first`."""
    sessions = appointments.list_sessions(
        db, first, first + timedelta(days=count - 1), therapist_id=therapist_id
    )
    if not cancelled:
        sessions = [s for s in sessions if s.state != "cancelled"]
    return Days(first, count, sessions, holidays_between(first, count, db))


def holidays_between(first: date, count: int, db: Db) -> dict[date, str]:
    """The bank holidays of the practice's nation in these days."""
    known = bank_holidays(division(practice_card(db).nation))
    days = (first + timedelta(days=n) for n in range(count))
    return {d: known[d] for d in days if d in known}


def division(nation: str) -> str:
    """The division of GOV.UK's list that a nation belongs to."""
    bare = nation.strip().lower().replace(" ", "-").replace("_", "-")
    return bare if bare in ("scotland", "northern-ireland") else "england-and-wales"


@allowed("appointments.read", filters=True)
def list_therapists(db: Db) -> list[tuple[UUID, str]]:
    """Whose diaries the user may look at, by name; only the own one for a therapist without further roles."""
    found = [(u.id, u.name) for u in list_users(db) if "therapist" in u.roles]
    return [pair for pair in found if not only_own(db) or pair[0] == db.info["user"].id]
