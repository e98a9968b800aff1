"""The log: what is written, what is refused, what is noticed."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy import Table, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from tests.conftest import PASSPHRASE, USER
from therapydesk.core import audit, audit_check, dates
from therapydesk.core.audit import AuditEntry
from therapydesk.core.audit_check import VerifyResult
from therapydesk.core.errors import DiskFull, ZoneClosed
from therapydesk.core.ids import new_id
from therapydesk.core.tables import Zone
from therapydesk.core.vault import generations
from therapydesk.core.vault.vault import Vault
from therapydesk.records.consents import ConsentDetail
from therapydesk.records.people import ContactPoint, Person


def entries(vault: Vault, zone: Zone = "core") -> list[Any]:
    with vault.read() as db:
        return list(db.scalars(select(audit.ENTRIES[zone]).order_by(audit.ENTRIES[zone].seq)))


def add_person(vault: Vault, name: str = "Carys Bevan") -> UUID:
    with vault.write("core") as db:
        person = Person(id=new_id(), full_name=name, normal_name=name.lower())
        db.add(person)
    return person.id


def tamper(vault: Vault, statement: str, zone: Zone = "core") -> None:
    """Change the file as somebody with the key, outside the program, would: without its triggers."""
    state = vault.unlocked
    path = generations.zone_file(vault.folder, zone, state.current[zone])
    with closing(generations.connect_alone(path, state.ring.zones[zone])) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute(statement)


def verify(vault: Vault, zone: Zone = "core") -> VerifyResult:
    with vault.read() as db:
        return audit_check.verify(db, zone)


def test_new_changed_and_deleted_rows_are_logged_with_names_and_without_values(vault: Vault) -> None:
    start = len(entries(vault))
    person_id = add_person(vault)
    with vault.write("core") as db:
        person = db.get_one(Person, person_id)
        person.address, person.pronouns = "4 Pugh Terrace", "she/her"
    with vault.write("core") as db:
        db.delete(db.get_one(Person, person_id))
    found = entries(vault)[start:]
    assert [(e.action, e.ref) for e in found] == [
        ("create", person_id),
        ("change", person_id),
        ("delete", person_id),
    ]
    assert json.loads(found[1].detail) == {
        "table": "person",
        "person": str(person_id),
        "columns": ["address", "pronouns"],
    }
    assert "Pugh" not in "".join(e.detail for e in entries(vault))
    assert {e.actor for e in found} == {vault.user.id}
    assert "therapist" in found[0].role.split(",")


def test_a_change_and_its_entry_stand_or_fall_together(vault: Vault) -> None:
    before = len(entries(vault))
    with pytest.raises(IntegrityError), vault.write("core") as db:
        db.add_all(
            [
                Person(id=new_id(), full_name="B", normal_name="b"),
                ContactPoint(person_id=new_id(), kind="x", value=""),
            ]
        )
    assert len(entries(vault)) == before


def test_each_zone_has_its_own_chain(vault: Vault) -> None:
    person_id = add_person(vault)
    before = len(entries(vault))
    with vault.write("clinical") as db:
        db.add(ConsentDetail(consent_id=new_id(), person_id=person_id, text="yes"))
    assert [e.action for e in entries(vault, "clinical")][-1] == "create"
    assert len(entries(vault)) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'x'",
        "DELETE FROM audit_entry",
        "UPDATE clinical.audit_entry SET seq = 9",
    ],
)
def test_the_log_can_only_be_added_to(vault: Vault, statement: str) -> None:
    add_person(vault)
    zone: Zone = "clinical" if "clinical" in statement else "core"
    with vault.write("clinical") as db:
        audit.record(db, "probe")
    with pytest.raises(IntegrityError, match="only added to"), vault.write(zone) as db:
        db.execute(text(statement))


ATTACKS = {
    "it was changed": "UPDATE audit_entry SET action = 'nothing' WHERE seq = 3",
    "an entry is missing": "DELETE FROM audit_entry WHERE seq = 3",
    "it does not follow the entry before": "UPDATE audit_entry SET prev = hash WHERE seq = 4",
}


@pytest.mark.parametrize("why", ATTACKS)
def test_a_changed_or_missing_entry_breaks_the_chain(vault: Vault, why: str) -> None:
    for number in range(4):
        add_person(vault, f"P{number}")
    assert verify(vault).sound
    tamper(vault, ATTACKS[why])
    result = verify(vault)
    assert (result.sound, result.why) == (False, why)
    assert [f.kind for f in vault.check()] == ["log"]


def test_two_entries_swapped_are_noticed(vault: Vault) -> None:
    add_person(vault)
    add_person(vault)
    tamper(vault, "UPDATE audit_entry SET seq = 1000 - seq WHERE seq IN (3, 4)")
    tamper(vault, "UPDATE audit_entry SET seq = CASE seq WHEN 997 THEN 4 ELSE 3 END WHERE seq > 900")
    assert not verify(vault).sound


def test_a_chain_written_anew_does_not_have_the_right_signature(vault: Vault) -> None:
    add_person(vault)
    with vault.write("core") as db:
        audit.checkpoint(db)
    assert verify(vault).sound
    found = entries(vault)
    rows = [{c.key: getattr(e, c.key) for c in AuditEntry.__table__.columns} for e in found]
    prev = audit.START
    rows[1]["action"] = "nothing happened"
    for row in rows:  # the attacker has the zone's key and computes every hash again
        row["prev"] = prev
        if row["action"] == audit.CHECKPOINT:
            told = json.loads(row["detail"])
            row["detail"] = json.dumps({**told, "head": prev}, sort_keys=True, separators=(",", ":"))
        row["hash"] = prev = audit.digest(row)
    for row in rows:
        values = f"prev = '{row['prev']}', hash = '{row['hash']}', action = '{row['action']}'"
        tamper(vault, f"UPDATE audit_entry SET {values}, detail = '{row['detail']}' WHERE seq = {row['seq']}")
    assert verify(vault).why == "its signature is wrong"


def test_locking_signs_the_head_once(vault: Vault) -> None:
    from tests.conftest import PASSPHRASE, USER

    vault.lock()
    vault.unlock(USER, PASSPHRASE)
    kinds = [e.action for e in entries(vault)]
    assert kinds[-3:] == ["lock", "checkpoint", "unlock"]
    assert verify(vault).sound
    with vault.write("core") as db:
        audit.checkpoint(db)
    with vault.write("core") as db:
        audit.checkpoint(db)
    assert [e.action for e in entries(vault)].count("checkpoint") == kinds.count("checkpoint") + 1


def test_every_500_entries_the_head_is_signed(vault: Vault) -> None:
    with vault.write("core") as db:
        for number in range(520):
            audit.record(db, "probe", detail={"n": number})
    assert [e.action for e in entries(vault)].count("checkpoint") >= 2
    assert verify(vault).sound


def test_a_bulk_orm_statement_is_refused(vault: Vault) -> None:
    person_id = add_person(vault)
    values = {"id": new_id(), "full_name": "B", "normal_name": "b"}
    for statement in (
        insert(Person).values(**values),
        update(Person).values(pronouns="x"),
        delete(Person).where(Person.id == person_id),
    ):
        with pytest.raises(RuntimeError, match="passes the log by"), vault.write("core") as db:
            db.execute(statement)


def test_a_core_statement_needs_bulk_to_be_told(vault: Vault) -> None:
    person_id = add_person(vault)
    statement = update(cast(Table, Person.__table__)).values(pronouns="x")
    with pytest.raises(RuntimeError, match="person"), vault.write("core") as db:
        db.execute(statement)
    with vault.write("core") as db:
        db.execute(statement)
        audit.bulk(db, Person, "change", [person_id])
    last = entries(vault)[-1]
    assert last.action == "change"
    assert json.loads(last.detail) == {"table": "person", "count": 1, "ids": [str(person_id)]}
    with vault.read() as db:
        assert db.get_one(Person, person_id).pronouns == "x"


def test_looking_at_a_record_is_logged(vault: Vault) -> None:
    ref = new_id()
    audit.viewed(vault, "clinical", ref, "note")
    last = entries(vault, "clinical")[-1]
    assert (last.action, last.ref, json.loads(last.detail)) == ("view", ref, {"what": "note"})


def test_a_view_that_cannot_be_written_is_written_with_the_next_entry(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = new_id()

    def full(*_: object, **__: object) -> None:
        raise DiskFull("full")

    with monkeypatch.context() as patch:
        patch.setattr(vault, "write", full)
        audit.viewed(vault, "clinical", ref, "note")
    assert [e.ref for e in entries(vault, "clinical")].count(ref) == 0
    with vault.write("clinical"):
        pass
    with vault.write("clinical"):
        pass
    assert [e.ref for e in entries(vault, "clinical")].count(ref) == 1


def test_a_clock_that_went_back_is_an_entry(vault: Vault) -> None:
    at = dates.now()
    dates.set_clock(lambda: at)
    add_person(vault)
    dates.set_clock(lambda: at - timedelta(minutes=1))
    add_person(vault)
    assert "clock went back" not in [e.action for e in entries(vault)]
    dates.set_clock(lambda: at - timedelta(minutes=10))
    add_person(vault)
    found = [e for e in entries(vault) if e.action == "clock went back"]
    assert [json.loads(e.detail) for e in found] == [{"seconds": 540}]
    assert verify(vault).sound


def test_what_is_signed_after_the_clock_went_back_is_the_entry_before(vault: Vault) -> None:
    with vault.write("clinical") as db:
        db.add(ConsentDetail(consent_id=new_id(), person_id=new_id(), text="before"))
    at = dates.now()
    dates.set_clock(lambda: at - timedelta(days=1))
    vault.lock()
    vault.unlock(USER, PASSPHRASE)
    assert vault.log_findings == []
    assert [e.action for e in entries(vault, "clinical")][-2:] == ["clock went back", "checkpoint"]
    assert verify(vault, "clinical").sound


def test_a_session_for_reading_logs_nothing(vault: Vault) -> None:
    with vault.read() as db, pytest.raises(RuntimeError):
        audit.record(db, "probe")


def test_a_view_in_a_zone_not_held_is_refused(vault: Vault) -> None:
    vault.unlocked.units.held = frozenset({"core"})
    with pytest.raises(ZoneClosed):
        audit.viewed(vault, "safeguarding", new_id(), "concern")
