"""Groups: in core what everybody may see (neutral name, times, roster, register); in clinical what it is for.

Sessions and who came to them are records (Appointment, Attendance). A group's sessions are found by `GroupSession`; what a
register knows of one attendance beyond its mark stands in `Visit`.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.api import (
    NO_PERSONAL_DATA,
    ClinicalBase,
    CoreBase,
    Erase,
    Keyed,
    Money,
    MoneyType,
    Privacy,
    Stamped,
    mark,
)
from therapydesk.plugins.groups import words

RUNNING = "needed to run the group and to count it"


class Group(Stamped, CoreBase):
    """A group. `shape`: single (everybody for themselves), pairs (a person and whoever comes with them), hub (drop-in),
    meeting (people in many roles).

    `hidden`: name and kind are for its own team alone; `name` is then neutral, and the real one is in `GroupProfile`.
    `independent`: run by others in our space; it has bookings and what it is lent (`lent`), and no roster (OT12).
    `note_each`: whether everybody who came needs a note of their own beside the one that its team shares.
    `result`: what came of it, when it has ended (OT22).
    """

    __tablename__ = "groups_group"
    log_name = mark("Group")
    code_words = {"shape": words.chosen(words.shapes)}
    privacy = NO_PERSONAL_DATA

    name: Mapped[str] = mapped_column(String(100))
    shape: Mapped[str] = mapped_column(String(10), default="single")
    hidden: Mapped[bool] = mapped_column(default=False)
    independent: Mapped[bool] = mapped_column(default=False)
    capacity: Mapped[int | None]
    taster_places: Mapped[int] = mapped_column(default=0)
    helpers_needed: Mapped[int] = mapped_column(default=0)
    fee: Mapped[Money | None] = mapped_column(MoneyType())
    payer_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    venue_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    room_id: Mapped[UUID | None] = mapped_column(ForeignKey("room.id"))
    place: Mapped[str] = mapped_column(String(200), default="")
    access: Mapped[str] = mapped_column(String(400), default="")
    therapist_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"), index=True)
    note_each: Mapped[bool] = mapped_column(default=True)
    lent: Mapped[str] = mapped_column(String(400), default="")
    result: Mapped[str] = mapped_column(String(400), default="")
    ended_on: Mapped[date | None]


class Term(Stamped, CoreBase):
    """A stretch of sessions that is looked back on together. Days are inclusive."""

    __tablename__ = "groups_term"
    log_name = mark("Term of a group")
    privacy = NO_PERSONAL_DATA

    group_id: Mapped[UUID] = mapped_column(ForeignKey("groups_group.id"), index=True)
    title: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class GroupSession(CoreBase):
    """That a session belongs to a group. `opened_at`, `finished_at`: its register (UTC)."""

    __tablename__ = "groups_session"
    log_name = mark("Session of a group")
    privacy = NO_PERSONAL_DATA

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id"), primary_key=True)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("groups_group.id"), index=True)
    opened_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Member(Stamped, CoreBase):
    """Somebody on the roster. `role`: member, supporter, helper, volunteer, peer_navigator, role_model, lead.

    `state`: waiting, taster, member, left. `pair_id` is the member whom a supporter comes with: two people, one arrival.
    `voice`: a code of voices (rules.VOICES); `travel`: own, lift_needed, lift_offered, transport; `lift_with`: whose lift;
    `seats`: how many they can take along.
    `emergency_id` is the relation to ring; without one it is what the person's record says.
    """

    __tablename__ = "groups_member"
    log_name = mark("Member of a group")
    code_words = {
        "role": words.chosen(words.roles),
        "state": words.of(words.STATES),
        "voice": words.chosen(words.voices),
        "travel": words.chosen(words.ways),
    }
    __table_args__ = (Index("ix_groups_member_group_state", "group_id", "state"),)
    privacy = Privacy("Groups you are or were in", "contact", Erase.DELETE, RUNNING)

    group_id: Mapped[UUID] = mapped_column(ForeignKey("groups_group.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(20), default="member")
    skill: Mapped[str] = mapped_column(String(60), default="")
    state: Mapped[str] = mapped_column(String(10), default="member")
    pair_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("groups_member.id", ondelete="SET NULL"), index=True
    )
    joined_on: Mapped[date | None]
    left_on: Mapped[date | None]
    waiting_since: Mapped[date | None]
    tasters_left: Mapped[int] = mapped_column(default=0)
    voice: Mapped[str] = mapped_column(String(20), default="")
    travel: Mapped[str] = mapped_column(String(20), default="")
    lift_with: Mapped[UUID | None] = mapped_column(ForeignKey("groups_member.id", ondelete="SET NULL"))
    seats: Mapped[int] = mapped_column(default=0)
    emergency_id: Mapped[UUID | None] = mapped_column(ForeignKey("relation.id", ondelete="SET NULL"))


class PlannedAbsence(Stamped, CoreBase):
    """A member said that they will be away; days are inclusive. It softens the lists of who was not there."""

    __tablename__ = "groups_planned_absence"
    log_name = mark("Planned absence")
    privacy = Privacy("When you said you would be away", "contact", Erase.DELETE, RUNNING)

    member_id: Mapped[UUID] = mapped_column(ForeignKey("groups_member.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]


class Visit(CoreBase):
    """What a register knows of one attendance beyond its mark. `walk_in`: was not on the roster.

    `claimed_at`, `claimed_by`: the headcount that came without a name was given one later (UTC, user). `came_as`: in which
    role they were there, a code of the practice's list (young person, practitioner …; LW20, LW21).
    """

    __tablename__ = "groups_visit"
    log_name = mark("Visit")
    privacy = NO_PERSONAL_DATA

    attendance_id: Mapped[UUID] = mapped_column(
        ForeignKey("attendance.id", ondelete="CASCADE"), primary_key=True
    )
    walk_in: Mapped[bool] = mapped_column(default=False)
    claimed_at: Mapped[datetime | None]
    claimed_by: Mapped[UUID | None]
    came_as: Mapped[str] = mapped_column(String(40), default="")


class VisitActivity(Keyed, CoreBase):
    """One of the things that a visit was for: a code of the practice's list (café, open mic, housing advice …), and how
    they took part in it, of another list (KC15).
    """

    __tablename__ = "groups_visit_activity"
    log_name = mark("Activity at a visit")
    __table_args__ = (Index("ix_groups_visit_activity_once", "attendance_id", "activity", unique=True),)
    privacy = NO_PERSONAL_DATA

    attendance_id: Mapped[UUID] = mapped_column(ForeignKey("attendance.id", ondelete="CASCADE"))
    activity: Mapped[str] = mapped_column(String(40))
    part: Mapped[str] = mapped_column(String(40), default="")


class Ring(Stamped, CoreBase):
    """Somebody was rung after they were not there. `outcome`: reached, left_word, no_answer."""

    __tablename__ = "groups_ring"
    log_name = mark("Call after an absence")
    code_words = {"outcome": words.of(words.RINGS)}
    privacy = Privacy("Calls when you were missed", "contact", Erase.DELETE, RUNNING)

    member_id: Mapped[UUID] = mapped_column(ForeignKey("groups_member.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    rung_on: Mapped[date]
    outcome: Mapped[str] = mapped_column(String(20))


class Shift(Stamped, CoreBase):
    """Who of the team was on at a session, and as what."""

    __tablename__ = "groups_shift"
    log_name = mark("On shift")
    __table_args__ = (Index("ix_groups_shift_appointment_person", "appointment_id", "person_id"),)
    privacy = Privacy("When you helped", "contact", Erase.DELETE, RUNNING)

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(60))
    minutes: Mapped[int] = mapped_column(default=0)


class Training(Stamped, CoreBase):
    """A course that a helper finished. A peer navigator needs one that has not run out (OT06)."""

    __tablename__ = "groups_training"
    log_name = mark("Training of a helper")
    privacy = Privacy("Training you did with us", "contact", Erase.DELETE, "helpers need it for what they do")

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    course: Mapped[str] = mapped_column(String(100))
    done_on: Mapped[date]
    expires_on: Mapped[date | None]


class VenueCheck(Stamped, CoreBase):
    """Something about a venue or its kit that is looked at now and then; `due_on` is the next time (KC32)."""

    __tablename__ = "groups_venue_check"
    log_name = mark("Check of a venue")
    privacy = NO_PERSONAL_DATA

    group_id: Mapped[UUID] = mapped_column(ForeignKey("groups_group.id"), index=True)
    what: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date]
    every_months: Mapped[int] = mapped_column(default=0)
    done_on: Mapped[date | None]


class Waiting(Stamped, CoreBase):
    """Somebody at a hub waits quietly for a service; `name` when the practice does not know them."""

    __tablename__ = "groups_waiting"
    log_name = mark("Waiting at a hub")
    code_words = {"activity": words.listed("activities")}
    privacy = Privacy("What you waited for at a hub", "contact", Erase.DELETE, RUNNING)

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(100), default="")
    activity: Mapped[str] = mapped_column(String(40))
    seen_at: Mapped[datetime | None]


# --- clinical ---


class GroupProfile(Stamped, ClinicalBase):
    """What a group is for. `kind` is an id of kinds.json; `name` is the real one of a hidden group."""

    __tablename__ = "groups_profile"
    log_name = mark("What a group is for")
    privacy = NO_PERSONAL_DATA

    group_id: Mapped[UUID] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100), default="")
    warning_signs: Mapped[str] = mapped_column(Text, default="")


class Aim(Stamped, ClinicalBase):
    """What a group works towards; set once, rated at each session (AH08)."""

    __tablename__ = "groups_aim"
    log_name = mark("Aim of a group")
    privacy = NO_PERSONAL_DATA

    group_id: Mapped[UUID] = mapped_column(index=True)
    text: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(default=0)
    ended_on: Mapped[date | None]


class AimRating(Stamped, ClinicalBase):
    """How far a session came towards an aim: 0 (not at all) to 4 (fully)."""

    __tablename__ = "groups_aim_rating"
    log_name = mark("Rating of an aim")
    __table_args__ = (Index("ix_groups_aim_rating_once", "aim_id", "appointment_id", unique=True),)
    privacy = NO_PERSONAL_DATA

    aim_id: Mapped[UUID] = mapped_column(ForeignKey("clinical.groups_aim.id"))
    appointment_id: Mapped[UUID] = mapped_column(index=True)
    rating: Mapped[int]


class GroupNote(Stamped, ClinicalBase):
    """The note on a session of a group that its team shares. It names nobody more than it must; what is one person's goes
    into an excerpt. `signed_at` (UTC) closes it."""

    __tablename__ = "groups_note"
    log_name = mark("Note on a session of a group")
    privacy = NO_PERSONAL_DATA

    appointment_id: Mapped[UUID] = mapped_column(unique=True)
    group_id: Mapped[UUID] = mapped_column(index=True)
    happened_on: Mapped[date]
    text: Mapped[str] = mapped_column(Text, default="")
    signed_at: Mapped[datetime | None]
    signer_name: Mapped[str] = mapped_column(String(200), default="")


class Excerpt(Stamped, ClinicalBase):
    """What a group's note says of one member; it stands in that person's record."""

    __tablename__ = "groups_excerpt"
    log_name = mark("What a group note says of a person")
    privacy = Privacy("Notes on groups you were in", "clinical", Erase.DELETE, "record of the support given")

    note_id: Mapped[UUID] = mapped_column(ForeignKey("clinical.groups_note.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(index=True)
    text: Mapped[str] = mapped_column(Text)


class Conversation(Stamped, ClinicalBase):
    """A short conversation at a hub: strengths first, then what the person wants; what is hard is optional (OT08).

    `worker_id` is the person who had it; `person_id` is empty for somebody who gave no name.
    """

    __tablename__ = "groups_conversation"
    log_name = mark("Conversation at a hub")
    privacy = Privacy("Conversations at a hub", "clinical", Erase.DELETE, "record of the support given")

    appointment_id: Mapped[UUID] = mapped_column(index=True)
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    worker_id: Mapped[UUID | None]
    strengths: Mapped[str] = mapped_column(Text)
    wants: Mapped[str] = mapped_column(Text)
    hard: Mapped[str] = mapped_column(Text, default="")
