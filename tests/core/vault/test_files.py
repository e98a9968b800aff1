"""Large files: sealed by parts, read from any place, and noticed when they are not what was kept."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.conftest import PASSPHRASE, USER
from therapydesk.core.audit import ClinicalAuditEntry
from therapydesk.core.errors import DamagedVault, DiskFull, NotFound, PermissionDenied, UserError
from therapydesk.core.jobs import Cancelled
from therapydesk.core.tables import Zone
from therapydesk.core.vault import files, files_kept
from therapydesk.core.vault.files import MARK, PART, TAG, SealedFile, check_file, open_file, sealing
from therapydesk.core.vault.vault import Vault
from therapydesk.records.documents import ClinicalDocument
from therapydesk.records.large_files import (
    LargeFileView,
    add_clinical_file,
    add_large_file,
    add_safeguarding_file,
    put_back_clinical_file,
    read_clinical_file,
    read_large_file,
    read_safeguarding_file,
    remove_clinical_file,
)

SIZES = (0, 1, PART - 1, PART, PART + 1, 3 * PART, 3 * PART + 17)


def content(size: int) -> bytes:
    return bytes(os.urandom(1024) * (size // 1024 + 1))[:size]


def sealed_in(folder: Path, data: bytes, zone: Zone = "clinical") -> SealedFile:
    with sealing(folder, zone, io.BytesIO(data)) as sealed:
        return sealed


def add(vault: Vault, data: bytes, zone: Zone = "clinical") -> UUID:
    add_one = {
        "core": add_large_file,
        "clinical": add_clinical_file,
        "safeguarding": add_safeguarding_file,
    }[zone]
    with sealing(vault.folder, zone, io.BytesIO(data)) as sealed, vault.write(zone) as db:
        return add_one(db, sealed, "recording", "Session recording", "audio/ogg")


def read(vault: Vault, file_id: UUID, zone: Zone = "clinical") -> LargeFileView:
    read_one = {
        "core": read_large_file,
        "clinical": read_clinical_file,
        "safeguarding": read_safeguarding_file,
    }[zone]
    with vault.read() as db:
        return read_one(db, file_id)


@pytest.mark.parametrize("size", SIZES)
def test_what_is_read_is_what_was_written(tmp_path: Path, size: int) -> None:
    data = content(size)
    sealed = sealed_in(tmp_path, data)
    assert sealed.size == size
    path = files.path_of(tmp_path, "clinical", sealed.id)
    assert path.stat().st_size == files.length_of(size)
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0
    with open_file(tmp_path, sealed) as file:
        assert file.read() == data
    check_file(tmp_path, sealed)


def test_nothing_of_the_content_stands_in_the_file(tmp_path: Path) -> None:
    sealed = sealed_in(tmp_path, b"she sang the old song again " * 100)
    assert b"song" not in files.path_of(tmp_path, "clinical", sealed.id).read_bytes()
    assert sealed.key.hex() not in repr(sealed)


@pytest.mark.parametrize("place", [0, 5, PART - 3, PART, 2 * PART + 7, 3 * PART + 16, 4 * PART])
def test_it_can_be_read_from_any_place(tmp_path: Path, place: int) -> None:
    data = content(3 * PART + 17)
    with open_file(tmp_path, sealed_in(tmp_path, data)) as file:
        assert file.seek(place) == place
        assert file.read(100) == data[place : place + 100]
        file.seek(-10, io.SEEK_END)
        assert file.read() == data[-10:]


def test_a_source_that_gives_little_at_a_time_is_read_to_its_end(tmp_path: Path) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 65_537))

    data = content(2 * PART + 5)
    with sealing(tmp_path, "clinical", Slow(data)) as sealed:
        pass
    with open_file(tmp_path, sealed) as file:
        assert file.read() == data


def test_a_file_that_was_removed_is_gone_and_can_be_put_back_for_a_day(vault: Vault) -> None:
    file_id = add(vault, b"la la la")
    path = files.path_of(vault.folder, "clinical", file_id)
    os.utime(path, (0, 0))  # it was kept long ago
    with vault.write("clinical") as db:
        removed = remove_clinical_file(db, file_id)
    assert "la la" not in repr(removed)
    with pytest.raises(NotFound):
        read(vault, file_id)
    assert files_kept.remove_orphans(vault) == 0
    with vault.write("clinical") as db:
        put_back_clinical_file(db, removed)
    with read(vault, file_id).open() as source:
        assert source.read() == b"la la la"
    with vault.write("clinical") as db:
        removed = remove_clinical_file(db, file_id)
    assert files_kept.remove_orphans(vault, older=timedelta(0)) == 1
    with pytest.raises(NotFound), vault.write("clinical") as db:
        put_back_clinical_file(db, removed)
    with pytest.raises(NotFound), vault.write("clinical") as db:
        remove_clinical_file(db, file_id)


# -- damage ---------------------------------------------------------------------------------------------------


def damaged(tmp_path: Path, sealed: SealedFile) -> str:
    with pytest.raises(DamagedVault) as caught:
        check_file(tmp_path, sealed)
    assert f"files/clinical/{sealed.id}" in caught.value.message
    assert caught.value.help
    return caught.value.message


@pytest.mark.parametrize("place", [0, len(MARK), len(MARK) + PART + TAG, -1, -TAG])
def test_a_flipped_byte_is_noticed_and_the_file_named(tmp_path: Path, place: int) -> None:
    sealed = sealed_in(tmp_path, content(2 * PART + 9))
    path = files.path_of(tmp_path, "clinical", sealed.id)
    raw = bytearray(path.read_bytes())
    raw[place] ^= 1
    path.write_bytes(raw)
    assert "damaged" in damaged(tmp_path, sealed)


@pytest.mark.parametrize("lost", [1, TAG + 9, PART + TAG, 2 * PART])
def test_a_cut_file_is_noticed(tmp_path: Path, lost: int) -> None:
    sealed = sealed_in(tmp_path, content(2 * PART + 9))
    path = files.path_of(tmp_path, "clinical", sealed.id)
    path.write_bytes(path.read_bytes()[:-lost])
    assert "damaged" in damaged(tmp_path, sealed)


def test_a_file_cut_between_parts_is_noticed_even_when_its_row_says_so(tmp_path: Path) -> None:
    sealed = sealed_in(tmp_path, content(2 * PART + 9))
    path = files.path_of(tmp_path, "clinical", sealed.id)
    path.write_bytes(path.read_bytes()[: files.length_of(PART * 2)])
    shorter = replace(sealed, size=2 * PART)
    assert "damaged" in damaged(tmp_path, shorter)  # the second part was not sealed as the last


def test_parts_put_in_another_order_are_noticed(tmp_path: Path) -> None:
    sealed = sealed_in(tmp_path, content(3 * PART))
    path = files.path_of(tmp_path, "clinical", sealed.id)
    raw, whole = path.read_bytes(), PART + TAG
    first, second = raw[len(MARK) :][:whole], raw[len(MARK) + whole :][:whole]
    path.write_bytes(MARK + second + first + raw[len(MARK) + 2 * whole :])
    assert "damaged" in damaged(tmp_path, sealed)


def test_two_files_of_one_length_swapped_are_noticed_even_with_each_others_keys(tmp_path: Path) -> None:
    one, other = sealed_in(tmp_path, content(PART)), sealed_in(tmp_path, content(PART))
    first, second = (files.path_of(tmp_path, "clinical", s.id) for s in (one, other))
    kept = first.read_bytes()
    shutil.copyfile(second, first)
    second.write_bytes(kept)
    assert "damaged" in damaged(tmp_path, one)
    assert "damaged" in damaged(tmp_path, replace(one, key=other.key, sha256=other.sha256))


def test_a_wrong_key_reads_nothing(tmp_path: Path) -> None:
    sealed = sealed_in(tmp_path, content(PART))
    assert "damaged" in damaged(tmp_path, replace(sealed, key=bytes(32)))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    sealed = sealed_in(tmp_path, content(9))
    files.path_of(tmp_path, "clinical", sealed.id).unlink()
    assert "missing" in damaged(tmp_path, sealed)


# -- half there -----------------------------------------------------------------------------------------------


def left(tmp_path: Path) -> list[Path]:
    return [p for p in tmp_path.rglob("*") if p.is_file()]


def test_stopping_leaves_nothing(tmp_path: Path) -> None:
    def stop(done: int) -> None:
        if done >= 2 * PART:
            raise Cancelled("stopped")

    source = io.BytesIO(content(4 * PART))
    with pytest.raises(Cancelled), sealing(tmp_path, "clinical", source, stop):
        raise AssertionError("not reached")
    assert left(tmp_path) == []


def test_a_row_that_could_not_be_written_takes_the_file_with_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="row"), sealing(tmp_path, "core", io.BytesIO(b"x")):
        assert len(left(tmp_path)) == 1
        raise ValueError("row")
    assert left(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="a limit of file sizes is a matter of POSIX")
def test_a_disk_that_takes_no_more_is_said_so_and_leaves_nothing(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the disk: writing fails half way, as on a full one."""
    program = (
        "import io, resource, signal, sys, errno\n"
        "from pathlib import Path\n"
        "from therapydesk.core.errors import UserError\n"
        "from therapydesk.core.vault import durable\n"
        "from therapydesk.core.vault.files import sealing\n"
        "durable.NO_ROOM.add(errno.EFBIG)\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))\n"
        "try:\n"
        "    with sealing(Path(sys.argv[1]), 'clinical', io.BytesIO(bytes(5_000_000))): pass\n"
        "except UserError as error: print(type(error).__name__, error.message)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert answer.stdout.startswith(f"{DiskFull.__name__} The disk is full")
    assert left(tmp_path) == []


def test_a_folder_that_cannot_be_written_to_is_said_so(tmp_path: Path) -> None:
    (tmp_path / files.FOLDER).write_bytes(b"in the way")
    with pytest.raises((UserError, OSError)), sealing(tmp_path, "core", io.BytesIO(b"x")):
        raise AssertionError("not reached")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is measured as Linux does")
def test_fifty_megabytes_are_written_and_read_in_little_memory(tmp_path: Path) -> None:
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from therapydesk.core.vault.files import sealing, check_file, PART\n"
        "class Film:\n"
        "    left = 50 * PART\n"
        "    def read(self, size):\n"
        "        size = min(size, self.left); self.left -= size\n"
        "        return b'x' * size\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "with sealing(Path(sys.argv[1]), 'clinical', Film()) as sealed: pass\n"
        "check_file(Path(sys.argv[1]), sealed)\n"
        "print(sealed.size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    size, grown = (int(n) for n in answer.stdout.split())
    assert size == 50 * PART
    assert grown < 16 * 1024  # KiB, of 50 MiB


# -- in the vault ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["core", "clinical", "safeguarding"])
def test_a_large_file_is_a_document_of_its_zone(vault: Vault, zone: Zone) -> None:
    data = content(PART + 100)
    file_id = add(vault, data, zone)
    view = read(vault, file_id, zone)
    assert (view.title, view.media_type, view.size) == ("Session recording", "audio/ogg", len(data))
    assert view.sealed.key.hex() not in repr(view)
    with view.open() as file:
        assert file.read() == data
    assert vault.check() == []


def test_it_is_read_after_a_new_key_of_the_zone_and_the_file_was_not_touched(vault: Vault) -> None:
    data = content(PART + 100)
    file_id = add(vault, data)
    path = files.path_of(vault.folder, "clinical", file_id)
    before = path.read_bytes()
    vault.rotate("clinical")
    assert path.read_bytes() == before
    with read(vault, file_id).open() as file:
        assert file.read() == data


def test_locking_closes_what_is_being_read(vault: Vault) -> None:
    file = read(vault, add(vault, content(100))).open()
    vault.lock()
    assert file.closed


def test_the_check_names_a_file_that_is_damaged_or_missing(vault: Vault) -> None:
    damaged_id, missing_id = add(vault, content(PART + 1)), add(vault, content(9))
    path = files.path_of(vault.folder, "clinical", damaged_id)
    raw = bytearray(path.read_bytes())
    raw[100] ^= 1
    path.write_bytes(raw)
    files.path_of(vault.folder, "clinical", missing_id).unlink()
    cut_id = add(vault, content(PART + 1))
    cut = files.path_of(vault.folder, "clinical", cut_id)
    cut.write_bytes(cut.read_bytes()[:-1])
    found = vault.check()
    assert {finding.kind for finding in found} == {"large file"}  # the zone itself is sound, and written on
    told = " ".join(str(finding) for finding in found)
    assert all(str(each) in told for each in (damaged_id, missing_id, cut_id))
    short = " ".join(str(finding) for finding in vault.quick_check())
    assert str(missing_id) in short
    assert str(cut_id) in short
    assert str(damaged_id) not in short  # only reading it through tells


def test_left_over_files_are_removed_once_they_are_old_enough(vault: Vault) -> None:
    kept, over = add(vault, content(9)), files.path_of(vault.folder, "clinical", UUID(int=5))
    over.write_bytes(b"left by an attempt that died")
    half = over.with_name(f".{UUID(int=6)}")
    half.write_bytes(b"half")
    assert files_kept.remove_orphans(vault) == 0  # perhaps its row is just being written
    assert files_kept.remove_orphans(vault, older=timedelta()) == 2
    assert [p.name for p in over.parent.iterdir()] == [str(kept)]


def test_a_file_whose_row_was_erased_goes_at_the_next_tidying(vault: Vault) -> None:
    file_id = add(vault, content(9))
    with vault.write("clinical") as db:
        db.delete(db.get_one(ClinicalDocument, file_id))
    assert files_kept.remove_orphans(vault, older=timedelta()) == 1
    assert not files.path_of(vault.folder, "clinical", file_id).exists()


def test_the_log_tells_of_it_by_id_only(vault: Vault) -> None:
    file_id = add(vault, content(9))
    with vault.read() as db:
        rows = list(db.scalars(select(ClinicalAuditEntry).where(ClinicalAuditEntry.ref == file_id)))
    assert [e.action for e in rows] == ["create"]
    assert "recording" not in rows[0].detail.lower()


def test_who_may_not_read_documents_does_not_read_large_ones(vault: Vault) -> None:
    clinical, concern = add(vault, b"x"), add(vault, b"y", "safeguarding")
    with vault.read() as db:
        db.info["user"] = replace(vault.user, roles=frozenset({"owner", "admin"}))
        with pytest.raises(PermissionDenied):
            read_clinical_file(db, clinical)
        with pytest.raises(PermissionDenied):
            read_safeguarding_file(db, concern)


def test_sealed_for_another_zone_is_a_fault(vault: Vault) -> None:
    with (
        pytest.raises(ValueError, match="not for"),
        sealing(vault.folder, "core", io.BytesIO(b"x")) as sealed,
        vault.write("clinical") as db,
    ):
        add_clinical_file(db, sealed, "recording", "Recording", "audio/ogg")
    assert left(vault.folder / files.FOLDER) == []


def test_after_unlocking_anew_the_file_is_there(vault: Vault) -> None:
    file_id = add(vault, b"there")
    vault.lock()
    vault.unlock(USER, PASSPHRASE)
    with read(vault, file_id).open() as file:
        assert file.read() == b"there"
