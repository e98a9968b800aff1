"""Opening a damaged vault for reading, and saving what can be read of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.core.vault.damaged import folder, host, opened, page_of, sound, spoil
from tests.reliability.kept import EXPECTED, PAGE, SIGN_IN, Sound, counts, file_of, flip
from tests.reliability.world import Host, open_vault
from therapydesk.cli import main as cli
from therapydesk.core import audit
from therapydesk.core.errors import DamagedVault, PermissionDenied
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import damage, generations
from therapydesk.core.vault.damage_choice import compare_backups
from therapydesk.core.vault.damage_door import sign_in
from therapydesk.core.vault.salvage import SalvageReport, ZoneSaved, salvage
from therapydesk.records.people import Person

__all__ = ["folder", "host", "sound"]
ADMIN = EXPECTED["users"][-2]
PASSPHRASE = EXPECTED["passphrase"]


def saved_of(report: SalvageReport, zone: Zone) -> ZoneSaved:
    return next(each for each in report.zones if each.zone == zone)


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


@pytest.mark.parametrize("how", ["turned bit", "foreign"])
def test_of_a_damaged_write_ahead_log_what_fits_is_saved_and_the_rest_is_told(
    how: str, folder: Path, host: Host, tmp_path: Path
) -> None:
    vault = opened(folder, host)
    for number in range(8):
        with vault.write("core") as db:
            db.add(Person(full_name=f"New {number}", normal_name=f"new {number}"))
    crashed = Path(shutil.copytree(folder, tmp_path / "crashed"))
    vault.close()
    wal = file_of(crashed, "core").with_name("zone.db-wal")
    if how == "foreign":
        wal.write_bytes(wal.read_bytes()[:32] + bytes(wal.stat().st_size - 32))
        content = bytearray(wal.read_bytes())
        step = 24 + PAGE
        for start in range(32, len(content) - step, step):  # frames of the same round that do not fit
            content[start + 4 : start + 16] = b"\0\0\0\x09" + bytes(content[16:24])
        wal.write_bytes(content)
    else:
        flip(wal, wal.stat().st_size // 2)
    vault = open_vault(crashed, host)
    with pytest.raises(DamagedVault, match="newest changes"):
        vault.unlock(*SIGN_IN)
    saved = saved_of(salvage(vault, *SIGN_IN), "core")
    assert (saved.outcome, saved.unsaved_lately) == ("rebuilt", True)
    vault.unlock(*SIGN_IN)
    with vault.read() as db:
        people = db.scalar(select(func.count()).select_from(Person)) or 0
    assert 12 <= people < 20
    assert vault.check() == []
    vault.close()


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
    assert told["zones"]["clinical"]["why"].endswith(".")
    assert told["opens"] is False
