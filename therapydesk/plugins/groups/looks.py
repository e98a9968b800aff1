"""What is worth a look after a session of a group: few came, no aim was reached, an answer was low or fell, who to ring.

The limits are the practice's, not clinical cut-offs: they point out, and decide nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from therapydesk.api import Db, allowed, ntr, tr
from therapydesk.plugins.groups import after, hub, measures, missed, register, service
from therapydesk.plugins.groups.register import Register
from therapydesk.plugins.groups.rules import SILENT


@dataclass(frozen=True)
class Look:
    """A sentence, and whom it is about if that is one person."""

    text: str
    person_id: UUID | None = None


@allowed("groups.read_notes")
def worth_a_look(db: Db, appointment_id: UUID) -> list[Look]:
    """What to look at after a session; empty when nothing stands out."""
    found = register.open_register(db, appointment_id)
    view = service.get_group(db, found.group_id)
    expected = sum(not row.walk_in and row.person_id is not None for row in found.rows)
    came = sum(row.came and not row.walk_in and row.person_id is not None for row in found.rows)
    ratings = list(after.ratings_of(db, appointment_id).values())
    looks = []
    if found.finished or found.left == 0:
        few = expected if found.shape != "hub" else 0
        looks += [Look(text) for text in after.warnings_after(few, came, ratings)]
    else:
        looks += [Look(text) for text in after.warnings_after(0, 0, ratings)]
    looks += _answers(db, found)
    on = len(hub.list_shift(db, appointment_id))
    if 0 < on < view.details.helpers_needed:
        words = ntr("One helper was on; {m} are needed.", "{n} helpers were on; {m} are needed.", on)
        looks.append(Look(words.format(n=on, m=view.details.helpers_needed)))
    return looks + _silent(db, found)


def _answers(db: Db, found: Register) -> list[Look]:
    names = {row.person_id: row.name for row in found.rows if row.person_id is not None}
    looks = []
    for each in measures.answers_at(db, found.appointment_id):
        asked = measures.question(each.measure)
        name = names.get(each.person_id, "")
        if each.before is not None and each.before - each.value >= measures.FELL:
            text = tr("{name}: “{question}” went from {before} to {now}.")
        elif each.value <= asked.low:
            text = tr("{name}: “{question}” is {now} of 10.")
        else:
            continue
        words = text.format(name=name, question=asked.words, before=each.before, now=each.value)
        looks.append(Look(words, each.person_id))
    return looks


def _silent(db: Db, found: Register) -> list[Look]:
    """Who was not here, and is on the list of those to ring."""
    absent = {row.person_id for row in found.rows if row.state == SILENT}
    words = tr("{name} missed {n} in a row without a word: ring them.")
    return [
        Look(words.format(name=each.name, n=each.times), each.person_id)
        for each in missed.to_ring(db, found.group_id)
        if each.person_id in absent
    ]


@allowed("groups.read_notes")
def watch_for(db: Db, group_id: UUID) -> list[str]:
    """The warning signs of a group: those of its kind and its own."""
    view = service.get_group(db, group_id)
    kind = view.kind.warning if view.kind is not None else ()
    return [sign.strip() for sign in (*kind, *view.warning_signs.splitlines()) if sign.strip()]
