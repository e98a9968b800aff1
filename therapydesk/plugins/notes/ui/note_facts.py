"""What modules say and offer beside a note: about its session, or about the note itself where there was none."""

from __future__ import annotations

from therapydesk.api import tr
from therapydesk.plugins.notes.service import NoteView
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.record_facts import RecordFacts


def note_facts(desk: Desk, note: NoteView) -> RecordFacts:
    """The card."""
    session = note.appointment_id
    kind, ref = ("appointment", session) if session is not None else ("note", note.id)
    return RecordFacts(desk, tr("Besides the note"), kind, ref, note.person_id)
