"""A group, a register half taken, and a hub day with people in it."""

from __future__ import annotations

from uuid import UUID

from therapydesk.api import Db, Link, now, today
from therapydesk.core.vault.vault import Vault
from therapydesk.demo.hub import NAME
from therapydesk.plugins.groups import hub, hub_day, measures, register, service

CHOIR = "Friday Choir"
WAITS, FOR = "Red jacket", (("cafe", "open_mic"), ("cafe",), ("advice", "cafe"), ("music_making",), ())


def find_group(db: Db, name: str) -> UUID:
    """The demo's group of this name."""
    return next(view.id for view in service.list_groups(db) if view.name == name)


def to_group(vault: Vault) -> Link:
    """To a group in pairs."""
    with vault.read() as db:
        return Link("groups.groups", find_group(db, CHOIR))


def to_register(vault: Vault) -> Link:
    """To its next session, marked half way."""
    with vault.read() as db:
        session = _next(db, CHOIR)
    with vault.write("core") as db:
        register.start_register(db, session)
        rows = register.open_register(db, session).rows
        for n, row in enumerate(rows[: len(rows) // 2]):
            register.mark(db, session, row.attendance_id, "sent_apologies" if n == 3 else "came")
    return Link("groups.groups", None, ("register", str(session)))


def to_after(vault: Vault) -> Link:
    """To what is written after the last session of a group in pairs, with answers that are worth a look."""
    with vault.read() as db:
        group = find_group(db, CHOIR)
        session = [
            each
            for each in service.session_ids(db, group, until=today())
            if register.open_register(db, each).finished
        ][-1]
        came = [row.person_id for row in register.open_register(db, session).rows if row.came]
    with vault.write("clinical") as db:
        answers = {person: 2 + 3 * n for n, person in enumerate(came[:3]) if person is not None}
        measures.record_answers(db, session, "communication", answers)
    return Link("groups.groups", None, ("after", str(session)))


def to_hub(vault: Vault) -> Link:
    """To the next hub day: some are checked in, one waits, one said what they want."""
    with vault.read() as db:
        session = _next(db, NAME)
        there = bool(register.open_register(db, session).rows)
        people = [visitor.person_id for visitor in hub_day.list_visitors(db, find_group(db, NAME))]
    if not there:
        _fill(vault, session, people)
    return Link("groups.groups", None, ("hub", str(session)))


def _fill(vault: Vault, session: UUID, people: list[UUID]) -> None:
    with vault.write("core") as db:
        for person, came_for in zip(people, FOR, strict=False):
            register.set_activities(db, hub_day.arrive(db, session, person), came_for)
        register.check_in(db, session, 2)
        worker = people[-1]
        hub.put_on_shift(db, session, worker, "peer navigator")
        hub.wait_for(db, session, "advice", name=WAITS)
    with vault.write("clinical") as db:
        strengths, wants = (
            "Plays by ear, and knows everyone here by name",
            "To sing at the open mic in June.",
        )
        hub.record_conversation(db, session, strengths, wants, person_id=people[0], worker_id=worker)


def _next(db: Db, name: str) -> UUID:
    ids = service.session_ids(db, find_group(db, name), since=now().date())
    return ids[0]
