"""The erasure ledger beside the backups: written at each backup and erasure, joined with what others wrote, proved."""

from __future__ import annotations

import errno
import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PASSPHRASE, USER, opened_copy
from therapydesk.core import dates
from therapydesk.core.ids import new_id
from therapydesk.core.plugins import Plugins
from therapydesk.core.settings import MachineSettings
from therapydesk.core.vault import backup_schedule, ledger, ledger_beside
from therapydesk.core.vault.backup import back_up, back_up_to
from therapydesk.core.vault.backup_source import Source
from therapydesk.core.vault.backup_state import State
from therapydesk.core.vault.backup_targets import list_backups
from therapydesk.core.vault.keys import ZoneKeys
from therapydesk.core.vault.ledger import Erased
from therapydesk.core.vault.ledger_beside import KnownErasures
from therapydesk.core.vault.vault import Vault

START = datetime(2026, 5, 6, 10, 0, tzinfo=UTC)


def one() -> Erased:
    return Erased(new_id(), (new_id(),), date(2026, 5, 6), "request", new_id())


def erase(vault: Vault) -> Erased:
    """A line in the vault's own ledger."""
    line = one()
    ledger.add(vault.folder, vault.unlocked.ring.zone("core"), line)
    return line


def lying(vault: Vault, target: Path) -> KnownErasures:
    source = Source.of(vault)
    return ledger_beside.learn(target, source.users.vault, ledger_beside.core_keys(source))


def file_of(vault: Vault, target: Path) -> Path:
    return ledger_beside.path_in(target, vault.unlocked.users.vault)


def test_a_backup_writes_it_and_it_is_not_taken_for_a_backup(vault: Vault, target: Path) -> None:
    assert lying(vault, target) == KnownErasures()
    line = erase(vault)
    dates.set_clock(lambda: START)
    back_up(vault, target)
    assert lying(vault, target) == KnownErasures((line,), START)
    assert len(list_backups(target, vault.unlocked.users.vault)) == 1
    assert file_of(vault, target).stat().st_mode & 0o777 == 0o600


def test_it_holds_no_more_than_ids_days_and_codes(vault: Vault, target: Path) -> None:
    erase(vault)
    back_up(vault, target)
    data = json.loads(file_of(vault, target).read_bytes())
    assert set(data) == {"vault", "as_of", "erased", "macs", "sum"}
    assert set(data["erased"][0]) == {"id", "people", "on", "basis", "by", "zones", "classes"}


def cut(data: dict[str, Any]) -> None:
    data["erased"].clear()


def later(data: dict[str, Any]) -> None:
    data["as_of"] = "2031-01-01T00:00:00+00:00"


def nothing(data: dict[str, Any]) -> None:
    data.clear()


def other_practice(data: dict[str, Any]) -> None:
    data["macs"] = [ZoneKeys.new().mac(b"x")]


@pytest.mark.parametrize("change", [None, cut, later, nothing, other_practice])
def test_what_was_changed_is_not_believed_and_the_next_backup_sets_it_aside(
    vault: Vault, target: Path, change: Any
) -> None:
    line = erase(vault)
    back_up(vault, target)
    path = file_of(vault, target)
    data = json.loads(path.read_bytes())
    data.pop("sum")
    if change is not None:
        change(data)
    path.write_text(json.dumps(data), "utf-8")
    found = lying(vault, target)
    if change is None:  # the control: writing it anew changes nothing
        assert (found.erased, found.trouble) == ((line,), "")
        return
    assert (found.erased, found.as_of) == ((), None)
    assert "damaged or of another practice" in found.trouble
    back_up(vault, target)
    assert lying(vault, target).erased == (line,)
    assert json.loads(path.with_name(f"{path.name}.damaged").read_bytes()) == data


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"[" * 100_000, b'{"as_of": 1}'])
def test_what_is_no_list_at_all_is_not_believed(vault: Vault, target: Path, content: bytes) -> None:
    file_of(vault, target).write_bytes(content)
    assert lying(vault, target).trouble


def test_one_that_is_too_large_or_a_folder_is_not_read(
    vault: Vault, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(vault, target)
    assert not lying(vault, target).trouble
    monkeypatch.setattr(ledger_beside, "MOST", 10)
    assert lying(vault, target).trouble
    file_of(vault, target).unlink()
    file_of(vault, target).mkdir()
    assert lying(vault, target).trouble


def test_a_key_from_before_it_was_changed_proves_it_too(vault: Vault, target: Path) -> None:
    first = ZoneKeys(bytearray(vault.unlocked.ring.zone("core").secret))
    vault.rotate("core")
    vault.rotate("core")
    line = erase(vault)
    back_up(vault, target)
    vault_id = vault.unlocked.users.vault
    assert ledger_beside.learn(target, vault_id, [first]).erased == (line,)
    assert ledger_beside.learn(target, vault_id, [ZoneKeys.new()]).trouble  # the control
    assert (
        ledger_beside.learn(target, new_id(), [first]) == KnownErasures()
    )  # of another practice: another name


def test_what_another_copy_wrote_there_stays_and_is_learned(
    vault: Vault, target: Path, template: Path, plugins: Plugins, tmp_path: Path
) -> None:
    """Two computers, one older: the older one's backup does not wipe out what the newer one knew."""
    other = opened_copy(template, tmp_path / "other", plugins)
    other.unlock(USER, PASSPHRASE)
    theirs = erase(other)
    back_up(other, target)
    other.close()
    mine = erase(vault)
    back_up(vault, target)
    assert {line.id for line in lying(vault, target).erased} == {mine.id, theirs.id}
    own = ledger.read(vault.folder, vault.unlocked.ring.zone("core"))
    assert {line.id for line in own} == {mine.id, theirs.id}


def test_a_damaged_ledger_of_the_vault_does_not_empty_the_one_beside_the_backups(
    vault: Vault, target: Path
) -> None:
    line = erase(vault)
    back_up(vault, target)
    (vault.folder / ledger.FILE).write_bytes(b"{}")
    back_up(vault, target)
    assert lying(vault, target).erased == (line,)


# --- After an erasure ---


@pytest.fixture
def watched(vault: Vault, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MachineSettings:
    """Backups of the vault go to the stick, on this machine."""
    monkeypatch.setattr("therapydesk.core.settings.user_config_path", lambda *_a, **_k: tmp_path / "config")
    settings = MachineSettings()
    backup_schedule.set_folders(settings, vault.unlocked.users.vault, [target])
    backup_schedule.watch(vault, settings)
    return settings


def test_an_erasure_writes_it_without_another_backup(
    vault: Vault, target: Path, watched: MachineSettings
) -> None:
    dates.set_clock(lambda: START)
    back_up(vault, target)
    dates.set_clock(lambda: START + timedelta(days=1))
    line = erase(vault)
    vault.tell_erased()
    assert lying(vault, target) == KnownErasures((line,), START + timedelta(days=1))
    assert len(list_backups(target, vault.unlocked.users.vault)) == 1


def test_a_stick_that_is_not_plugged_in_is_said_until_the_next_backup_writes_it(
    vault: Vault, target: Path, watched: MachineSettings, tmp_path: Path
) -> None:
    back_up(vault, target)
    target.rename(tmp_path / "in the drawer")
    line = erase(vault)
    vault.tell_erased()
    (failure,) = State.read(vault.folder).failures
    assert (failure.folder, "not there" in failure.message) == (str(target), True)
    (tmp_path / "in the drawer").rename(target)
    assert lying(vault, target).erased == ()
    assert backup_schedule.is_due(vault, watched)
    back_up_to(vault, [target])
    assert lying(vault, target).erased == (line,)
    assert State.read(vault.folder).failures == []


@pytest.mark.parametrize(("fault", "said"), [(errno.EROFS, "read-only"), (errno.ENOSPC, "not enough room")])
def test_where_it_cannot_be_written_no_backup_counts_and_what_was_there_stays(
    vault: Vault, target: Path, monkeypatch: pytest.MonkeyPatch, fault: int, said: str
) -> None:
    def fails(*_: object) -> None:
        raise OSError(fault, os.strerror(fault))

    back_up(vault, target)
    before = sorted((path.name, path.read_bytes()) for path in target.iterdir())
    erase(vault)
    monkeypatch.setattr(ledger_beside, "replace_bytes", fails)
    (outcome,) = back_up_to(vault, [target])
    assert outcome.made is None
    assert said in str(outcome.error)
    assert sorted((path.name, path.read_bytes()) for path in target.iterdir()) == before
