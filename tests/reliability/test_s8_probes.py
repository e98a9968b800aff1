"""S8: every role's keys × every zone × every way in; and every statement that would write plaintext or change
a key.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tests.conftest import PASSPHRASE, USER
from tests.reliability.world import Host, open_vault
from therapydesk.core import audit
from therapydesk.core.errors import UserError
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES, Zone, new_id
from therapydesk.core.vault import generations
from therapydesk.core.vault.keys import ZoneKeys, seal
from therapydesk.core.vault.session import Db
from therapydesk.core.vault.vault import Vault
from therapydesk.core.vault.zones import schema_of

MARK = "Zither Quokka Marzipan"
ROLES: dict[str, tuple[Zone, ...]] = {
    "owner": (),
    "admin": (),
    "link_worker": (),
    "auditor": (),
    "therapist": ("clinical",),
    "lead": ("clinical", "safeguarding"),
}
REFUSED = (UserError, sqlcipher.Error, sqlite3.Error, SQLAlchemyError)


@pytest.fixture(scope="module")
def practice(plugins: Plugins, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault with a user of each role, a full-text table in each zone, and a mark in each zone; closed."""
    folder = tmp_path_factory.mktemp("probes") / "vault"
    shutil.copytree(template, folder)
    vault = open_vault(folder, Host(plugins.owners()))
    vault.unlock(USER, PASSPHRASE)
    for role, zones in ROLES.items():
        vault.add_user(role, [role], PASSPHRASE, zones)
    ring = vault.unlocked.ring
    kept = {zone: ZoneKeys(bytearray(ring.zones[zone].secret)) for zone in ZONES}
    vault.close()
    for zone in ZONES:
        with generations.building(zone, generations.zone_file(folder, zone, "g1"), kept[zone]) as connection:
            schema = schema_of(zone)
            connection.execute(
                text(f"CREATE VIRTUAL TABLE {schema}.probe_words USING fts5(words, id UNINDEXED)")
            )
            connection.execute(text(f"INSERT INTO {schema}.probe_words VALUES ('{MARK} {zone}', 'x')"))
    return folder


@pytest.fixture
def desk(
    practice: Path, plugins: Plugins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Vault]:
    """A copy of the vault, locked; the working folder is where a probe's files would turn up."""
    shutil.copytree(practice, tmp_path / "vault")
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path / "out"))
    vault = open_vault(tmp_path / "vault", Host(plugins.owners()))
    yield vault
    vault.close()


def probes_for(vault: Vault, zone: Zone) -> dict[str, Callable[[], Any]]:
    """Ways of somebody without the zone's key to get at what is in it."""
    state = vault.unlocked
    path = generations.zone_file(vault.folder, zone, "g1")
    folder = path.parent
    sealed = seal(state.public_key(zone), MARK.encode())

    def opened(key: bytes | None) -> Any:
        with closing(sqlcipher.connect(str(path))) as raw:
            if key is not None:
                raw.set_key(key)
            return raw.execute("SELECT * FROM sqlite_master").fetchall()

    def attached(key: str | None) -> Any:
        core = generations.zone_file(vault.folder, "core", "g1")
        with closing(generations.connect_alone(core, state.ring.zones["core"])) as raw:
            raw.execute(
                *(
                    ("ATTACH ? AS z", (str(path),))
                    if key is None
                    else ("ATTACH ? AS z KEY ?", (str(path), key))
                )
            )
            return raw.execute("SELECT * FROM z.sqlite_master").fetchall()

    def copied() -> Any:
        with closing(sqlcipher.connect(str(path))) as raw, closing(sqlcipher.connect("copy.db")) as made:
            raw.backup(made)
            return made.execute("SELECT * FROM sqlite_master").fetchall()

    def plain() -> Any:
        with closing(sqlite3.connect(path)) as raw:
            return raw.execute("SELECT * FROM sqlite_master").fetchall()

    def grant_of_another() -> Any:
        data = json.loads((folder / "grants.json").read_text())
        data["grants"][0]["to"] = str(vault.user.id)
        (folder / "grants.json").write_text(json.dumps(data))
        name = vault.user.name
        try:
            vault.unlock(name, PASSPHRASE)
            return zone in vault.zones or None
        finally:
            shutil.copyfile(folder / "kept.json", folder / "grants.json")
            vault.unlock(name, PASSPHRASE)

    def read(query: str) -> Any:
        with vault.read() as db:
            return db.execute(text(query)).fetchall()

    def write() -> Any:
        with vault.write(zone) as db:
            return db.zone

    shutil.copyfile(folder / "grants.json", folder / "kept.json")
    held = {f"key of {name}": keys.raw_key() for name, keys in state.ring.zones.items()}
    own = {
        "user secret": f"x'{state.ring.own.secret.hex()}'",
        "nought": f"x'{'0' * 64}'",
        "empty": "",
        "password": "x",
    }
    found: dict[str, Callable[[], Any]] = {
        "open without key": lambda: opened(None),
        "attach without key": lambda: attached(None),
    }
    for name, key in {**held, **own}.items():
        found[f"open with {name}"] = partial(opened, key.encode())
        found[f"attach with {name}"] = partial(attached, key)
    for table in ("audit_entry", "outbox", "probe_words", "sqlite_master"):
        found[f"select {table}"] = partial(read, f"SELECT * FROM {zone}.{table}")
    found |= {
        "full text": lambda: read(f"SELECT * FROM {zone}.probe_words WHERE probe_words MATCH 'zither'"),
        "full text shadow": lambda: read(f"SELECT * FROM {zone}.probe_words_content"),
        "attach in a unit": lambda: read(f"ATTACH '{path}' AS z"),
        "copy by backup": copied,
        "ordinary SQLite": plain,
        "another's grant": grant_of_another,
        "write": write,
        "grant to oneself": lambda: vault.grant(zone, vault.user.id),
        "add a helper": lambda: vault.add_user("helper", ["lead"], PASSPHRASE, [zone]),
        "change the key": lambda: vault.rotate(zone),
        "open a message": lambda: vault.unlocked.open_message(zone, sealed),
        "view": lambda: audit.viewed(vault, zone, new_id(), "note"),
        "zone keys": lambda: vault.unlocked.ring.zone(zone),
        "grep": lambda: MARK.encode() in path.read_bytes() or None,
    }
    return found


def got_in(probe: Callable[[], Any]) -> bool:
    """Whether the probe gave anything."""
    try:
        return probe() is not None
    except REFUSED:
        return False


def test_nobody_gets_into_a_zone_whose_key_they_do_not_hold(desk: Vault) -> None:
    inside, tried = [], 0
    for role, zones in ROLES.items():
        desk.unlock(role, PASSPHRASE)
        for zone in (z for z in ZONES if z != "core" and z not in zones):
            for name, probe in probes_for(desk, zone).items():
                tried += 1
                inside += [f"{role}, {zone}: {name}"] if got_in(probe) else []
    assert inside == []
    assert tried >= 150
    assert [p.name for p in Path().iterdir() if p.stat().st_size] == []


def test_control_the_same_probes_get_a_holder_in(desk: Vault) -> None:
    desk.unlock("lead", PASSPHRASE)
    ways = {name for name, probe in probes_for(desk, "clinical").items() if got_in(probe)}
    assert {
        "open with key of clinical",
        "attach with key of clinical",
        "select audit_entry",
        "full text",
    } <= ways
    assert {"write", "open a message", "zone keys"} <= ways
    assert not ways & {
        "open with key of core",
        "open without key",
        "copy by backup",
        "grep",
        "attach in a unit",
    }


STATEMENTS = [
    *(
        "ATTACH 'out.db' AS o",
        "ATTACH 'out.db' AS o KEY ''",
        "ATTACH 'out.db' AS o KEY 'x'",
        "ATTACH ':memory:' AS o",
    ),
    *("ATTACH '' AS o", "ATTACH ('out' || '.db') AS o", "DETACH clinical", "VACUUM", "VACUUM INTO 'out.db'"),
    *("VACUUM main INTO 'out.db'", "VACUUM clinical INTO 'out.db'", "VACUUM clinical INTO ('out' || '.db')"),
    *(
        "PRAGMA key = 'x'",
        "PRAGMA rekey = 'x'",
        "PRAGMA rekey = ''",
        "PRAGMA clinical.rekey = 'x'",
        "PRAGMA hexkey = '00'",
    ),
    *(
        "PRAGMA hexrekey = '00'",
        "PRAGMA cipher_memory_security = OFF",
        "PRAGMA cipher_plaintext_header_size = 32",
    ),
    *(
        "PRAGMA cipher_use_hmac = OFF",
        "PRAGMA cipher_salt",
        "PRAGMA cipher_migrate",
        "PRAGMA cipher_log = 'out.log'",
    ),
    *("PRAGMA cipher_profile = 'out.log'", "PRAGMA cipher_default_use_hmac = OFF", "PRAGMA cipher_export"),
    *("PRAGMA temp_store = FILE", "PRAGMA temp_store = 1", "PRAGMA temp_store_directory = '.'"),
    *("PRAGMA journal_mode = DELETE", "PRAGMA journal_mode = OFF", "PRAGMA clinical.journal_mode = MEMORY"),
    *("PRAGMA synchronous = OFF", "PRAGMA clinical.synchronous = NORMAL", "PRAGMA writable_schema = ON"),
    *(
        "PRAGMA trusted_schema = ON",
        "PRAGMA foreign_keys = OFF",
        "PRAGMA secure_delete = OFF",
        "PRAGMA query_only = ON",
    ),
    *("PRAGMA recursive_triggers = OFF", "PRAGMA ignore_check_constraints = ON", "PRAGMA max_page_count = 1"),
    *("SELECT sqlcipher_export('main')", "SELECT load_extension('x')", "SELECT fts3_tokenizer('simple')"),
    *(
        "DROP TRIGGER audit_entry_no_update",
        "DROP TABLE audit_entry",
        "CREATE TABLE stray (id)",
        "CREATE VIEW v AS SELECT 1",
    ),
    *(
        "CREATE TRIGGER t AFTER INSERT ON audit_entry BEGIN SELECT 1; END",
        "CREATE INDEX i ON audit_entry (hash)",
    ),
    *("ALTER TABLE audit_entry RENAME TO old", "CREATE VIRTUAL TABLE f USING fts5(x)", "REINDEX", "ANALYZE"),
    *("UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry", "UPDATE sqlite_master SET sql = ''"),
    *(
        "UPDATE safeguarding.unit SET count = 9",
        "DELETE FROM safeguarding.unit",
        "DROP TABLE safeguarding.unit",
    ),
]


def run_in(db: Db, statement: str) -> Any:
    """Run a statement as it stands, inside a unit of work."""
    return db.connection().exec_driver_sql(statement).fetchall()


def refused(run: Callable[[str], Any], statement: str) -> str:
    """Why a statement was refused; empty when it was carried out."""
    try:
        run(statement)
    except (sqlcipher.Error, SQLAlchemyError) as error:
        return str(error)
    return ""


@pytest.mark.parametrize("zone", [None, "core", "clinical"])
def test_no_statement_in_a_unit_writes_plaintext_or_changes_a_key(desk: Vault, zone: Zone | None) -> None:
    desk.unlock("lead", PASSPHRASE)
    carried_out = []
    for statement in STATEMENTS:
        unit = desk.read() if zone is None else desk.write(zone)
        with unit as db:
            if not refused(partial(run_in, db), statement):
                carried_out.append(statement)
    assert carried_out == []
    assert list(Path().iterdir()) == []
    assert desk.check() == []


def test_no_statement_outside_a_transaction_does_either(desk: Vault) -> None:
    desk.unlock("lead", PASSPHRASE)
    connection = desk.unlocked.units.engine.raw_connection()
    raw: Any = connection.driver_connection
    whys = {s: refused(lambda s: raw.execute(s).fetchall(), s) for s in STATEMENTS}
    connection.close()
    assert [s for s, why in whys.items() if not why] == []
    for statement in ("VACUUM clinical INTO 'out.db'", "ATTACH 'out.db' AS o KEY ''", "PRAGMA rekey = 'x'"):
        assert "authoriz" in whys[statement]
    assert list(Path().iterdir()) == []
    assert desk.check() == []


@pytest.mark.parametrize(
    "statements",
    [
        ["ATTACH 'out.db' AS o KEY ''", "CREATE TABLE o.t AS SELECT * FROM clinical.probe_words"],
        ["VACUUM clinical INTO 'out.db'"],
    ],
)
def test_control_without_the_authorizer_such_statements_write_what_should_not_be_there(
    desk: Vault, statements: list[str]
) -> None:
    desk.unlock("lead", PASSPHRASE)
    connection = desk.unlocked.units.engine.raw_connection()
    raw: Any = connection.driver_connection
    raw.set_authorizer(None)
    for statement in statements:
        raw.execute(statement)
    connection.close()
    if "KEY ''" in statements[0]:
        assert MARK.encode() in Path("out.db").read_bytes()
    else:  # the clinical zone, readable with the key that everybody holds
        key = desk.unlocked.ring.zones["core"].raw_key().encode()
        with closing(sqlcipher.connect("out.db")) as raw:
            raw.set_key(key)
            assert raw.execute("SELECT words FROM probe_words").fetchall() == [(f"{MARK} clinical",)]


def test_control_from_an_unkeyed_connection_attaching_writes_plaintext(desk: Vault) -> None:
    desk.unlock("lead", PASSPHRASE)
    path, keys = generations.zone_file(desk.folder, "clinical", "g1"), desk.unlocked.ring.zones["clinical"]
    with closing(sqlcipher.connect(":memory:", isolation_level=None)) as raw:
        raw.execute("ATTACH ? AS clinical KEY ?", (str(path), keys.raw_key()))
        raw.execute("ATTACH 'out.db' AS o")
        raw.execute("CREATE TABLE o.t AS SELECT * FROM clinical.probe_words")
    assert MARK.encode() in Path("out.db").read_bytes()


def test_sorting_more_than_fits_in_memory_leaves_no_temporary_file(desk: Vault) -> None:
    desk.unlock("lead", PASSPHRASE)
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) "
    with desk.read() as db:
        rows = db.execute(text(f"{many} SELECT i, '{MARK}' || i AS m FROM n ORDER BY m DESC")).fetchall()
        db.execute(text("CREATE TEMP TABLE scratch AS SELECT 1 AS x"))
        assert list(Path().iterdir()) == []
        held = {Path(p).resolve() for p in Path("/proc/self/fd").iterdir()}
    assert len(rows) == 200000
    assert not [p for p in held if "etilqs" in p.name]
