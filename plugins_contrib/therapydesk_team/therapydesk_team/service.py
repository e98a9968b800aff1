"""What is written: people, what they are given, and their hours. Every removal gives back what undo needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    Db,
    NotFound,
    Person,
    StaleRecord,
    UserError,
    allowed,
    list_users,
    new_id,
    tidy,
    today,
    tr,
)
from therapydesk_team import lists, rules
from therapydesk_team.models import Credential, Hours, Member


@dataclass(frozen=True)
class MemberDetails:
    """What is known of somebody. The name of somebody who signs in is their user's and is passed by."""

    name: str = ""
    places: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    person_id: UUID | None = None


@dataclass(frozen=True)
class CredentialDetails:
    """What was given. Without `ends_on` the usual time of the kind counts."""

    kind: str
    held_on: date
    ends_on: date | None = None
    reference: str = ""
    remark: str = ""


@dataclass(frozen=True)
class HoursDetails:
    """What somebody put in on a day; only a step forward may have no time."""

    kind: str
    day: date
    minutes: int
    title: str
    with_whom: str = ""
    remark: str = ""


@allowed("team.edit")
def save_member(
    db: Db, details: MemberDetails, member_id: UUID | None = None, row_version: int | None = None
) -> UUID:
    """Add somebody, or change them by id (of a user, too); returns the id. Raises UserError without a name, StaleRecord
    when they were changed since `row_version` (0: nothing was written down on the user) was read.
    """
    row = Member(id=new_id()) if member_id is None else _member(db, member_id, row_version)
    name = tidy(details.name)
    if row.user_id is None and not name:
        raise UserError(tr("There is no name."), tr("Write how they are called here."))
    if row.user_id is None and not details.places:
        raise UserError(tr("It does not say what they do here."), tr("Choose at least one."))
    if details.person_id is not None and db.get(Person, details.person_id) is None:
        raise NotFound(tr("That person is not here any more."))
    row.name = name
    row.places, row.skills, row.languages = (
        list(part) for part in (details.places, details.skills, details.languages)
    )
    if row.person_id != details.person_id:
        row.person_id = details.person_id
        for held in db.scalars(select(Credential).where(Credential.member_id == row.id)):
            held.person_id = details.person_id
        for entry in db.scalars(select(Hours).where(Hours.member_id == row.id)):
            entry.person_id = details.person_id
    db.add(row)
    db.flush()
    return row.id


@allowed("team.edit")
def set_left(db: Db, member_id: UUID, day: date | None, row_version: int | None = None) -> None:
    """Somebody who does not sign in left on a day, or (None) is back. Raises UserError for a user, StaleRecord."""
    row = _member(db, member_id, row_version)
    if row.user_id is not None:
        raise UserError(tr("They sign in here."), tr("Remove them in Settings, Who works here."))
    row.left_on = day


@allowed("team.edit")
def remove_member(db: Db, member_id: UUID) -> None:
    """Take somebody out who was added by mistake. Raises UserError once something is written down on them."""
    row = _member(db, member_id)
    for table in (Credential, Hours):
        if db.scalar(select(table.id).where(table.member_id == row.id).limit(1)) is not None:
            raise UserError(tr("Something is written down on them."), tr("Choose “They have left” instead."))
    db.delete(row)


@allowed("team.edit")
def save_credential(
    db: Db,
    member_id: UUID | None,
    details: CredentialDetails,
    credential_id: UUID | None = None,
    row_version: int | None = None,
) -> UUID:
    """Write down what somebody (None: the practice) was given, or change it; returns its id. Raises UserError,
    StaleRecord.
    """
    kind = rules.kinds().get(details.kind)
    if kind is None or (member_id is None) != (rules.PRACTICE in kind.needed_by):
        raise UserError(tr("That is not something they can hold."), tr("Choose another kind."))
    if details.held_on > today():
        raise UserError(tr("That day has not come yet."), tr("Write it down once it is held."))
    ends_on = details.ends_on or kind.usual_end(details.held_on)
    if ends_on is not None and ends_on < details.held_on:
        raise UserError(tr("It ends before it begins."), tr("Check the two days."))
    row = _credential(db, credential_id, row_version) if credential_id else Credential(id=new_id())
    member = _member(db, member_id) if member_id is not None else None
    row.member_id, row.person_id = member_id, member.person_id if member else None
    row.kind, row.held_on, row.ends_on = details.kind, details.held_on, ends_on
    row.reference, row.remark = tidy(details.reference), tidy(details.remark, lines=True)
    db.add(row)
    db.flush()
    return row.id


@allowed("team.edit")
def remove_credential(
    db: Db, credential_id: UUID, row_version: int | None = None
) -> tuple[UUID | None, CredentialDetails]:
    """Take it away; returns whose it was and what it said, for undo. Raises StaleRecord."""
    row = _credential(db, credential_id, row_version)
    db.delete(row)
    return row.member_id, CredentialDetails(row.kind, row.held_on, row.ends_on, row.reference, row.remark)


@allowed("team.log_hours", filters=True)
def add_hours(db: Db, member_ids: Sequence[UUID], details: HoursDetails) -> list[UUID]:
    """The same for each of them (a learning session has many); returns the new ids. Raises UserError."""
    if details.day > today():
        raise UserError(tr("That day has not come yet."), tr("Write hours down once they are done."))
    if not member_ids:
        raise UserError(tr("It does not say who."), tr("Choose at least one person."))
    if details.minutes <= 0 and rules.counts_as(details.kind):
        raise UserError(tr("It does not say how long."), tr("Write hours, such as 1.5, 1:30 or 45 min."))
    made = []
    for member_id in member_ids:
        lists.check_own(db, member_id)
        member = _member(db, member_id)
        row = Hours(
            id=new_id(), member_id=member_id, person_id=member.person_id, kind=details.kind, day=details.day,
            minutes=details.minutes, title=tidy(details.title), with_whom=tidy(details.with_whom),
            remark=tidy(details.remark, lines=True),
        )  # fmt: skip
        db.add(row)
        made.append(row.id)
    db.flush()
    return made


@allowed("team.log_hours", filters=True)
def remove_hours(db: Db, ids: Sequence[UUID]) -> tuple[list[UUID], HoursDetails]:
    """Take entries of one occasion away; returns whose they were and what they said, for undo."""
    rows = [db.get(Hours, one) for one in ids]
    there = [row for row in rows if row is not None]
    if not there:
        raise NotFound(tr("Those hours are not here any more."))
    for row in there:
        lists.check_own(db, row.member_id)
        db.delete(row)
    one = there[0]
    details = HoursDetails(one.kind, one.day, one.minutes, one.title, one.with_whom, one.remark)
    return [row.member_id for row in there], details


def _member(db: Db, member_id: UUID, row_version: int | None = None) -> Member:
    """The row of a member; somebody who signs in gets one when it is first needed."""
    row = db.get(Member, member_id)
    if row is None and any(user.id == member_id for user in list_users(db, left=True)):
        row = Member(id=member_id, user_id=member_id)
        db.add(row)
        db.flush()
        return row
    if row is None:
        raise NotFound(tr("That person is not in the team any more."))
    _check_version(row, row_version)
    return row


def _credential(db: Db, credential_id: UUID, row_version: int | None) -> Credential:
    row = db.get(Credential, credential_id)
    if row is None:
        raise NotFound(tr("That is not here any more."))
    _check_version(row, row_version)
    return row


def _check_version(row: Member | Credential, row_version: int | None) -> None:
    if row_version is not None and row.row_version != row_version:
        raise changed_meanwhile()


def changed_meanwhile() -> StaleRecord:
    """What was seen is not what is there."""
    return StaleRecord(tr("This was changed by somebody else meanwhile."), tr("Look at it again."))
