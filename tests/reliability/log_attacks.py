"""Nine ways to falsify a log for somebody who has the folder and the key of its zone (security §6, S14)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from therapydesk.core import audit
from therapydesk.core.errors import UserError
from therapydesk.core.vault import generations
from therapydesk.core.vault.keys import ZoneKeys

COLUMNS = ("seq", "at", "actor", "role", "action", "ref", "detail", "prev", "hash")
PAGE = 4096


@dataclass
class Scene:
    """A closed vault, its core key, an older state of its core file, and that file of a copy that went its own way."""

    folder: Path
    key: ZoneKeys
    older: bytes
    other: bytes

    @property
    def path(self) -> Path:
        """Core's file. Nothing has it open."""
        return generations.zone_file(self.folder, "core", generations.read_current(self.folder)["core"])

    def run(self, *statements: str, rows: list[tuple[Any, ...]] | None = None) -> list[tuple[Any, ...]]:
        """Write to the file as somebody with the key would: without its triggers. Returns the last answer."""
        with closing(generations.connect_alone(self.path, self.key)) as raw:
            for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                raw.execute(f"DROP TRIGGER {name}")
            found: list[tuple[Any, ...]] = []
            for statement in statements:
                found = raw.execute(statement).fetchall()
            if rows is not None:
                raw.executemany(f"INSERT INTO audit_entry VALUES ({','.join('?' * len(COLUMNS))})", rows)
            return found

    def entries(self) -> list[dict[str, Any]]:
        """All of the log, as it stands in the file."""
        rows = self.run(f"SELECT {', '.join(COLUMNS)} FROM audit_entry ORDER BY seq")
        return [dict(zip(COLUMNS, row, strict=True)) for row in rows]

    def replace_all(self, entries: list[dict[str, Any]]) -> None:
        """Write another log in place of this one."""
        self.run("DELETE FROM audit_entry", rows=[tuple(e[c] for c in COLUMNS) for e in entries])


def middle(scene: Scene) -> int:
    """An entry from the middle that is no signature."""
    return next(int(e["seq"]) for e in scene.entries()[8:] if e["action"] == "create")


def chained(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries numbered and hashed anew; signatures say what they should, and are not made with the user's key."""
    prev = audit.START
    for number, entry in enumerate(entries, 1):
        entry.update(seq=number, prev=prev)
        if entry["action"] == audit.CHECKPOINT:
            told = {**json.loads(entry["detail"]), "head": prev, "seq": number - 1}
            entry["detail"] = json.dumps(told, sort_keys=True, separators=(",", ":"))
        typed = {
            **entry,
            "at": datetime.fromisoformat(entry["at"]).replace(tzinfo=UTC),
            "actor": UUID(entry["actor"]) if entry["actor"] else None,
            "ref": UUID(entry["ref"]) if entry["ref"] else None,
        }
        entry["hash"] = prev = audit.digest(typed)
    return entries


def change(scene: Scene) -> None:
    """Another role in an old entry."""
    scene.run(f"UPDATE audit_entry SET role = 'auditor' WHERE seq = {middle(scene)}")


def delete(scene: Scene) -> None:
    """An entry taken out of the middle."""
    scene.run(f"DELETE FROM audit_entry WHERE seq = {middle(scene)}")


def insert(scene: Scene) -> None:
    """An entry put in between, the ones behind it moved on."""
    entries, at = scene.entries(), middle(scene)
    copy = {**entries[at - 1], "action": "unlock"}
    moved = [{**e, "seq": e["seq"] + (e["seq"] >= at)} for e in entries]
    scene.replace_all(sorted([*moved, {**copy, "seq": at}], key=lambda e: int(e["seq"])))


def reorder(scene: Scene) -> None:
    """Two entries in each other's place."""
    at = middle(scene)
    scene.run(
        f"UPDATE audit_entry SET seq = -seq WHERE seq IN ({at}, {at + 1})",
        f"UPDATE audit_entry SET seq = CASE seq WHEN {-at} THEN {at + 1} ELSE {at} END WHERE seq < 0",
    )


def cut_tail(scene: Scene) -> None:
    """The last entries gone, the signature of the lock with them."""
    last = scene.entries()[-1]["seq"]
    scene.run(f"DELETE FROM audit_entry WHERE seq > {last - 6}")


def put_older_file_back(scene: Scene) -> None:
    """The whole file as it was some days ago."""
    scene.path.write_bytes(scene.older)


def put_older_page_back(scene: Scene) -> None:
    """Pages as they were: those that leave a file which every check of SQLCipher takes for sound, and a shorter log."""
    new, sound = bytearray(scene.path.read_bytes()), False
    changed = [
        n
        for n in range(1, min(len(scene.older), len(new)) // PAGE)
        if scene.older[n * PAGE : (n + 1) * PAGE] != new[n * PAGE : (n + 1) * PAGE]
    ]
    before = scene.entries()[-1]["seq"]
    kept = scene.path.read_bytes()
    for number in changed:
        tried = bytearray(kept)
        tried[number * PAGE : (number + 1) * PAGE] = scene.older[number * PAGE : (number + 1) * PAGE]
        scene.path.write_bytes(tried)
        try:
            with closing(generations.connect_alone(scene.path, scene.key)) as raw:
                hmac = raw.execute("PRAGMA cipher_integrity_check").fetchall()
                last = raw.execute("SELECT max(seq) FROM audit_entry").fetchone()[0]
        except UserError:
            continue
        if hmac == [] and last < before:
            sound = True
            break
    assert sound, "no page held the end of the log: the scene is not what it should be"


def write_anew(scene: Scene) -> None:
    """The whole chain hashed again around a changed entry; the signatures cannot be made again."""
    entries = scene.entries()
    entries[middle(scene) - 1]["role"] = "auditor"
    scene.replace_all(chained(entries))


def swap(scene: Scene) -> None:
    """The file of a copy of this practice that went its own way: the same key, another story."""
    scene.path.write_bytes(scene.other)


def write_anew_unsigned(scene: Scene) -> None:
    """The whole chain hashed again, all signatures left out: nothing in the file tells."""
    entries = [e for e in scene.entries() if e["action"] != audit.CHECKPOINT]
    entries[5]["role"] = "auditor"
    scene.replace_all(chained(entries))


ATTACKS: dict[str, Callable[[Scene], None]] = {
    "an entry changed": change,
    "an entry deleted": delete,
    "an entry put in": insert,
    "two entries swapped": reorder,
    "the tail cut": cut_tail,
    "an older file put back": put_older_file_back,
    "an older page put back": put_older_page_back,
    "the chain written anew": write_anew,
    "a file of another copy": swap,
}
UNSEEN = {
    "the tail cut": cut_tail,
    "an older file put back": put_older_file_back,
    "the chain written anew without signatures": write_anew_unsigned,
}


def scene_of(folder: Path, key: ZoneKeys, older: bytes, other: bytes, place: Path) -> Scene:
    """A copy of a closed vault to be attacked."""
    shutil.copytree(folder, place)
    return Scene(place, key, older, other)
