"""P6: 20,000 notes searched for words, newest first, beside the bare full text of the same words in a plain file."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select

from bench.figures import Figure, median, p95
from bench.plain import plain_file
from bench.practice import Practice
from therapydesk.api import Person, audit, is_own, new_id, now, today
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.notes import lists, sample, service
from therapydesk.plugins.notes.models import Answer, Note

NOTES, SEED, DAYS, WINDOW = 20_000, 6, 3650, 50
ANSWER, PALETTE, WRITE = 0.010, 0.030, 0.020
RARE = "xylophone"  # in every five-hundredth note
SEARCHED = ("xyl", "xylophone", "xylophone djembes", "black keys", "holiday tune", "carys xylo")
COMMON = ("dr", "piano", "the")
BARE = "SELECT rowid FROM s WHERE s MATCH ? ORDER BY rowid DESC LIMIT 50"


def measure(practice: Practice) -> list[Figure]:
    """P6: what the list and the palette ask, and a draft that is saved."""
    with practice.copied() as copy, copy.opened() as vault:
        _add(vault)
        with vault.read() as db:
            count = db.scalar(select(func.count()).select_from(Note))
            texts = [" ".join(t) for t in _texts(db).values()]
        found = [t for words in SEARCHED for t in _listed(vault, words)]
        common = [t for words in COMMON for t in _listed(vault, words)]
        offered = [t for words in (*SEARCHED, *COMMON) for t in _offered(vault, words)]
        unfiltered = _listed(vault, "")
        saved = _saved(vault)
    bare, bare_common = _bare(texts, SEARCHED), _bare(texts, COMMON)
    work = f"search in {count:,} notes: count and first {WINDOW} of the list, p95"
    note = (
        f"Median {median(found) * 1000:.2f} ms; of words that are in most notes {median(common) * 1000:.1f} ms, without a"
        f" word {median(unfiltered) * 1000:.1f} ms. The limit is the query alone, and bare of words in most notes"
        f" {median(bare_common) * 1000:.2f} ms."
    )
    return [
        Figure("P6", work, "≤ 10 ms", ANSWER, p95(bare), p95(found), note=note),
        Figure(
            "P6", "– words in most notes, p95", "≤ 100 ms", 0.1, p95(bare_common), p95(common), part="common"
        ),
        Figure(
            "P6",
            "– what the palette asks of notes, p95",
            "≤ 30 ms",
            PALETTE,
            None,
            p95(offered),
            part="palette",
        ),
        Figure("P6", "– a draft saved, p95", "≤ 20 ms", WRITE, None, p95(saved), part="write"),
    ]


def _add(vault: Vault) -> None:
    """Notes until there are 20,000, by the signed-in therapist, over ten years."""
    rng, at = random.Random(SEED), now()
    notes_table: Any = Note.__table__
    answers_table: Any = Answer.__table__
    with vault.write("clinical") as db:
        there = db.scalar(select(func.count()).select_from(Note)) or 0
        people = list(db.scalars(select(Person.id)))
        notes: list[dict[str, Any]] = []
        answers: list[dict[str, Any]] = []
        for n in range(max(0, NOTES - there)):
            person, note_id = rng.choice(people), new_id()
            by = {"created_by": vault.user.id, "changed_by": vault.user.id, "signed_by": vault.user.id}
            stamps = {"created_at": at, "changed_at": at, "signed_at": at, "row_version": 1}
            day = today() - timedelta(days=rng.randrange(DAYS))
            words = {"template": "session", "state": "signed", "signer_name": vault.user.name, "warning": ""}
            notes.append({"id": note_id, "person_id": person, "happened_on": day, **words, **by, **stamps})
            for position, (prompt, text) in enumerate(sample.answers_for(rng.randrange(10**9)).items()):
                said = f"{text} We tried the {RARE}." if n % 500 == 0 and not position else text
                row = {
                    "id": new_id(),
                    "person_id": person,
                    "note_id": note_id,
                    "prompt": prompt,
                    "text": said,
                }
                answers.append({**row, "title": prompt, "position": position})
        audit.bulk(db, Note, "import", [row["id"] for row in notes])
        audit.bulk(db, Answer, "import", [row["id"] for row in answers])
        if notes:
            db.execute(insert(notes_table), notes)
            db.execute(insert(answers_table), answers)


def _texts(db: Any) -> dict[UUID, list[str]]:
    texts: dict[UUID, list[str]] = {}
    for note_id, text in db.execute(select(Answer.note_id, Answer.text)):
        texts.setdefault(note_id, []).append(text)
    return texts


def _listed(vault: Vault, words: str, runs: int = 10) -> list[float]:
    """The seconds that the page asks for a text, after one that warms the cache."""
    times = []
    for _ in range(runs + 1):
        with vault.read() as db:
            start = time.perf_counter()
            lists.count_listed(db, words)
            lists.list_notes(db, words, limit=WINDOW)
            times.append(time.perf_counter() - start)
    return times[1:]


def _offered(vault: Vault, words: str, runs: int = 10) -> list[float]:
    times = []
    for _ in range(runs + 1):
        with vault.read() as db:
            start = time.perf_counter()
            lists.find_notes(db, words, 3)
            times.append(time.perf_counter() - start)
    return times[1:]


def _saved(vault: Vault, runs: int = 30) -> list[float]:
    """A draft whose four answers change: its rows, the full text, the log and one commit."""
    rng, times = random.Random(SEED), []
    with vault.write("clinical") as db:
        person = next(p for p in db.scalars(select(Note.person_id)) if is_own(db, p))
        note = service.start_note(db, person, today())
    for _ in range(runs):
        start = time.perf_counter()
        with vault.write("clinical") as db:
            note = service.save_note(db, note.id, sample.answers_for(rng.randrange(10**9)), note.row_version)
        times.append(time.perf_counter() - start)
    return times


def _bare(texts: list[str], words: tuple[str, ...], runs: int = 10) -> list[float]:
    """The same words looked up in the same texts in a plain file: the query alone."""
    times = []
    with plain_file() as file:
        file.execute("CREATE VIRTUAL TABLE s USING fts5(text, prefix='2 3')")
        file.execute("BEGIN")
        file.executemany("INSERT INTO s VALUES (?)", [(text,) for text in texts])
        file.execute("COMMIT")
        for typed in words:
            wanted = " AND ".join(f'"{word}"' for word in typed.split()) + " *"
            for _ in range(runs):
                start = time.perf_counter()
                file.execute(BARE, (wanted,)).fetchall()
                times.append(time.perf_counter() - start)
    return times
