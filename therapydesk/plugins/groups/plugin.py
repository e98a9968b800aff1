"""Groups: choirs, groups and hubs, their rosters and registers. A table of contents."""

from __future__ import annotations

from therapydesk.api import Base, PluginInfo, hookimpl
from therapydesk.plugins.groups.models import (
    Aim,
    AimRating,
    Conversation,
    Excerpt,
    Group,
    GroupNote,
    GroupProfile,
    GroupSession,
    Member,
    PlannedAbsence,
    Ring,
    Shift,
    Term,
    Training,
    VenueCheck,
    Visit,
    VisitActivity,
    Waiting,
)

INFO = PluginInfo(
    "groups",
    "Groups",
    "Choirs, groups and hubs: rosters, registers and what they come to",
    zone="core",
    icon="groups",
)


@hookimpl
def models() -> list[type[Base]]:
    return [
        *(Group, Term, GroupSession, Member, PlannedAbsence, Visit, VisitActivity, Ring, Shift, Training),
        *(VenueCheck, Waiting, GroupProfile, Aim, AimRating, GroupNote, Excerpt, Conversation),
    ]
