"""Whoever was erased stays erased when a backup of before comes back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.conftest import PASSPHRASE, USER
from therapydesk.core import dates
from therapydesk.core.vault import ledger
from therapydesk.core.vault.backup import back_up
from therapydesk.core.vault.backup_keys import by_passphrase
from therapydesk.core.vault.restore import restore
from therapydesk.core.vault.restore_new import set_up_from_backup
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.notes.models import Answer, Note
from therapydesk.records.erasure import erase_person
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
