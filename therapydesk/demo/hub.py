"""The demo's hub: three Saturdays on which people dropped in, with names and without, and the next one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import User, today
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.groups import after, hub, hub_day, register, roster, service
from therapydesk.plugins.groups.roster import MemberDetails
from therapydesk.plugins.groups.service import GroupDetails, ProfileDetails

NAME, LEADER, PAST = "The Front Room", "Idwal Penry", 3
CAME_FOR = (
    ("cafe",),
    ("cafe", "open_mic"),
    ("music_making",),
    ("advice", "cafe"),
    ("open_mic",),
    ("quiet_room",),
)
WITHOUT_NAME = 4
NOTE = "The open mic ran over. Two people asked to play together again."


def add_hub(vault: Vault, ids: Sequence[UUID]) -> None:
    """A hub on Saturdays; the first of `ids` drop in, the last one is on."""
    start = datetime.combine(today() - timedelta(days=today().weekday()) + timedelta(days=5), time(11))
    visitors, helper = ids[: len(CAME_FOR)], ids[-1]
    with vault.write("core") as db:
        leader = db.scalar(select(User.id).where(User.name == LEADER))
        details = GroupDetails(NAME, "hub", place="Alder House", therapist_id=leader)
        group = service.save_group(db, details)
        roster.add_member(db, group, helper, MemberDetails("volunteer", skill="welcomes people"))
        sessions = service.book_sessions(db, group, start - timedelta(weeks=PAST), 180, weeks=PAST + 1)
        for week, session in enumerate(sessions[:PAST]):
            hub_day.open_day(db, session)
            hub.put_on_shift(db, session, helper, "welcomes people")
            for person, came_for in zip(visitors[week:], CAME_FOR, strict=False):
                register.set_activities(db, hub_day.arrive(db, session, person), came_for)
            register.set_activities(db, register.check_in(db, session, WITHOUT_NAME), ("cafe",))
            hub_day.close_day(db, session)
    with vault.write("clinical") as db:
        service.save_profile(db, group, ProfileDetails("hub"))
        for session in sessions[:PAST]:
            after.sign_note(db, after.save_note(db, session, NOTE, {}))
