"""Large files as documents: a row in the zone of their content, the content sealed beside it (core/vault/files.py).

Writing one takes two steps, so that a zone is not held while a film is read:

    with sealing(vault.folder, "clinical", source, job_progress) as sealed:
        with vault.write("clinical") as db:
            add_clinical_file(db, sealed, "recording", tr("Session recording"), "audio/ogg", person_id=person)

Whatever goes wrong in the block, the file is taken away again.
"""

from __future__ import annotations

import io
import os
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.orm import undefer

from therapydesk.core.errors import NotFound
from therapydesk.core.permissions import allowed
from therapydesk.core.tables import Zone
from therapydesk.core.vault.files import SealedFile, open_file, path_of, remember_open
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.documents import DOCUMENTS, ClinicalDocument

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault


@dataclass(frozen=True)
class LargeFileView:
    """A large file: what it is, its size in bytes, and the way to its content."""

    id: UUID
    title: str
    kind: str
    media_type: str
    ref: UUID | None
    person_id: UUID | None
    created_at: datetime
    size: int
    sealed: SealedFile = field(repr=False)
    folder: Path = field(repr=False)
    vault: Vault = field(repr=False)

    def open(self) -> io.BufferedReader:
        """Read it, from any place; holds 1 MiB in memory. It is closed at the latest when the vault is locked. Raises
        DamagedVault, naming the file, for one that is missing, cut or changed.
        """
        return remember_open(self.vault, open_file(self.folder, self.sealed))


@allowed("documents.add")
def add_large_file(
    db: Db,
    sealed: SealedFile,
    kind: str,
    title: str,
    media_type: str,
    *,
    ref: UUID | None = None,
    person_id: UUID | None = None,
) -> UUID:
    """Keep a large file that holds no clinical facts; `sealed` comes from `sealing`. Returns its id."""
    return _add(db, "core", sealed, kind, title, media_type, ref, person_id)


@allowed("clinical_documents.add")
def add_clinical_file(
    db: Db,
    sealed: SealedFile,
    kind: str,
    title: str,
    media_type: str,
    *,
    ref: UUID | None = None,
    person_id: UUID | None = None,
) -> UUID:
    """Keep a large file with clinical content, such as a session recording."""
    return _add(db, "clinical", sealed, kind, title, media_type, ref, person_id)


@allowed("safeguarding_documents.add")
def add_safeguarding_file(
    db: Db,
    sealed: SealedFile,
    kind: str,
    title: str,
    media_type: str,
    *,
    ref: UUID | None = None,
    person_id: UUID | None = None,
) -> UUID:
    """Keep a large file that belongs to a concern."""
    return _add(db, "safeguarding", sealed, kind, title, media_type, ref, person_id)


def _add(
    db: Db, zone: Zone, sealed: SealedFile, kind: str, title: str, media_type: str, ref: Any, person_id: Any
) -> UUID:
    if sealed.zone != zone:
        raise ValueError(f"sealed for {sealed.zone}, not for {zone}")
    row = DOCUMENTS[zone](
        id=sealed.id,
        kind=kind,
        title=title,
        media_type=media_type,
        ref=ref,
        person_id=person_id,
        sha256=sealed.sha256,
        file_size=sealed.size,
        file_key=sealed.key,
    )
    db.add(row)
    db.flush()
    return sealed.id


@allowed("documents.read")
def read_large_file(db: Db, document_id: UUID) -> LargeFileView:
    """A large file of core. Raises NotFound."""
    return _read(db, "core", document_id)


def _whose(db: Db, document_id: UUID) -> UUID | None:
    table = DOCUMENTS["clinical"]
    return db.scalar(select(table.person_id).where(table.id == document_id))


@allowed("clinical_documents.read", person=_whose)
def read_clinical_file(db: Db, document_id: UUID) -> LargeFileView:
    """A large file with clinical content; the page that shows it calls `viewed`. Raises NotFound."""
    return _read(db, "clinical", document_id)


@dataclass(frozen=True)
class RemovedFile:
    """The row of a large file that was removed, for `put_back_clinical_file`; its content is still there for a day."""

    row: dict[str, Any] = field(repr=False)


@allowed("clinical_documents.add", person=_whose)
def remove_clinical_file(db: Db, document_id: UUID) -> RemovedFile:
    """Remove a large file with clinical content; its content goes with the left-over files a day later. Raises NotFound."""
    row = db.get(ClinicalDocument, document_id, options=[undefer(ClinicalDocument.file_key)])
    if row is None or row.file_key is None:
        raise NotFound(tr("That document is not here any more."))
    kept = {
        column.key: getattr(row, column.key)
        for column in inspect(ClinicalDocument).column_attrs
        if column.key != "content"
    }
    with suppress(OSError):  # a missing file may be removed, too
        os.utime(path_of(db.info["vault"].folder, "clinical", document_id))  # from now on it is a day old
    db.delete(row)
    db.flush()
    return RemovedFile(kept)


@allowed("clinical_documents.add")
def put_back_clinical_file(db: Db, removed: RemovedFile) -> None:
    """Removing it was a slip. Raises NotFound when its content is gone."""
    if not path_of(db.info["vault"].folder, "clinical", removed.row["id"]).is_file():
        raise NotFound(tr("That document is not here any more."))
    db.add(ClinicalDocument(**removed.row))
    db.flush()


@allowed("safeguarding_documents.read")
def read_safeguarding_file(db: Db, document_id: UUID) -> LargeFileView:
    """A large file of a concern; the page that shows it calls `viewed`. Raises NotFound."""
    return _read(db, "safeguarding", document_id)


def _read(db: Db, zone: Zone, document_id: UUID) -> LargeFileView:
    table: Any = DOCUMENTS[zone]
    found = db.execute(select(table, table.file_key).where(table.id == document_id)).first()
    if found is None or found[1] is None:
        raise NotFound(tr("That document is not here any more."))
    row, key = found
    sealed = SealedFile(row.id, zone, row.file_size, row.sha256, key)
    vault = db.info["vault"]
    return LargeFileView(
        row.id,
        row.title,
        row.kind,
        row.media_type,
        row.ref,
        row.person_id,
        row.created_at,
        row.file_size,
        sealed,
        vault.folder,
        vault,
    )
