"""Make the demo practice: deterministic from a seed, relative to today, as small or large as asked."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from therapydesk.api import (
    Appointment,
    Attendance,
    Db,
    NewPractice,
    Room,
    list_users,
    new_id,
    put_setting,
    today,
    tr,
)
from therapydesk.core.permissions import ROLES
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import Zone
from therapydesk.core.vault.vault import Vault
from therapydesk.demo import clinical, people_data, records, referrals
from therapydesk.demo.files import write_files
from therapydesk.demo.groups import add_groups
from therapydesk.demo.hub import add_hub
from therapydesk.demo.money import add_rates, issue_past
from therapydesk.demo.music import add_music
from therapydesk.demo.rows import stamped, write_rows
from therapydesk.demo.safeguarding import add_concerns
from therapydesk.demo.sessions import PastSession

PASSPHRASE = "walking slowly by the sea"
THERAPIST = "Ruth Mallory"
OTHERS = (
    ("Dele Abara", ("therapist", "lead")),
    ("Bethan Rees", ("therapist",)),
    ("Idwal Penry", ("therapist",)),
)
ADMIN, LINK_WORKER = "Marged Ellis", "Nia Bevan"
ROOMS = (
    ("Music room", ""),
    ("Studio", "Elmbridge School"),
    ("Quiet room", "Alder House"),
    ("Chapel room", ""),
)
GROUPS = (
    ("Midweek Choir", 2, time(15), 90, 14),
    ("Friday Choir", 4, time(13, 30), 90, 11),
    ("Café", 3, time(10), 75, 9),
)
HOURS = (time(9, 30), time(10, 30), time(11, 30), time(13, 30), time(14, 30), time(15, 30))
MINUTES = 45
WAITING, FEWEST = 8, 40  # so many open referrals, in a practice of at least so many people
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class MadeDemo:
    """Where the demo practice is and how to sign in. `files` holds the referral files."""

    vault: Path
    user: str
    passphrase: str
    files: Path


def make_demo(
    folder: Path, *, plugins: Plugins, people: int = 60, seed: int = 1, progress: Progress | None = None
) -> MadeDemo:
    """Make the demo practice in a new folder, with its referral files beside it in `<folder>-files`.

    Raises VaultError when the folder holds something already.
    """
    tell = progress or (lambda _done, _total, _text: None)
    who = NewPractice("Alderbank Music Therapy", THERAPIST, ROLES, PASSPHRASE, demo=True)
    vault, _code = Vault.create(folder, who, host=plugins)
    try:
        _add_users(vault)
        _fill(vault, people, seed, tell)
        vault.settle()
    finally:
        vault.close()
    files = folder.with_name(f"{folder.name}-files")
    write_files(files, seed)
    return MadeDemo(folder, THERAPIST, PASSPHRASE, files)


def _add_users(vault: Vault) -> None:
    for name, roles in OTHERS:
        zones: tuple[Zone, ...] = ("clinical", "safeguarding") if "lead" in roles else ("clinical",)
        vault.add_user(name, roles, PASSPHRASE, zones)
    vault.add_user(ADMIN, ("admin",), PASSPHRASE, ())
    vault.add_user(LINK_WORKER, ("link_worker",), PASSPHRASE, ())


def _fill(vault: Vault, count: int, seed: int, tell: Progress) -> None:
    rng = random.Random(seed)
    made = people_data.make_people(count, seed, today())
    ids = [new_id() for _ in made]
    steps = 5
    tell(1, steps, tr("People"))
    with vault.write("core") as db:
        _practice(db)
        therapists = find_therapists(db)
        organisations = records.add_organisations(db)
        rooms = _rooms(db, organisations)
        records.add_people(db, made, ids)
        records.add_relations(db, ids, organisations, rng)
        asking = WAITING if count >= FEWEST else 0
        episodes = records.add_episodes(db, ids[: count - asking], therapists, rng)
        envelopes = referrals.add_referrals(db, ids[count - asking :], organisations)
    tell(2, steps, tr("Sessions"))
    with vault.write("core") as db:
        sessions = _sessions(db, episodes, rooms, rng, _group_hours(therapists))
        sessions += _groups(db, ids, therapists)
    tell(3, steps, tr("Notes"))
    with vault.write("clinical") as db:
        clinical.add_statements(db, ids, rng)
        names = dict(zip(therapists, (THERAPIST, *(name for name, _roles in OTHERS)), strict=True))
        clinical.add_notes(db, sessions, vault.user, rng, names)
        referrals.add_reasons(db, made[count - asking :], ids[count - asking :], envelopes)
    tell(4, steps, tr("Invoices"))
    with vault.write("core") as db:
        add_rates(db, organisations)
    issue_past(vault, 12)
    add_concerns(vault, ids)
    add_groups(vault, ids)
    add_hub(vault, ids)
    add_music(vault, ids)
    tell(5, steps, tr("Done"))


def _practice(db: Db) -> None:
    values = {
        "practice.name": "Alderbank Music Therapy",
        "practice.legal_name": "Alderbank Music Therapy CIC",
        "practice.address": "4 Alder Row\nCardiff\nCF88 4QD",
        "practice.phone": "029 2018 0100",
        "practice.email": "hello@alderbank.example",
        "practice.nation": "wales",
        "invoicing.account_name": "Alderbank Music Therapy CIC",
        "invoicing.sort_code": "12-34-56",
        "invoicing.account_number": "01234567",
    }
    for name, value in values.items():
        put_setting(db, name, value)


def find_therapists(db: Db) -> list[UUID]:
    """The therapists of the demo practice, the one who signs in first."""
    users = {u.name: u.id for u in list_users(db)}
    return [users[THERAPIST], *(users[name] for name, _roles in OTHERS)]


def _rooms(db: Db, organisations: Sequence[UUID]) -> list[UUID]:
    """The practice's own rooms, and those that it hires."""
    owners = {name: key for (name, *_rest), key in zip(people_data.ORGANISATIONS, organisations, strict=True)}
    rows = [stamped(db, name=name, organisation_id=owners.get(owner), closed=False) for name, owner in ROOMS]
    write_rows(db, Room, rows)
    return [r["id"] for r in rows]


def _group_hours(therapists: Sequence[UUID]) -> set[tuple[UUID, Any]]:
    """The hours at which therapists hold their groups, so that nobody else is booked then."""
    taken: set[tuple[UUID, Any]] = set()
    for g, (_title, weekday, at, minutes, _size) in enumerate(GROUPS):
        start = at.hour * 60 + at.minute
        for hour in HOURS:
            begins = hour.hour * 60 + hour.minute
            if begins < start + minutes and start < begins + MINUTES:
                taken.add((therapists[g], (weekday, hour)))
    return taken


def _sessions(
    db: Db,
    episodes: Iterable[dict[str, Any]],
    rooms: Sequence[UUID],
    rng: random.Random,
    taken: set[tuple[UUID, Any]],
) -> list[PastSession]:
    """About ten sessions a person: eight past, two to come, none at an hour that is `taken`.

    A therapist has one room on a day, and never one that another has on that day.
    """
    appointments: list[dict[str, Any]] = []
    attendances: list[dict[str, Any]] = []
    past: list[PastSession] = []
    places: dict[UUID, int] = {}
    for n, episode in enumerate(e for e in episodes if e["stage"] in ("active", "paused", "closed")):
        therapist = episode["therapist_id"]
        weekday, hour = _free_slot(therapist, taken, rng, first=n < 3)
        room = rooms[(places.setdefault(therapist, len(places)) + weekday) % len(rooms)]
        for week in range(-8, 3 if episode["stage"] == "active" else 0):
            day = today() - timedelta(days=today().weekday()) + timedelta(weeks=week, days=weekday)
            at = datetime.combine(day, hour)
            if day < episode["opened_on"] and n >= 3:
                continue
            done = at < datetime.combine(today(), time(10)) if day == today() else day < today()
            row = _appointment(db, at, MINUTES, "one_to_one", therapist, room if n < 200 else None)
            row |= {"episode_id": episode["id"], "state": "completed" if done else "booked"}
            state = (
                rng.choices(("came", "came_late", "sent_apologies", "no_word"), (82, 5, 9, 4))[0]
                if done
                else "expected"
            )
            appointments.append(row)
            attendances.append(_attendance(row["id"], episode["person_id"], state))
            if done and state.startswith("came"):
                past.append(PastSession(row["id"], episode["person_id"], therapist, day))
    write_rows(db, Appointment, appointments)
    write_rows(db, Attendance, attendances)
    return past


def _free_slot(
    therapist: UUID, taken: set[tuple[UUID, Any]], rng: random.Random, *, first: bool
) -> tuple[int, time]:
    days = [today().weekday()] if first and today().weekday() < 5 else list(range(5))
    slots = [(d, h) for d in days for h in HOURS if (therapist, (d, h)) not in taken]
    slot = slots[0] if first and slots else rng.choice(slots or [(d, h) for d in range(5) for h in HOURS])
    taken.add((therapist, slot))
    return slot


def _appointment(
    db: Db, at: datetime, minutes: int, kind: str, therapist: UUID | None, room: UUID | None
) -> dict[str, Any]:
    values = {
        "starts_at": at,
        "time_zone": "Europe/London",
        "minutes": minutes,
        "kind": kind,
        "therapist_id": therapist,
    }
    rest = {
        "title": "",
        "state": "booked",
        "cancel_reason": "",
        "place": "",
        "series_id": None,
        "episode_id": None,
    }
    return stamped(db, **values, room_id=room, **rest)


def _attendance(appointment_id: UUID, person_id: UUID, state: str, position: int = 0) -> dict[str, Any]:
    who = {"id": new_id(), "appointment_id": appointment_id, "person_id": person_id, "role": "person"}
    return {**who, "headcount": 1, "state": state, "reason": "", "position": position}


def _groups(db: Db, ids: Sequence[UUID], therapists: Sequence[UUID]) -> list[PastSession]:
    """Seven weeks of each group; returns who came, for the notes."""
    past: list[PastSession] = []
    appointments: list[dict[str, Any]] = []
    attendances: list[dict[str, Any]] = []
    monday = today() - timedelta(days=today().weekday())
    for g, (title, weekday, at, minutes, size) in enumerate(GROUPS):
        members = ids[g * 3 : g * 3 + size]
        for week in range(-4, 3):
            day = monday + timedelta(weeks=week, days=weekday)
            row = _appointment(db, datetime.combine(day, at), minutes, "group", therapists[g], None)
            row |= {
                "title": title,
                "place": "St Aidan’s hall",
                "state": "completed" if day < today() else "booked",
            }
            appointments.append(row)
            state = "came" if day < today() else "expected"
            attendances.extend(_attendance(row["id"], m, state, i) for i, m in enumerate(members))
            if day < today():
                past.extend(PastSession(row["id"], m, therapists[g], day) for m in members)
    write_rows(db, Appointment, appointments)
    write_rows(db, Attendance, attendances)
    return past
