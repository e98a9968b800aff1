"""Work to be killed in the middle of."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.orm import configure_mappers

from tests.reliability.world import Host, open_vault
from therapydesk.core.events import Event, HandedOver
from therapydesk.core.ids import new_id
from therapydesk.core.vault.outbox import hand_over, publish
from therapydesk.core.vault.vault import Vault
from therapydesk.records.consents import ConsentDetail
from therapydesk.records.events import PersonAdded
from therapydesk.records.people import ContactPoint, Person

CONTACTS = 3
configure_mappers()  # once, in the server that workers are forked from


def take_in(db: Any, event: Event) -> None:
    """The clinical side: one row for the event, one for the text handed over."""
    if isinstance(event, PersonAdded):
        db.add(ConsentDetail(consent_id=event.person_id, person_id=event.person_id, text="event"))
    if isinstance(event, HandedOver):
        db.add(ConsentDetail(consent_id=event.ref, person_id=event.ref, text="text"))


def listening(host: Host) -> Host:
    """The host with the clinical side in it."""
    host.handlers["clinical"] = [("probe", take_in)]
    return host


def add_person(vault: Vault, person_id: UUID) -> None:
    """One unit of work: a person, ways to reach them, and what follows in the clinical zone."""
    with vault.write("core") as db:
        _person(db, person_id)
        publish(db, PersonAdded(person_id))
        hand_over(db, "clinical", "probe.text", person_id, {"text": "x"})


def _person(db: Any, person_id: UUID) -> None:
    db.add(Person(id=person_id, full_name=f"P {uuid4()}", normal_name="p"))
    db.flush()
    for number in range(CONTACTS):
        db.add(ContactPoint(person_id=person_id, kind="phone", value=str(number)))


def add_people(pipe: Connection, folder: Path, host: Host, sign_in: tuple[str, str], how: str) -> None:
    """Add people until killed, acknowledging each.

    Two controls: `how` "early" acknowledges before the commit; "no outbox" writes the clinical zone by
    itself.
    """
    vault = open_vault(folder, listening(host))
    vault.unlock(*sign_in)
    vault.settle()
    while True:
        person_id = new_id()
        if how == "early":
            pipe.send(person_id)
        if how == "no outbox":
            with vault.write("core") as db:
                _person(db, person_id)
            pipe.send(person_id)
            with vault.write("clinical") as db:
                for text in ("event", "text"):
                    db.add(ConsentDetail(consent_id=person_id, person_id=person_id, text=text))
        else:
            add_person(vault, person_id)
        if how == "late":
            pipe.send(person_id)


def unlock_once(pipe: Connection, folder: Path, host: Host, sign_in: tuple[str, str]) -> None:
    """Unlock, which brings the vault up to date, and lock again."""
    vault = open_vault(folder, host)
    pipe.send("opened")
    vault.unlock(*sign_in)
    pipe.send("unlocked")
    vault.close()


def change_in_place(pipe: Connection, path: Path, key: str, columns: list[str]) -> None:
    """A control: change the live file statement by statement, saying each, as no migration of ours does."""
    raw = sqlcipher.connect(str(path), isolation_level=None)
    raw.set_key(key.encode())
    pipe.send("opened")
    for column in columns:
        raw.execute(f"ALTER TABLE person ADD COLUMN {column} TEXT")
        raw.execute(f"UPDATE person SET {column} = full_name")
        pipe.send(column)
    raw.close()
