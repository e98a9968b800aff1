"""Everything out of a backup: without modules, with what is damaged gone round, and nothing that the keys do not open."""

from __future__ import annotations

import csv
import io
import json
import random
import stat
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE, USER
from tests.core.vault.test_restore import add_detail
from therapydesk.core.errors import PermissionDenied, VaultError, WrongPassphrase
from therapydesk.core.vault import files
from therapydesk.core.vault.backup import back_up
from therapydesk.core.vault.backup_keys import by_passphrase, by_recovery
from therapydesk.core.vault.rescue import rescue
from therapydesk.core.vault.rescue_parts import find_parts
from therapydesk.core.vault.vault import Vault
from therapydesk.records.documents import ClinicalDocument, add_document
from therapydesk.testing import add_person

LETTER = b"%PDF-1.7 a letter"
ME = by_passphrase(USER, PASSPHRASE)


@pytest.fixture
def backup(vault: Vault, target: Path) -> Path:
    """A backup with a person, a formula for a name, a detail, a paper and a recording in it."""
    person = add_person(vault, "Carys Bowen")
    add_person(vault, '=HYPERLINK("http://x")')
    add_detail(vault, "said yes, in writing", person)
    with vault.write("core") as db:
        add_document(db, "invoice", "Invoice 2026/1: “spring”", LETTER)
    sound = random.Random(3).randbytes(2_500_000)
    with files.sealing(vault.folder, "clinical", io.BytesIO(sound)) as sealed, vault.write("clinical") as db:
        row = {"kind": "recording", "title": "Song", "media_type": "audio/flac", "sha256": sealed.sha256}
        db.add(ClinicalDocument(id=sealed.id, file_size=sealed.size, file_key=sealed.key, **row))
    return back_up(vault, target).path


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_tables_come_out_as_csv_and_json_and_documents_as_they_were(backup: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    found = rescue(backup, out, ME)
    assert (found.trouble, found.closed, found.documents) == ([], [], 2)
    names = {row["full_name"] for row in rows(out, "core/person")}
    assert names == {"Carys Bowen", '\'=HYPERLINK("http://x")'}
    people = json.loads((out / "core" / "person.json").read_text("utf-8"))
    assert {p["full_name"] for p in people} == {"Carys Bowen", '=HYPERLINK("http://x")'}
    assert [r["text"] for r in rows(out, "clinical/consent_detail")] == ["said yes, in writing"]
    papers = [p.read_bytes() for p in (out / "documents" / "core").iterdir()]
    sounds = [p.read_bytes() for p in (out / "documents" / "clinical").iterdir()]
    assert papers == [LETTER]
    assert sounds == [random.Random(3).randbytes(2_500_000)]
    assert found.rows == sum(len(rows(out, f"{z}/{t}")) for z, w in found.zones.items() for t in w.rows)


def test_only_the_user_may_read_what_came_out_and_no_work_is_left(backup: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    rescue(backup, out, ME)
    modes = {stat.S_IMODE(p.stat().st_mode) for p in out.rglob("*") if p.is_file()}
    assert modes == {0o600}
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert not (out / ".work").exists()
    assert "Nothing here is encrypted" in (out / "README.txt").read_text("utf-8")
    assert not any(b"file_key" in p.read_bytes() for p in out.rglob("document.json"))


def test_a_recovery_code_opens_it_too(vault: Vault, target: Path, tmp_path: Path) -> None:
    kit = vault.make_kit()
    vault.keep_kit(kit)
    add_person(vault, "Carys Bowen")
    made = back_up(vault, target)
    rescue(made.path, tmp_path / "out", by_recovery(kit.code))
    assert len(rows(tmp_path / "out", "core/person")) == 1


def test_a_wrong_passphrase_leaves_nothing(backup: Path, tmp_path: Path) -> None:
    with pytest.raises(WrongPassphrase):
        rescue(backup, tmp_path / "out", by_passphrase(USER, "some other words here"))
    assert not (tmp_path / "out").exists()


def test_a_folder_with_something_in_it_is_refused_and_left_alone(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("x")
    with pytest.raises(VaultError, match="something in this folder"):
        rescue(backup, tmp_path / "out", ME)
    assert (tmp_path / "out" / "mine.txt").exists()


def test_only_owners_and_only_what_their_keys_open(team: Vault, target: Path, tmp_path: Path) -> None:
    team.unlock(USER, PASSPHRASE)
    team.set_roles(team.unlocked.users.named("Nia Admin").id, ["owner"])
    add_detail(team, "not for the office")
    made = back_up(team, target)
    with pytest.raises(PermissionDenied):
        rescue(made.path, tmp_path / "lead", by_passphrase("Siân Lead", PASSPHRASE))
    found = rescue(made.path, tmp_path / "out", by_passphrase("Nia Admin", PASSPHRASE))
    assert found.closed == ["clinical", "safeguarding"]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["README.txt", "core"]
    assert not any(
        b"not for the office" in p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()
    )


# --- Damage ---


def test_a_backup_that_was_cut_gives_what_is_there(backup: Path, tmp_path: Path) -> None:
    content = backup.read_bytes()
    end = find_parts(backup)["clinical/zone.db"]
    backup.write_bytes(content[: end.offset + end.size + 100])
    found = rescue(backup, tmp_path / "out", ME)
    assert {row["full_name"] for row in rows(tmp_path / "out", "core/person")} >= {"Carys Bowen"}
    assert any("manifest.json" in text for text in found.trouble)


def test_a_page_that_cannot_be_read_costs_only_its_rows(vault: Vault, target: Path, tmp_path: Path) -> None:
    for number in range(400):
        add_person(vault, f"Person {number:04} " + "x" * 200)
    path = back_up(vault, target).path
    part = find_parts(path)["core/zone.db"]
    content = bytearray(path.read_bytes())
    content[part.offset + part.size // 2] ^= 255
    path.write_bytes(content)
    found = rescue(path, tmp_path / "out", ME)
    assert any("core is damaged" in text for text in found.trouble)
    assert len(rows(tmp_path / "out", "core/person")) > 300


def test_each_zone_is_by_itself_when_one_is_lost(backup: Path, tmp_path: Path) -> None:
    part = find_parts(backup)["clinical/zone.db"]
    content = bytearray(backup.read_bytes())
    content[part.offset : part.offset + part.size] = random.Random(1).randbytes(part.size)
    backup.write_bytes(content)
    found = rescue(backup, tmp_path / "out", ME)
    assert "clinical: nothing of it can be read." in found.trouble
    assert len(rows(tmp_path / "out", "core/person")) == 2


def test_a_damaged_recording_is_named_and_the_rest_comes_out(backup: Path, tmp_path: Path) -> None:
    name = next(n for n in find_parts(backup) if n.startswith("files/"))
    part = find_parts(backup)[name]
    content = bytearray(backup.read_bytes())
    content[part.offset + part.size - 5] ^= 1
    backup.write_bytes(content)
    found = rescue(backup, tmp_path / "out", ME)
    assert [text for text in found.trouble if name in text]
    assert found.documents == 1
    assert [r["text"] for r in rows(tmp_path / "out", "clinical/consent_detail")] == ["said yes, in writing"]


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x03\x04" * 500, b"something else" * 1000])
def test_a_file_that_is_no_backup_says_so(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.tdbackup").write_bytes(content)
    with pytest.raises(VaultError, match="Nothing can be rescued"):
        rescue(tmp_path / "x.tdbackup", tmp_path / "out", ME)
    assert not (tmp_path / "out").exists()


def test_a_part_with_a_climbing_name_is_never_written(backup: Path, tmp_path: Path) -> None:
    """A hostile file: names are only those that a backup has."""
    content = backup.read_bytes().replace(b"users.json", b"../e.jsonx")
    backup.write_bytes(content)
    with pytest.raises(VaultError):
        rescue(backup, tmp_path / "a" / "out", ME)
    assert not list(tmp_path.rglob("e.jsonx"))
