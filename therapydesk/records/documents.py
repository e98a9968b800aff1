"""Documents: one table a zone; the zone follows the content (an invoice core, a referral file clinical)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.core.tables import ClinicalBase, CoreBase, Erase, Privacy, Stamped


class _File(Stamped):
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(40))
    ref: Mapped[UUID | None] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Document(_File, CoreBase):
    """A file that everybody may open, such as an invoice."""

    __tablename__ = "document"
    privacy = Privacy("Invoices and other papers", "financial", Erase.KEEP, "tax records")


class ClinicalDocument(_File, ClinicalBase):
    """A file with clinical content, such as a referral letter."""

    __tablename__ = "document"
    privacy = Privacy("Letters and files", "clinical", Erase.DELETE, "what was sent to us about you")
