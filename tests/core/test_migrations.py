"""Histories: one per owner and zone; a new generation at unlock; nothing of ours in a revision."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, select, text

from tests.conftest import PASSPHRASE, USER
from therapydesk.core import migrations
from therapydesk.core.audit import AuditEntry
from therapydesk.core.errors import DamagedVault, DiskFull, NewerFormat
from therapydesk.core.events import Event
from therapydesk.core.plugins import Owner, Plugins
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations
from therapydesk.core.vault.keys import Kdf
from therapydesk.core.vault.vault import Vault

ADD_COLUMN = '''"""Add a word."""
import sqlalchemy as sa
from alembic import op
revision = "{rev}"
down_revision = {down!r}
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("{column}", sa.String(), nullable=True))
    {more}
'''


@dataclass
class Host:
    """A host whose revisions a test writes."""

    found: list[Owner]

    def owners(self) -> Sequence[Owner]:
        return self.found

    def listeners(self, _zone: Zone) -> Sequence[tuple[str, Callable[[Any, Event], None]]]:
        return []


@pytest.fixture
def own_host(plugins: Plugins, tmp_path: Path) -> Host:
    """The real owners, with a copy of core's revisions to add to."""
    core, *rest = plugins.owners()
    folder = tmp_path / "revisions"
    shutil.copytree(core.migrations, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return Host([replace(core, migrations=folder), *rest])


def add_revision(host: Host, column: str, more: str = "pass") -> str:
    core = host.found[0]
    last = migrations.newest(core, "core")
    rev = f"{int(last or '0') + 1:04}"
    content = ADD_COLUMN.format(rev=rev, down=last, column=column, more=more)
    (core.migrations / "core" / f"{rev}_add_{column}.py").write_text(content)
    return rev


@contextmanager
def opened(folder: Path, host: Host) -> Iterator[Vault]:
    vault = Vault.open(folder, host=host)
    vault.kdf = Kdf.minimum()
    try:
        yield vault
    finally:
        vault.close()


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    target = tmp_path / "vault"
    shutil.copytree(template, target)
    return target


def columns(vault: Vault) -> set[str]:
    with vault.read() as db:
        return {c["name"] for c in inspect(db.connection()).get_columns("person")}


# --- At unlock ---


def test_a_vault_that_is_behind_is_brought_up_to_date_in_a_new_generation(
    folder: Path, own_host: Host
) -> None:
    add_revision(own_host, "shoe_size")
    with opened(folder, own_host) as vault:
        vault.unlock(USER, PASSPHRASE)
        assert "shoe_size" in columns(vault)
        assert vault.unlocked.current == {"core": "g2", "clinical": "g1", "safeguarding": "g1"}
        with vault.read() as db:
            actions = list(db.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))
        assert "brought up to date" in actions
        assert "vault made" in actions
        assert vault.check() == []
        keys = vault.unlocked.ring.zones["core"]
        old = generations.connect_alone(generations.zone_file(folder, "core", "g1"), keys)
        assert "shoe_size" not in {row[1] for row in old.execute("PRAGMA table_info(person)")}
        old.close()
        vault.unlock(USER, PASSPHRASE)
        assert vault.unlocked.current["core"] == "g2"


def test_a_vault_that_is_up_to_date_is_left_as_it_is_and_alembic_is_not_even_imported(
    folder: Path, plugins: Plugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("a revision was run")

    monkeypatch.setattr(migrations, "upgrade", refuse)
    vault = Vault.open(folder, host=plugins)
    vault.unlock(USER, PASSPHRASE)
    assert set(vault.unlocked.current.values()) == {"g1"}
    vault.close()
    assert [p.name for p in (folder / "core").iterdir()] == ["g1"]


def test_several_revisions_run_in_order(folder: Path, own_host: Host) -> None:
    add_revision(own_host, "one")
    last = add_revision(own_host, "two", 'op.execute("UPDATE person SET two = one")')
    with opened(folder, own_host) as vault:
        vault.unlock(USER, PASSPHRASE)
        assert {"one", "two"} <= columns(vault)
        with vault.read() as db:
            assert db.scalar(text("SELECT version_num FROM alembic_version_core")) == last


def test_a_revision_that_fails_leaves_the_vault_as_it_was(folder: Path, own_host: Host) -> None:
    before = (folder / "core" / "g1" / "zone.db").read_bytes()
    add_revision(own_host, "shoe_size", "raise ZeroDivisionError")
    with opened(folder, own_host) as vault:
        with pytest.raises(ZeroDivisionError):
            vault.unlock(USER, PASSPHRASE)
        assert not vault.is_unlocked
    assert (folder / "core" / "g1" / "zone.db").read_bytes() == before
    assert generations.read_current(folder)["core"] == "g1"
    next((own_host.found[0].migrations / "core").glob("*_add_shoe_size.py")).unlink()
    add_revision(own_host, "hat_size")
    with opened(folder, own_host) as vault:
        vault.unlock(USER, PASSPHRASE)
        assert "hat_size" in columns(vault)
        assert vault.check() == []


def test_a_revision_that_leaves_records_loose_is_refused(folder: Path, own_host: Host) -> None:
    columns = "id, person_id, kind, value, note, position"
    more = f"op.execute(\"INSERT INTO contact_point ({columns}) VALUES ('a', 'b', 'c', 'd', 'e', 1)\")"
    add_revision(own_host, "shoe_size", more)
    with opened(folder, own_host) as vault, pytest.raises(DamagedVault, match="loose"):
        vault.unlock(USER, PASSPHRASE)
    assert generations.read_current(folder)["core"] == "g1"


def test_changing_a_table_deletes_nothing_that_points_at_it(
    folder: Path, own_host: Host, plugins: Plugins
) -> None:
    from therapydesk.core.tables import new_id
    from therapydesk.records.people import ContactPoint, Person

    vault = Vault.open(folder, host=plugins)
    vault.unlock(USER, PASSPHRASE)
    with vault.write("core") as db:
        person = Person(id=new_id(), full_name="A", normal_name="a")
        db.add(person)
        db.flush()
        db.add(ContactPoint(person_id=person.id, kind="phone", value="1"))
    vault.close()
    add_revision(
        own_host, "x", 'with op.batch_alter_table("person", recreate="always") as t: t.drop_column("x")'
    )
    with opened(folder, own_host) as vault:
        vault.unlock(USER, PASSPHRASE)
        with vault.read() as db:
            assert len(db.scalars(select(ContactPoint)).all()) == 1


def test_the_log_keeps_its_triggers_through_a_migration(folder: Path, own_host: Host) -> None:
    add_revision(own_host, "x", 'with op.batch_alter_table("audit_entry", recreate="always") as t: pass')
    with opened(folder, own_host) as vault:
        vault.unlock(USER, PASSPHRASE)
        with vault.read() as db:
            query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
            assert set(db.scalars(text(query))) == {"audit_entry_no_update", "audit_entry_no_delete"}
        assert vault.check() == []


def test_only_a_holder_brings_a_zone_up_to_date(folder: Path, own_host: Host, plugins: Plugins) -> None:
    vault = Vault.open(folder, host=plugins)
    vault.kdf = Kdf.minimum()
    vault.unlock(USER, PASSPHRASE)
    vault.add_user("Nia", ["admin"], PASSPHRASE, [])
    vault.close()
    clinical = own_host.found[0].migrations / "clinical"
    last = migrations.newest(own_host.found[0], "clinical")
    content = ADD_COLUMN.format(rev="0009", down=last, column="word", more="pass").replace(
        'batch_alter_table("person")', 'batch_alter_table("consent_detail", schema="clinical")'
    )
    (clinical / "0009_add_word.py").write_text(content)
    with opened(folder, own_host) as vault:
        vault.unlock("Nia", PASSPHRASE)
        assert vault.unlocked.current["clinical"] == "g1"
        vault.unlock(USER, PASSPHRASE)
        assert vault.unlocked.current["clinical"] == "g2"
        with vault.read() as db:
            found = inspect(db.connection()).get_columns("consent_detail", schema="clinical")
            assert "word" in {c["name"] for c in found}


def test_a_vault_ahead_of_the_program_is_refused_and_left_alone(
    folder: Path, own_host: Host, plugins: Plugins
) -> None:
    add_revision(own_host, "shoe_size")
    with opened(folder, own_host) as vault:
        vault.unlock(USER, PASSPHRASE)
    before = (folder / "core" / "g2" / "zone.db").read_bytes()
    vault = Vault.open(folder, host=plugins)
    with pytest.raises(NewerFormat, match="newer version"):
        vault.unlock(USER, PASSPHRASE)
    vault.close()
    assert (folder / "core" / "g2" / "zone.db").read_bytes() == before


def test_too_little_room_is_said_before_anything_is_built(
    folder: Path, own_host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_revision(own_host, "shoe_size")
    usage = shutil.disk_usage(folder)
    size = (folder / "core" / "g1" / "zone.db").stat().st_size
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=2 * size))
    with opened(folder, own_host) as vault, pytest.raises(DiskFull, match="bring the vault up to date"):
        vault.unlock(USER, PASSPHRASE)
    assert [p.name for p in (folder / "core").iterdir()] == ["g1"]


def test_what_a_dead_attempt_left_is_built_anew(folder: Path, own_host: Host) -> None:
    add_revision(own_host, "shoe_size")
    leftover = folder / "core" / "g2"
    leftover.mkdir()
    (leftover / "zone.db").write_bytes(b"half")
    with opened(folder, own_host) as vault:
        vault.unlock(USER, PASSPHRASE)
        assert vault.check() == []


# --- Histories ---


@contextmanager
def zone_of(vault: Vault, zone: Zone) -> Iterator[Connection]:
    state = vault.unlocked
    path = generations.zone_file(vault.folder, zone, state.current[zone])
    with generations.building(zone, path, state.ring.zones[zone]) as connection:
        yield connection


def test_no_owner_drifts_from_its_models(vault: Vault, plugins: Plugins) -> None:
    found = {}
    for owner in plugins.owners():
        for zone in owner.zones:
            with zone_of(vault, zone) as connection:
                found[owner.id, zone] = migrations.drift(owner, zone, connection)
    assert {key: drift for key, drift in found.items() if drift} == {}


def test_drift_is_noticed(vault: Vault, plugins: Plugins) -> None:
    core = plugins.owners()[0]
    with zone_of(vault, "core") as connection:
        connection.execute(text("ALTER TABLE person ADD COLUMN extra TEXT"))
        connection.execute(text("CREATE TABLE stray (id INTEGER)"))
        found = " ".join(migrations.drift(core, "core", connection))
    assert "extra" in found
    assert "stray" in found


def test_full_text_tables_and_other_owners_are_left_out_of_the_comparison(
    vault: Vault, plugins: Plugins
) -> None:
    core = plugins.owners()[0]
    with zone_of(vault, "core") as connection:
        connection.execute(text("CREATE VIRTUAL TABLE probe_words USING fts5(text, id UNINDEXED)"))
        connection.execute(text("CREATE TABLE gone_row (id INTEGER)"))
        connection.execute(text("CREATE TABLE alembic_version_gone (version_num TEXT)"))
        assert migrations.drift(core, "core", connection) == []


@pytest.mark.parametrize("zone", ZONES)
def test_a_new_revision_holds_the_difference_and_imports_nothing_of_ours(tmp_path: Path, zone: Zone) -> None:
    owner = Owner("core", tmp_path, ZONES)
    path = migrations.new_revision(owner, zone, "make tables")
    content = path.read_text("utf-8")
    assert path.name == "0001_make_tables.py"
    assert "audit_entry" in content
    assert "therapydesk" not in content
    again = migrations.new_revision(owner, zone, "nothing new")
    assert again.name == "0002_nothing_new.py"
    assert "op." not in again.read_text("utf-8").split("def upgrade")[1]
    assert migrations.newest(owner, zone) == "0002"


def test_an_owner_without_revisions_is_never_behind(vault: Vault, tmp_path: Path) -> None:
    owner = Owner("nobody", tmp_path / "none", ("core",))
    with zone_of(vault, "core") as connection:
        raw = connection.connection.driver_connection
        assert migrations.newest(owner, "core") is None
        assert not migrations.is_behind(raw, owner, "core")
        migrations.upgrade(connection, owner, "core")


def test_the_folder_of_a_module_that_is_gone_does_not_stop_core(folder: Path, own_host: Host) -> None:
    own_host.found = own_host.found[:1]
    add_revision(own_host, "shoe_size")
    with opened(folder, own_host) as vault:
        vault.unlock(USER, PASSPHRASE)
        assert "shoe_size" in columns(vault)


def test_the_command_asks_for_owner_zone_and_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert migrations.main(["new-revision", "core", "nowhere", "x"]) == 2
    assert migrations.main([]) == 2
    assert "new-revision OWNER ZONE" in capsys.readouterr().err


def test_the_command_for_revisions_knows_modules_that_are_installed_beside(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert migrations.main(["new-revision", "hello", "core", "make tables"]) == 2
    assert "No module called hello with tables is installed." in capsys.readouterr().err
    assert migrations.main(["new-revision", "hello", "nowhere", "make tables"]) == 2
    assert "Usage" in capsys.readouterr().err
