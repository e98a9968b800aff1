"""One entry of the activity log in words. Nothing that stands in the file is trusted to be what it should be: an entry that
was tampered with is listed all the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from therapydesk.core.log_rows import LogRow
from therapydesk.core.permissions import role_title
from therapydesk.core.tables import Zone
from therapydesk.core.words import tr
from therapydesk.records import activity_words


@dataclass(frozen=True)
class LogLine:
    """One entry in words. `at` is None where it is no time. `about` is what it was done to, `person` their name where the
    reader may know it; `more` are pairs of label and text for the detail pane; `number` counts in the log of its zone.
    """

    zone: Zone
    number: int
    at: datetime | None
    who: str
    roles: str
    what: str
    about: str
    person: str
    person_id: UUID | None
    reason: str
    action: str
    more: tuple[tuple[str, str], ...]
    hash: str

    @property
    def id(self) -> tuple[Zone, int]:
        """What tells a line from all others."""
        return (self.zone, self.number)


def plain_id(value: Any) -> UUID | None:
    """An id as the file keeps it; None for what is none."""
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None


def whom(row: LogRow) -> UUID | None:
    """The person whom an entry is about."""
    detail = _detail(row)
    seen = row.action == "view" and detail.get("what") == "person"
    return plain_id(row.ref if seen else detail.get("person"))


def line_of(zone: Zone, row: LogRow, users: Mapping[UUID, str], people: Mapping[UUID, str]) -> LogLine:
    """An entry in words, with the names of those who sign in and of people."""
    detail, person = _detail(row), whom(row)
    actor, ref, action = plain_id(row.actor), plain_id(row.ref), str(row.action)
    about = activity_words.record_words(zone, str(detail.get("table", "")))
    if not about and detail.get("what"):
        about = activity_words.viewed_words(str(detail["what"]))
    if not about and ref is not None and ref != actor:
        about = users.get(ref, "")
    who = tr("TherapyDesk") if actor is None else users.get(actor, tr("Somebody who is not here any more"))
    return LogLine(
        zone=zone,
        number=row.seq,
        at=_instant(row.at),
        who=who,
        roles=", ".join(role_title(role) for role in str(row.role or "").split(",") if role),
        what=activity_words.action_words(zone, action, detail),
        about=about,
        person=people.get(person, "") if person is not None else "",
        person_id=person,
        reason=str(detail.get("reason", "")),
        action=action,
        more=_more(detail),
        hash=str(row.hash),
    )


def _detail(row: LogRow) -> Mapping[str, Any]:
    try:
        found = json.loads(row.detail)
    except (ValueError, TypeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _instant(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return None


def _more(detail: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What else an entry tells, as pairs of label and text; ids and codes of the program stay out."""
    module = " ".join(_text(detail, name) for name in ("module", "version")).strip()
    fields = ", ".join(name.replace("_", " ") for name in _texts(detail, "columns"))
    pairs = [
        (tr("Reason"), _text(detail, "reason")),
        (tr("How many"), _text(detail, "count")),
        (tr("Fields"), fields),
        (tr("Module"), module),
        (tr("Added modules that ran"), ", ".join(_texts(detail, "modules"))),
        (tr("Part"), activity_words.zone_words(detail["zone"]) if _text(detail, "zone") else ""),
        (tr("Entry"), _text(detail, "entry")),
        (tr("What is wrong"), _text(detail, "why")),
        (tr("Entries"), _text(detail, "entries")),
        (tr("By how many seconds"), _text(detail, "seconds")),
        (tr("Roles"), ", ".join(role_title(role) for role in _texts(detail, "roles"))),
    ]
    return tuple((label, text) for label, text in pairs if text)


def _text(detail: Mapping[str, Any], name: str) -> str:
    value = detail.get(name, "")
    return f"{value:,}" if type(value) is int else value if isinstance(value, str) else ""


def _texts(detail: Mapping[str, Any], name: str) -> list[str]:
    value = detail.get(name)
    return [str(each) for each in value] if isinstance(value, list) else []
