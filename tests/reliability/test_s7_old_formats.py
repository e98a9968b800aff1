"""S7: a vault of every format there was is brought up to date with all that was in it; a newer one is refused before any
file of it is opened; doing it again does nothing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from tests.reliability.kept import (
    EXPECTED,
    PLACE,
    SIGN_IN,
    Sound,
    digest,
    file_of,
    old_vault,
    sound_vault,
    tables,
)
from tests.reliability.world import Host, open_vault
from therapydesk.core.errors import NewerFormat
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import durable, generations
from therapydesk.core.vault.vault import Vault

# What opening a vault itself writes: the log (only added to), the counter of units, and the revisions.
GROWS, COUNTS = "audit_entry", ("unit",)


@pytest.fixture
def host(plugins: Plugins) -> Host:
    return Host(plugins.owners())


def differences(sound: Sound) -> list[str]:
    """Where the vault does not hold what the old one held, row for row."""
    found = []
    for zone in ZONES:
        with closing(generations.connect_alone(file_of(sound.folder, zone), sound.keys(zone))) as raw:
            there = tables(raw)
            for name, was in EXPECTED["tables"].items():
                table = name.partition(".")[2]
                if name.partition(".")[0] != zone or table in COUNTS or table.startswith("alembic_version_"):
                    continue
                if table not in there or not set(was["columns"]) <= set(there[table]):
                    found.append(f"{name} has lost columns")
                    continue
                where = f"WHERE seq <= {was['rows']}" if table == GROWS else ""
                if digest(raw, table, was["columns"], where) != (was["rows"], was["sha256"]):
                    found.append(f"{name} does not hold the same rows")
    return found


def everything(folder: Path) -> dict[str, str]:
    """The hash of each file of a vault."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_kept_vault_is_as_it_was_made() -> None:
    assert json.loads((PLACE / "vault" / "VAULT.json").read_text())["format"] == 1
    assert sum(table["rows"] for table in EXPECTED["tables"].values()) > 1000
    for zone in ZONES:
        assert not file_of(PLACE / "vault", zone).read_bytes().startswith(b"SQLite format 3")


def test_an_old_vault_is_brought_up_to_date_with_all_that_was_in_it(host: Host, tmp_path: Path) -> None:
    sound = sound_vault(tmp_path / "vault", host)
    assert differences(sound) == []
    vault = open_vault(sound.folder, host)
    vault.unlock(*SIGN_IN)
    assert vault.check() == []
    assert vault.log_findings == []
    vault.close()


@pytest.mark.parametrize("user", EXPECTED["users"])
def test_everybody_of_the_old_vault_signs_in_whoever_comes_first(
    user: str, host: Host, tmp_path: Path
) -> None:
    vault = open_vault(old_vault(tmp_path / "vault"), host)
    vault.unlock(user, EXPECTED["passphrase"])
    assert "core" in vault.zones
    assert vault.check() == []
    vault.unlock(*SIGN_IN)
    assert vault.zones == set(ZONES)
    assert vault.check() == []
    vault.close()


def test_the_recovery_kit_of_the_old_vault_still_opens_it(host: Host, tmp_path: Path) -> None:
    vault = open_vault(old_vault(tmp_path / "vault"), host)
    actor = vault.unlock_with_recovery(EXPECTED["recovery_code"], "another four plain words")
    assert actor.name == SIGN_IN[0]
    assert vault.zones == set(ZONES)
    vault.close()


def test_doing_it_again_does_nothing(host: Host, tmp_path: Path) -> None:
    folder = sound_vault(tmp_path / "vault", host).folder
    before = generations.read_current(folder)
    names = {zone: sorted(p.name for p in (folder / zone).iterdir()) for zone in ZONES}
    vault = open_vault(folder, host)
    vault.unlock(*SIGN_IN)
    vault.close()
    assert generations.read_current(folder) == before
    assert {zone: sorted(p.name for p in (folder / zone).iterdir()) for zone in ZONES} == names


def test_a_newer_format_is_refused_before_any_file_is_opened(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = old_vault(tmp_path / "vault")
    about = json.loads((folder / "VAULT.json").read_text())
    durable.write_json(folder / "VAULT.json", {**about, "format": 2, "needs": "9.1"})
    before, opened = everything(folder), list[str]()
    monkeypatch.setattr(
        "therapydesk.core.vault.zones.sqlcipher.connect", lambda *a, **_k: opened.append(str(a))
    )
    with pytest.raises(NewerFormat, match=r"9\.1"):
        Vault.open(folder, host=host)
    assert everything(folder) == before
    assert opened == []


@pytest.mark.parametrize("zone", ZONES)
def test_the_control_a_row_that_was_changed_is_found(zone: Zone, host: Host, tmp_path: Path) -> None:
    kept = sound_vault(tmp_path / "vault", host)
    sound = Sound(Path(shutil.copytree(kept.folder, tmp_path / "copy")), kept.secrets)
    change = {
        "core": "UPDATE contact_point SET value = value || '0' WHERE rowid = 1",
        "clinical": "DELETE FROM notes_answer WHERE rowid = (SELECT max(rowid) FROM notes_answer)",
        "safeguarding": "INSERT INTO outbox (id, target, at, payload) VALUES ('1', 'core', '2026-01-01', '')",
    }[zone]
    with closing(generations.connect_alone(file_of(sound.folder, zone), sound.keys(zone))) as raw:
        raw.execute(change)
    assert differences(sound) != []
