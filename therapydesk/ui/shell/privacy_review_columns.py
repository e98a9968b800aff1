"""The columns of copies, and of the names found in them."""

from __future__ import annotations

from therapydesk.api import ntr, tr
from therapydesk.records import subject_review as review
from therapydesk.records.subject_review import FoundName, ItemRow
from therapydesk.ui.kit.icons import State
from therapydesk.ui.kit.tables import Column


def item_state(row: ItemRow) -> State:
    """What is decided about a copy."""
    if row.decision == review.WITHHOLD:
        return State(tr("Left out"), "square", "text_muted")
    if row.to_decide:
        return State(
            ntr("{n} to decide", "{n} to decide", row.to_decide).format(n=row.to_decide), "ring", "warn"
        )
    return State(tr("Given"), "tick", "ok")


def name_state(row: FoundName) -> State:
    """How many places of a name wait."""
    if row.undecided:
        return State(
            ntr("{n} to decide", "{n} to decide", row.undecided).format(n=row.undecided), "ring", "warn"
        )
    return State(tr("Decided"), "tick", "ok")


def copy_columns() -> list[Column]:
    """Of the list of copies."""
    return [
        Column(tr("Day"), "happened_on", kind="date", empty=tr("No day")),
        Column(tr("Entry"), "title", second="words"),
        Column(tr("Decision"), item_state, kind="state"),
    ]


def name_columns() -> list[Column]:
    """Of the list of names."""
    return [
        Column(tr("Name"), "text"),
        Column(tr("Places"), "times", kind="number", width=9),
        Column(tr("Decision"), name_state, kind="state"),
    ]
