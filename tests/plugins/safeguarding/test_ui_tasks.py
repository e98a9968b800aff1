"""Screens of what a lead gives to somebody who is none: given with a tick, opened from Today, sent back done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QLabel, QWidget

from tests.conftest import PASSPHRASE
from tests.plugins.conftest import Window
from tests.plugins.safeguarding.test_tasks import TEXT, give
from therapydesk.api import Link
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import service
from therapydesk.plugins.safeguarding.ui.actions_pane import add_action_dialog
from therapydesk.plugins.safeguarding.ui.safeguarding_page import SafeguardingPage
from therapydesk.ui.kit.forms import FormDialog


def test_the_owner_opens_it_from_today_and_sends_back_what_came_of_it(
    vault: Vault, window: Window, open_page: Any, qtbot: Any, concern_id: UUID, nia: UUID
) -> None:
    action_id = give(vault, concern_id, nia)
    desk = replace(window.desk, user=vault.unlock("Nia Bevan", PASSPHRASE))
    page = open_page(SafeguardingPage(desk))
    link = Link("safeguarding.safeguarding", action_id, ("task",))
    page.open_ref(link)
    (dialog,) = page.findChildren(FormDialog)
    assert TEXT in " ".join(label.text() for label in dialog.findChildren(QLabel))
    dialog.form.set_values({"result": "Saw her."})
    dialog.save()
    with vault.read() as db:
        assert service.list_tasks(db) == []
    page.open_ref(link)
    assert "done already" in page.messages.text()


def test_a_lead_gives_it_with_a_tick(vault: Vault, qtbot: Any, nia: UUID) -> None:
    made: list[service.NewAction] = []
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = add_action_dialog(parent, [(nia, "Nia Bevan")], vault.user.id, made.append)
    row = dialog.form.field("tell_owner")
    assert row.isHidden() or not row.isVisibleTo(dialog)
    dialog.form.set_values({"text": TEXT, "owner": nia})
    assert row.isVisibleTo(dialog)
    dialog.form.set_values({"tell_owner": True})
    dialog.save()
    assert [(new.owner_id, new.tell_owner) for new in made] == [(nia, True)]
