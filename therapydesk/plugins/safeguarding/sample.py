"""Made-up concerns for the demo practice and for the tests of every plugin."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from therapydesk.api import Db, today
from therapydesk.plugins.safeguarding import notices
from therapydesk.plugins.safeguarding.raising import NewConcern, raise_concern

SEEN = (
    "Told me at the tea break: “Derek next door has had my card since Easter, he gets my bits.” "
    "She looked worried when I asked if he gives it back."
)


def add_sample(db: Db, person_id: UUID, seed: int) -> None:
    """One concern, a notice and a risk note for one person; all of them begin in core."""
    if db.zone != "core":
        return
    new = NewConcern(
        SEEN,
        person_id,
        wants="“I want my card back. I don’t want Derek in trouble.”",
        danger="no",
        where="St Aidan’s hall, kitchen",
        done="Thanked her for telling me. Said I would pass it on.",
    )
    raise_concern(db, new)
    notices.tell_notice(
        db, person_id, "Speak to the safeguarding lead before a visit.", today() + timedelta(days=30 + seed)
    )
    notices.add_risk_note(
        db,
        person_id,
        "animals",
        "A large dog; ask for it to be kept in the kitchen.",
        today() + timedelta(days=90),
    )
