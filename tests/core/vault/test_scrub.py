"""A zone's file is written anew while people work: nothing is lost, nobody is turned away, older generations go."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.conftest import PASSPHRASE, USER
from therapydesk.core import audit
from therapydesk.core.errors import DiskFull, UserError
from therapydesk.core.ids import new_id
from therapydesk.core.vault import generations, scrub
from therapydesk.core.vault.vault import Vault
from therapydesk.records.people import Person


def add(vault: Vault, name: str) -> None:
    with vault.write("core") as db:
        db.add(Person(id=new_id(), full_name=name, normal_name=name.lower()))


def people(vault: Vault) -> int:
    with vault.read() as db:
        return db.scalar(select(func.count()).select_from(Person)) or 0


def test_what_was_there_is_there_and_only_one_generation_is_left(vault: Vault) -> None:
    add(vault, "Carys")
    vault.rotate("core")
    assert len(list((vault.folder / "core").iterdir())) == 2
    scrub.scrub(vault, "core")
    assert [path.name for path in (vault.folder / "core").iterdir()] == ["g3"]
    assert people(vault) == 1
    vault.unlock(USER, PASSPHRASE)
    assert people(vault) == 1
    assert vault.check() == []


def test_work_goes_on_meanwhile_and_nothing_of_it_is_lost(vault: Vault) -> None:
    stop, failed, added = threading.Event(), list[UserError](), [0]

    def work() -> None:
        while not stop.is_set():
            try:
                add(vault, "Somebody")
                added[0] += 1
                people(vault)
            except UserError as error:
                failed.append(error)
                return

    thread = threading.Thread(target=work)
    thread.start()
    for _ in range(3):
        scrub.scrub(vault, "core")
    stop.set()
    thread.join()
    assert failed == []
    assert added[0] > 3
    assert people(vault) == added[0]
    assert vault.check() == []


def test_control_without_looking_at_the_count_something_is_lost(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = generations.renew

    def renew(folder: Any, now: str, how: Any) -> str:
        name = real(folder, now, how)
        add(vault, "Written after the copy")
        return name

    monkeypatch.setattr(generations, "renew", renew)
    monkeypatch.setattr(scrub, "_count", lambda *_: 0)
    scrub.scrub(vault, "core")
    assert people(vault) == 0


def test_a_full_disk_leaves_the_file_in_use(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    add(vault, "Carys")

    def no_room(_path: Any) -> None:
        raise DiskFull("full")

    monkeypatch.setattr(generations, "check_room", no_room)
    with pytest.raises(DiskFull):
        scrub.scrub(vault, "core")
    assert generations.read_current(vault.folder)["core"] == "g1"
    assert people(vault) == 1


def test_it_is_due_from_an_erasure_until_it_was_done(vault: Vault) -> None:
    assert scrub.scrub_due(vault) == []
    with vault.write("clinical") as db:
        audit.record(db, scrub.ERASED, new_id(), {})
    assert scrub.scrub_due(vault) == ["clinical"]
    assert scrub.scrub_due(vault) == []
