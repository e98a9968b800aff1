"""P14: a backup that is opened again from where it lies, beside copying the files and the same checks on the copy."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.figures import Figure, median
from therapydesk.built_in import BUILT_IN
from therapydesk.core import audit
from therapydesk.core.permissions import ROLES
from therapydesk.core.plugins import load_all
from therapydesk.core.tables import ZONES
from therapydesk.core.vault import files, generations
from therapydesk.core.vault.backup import back_up
from therapydesk.core.vault.backup_verify import verify_backup
from therapydesk.core.vault.keys import Kdf
from therapydesk.core.vault.restore import restore
from therapydesk.core.vault.vault import NewPractice, Vault
from therapydesk.records.documents import ClinicalDocument

RUNS, MOST = 3, 1.5
MIB = 1024 * 1024
LETTER, RECORDING = 2, 32  # MiB of a document kept in the zone, and of one kept as a file


def measure(size: int) -> list[Figure]:
    """A vault of `size` MiB, half of it documents in the clinical zone, half large files."""
    with tempfile.TemporaryDirectory(prefix="therapydesk-bench-") as place:
        vault = _filled(Path(place) / "vault", size)
        try:
            return _figures(vault, Path(place), size)
        finally:
            vault.close()


def _filled(folder: Path, size: int) -> Vault:
    host = load_all(BUILT_IN, {}, (), contrib=False)
    new = NewPractice("Bench", "Bench", ROLES, secrets.token_hex(16))
    vault, _code = Vault.create(folder, new, host=host, kdf=Kdf.minimum())
    about = {"kind": "letter", "title": "Letter", "media_type": "application/pdf"}
    for _ in range(size // 2 // LETTER):
        content = secrets.token_bytes(LETTER * MIB)
        with vault.write("clinical") as db:
            db.add(ClinicalDocument(content=content, sha256=hashlib.sha256(content).hexdigest(), **about))
    for _ in range(size // 2 // RECORDING):
        source = io.BytesIO(secrets.token_bytes(RECORDING * MIB))
        with files.sealing(folder, "clinical", source) as sealed, vault.write("clinical") as db:
            kept = {"sha256": sealed.sha256, "file_size": sealed.size, "file_key": sealed.key}
            db.add(ClinicalDocument(id=sealed.id, **kept, **about))
    with vault.write("core") as db:
        audit.record(db, "bench filled")
    return vault


def _figures(vault: Vault, place: Path, size: int) -> list[Figure]:
    target, plain = place / "target", place / "plain"
    target.mkdir()
    limits, times, verifying = [], [], []
    for _ in range(RUNS):  # in turn, so that other work on the machine meets each alike
        limits.append(_timed(lambda: _copy_and_check(vault, plain)))
        times.append(_timed(lambda: back_up(vault, target)))
        made = max(target.iterdir())
        verifying.append(_timed(partial(verify_backup, vault, made)))
    limit, took, verified = median(limits), median(times), median(verifying)
    back = _timed(lambda: restore(vault, made, keep_in=None))
    work = f"backup of {size:,} MB, made and verified where it lies"
    said = f"≤ {MOST} × limit"
    note = (
        "The limit copies every file to the same disk with fsync, reads the copy for its SHA-256 and runs both full checks"
        f" on the zones; half of it is large files. Medians of {RUNS}; both read the copy from the disk."
    )
    return [
        Figure("P14", work, said, MOST * limit, limit, took, note=note),
        Figure("P14", "– verifying it again", "–", None, limit, verified, part="verify"),
        Figure("P14", "– bringing it back, all zones", "–", None, limit, back, part="restore"),
    ]


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _copy_and_check(vault: Vault, plain: Path) -> None:
    shutil.rmtree(plain, ignore_errors=True)
    plain.mkdir()
    current = vault.unlocked.current
    zones = {zone: generations.zone_file(vault.folder, zone, current[zone]) for zone in ZONES}
    for zone, path in zones.items():
        _copy(path, plain / f"{zone}.db")
    for path in (vault.folder / "files").rglob("*"):
        if path.is_file():
            _copy(path, plain / path.name)
    for copy in sorted(plain.iterdir()):
        with copy.open("rb") as file:
            if hasattr(
                os, "posix_fadvise"
            ):  # as the backup does: what is on the disk counts, not what is in memory
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            hashlib.file_digest(file, "sha256")
    for zone in zones:
        generations.check_file(zone, plain / f"{zone}.db", vault.unlocked.ring.zones[zone])


def _copy(path: Path, target: Path) -> None:
    shutil.copyfile(path, target)
    handle = os.open(target, os.O_RDWR)
    os.fsync(handle)
    os.close(handle)
