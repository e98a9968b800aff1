"""After unlocking: the log is compared with its mark, walked through once a week, and what does not fit is said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from tests.conftest import PASSPHRASE, USER
from tests.core.test_audit import entries, tamper
from tests.ui.shell.conftest import SignIn
from therapydesk.api import Link
from therapydesk.core import dates
from therapydesk.core.audit_check import VerifyResult
from therapydesk.core.vault import marks
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.shell.log_watch import KEYRING, LogWatch, news_of_log
from therapydesk.ui.shell.news_teller import News

pytestmark = pytest.mark.usefixtures("keyring")


def watched(desk: Desk, qtbot: QtBot, parent: QObject) -> list[str]:
    """What is said in one go of the watch, from the question to the end of the job."""
    said: list[News] = []
    watch = LogWatch(desk, said.extend, parent)
    done: list[str] = []
    desk.jobs.finished.connect(done.append)
    watch.start()
    qtbot.waitUntil(lambda: bool(done))
    return [news.text for news in said]


def test_a_log_that_fits_says_nothing_and_is_walked_through_once_a_week(
    sign_in: SignIn, qtbot: QtBot, qapp: QObject
) -> None:
    desk = sign_in(USER)
    assert watched(desk, qtbot, qapp) == []
    assert desk.settings.keyrings[KEYRING]
    checks = [e for e in entries(desk.vault) if e.action == "log checked"]
    assert len(checks) == 1
    assert watched(desk, qtbot, qapp) == []
    assert len([e for e in entries(desk.vault) if e.action == "log checked"]) == 1
    at = dates.now()
    dates.set_clock(lambda: at + timedelta(days=8))
    assert watched(desk, qtbot, qapp) == []
    assert len([e for e in entries(desk.vault) if e.action == "log checked"]) == 2


def test_something_older_that_was_put_back_is_said_and_leads_to_the_log(
    sign_in: SignIn, qtbot: QtBot, qapp: QObject
) -> None:
    desk = sign_in(USER)
    watched(desk, qtbot, qapp)
    vault: Any = desk.vault
    tamper(vault, f"DELETE FROM audit_entry WHERE seq >= {marks.heads(vault)['core'].seq}")
    said = watched(desk, qtbot, qapp)
    assert said == ["The activity log does not fit together any more. Nothing is lost."]
    vault.lock()
    vault.unlock(USER, PASSPHRASE)
    opened: list[Link] = []
    (news,) = news_of_log(vault, opened.append)  # it stays until somebody explains it
    assert news.rank == "danger"
    assert news.slot is not None
    news.slot()
    assert [link.page for link in opened] == ["activity"]


def test_an_old_entry_that_was_changed_is_found_by_the_walk_of_the_week(
    sign_in: SignIn, qtbot: QtBot, qapp: QObject
) -> None:
    desk = sign_in(USER)
    tamper(desk.vault, "UPDATE audit_entry SET role = 'nobody' WHERE seq = 2")
    assert watched(desk, qtbot, qapp) == ["The activity log does not fit together any more. Nothing is lost."]


def test_who_is_neither_owner_nor_lead_is_told_of_what_they_found_only(sign_in: SignIn) -> None:
    vault: Any = sign_in("Tomos Therapist").vault
    vault.note_breaks([VerifyResult("core", 3, "h", 2, "it was changed")])
    assert news_of_log(vault, lambda _link: None) == []
    vault.log_findings = [VerifyResult("clinical", 3, "h", 2, "it was changed")]
    (news,) = news_of_log(vault, lambda _link: None)
    assert news.text.endswith("tell the owner.")
    assert not news.link


def test_a_vault_that_is_locked_meanwhile_is_left_alone(sign_in: SignIn, qapp: QObject) -> None:
    desk = sign_in(USER)
    desk.vault.lock()
    said: list[News] = []
    LogWatch(desk, said.extend, qapp).start()
    assert desk.vault.marks.wait(10)
    assert said == []
