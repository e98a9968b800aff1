"""The diary's own table. Sessions, attendance and rooms are records."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.api import ClinicalBase, Erase, Privacy, Stamped, mark


class AbsenceNote(Stamped, ClinicalBase):
    """Why somebody did not come, in words. Core holds only a neutral code; the words arrive here sealed.

    `message_id` is the sealed message it came in, so that taking it in twice changes nothing.
    """

    __tablename__ = "diary_absence_note"
    log_name = mark("Why somebody did not come")
    privacy = Privacy("Why you could not come", "clinical", Erase.DELETE, "record of the support given")

    message_id: Mapped[UUID] = mapped_column(unique=True)
    appointment_id: Mapped[UUID] = mapped_column(index=True)
    attendance_id: Mapped[UUID] = mapped_column(index=True)
    person_id: Mapped[UUID] = mapped_column(index=True)
    happened_on: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
