"""Open referrals of the demo practice: eight people who wait for an answer, each in the words of who wrote.

What they say is in `referrals.csv`, a line each, made up.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID

from therapydesk.api import Db, today
from therapydesk.demo.people_data import ORGANISATIONS, MadeUp
from therapydesk.demo.rows import stamped, write_rows
from therapydesk.plugins.referrals.models import Reason, Referral

HEADS = {
    "would_like": "Would like",
    "enjoys": "Enjoys and does well",
    "matters": "What matters",
    "hard": "What makes it hard",
    "helps": "What helps",
}
AGREED = {"yes": "Has read this and agrees.", "no": "Not asked yet.", "unknown": ""}


@cache
def sent() -> tuple[Mapping[str, str], ...]:
    """The lines of `referrals.csv`, longest waiting first."""
    text = resources.files("therapydesk.demo").joinpath("referrals.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def add_referrals(db: Db, ids: Sequence[UUID], organisations: Sequence[UUID]) -> list[UUID]:
    """The envelopes, one for each of up to eight people; `db` writes core. Returns their keys."""
    names = [name for name, _kind, _flags in ORGANISATIONS]
    rows: list[dict[str, Any]] = []
    for person_id, each in zip(ids, sent(), strict=False):
        day = today() - timedelta(days=int(each["days_ago"]))
        row = stamped(db, person_id=person_id, received_on=day, referred_on=day, priority=2, format="csv")
        row |= {"referrer": each["referrer"], "state": each["state"], "agreed": each["agreed"]}
        row |= {"organisation_id": organisations[names.index(each["organisation"])]}
        blank = {"sender": "", "external_id": "", "row_hash": "", "reason_code": "", "added": "{}"}
        none = {"batch_id": None, "answered_on": None, "answered_by": None, "episode_id": None}
        rows.append(row | blank | none | {"source_row": 0})
    write_rows(db, Referral, rows)
    return [row["id"] for row in rows]


def add_reasons(db: Db, made: Sequence[MadeUp], ids: Sequence[UUID], referrals: Sequence[UUID]) -> None:
    """What the referrals say; `db` writes the clinical zone."""
    rows = []
    for person, person_id, referral_id, each in zip(made, ids, referrals, sent(), strict=False):
        row = stamped(db, person_id=person_id, referral_id=referral_id, batch_id=None, answer="")
        row |= {name: each[name] for name in HEADS}
        row |= {"reason": "", "flags": "", "notes": "", "original_from": ""}
        rows.append(row | {"original": _letter(person, each), "sources": json.dumps(HEADS)})
    write_rows(db, Reason, rows)


def _letter(person: MadeUp, each: Mapping[str, str]) -> str:
    """What was sent: a heading and its words on each line."""
    lines = [("Name", person.full_name), ("Telephone", person.phone)]
    lines += [(head, each[name]) for name, head in HEADS.items()]
    lines += [("Agreed", AGREED[each["agreed"]])]
    return "\n".join(f"{head}: {text}" for head, text in lines if text)
