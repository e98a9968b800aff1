"""S21: who was erased is in no file any more, not in free pages, indexes, old generations or crash copies, and does not
come back with an older copy.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.conftest import PASSPHRASE, USER, opened_copy
from tests.reliability import erasing_world as world
from tests.reliability.erasing_world import GOES, STAYS
from tests.reliability.numbers import limit, rounds, wanted
from therapydesk import app
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations, ledger, scrub
from therapydesk.core.vault.backup import back_up
from therapydesk.core.vault.ledger import FILE
from therapydesk.core.vault.restore import restore
from therapydesk.core.vault.vault import Vault
from therapydesk.records import erasure
from therapydesk.records.erasure_lists import (
    clinical_erasure_tasks,
    list_erasures,
    safeguarding_erasure_tasks,
)
from therapydesk.records.people import Person

BACK: tuple[tuple[Zone, ...], ...] = (ZONES, ("core",), ("clinical",), ("core", "clinical"))
HOW = ("plain", "rotated", "no ledger line", "damaged ledger", "late message")
CASES = [(back, how) for back in BACK for how in HOW]


def new_practice(plugins: Plugins, template: Path, folder: Path) -> tuple[Vault, UUID, UUID]:
    """A vault, who will be erased, and who stays."""
    vault = opened_copy(template, folder / "vault", plugins)
    vault.unlock(USER, PASSPHRASE)
    goes, stays = world.fill(vault, GOES), world.fill(vault, STAYS)
    return vault, goes, stays


@pytest.fixture
def practice(plugins: Plugins, template: Path, tmp_path: Path) -> tuple[Vault, UUID, UUID]:
    return new_practice(plugins, template, tmp_path)


def reopen(vault: Vault) -> Vault:
    vault.close()
    opened = Vault.open(vault.folder, host=vault.host)
    opened.kdf = vault.kdf
    opened.unlock(USER, PASSPHRASE)
    opened.settle()
    return opened


def names(vault: Vault) -> list[str]:
    with vault.read() as db:
        return list(db.scalars(select(Person.full_name)))


def test_each_case_is_run_on_each_submission() -> None:
    assert wanted("S21") >= len(CASES) == 20


def erase_all(vault: Vault, goes: UUID) -> None:
    """Core and clinical at once; what safeguarding holds only when the lead says so."""
    (first, *_more) = erasure.erase_person(vault, goes, "request")
    with vault.read() as db:
        waiting = safeguarding_erasure_tasks(db)
    assert [task.erasure_id for task in waiting] == [first.erasure_id]
    erasure.decide_part(vault, "safeguarding", first.erasure_id)


@pytest.mark.timeout(limit(600))
def test_no_mark_of_the_erased_is_left_nor_comes_back(
    plugins: Plugins, template: Path, tmp_path: Path
) -> None:
    for number in rounds("S21"):
        back, how = CASES[number % len(CASES)]
        folder = tmp_path / str(number)
        folder.mkdir()
        erase_and_bring_back(plugins, template, folder, back, how)
        shutil.rmtree(folder)


def erase_and_bring_back(
    plugins: Plugins, template: Path, tmp_path: Path, back: tuple[Zone, ...], how: str
) -> None:
    """One case: somebody is erased, then zones of an older copy come back."""
    vault, goes, stays = new_practice(plugins, template, tmp_path)
    keys = world.keys_of(vault)
    vault.lock()
    before = world.found(vault.folder, keys, GOES)
    assert {name.split("/")[0] for name in before} >= {"core", "clinical"}, "the control: it was there"
    assert any("core" in name and ": zqx, " in name for name in before), (
        "the control: the index of names tells, too"
    )
    world.keep_older(vault.folder, tmp_path / "older")
    vault.unlock(USER, PASSPHRASE)
    if how == "no ledger line":  # the power goes after the rows are gone and before the ledger says so
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ledger, "add", lambda *_: None)
            erase_all(vault, goes)
        vault = reopen(vault)
        erasure.reapply(vault)
    else:
        erase_all(vault, goes)
    if how == "damaged ledger":
        (vault.folder / FILE).write_bytes(b"{}")
        erasure.reapply(vault)
    vault.close()
    assert world.found(vault.folder, keys, GOES) == []
    assert len(world.found(vault.folder, keys, STAYS)) >= 2, "nobody else was erased"
    assert [len(list((vault.folder / zone).iterdir())) for zone in ZONES] == [1, 1, 1], "no old generation"

    world.put_back(vault.folder, tmp_path / "older", back)
    vault = Vault.open(vault.folder, host=vault.host)
    vault.unlock(USER, PASSPHRASE)
    if how == "late message":
        vault.save_draft(f"notes.{goes}", f"{GOES} was typed on another day")
    vault.settle()
    assert erasure.reapply(vault) or back == ("safeguarding",)
    assert GOES not in " ".join(names(vault))
    assert any(STAYS in name for name in names(vault))
    assert {f.kind for f in vault.check()} <= {"link"}
    assert erasure.reapply(vault) == [], "nothing is left to erase again"
    if how == "rotated":
        vault.rotate("clinical")
    keys = {**keys, **world.keys_of(vault)}
    vault.close()
    assert world.found(vault.folder, keys, GOES) == []


@pytest.mark.parametrize("rotated", [False, True])
def test_nobody_comes_back_with_a_backup_that_is_restored(
    practice: tuple[Vault, UUID, UUID], tmp_path: Path, rotated: bool
) -> None:
    """The same with the program's own backup, made before and brought back after."""
    vault, goes, _stays = practice
    (tmp_path / "backups").mkdir()
    made = back_up(vault, tmp_path / "backups")
    erase_all(vault, goes)
    if rotated:
        vault.rotate("clinical")
    restore(vault, made.path, keep_in=None)
    erasure.reapply(vault)
    assert GOES not in " ".join(names(vault))
    assert any(STAYS in name for name in names(vault))
    keys = world.keys_of(vault)
    vault.close()
    assert world.found(vault.folder, keys, GOES) == []
    vault = Vault.open(vault.folder, host=vault.host)
    vault.unlock(USER, PASSPHRASE)
    vault.settle()
    assert erasure.reapply(vault) == []
    vault.close()


def test_the_list_of_erasures_comes_back_when_core_does(
    practice: tuple[Vault, UUID, UUID], tmp_path: Path
) -> None:
    vault, goes, _stays = practice
    vault.lock()
    world.keep_older(vault.folder, tmp_path / "older")
    vault.unlock(USER, PASSPHRASE)
    erasure.erase_person(vault, goes, "request")
    vault.close()
    world.put_back(vault.folder, tmp_path / "older", ZONES)
    vault = Vault.open(vault.folder, host=vault.host)
    vault.unlock(USER, PASSPHRASE)
    vault.settle()
    erasure.reapply(vault)
    erasure.reapply(vault)
    with vault.read() as db:
        (view,) = list_erasures(db)
        (task,) = safeguarding_erasure_tasks(db)
    assert (view.basis, view.id) == ("request", task.erasure_id)
    assert {p.zone: p.state for p in view.parts} == {
        "core": "done",
        "clinical": "done",
        "safeguarding": "waiting",
    }
    vault.close()


def test_a_part_that_waits_is_asked_again_when_its_zone_comes_back_from_before(
    practice: tuple[Vault, UUID, UUID], tmp_path: Path
) -> None:
    vault, goes, _stays = practice
    vault.lock()
    world.keep_older(vault.folder, tmp_path / "older")
    vault.unlock(USER, PASSPHRASE)
    (first, *_more) = erasure.erase_person(vault, goes, "request")
    vault.close()
    world.put_back(vault.folder, tmp_path / "older", ("safeguarding",))
    vault = Vault.open(vault.folder, host=vault.host)
    vault.unlock(USER, PASSPHRASE)
    vault.settle()
    with vault.read() as db:
        assert safeguarding_erasure_tasks(db) == []
    erasure.reapply(vault)
    erasure.reapply(vault)
    with vault.read() as db:
        (task,) = safeguarding_erasure_tasks(db)
    assert task.erasure_id == first.erasure_id
    erasure.decide_part(vault, "safeguarding", task.erasure_id)
    keys = world.keys_of(vault)
    vault.close()
    assert world.found(vault.folder, keys, GOES) == []


def test_control_without_writing_the_files_anew_marks_are_found(
    practice: tuple[Vault, UUID, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    vault, goes, _stays = practice
    keys = world.keys_of(vault)
    monkeypatch.setattr(scrub, "scrub", lambda *_: None)
    vault.rotate("core")
    keys_now = world.keys_of(vault)
    erase_all(vault, goes)
    vault.close()
    old = vault.folder / "core" / "g1"
    assert old.exists()
    current = generations.read_current(vault.folder)["core"]
    assert current == "g2"
    where = world.found(vault.folder, {**keys_now, "core": keys["core"]}, GOES)
    assert any(name.startswith("core/g1") for name in where)


def test_control_without_the_ledger_the_erased_come_back(
    practice: tuple[Vault, UUID, UUID], tmp_path: Path
) -> None:
    vault, goes, _stays = practice
    keys = world.keys_of(vault)
    vault.lock()
    world.keep_older(vault.folder, tmp_path / "older")
    vault.unlock(USER, PASSPHRASE)
    erase_all(vault, goes)
    vault.close()
    (vault.folder / FILE).unlink()
    world.put_back(vault.folder, tmp_path / "older", ZONES)
    vault = Vault.open(vault.folder, host=vault.host)
    vault.unlock(USER, PASSPHRASE)
    vault.settle()
    assert erasure.reapply(vault) == []
    assert GOES in " ".join(names(vault))
    vault.close()
    assert world.found(vault.folder, keys, GOES) != []


# --- The power goes in the midst of erasing ---


class PowerCut(BaseException):
    """Nothing goes on after this."""


CUTS: dict[str, tuple[object, str]] = {
    "before the ledger says so": (ledger, "add"),
    "before the files are written anew": (scrub, "scrub"),
    "before the new file is in use": (generations, "switch"),
    "before the older files go": (scrub, "remove_others"),
}


def cut_off(practice: tuple[Vault, UUID, UUID], at: str, dead: Path) -> Vault:
    """The practice as the disk has it after the power went at this place in an erasure, opened again as a start does it."""
    vault, goes, _stays = practice
    place, name = CUTS[at]

    def cut(*_: object, **__: object) -> None:
        raise PowerCut

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, name, cut)
        with pytest.raises(PowerCut):
            erasure.erase_person(vault, goes, "request")
        shutil.copytree(vault.folder, dead)
    vault.close()
    opened = Vault.open(dead, host=vault.host)
    opened.unlock(USER, PASSPHRASE)
    return opened


def decide_the_rest(vault: Vault) -> None:
    with vault.read() as db:
        waiting = [*clinical_erasure_tasks(db), *safeguarding_erasure_tasks(db)]
    for task in waiting:
        erasure.decide_part(vault, task.zone, task.erasure_id)


@pytest.mark.parametrize("at", CUTS)
def test_an_erasure_that_was_cut_off_is_carried_to_its_end_at_the_next_start(
    practice: tuple[Vault, UUID, UUID], tmp_path: Path, at: str
) -> None:
    vault = cut_off(practice, at, tmp_path / "dead")
    app.settle_and_erase(vault)
    decide_the_rest(vault)
    assert GOES not in " ".join(names(vault))
    assert any(STAYS in name for name in names(vault))
    assert {f.kind for f in vault.check()} <= {"link"}
    keys = world.keys_of(vault)
    vault.close()
    assert world.found(vault.folder, keys, GOES) == []
    assert [len(list((vault.folder / zone).iterdir())) for zone in ZONES] == [1, 1, 1], "no old generation"


@pytest.mark.parametrize("at", CUTS)
def test_control_without_what_a_start_does_after_it_marks_are_left(
    practice: tuple[Vault, UUID, UUID], tmp_path: Path, at: str
) -> None:
    vault = cut_off(practice, at, tmp_path / "dead")
    keys = world.keys_of(vault)
    vault.close()
    left = {name.split("/")[0] for name in world.found(vault.folder, keys, GOES)}
    assert "core" in left
