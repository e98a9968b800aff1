"""Appointments (screens say "session"), their attendances, rooms and series."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from therapydesk.core import dates
from therapydesk.core.tables import NO_PERSONAL_DATA, CoreBase, Erase, Keyed, Privacy, Stamped
from therapydesk.core.words import mark
from therapydesk.records.appointment_words import kind_word, mark_word, reason_word, role_word, state_word

# Which rows an index holds: who was there; who was not and nobody had said so; who is down to come along with somebody. A
# question is answered from one only when it asks in these words.
THERE = "role != 'worker' AND state IN ('came', 'came_late', 'left_early')"
MISSED = (
    "person_id IS NOT NULL AND role != 'worker'"
    " AND state NOT IN ('came', 'came_late', 'left_early', 'sent_apologies', 'we_cancelled')"
)
ALONG = "role = 'carer'"


def wall_end(starts_at: datetime, minutes: int, zone: str = dates.LONDON) -> datetime:
    """Wall clock at the end: on the two nights that the clocks change, minutes are real minutes."""
    there = starts_at.replace(tzinfo=ZoneInfo(zone))
    return (
        (there.astimezone(UTC) + timedelta(minutes=minutes))
        .astimezone(ZoneInfo(zone))
        .replace(tzinfo=None, fold=0)
    )


class Room(Stamped, CoreBase):
    """A room or other place that one session at a time can use."""

    __tablename__ = "room"
    log_name = mark("Room")
    privacy = NO_PERSONAL_DATA

    name: Mapped[str] = mapped_column(String(100))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    closed: Mapped[bool] = mapped_column(default=False)


class Series(Stamped, CoreBase):
    """What repeated sessions have in common; the sessions themselves are real rows."""

    __tablename__ = "series"
    log_name = mark("Series of sessions")
    privacy = NO_PERSONAL_DATA

    every_weeks: Mapped[int] = mapped_column(default=1)
    count: Mapped[int]
    starts_on: Mapped[date]


class Appointment(Stamped, CoreBase):
    """A session. Local wall time plus zone name, so that daylight saving never moves it.

    `kind`: one_to_one, together, group, first_meeting, review, consultation, own_time. `state`: booked,
    completed,
    cancelled. `title` is neutral (everybody can read it). `note_each`: whether everybody who came needs a note of their
    own; a drop-in does not, nor a group whose team writes one note for all.
    """

    __tablename__ = "appointment"
    log_name = mark("Session")
    code_words = {"kind": kind_word, "state": state_word, "cancel_reason": reason_word}
    __table_args__ = (
        Index("ix_appointment_therapist_starts", "therapist_id", "starts_at"),
        Index("ix_appointment_room_starts", "room_id", "starts_at"),
    )
    privacy = NO_PERSONAL_DATA

    starts_at: Mapped[datetime] = mapped_column(DateTime(), index=True)
    time_zone: Mapped[str] = mapped_column(String(40), default="Europe/London")
    minutes: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20), default="one_to_one")
    title: Mapped[str] = mapped_column(String(100), default="")
    state: Mapped[str] = mapped_column(String(10), default="booked")
    cancel_reason: Mapped[str] = mapped_column(String(40), default="")
    note_each: Mapped[bool] = mapped_column(default=True)
    therapist_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey("room.id"))
    place: Mapped[str] = mapped_column(String(200), default="")
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey("series.id"), index=True)
    episode_id: Mapped[UUID | None] = mapped_column(ForeignKey("episode.id"), index=True)
    attendances: Mapped[list[Attendance]] = relationship(
        back_populates="appointment", order_by="Attendance.position", cascade="all, delete-orphan"
    )

    @property
    def ends_at(self) -> datetime:
        """Local wall time of the end."""
        return wall_end(self.starts_at, self.minutes, self.time_zone)


class Attendance(Keyed, CoreBase):
    """One attendee of a session, or an anonymous headcount.

    `state`: expected, came, came_late, left_early, sent_apologies (chose not to come), no_word (did not
    come),
    we_cancelled. `reason` is a code from `absence_reasons.csv`; free text is clinical only.
    """

    __tablename__ = "attendance"
    log_name = mark("Who came to a session")
    code_words = {"role": role_word, "state": mark_word, "reason": reason_word}
    # All that is counted: ten years of registers are read from the indexes alone (docs/decisions/0026).
    __table_args__ = (
        Index("ix_attendance_register", "appointment_id", "person_id", "role", "state", "headcount"),
        Index(
            "ix_attendance_came",
            *("appointment_id", "person_id", "role", "headcount", "state"),
            sqlite_where=text(THERE),
        ),
        Index(
            "ix_attendance_missed", "appointment_id", "person_id", "role", "state", sqlite_where=text(MISSED)
        ),
        Index(
            "ix_attendance_along", "person_id", "appointment_id", "role", "state", sqlite_where=text(ALONG)
        ),
    )
    privacy = Privacy("Sessions you were invited to", "clinical", Erase.KEEP, "record of the support given")

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(20), default="person")  # person, carer, worker
    headcount: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(20), default="expected")
    reason: Mapped[str] = mapped_column(String(40), default="")
    position: Mapped[int] = mapped_column(default=0)
    appointment: Mapped[Appointment] = relationship(back_populates="attendances")
