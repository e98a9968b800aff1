"""Clinical text of the demo practice: statements in people's own words, and notes."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from therapydesk.api import Actor, Db, new_id, now, today
from therapydesk.demo import people_data
from therapydesk.demo.rows import stamped, write_rows
from therapydesk.demo.sessions import PastSession
from therapydesk.plugins.caseload.models import Statement
from therapydesk.plugins.notes.models import Answer, Note
from therapydesk.plugins.notes.sample import answers_for
from therapydesk.plugins.notes.templates import template

KINDS = (
    ("enjoys", people_data.ENJOYS),
    ("matters", people_data.MATTERS),
    ("helps", people_data.HELPS),
    ("hard", people_data.HARD),
    ("working_towards", people_data.TOWARDS),
)
MOST_NOTED = 2000  # people with clinical text, also in a very large demo
SIGNED_AT = time(18)


def add_statements(db: Db, ids: Sequence[UUID], rng: random.Random) -> None:
    """What people enjoy, what matters, helps and makes it hard, and what they work towards."""
    rows: list[dict[str, Any]] = []
    for n, person_id in enumerate(ids[:MOST_NOTED]):
        for kind, texts in KINDS:
            if n > 2 and rng.random() < 0.25:
                continue
            said = today() - timedelta(days=rng.randint(5, 200))
            row = stamped(
                db, person_id=person_id, kind=kind, text=rng.choice(texts), whose_words="person", said_on=said
            )
            rows.append(row | {"shared": False, "review_on": None})
    write_rows(db, Statement, rows)


def add_notes(
    db: Db, sessions: Sequence[PastSession], author: Actor, rng: random.Random, names: Mapping[UUID, str]
) -> None:
    """Notes for past sessions, each signed by who held it; the author's own last two sessions have none yet.

    `names`: the therapists' names by their keys.
    """
    mine = sorted((s for s in sessions if s.therapist_id == author.id), key=lambda s: s.day)
    unwritten = {s.appointment_id for s in mine[-2:]}
    prompts = template("session").prompts
    notes: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    for n, session in enumerate(s for s in sessions[: MOST_NOTED * 4] if s.appointment_id not in unwritten):
        row = stamped(
            db, person_id=session.person_id, appointment_id=session.appointment_id, template="session"
        )
        row |= {
            "happened_on": session.day,
            "state": "signed",
            "signed_at": min(now(), datetime.combine(session.day, SIGNED_AT, UTC)),
            "signed_by": session.therapist_id,
        }
        row |= {"created_by": session.therapist_id, "signer_name": names[session.therapist_id]}
        notes.append(row)
        texts = answers_for(rng.randint(0, 10_000) + n)
        for position, prompt in enumerate(prompts):
            words = {"prompt": prompt.id, "title": prompt.title, "text": texts.get(prompt.id, "")}
            answers.append(
                {
                    "id": new_id(),
                    "person_id": session.person_id,
                    "note_id": row["id"],
                    "position": position,
                    **words,
                }
            )
    write_rows(db, Note, notes)
    write_rows(db, Answer, answers)
