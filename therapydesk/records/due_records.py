"""What is due on the records themselves, for Today; modules add theirs by the hook `due_items`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from therapydesk.core.contributions import DueItem
from therapydesk.core.permissions import may
from therapydesk.core.vault.session import Db
from therapydesk.records.erasure_lists import due_clinical_erasures, due_safeguarding_erasures
from therapydesk.records.subject_requests import due_requests

ASKED: tuple[tuple[str, Callable[[Db, date], list[DueItem]]], ...] = (
    ("subject_access.read", due_requests),
    ("privacy.erase_clinical", due_clinical_erasures),
    ("privacy.erase_safeguarding", due_safeguarding_erasures),
)


def due_on_records(db: Db, on: date) -> list[DueItem]:
    """What each part of the records has due that this user may see."""
    found: list[DueItem] = []
    for permission, asked in ASKED:
        if may(db.user, permission):
            found += asked(db, on)
    return found
