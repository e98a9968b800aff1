"""What ends soon, has ended or is missing, for Today."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from therapydesk.api import Db, DueItem, Link, tr
from therapydesk_team import lists

PAGE = "team.team"


def items(db: Db, today: date) -> list[DueItem]:
    """One for each clearance or training that is due or expired; what is missing is on the Team page alone."""
    names: dict[UUID | None, str] = {row.id: row.name for row in lists.list_team(db)}
    names[None] = tr("The practice")
    found = []
    for member_id, held in lists.list_standings(db).items():
        for one in held.values():
            if one.standing not in ("due", "expired") or one.ends_on is None:
                continue
            words = tr("{kind} of {name} ends") if one.ends_on >= today else tr("{kind} of {name} has ended")
            text = words.format(kind=one.kind.title, name=names[member_id])
            found.append(DueItem(text, one.ends_on, link=Link(PAGE, member_id, ("open",)), kind="team"))
    return found
