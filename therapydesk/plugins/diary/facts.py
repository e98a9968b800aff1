"""What other modules know of the sessions shown.

Whether the note is written, what somebody is working towards.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from therapydesk.api import Db, appointments, hooks, local_now, today, tr

NOTE_TO_WRITE = "to_write"
NOTE_SIGNED = "signed"
DAYS = 60


def note_states(
    plugins: Any, db: Db, views: Sequence[appointments.AppointmentView]
) -> dict[UUID, tuple[str, Any]]:
    """For each completed session of the signed-in therapist: note to write (with the link) or signed."""
    if not plugins.is_on("notes") or not db.holds("clinical"):
        return {}
    user_id = db.info["user"].id
    since = local_now() - timedelta(days=DAYS)
    done = [
        v
        for v in views
        if v.state == "completed"
        and v.therapist_id == user_id
        and v.starts_at >= since
        and any(a.came and a.person_id and a.role == "person" for a in v.attendees)
    ]
    if not done:
        return {}
    answers = plugins.ask(hooks.due_items, only="notes", db=db, today=today())
    if answers.failures:
        return {}
    open_notes = {}
    for item in answers.values:
        if item.kind == "note" and item.link is not None:
            open_notes.update(dict.fromkeys(item.link.args, item.link))
    states: dict[UUID, tuple[str, Any]] = {}
    for view in done:
        link = open_notes.get(str(view.id))
        states[view.id] = (NOTE_TO_WRITE, link) if link is not None else (NOTE_SIGNED, None)
    return states


def person_facts(plugins: Any, db: Db, person_ids: Sequence[UUID], kind: str) -> dict[UUID, str]:
    """The fact of one kind for each person, from whichever module knows it."""
    if not person_ids:
        return {}
    found: dict[UUID, str] = {}
    for answer in plugins.ask(hooks.person_facts, db=db, person_ids=list(person_ids)).values:
        for person_id, facts in answer.items():
            text = next((f.text for f in facts if f.kind == kind), "")
            if text:
                found[person_id] = text
    return found


def session_facts(plugins: Any, db: Db, views: Sequence[appointments.AppointmentView]) -> dict[object, str]:
    """One line for each session: its note, else what the person is working towards."""
    notes = note_states(plugins, db, views)
    ahead = [v for v in views if v.state == "booked" and v.kind == "one_to_one" and v.id not in notes]
    single = {v.id: v.person_ids[0] for v in ahead if len(v.person_ids) == 1}
    towards = person_facts(plugins, db, list(set(single.values())), "working_towards")
    facts: dict[object, str] = {}
    for view in views:
        if view.id in notes:
            facts[view.id] = tr("Note signed") if notes[view.id][0] == NOTE_SIGNED else tr("Note to write")
        elif view.id in single and single[view.id] in towards:
            facts[view.id] = towards[single[view.id]]
    return facts
