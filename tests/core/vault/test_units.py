"""Units of work: one zone each, all or nothing, and what they tell afterwards."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, event, select, text
from sqlalchemy.exc import DatabaseError

from tests.conftest import USER
from therapydesk.core.changes import Changed
from therapydesk.core.errors import Busy, DiskFull, StaleRecord, VaultError
from therapydesk.core.tables import new_id
from therapydesk.core.vault import zones
from therapydesk.core.vault.session import Db
from therapydesk.core.vault.vault import Vault
from therapydesk.records.consents import ConsentDetail
from therapydesk.records.people import ContactPoint, Person


def add_person(vault: Vault, name: str = "Carys") -> UUID:
    with vault.write("core") as db:
        person = Person(id=new_id(), full_name=name, normal_name=name.lower())
        db.add(person)
    return person.id


def detail(person_id: UUID, words: str = "said yes") -> ConsentDetail:
    return ConsentDetail(consent_id=new_id(), person_id=person_id, text=words)


def raw_of(db: Db) -> Connection:
    return db.connection()


def test_the_session_knows_its_user_zone_and_keys(vault: Vault) -> None:
    with vault.read() as db:
        assert (db.zone, db.user.name, db.info["user"]) == (None, USER, db.user)
        assert db.holds("safeguarding")
        assert db.info["vault"] is vault
        assert db.info["host"] is vault.host
    with vault.write("clinical") as db:
        assert db.zone == "clinical"


def test_a_unit_writes_its_own_zone_and_no_other(vault: Vault) -> None:
    person_id = add_person(vault)
    with vault.write("clinical") as db:
        db.add(detail(person_id))
    with pytest.raises(DatabaseError, match="prohibited|not authorized"), vault.write("core") as db:
        db.add(detail(person_id))
    with pytest.raises(DatabaseError, match="prohibited|not authorized"), vault.write("clinical") as db:
        db.add(Person(id=new_id(), full_name="B", normal_name="b"))
    with vault.read() as db:
        assert len(db.scalars(select(ConsentDetail)).all()) == 1
        assert len(db.scalars(select(Person)).all()) == 1


def test_a_session_for_reading_writes_nothing(vault: Vault) -> None:
    with pytest.raises(DatabaseError, match="prohibited|not authorized"), vault.read() as db:
        db.add(Person(id=new_id(), full_name="B", normal_name="b"))
        db.flush()
    with pytest.raises(DatabaseError, match="prohibited|not authorized"), vault.read() as db:
        db.execute(text("UPDATE clinical.unit SET count = 5"))


def test_a_statement_prepared_in_one_unit_does_not_slip_past_the_next(vault: Vault) -> None:
    statement = text("UPDATE clinical.unit SET count = count + 1")
    for _ in range(3):
        with vault.write("clinical") as db:
            db.execute(statement)
        with pytest.raises(DatabaseError, match="prohibited|not authorized"), vault.write("core") as db:
            db.execute(statement)


def test_an_error_undoes_the_whole_unit(vault: Vault) -> None:
    with pytest.raises(ValueError, match="stop"), vault.write("core") as db:
        db.add(Person(id=new_id(), full_name="B", normal_name="b"))
        db.flush()
        raise ValueError("stop")
    with vault.read() as db:
        assert db.scalars(select(Person)).all() == []


def test_stamps_say_who_and_when(vault: Vault) -> None:
    person_id = add_person(vault)
    with vault.write("core") as db:
        person = db.get_one(Person, person_id)
        assert person.created_by == person.changed_by == vault.user.id
        before = person.changed_at
        person.pronouns = "she/her"
    assert person.changed_at > before
    assert person.created_at <= before
    assert person.row_version == 2


def test_a_row_changed_meanwhile_raises_stale_record(vault: Vault) -> None:
    person_id = add_person(vault)
    with vault.read() as db:
        seen = db.get_one(Person, person_id)
    with vault.write("core") as db:
        db.get_one(Person, person_id).pronouns = "they/them"
    with pytest.raises(StaleRecord), vault.write("core") as db:
        mine = db.merge(seen, load=False)
        mine.pronouns = "she/her"


def test_after_the_commit_tables_and_people_are_told(vault: Vault) -> None:
    told: list[Changed] = []
    vault.changes.listen(told.append)
    person_id = add_person(vault)
    assert told == [Changed(frozenset({"person"}), frozenset({person_id}))]
    with vault.write("core") as db:
        db.add(ContactPoint(person_id=person_id, kind="phone", value="1"))
    assert told[1] == Changed(frozenset({"contact_point"}), frozenset({person_id}))
    with pytest.raises(ValueError, match="stop"), vault.write("core") as db:
        db.get_one(Person, person_id).pronouns = "x"
        db.flush()
        raise ValueError("stop")
    with vault.write("core"):
        pass
    assert len(told) == 2


def test_a_second_writer_of_a_zone_waits_and_is_then_told_busy(vault: Vault) -> None:
    outcome: list[str] = []

    def other() -> None:
        try:
            with vault.write("core", wait=0.05):
                outcome.append("wrote")
        except Busy as error:
            outcome.append(error.message)
        with vault.write("clinical", wait=0.05):
            outcome.append("another zone is free")

    with vault.write("core"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert outcome[0] != "wrote"
    assert outcome[1] == "another zone is free"


def test_readers_do_not_wait_for_a_writer_and_see_the_state_before(vault: Vault) -> None:
    with vault.write("core") as db:
        db.add(Person(id=new_id(), full_name="B", normal_name="b"))
        db.flush()
        with vault.read() as reader:
            assert reader.scalars(select(Person)).all() == []


def test_writing_a_zone_twice_in_one_thread_is_a_fault_and_not_a_wait(vault: Vault) -> None:
    with vault.write("core"), pytest.raises(RuntimeError, match="already"), vault.write("core"):
        pass


def test_a_full_disk_is_said_to_be_full_and_reading_goes_on(vault: Vault) -> None:
    engine = vault.unlocked.units.engine

    def small(connection: Connection) -> None:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.set_authorizer(None)
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
        raw.execute(f"PRAGMA max_page_count={pages + 2}")

    event.listen(engine, "engine_connect", small)
    with pytest.raises(DiskFull, match="full"), vault.write("core") as db:
        for number in range(200):
            db.add(Person(id=new_id(), full_name="x" * 400, normal_name=str(number)))
    with vault.read() as db:
        assert db.scalars(select(Person)).all() == []


def test_parameters_never_stand_in_an_error(vault: Vault) -> None:
    with pytest.raises(DatabaseError) as caught, vault.write("core") as db:
        db.add(ContactPoint(person_id=new_id(), kind="phone", value="07700 900123"))
    assert "900123" not in str(caught.value)


def test_locking_waits_for_a_unit_in_another_thread_and_stops_it(vault: Vault) -> None:
    started, errors = threading.Event(), list[BaseException]()
    endless = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")

    def long() -> None:
        try:
            with vault.read() as db:
                started.set()
                db.execute(endless)
        except VaultError as error:
            errors.append(error)

    thread = threading.Thread(target=long)
    thread.start()
    started.wait()
    vault.lock()
    thread.join()
    assert not vault.is_unlocked
    assert [type(e) for e in errors] == [VaultError]
    with pytest.raises(VaultError, match="locked"):
        vault.read()


def test_a_unit_that_comes_too_late_opens_no_file(vault: Vault) -> None:
    units = vault.unlocked.units
    vault.lock()
    for late in (units.read(), units.write("core", 1.0)):
        with pytest.raises(VaultError, match="locked"), late:
            pass
    assert units.engine.pool.checkedin() == 0  # type: ignore[attr-defined]  # a QueuePool


def test_a_rolled_back_unit_leaves_its_zone_free(vault: Vault) -> None:
    for _ in range(3):
        with pytest.raises(KeyError), vault.write("core"):
            raise KeyError
    add_person(vault)


def test_an_error_of_the_disk_is_a_full_disk_where_there_is_no_room(tmp_path: Path, monkeypatch) -> None:
    error = sqlcipher.OperationalError("disk I/O error")
    error.sqlite_errorcode = 10  # SQLITE_IOERR
    files: Any = {"core": (tmp_path / "zone.db", None)}
    assert "an error" in str(zones.in_words(error, files))
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(zones.shutil, "disk_usage", lambda _path: usage._replace(free=4096))
    assert isinstance(zones.in_words(error, files), DiskFull)
    assert "an error" in str(zones.in_words(error))  # not while opening: nothing is known of the room
