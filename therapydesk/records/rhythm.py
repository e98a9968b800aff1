"""A person's sessions as marks on the rhythm line, and the sentence that says the same.

No Qt, no database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from therapydesk.core.dates import show_month
from therapydesk.core.words import ntr, tr
from therapydesk.records.appointment_views import AppointmentView
from therapydesk.records.appointment_words import CAME

Mark = Literal["came", "rest", "cancelled", "next", "planned", "none"]


def mark_of(view: AppointmentView, person_id: UUID) -> Mark:
    """What one session is on the line; a booked one is "planned"."""
    if view.state == "booked":
        return "planned"
    state = next((a.state for a in view.attendees if a.person_id == person_id), "")
    if state in CAME:
        return "came"
    return "cancelled" if state == "we_cancelled" else "rest"


def marks_of(views: Sequence[AppointmentView], person_id: UUID, now: datetime) -> list[Mark]:
    """The marks in order of time; the first booked session that is not over is the next one."""
    marks: list[Mark] = []
    for view in views:
        mark = mark_of(view, person_id)
        if mark == "planned" and view.ends_at > now and "next" not in marks:
            mark = "next"
        elif mark == "planned" and view.ends_at <= now:
            mark = "none"
        marks.append(mark)
    return marks


def sentence(views: Sequence[AppointmentView], person_id: UUID, now: datetime) -> str:
    """Such as “Since March: came to 6, chose not to come to 1, we cancelled 1”."""
    past = [v for v in views if v.starts_at < now and v.state != "booked"]
    coming = [v for v in views if v.state == "booked" and v.ends_at > now]
    if not past:
        if not coming:
            return tr("No sessions yet.")
        return ntr(
            "One session booked, none yet taken place.",
            "{n} sessions booked, none yet taken place.",
            len(coming),
        )
    states = Counter(
        "came" if a.came else a.state for v in past for a in v.attendees if a.person_id == person_id
    )
    parts = [
        text.format(n=states[state])
        for state, text in (
            ("came", tr("came to {n}")),
            ("sent_apologies", tr("chose not to come to {n}")),
            ("no_word", tr("did not come to {n}")),
            ("we_cancelled", tr("we cancelled {n}")),
        )
        if states[state]
    ]
    since = show_month(past[0].starts_at.date()).rpartition(" ")
    month = since[0] if past[0].starts_at.year == now.year else show_month(past[0].starts_at.date())
    return tr("Since {month}: {what}").format(month=month, what=", ".join(parts))
