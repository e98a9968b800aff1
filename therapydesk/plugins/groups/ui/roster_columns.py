"""The columns of a roster on the page of its group."""

from __future__ import annotations

from therapydesk.api import show_day, tr
from therapydesk.plugins.groups.roster import MemberView
from therapydesk.plugins.groups.words import STATES, roles
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.icons import State


def roster_columns() -> list[Column]:
    """Name, what somebody comes as, and whether they have a place or are away."""
    return [
        Column(tr("Name"), _name, strong=True),
        Column(tr("Comes as"), _role, width=20, priority=2),
        Column(tr("State"), _state, kind="state", width=18, priority=1),
    ]


def _name(member: MemberView) -> str:
    return f"    {member.name}" if member.pair_id is not None else member.name


def _role(member: MemberView) -> str:
    words = dict(roles()).get(member.role, member.role)
    return f"{words}, {member.skill}" if member.skill else words


def _state(member: MemberView) -> State:
    if member.away_until is not None:
        text = tr("Away until {day}").format(day=show_day(member.away_until, short=True))
        return State(text, "ring", "text_muted")
    words = tr(STATES[member.state])
    states = {
        "member": State(words, "full", "ok"),
        "taster": State(words, "half", "warn"),
        "waiting": State(words, "half", "warn"),
        "left": State(words, "dash", "text_muted"),
    }
    return states[member.state]
