"""Who looks at the note of a group is in the log of the clinical part, once as long as it stays in view (security §6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from tests.plugins.groups.conftest import Choir
from therapydesk.api import audit
from therapydesk.plugins.groups import after
from therapydesk.plugins.groups.ui.after_page import AfterPage


def views(choir: Choir, ref: UUID) -> int:
    entry = audit.ClinicalAuditEntry
    with choir.vault.read() as db:
        query = select(func.count()).where(entry.action == "view", entry.ref == ref)
        return db.scalar(query) or 0


def test_the_note_of_a_group_is_looked_at(choir: Choir, desk: Any, open_page: Any, qtbot: QtBot) -> None:
    choir.join("Carys Bowen")
    (session,) = choir.book()
    choir.hold(session)
    with choir.vault.write("clinical") as db:
        note = after.save_note(db, session, "We sang rounds.", {})
    page = open_page(AfterPage(desk, session))
    qtbot.waitUntil(lambda: views(choir, note) == 1)
    page.refresh()
    qtbot.wait(400)
    assert views(choir, note) == 1
