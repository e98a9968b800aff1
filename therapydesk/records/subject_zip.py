"""Writes the answer to a request: one file that only its maker can read, wholly there or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from therapydesk.core.errors import UserError
from therapydesk.core.jobs import Job
from therapydesk.core.tables import Zone
from therapydesk.core.vault import marks
from therapydesk.core.vault.durable import disk_full, sync_folder
from therapydesk.core.words import tr
from therapydesk.records.subject_pack import Pack, counts, read_pack, record_pack
from therapydesk.records.subject_paper import pack_pdf
from therapydesk.records.subject_words import part_words

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

FORMAT = "therapydesk subject access 1"


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


def free_name(folder: Path, number: str) -> Path:
    """A name in a folder that is not taken: "AR-2026-004.zip", "AR-2026-004-2.zip"."""
    tried, path = 1, folder / f"{number}.zip"
    while path.exists():
        tried += 1
        path = folder / f"{number}-{tried}.zip"
    return path


def make_pack(vault: Vault, job: Job, request_id: UUID, zones: Sequence[Zone], path: Path) -> Pack:
    """Read, write the file, say so in the logs. Nothing is left behind when it fails or is cancelled. Raises UserError."""
    with vault.read() as db:
        pack = read_pack(db, request_id, zones, job.progress)
    heads = marks.to_plain(marks.heads(vault))
    paper = pack_pdf(pack, progress=job.progress)
    digest = _write(path, pack, paper, pack_json(pack, heads), job)
    for part in pack.parts:
        with vault.write(part.zone) as db:
            record_pack(db, request_id, {**counts(part), "sha256": digest, "marks": heads})
    return pack


def _write(path: Path, pack: Pack, paper: bytes, data: bytes, job: Job) -> str:
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
                packed.writestr(f"{pack.request.number}.pdf", paper)
                packed.writestr("data.json", data)
                for part in pack.parts:
                    for each in part.files:
                        job.progress(0, 0, each.name)
                        packed.writestr(f"files/{each.name}", each.content)
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.replace(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        raise _in_words(error) from None
    finally:
        temporary.unlink(missing_ok=True)
    return digest


def _in_words(error: OSError) -> UserError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full()
    return UserError(
        tr("The file could not be saved: {why}.").format(why=error.strerror), tr("Choose another folder.")
    )
