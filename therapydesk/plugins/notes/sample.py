"""Made-up notes for the demo practice and for the tests of every plugin."""

from __future__ import annotations

import random
from datetime import timedelta
from uuid import UUID

from therapydesk.api import Db, now, today
from therapydesk.plugins.notes.models import Answer, Music, Note
from therapydesk.plugins.notes.templates import template

HAPPENED = (
    "We warmed up with breathing and humming at the piano, then chose a song together.",
    "Started with the drum to find a tempo for today. Moved to the guitar half-way.",
    "Listened first, then played over the recording. Ended quietly.",
    "Sang three hymns with the piano, the last one in two parts.",
    "Wrote two lines of the new song and tried them over four chords.",
    "Passed a rhythm to and fro on the djembes, slow, quick, slow again.",
    "Improvised on the black keys, low and high, with long rests between.",
    "Went through the song cards and made a short programme of five.",
)
TOOK_PART = (
    "Led the second verse from memory and laughed at my bass line.",
    "Chose every piece today. Asked to go over the chorus twice.",
    "Quiet at first, then kept the beat for ten minutes without a break.",
    "Sat forward for the slow piece and joined in with the last line.",
    "Took the lead on the drum and waited for me to answer.",
    "Listened with closed eyes, then asked for the same piece again.",
)
NOTICED = (
    "Words came sooner after singing than before.",
    "Shoulders lower by the end. Said it had been a good hour.",
    "Looked up each time the melody came back.",
    "The left hand joined in without being asked.",
    "Steps were even on the way out, in time with the last song.",
    "Told me about a holiday when the tune reminded of it.",
)
NEXT = (
    "Bring the hymn book.",
    "Try the new song slower.",
    "Ask if a friend would like to come for the end.",
    "Keep the opening song, change the order of the rest.",
    "Record the last verse, to take home.",
)


def answers_for(seed: int) -> dict[str, str]:
    """Made-up text for each prompt of the session template."""
    rng = random.Random(seed)
    texts = {"happened": HAPPENED, "took_part": TOOK_PART, "noticed": NOTICED, "next": NEXT}
    return {prompt: rng.choice(choices) for prompt, choices in texts.items()}


def add_sample(db: Db, person_id: UUID, seed: int) -> None:
    """One signed note in the clinical zone; nothing when `db` writes another zone."""
    if db.zone != "clinical":
        return
    note = Note(
        person_id=person_id, template="session", happened_on=today() - timedelta(days=7), state="signed"
    )
    note.signed_at, note.signed_by, note.signer_name = now(), db.user.id, db.user.name
    texts = answers_for(seed)
    note.answers = [
        Answer(person_id=person_id, prompt=p.id, title=p.title, position=i, text=texts.get(p.id, ""))
        for i, p in enumerate(template("session").prompts)
    ]
    note.music = [Music(person_id=person_id, position=0, name="Calon Lân", how="sung together, F major")]
    db.add(note)
