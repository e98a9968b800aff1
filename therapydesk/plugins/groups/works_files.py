"""Files of works: recordings, words, scores. They may hold what is clinical, so they lie in the clinical zone; who does not
hold it sees none, and not how many there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    ClinicalDocument,
    Db,
    LargeFileView,
    NotFound,
    PermissionDenied,
    RemovedFile,
    SealedFile,
    add_clinical_file,
    allowed,
    is_own,
    only_own,
    put_back_clinical_file,
    read_clinical_file,
    remove_clinical_file,
    tr,
)
from therapydesk.plugins.groups.works_models import Maker
from therapydesk.plugins.groups.works_service import WORK_KIND


@dataclass(frozen=True)
class WorkFile:
    """A file of a work; `size` in bytes."""

    id: UUID
    title: str
    media_type: str
    size: int
    created_at: datetime


@allowed("clinical_documents.add", filters=True)
def add_work_file(db: Db, work_id: UUID, sealed: SealedFile, title: str, media_type: str) -> UUID:
    """Keep a file of a work; `sealed` for the clinical zone. With one maker it is theirs, and goes when they are erased."""
    people = _makers(db, work_id)
    _check_own(db, people)
    whose = people[0] if len(people) == 1 else None
    return add_clinical_file(db, sealed, WORK_KIND, title, media_type, ref=work_id, person_id=whose)


@allowed("clinical_documents.read", filters=True)
def list_work_files(db: Db, work_id: UUID) -> list[WorkFile]:
    """The files of a work, the newest first; none for whom it is not their own people's."""
    if only_own(db) and not _any_own(db, _makers(db, work_id)):
        return []
    table = ClinicalDocument
    query = select(table.id, table.title, table.media_type, table.file_size, table.created_at)
    query = query.where(table.kind == WORK_KIND, table.ref == work_id).order_by(
        table.created_at.desc(), table.id.desc()
    )
    return [WorkFile(i, title, media, size or 0, at) for i, title, media, size, at in db.execute(query)]


@allowed("clinical_documents.read", filters=True)
def read_work_file(db: Db, document_id: UUID) -> LargeFileView:
    """A file of a work, whose page calls `viewed`. Raises NotFound, PermissionDenied."""
    _check_file(db, document_id)
    return read_clinical_file(db, document_id)


@allowed("clinical_documents.add", filters=True)
def remove_work_file(db: Db, document_id: UUID) -> RemovedFile:
    """Remove a file of a work; `put_back_work_file` brings it back. Raises NotFound, PermissionDenied."""
    _check_file(db, document_id)
    return remove_clinical_file(db, document_id)


@allowed("clinical_documents.add", filters=True)
def put_back_work_file(db: Db, removed: RemovedFile) -> None:
    """Removing it was a slip. Raises NotFound when its content is gone, PermissionDenied."""
    _check_own(db, _makers(db, removed.row["ref"]))
    put_back_clinical_file(db, removed)


def _check_file(db: Db, document_id: UUID) -> None:
    row = db.get(ClinicalDocument, document_id)
    if row is None or row.kind != WORK_KIND or row.ref is None:
        raise NotFound(tr("That file is not here any more."))
    _check_own(db, _makers(db, row.ref))


def _makers(db: Db, work_id: UUID) -> list[UUID]:
    query = select(Maker.person_id).where(Maker.work_id == work_id)
    return list(dict.fromkeys(db.scalars(query.order_by(Maker.position))))


def _any_own(db: Db, people: list[UUID]) -> bool:
    return any(is_own(db, person_id) for person_id in people)


def _check_own(db: Db, people: list[UUID]) -> None:
    if only_own(db) and not _any_own(db, people):
        raise PermissionDenied(
            tr("Nobody who made this is one of your own people."),
            tr("Ask who holds the caseload to allocate them."),
        )
