"""A little of groups for one person, for the tests of every module."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Db, today
from therapydesk.plugins.groups import helpers, members_lives, roster, service
from therapydesk.plugins.groups.models import Group
from therapydesk.plugins.groups.roster import MemberDetails
from therapydesk.plugins.groups.rules import VOICES
from therapydesk.plugins.groups.service import GroupDetails

NAME = "Tuesday singers"


def add_sample(db: Db, person_id: UUID, seed: int) -> None:
    """Put the person on the roster of one group, which is made first when it is missing; nothing into the clinical zone."""
    if db.zone != "core":
        return
    group_id = db.scalars(select(Group.id).where(Group.name == NAME)).first()
    if group_id is None:
        group_id = service.save_group(db, GroupDetails(NAME, place="The hall"))
    joined = today() - timedelta(days=60)
    member = roster.add_member(
        db, group_id, person_id, MemberDetails(voice=VOICES[seed % 4], joined_on=joined)
    )
    roster.plan_absence(db, member, today(), today() + timedelta(days=7))
    roster.add_training(db, person_id, "Welcoming people", joined)
    helpers.start_placement(db, person_id, "volunteer", joined, group_id=group_id)
    members_lives.note_level(db, person_id, "Singing", "beginner", joined)
