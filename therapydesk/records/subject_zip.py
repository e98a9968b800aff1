"""Writes the answer to a request: one file that only its maker can read, wholly there or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import json
import os
import secrets
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from uuid import UUID

from therapydesk.core.errors import UserError
from therapydesk.core.jobs import Job
from therapydesk.core.tables import Zone
from therapydesk.core.vault import marks
from therapydesk.core.vault.durable import disk_full, sync_folder
from therapydesk.core.words import tr
from therapydesk.records.subject_pack import Pack, counts, file_of_pack, read_pack, record_pack
from therapydesk.records.subject_paper import pack_pdf
from therapydesk.records.subject_words import part_words

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

FORMAT = "therapydesk subject access 1"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP = 5, 4
PIECE = 1024 * 1024
MOST_INSIDE = 100 * PIECE  # of files in a locked PDF, which is made in memory


def pack_json(pack: Pack, log: Mapping[str, list[Any]]) -> bytes:
    """The same as the paper, for a program to read."""
    data = {
        "format": FORMAT,
        "request": pack.request.number,
        "received_on": pack.request.received_on.isoformat(),
        "made_on": pack.made_on.isoformat(),
        "practice": pack.sheet.letterhead.name,
        "log": log,
        "parts": [
            {
                "part": part_words()[part.zone],
                "entries": [
                    {
                        "what": item.title,
                        "day": item.day.isoformat() if item.day is not None else None,
                        "fields": {column: text for column, _label, text in item.fields},
                        **({"file": f"files/{item.file}"} if item.file else {}),
                    }
                    for item in part.items
                ],
            }
            for part in pack.parts
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def free_name(folder: Path, number: str, ending: str = ".zip") -> Path:
    """A name in a folder that is not taken: "AR-2026-004.zip", "AR-2026-004-2.zip"."""
    tried, path = 1, folder / f"{number}{ending}"
    while path.exists():
        tried += 1
        path = folder / f"{number}-{tried}{ending}"
    return path


def new_passphrase() -> str:
    """A passphrase for one pack, to be told apart from it: 99 bits in letters that are not mistaken for one another."""
    letters = [secrets.choice(LETTERS) for _ in range(GROUPS * GROUP)]
    return "-".join("".join(letters[n : n + GROUP]) for n in range(0, len(letters), GROUP))


def make_pack(
    vault: Vault, job: Job, request_id: UUID, zones: Sequence[Zone], path: Path, passphrase: str = ""
) -> Pack:
    """Read, write the file, say so in the logs. Nothing is left behind when it fails or is cancelled. Raises UserError.

    Without a passphrase it is a zip; with one a PDF that asks for it, with all else inside.
    """
    with vault.read() as db:
        pack = read_pack(db, request_id, zones, job.progress)
    heads = marks.to_plain(marks.heads(vault))
    paper = pack_pdf(pack, progress=job.progress)
    made = _Made(vault, pack, paper, pack_json(pack, heads), job)
    digest = _write(path, (lambda file: _lock(file, made, passphrase)) if passphrase else made.zip)
    about = {"sha256": digest, "marks": heads, "encrypted": bool(passphrase)}
    try:
        for part in pack.parts:
            with vault.write(part.zone) as db:
                record_pack(db, request_id, {**counts(part), **about})
    except BaseException:  # nothing leaves of which the log does not tell
        path.unlink(missing_ok=True)
        raise
    return pack


@dataclass(frozen=True)
class _Made:
    """Everything that goes into the file."""

    vault: Vault
    pack: Pack
    paper: bytes
    data: bytes
    job: Job

    def files(self) -> Iterator[tuple[str, BinaryIO]]:
        """The files, one open at a time: some are too large for memory."""
        for part in self.pack.parts:
            for each in part.files:
                self.job.progress(0, 0, each.name)
                with self.vault.read() as db:
                    kept = file_of_pack(db, each)
                with kept.open() as source:
                    yield each.name, source

    def zip(self, file: BinaryIO) -> None:
        """Write a zip."""
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(f"{self.pack.request.number}.pdf", self.paper)
            packed.writestr("data.json", self.data)
            for name, source in self.files():
                with packed.open(f"files/{name}", "w", force_zip64=True) as target:
                    while piece := source.read(PIECE):
                        self.job.progress(0, 0, name)
                        target.write(piece)


def _lock(file: BinaryIO, made: _Made, passphrase: str) -> None:
    """Write the PDF with AES-256 (revision 6), the rest attached. What it reads is what we made a moment before."""
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=io.BytesIO(made.paper))
    writer.add_attachment("data.json", made.data)
    room = MOST_INSIDE
    for name, source in made.files():
        content = source.read(room + 1)
        room -= len(content)
        if room < 0:
            raise UserError(
                tr("The files are too large to lie in a PDF."), tr("Make a zip, and hand it over in person.")
            )
        writer.add_attachment(name, content)
    writer.encrypt(passphrase, algorithm="AES-256")
    made.job.progress(0, 0, "")
    writer.write(file)


def put_parts(path: Path, source: BinaryIO, step: Callable[[], object]) -> None:
    """Write a file that only its maker can read, part by part; what `step` raises stops it. Raises UserError."""

    def fill(file: BinaryIO) -> None:
        while piece := source.read(PIECE):
            step()
            file.write(piece)

    _write(path, fill)


def _write(path: Path, fill: Callable[[BinaryIO], object]) -> str:
    """Write a file that only its maker can read, wholly or not at all; gives its SHA-256. Raises UserError."""
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        for left in path.parent.glob(f".{path.name}.{'[0-9a-f]' * 8}"):  # of a pack that was cut off
            left.unlink(missing_ok=True)
        handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w+b") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.replace(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        raise _in_words(error) from None
    finally:
        with contextlib.suppress(
            OSError
        ):  # a read-only disk lets nothing be taken away, and has nothing to take away
            temporary.unlink(missing_ok=True)
    return digest


def _in_words(error: OSError) -> UserError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full()
    return UserError(
        tr("The file could not be saved: {why}.").format(why=error.strerror), tr("Choose another folder.")
    )
