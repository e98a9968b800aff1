"""S15: backups that were flipped, cut, robbed of parts, mixed up or put together by somebody else are noticed, each time,
and the newest good one stays and can be read.

What is done to a backup is drawn by chance and told by its number. After each one the good backup beside it is rehearsed
(at the number of a submission: after every tenth, and at the end).
"""

from __future__ import annotations

import random
import shutil
import struct
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE, USER
from tests.reliability.numbers import limit, rounds, soaking
from therapydesk.core.errors import VaultError
from therapydesk.core.tables import ZONES
from therapydesk.core.vault import backup_targets
from therapydesk.core.vault.backup import back_up
from therapydesk.core.vault.backup_file import BackupFile
from therapydesk.core.vault.backup_keys import by_passphrase
from therapydesk.core.vault.backup_manifest import MANIFEST, Manifest
from therapydesk.core.vault.backup_verify import verify_backup
from therapydesk.core.vault.keys import Kdf
from therapydesk.core.vault.rehearsal import rehearse
from therapydesk.core.vault.restore import restore
from therapydesk.core.vault.restore_new import set_up_from_backup
from therapydesk.core.vault.vault import NewPractice, Vault
from therapydesk.testing import add_person

pytestmark = pytest.mark.timeout(limit(300))
Harm = Callable[[Path, random.Random], str]
_LOCAL, _HEAD = b"PK\x03\x04", 30


# --- What is done to a backup; each says what it did ---


def flip_a_bit(path: Path, chance: random.Random) -> str:
    content = bytearray(path.read_bytes())
    at, bit = chance.choice(_places_that_count(path)), chance.randrange(8)
    content[at] ^= 1 << bit
    path.write_bytes(content)
    return f"bit {bit} of byte {at}"


def _places_that_count(path: Path) -> list[int]:
    """Bytes of which each means something: the content of parts. (What stands around them is flipped elsewhere.)"""
    with zipfile.ZipFile(path) as archive:
        spans = [
            (info.header_offset + _HEAD + len(info.filename), info.file_size) for info in archive.infolist()
        ]
    chosen = random.Random(len(spans)).choices(spans, [size for _, size in spans], k=400)
    return [random.Random(n).randrange(start, start + size) for n, (start, size) in enumerate(chosen)]


def flip_around_parts(path: Path, chance: random.Random) -> str:
    """In what the zip itself says: sizes, names, places. Some of it says nothing that matters; then it must read whole."""
    content = bytearray(path.read_bytes())
    at = chance.randrange(content.rindex(b"PK\x01\x02") - 200, len(content))
    content[at] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    return f"list of parts, byte {at}"


def cut(path: Path, chance: random.Random) -> str:
    content = path.read_bytes()
    size = chance.randrange(len(content))
    path.write_bytes(content[:size])
    return f"cut to {size} bytes"


def fill_with_noughts(path: Path, chance: random.Random) -> str:
    """A page of the disk that was never written."""
    content = bytearray(path.read_bytes())
    at = chance.choice(_places_that_count(path)) // 4096 * 4096
    content[at : at + 4096] = bytes(len(content[at : at + 4096]))
    path.write_bytes(content)
    return f"noughts from {at}"


def leave_out_a_part(path: Path, chance: random.Random) -> str:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    gone = chance.choice(sorted(parts))
    del parts[gone]
    _write(path, parts)
    return f"without {gone}"


def swap_two_parts(path: Path, chance: random.Random) -> str:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    one, other = chance.sample(sorted(parts), 2)
    parts[one], parts[other] = parts[other], parts[one]
    _write(path, parts)
    return f"{one} and {other} swapped"


def add_a_part(path: Path, chance: random.Random) -> str:
    name = chance.choice(
        ["../../evil", "files/clinical/extra", "/etc/passwd", "core/zone.db-wal", "users.json"]
    )
    with zipfile.ZipFile(path) as archive:
        parts = [(n, archive.read(n)) for n in archive.namelist()]
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name that comes twice is what is meant
        for told, content in [*parts, (name, b"something")]:
            archive.writestr(zipfile.ZipInfo(told), content)
    return f"with {name} added"


def compress(path: Path, _chance: random.Random) -> str:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    _write(path, parts, zipfile.ZIP_DEFLATED)
    return "compressed anew"


def forge_the_hash(path: Path, chance: random.Random) -> str:
    """A flipped byte, and a manifest that tells its new hash: only the proof by a key gives it away."""
    import hashlib

    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice([f"{zone}/zone.db" for zone in ZONES])
    content = bytearray(parts[name])
    content[chance.randrange(len(content))] ^= 4
    before = hashlib.sha256(parts[name]).hexdigest().encode()
    parts[name] = bytes(content)
    parts[MANIFEST] = parts[MANIFEST].replace(before, hashlib.sha256(content).hexdigest().encode())
    _write(path, parts)
    return f"{name} changed with its hash"


def _write(path: Path, parts: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", how) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


HARMS: tuple[Harm, ...] = (
    *(flip_a_bit, flip_a_bit, flip_a_bit, flip_around_parts, cut, cut, fill_with_noughts),
    *(leave_out_a_part, swap_two_parts, add_a_part, compress, forge_the_hash),
)
MAY_MEAN_NOTHING = ("list of parts",)


# --- The harness ---


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def practice(vault: Vault, target: Path) -> Path:
    """A vault with people in it; its newest good backup."""
    for number in range(12):
        add_person(vault, f"Person {number}")
    (vault.folder / "files" / "clinical").mkdir(parents=True, exist_ok=True)
    (vault.folder / "files" / "clinical" / "sound").write_bytes(random.Random(1).randbytes(300_000))
    return back_up(vault, target).path


def parts_of(path: Path) -> dict[str, bytes]:
    with BackupFile(path) as backup:
        return {name: backup.read(name) for name in backup.names()}


def unnoticed(vault: Vault, harmed: Path, good: dict[str, bytes]) -> bool:
    """Whether the backup passes; one that passes and holds every byte of every part was not harmed at all."""
    try:
        verify_backup(vault, harmed)
    except VaultError:
        return False
    return parts_of(harmed) != good


def test_whatever_happens_to_a_backup_is_noticed_and_the_newest_good_one_stays(
    vault: Vault, practice: Path, target: Path, tmp_path: Path
) -> None:
    good, whole = parts_of(practice), practice.read_bytes()
    seen: Counter[str] = Counter()
    for number in rounds("S15"):
        chance = random.Random(number)
        harmed = tmp_path / f"harmed-{number}.tdbackup"
        shutil.copyfile(practice, harmed)
        harm = HARMS[number % len(HARMS)]
        what = harm(harmed, chance)
        assert not unnoticed(vault, harmed, good), f"round {number}: {what}"
        seen[harm.__name__] += 1
        assert practice.read_bytes() == whole
        if soaking() or number % 10 == 9:
            assert sum(count for _, count in rehearse(vault, practice).read) == 20
        harmed.unlink()
    assert set(seen) == {harm.__name__ for harm in HARMS}
    assert rehearse(vault, practice).zones == ZONES
    assert vault.check() == []


def test_a_harmed_backup_changes_nothing_when_somebody_brings_it_back(
    vault: Vault, practice: Path, tmp_path: Path
) -> None:
    add_person(vault, "Since then")
    before = sorted(p.name for p in vault.folder.iterdir())
    for number, harm in enumerate(dict.fromkeys(HARMS)):
        harmed = tmp_path / f"harmed-{number}.tdbackup"
        shutil.copyfile(practice, harmed)
        what = harm(harmed, random.Random(number))
        if what.startswith(MAY_MEAN_NOTHING) and not _fails(lambda f=harmed: verify_backup(vault, f)):  # type: ignore[misc]
            continue
        assert _fails(lambda f=harmed: restore(vault, f, keep_in=None)), what  # type: ignore[misc]
        new = tmp_path / f"new-{number}"
        assert _fails(lambda f=harmed, n=new: set_up_from_backup(f, n, by_passphrase(USER, PASSPHRASE))), what  # type: ignore[misc]
        assert not new.exists()
    assert sorted(p.name for p in vault.folder.iterdir() if p.name != "backups.json") == [
        name for name in before if name != "backups.json"
    ]
    assert all(name == "g1" for zone in ZONES for name in [p.name for p in (vault.folder / zone).iterdir()])


def _fails(call: Callable[[], object]) -> bool:
    try:
        call()
    except VaultError:
        return True
    return False


def test_a_backup_of_another_vault_under_our_name_is_noticed_and_never_thinned_out(
    vault: Vault, practice: Path, target: Path, tmp_path: Path
) -> None:
    new = NewPractice("Another", USER, ("owner", "therapist", "lead"), PASSPHRASE)
    other, _code = Vault.create(tmp_path / "other", new, host=vault.host, kdf=Kdf.minimum())
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    foreign = back_up(other, elsewhere).path
    other.close()
    named = target / f"{backup_targets.prefix(vault.unlocked.users.vault)}19990101T000000000000Z.tdbackup"
    shutil.copyfile(foreign, named)
    with pytest.raises(VaultError, match="another practice"):
        verify_backup(vault, named)
    for _ in range(3):
        back_up(vault, target, why="hourly")
    assert named.exists()
    assert named not in [
        kept.path for kept in backup_targets.list_backups(target, vault.unlocked.users.vault)
    ]


def test_a_failed_attempt_never_takes_the_place_of_the_newest_good_one(
    vault: Vault, practice: Path, target: Path
) -> None:
    """The vault itself is damaged: what is made of it does not pass, and gets no name."""
    from therapydesk.core.vault import generations

    whole = practice.read_bytes()
    path = generations.zone_file(vault.folder, "clinical", "g1")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)
    with pytest.raises(VaultError, match="damaged"):
        back_up(vault, target)
    assert [p.name for p in target.iterdir() if p.suffix != ".json"] == [practice.name]
    assert practice.read_bytes() == whole


def test_a_later_format_is_refused_by_its_number(vault: Vault, practice: Path) -> None:
    with zipfile.ZipFile(practice) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[MANIFEST] = parts[MANIFEST].replace(b'"format": 1', b'"format": 2')
    _write(practice, parts)
    with pytest.raises(VaultError, match="newer TherapyDesk"):
        verify_backup(vault, practice)


# --- Controls that must fail ---


def test_control_without_hashes_and_proofs_harm_goes_unseen(
    vault: Vault, practice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A verifier that only opens the zip and looks whether the parts are there, as many programs do."""
    good = parts_of(practice)
    missed = 0
    for number in range(24):
        harmed = tmp_path / f"harmed-{number}.tdbackup"
        shutil.copyfile(practice, harmed)
        HARMS[number % len(HARMS)](harmed, random.Random(number))
        missed += _only_looks(harmed)
    assert missed > 0
    monkeypatch.setattr(Manifest, "check_proof", lambda *_: None)
    monkeypatch.setattr(Manifest, "check_signature", lambda *_: None)
    harmed = tmp_path / "forged.tdbackup"
    shutil.copyfile(practice, harmed)
    with zipfile.ZipFile(harmed) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[MANIFEST] = parts[MANIFEST].replace(b'"by hand"', b'"by nobody"')
    _write(harmed, parts)
    verify_backup(vault, harmed)  # without the proofs nobody notices
    assert parts_of(harmed) == good


def _only_looks(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return {"users.json", MANIFEST, *(f"{z}/zone.db" for z in ZONES)} <= set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, struct.error):
        return False
