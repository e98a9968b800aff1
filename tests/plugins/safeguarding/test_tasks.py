"""What a lead gives to somebody who is none: that one sees the text, says what came of it, and sees nothing else."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import PASSPHRASE, USER
from tests.plugins.safeguarding.conftest import NOW, lead
from tests.plugins.safeguarding.test_notices import ask
from therapydesk.api import hooks, new_id
from therapydesk.core.errors import NotFound, UserError
from therapydesk.core.vault import generations
from therapydesk.core.vault.opening import files_of
from therapydesk.core.vault.outbox import hand_over
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import service
from therapydesk.plugins.safeguarding.models import Concern

TOMORROW = NOW + timedelta(days=1)
TEXT = "Zebratask: see her alone next week"


def give(vault: Vault, concern_id: UUID, owner: UUID, **more: Any) -> UUID:
    new = service.NewAction(TEXT, TOMORROW, owner, **({"tell_owner": True} | more))
    action_id = lead(vault, service.add_action, concern_id, new)
    assert isinstance(action_id, UUID)
    return action_id


def tasks_of(vault: Vault, name: str) -> list[service.TaskView]:
    """What somebody sees; then the lead is signed in again."""
    vault.unlock(name, PASSPHRASE)
    with vault.read() as db:
        found = service.list_tasks(db)
    vault.unlock(USER, PASSPHRASE)
    return found


def test_the_owner_sees_the_text_on_today_and_nobody_else_does(
    vault: Vault, concern_id: UUID, nia: UUID
) -> None:
    action_id = give(vault, concern_id, nia)
    vault.add_user("Marged Ellis", ["owner", "admin", "therapist"], PASSPHRASE, ["clinical"])
    assert tasks_of(vault, "Marged Ellis") == []
    assert tasks_of(vault, "Nia Bevan") == [service.TaskView(action_id, TEXT, TOMORROW)]
    vault.unlock("Nia Bevan", PASSPHRASE)
    (item,) = ask(vault, hooks.due_items, today=date(2026, 5, 6))
    assert (item.text, item.due_on) == ("Something to do for the safeguarding lead", date(2026, 5, 7))
    state = vault.unlocked
    path, keys = files_of(vault.folder, state.current, state.ring)["core"]
    with closing(generations.connect_alone(path, keys)) as raw:
        names = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert "Zebratask" not in repr([raw.execute(f'SELECT * FROM "{n}"').fetchall() for n in names])


def test_without_the_leads_word_the_owner_is_shown_nothing(vault: Vault, concern_id: UUID, nia: UUID) -> None:
    give(vault, concern_id, nia, tell_owner=False)
    assert tasks_of(vault, "Nia Bevan") == []


def test_a_lead_has_no_task_beside_the_action(vault: Vault, concern_id: UUID) -> None:
    give(vault, concern_id, vault.user.id)
    with vault.read() as db:
        assert service.list_tasks(db) == []
        assert not service.list_actions(db)[0].tell_owner


def test_what_came_of_it_goes_back_sealed_and_stands_in_the_record_in_their_name(
    vault: Vault, concern_id: UUID, nia: UUID
) -> None:
    action_id = give(vault, concern_id, nia)
    vault.unlock("Nia Bevan", PASSPHRASE)
    with pytest.raises(UserError, match="what came of it"), vault.write("core") as db:
        service.finish_task(db, action_id, " ")
    with vault.write("core") as db:
        service.finish_task(db, action_id, "Saw her; she is well.")
    with vault.read() as db:
        assert service.list_tasks(db) == []
    vault.unlock(USER, PASSPHRASE)
    vault.settle()
    with vault.read() as db:
        view = service.read_concern(db, concern_id)
        assert service.verify_records(db, [concern_id])[0].whole
    assert [(a.state, a.result) for a in view.actions] == [("done", "Saw her; she is well.")]
    assert (view.entries[-1].kind, view.entries[-1].author) == ("action_done", "Nia Bevan")


def test_a_task_follows_its_action_until_it_ends(vault: Vault, concern_id: UUID, nia: UUID) -> None:
    dele = vault.add_user("Dele Abara", ["therapist"], PASSPHRASE, ["clinical"]).id
    action_id = give(vault, concern_id, nia)
    later = TOMORROW + timedelta(days=7)
    lead(vault, service.move_action, action_id, later, "She is away.", owner_id=dele)
    assert tasks_of(vault, "Nia Bevan") == []
    assert [task.due_at for task in tasks_of(vault, "Dele Abara")] == [later]
    lead(vault, service.drop_action, action_id, "Not needed.")
    assert tasks_of(vault, "Dele Abara") == []


def test_a_result_for_what_is_gone_is_let_go(vault: Vault, concern_id: UUID, nia: UUID) -> None:
    """The whole concern was erased meanwhile, and its hand-over brought back from nowhere."""
    action_id = give(vault, concern_id, nia)
    with vault.write("safeguarding") as db:
        db.delete(db.get(Concern, concern_id))
    vault.unlock("Nia Bevan", PASSPHRASE)
    with vault.write("core") as db:
        service.finish_task(db, action_id, "Done")
    vault.unlock(USER, PASSPHRASE)
    vault.settle()
    assert vault.waiting == []


def test_nobody_ends_what_was_given_to_somebody_else(vault: Vault, concern_id: UUID, nia: UUID) -> None:
    action_id = give(vault, concern_id, nia)
    vault.add_user("Marged Ellis", ["admin"], PASSPHRASE, [])
    vault.unlock("Marged Ellis", PASSPHRASE)
    for task_id in (action_id, new_id()):
        with pytest.raises(NotFound), vault.write("core") as db:
            service.finish_task(db, task_id, "Done")
    forged = {"result": "Done", "by": str(vault.user.id), "name": "Marged Ellis", "at": NOW.isoformat()}
    with vault.write("core") as db:  # with the key of core and the id, by hand
        hand_over(db, "safeguarding", "safeguarding.task_done", action_id, forged)
    vault.unlock(USER, PASSPHRASE)
    vault.settle()
    with vault.read() as db:
        assert [action.state for action in service.list_actions(db)] == ["todo"]
    assert len(vault.waiting) == 1
