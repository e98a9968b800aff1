"""What must follow in another zone: exactly once, and text never in the clear."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.conftest import PASSPHRASE, USER
from tests.core.vault.conftest import Listening
from therapydesk.core.errors import UserError
from therapydesk.core.events import Event, HandedOver
from therapydesk.core.tables import Zone, new_id
from therapydesk.core.vault import outbox
from therapydesk.core.vault.outbox import CoreOutbox, Inbox, hand_over, publish, take_back
from therapydesk.core.vault.vault import Vault
from therapydesk.records.consents import ConsentDetail
from therapydesk.records.people import Person

SECRET = "She told me what happens at home"


@dataclass(frozen=True)
class Happened(Event):
    """A test's event."""

    person_id: UUID


def add_detail(db: Any, event: Event) -> None:
    """A clinical plugin that keeps a row for each event."""
    if isinstance(event, Happened):
        db.add(ConsentDetail(consent_id=new_id(), person_id=event.person_id, text="noted"))
    if isinstance(event, HandedOver):
        db.add(ConsentDetail(consent_id=event.ref, person_id=event.ref, text=event.content["text"]))


def details(vault: Vault) -> list[ConsentDetail]:
    with vault.read() as db:
        return list(db.scalars(select(ConsentDetail)))


def count(vault: Vault, table: Any) -> int:
    with vault.read() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def test_handlers_of_the_same_zone_run_at_once_in_the_same_transaction(team: Vault, host: Listening) -> None:
    team.unlock(USER, PASSPHRASE)
    seen: list[tuple[Zone | None, Event]] = []
    host.handlers["core"] = [("probe", lambda db, event: seen.append((db.zone, event)))]
    event = Happened(new_id())
    with team.write("core") as db:
        publish(db, event)
        assert seen == [("core", event)]
    assert count(team, CoreOutbox) == 0


def test_a_handler_that_fails_undoes_the_action_and_names_the_plugin(team: Vault, host: Listening) -> None:
    team.unlock(USER, PASSPHRASE)

    def fail(_db: Any, _event: Event) -> None:
        raise ZeroDivisionError

    host.handlers["core"] = [("probe", fail)]
    with pytest.raises(UserError, match="“probe”"), team.write("core") as db:
        db.add(Person(id=new_id(), full_name="B", normal_name="b"))
        publish(db, Happened(new_id()))
    assert count(team, Person) == 0


def test_a_plugins_own_sentence_reaches_the_user(team: Vault, host: Listening) -> None:
    team.unlock(USER, PASSPHRASE)

    def refuse(_db: Any, _event: Event) -> None:
        raise UserError("The line is on an invoice already.", "Undo the invoice first.")

    host.handlers["core"] = [("invoicing", refuse)]
    with pytest.raises(UserError) as caught, team.write("core") as db:
        publish(db, Happened(new_id()))
    assert str(caught.value) == "invoicing: The line is on an invoice already. Undo the invoice first."


def test_another_zone_is_told_right_after_the_commit_when_it_is_held(team: Vault, host: Listening) -> None:
    team.unlock(USER, PASSPHRASE)
    host.handlers["clinical"] = [("probe", add_detail)]
    person_id = new_id()
    with team.write("core") as db:
        publish(db, Happened(person_id))
        assert details(team) == []
    assert [d.person_id for d in details(team)] == [person_id]
    assert count(team, CoreOutbox) == 0
    assert team.settle() == 0


def test_a_zone_that_is_not_held_is_told_at_the_next_unlock_of_a_holder(team: Vault, host: Listening) -> None:
    host.handlers["clinical"] = [("probe", add_detail)]
    team.unlock("Nia Admin", PASSPHRASE)
    with team.write("core") as db:
        publish(db, Happened(new_id()))
    assert team.settle() == 0
    assert count(team, CoreOutbox) == 1
    team.unlock("Tomos Therapist", PASSPHRASE)
    assert team.settle() == 1
    assert len(details(team)) == 1
    assert team.settle() == 0


def test_an_undone_action_tells_nobody(team: Vault, host: Listening) -> None:
    team.unlock(USER, PASSPHRASE)
    host.handlers["clinical"] = [("probe", add_detail)]
    with pytest.raises(KeyError), team.write("core") as db:
        publish(db, Happened(new_id()))
        raise KeyError
    assert details(team) == []
    assert team.settle() == 0


def test_a_crash_between_taking_in_and_deleting_doubles_nothing(
    team: Vault, host: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    team.unlock(USER, PASSPHRASE)
    host.handlers["clinical"] = [("probe", add_detail)]
    real = Vault.write

    def power_cut(self: Vault, zone: Zone, **options: Any) -> Any:
        if zone == "core" and details(self):
            raise SystemExit
        return real(self, zone, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Vault, "write", power_cut)
        with pytest.raises(SystemExit), team.write("core") as db:
            publish(db, Happened(new_id()))
            hand_over(db, "clinical", "probe.text", new_id(), {"text": SECRET})
    assert count(team, CoreOutbox) == 1
    assert team.settle() == 2
    assert len(details(team)) == 2


def test_a_plugin_that_fails_in_another_zone_is_tried_again_and_does_not_stop_the_others(
    team: Vault, host: Listening
) -> None:
    team.unlock(USER, PASSPHRASE)
    works = False

    def sometimes(db: Any, event: Event) -> None:
        if not works:
            raise ZeroDivisionError
        add_detail(db, event)

    host.handlers["clinical"] = [("fails", sometimes), ("probe", add_detail)]
    with team.write("core") as db:
        publish(db, Happened(new_id()))
    assert len(details(team)) == 1
    assert [(w.taker, w.zone) for w in team.waiting] == [("fails", "clinical")]
    works = True
    assert team.settle() == 1
    assert len(details(team)) == 2
    assert team.waiting == []


def test_an_event_may_lead_to_another_and_settling_follows_to_the_end(team: Vault, host: Listening) -> None:
    team.unlock(USER, PASSPHRASE)
    seen: list[Zone | None] = []

    def back(db: Any, event: Event) -> None:
        seen.append(db.zone)
        if db.zone == "clinical" and len(seen) < 3:
            publish(db, event)

    host.handlers["clinical"] = [("probe", back)]
    with team.write("core") as db:
        publish(db, Happened(new_id()))
    host.handlers["safeguarding"] = [("deep", lambda db, _event: seen.append(db.zone))]
    assert team.settle() == 0
    with team.write("core") as db:
        publish(db, Happened(new_id()))
    assert seen.count("safeguarding") >= 1
    assert team.waiting == []


def test_records_can_follow_events_in_every_zone(team: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Zone | None] = []
    monkeypatch.setattr(outbox, "_records", {})
    outbox.subscribe("records.probe", ("core", "clinical"), lambda db, _event: seen.append(db.zone))
    team.unlock(USER, PASSPHRASE)
    with team.write("core") as db:
        publish(db, Happened(new_id()))
    assert seen == ["core", "clinical"]


def test_handlers_run_on_the_authority_of_the_action(team: Vault, host: Listening) -> None:
    team.unlock(USER, PASSPHRASE)
    authority: list[str] = []
    host.handlers["core"] = host.handlers["clinical"] = [
        ("probe", lambda db, _event: authority.append(db.info["authority"]))
    ]
    with team.write("core") as db:
        db.info["authority"] = "people.edit"
        publish(db, Happened(new_id()))
        assert db.info["authority"] == "people.edit"
    assert authority == ["people.edit", "settle"]


# --- Handing over ---


def everything(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def test_handed_over_text_is_sealed_and_opened_by_the_next_holder(team: Vault, host: Listening) -> None:
    host.handlers["core"] = [
        ("probe", add_detail)
    ]  # at home in core: it takes the message in the zone it is sealed to
    ref = new_id()
    team.unlock("Lowri Link", PASSPHRASE)
    with team.write("core") as db:
        message_id = hand_over(db, "clinical", "probe.text", ref, {"text": SECRET})
    with team.read() as db:
        row = db.get_one(Inbox, message_id)
        assert SECRET.encode() not in row.sealed
        assert b"probe" not in row.sealed
        assert ref.bytes not in row.sealed
    assert team.settle() == 0
    team.unlock("Tomos Therapist", PASSPHRASE)
    assert team.settle() == 1
    assert [(d.person_id, d.text) for d in details(team)] == [(ref, SECRET)]
    assert count(team, Inbox) == 0
    assert team.settle() == 0


def test_the_log_of_core_does_not_tell_what_was_handed_over_or_about_whom(team: Vault) -> None:
    from therapydesk.core.audit import AuditEntry

    ref = new_id()
    team.unlock("Lowri Link", PASSPHRASE)
    with team.write("core") as db:
        message_id = hand_over(db, "safeguarding", "probe.concern", ref, {"text": SECRET})
    with team.read() as db:
        entry = db.scalars(select(AuditEntry).where(AuditEntry.ref == message_id)).one()
        told = "".join(e.detail + str(e.ref) for e in db.scalars(select(AuditEntry)))
    assert entry.detail == '{"table":"inbox"}'
    assert str(ref) not in told
    assert "concern" not in told


def test_somebody_with_core_alone_cannot_open_the_message(team: Vault) -> None:
    from therapydesk.core.errors import ZoneClosed

    team.unlock("Nia Admin", PASSPHRASE)
    with team.write("core") as db:
        hand_over(db, "safeguarding", "probe.concern", new_id(), {"text": SECRET})
    with team.read() as db:
        sealed = db.scalars(select(Inbox.sealed)).one()
    with pytest.raises(ZoneClosed):
        team.unlocked.open_message("safeguarding", sealed)


def test_a_message_can_be_taken_back_until_it_was_taken_in(team: Vault, host: Listening) -> None:
    host.handlers["clinical"] = [("probe", add_detail)]
    team.unlock("Lowri Link", PASSPHRASE)
    with team.write("core") as db:
        message_id = hand_over(db, "clinical", "probe.text", new_id(), {"text": SECRET})
    with team.write("core") as db:
        assert take_back(db, message_id)
    team.unlock("Tomos Therapist", PASSPHRASE)
    assert team.settle() == 0
    with team.write("core") as db:
        assert not take_back(db, message_id)


def test_a_message_for_a_module_that_is_not_there_waits(team: Vault, host: Listening) -> None:
    team.unlock(USER, PASSPHRASE)
    with team.write("core") as db:
        hand_over(db, "clinical", "later.text", new_id(), {"text": SECRET})
    assert [(w.taker, w.error) for w in team.waiting] == [("later", "module missing")]
    host.handlers["clinical"] = [("later", add_detail)]
    assert team.settle() == 1


def test_a_message_whose_seal_was_broken_is_kept_and_reported(team: Vault, host: Listening) -> None:
    host.handlers["clinical"] = [("probe", add_detail)]
    team.unlock("Nia Admin", PASSPHRASE)
    with team.write("core") as db:
        message_id = hand_over(db, "clinical", "probe.text", new_id(), {"text": SECRET})
    with team.write("core") as db:
        row = db.get_one(Inbox, message_id)
        row.sealed = row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])
    team.unlock("Tomos Therapist", PASSPHRASE)
    assert team.settle() == 0
    assert [w.error for w in team.waiting] == ["key"]
    assert count(team, Inbox) == 1


def test_text_is_handed_over_from_core_and_never_published(team: Vault) -> None:
    team.unlock(USER, PASSPHRASE)
    with pytest.raises(RuntimeError), team.write("clinical") as db:
        hand_over(db, "safeguarding", "probe.text", new_id(), {"text": SECRET})
    with pytest.raises(TypeError), team.write("core") as db:
        publish(db, HandedOver(new_id(), "probe.text", new_id(), {"text": SECRET}))
