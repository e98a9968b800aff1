"""S14: nine attacks on the log by somebody with the zone's key; the mark from the keyring or a manifest notices each.

The controls show that the mark is what notices: without it three of them go unseen. What a million entries cost is measured
by `bench/audit.py`, beside its limit.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PASSPHRASE, USER
from tests.core.test_audit import add_person, entries, tamper
from tests.keyrings import Memory
from tests.reliability.log_attacks import ATTACKS, UNSEEN, Scene, change, scene_of
from tests.reliability.world import Host, open_vault
from therapydesk.core import audit, audit_check, dates, secrets
from therapydesk.core.audit_check import VerifyResult
from therapydesk.core.plugins import Plugins
from therapydesk.core.vault import generations, marks
from therapydesk.core.vault.keys import ZoneKeys
from therapydesk.core.vault.vault import Vault


@dataclass
class Practice:
    """A closed vault with some days of work in it, what the attacker has, and the marks kept outside."""

    folder: Path
    key: ZoneKeys
    older: bytes
    other: bytes
    keyring: dict[tuple[str, str], str]
    manifest: str
    host: Host


def day_of_work(vault: Vault, names: str) -> str:
    """Some people added, a backup, then locked: the log is signed. Returns what the backup's manifest holds of it."""
    for name in names:
        add_person(vault, f"{name} Bevan")
    manifest = json.dumps(marks.to_plain(marks.heads(vault)))
    vault.lock()
    assert vault.marks.wait(10)
    return manifest


def core_file(folder: Path) -> Path:
    return generations.zone_file(folder, "core", generations.read_current(folder)["core"])


@pytest.fixture(scope="module")
def practice(
    plugins: Plugins, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Practice]:
    """Worked in for three days; after the second a copy of the folder went its own way."""
    place = tmp_path_factory.mktemp("s14")
    folder, host = place / "vault", Host(plugins.owners())
    shutil.copytree(template, folder)
    backend = Memory()
    secrets.use_backend(backend)
    vault = open_vault(folder, host)
    vault.unlock(USER, PASSPHRASE)
    key = ZoneKeys(bytearray(vault.unlocked.ring.zones["core"].secret))
    vault.marks.look(vault)
    assert vault.marks.wait(10)
    day_of_work(vault, "ABCDEFGHIJKLMNOPQRST")
    older = core_file(folder).read_bytes()
    shutil.copytree(folder, place / "copy")
    for names in ("UV", "WXYZ"):
        vault.unlock(USER, PASSPHRASE)
        vault.marks.look(vault)
        assert vault.marks.wait(10)
        manifest = day_of_work(vault, names)
    vault.close()
    with closing(open_vault(place / "copy", host)) as copy:
        copy.unlock(USER, PASSPHRASE)
        day_of_work(copy, "0123456789")
    yield Practice(
        folder, key, older, core_file(place / "copy").read_bytes(), dict(backend.kept), manifest, host
    )
    secrets.use_backend(None)


@pytest.fixture
def scene(practice: Practice, tmp_path: Path) -> Scene:
    return scene_of(practice.folder, practice.key, practice.older, practice.other, tmp_path / "attacked")


def opened(practice: Practice, scene: Scene) -> Any:
    """The attacked vault, unlocked; the keyring holds what it held after the last honest lock."""
    backend = Memory()
    backend.kept = dict(practice.keyring)
    secrets.use_backend(backend)
    vault = open_vault(scene.folder, practice.host)
    vault.unlock(USER, PASSPHRASE)
    return closing(vault)


def by_the_log_alone(vault: Vault) -> list[VerifyResult]:
    """What the check at unlock and the walk through all of it find, without any mark."""
    return [*vault.log_findings, *(r for r in vault.verify_logs() if not r.sound)]


def by_keyring(vault: Vault, _practice: Practice) -> list[VerifyResult]:
    vault.marks.look(vault)
    assert vault.marks.wait(10)
    assert vault.marks.answer is not None
    return list(vault.marks.answer.findings)


def by_manifest(vault: Vault, practice: Practice) -> list[VerifyResult]:
    return marks.compare(vault, marks.from_plain(json.loads(practice.manifest)))


MARKS: dict[str, Callable[[Vault, Practice], list[VerifyResult]]] = {
    "keyring": by_keyring,
    "manifest": by_manifest,
}


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_each_attack_is_noticed_with_the_mark(
    practice: Practice, scene: Scene, attack: str, mark: str
) -> None:
    ATTACKS[attack](scene)
    with opened(practice, scene) as vault:
        found = MARKS[mark](vault, practice) + by_the_log_alone(vault)
        assert found, attack
        assert {result.zone for result in found} == {"core"}
        assert all(result.broken_at and result.why for result in found)
        assert vault.open_log_breaks() or mark == "manifest"
        with vault.read() as db:  # reading goes on
            assert db.get_bind() is not None
        add_person(vault, "Somebody New")


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("attack", UNSEEN)
def test_without_the_mark_some_attacks_go_unseen(
    practice: Practice, scene: Scene, attack: str, mark: str
) -> None:
    """The control: if the log alone noticed these, the test above would not show that the mark does."""
    UNSEEN[attack](scene)
    with opened(practice, scene) as vault:
        assert by_the_log_alone(vault) == []
        assert vault.check() == []
        assert MARKS[mark](vault, practice)


def test_an_older_page_passes_the_checks_of_the_database_engine(practice: Practice, scene: Scene) -> None:
    """SQLCipher seals each page by itself, so one of yesterday is as good as one of today: only the log tells."""
    ATTACKS["an older page put back"](scene)
    with closing(generations.connect_alone(scene.path, practice.key)) as raw:
        assert raw.execute("PRAGMA cipher_integrity_check").fetchall() == []


@pytest.mark.parametrize("mark", MARKS)
def test_an_untouched_log_is_not_accused(practice: Practice, scene: Scene, mark: str) -> None:
    with opened(practice, scene) as vault:
        assert MARKS[mark](vault, practice) + by_the_log_alone(vault) == []
        assert vault.open_log_breaks() == []


def test_a_mark_is_not_replaced_by_the_lock_after_an_attack(practice: Practice, scene: Scene) -> None:
    """Or the second unlock would find everything in order."""
    ATTACKS["an older file put back"](scene)
    with opened(practice, scene) as vault:
        assert by_keyring(vault, practice)
        vault.lock()
        vault.unlock(USER, PASSPHRASE)
        assert by_keyring(vault, practice)
        assert len(vault.open_log_breaks()) == 1


def test_the_program_itself_cannot_change_the_log(practice: Practice, scene: Scene) -> None:
    with (
        opened(practice, scene) as vault,
        pytest.raises(Exception, match="only added to"),
        vault.write("core") as db,
    ):
        db.connection().exec_driver_sql("UPDATE audit_entry SET role = 'auditor' WHERE seq = 3")


# -- opening 23 -----------------------------------------------------------------------------------------------

OLD = {
    "at": "substr(at, 1, 18) || '7' || substr(at, 20)",
    "actor": "'f' || substr(actor, 2)",
    "role": "substr(role, 2)",
    "action": "'D' || substr(action, 2)",
    "ref": "'f' || substr(ref, 2)",
    "detail": "replace(detail, 'person', 'persom')",
    "prev": "'g' || substr(prev, 2)",
    "hash": "'g' || substr(hash, 2)",
}


@pytest.mark.parametrize("column", OLD)
def test_changing_one_old_byte_makes_the_check_fail_and_names_the_entry(
    practice: Practice, scene: Scene, column: str
) -> None:
    seq = next(e["seq"] for e in scene.entries()[9:] if e["action"] == "create")
    scene.run(f"UPDATE audit_entry SET {column} = {OLD[column]} WHERE seq = {seq}")
    with opened(practice, scene) as vault:
        with vault.read() as db:
            result = audit_check.verify(db, "core")
        assert not result.sound
        assert result.broken_at == seq
        assert any(f"entry {seq}:" in str(finding) for finding in vault.check())


@pytest.mark.parametrize("which", [0, -1])
@pytest.mark.parametrize("value", ["'no time'", "x'00ff'", "7"])
@pytest.mark.parametrize("column", ["at", "actor", "detail", "hash"])
def test_what_is_no_value_at_all_is_named_and_stops_nothing(
    practice: Practice, scene: Scene, column: str, value: str, which: int
) -> None:
    """Also in the last entry, behind which the next one is written."""
    signed = [e["seq"] for e in scene.entries() if e["action"] == audit.CHECKPOINT][which]
    scene.run(f"UPDATE audit_entry SET {column} = {value} WHERE seq = {signed}")
    with opened(practice, scene) as vault, vault.read() as db:
        assert audit_check.verify(db, "core").broken_at == signed


def test_what_comes_behind_a_break_is_found_too(practice: Practice, scene: Scene) -> None:
    change(scene)
    created = [e["seq"] for e in scene.entries() if e["action"] == "create"]
    scene.run(f"UPDATE audit_entry SET detail = '{{}}' WHERE seq = {created[-1]}")
    with opened(practice, scene) as vault:
        found = [r.broken_at for r in by_the_log_alone(vault) if r.zone == "core"]
        assert created[-1] in found
        assert len(set(found)) == 2


# -- the clock ------------------------------------------------------------------------------------------------


def test_a_clock_that_runs_back_is_an_entry_and_order_stays(vault: Vault) -> None:
    at = dates.now()
    dates.set_clock(lambda: at)
    add_person(vault)
    dates.set_clock(lambda: at - timedelta(days=400))
    add_person(vault)
    kinds = [e.action for e in entries(vault)]
    assert kinds[-2:] == ["clock went back", "create"]
    numbers = [e.seq for e in entries(vault)]
    assert numbers == sorted(numbers)
    assert vault.verify_logs()[0].sound
    assert vault.open_log_breaks() == []


def test_a_clock_set_back_hides_no_attack(vault: Vault) -> None:
    add_person(vault)
    kept = marks.heads(vault)
    tamper(vault, f"DELETE FROM audit_entry WHERE seq = {kept['core'].seq}")
    at = dates.now()
    dates.set_clock(lambda: at - timedelta(days=30))
    add_person(vault)
    assert marks.compare(vault, kept)
