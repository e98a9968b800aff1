"""Create, open, unlock, lock: what a person with a passphrase can do, and nobody else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import PASSPHRASE, USER
from tests.core.vault.conftest import TEAM
from therapydesk.core.audit import AuditEntry
from therapydesk.core.errors import DamagedVault, NotFound, UserError, VaultError, VaultInUse, WrongPassphrase
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES, Zone, new_id
from therapydesk.core.vault import drafts
from therapydesk.core.vault.keys import Kdf
from therapydesk.core.vault.passphrase import Refused
from therapydesk.core.vault.vault import NewPractice, Vault
from therapydesk.records.people import Person
from therapydesk.records.users import User


def open_files(folder: Path) -> list[str]:
    """What this process has open inside a folder."""
    found = []
    for handle in Path("/proc/self/fd").iterdir():
        try:
            target = os.readlink(handle)
        except FileNotFoundError:
            continue
        if target.startswith(str(folder)):
            found.append(target)
    return found


def actions(vault: Vault) -> list[str]:
    with vault.read() as db:
        return list(db.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)))


def copy_of(folder: Path, tmp_path: Path, name: str = "copy") -> Path:
    target = tmp_path / name
    shutil.copytree(folder, target)
    return target


def zone_path(folder: Path, zone: Zone) -> Path:
    current = json.loads((folder / "CURRENT").read_text())
    return Path(folder / zone / current[zone] / "zone.db")


# --- Create ---


def test_a_new_vault_is_returned_unlocked_with_the_code_of_its_kit(plugins: Plugins, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "vault"
    new = NewPractice("Harbour", " Ruth ", ("owner", "therapist"), PASSPHRASE, demo=True)
    vault, code = Vault.create(folder, new, host=plugins, kdf=Kdf.minimum())
    assert vault.zones == frozenset(ZONES)
    assert (vault.user.name, vault.user.roles) == ("Ruth", frozenset({"owner", "therapist"}))
    assert (vault.demo, vault.practice, vault.needs_kit) == (True, "Harbour", False)
    with vault.read() as db:
        user = db.get_one(User, vault.user.id)
        assert (user.name, {r.role for r in user.roles}) == ("Ruth", {"owner", "therapist"})
    vault.close()
    again = Vault.open(folder, host=plugins)
    again.unlock_with_recovery(str(code), PASSPHRASE)
    again.close()
    assert [p.name for p in folder.parent.iterdir()] == ["vault"]


def test_a_weak_passphrase_or_a_full_folder_leaves_nothing_behind(plugins: Plugins, tmp_path: Path) -> None:
    with pytest.raises(UserError):
        Vault.create(tmp_path / "v", NewPractice("P", "Ruth", (), "password1234"), host=plugins)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").touch()
    with pytest.raises(VaultError, match="something in this folder"):
        Vault.create(tmp_path / "full", NewPractice("P", "Ruth", (), PASSPHRASE), host=plugins)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["full"]


def test_a_vault_can_be_made_in_an_empty_folder(plugins: Plugins, tmp_path: Path) -> None:
    (tmp_path / "v").mkdir()
    new = NewPractice("P", "Ruth", (), PASSPHRASE)
    vault, _ = Vault.create(tmp_path / "v", new, host=plugins, kdf=Kdf.minimum())
    vault.close()


# --- Open and unlock ---


def test_who_can_sign_in_is_told_and_capitals_do_not_matter(team: Vault) -> None:
    assert team.user_names() == [USER, *TEAM]
    assert team.unlock("  nia ADMIN", PASSPHRASE).name == "Nia Admin"
    with pytest.raises(NotFound):
        team.unlock("Nobody", PASSPHRASE)


@pytest.mark.parametrize("name", TEAM)
def test_each_opens_the_zones_granted_and_no_other(team: Vault, name: str) -> None:
    roles, zones = TEAM[name]
    actor = team.unlock(name, PASSPHRASE)
    assert actor.roles == frozenset(roles)
    assert team.zones == {"core", *zones}
    with team.read() as db:
        assert [z for z in ZONES if db.holds(z)] == [z for z in ZONES if z in team.zones]
        attached = {row[1] for row in db.connection().exec_driver_sql("PRAGMA database_list")}
    assert attached - {"temp"} == {"main", *zones}


def test_a_second_program_is_told_that_the_vault_is_in_use(vault: Vault, plugins: Plugins) -> None:
    with pytest.raises(VaultInUse):
        Vault.open(vault.folder, host=plugins)
    vault.close()
    Vault.open(vault.folder, host=plugins).close()


def test_a_wrong_passphrase_is_refused_counted_and_logged_at_the_next_unlock(team: Vault) -> None:
    for wait in (0, 0, 1):
        with pytest.raises(Refused) as caught:
            team.unlock(USER, "not the passphrase")
        assert caught.value.wait == wait
    assert not team.is_unlocked
    with pytest.raises(Refused, match="Too many"):
        team.unlock(USER, PASSPHRASE)
    assert len(list((team.folder / "pending").iterdir())) == 3
    team.unlock("Nia Admin", PASSPHRASE)
    assert actions(team).count("unlock failed") == 3
    assert list((team.folder / "pending").iterdir()) == []


def test_what_waits_to_be_logged_tells_nothing_to_who_finds_it(team: Vault) -> None:
    with pytest.raises(WrongPassphrase):
        team.unlock(USER, "not the passphrase")
    (path,) = (team.folder / "pending").iterdir()
    assert b"wrong" not in path.read_bytes()


def test_a_restart_does_not_forget_wrong_tries(team: Vault) -> None:
    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            team.unlock(USER, "not the passphrase")
    folder, host = team.folder, team.host
    team.close()
    again = Vault.open(folder, host=host)
    with pytest.raises(Refused) as caught:
        again.unlock(USER, PASSPHRASE)
    assert caught.value.wait > 0
    again.close()


ONLY_UNLOCK = """
import sys
from pathlib import Path
from tests.reliability.world import Host, open_vault
from therapydesk.core.plugins import Owner
core = Owner("core", Path(sys.argv[2]), ("core", "clinical", "safeguarding"))
vault = open_vault(Path(sys.argv[1]), Host([core]))
vault.unlock(sys.argv[3], sys.argv[4])
vault.close()
print([name for name in sys.modules if name.split(".")[0] in ("alembic", "mako", "PySide6")])
"""


def test_unlocking_imports_neither_alembic_nor_qt(template: Path, plugins: Plugins, tmp_path: Path) -> None:
    folder = copy_of(template, tmp_path)
    arguments = [str(folder), str(plugins.owners()[0].migrations), USER, PASSPHRASE]
    done = subprocess.run(
        [sys.executable, "-c", ONLY_UNLOCK, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


# --- Lock ---


def test_after_a_lock_no_zone_file_is_open_and_no_journal_is_left(vault: Vault) -> None:
    with vault.write("clinical"), vault.read() as db:
        db.scalars(select(Person)).all()
    assert any(name.endswith("zone.db") for name in open_files(vault.folder))
    ring = vault.unlocked.ring
    vault.lock()
    assert open_files(vault.folder) == [str(vault.folder / "LOCK")]
    assert [p for p in vault.folder.rglob("*") if p.name.endswith(("-wal", "-shm"))] == []
    assert ring.own.secret == bytearray(32)
    assert ring.zones == {}
    vault.close()
    assert open_files(vault.folder) == []


def test_a_locked_vault_gives_nothing(vault: Vault) -> None:
    vault.lock()
    vault.lock()
    for use in (vault.read, vault.settle, vault.check, vault.drafts, lambda: vault.user, lambda: vault.zones):
        with pytest.raises(VaultError, match="locked"):
            use()
    with pytest.raises(VaultError, match="locked"), vault.write("core"):
        pass
    vault.unlock(USER, PASSPHRASE)
    assert vault.check() == []


def test_a_full_disk_does_not_stop_the_lock(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    from therapydesk.core.vault.durable import disk_full

    def full(*_: object, **__: object) -> None:
        raise disk_full()

    monkeypatch.setattr(vault, "write", full)
    vault.lock()
    assert not vault.is_unlocked
    assert open_files(vault.folder) == [str(vault.folder / "LOCK")]


# --- Damage and changes from outside ---


@pytest.mark.parametrize("zone", ZONES)
def test_a_missing_zone_file_is_named(team: Vault, zone: Zone) -> None:
    zone_path(team.folder, zone).unlink()
    with pytest.raises(DamagedVault, match=f"missing: {zone}/g1/zone.db"):
        team.unlock("Nia Admin", PASSPHRASE)
    assert not zone_path(team.folder, zone).exists()


@pytest.mark.parametrize("zone", ZONES)
def test_a_file_that_is_not_encrypted_is_refused(team: Vault, zone: Zone) -> None:
    import sqlite3

    zone_path(team.folder, zone).unlink()
    made = sqlite3.connect(zone_path(team.folder, zone))
    made.execute("CREATE TABLE person (id)")
    made.commit()
    made.close()
    with pytest.raises(DamagedVault, match=f"not encrypted: {zone}/g1/zone.db"):
        team.unlock("Nia Admin", PASSPHRASE)


@pytest.mark.parametrize("zone", ZONES)
def test_a_zone_file_of_another_vault_does_not_fit_the_key(
    team: Vault, plugins: Plugins, tmp_path: Path, zone: Zone
) -> None:
    new = NewPractice("P", "Ruth", (), PASSPHRASE)
    other, _ = Vault.create(tmp_path / "other", new, host=plugins, kdf=Kdf.minimum())
    other.close()
    shutil.copyfile(zone_path(tmp_path / "other", zone), zone_path(team.folder, zone))
    with pytest.raises(DamagedVault, match="key does not fit"):
        team.unlock(USER, PASSPHRASE)


def change_json(path: Path, change: Any) -> None:
    """Change a small file as somebody from outside would, its sum included."""
    data = json.loads(path.read_text())
    data.pop("sum")
    change(data)
    path.write_text(json.dumps(data))


def test_roles_changed_from_outside_are_noticed(team: Vault) -> None:
    change_json(team.folder / "users.json", lambda d: d["users"][1]["roles"].append("owner"))
    with pytest.raises(DamagedVault, match=r"users\.json"):
        team.unlock("Nia Admin", PASSPHRASE)


def test_a_grant_put_in_from_outside_is_noticed(team: Vault) -> None:
    path = team.folder / "clinical" / "g1" / "grants.json"
    change_json(path, lambda d: d["grants"][0].update(by=d["grants"][1]["to"]))
    with pytest.raises(DamagedVault, match="clinical/grants.json"):
        team.unlock(USER, PASSPHRASE)


def test_grants_of_another_zone_are_noticed(team: Vault) -> None:
    shutil.copyfile(
        team.folder / "clinical" / "g1" / "grants.json", team.folder / "safeguarding" / "g1" / "grants.json"
    )
    with pytest.raises(DamagedVault, match="safeguarding/grants.json"):
        team.unlock(USER, PASSPHRASE)


@pytest.mark.parametrize("name", ["users.json", "CURRENT", "clinical/g1/grants.json", "VAULT.json"])
@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"{}"])
def test_small_files_cut_emptied_or_gone_are_named(
    team_template: Path, plugins: Plugins, tmp_path: Path, name: str, content: bytes | None
) -> None:
    folder = copy_of(team_template, tmp_path)
    path = folder / name
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(VaultError, match=Path(name).name):
        vault = Vault.open(folder, host=plugins)
        try:
            vault.unlock(USER, PASSPHRASE)
        finally:
            vault.close()


@pytest.mark.parametrize("value", ["../../x", "g1/../g1", 3, "g", None])
def test_a_generation_name_cannot_lead_out_of_the_vault(team: Vault, value: Any) -> None:
    change_json(team.folder / "CURRENT", lambda d: d.update(core=value))
    with pytest.raises(DamagedVault, match="CURRENT"):
        team.unlock(USER, PASSPHRASE)


# --- Drafts ---


def test_a_draft_comes_back_after_a_lock_to_its_author_alone(team: Vault) -> None:
    team.unlock("Tomos Therapist", PASSPHRASE)
    team.save_draft("notes.1", "He played the drum today")
    team.save_draft("notes.1", "He played the drum today, softly")
    team.save_draft("notes.2", "")
    team.lock()
    team.unlock("Siân Lead", PASSPHRASE)
    assert team.load_draft("notes.1") is None
    assert team.drafts() == []
    team.unlock("Tomos Therapist", PASSPHRASE)
    assert team.load_draft("notes.1") == "He played the drum today, softly"
    assert [d.key for d in team.drafts()] == ["notes.2", "notes.1"]
    team.drop_draft("notes.1")
    team.drop_draft("notes.1")
    assert team.load_draft("notes.1") is None


def test_another_user_with_the_same_zones_cannot_open_a_draft(team: Vault) -> None:
    team.unlock("Tomos Therapist", PASSPHRASE)
    team.save_draft("notes.1", "He played the drum today")
    team.unlock("Siân Lead", PASSPHRASE)
    with team.read() as db:
        sealed = db.scalars(select(drafts.SealedDraft.sealed)).one()
    assert b"drum" not in sealed
    with pytest.raises(DamagedVault):
        team.unlocked.ring.own.open(sealed)


def test_drafts_are_not_logged_and_tell_no_page_to_reload(vault: Vault) -> None:
    before = actions(vault)
    told: list[Any] = []
    vault.changes.listen(told.append)
    vault.save_draft("notes.1", "text")
    assert actions(vault) == before
    assert told == []


def test_a_draft_on_a_full_disk_stays_in_memory_past_a_lock(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    from therapydesk.core.vault.durable import disk_full

    def full(*_: object, **__: object) -> None:
        raise disk_full()

    with monkeypatch.context() as patch:
        patch.setattr(vault, "write", full)
        vault.save_draft("notes.1", "text")
        assert vault.load_draft("notes.1") == "text"
        assert [d.key for d in vault.drafts()] == ["notes.1"]
        vault.lock()
    vault.unlock(USER, PASSPHRASE)
    assert vault.unsaved_drafts == {}
    assert vault.load_draft("notes.1") == "text"


# --- Check ---


def test_a_loose_link_between_zones_is_found(vault: Vault) -> None:
    from therapydesk.records.consents import ConsentDetail

    assert vault.check() == []
    with vault.write("clinical") as db:
        db.add(ConsentDetail(consent_id=new_id(), person_id=new_id(), text="x"))
    found = vault.check()
    assert {(f.zone, f.kind) for f in found} == {("clinical", "link")}
    assert any("consent_detail.person_id" in str(f) for f in found)


@pytest.mark.parametrize("zone", ZONES)
def test_a_flipped_bit_in_a_zone_file_is_found(team: Vault, zone: Zone) -> None:
    team.unlock(USER, PASSPHRASE)
    path = zone_path(team.folder, zone)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert (zone, "file") in {(f.zone, f.kind) for f in team.check()}
