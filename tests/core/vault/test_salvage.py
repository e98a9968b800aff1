"""Opening a damaged vault for reading, and saving what can be read of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.reliability.kept import EXPECTED, PAGE, SIGN_IN, Sound, counts, file_of, flip, sound_vault
from tests.reliability.world import Host, open_vault
from therapydesk.cli import main as cli
from therapydesk.core import audit
from therapydesk.core.errors import DamagedVault, DiskFull, PermissionDenied, ReadOnlyZone, WrongPassphrase
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import damage, generations
from therapydesk.core.vault.damage_choice import compare_backups
from therapydesk.core.vault.damage_door import sign_in
from therapydesk.core.vault.salvage import SalvageReport, ZoneSaved, salvage
from therapydesk.core.vault.vault import Vault
from therapydesk.records.people import Person

ADMIN = EXPECTED["users"][-2]
PASSPHRASE = EXPECTED["passphrase"]


@pytest.fixture(scope="module")
def host(plugins: Plugins) -> Host:
    return Host(plugins.owners())


@pytest.fixture(scope="module")
def sound(host: Host, tmp_path_factory: pytest.TempPathFactory) -> Sound:
    return sound_vault(tmp_path_factory.mktemp("salvage") / "vault", host, renewed=True)


@pytest.fixture
def folder(sound: Sound, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound.folder, tmp_path / "vault"))


def page_of(sound: Sound, zone: Zone, table: str) -> int:
    """The first page of a table."""
    with closing(generations.connect_alone(file_of(sound.folder, zone), sound.keys(zone))) as raw:
        return int(raw.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0])


def spoil(folder: Path, zone: Zone, page: int) -> None:
    flip(file_of(folder, zone), (page - 1) * PAGE + 100)


def saved_of(report: SalvageReport, zone: Zone) -> ZoneSaved:
    return next(each for each in report.zones if each.zone == zone)


def opened(folder: Path, host: Host) -> Vault:
    vault = open_vault(folder, host)
    vault.unlock(*SIGN_IN)
    return vault


def files(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


# -- keeping and reading --


def test_a_copy_is_kept_once_and_is_exactly_what_was_there(folder: Path) -> None:
    spoil(folder, "clinical", 1)
    before = {name: content for name, content in files(folder).items() if "/g" not in name or "/g3/" in name}
    kept = damage.keep_copy(folder)
    del before["LOCK"]
    assert files(kept) == before
    assert damage.keep_copy(folder) == kept
    spoil(folder, "clinical", 2)
    assert damage.keep_copy(folder) != kept
    assert len(damage.kept_copies(folder)) == 2


def test_no_room_for_the_copy_is_said_and_leaves_nothing_behind(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(1, 1, 0))
    with pytest.raises(DiskFull, match="keep a copy"):
        damage.keep_copy(folder)
    assert damage.kept_copies(folder) == []


def test_with_one_zone_damaged_the_others_are_read_and_nothing_is_written(folder: Path, host: Host) -> None:
    spoil(folder, "clinical", 1)
    before = files(folder)
    vault = open_vault(folder, host)
    opened_for = vault.open_for_reading(*SIGN_IN)
    assert set(opened_for.closed) == {"clinical"}
    assert vault.zones == {"core", "safeguarding"}
    assert vault.read_only == set(ZONES)
    with vault.read() as db:
        assert db.scalar(select(func.count()).select_from(Person)) == 12
    with pytest.raises(ReadOnlyZone, match="damaged"), vault.write("core"):
        pass
    assert vault.zones_to_change() == frozenset()
    vault.close()
    after = files(folder)
    assert {n for n in before if n != "LOCK" and after[n] != before[n]} == set()


def test_a_wrong_passphrase_opens_no_damaged_vault(folder: Path, host: Host) -> None:
    spoil(folder, "clinical", 1)
    vault = open_vault(folder, host)
    with pytest.raises(WrongPassphrase):
        vault.open_for_reading(SIGN_IN[0], "some other plain words")
    assert not vault.is_unlocked
    vault.close()


def test_without_core_there_is_nothing_to_read_and_the_way_on_is_said(folder: Path, host: Host) -> None:
    spoil(folder, "core", 1)
    vault = open_vault(folder, host)
    with pytest.raises(DamagedVault, match="backup, or salvage"):
        vault.open_for_reading(*SIGN_IN)
    assert not vault.is_unlocked
    vault.close()


def test_damage_found_at_work_stops_the_writing_of_that_zone_alone(folder: Path, host: Host) -> None:
    vault = opened(folder, host)
    kept = vault.stop_writing("clinical")
    assert kept.is_dir()
    with pytest.raises(ReadOnlyZone), vault.write("clinical"):
        pass
    with vault.write("core") as db:
        audit.record(db, "still written")
    vault.lock()
    vault.unlock(*SIGN_IN)
    assert vault.read_only == frozenset()
    vault.close()


def test_what_is_typed_in_a_damaged_vault_stays_in_memory_and_is_written_later(
    folder: Path, host: Host
) -> None:
    vault = opened(folder, host)
    vault.save_draft("notes.1", "before")
    vault.stop_writing("core")
    vault.save_draft("notes.1", "We sang.")
    assert vault.load_draft("notes.1") == "We sang."
    vault.drop_draft("notes.2")
    vault.lock()
    vault.unlock(*SIGN_IN)
    assert vault.load_draft("notes.1") == "We sang."
    assert vault.unsaved_drafts == {}
    vault.close()


def test_a_zone_stays_shut_for_writing_when_another_ones_key_is_changed(folder: Path, host: Host) -> None:
    vault = opened(folder, host)
    vault.stop_writing("clinical")
    vault.rotate("core")
    assert vault.read_only == {"clinical"}
    with pytest.raises(ReadOnlyZone), vault.write("clinical"):
        pass
    vault.close()


def test_after_an_erasure_no_kept_copy_holds_the_zone(folder: Path, host: Host) -> None:
    from therapydesk.core.vault.scrub import scrub

    vault = opened(folder, host)
    kept = damage.keep_copy(folder)
    scrub(vault, "clinical")
    assert not (kept / "clinical").exists()
    assert (kept / "core").is_dir()
    vault.close()


# -- salvage --


def test_a_sound_vault_is_left_as_it_is(folder: Path, host: Host) -> None:
    current = generations.read_current(folder)
    vault = open_vault(folder, host)
    report = salvage(vault, *SIGN_IN)
    vault.close()
    assert [each.outcome for each in report.zones] == ["sound"] * 3
    assert generations.read_current(folder) == current


@pytest.mark.parametrize(
    ("zone", "table"),
    [("core", "relation"), ("core", "person"), ("clinical", "notes_answer"), ("core", "audit_entry")],
)
def test_what_can_be_read_is_saved_and_what_is_lost_is_counted(
    zone: Zone, table: str, sound: Sound, folder: Path, host: Host
) -> None:
    vault = opened(folder, host)
    before = counts(vault)
    vault.lock()
    spoil(folder, zone, page_of(sound, zone, table))
    damaged = file_of(folder, zone)
    content = damaged.read_bytes()
    report = salvage(vault, *SIGN_IN)
    saved = saved_of(report, zone)
    assert saved.outcome == "rebuilt"
    assert report.opens
    assert damaged.read_bytes() == content
    assert [each.outcome for each in report.zones if each.zone != zone] == ["sound", "sound"]
    vault.unlock(*SIGN_IN)
    after = counts(vault)
    for each in saved.tables:
        name = f"{zone}.{each.name}"
        assert each.exact
        written = each.saved + each.lost - before[name]
        assert written == 0 or (each.name == "audit_entry" and written <= 2), name  # locking signs the log
        assert after[name] >= each.saved - each.loose
    assert {t.name for t in saved.tables if t.lost} == {table}
    assert [str(f) for f in vault.check() if f.kind in ("file", "record")] == []
    entry = audit.ENTRIES[zone]
    with vault.read() as db:
        told = db.scalars(select(entry.detail).where(entry.action == "salvaged")).one()
    assert json.loads(told)["lost"][table] >= saved.lost - sum(t.loose for t in saved.tables) > 0
    vault.close()


def test_people_are_found_by_name_after_the_search_index_was_damaged(
    sound: Sound, folder: Path, host: Host
) -> None:
    from therapydesk.records.people_lists import PeopleQuery, count_people

    spoil(folder, "core", page_of(sound, "core", "person_search_words"))
    spoil(folder, "core", page_of(sound, "core", "person_search_data"))
    vault = open_vault(folder, host)
    salvage(vault, *SIGN_IN)
    vault.unlock(*SIGN_IN)
    with vault.read() as db:
        names = list(db.scalars(select(Person.full_name)))
        assert all(count_people(db, PeopleQuery(text=name)) >= 1 for name in names)
    assert vault.check() == []
    vault.close()


def test_a_row_that_says_the_revision_is_put_back(sound: Sound, folder: Path, host: Host) -> None:
    spoil(folder, "clinical", page_of(sound, "clinical", "alembic_version_notes"))
    vault = open_vault(folder, host)
    salvage(vault, *SIGN_IN)
    current = generations.read_current(folder)
    vault.unlock(*SIGN_IN)
    assert generations.read_current(folder) == current  # nothing was taken for behind
    assert vault.check() == []
    vault.close()


def test_a_file_whose_list_of_tables_is_lost_is_said_to_need_a_backup(folder: Path, host: Host) -> None:
    spoil(folder, "clinical", 1)
    current = generations.read_current(folder)
    vault = open_vault(folder, host)
    report = salvage(vault, *SIGN_IN)
    vault.close()
    assert saved_of(report, "clinical").outcome == "unreadable"
    assert "clinical/" in saved_of(report, "clinical").why
    assert not report.opens
    assert generations.read_current(folder) == current


def test_lost_grants_are_taken_from_the_generation_before(folder: Path, host: Host, sound: Sound) -> None:
    vault = opened(folder, host)
    name = generations.read_current(folder)["clinical"]
    how = generations.Renewal("clinical", sound.keys("clinical"))
    new = generations.renew(folder, name, how)
    generations.switch(folder, {**generations.read_current(folder), "clinical": new})
    vault.close()
    (folder / "clinical" / new / "grants.json").unlink()
    vault = open_vault(folder, host)
    with pytest.raises(DamagedVault, match=r"clinical/grants\.json"):
        vault.unlock(*SIGN_IN)
    report = salvage(vault, *SIGN_IN)
    assert saved_of(report, "clinical").outcome == "rebuilt"
    assert saved_of(report, "clinical").lost == 0
    vault.unlock(*SIGN_IN)
    assert vault.zones == set(ZONES)
    assert vault.check() == []
    vault.close()


def test_which_generation_is_in_use_is_found_again(folder: Path, host: Host) -> None:
    current = generations.read_current(folder)
    (folder / "CURRENT").unlink()
    vault = open_vault(folder, host)
    report = salvage(vault, *SIGN_IN)
    assert report.opens
    assert generations.read_current(folder) == current
    vault.unlock(*SIGN_IN)
    assert vault.check() == []
    vault.close()


def test_an_admin_may_not_salvage_and_nobody_saves_what_they_do_not_hold(
    sound: Sound, folder: Path, host: Host
) -> None:
    spoil(folder, "core", page_of(sound, "core", "relation"))
    vault = open_vault(folder, host)
    with pytest.raises(PermissionDenied):
        salvage(vault, ADMIN, PASSPHRASE)
    report = salvage(vault, EXPECTED["users"][2], PASSPHRASE)  # a therapist: core and clinical
    assert {each.zone: each.outcome for each in report.zones} == {
        "core": "rebuilt",
        "clinical": "sound",
        "safeguarding": "closed",
    }
    vault.close()


def test_stopping_a_salvage_changes_nothing(sound: Sound, folder: Path, host: Host) -> None:
    spoil(folder, "core", page_of(sound, "core", "relation"))
    current = generations.read_current(folder)

    def stop(_done: int, _total: int, table: str) -> None:
        if table == "person":
            raise KeyboardInterrupt

    vault = open_vault(folder, host)
    with pytest.raises(KeyboardInterrupt):
        salvage(vault, *SIGN_IN, progress=stop)
    vault.close()
    assert generations.read_current(folder) == current
    assert [p for p in (folder / damage.KEPT).iterdir() if p.name.startswith(".")] == []


@dataclass
class Kept:
    path: Path
    made: datetime
    heads: Mapping[Zone, int]


def test_each_backup_says_what_would_be_missing_after_it(folder: Path, host: Host) -> None:
    vault = opened(folder, host)
    with vault.read() as db:
        heads = {zone: db.scalar(select(func.max(audit.ENTRIES[zone].seq))) or 0 for zone in ZONES}
    early = Kept(folder / "early", datetime(2026, 1, 1, tzinfo=UTC), dict.fromkeys(ZONES, 0))
    late = Kept(folder / "late", datetime(2026, 2, 1, tzinfo=UTC), heads)
    with vault.write("core") as db:
        db.add(Person(full_name="One more", normal_name="one more"))
    vault.lock()
    choices = compare_backups(folder, sign_in(vault, *SIGN_IN), [early, late])
    vault.close()
    assert [choice.backup for choice in choices] == [late, early]
    core = next(m for m in choices[0].missing if m.zone == "core")
    assert core.tables == (("person", 1),)
    assert (choices[1].missing[0].entries or 0) > (core.entries or 0)


def test_the_command_says_what_was_saved_and_what_is_lost(
    sound: Sound,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("therapydesk.core.settings.user_config_path", lambda *_a, **_k: tmp_path / "config")
    (tmp_path / "secret").write_text(PASSPHRASE)
    access = ["--vault", str(folder), "--user", SIGN_IN[0], "--passphrase-file", str(tmp_path / "secret")]
    spoil(folder, "core", page_of(sound, "core", "relation"))
    assert cli.run([*access, "--no-plugins", "vault", "salvage"]) == 0
    answer = capsys.readouterr().out
    assert (
        "People, diary and money: saved into a new file. 17 rows are lost (Person or place around somebody: 17)."
        in answer
    )
    assert "Notes and reasons for referral: sound" in answer
    spoil(folder, "clinical", 1)
    assert cli.run([*access, "--no-plugins", "--json", "vault", "salvage"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert told["zones"]["clinical"]["outcome"] == "unreadable"
    assert told["opens"] is False
