"""The columns of a list of notes."""

from __future__ import annotations

from therapydesk.api import tr
from therapydesk.plugins.notes.lists import NoteRow
from therapydesk.ui.kit.tables import Column, State


def note_state(row: NoteRow) -> State:
    """The state of a note as word and shape."""
    if row.state == "draft":
        return State(tr("Draft"), "half", "warn")
    return State(tr("Signed, added to") if row.state == "added_to" else tr("Signed"), "full", "ok")


def begins(row: NoteRow) -> str:
    """How a note begins; where it is painful to read, what it is about instead."""
    return tr("About: {what}").format(what=row.warning) if row.warning else row.first_words


def note_columns(*, with_name: bool) -> list[Column]:
    """Columns of a list of notes; on a person's own tab the name is left out."""
    name = [Column(tr("Name"), "name", strong=True, width=22)] if with_name else []
    return [
        Column(tr("Date"), "happened_on", kind="date", width=13),
        *name,
        Column(tr("Kind"), "kind", width=16),
        Column(tr("State"), note_state, kind="state", width=18),
        Column(tr("Begins"), begins, priority=2, muted=True, empty=tr("Nothing yet")),
        Column(tr("By"), "author", priority=1, width=18, empty=tr("Not signed")),
    ]
