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
    AccessNeed,
    Appointment,
    Attendance,
    ContactPoint,
    Db,
    Episode,
    NewPractice,
    Organisation,
    Person,
    Relation,
    Room,
    all_names,
    list_users,
    new_id,
    normal_name,
    put_setting,
    today,
    tr,
)
from therapydesk.core.permissions import ROLES
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import Zone
from therapydesk.core.vault.vault import Vault
from therapydesk.demo import clinical, people_data
from therapydesk.demo.files import write_files
from therapydesk.demo.money import add_rates, issue_past
from therapydesk.demo.people_data import MadeUp
from therapydesk.demo.rows import stamped, write_rows
from therapydesk.demo.sessions import PastSession

PASSPHRASE = "walking slowly by the sea"
THERAPIST = "Ruth Mallory"
OTHERS = (
    ("Dele Abara", ("therapist", "lead")),
    ("Bethan Rees", ("therapist",)),
    ("Idwal Penry", ("therapist",)),
)
ADMIN, LINK_WORKER = "Marged Ellis", "Nia Bevan"
ROOMS = ("Music room", "Studio", "Quiet room")
GROUPS = (
    ("Midweek Choir", 2, time(15), 90, 14),
    ("Friday Choir", 4, time(13, 30), 90, 11),
    ("Café", 3, time(10), 75, 9),
)
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
        therapists = _therapists(db)
        rooms = _rooms(db)
        organisations = _organisations(db)
        _people(db, made, ids)
        _relations(db, ids, organisations, rng)
        episodes = _episodes(db, ids, therapists, rng)
    tell(2, steps, tr("Sessions"))
    with vault.write("core") as db:
        sessions = _sessions(db, episodes, rooms, rng)
        _groups(db, ids, therapists, rooms)
    tell(3, steps, tr("Notes"))
    with vault.write("clinical") as db:
        clinical.add_statements(db, ids, rng)
        clinical.add_notes(db, sessions, vault.user, rng)
    tell(4, steps, tr("Invoices"))
    with vault.write("core") as db:
        add_rates(db, organisations)
    issue_past(vault, 12)
    tell(5, steps, tr("Done"))


def _practice(db: Db) -> None:
    values = {
        "practice.name": "Alderbank Music Therapy",
        "practice.legal_name": "Alderbank Music Therapy CIC",
        "practice.address": "4 Alder Row\nCardiff\nZZ99 9ZZ",
        "practice.phone": "029 2018 0100",
        "practice.email": "hello@alderbank.example",
        "practice.nation": "wales",
    }
    for name, value in values.items():
        put_setting(db, name, value)


def _therapists(db: Db) -> list[UUID]:
    users = {u.name: u.id for u in list_users(db)}
    return [users[THERAPIST], *(users[name] for name, _roles in OTHERS)]


def _rooms(db: Db) -> list[UUID]:
    rows = [stamped(db, name=name, organisation_id=None, closed=False) for name in ROOMS]
    write_rows(db, Room, rows)
    return [r["id"] for r in rows]


def _organisations(db: Db) -> list[UUID]:
    rows = []
    for n, (name, kind, flags) in enumerate(people_data.ORGANISATIONS):
        row = stamped(
            db, name=name, normal_name=normal_name(name), kind=kind, ods_code="", phone="", email=""
        )
        row |= {
            "is_setting": False,
            "is_referrer": False,
            "is_payer": False,
            "needs_order_number": kind == "council",
        }
        row |= {
            "address": f"{n + 10} Station Parade",
            "postcode": people_data.missing_postcode(800 + n),
            **flags,
        }
        rows.append(row)
    write_rows(db, Organisation, rows)
    return [r["id"] for r in rows]


def _people(db: Db, made: Sequence[MadeUp], ids: Sequence[UUID]) -> None:
    rows: list[dict[str, Any]] = []
    contacts: list[dict[str, Any]] = []
    needs: list[dict[str, Any]] = []
    for person, person_id in zip(made, ids, strict=True):
        values = {
            "full_name": person.full_name,
            "preferred_name": person.preferred_name,
            "normal_name": all_names(person.full_name, person.preferred_name),
            "pronouns": person.pronouns,
            "born_on": person.born_on,
            "nhs_number": person.nhs_number or None,
            "ask_me_about": person.ask_me_about,
            "address": person.address,
            "postcode": person.postcode,
            "best_way": person.best_way,
        }
        empty = {"died_on": None, "nhs_number_unchecked": "", "no_nhs_number_reason": "", "language": ""}
        rows.append(
            {
                **stamped(db),
                "id": person_id,
                **values,
                **empty,
                "preferred_place": "",
                "preferred_time": "",
                "merged_into": None,
            }
        )
        ways = (("phone", _e164(person.phone)), ("email", person.email))
        for position, (kind, value) in enumerate((k, v) for k, v in ways if v):
            one = {"id": new_id(), "person_id": person_id, "kind": kind, "value": value}
            contacts.append({**one, "note": "", "position": position})
        needs.extend({"person_id": person_id, "code": code} for code in person.needs)
    write_rows(db, Person, rows)
    write_rows(db, ContactPoint, contacts)
    write_rows(db, AccessNeed, needs)


def _e164(phone: str) -> str:
    digits = phone.replace(" ", "")
    return f"+44{digits[1:]}" if digits else ""


def _relations(db: Db, ids: Sequence[UUID], organisations: Sequence[UUID], rng: random.Random) -> None:
    rows = []
    for n, person_id in enumerate(ids):
        blank: dict[str, Any] = {"other_person_id": None, "organisation_id": None, "leads_on": ""}
        surgery = {
            **blank,
            "person_id": person_id,
            "kind": "gp",
            "organisation_id": organisations[1],
            "may_contact": True,
        }
        rows.append(stamped(db, **surgery))
        if n % 4 == 0:
            payer = {
                **blank,
                "person_id": person_id,
                "kind": "payer",
                "organisation_id": rng.choice(organisations[2:]),
            }
            rows.append(stamped(db, **payer, may_contact=True))
        if n % 5 == 1 and n + 1 < len(ids):
            carer = {**blank, "person_id": person_id, "kind": "carer", "other_person_id": ids[n + 1]}
            rows.append(stamped(db, **carer, may_contact=True))
    write_rows(db, Relation, rows)


def _episodes(
    db: Db, ids: Sequence[UUID], therapists: Sequence[UUID], rng: random.Random
) -> list[dict[str, Any]]:
    rows = []
    for n, person_id in enumerate(ids):
        stage = (
            "active" if n < 3 else rng.choices(("active", "waiting", "paused", "closed"), (60, 15, 8, 17))[0]
        )
        opened = today() - timedelta(days=rng.randint(10, 420))
        row = stamped(
            db, person_id=person_id, stage=stage, priority=rng.choice((1, 2, 2, 2, 3)), opened_on=opened
        )
        row |= {
            "closed_on": None,
            "paused_until": None,
            "close_reason": "",
            "referral_id": None,
            "review_on": None,
        }
        if stage == "closed":
            row |= {
                "closed_on": opened + timedelta(days=(today() - opened).days // 2),
                "close_reason": "reached",
            }
        if stage == "active" and n % 6 == 0:
            row["review_on"] = today() + timedelta(days=rng.randint(1, 20))
        mine = stage != "waiting"
        row["therapist_id"] = (
            (therapists[0] if n < 3 or rng.random() < 0.4 else rng.choice(therapists)) if mine else None
        )
        rows.append(row)
    write_rows(db, Episode, rows)
    return rows


def _sessions(
    db: Db, episodes: Iterable[dict[str, Any]], rooms: Sequence[UUID], rng: random.Random, each: int = 10
) -> list[PastSession]:
    """About ten sessions a person: eight past, two to come, at hours that clash with nobody in the same hands."""
    appointments: list[dict[str, Any]] = []
    attendances: list[dict[str, Any]] = []
    past: list[PastSession] = []
    taken: set[tuple[UUID, datetime]] = set()
    for n, episode in enumerate(e for e in episodes if e["stage"] in ("active", "paused", "closed")):
        therapist = episode["therapist_id"]
        weekday, hour = _free_slot(therapist, taken, rng, first=n < 3)
        for week in range(-8, 3 if episode["stage"] == "active" else 0):
            day = today() - timedelta(days=today().weekday()) + timedelta(weeks=week, days=weekday)
            at = datetime.combine(day, hour)
            if day < episode["opened_on"] and n >= 3:
                continue
            done = at < datetime.combine(today(), time(10)) if day == today() else day < today()
            row = _appointment(
                db, at, 45, "one_to_one", therapist, rooms[n % len(rooms)] if n < 200 else None
            )
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
    hours = [time(9, 30), time(10, 30), time(11, 30), time(13, 30), time(14, 30), time(15, 30)]
    days = [today().weekday()] if first and today().weekday() < 5 else list(range(5))
    slots = [(d, h) for d in days for h in hours if (therapist, (d, h)) not in taken]
    slot = slots[0] if first and slots else rng.choice(slots or [(d, h) for d in range(5) for h in hours])
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


def _groups(db: Db, ids: Sequence[UUID], therapists: Sequence[UUID], rooms: Sequence[UUID]) -> None:
    appointments: list[dict[str, Any]] = []
    attendances: list[dict[str, Any]] = []
    monday = today() - timedelta(days=today().weekday())
    for g, (title, weekday, at, minutes, size) in enumerate(GROUPS):
        members = ids[g * 3 : g * 3 + size]
        for week in range(-4, 3):
            day = monday + timedelta(weeks=week, days=weekday)
            row = _appointment(db, datetime.combine(day, at), minutes, "group", therapists[1 + g % 3], None)
            row |= {
                "title": title,
                "place": "St Aidan's hall",
                "state": "completed" if day < today() else "booked",
            }
            appointments.append(row)
            state = "came" if day < today() else "expected"
            attendances.extend(_attendance(row["id"], m, state, i) for i, m in enumerate(members))
    write_rows(db, Appointment, appointments)
    write_rows(db, Attendance, attendances)
