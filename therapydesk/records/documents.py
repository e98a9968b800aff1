"""Documents: one table a zone; the zone follows the content (an invoice core, a referral file clinical)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.core.errors import NotFound, UserError
from therapydesk.core.permissions import allowed
from therapydesk.core.tables import ClinicalBase, CoreBase, Erase, Privacy, SafeguardingBase, Stamped, Zone
from therapydesk.core.vault.files import HoldsFile
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr

_HIDDEN = ("kind", "sha256", "file_key")  # its title says what it is


class _File(Stamped, HoldsFile):
    """`content` is empty when it is kept as a large file."""

    person_id: Mapped[UUID | None] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(40))
    ref: Mapped[UUID | None] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class Document(_File, CoreBase):
    """A file that everybody may open, such as an invoice."""

    __tablename__ = "document"
    privacy = Privacy("Invoices and other papers", "financial", Erase.KEEP, "tax records", hide=_HIDDEN)


class ClinicalDocument(_File, ClinicalBase):
    """A file with clinical content, such as a referral letter."""

    __tablename__ = "document"
    privacy = Privacy(
        "Letters and files", "clinical", Erase.DELETE, "what was sent to us about you", hide=_HIDDEN
    )


class SafeguardingDocument(_File, SafeguardingBase):
    """A file that belongs to a concern, such as a photograph or a recording."""

    __tablename__ = "document"
    privacy = Privacy(
        "Files about concerns",
        "safeguarding",
        Erase.KEEP,
        "kept until a safeguarding lead decides",
        hide=_HIDDEN,
    )


DOCUMENTS: dict[Zone, type[Document] | type[ClinicalDocument] | type[SafeguardingDocument]] = {
    "core": Document,
    "clinical": ClinicalDocument,
    "safeguarding": SafeguardingDocument,
}


@dataclass(frozen=True)
class DocumentView:
    """A document with its content."""

    id: UUID
    title: str
    kind: str
    media_type: str
    ref: UUID | None
    person_id: UUID | None
    created_at: datetime
    content: bytes = field(repr=False)


@allowed("documents.add")
def add_document(
    db: Db,
    kind: str,
    title: str,
    content: bytes,
    media_type: str = "application/pdf",
    *,
    ref: UUID | None = None,
    person_id: UUID | None = None,
) -> UUID:
    """Keep a paper that holds no clinical facts, such as an invoice; `ref` is the record it was made from."""
    row = Document(
        kind=kind,
        title=title,
        content=content,
        media_type=media_type,
        sha256=hashlib.sha256(content).hexdigest(),
        ref=ref,
        person_id=person_id,
    )
    db.add(row)
    db.flush()
    return row.id


@allowed("documents.read")
def read_document(db: Db, document_id: UUID) -> DocumentView:
    """A document with its content. Raises NotFound, and UserError when it is not what was kept."""
    found = db.execute(select(Document, Document.content).where(Document.id == document_id)).first()
    if found is None:
        raise NotFound(tr("That document is not here any more."))
    row, content = found
    if content is None or hashlib.sha256(content).hexdigest() != row.sha256:
        raise UserError(
            tr("This document was damaged in the vault."), tr("Check the vault, or use a backup.")
        )
    return DocumentView(
        row.id, row.title, row.kind, row.media_type, row.ref, row.person_id, row.created_at, content
    )
