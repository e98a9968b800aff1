"""Who looks at the note of a group, and what leaves of a group on paper or as a file, is in the log (security §6)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from tests.plugins.groups.conftest import Choir, once_read
from therapydesk.api import audit
from therapydesk.plugins.groups import after, hub, service
from therapydesk.plugins.groups.service import ProfileDetails
from therapydesk.plugins.groups.ui import sheets
from therapydesk.plugins.groups.ui.after_page import AfterPage
from therapydesk.plugins.groups.ui.figures_page import FiguresPage
from therapydesk.plugins.groups.ui.group_page import GroupPage
from therapydesk.plugins.groups.ui.helpers_page import HelpersPage
from therapydesk.plugins.groups.ui.hub_page import HubPage


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


def test_what_a_group_is_for_is_looked_at(choir: Choir, desk: Any, open_page: Any, qtbot: QtBot) -> None:
    open_page(GroupPage(desk, choir.group_id, None))
    qtbot.wait(400)
    assert views(choir, choir.group_id) == 0  # nothing clinical is written of it yet
    with choir.vault.write("clinical") as db:
        service.save_profile(db, choir.group_id, ProfileDetails("dementia"))
    open_page(GroupPage(desk, choir.group_id, None))
    qtbot.waitUntil(lambda: views(choir, choir.group_id) == 1)


def test_conversations_of_a_day_are_looked_at(choir: Choir, desk: Any, open_page: Any, qtbot: QtBot) -> None:
    (session,) = choir.book()
    with choir.vault.write("clinical") as db:
        hub.record_conversation(db, session, "Plays by ear", "To play to others")
    once_read(open_page(HubPage(desk, session)))
    qtbot.waitUntil(lambda: views(choir, session) == 1)


def grab(page: Any, choir: Choir) -> None:
    sheets.print_grab_sheet(page, choir.group_id).save()


def offers(page: Any, choir: Choir) -> None:
    sheets.print_offers(page, [choir.group_id]).save()


@pytest.mark.parametrize(
    ("made", "leave", "what"),
    [
        (HelpersPage, lambda page, _choir: page.save_trainings(), "training list"),
        (FiguresPage, lambda page, _choir: page.save(), "figures"),
        (HelpersPage, grab, "grab sheet"),
        (HelpersPage, offers, "group list"),
    ],
)
def test_what_leaves_of_a_group_is_told_by_its_name(
    choir: Choir,
    desk: Any,
    open_page: Any,
    tmp_path: Path,
    made: Any,
    leave: Callable[[Any, Choir], None],
    what: str,
) -> None:
    choir.join("Carys Bowen")
    page = open_page(made(desk))
    leave(page, choir)
    page.findChild(QFileDialog).fileSelected.emit(str(tmp_path / "out.pdf"))
    assert (tmp_path / "out.pdf").stat().st_mode & 0o777 == 0o600
    entry = audit.AuditEntry
    with choir.vault.read() as db:
        (detail,) = db.scalars(select(entry.detail).where(entry.action == "export"))
    assert json.loads(detail)["what"] == what
