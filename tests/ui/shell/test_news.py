"""What must be known after unlocking, and in which order it is said."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.conftest import PASSPHRASE, USER
from tests.ui.shell.conftest import SignIn
from therapydesk.api import new_id
from therapydesk.core import dates
from therapydesk.core.errors import DamagedVault
from therapydesk.core.plugins import Plugins
from therapydesk.core.vault import backup_schedule, generations
from therapydesk.core.vault.check import Finding
from therapydesk.core.vault.outbox import Waiting
from therapydesk.ui.kit.messages import MessageBar
from therapydesk.ui.shell.news import (
    news_at_unlock,
    news_of_backups,
    news_of_damage,
    news_of_waiting,
    tell_news,
)
from therapydesk.ui.shell.news_teller import News, NewsTeller

NEW = "another set of plain words"


@pytest.fixture
def bar(qtbot: QtBot) -> MessageBar:
    made = MessageBar()
    qtbot.addWidget(made)
    return made


def close(bar: MessageBar) -> None:
    bar.clear()
    QApplication.processEvents()


def texts(news: list[News]) -> list[str]:
    return [each.text for each in news]


def test_each_waits_until_the_one_before_is_dealt_with(bar: MessageBar) -> None:
    teller = NewsTeller(bar)
    teller.tell([News("warn", "First"), News("danger", "Gravest"), News("warn", "Second")])
    seen = []
    while bar.rank:
        seen.append(bar.text())
        close(bar)
    assert seen == ["Gravest", "First", "Second"]


def test_danger_does_not_wait_and_what_it_pushed_out_comes_back(bar: MessageBar) -> None:
    teller = NewsTeller(bar)
    teller.tell([News("warn", "No kit")])
    teller.tell([News("danger", "Damaged")])
    assert bar.text() == "Damaged"
    close(bar)
    assert bar.text() == "No kit"
    close(bar)
    assert bar.rank == ""


def test_what_was_just_done_can_be_read_first(bar: MessageBar) -> None:
    teller = NewsTeller(bar)
    teller.tell([News("warn", "First"), News("warn", "Second")])
    bar.clear()
    bar.show_message("ok", "Moved.")
    QApplication.processEvents()
    assert bar.text() == "Moved."
    close(bar)
    assert bar.text() == "Second"


def test_the_button_leads_to_where_something_can_be_done(sign_in: SignIn, bar: MessageBar) -> None:
    opened: list[str] = []
    news = news_at_unlock(sign_in("Nia Admin").vault, opened.append)
    assert texts(news) == [
        "You have no recovery kit. If you forget your passphrase, nobody can let you in again."
    ]
    NewsTeller(bar).tell(news)
    bar.link_button().click()
    assert opened == ["you"]


def test_the_owner_with_a_kit_hears_nothing(sign_in: SignIn) -> None:
    assert news_at_unlock(sign_in(USER).vault, lambda _group: None) == []


def test_who_came_in_with_a_kit_is_told_to_the_others_and_needs_a_new_one(sign_in: SignIn) -> None:
    vault: Any = sign_in("Nia Admin").vault
    vault.unlock(USER, PASSPHRASE)
    kit = vault.make_kit()
    vault.keep_kit(kit)
    vault.unlock_with_recovery(kit.code, NEW)
    assert [text.split(".")[0] for text in texts(news_at_unlock(vault, lambda _group: None))] == [
        "You have no recovery kit"
    ]
    vault.unlock("Nia Admin", PASSPHRASE)
    first = texts(news_at_unlock(vault, lambda _group: None))[0]
    assert first.startswith(f"{USER} came in with a recovery kit on ")


def test_a_holder_is_told_of_a_key_that_somebody_who_left_still_knows(sign_in: SignIn) -> None:
    vault: Any = sign_in("Nia Admin").vault
    vault.remove_user(vault.unlocked.users.named("Tomos Therapist").id)
    vault.unlock(USER, PASSPHRASE)
    opened: list[str] = []
    news = news_at_unlock(vault, opened.append)
    assert texts(news) == ["Somebody who left still knows the key to notes and reasons for referral."]
    assert news[0].slot is not None
    news[0].slot()
    assert opened == ["users"]


def test_what_waits_is_counted_by_the_module_that_should_take_it_in(plugins: Plugins) -> None:
    waiting = [Waiting(new_id(), "clinical", taker, "Busy") for taker in ("notes", "notes", "")]
    assert [text.split(".")[0] for text in texts(news_of_waiting(waiting, plugins, lambda _group: None))] == [
        "1 message for a module that is not here could not be taken in",
        "2 messages for Notes could not be taken in",
    ]


def test_damage_is_said_as_danger() -> None:
    opened: list[str] = []
    found = [Finding("core", "file", "A file of the vault is damaged: core/g1/zone.db")]
    news = news_of_damage(found, opened.append)
    assert news[0].slot is not None
    news[0].slot()
    assert opened == ["backups"]
    assert [(each.rank, each.text) for each in news] == [
        ("danger", "A file of the vault is damaged: core/g1/zone.db")
    ]


def test_the_check_of_the_files_goes_on_behind_it_and_what_waits_is_told_after_it(
    sign_in: SignIn, bar: MessageBar, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk = sign_in(USER)
    backup_schedule.set_folders(desk.settings, desk.vault.unlocked.users.vault, [tmp_path])
    threads: list[bool] = []

    def damaged(*_: Any) -> None:
        threads.append(threading.current_thread() is threading.main_thread())
        raise DamagedVault("A file of the vault is damaged: core/g1/zone.db", "Nothing was changed.")

    monkeypatch.setattr(generations, "quick_check", damaged)
    desk.vault.waiting = [Waiting(new_id(), "clinical", "notes", "Busy")]
    tell_news(desk, bar, lambda _group: None)
    desk.jobs.wait_idle()
    assert threads == [False] * 3
    assert desk.vault.read_only == frozenset(desk.vault.zones)
    assert len(list((desk.vault.folder / "damaged").iterdir())) == 1
    assert bar.rank == "danger"
    assert bar.text() == "A file of the vault is damaged: core/g1/zone.db. Nothing was changed."
    for _ in range(3):
        close(bar)
    assert bar.text().startswith("1 message for Notes could not be taken in.")


def test_a_practice_without_backups_is_told_so_and_one_with_a_folder_is_not(
    sign_in: SignIn, tmp_path: Path
) -> None:
    desk = sign_in(USER)
    opened: list[str] = []
    (news,) = news_of_backups(desk, opened.append)
    assert news.text.startswith("No backups are made on this computer yet.")
    assert news.slot is not None
    news.slot()
    assert opened == ["backups"]
    backup_schedule.set_folders(desk.settings, desk.vault.unlocked.users.vault, [tmp_path])
    assert news_of_backups(desk, opened.append) == []


@pytest.mark.parametrize(("minutes", "told"), [(1, False), (3, True), (60 * 24 * 365, True)])
def test_a_clock_that_is_behind_the_log_is_said_at_the_unlock(
    sign_in: SignIn, minutes: int, told: bool
) -> None:
    vault = sign_in(USER).vault
    newest = datetime(2026, 5, 6, 10, 0, tzinfo=UTC)
    dates.set_clock(lambda: newest)
    vault.lock()
    vault.unlock(USER, PASSPHRASE)
    vault.lock()
    dates.set_clock(lambda: newest - timedelta(minutes=minutes))
    vault.unlock(USER, PASSPHRASE)
    said = [text for text in texts(news_at_unlock(vault, lambda _: None)) if "clock" in text]
    assert bool(said) is told
    if told:
        assert "the newest entry was written on Wed 6 May 2026 11:00" in said[0]
    vault.lock()
    dates.set_clock(lambda: newest + timedelta(minutes=1))
    vault.unlock(USER, PASSPHRASE)
    assert [text for text in texts(news_at_unlock(vault, lambda _: None)) if "clock" in text] == []
