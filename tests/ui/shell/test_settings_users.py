"""Settings › Who works here: what each may see and press, and what comes of it."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.conftest import PASSPHRASE, USER
from tests.ui.shell.conftest import SignIn
from therapydesk.api import list_staff
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.shell.settings_users import UsersPane
from therapydesk.ui.shell.settings_window import USERS, SettingsWindow
from therapydesk.ui.shell.work_dialog import WorkDialog

NEW = "another set of plain words"


class Opened:
    """The page as somebody sees it, and how often it asked for the lock."""

    def __init__(self, desk: Desk, qtbot: QtBot) -> None:
        self.desk, self.locks = desk, 0
        self.page = SettingsWindow(desk, lambda: None, self._lock, USERS)
        qtbot.addWidget(self.page)
        self.page.show()
        found = self.page.findChild(UsersPane)
        assert found is not None
        self.pane = found

    def _lock(self) -> None:
        self.locks += 1

    def buttons(self) -> set[str]:
        """What can be pressed, as a screen reader says it."""
        return {b.accessibleName() or b.text() for b in self._shown()}

    def _shown(self) -> list[QPushButton]:
        QApplication.processEvents()  # rows that were just added are shown by their layout
        return [b for b in self.pane.findChildren(QPushButton) if b.window() is self.page and b.isVisible()]

    def press(self, name: str) -> None:
        next(b for b in self._shown() if name in (b.accessibleName(), b.text())).click()

    def dialog(self) -> Any:
        return next(d for d in reversed(self.pane.findChildren(QDialog)) if d.isVisible())

    def agree(self, text: str) -> None:
        """Press the button that acts in the question that is open."""
        next(b for b in self.dialog().findChildren(QPushButton) if b.text() == text).click()
        self.desk.jobs.wait_idle()

    def member(self, name: str) -> Any:
        return next(one for one in list_staff(self.desk.vault) if one.name == name)


@pytest.fixture
def opened(sign_in: SignIn, qtbot: QtBot) -> Any:
    return lambda name: Opened(sign_in(name), qtbot)


def test_each_sees_only_the_buttons_of_their_role(opened: Any) -> None:
    assert opened("Nia Admin").buttons() == set()
    take = "Take the key to notes and reasons for referral"
    assert opened("Tomos Therapist").buttons() == {
        f"{take}: {USER}",
        "Give up the key to notes and reasons for referral: Tomos Therapist",
    }
    owner = opened(USER).buttons()
    assert {
        "Add somebody",
        "Change roles: Nia Admin",
        "Remove: Tomos Therapist",
        f"Change roles: {USER}",
    } <= owner
    assert f"Remove: {USER}" not in owner


def test_somebody_is_added_who_can_sign_in(opened: Any) -> None:
    page = opened(USER)
    page.press("Add somebody")
    dialog = page.dialog()
    assert isinstance(dialog, WorkDialog)
    dialog.form.set_values(
        {"name": "Bethan", "roles": ["therapist"], "first": NEW, "again": "something else"}
    )
    dialog.save()
    assert "not the same" in dialog.messages.text()
    dialog.form.set_values({"again": NEW})
    dialog.save()
    page.desk.jobs.wait_idle()
    assert [d for d in page.pane.findChildren(QDialog) if d.isVisible()] == []
    assert page.member("Bethan").roles == {"therapist"}
    text = "Bethan can sign in now. Still to give: the key to notes and reasons for referral."
    assert page.page.messages.text() == text
    assert "Give the key to notes and reasons for referral: Bethan" in page.buttons()
    assert page.desk.vault.unlock("Bethan", NEW).name == "Bethan"


def test_a_name_that_is_taken_stays_in_the_dialog_with_the_reason(opened: Any) -> None:
    page = opened(USER)
    page.press("Add somebody")
    dialog = page.dialog()
    dialog.form.set_values({"name": "nia admin", "roles": ["admin"], "first": NEW, "again": NEW})
    dialog.save()
    page.desk.jobs.wait_idle()
    assert dialog.isVisible()
    assert "a user of that name already" in dialog.messages.text()
    assert dialog.form.values()["name"] == "nia admin"


def test_roles_are_changed_and_the_last_owner_stays(opened: Any) -> None:
    page = opened(USER)
    page.press("Change roles: Nia Admin")
    page.dialog().form.set_values({"roles": ["admin", "lead"]})
    page.agree("Change roles")
    assert page.member("Nia Admin").roles == {"admin", "lead"}
    assert page.member("Nia Admin").waits_for == ("clinical", "safeguarding")
    page.press(f"Change roles: {USER}")
    page.dialog().form.set_values({"roles": ["therapist"]})
    page.agree("Change roles")
    assert "needs an owner" in page.dialog().messages.text()
    page.dialog().form.dirty = False


def test_a_key_is_given_after_the_six_words(opened: Any) -> None:
    page = opened(USER)
    page.press("Change roles: Nia Admin")
    page.dialog().form.set_values({"roles": ["therapist"]})
    page.agree("Change roles")
    nia = page.member("Nia Admin")
    page.press("Give the key to notes and reasons for referral: Nia Admin")
    said = " ".join(label.text() for label in page.dialog().findChildren(QLabel))
    assert page.desk.vault.fingerprint(nia.id) in said
    page.agree("Give the key")
    assert page.member("Nia Admin").holds == ("core", "clinical")


def test_a_key_is_taken_in_the_background_and_changed(opened: Any) -> None:
    page = opened(USER)
    page.press("Take the key to notes and reasons for referral: Tomos Therapist")
    page.agree("Take the key")
    assert page.desk.vault.unlocked.current["clinical"] == "g2"
    tomos = page.member("Tomos Therapist")
    assert (tomos.holds, tomos.waits_for) == (("core",), ("clinical",))
    assert page.locks == 0


def test_giving_up_the_own_key_locks(opened: Any) -> None:
    page = opened(USER)
    page.press(f"Give up the key to notes and reasons for referral: {USER}")
    page.agree("Give up the key")
    assert page.locks == 1
    assert page.desk.vault.zones == {"core", "safeguarding"}


def test_somebody_is_removed_and_a_question_can_be_left(opened: Any) -> None:
    page = opened(USER)
    page.press("Remove: Tomos Therapist")
    page.dialog().reject()
    assert page.member("Tomos Therapist")
    page.press("Remove: Tomos Therapist")
    page.agree("Remove Tomos Therapist")
    assert [one.name for one in list_staff(page.desk.vault)] == ["Nia Admin", USER]
    assert page.page.messages.text() == "Tomos Therapist cannot sign in any more."


def test_an_owner_changes_any_key_they_hold(opened: Any) -> None:
    page = opened(USER)
    page.press("Change a key")
    dialog = page.dialog()
    dialog.form.set_values({"zone": "clinical"})
    page.agree("Change the key now")
    assert page.desk.vault.unlocked.current["clinical"] == "g2"
    assert page.page.messages.text() == "The key to notes and reasons for referral is changed."


def test_a_lead_changes_the_key_of_safeguarding_with_an_owner(opened: Any) -> None:
    page = opened(USER)
    page.desk.vault.add_user("Siân Lead", ["lead"], PASSPHRASE, ["safeguarding"])
    page = opened("Siân Lead")
    page.press("Change a key")
    dialog = page.dialog()
    assert isinstance(dialog, WorkDialog)
    page.agree("Change the key now")
    assert page.desk.vault.unlocked.current["safeguarding"] == "g1"  # nobody agreed
    dialog.form.set_values({"passphrase": "something else in words"})
    page.agree("Change the key now")
    assert dialog.isVisible()
    assert "passphrase" in dialog.messages.text()
    dialog.form.set_values({"passphrase": PASSPHRASE})
    page.agree("Change the key now")
    assert page.desk.vault.unlocked.current == {"core": "g1", "clinical": "g1", "safeguarding": "g2"}
    assert page.page.messages.text() == "The key to safeguarding concerns is changed."


def test_of_several_owners_one_is_chosen(opened: Any) -> None:
    page = opened(USER)
    page.desk.vault.add_user("Siân Lead", ["lead"], PASSPHRASE, ["safeguarding"])
    owen = page.desk.vault.add_user("Owen Owner", ["owner"], PASSPHRASE, [])
    page = opened("Siân Lead")
    page.press("Change a key")
    page.dialog().form.set_values({"passphrase": PASSPHRASE})
    page.agree("Change the key now")
    assert page.dialog().form.errors  # who agrees is not chosen for them
    page.dialog().form.set_values({"owner": str(owen.id)})
    page.agree("Change the key now")
    assert page.desk.vault.unlocked.current["safeguarding"] == "g2"


def test_a_key_that_somebody_who_left_still_knows_is_named_until_a_holder_changes_it(opened: Any) -> None:
    page = opened("Nia Admin")
    vault = page.desk.vault
    vault.remove_user(page.member("Tomos Therapist").id)
    page.pane.refresh()
    assert "Change the key" not in page.buttons()
    page = opened(USER)
    page.press("Change the key")
    page.agree("Change the key now")
    assert vault.zones_to_change() == frozenset()
    assert "Change the key" not in page.buttons()
