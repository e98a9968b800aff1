"""Consents: purpose and state in core, detail in clinical."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.core.tables import ClinicalBase, CoreBase, Erase, Keyed, Privacy, Stamped


class Consent(Stamped, CoreBase):
    """What a person agreed to. `purpose`: hold, referral, share_gp, share_family …; `state`: yes, no,
    not_asked, withdrawn.
    """

    __tablename__ = "consent"
    privacy = Privacy("What you agreed to", "contact", Erase.KEEP, "proof of consent")

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20))
    asked_on: Mapped[date | None]
    expires_on: Mapped[date | None]


class ConsentDetail(Keyed, ClinicalBase):
    """The words that belong to a consent."""

    __tablename__ = "consent_detail"
    privacy = Privacy("What you said about consent", "clinical", Erase.DELETE, "proof of consent")

    consent_id: Mapped[UUID] = mapped_column(index=True)
    person_id: Mapped[UUID] = mapped_column(index=True)
    text: Mapped[str]
