"""Subject access reaches every table about people, of every plugin: from `privacy` on the table alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Uuid, create_engine, event, insert, select
from sqlalchemy.orm import mapped_column
from sqlalchemy.pool import StaticPool

from therapydesk import testing
from therapydesk.api import CoreBase, Erase, Money, Privacy, hooks
from therapydesk.built_in import BUILT_IN
from therapydesk.core.ids import new_id
from therapydesk.core.plugins import load_all
from therapydesk.core.tables import ZONES, Base, Instant
from therapydesk.records import subject_requests as requests
from therapydesk.records.subject_collect import collect_part
from therapydesk.records.subject_sources import LEFT_OUT, Source, about, personal_tables, sources
from therapydesk.records.subject_tables import ITEMS

load_all(BUILT_IN, {}, (), contrib=True)
EVERY = [source for zone in ZONES for source in personal_tables(zone)]
NUMBERS = count(1)
SOMEBODY, ELSE = UUID(int=1), UUID(int=2)


@pytest.fixture
def scratch() -> Iterator[Connection]:
    """Every table, empty, in memory; rows may point at what is not there."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    event.listen(
        engine,
        "connect",
        lambda raw, _: [raw.execute(f"ATTACH ':memory:' AS {z}") for z in ("clinical", "safeguarding")],
    )
    with engine.connect() as connection:
        Base.metadata.create_all(connection, tables=[source.table for source in EVERY])
        yield connection
    engine.dispose()


def a_value(column: Any) -> Any:
    """Something that the column takes."""
    if isinstance(column.type, Uuid):
        return new_id()
    kind = datetime if isinstance(column.type, Instant) else column.type.python_type
    made: dict[Any, Any] = {str: f"x{next(NUMBERS)}", int: next(NUMBERS), bool: True, bytes: b"x"}
    made.update(
        {date: date(2026, 5, 6), datetime: datetime(2026, 5, 6, tzinfo=UTC), Money: Money.from_pence(1)}
    )
    return made[kind]


def a_row(table: Any, person: UUID) -> dict[str, Any]:
    row = {c.name: a_value(c) for c in table.c if not c.nullable or c.primary_key}
    return {**row, "id" if table.name == "person" else "person_id": person}


def found(connection: Connection, table: Any) -> int:
    condition = about(table, {SOMEBODY})
    assert condition is not None, f"nothing leads from {table.name} to a person"
    return len(connection.execute(select(*table.primary_key.columns).where(condition)).all())


def test_there_are_tables_of_every_zone() -> None:
    assert {source.table.schema for source in EVERY} == {None, "clinical", "safeguarding"}
    assert len(EVERY) > 40


@pytest.mark.parametrize("source", EVERY, ids=lambda source: source.table.fullname)
def test_a_row_about_somebody_is_reached_and_one_about_somebody_else_is_not(
    source: Source, scratch: Connection
) -> None:
    scratch.execute(insert(source.table), [a_row(source.table, SOMEBODY), a_row(source.table, ELSE)])
    assert found(scratch, source.table) == 1


def test_only_copies_are_left_out() -> None:
    personal = {
        m.local_table.name  # type: ignore[attr-defined]  # a table
        for m in Base.registry.mappers
        if isinstance(getattr(m.class_, "privacy", None), Privacy)
        and m.class_.__module__.startswith("therapydesk.")
    }
    assert personal - {source.table.name for source in EVERY} == set(LEFT_OUT) == {"subject_item"}


def test_a_table_that_leads_to_nobody_is_noticed(scratch: Connection) -> None:
    """The control."""

    class Lost(CoreBase):
        __tablename__ = "wrong_lost"
        privacy = Privacy("Lost", "contact", Erase.DELETE, "none")
        id = mapped_column(Uuid(), primary_key=True)

    try:
        with pytest.raises(AssertionError, match="nothing leads from wrong_lost"):
            found(scratch, Lost.__table__)
    finally:
        Base.metadata.remove(Lost.__table__)  # type: ignore[arg-type]  # a table
        Base.registry._dispose_cls(Lost)


def test_what_sample_data_puts_anywhere_is_copied(plugin_id: str, tmp_path: Path) -> None:
    """With the real vault: whatever the plugin keeps of somebody is in the copies of that zone."""
    with testing.opened_vault(plugin_id, tmp_path) as vault:
        person = testing.add_person(vault)
        host: Any = vault.host
        for zone in ZONES:
            with vault.write(zone) as db:
                assert not host.ask(hooks.sample_data, db=db, person_id=person, seed=1).failures
        vault.settle()
        with vault.write("core") as db:
            request = requests.record_request(db, person, date(2026, 1, 5))
        for zone in ZONES:
            collect_part(vault, request, zone)
            with vault.read() as db:
                expected = set()
                for source in sources(db, zone):
                    condition: Any = about(source.table, {person})
                    some = select(1).select_from(source.table).where(condition).limit(1)
                    if db.connection().execute(some).first():
                        expected.add(source.table.name)
                item: Any = ITEMS[zone]
                copied = set(db.scalars(select(item.source).where(item.request_id == request).distinct()))
            assert expected <= copied, f"{plugin_id}: {expected - copied} is in no copy"


def test_a_table_of_a_module_that_is_not_installed_is_copied_raw(tmp_path: Path) -> None:
    with testing.opened_vault("notes", tmp_path) as vault:
        person = testing.add_person(vault)
        with vault.write("core") as db:
            request = requests.record_request(db, person, date(2026, 1, 5))
        with vault.write("clinical") as db:
            raw = db.connection()
            real: Any = raw.connection.driver_connection
            real.set_authorizer(None)  # as a revision of that module would
            raw.exec_driver_sql(
                "CREATE TABLE clinical.songs_song (id CHAR(32), person_id CHAR(32), name TEXT)"
            )
            raw.exec_driver_sql(
                "INSERT INTO clinical.songs_song VALUES (?, ?, ?)", (new_id().hex, person.hex, "Calon Lân")
            )
        collect_part(vault, request, "clinical")
        with vault.read() as db:
            item: Any = ITEMS["clinical"]
            rows = db.query(item).filter(item.source == "songs_song").all()
        assert ["Calon Lân" in row.fields for row in rows] == [True]
