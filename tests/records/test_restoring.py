"""Whoever was erased stays erased when a backup of before comes back."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.conftest import PASSPHRASE, USER
from therapydesk.core import dates
from therapydesk.core.settings import MachineSettings
from therapydesk.core.vault import backup_schedule, ledger, ledger_beside
from therapydesk.core.vault.backup import back_up
from therapydesk.core.vault.backup_keys import by_passphrase
from therapydesk.core.vault.restore import restore
from therapydesk.core.vault.restore_new import SetUp, set_up_from_backup
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.notes.models import Answer, Note
from therapydesk.records.erasure import erase_person, reapply
from therapydesk.records.erasure_lists import gaps_in_erasures
from therapydesk.records.people import Person
from therapydesk.testing import add_person

START = datetime(2026, 5, 6, 10, 0, tzinfo=UTC)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    dates.set_clock(lambda: START)
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def names(vault: Vault) -> list[str]:
    with vault.read() as db:
        return sorted(db.scalars(select(Person.full_name)))


def notes(vault: Vault) -> list[str]:
    with vault.read() as db:
        return sorted(db.scalars(select(Answer.text)))


def practice(vault: Vault, target: Path) -> Path:
    """A backup with two people in it, each with a note; one of them was erased after it."""
    people = [add_person(vault, name) for name in ("Carys Bowen", "Ivor Pugh")]
    with vault.write("clinical") as db:
        for number, person in enumerate(people):
            note = Note(person_id=person, template="session", happened_on=date(2026, 5, 1))
            db.add(note)
            db.flush()
            db.add(
                Answer(
                    person_id=person,
                    note_id=note.id,
                    prompt="a",
                    title="a",
                    position=0,
                    text=f"note {number}",
                )
            )
    made = back_up(vault, target).path
    dates.set_clock(lambda: START + timedelta(hours=1))
    erase_person(vault, people[0], "request")
    return made


def test_a_restore_erases_again_in_all_zones(vault: Vault, target: Path) -> None:
    made = practice(vault, target)
    assert (names(vault), notes(vault)) == (["Erased", "Ivor Pugh"], ["note 1"])
    restore(vault, made, keep_in=None)
    assert (names(vault), notes(vault)) == (["Erased", "Ivor Pugh"], ["note 1"])


def test_the_ledger_in_a_later_backup_is_carried_out_in_a_vault_made_of_it(
    vault: Vault, target: Path, tmp_path: Path
) -> None:
    practice(vault, target)
    later = back_up(vault, target).path
    folder = tmp_path / "new"
    set_up_from_backup(later, folder, by_passphrase(USER, PASSPHRASE))
    fresh = Vault.open(folder, host=vault.host)
    fresh.unlock(USER, PASSPHRASE)
    assert (names(fresh), notes(fresh)) == (["Erased", "Ivor Pugh"], ["note 1"])
    assert len(ledger.read(folder, fresh.unlocked.ring.zone("core"))) > 0
    fresh.close()


def test_control_without_the_ledger_they_would_be_back(
    vault: Vault, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = practice(vault, target)
    monkeypatch.setattr("therapydesk.core.vault.restore_finish._reapply", [])
    restore(vault, made, keep_in=None)
    assert "Carys Bowen" in names(vault)


# --- A new computer, where nothing of the old folder is left ---


def new_computer(vault: Vault, backup: Path, folder: Path) -> tuple[Vault, SetUp]:
    """A practice made out of a backup, unlocked."""
    done = set_up_from_backup(backup, folder, by_passphrase(USER, PASSPHRASE))
    fresh = Vault.open(folder, host=vault.host)
    fresh.unlock(USER, PASSPHRASE)
    return fresh, done


def watched(vault: Vault, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Backups go to the stick on this machine, as the program does it."""
    monkeypatch.setattr("therapydesk.core.settings.user_config_path", lambda *_a, **_k: tmp_path / "config")
    settings = MachineSettings()
    backup_schedule.set_folders(settings, vault.unlocked.users.vault, [target])
    backup_schedule.watch(vault, settings)


def beside(vault: Vault, target: Path) -> Path:
    return ledger_beside.path_in(target, vault.unlocked.users.vault)


@pytest.mark.parametrize("rotated", [False, True])
def test_a_new_computer_learns_of_an_erasure_that_came_after_the_backup(
    vault: Vault, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rotated: bool
) -> None:
    watched(vault, target, tmp_path, monkeypatch)
    made = practice(vault, target)
    if rotated:
        vault.rotate("core")
        vault.tell_erased()
    fresh, done = new_computer(vault, made, tmp_path / "new")
    assert (names(fresh), notes(fresh)) == (["Erased", "Ivor Pugh"], ["note 1"])
    assert (done.known_to, done.trouble) == (START + timedelta(hours=1), "")
    assert "after Wed 6 May 2026 12:00 is not known here" in " ".join(done.sentences)
    assert fresh.check() == []
    fresh.close()


def test_control_without_the_list_beside_the_backups_they_come_back_and_it_is_said(
    vault: Vault, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched(vault, target, tmp_path, monkeypatch)
    made = practice(vault, target)
    beside(vault, target).unlink()
    fresh, done = new_computer(vault, made, tmp_path / "new")
    assert names(fresh) == ["Carys Bowen", "Ivor Pugh"]
    assert done.known_to == START
    (said,) = done.sentences
    assert said.startswith(
        "Who was erased after Wed 6 May 2026 11:00 is not known here: look through your papers"
    )
    with fresh.read() as db:
        assert [gap.known_to for gap in gaps_in_erasures(db)] == [START]
    fresh.close()


def test_a_list_that_was_changed_is_not_used_and_it_is_said(
    vault: Vault, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever finds the stick cannot have somebody else's record erased by it."""
    watched(vault, target, tmp_path, monkeypatch)
    made = practice(vault, target)
    path = beside(vault, target)
    data = json.loads(path.read_bytes())
    with vault.read() as db:
        ivor = db.scalars(select(Person.id).where(Person.full_name == "Ivor Pugh")).one()
    data.pop("sum")
    data["erased"][0]["people"] = [str(ivor)]
    path.write_text(json.dumps(data), "utf-8")
    fresh, done = new_computer(vault, made, tmp_path / "new")
    assert names(fresh) == ["Carys Bowen", "Ivor Pugh"]
    assert "was not used" in done.sentences[0]
    assert done.known_to == START
    fresh.close()


def test_a_practice_that_did_not_know_learns_it_when_it_backs_up_beside_a_list_that_does(
    vault: Vault, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Brought back from a stick that was in the drawer; later the other stick, which has the list, is plugged in."""
    watched(vault, target, tmp_path, monkeypatch)
    made = practice(vault, target)
    drawer = tmp_path / "drawer"
    drawer.mkdir()
    fresh, _ = new_computer(vault, Path(shutil.copy(made, drawer)), tmp_path / "new")
    assert "Carys Bowen" in names(fresh)
    back_up(fresh, target)
    fresh.lock()
    fresh.unlock(USER, PASSPHRASE)
    assert len(reapply(fresh)) > 0
    assert (names(fresh), notes(fresh)) == (["Erased", "Ivor Pugh"], ["note 1"])
    fresh.close()
