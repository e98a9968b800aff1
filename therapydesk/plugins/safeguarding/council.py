"""The council's own clocks in a concern: for information, beside what is ours to do; never due dates of the practice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING

from therapydesk.api import Db, bank_holidays, now, to_utc
from therapydesk.plugins.safeguarding.models import Concern
from therapydesk.plugins.safeguarding.packs import STRATEGY, pack
from therapydesk.plugins.safeguarding.rules import division, due_at

if TYPE_CHECKING:
    from therapydesk.plugins.safeguarding.views import EntryView

MIDDAY = time(12)  # of a discussion only the day counts: its working days end at the end of a day


@dataclass(frozen=True)
class CouncilTime:
    """Until when (UTC) the council has for something. `text` holds {when}; `confirmed` and `source` are the pack's."""

    id: str
    until: datetime
    text: str
    source: str
    confirmed: bool


def council_times(db: Db, concern: Concern, entries: Iterable[EntryView]) -> tuple[CouncilTime, ...]:
    """What the council has to do by when, counted from the last decision or strategy discussion that stands in `entries`,
    which leave out what was taken back. Nothing once a concern is closed.
    """
    if not concern.pathway or concern.state == "closed":
        return ()
    clocks = pack(concern.nation).pathway(concern.pathway).council
    began = _began(entries)
    holidays = bank_holidays(division(concern.nation))
    found = []
    for clock in clocks:
        if clock.after in began:
            until = due_at(began[clock.after], clock.amount, clock.unit, holidays)
            text = clock.text if now() < until else clock.over
            found.append(CouncilTime(clock.id, until, text, clock.source, clock.confirmed))
    return tuple(found)


def _began(entries: Iterable[EntryView]) -> dict[str, datetime]:
    """The moment of the last decision of each id, and of the last strategy discussion."""
    found = dict[str, datetime]()
    for entry in entries:
        if entry.kind == "decision":
            found[str(entry.detail.get("decision", ""))] = entry.at
        elif entry.kind == "liaison" and entry.detail.get("strategy"):
            found[STRATEGY] = to_utc(datetime.combine(entry.happened_on, MIDDAY))
    return found
