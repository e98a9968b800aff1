"""All that a hub day shows, read in one go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from therapydesk.plugins.groups import activities, hub, hub_day, register
from therapydesk.plugins.groups.hub import ShiftView, WaitingView
from therapydesk.plugins.groups.hub_day import Visitor
from therapydesk.plugins.groups.models import Conversation
from therapydesk.plugins.groups.register import Register
from therapydesk.plugins.groups.roster import MemberView
from therapydesk.plugins.groups.rules import TEAM_ROLES
from therapydesk.ui.kit.desk import Desk


@dataclass(frozen=True)
class HubRead:
    """A hub day as it was read. `parts`: how each visit took part; `activities`: how many visits were for each."""

    register: Register
    visitors: list[Visitor]
    parts: dict[UUID, str]
    team: list[MemberView]
    shift: list[ShiftView]
    waiting: list[WaitingView]
    activities: list[tuple[str, int]]
    talks: Sequence[Conversation]


def reader(desk: Desk, appointment_id: UUID, *, opens: bool, talks: bool) -> Callable[[], HubRead]:
    """What reads it, on whatever thread. With `opens` the day is opened first; `talks`: conversations, too."""
    vault = desk.vault

    def read() -> HubRead:
        if opens:
            with vault.write("core") as db:
                hub_day.open_day(db, appointment_id)
        with vault.read() as db:
            found = register.open_register(db, appointment_id)
            return HubRead(
                found,
                hub_day.list_visitors(db, found.group_id),
                activities.parts_of(db, [row.attendance_id for row in found.rows]),
                [m for m in found.members if m.role in TEAM_ROLES and m.state != "left"],
                hub.list_shift(db, appointment_id),
                hub.list_waiting(db, appointment_id),
                hub.activities_of(db, [row.attendance_id for row in found.rows if row.came]),
                hub.list_conversations(db, appointment_id) if talks else (),
            )

    return read
