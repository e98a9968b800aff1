"""S11: marks in everything that is written; after the lock no file on the disk shows one."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from tests.conftest import PASSPHRASE, USER
from tests.reliability.workers import listening
from tests.reliability.world import Host, open_vault
from therapydesk.core import audit
from therapydesk.core.errors import UserError
from therapydesk.core.log import close_log, setup_log
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import new_id
from therapydesk.core.vault import generations
from therapydesk.core.vault.outbox import hand_over
from therapydesk.core.vault.vault import Vault
from therapydesk.records.consents import ConsentDetail
from therapydesk.records.documents import ClinicalDocument
from therapydesk.records.people import ContactPoint, Person

NAMES = (
    *(
        "name",
        "contact",
        "clinical",
        "document",
        "sealed",
        "draft",
        "undone",
        "wrong passphrase",
        "new passphrase",
    ),
    *("index", "temporary", "exception", "sort", "user passphrase"),
)
MARKS = {
    name: f"Leak{number:02}Zebra{name.title().replace(' ', '')}Quagga" for number, name in enumerate(NAMES)
}


def scan(*folders: Path) -> list[str]:
    """Which marks stand in which files, as UTF-8, UTF-16 or hex, whole or as a piece long enough to tell."""
    found = []
    for path in (p for folder in folders for p in folder.rglob("*") if p.is_file()):
        content = path.read_bytes()
        lower = content.lower()
        for name, mark in MARKS.items():
            forms = (
                mark.encode(),
                mark.encode("utf-16-le"),
                mark.encode().hex().encode(),
                mark[:12].encode(),
            )
            if any(form.lower() in lower for form in forms):
                found.append(f"{name} in {path.name}")
    return found


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Path]]:
    """Everywhere that something could be written: the vault, the temporary folders, the log, the working
    folder.
    """
    folders = {name: tmp_path / name for name in ("temp", "log", "here")}
    for folder in folders.values():
        folder.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(folders["temp"]))
    monkeypatch.setattr(tempfile, "tempdir", str(folders["temp"]))
    monkeypatch.chdir(folders["here"])
    setup_log(folders["log"])
    yield {**folders, "vault": tmp_path / "vault"}
    close_log()


def write_everywhere(vault: Vault) -> None:
    """Put a mark through every door."""
    with pytest.raises(UserError):
        vault.unlock(USER, MARKS["wrong passphrase"])
    vault.unlock(USER, PASSPHRASE)
    person_id = new_id()
    with vault.write("core") as db:
        db.add(Person(id=person_id, full_name=MARKS["name"], normal_name=MARKS["name"].lower()))
        db.flush()
        db.add(ContactPoint(person_id=person_id, kind="email", value=MARKS["contact"]))
        hand_over(db, "clinical", "probe.text", person_id, {"text": MARKS["sealed"]})
        hand_over(db, "safeguarding", "missing.concern", person_id, {"text": MARKS["sealed"]})
    with vault.write("clinical") as db:
        db.add(ConsentDetail(consent_id=new_id(), person_id=person_id, text=MARKS["clinical"] * 300))
        blob = ClinicalDocument(
            person_id=person_id, kind="letter", title=MARKS["document"], media_type="text/plain"
        )
        blob.sha256, blob.content = "0" * 64, MARKS["document"].encode() * 3000
        db.add(blob)
        db.execute(text("INSERT INTO clinical.probe_words VALUES (:m)"), {"m": MARKS["index"]})
    with pytest.raises(KeyError), vault.write("core") as db:
        db.add(Person(id=new_id(), full_name=MARKS["undone"] * 200, normal_name="x"))
        db.flush()
        raise KeyError
    vault.save_draft(f"notes.{person_id}", MARKS["draft"])
    audit.viewed(vault, "clinical", person_id, "person")
    _provoke(vault)
    _sort(vault)
    vault.add_user("Nia", ["admin"], MARKS["user passphrase"], [])
    vault.change_passphrase(PASSPHRASE, MARKS["new passphrase"])
    vault.keep_kit(vault.make_kit())
    vault.rotate("clinical")
    assert {f.kind for f in vault.check()} <= {"link"}


def _provoke(vault: Vault) -> None:
    """Errors that carry values, as a program logs them."""
    log = logging.getLogger("therapydesk")
    for statement in (
        "SELECT * FROM nowhere WHERE a = :m",
        "INSERT INTO person (id, full_name) VALUES (:m, :m)",
    ):
        try:
            with vault.write("core") as db:
                db.execute(text(statement), {"m": MARKS["exception"]})
        except SQLAlchemyError as error:
            log.error("failed: %s", error, exc_info=error)
    with pytest.raises(SQLAlchemyError), vault.write("core") as db:
        db.add(ContactPoint(person_id=new_id(), kind="email", value=MARKS["exception"]))


def _sort(vault: Vault) -> None:
    """Sorting and temporary tables, which an ordinary SQLite puts into files."""
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) "
    with vault.read() as db:
        db.execute(
            text(f"{many} SELECT :m || i AS m FROM n ORDER BY m DESC"), {"m": MARKS["sort"]}
        ).fetchall()
        db.execute(text("CREATE TEMP TABLE scratch (m)"))
        db.execute(text(f"{many} INSERT INTO scratch SELECT :m || i FROM n"), {"m": MARKS["temporary"]})
        assert db.scalars(select(Person)).all()


def test_no_file_shows_a_mark_neither_at_work_nor_after_the_lock(
    plugins: Plugins, template: Path, world: dict[str, Path]
) -> None:
    shutil.copytree(template, world["vault"])
    vault = open_vault(world["vault"], listening(Host(plugins.owners())))
    vault.unlock(USER, PASSPHRASE)
    path, keys = generations.zone_file(vault.folder, "clinical", "g1"), vault.unlocked.ring.zones["clinical"]
    with generations.building("clinical", path, keys) as connection:
        connection.execute(text("CREATE VIRTUAL TABLE clinical.probe_words USING fts5(words)"))
    vault.lock()
    write_everywhere(vault)
    assert scan(*world.values()) == []
    vault.lock()
    assert scan(*world.values()) == []
    vault.unlock(USER, MARKS["new passphrase"])
    assert vault.drafts() != []  # what was written is there, for the one who may read it
    with vault.read() as db:
        assert db.scalars(select(Person.full_name)).all() == [MARKS["name"]]
        assert MARKS["clinical"] * 300 in db.scalars(select(ConsentDetail.text)).all()
    vault.close()
    assert scan(*world.values()) == []
    assert (world["log"]).exists()
    assert any(p.stat().st_size for p in world["log"].rglob("*")), (
        "the log was written, so that it could be looked at"
    )


def test_control_the_scan_finds_marks_in_an_ordinary_database(world: dict[str, Path]) -> None:
    with closing(sqlite3.connect(world["here"] / "plain.db")) as raw:
        raw.execute("CREATE TABLE t (m)")
        raw.executemany("INSERT INTO t VALUES (?)", [(mark,) for mark in MARKS.values()])
        raw.commit()
    (world["temp"] / "wide.txt").write_bytes(MARKS["name"].encode("utf-16-le"))
    (world["log"] / "hex.txt").write_text(MARKS["draft"].encode().hex().upper())
    found = scan(*world.values())
    assert len(found) == len(MARKS) + 2
