"""An older file put back under the program is noticed by the mark in the newest backup, without any keyring."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE, USER
from therapydesk.core.vault import backup_marks, generations
from therapydesk.core.vault.backup import back_up
from therapydesk.core.vault.restore import restore
from therapydesk.core.vault.vault import Vault
from therapydesk.testing import add_person


def put_an_older_file_back(vault: Vault, tmp_path: Path, target: Path) -> None:
    """What a thief of an hour of work does, with the program closed."""
    path = generations.zone_file(vault.folder, "core", "g1")
    vault.lock()
    shutil.copyfile(path, tmp_path / "older.db")
    vault.unlock(USER, PASSPHRASE)
    for _ in range(5):
        add_person(vault)
    back_up(vault, target)
    vault.lock()
    shutil.copyfile(tmp_path / "older.db", path)
    vault.unlock(USER, PASSPHRASE)


def test_the_next_backup_notices_an_older_file_that_was_put_back(
    vault: Vault, tmp_path: Path, target: Path
) -> None:
    put_an_older_file_back(vault, tmp_path, target)
    back_up(vault, target)
    (found,) = vault.open_log_breaks()
    assert found.zone == "core"


def test_control_without_the_comparison_nothing_is_noticed(
    vault: Vault, tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("therapydesk.core.vault.backup.compare_with_newest", lambda *_: [])
    put_an_older_file_back(vault, tmp_path, target)
    back_up(vault, target)
    assert vault.open_log_breaks() == []
    assert vault.check() == []


def test_a_restore_that_was_meant_is_no_break(vault: Vault, target: Path) -> None:
    first = back_up(vault, target)
    add_person(vault)
    back_up(vault, target)
    restore(vault, first.path, keep_in=target)
    back_up(vault, target)
    back_up(vault, target)
    assert vault.open_log_breaks() == []


def test_a_manifest_that_no_key_proves_is_no_mark(vault: Vault, target: Path) -> None:
    made = back_up(vault, target)
    content = made.path.read_bytes()
    head = generations_head(content)
    made.path.write_bytes(content.replace(head, b"f" * 64))
    add_person(vault)
    assert backup_marks.compare_with_newest(vault, target) == []
    assert vault.open_log_breaks() == []


def generations_head(content: bytes) -> bytes:
    """The mark of core, as it stands in the manifest."""
    import json

    start = content.rindex(b'{\n "app"')
    manifest = json.loads(content[start : content.index(b"PK\x01\x02", start)])
    return str(manifest["heads"]["core"][1]).encode()
