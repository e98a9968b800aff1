"""Keep and read documents of the core zone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import undefer

from therapydesk.core.errors import DamagedVault, NotFound
from therapydesk.core.permissions import allowed
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.documents import Document


@dataclass(frozen=True)
class StoredDocument:
    """A document with its bytes."""

    id: UUID
    title: str
    media_type: str
    content: bytes


@allowed("documents.add")
def add_document(
    db: Db,
    kind: str,
    title: str,
    media_type: str,
    content: bytes,
    *,
    ref: UUID | None = None,
    person_id: UUID | None = None,
) -> UUID:
    """Keep a document; its SHA-256 is kept beside it."""
    row = Document(
        kind=kind, title=title, media_type=media_type, content=content, ref=ref, person_id=person_id
    )
    row.sha256 = hashlib.sha256(content).hexdigest()
    db.add(row)
    db.flush()
    return row.id


@allowed("documents.read")
def read_document(db: Db, document_id: UUID) -> StoredDocument:
    """A document. Raises NotFound, or DamagedVault when its bytes are not those that were kept."""
    row = db.get(Document, document_id, options=[undefer(Document.content)])
    return _stored(row)


@allowed("documents.read")
def latest_document(db: Db, kind: str, ref: UUID) -> StoredDocument:
    """The newest document of a kind that belongs to a record. Raises NotFound."""
    query = (
        select(Document).options(undefer(Document.content)).where(Document.kind == kind, Document.ref == ref)
    )
    return _stored(db.scalars(query.order_by(Document.created_at.desc()).limit(1)).first())


def _stored(row: Document | None) -> StoredDocument:
    if row is None:
        raise NotFound(tr("That document is not here."))
    if hashlib.sha256(row.content).hexdigest() != row.sha256:
        raise DamagedVault(tr("The document “{title}” is damaged.").format(title=row.title))
    return StoredDocument(row.id, row.title, row.media_type, row.content)
