"""Raising: sealed to the leads, whoever sends it; the sender sees number and state and nothing else."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.conftest import PASSPHRASE, USER
from tests.plugins.safeguarding.conftest import NOW, SEEN, WANTS, lead, raise_about
from therapydesk.api import HandedOver, new_id
from therapydesk.core import permissions
from therapydesk.core.errors import PermissionDenied, UserError, ZoneClosed
from therapydesk.core.vault import generations
from therapydesk.core.vault.opening import files_of
from therapydesk.core.vault.outbox import hand_over
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import service
from therapydesk.plugins.safeguarding.models import Concern, Handover
from therapydesk.plugins.safeguarding.raising import take_in
from therapydesk.records.merging import merge_people
from therapydesk.records.practice import put_setting
from therapydesk.testing import add_person

SOURCE = service.Source("appointment", UUID(int=77))


def core_in_the_clear_of(vault: Vault, user: str) -> bytes:
    """Every row of core as somebody with its key sees it."""
    state = vault.unlocked
    assert state.user.name == user
    path, keys = files_of(vault.folder, state.current, state.ring)["core"]
    with closing(generations.connect_alone(path, keys)) as raw:
        names = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [(name, raw.execute(f'SELECT * FROM "{name}"').fetchall()) for name in names]
    return repr(rows).encode()


def test_a_sole_practitioner_who_is_lead_has_it_at_once(vault: Vault, person_id: UUID) -> None:
    concern_id = raise_about(vault, person_id, danger="no", where="St Aidan’s hall", done="Thanked her.")
    with vault.read() as db:
        view = service.read_concern(db, concern_id)
        row = service.list_handovers(db)[0]
    assert view.number == row.number == 1
    assert view.name == "Margaret-Anne Tregaskis"
    assert view.wants is not None
    assert view.wants.impact == WANTS
    assert view.entries[0].text == SEEN
    assert view.entries[0].detail == {"where": "St Aidan’s hall", "danger": "no"}
    assert view.due_at - NOW == timedelta(hours=24)
    assert row.state == "sent"


def test_the_practices_own_target_is_a_setting_and_danger_now_is_due_at_once(
    vault: Vault, person_id: UUID
) -> None:
    with vault.write("core") as db:
        put_setting(db, "safeguarding.decide_hours", 4)
    ids = [raise_about(vault, person_id, danger=danger) for danger in ("unsure", "now")]
    with vault.read() as db:
        first, second = (service.read_concern(db, concern_id) for concern_id in ids)
    assert first.due_at - NOW == timedelta(hours=4)
    assert (second.due_at, second.urgency) == (NOW, "late")


@pytest.mark.parametrize("value", [None, "soon", 0, -4, 10**9])
def test_a_setting_that_makes_no_sense_never_stops_a_concern(
    vault: Vault, person_id: UUID, value: object
) -> None:
    with vault.write("core") as db:
        put_setting(db, "safeguarding.decide_hours", value)
    concern_id = raise_about(vault, person_id)
    with vault.read() as db:
        assert service.read_concern(db, concern_id).due_at - NOW == timedelta(hours=24)


@pytest.mark.parametrize("role", permissions.ROLES)
def test_ah21_every_role_raises_and_it_goes_only_to_those_allowed(
    vault: Vault, person_id: UUID, role: permissions.Role
) -> None:
    vault.add_user("Nia Bevan", [role], PASSPHRASE, ["safeguarding"] if role == "lead" else [])
    vault.unlock("Nia Bevan", PASSPHRASE)
    with vault.write("core") as db:
        made = service.raise_concern(db, service.NewConcern(SEEN, person_id, source=SOURCE))
    assert made.state == "sent"
    with vault.read() as db:
        assert [(r.number, r.source) for r in service.list_handovers(db)] == [(made.number, SOURCE)]
        if role == "lead":
            assert [row.number for row in service.list_concerns(db)] == [made.number]
            return
        assert not db.holds("safeguarding")
        with pytest.raises(PermissionDenied):
            service.list_concerns(db)
    vault.unlock(USER, PASSPHRASE)
    vault.settle()
    with vault.read() as db:
        assert [row.raiser for row in service.list_concerns(db)] == ["Nia Bevan"]
        assert service.list_handovers(db) == []  # those are hers


def test_a_lead_without_the_key_is_told_so(vault: Vault) -> None:
    vault.add_user("Dele Abara", ["lead"], PASSPHRASE, [])
    vault.unlock("Dele Abara", PASSPHRASE)
    with vault.read() as db:
        for call in (
            service.count_undecided,
            service.list_concerns,
            service.list_actions,
            service.verify_records,
        ):
            with pytest.raises(ZoneClosed):
                call(db)


def test_nothing_of_it_stands_in_core_in_the_clear(vault: Vault) -> None:
    """The person's name is in core, being a person; not the text, not the free name, not the id of the session."""
    vault.add_user("Nia Bevan", ["link_worker"], PASSPHRASE, [])
    vault.unlock("Nia Bevan", PASSPHRASE)
    new = service.NewConcern(
        "Zebrafact seen",
        about_name="Quagga Unknown",
        about_details="born 3 March 1948, 4 Okapi Row",
        wants="Zebrawish",
        where="Tapir hall",
        done="Zebradone",
        warning="Zebrawarning",
        source=SOURCE,
    )
    with vault.write("core") as db:
        service.raise_concern(db, new)
    dump = core_in_the_clear_of(vault, "Nia Bevan")
    marks = (b"Zebra", b"Quagga", b"Okapi", b"Tapir", SOURCE.ref.hex.encode(), str(SOURCE.ref).encode())
    assert not [mark for mark in marks if mark.lower() in dump.lower()]
    assert b"safeguarding_handover" in dump


def test_the_control_what_is_written_in_core_is_found_by_that_search(vault: Vault) -> None:
    add_person(vault, "Zebra Control")
    assert b"Zebra" in core_in_the_clear_of(vault, USER)


def test_somebody_the_practice_does_not_know_can_be_named(vault: Vault) -> None:
    with vault.write("core") as db:
        service.raise_concern(
            db, service.NewConcern(SEEN, about_name="A boy at the bus stop", about_details="about 9")
        )
    with vault.read() as db:
        view = service.read_concern(db, service.list_concerns(db)[0].id)
    assert (view.person_id, view.name, view.details) == (None, "A boy at the bus stop", "about 9")


def test_a_record_that_was_joined_with_another_leads_to_the_one_that_is_kept(
    vault: Vault, person_id: UUID
) -> None:
    gone = add_person(vault, "M. A. Tregaskis")
    with vault.write("core") as db:
        merge_people(db, person_id, gone)
    concern_id = raise_about(vault, gone)
    with vault.read() as db:
        assert service.read_concern(db, concern_id).person_id == person_id


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        (service.NewConcern("  ", about_name="Somebody"), "Write what you have seen"),
        (service.NewConcern("Seen", about_name=" "), "Say whom this is about"),
        (service.NewConcern("Seen", person_id=UUID(int=5)), "not here any more"),
        (service.NewConcern("Seen", about_name="A", when=service.When(date(2026, 5, 7))), "still to come"),
        (service.NewConcern("Seen", about_name="A", danger="perhaps"), "danger now"),
        (service.NewConcern("x" * 50_001, about_name="A"), "too long"),
        (service.NewConcern("Seen", about_name="A", done="x" * 50_001), "too long"),
    ],
)
def test_what_cannot_be_sent_says_why_and_nothing_is_kept(
    vault: Vault, new: service.NewConcern, sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence), vault.write("core") as db:
        service.raise_concern(db, new)
    with vault.read() as db:
        assert service.list_handovers(db) == []


def test_the_sender_hears_how_far_it_is_and_never_the_text(vault: Vault, person_id: UUID) -> None:
    vault.add_user("Nia Bevan", ["link_worker"], PASSPHRASE, [])
    vault.unlock("Nia Bevan", PASSPHRASE)
    with vault.write("core") as db:
        service.raise_concern(db, service.NewConcern(SEEN, person_id))

    def state() -> str:
        vault.unlock("Nia Bevan", PASSPHRASE)
        with vault.read() as db:
            found = service.list_handovers(db)[0]
        assert SEEN not in repr(found)
        vault.unlock(USER, PASSPHRASE)
        vault.settle()
        return found.state

    assert state() == "sent"
    with vault.read() as db:
        concern_id = service.list_concerns(db)[0].id
    assert lead(vault, service.mark_read, concern_id) is True
    assert lead(vault, service.mark_read, concern_id) is False
    assert state() == "received"
    lead(vault, service.decide, concern_id, "no_action", "Talked with her; nothing to do.")
    assert state() == "decided"
    outcome = service.Outcome("Card is back.", "yes_given", "fully", "removed", "known")
    lead(vault, service.close_concern, concern_id, outcome)
    assert state() == "closed"
    lead(vault, service.reopen_concern, concern_id, "It happened again.")
    assert state() == "received"


def test_what_was_raised_from_a_session_is_shown_to_who_raised_it(vault: Vault, person_id: UUID) -> None:
    raise_about(vault, person_id, source=SOURCE)
    raise_about(vault, person_id)
    with vault.read() as db:
        assert [r.number for r in service.handovers_from(db, "appointment", SOURCE.ref)] == [1]
    vault.add_user("Nia Bevan", ["therapist"], PASSPHRASE, ["clinical"])
    vault.unlock("Nia Bevan", PASSPHRASE)
    with vault.read() as db:
        assert service.handovers_from(db, "appointment", SOURCE.ref) == []


def test_who_can_read_is_named(vault: Vault) -> None:
    vault.add_user("Dele Abara", ["lead", "therapist"], PASSPHRASE, [])
    vault.add_user("Nia Bevan", ["link_worker"], PASSPHRASE, [])
    with vault.read() as db:
        assert [(view.name, view.holds_key) for view in service.list_leads(db)] == [
            (USER, True),
            ("Dele Abara", False),
        ]


def test_a_number_that_core_gave_twice_is_taken_in_under_the_next(vault: Vault, person_id: UUID) -> None:
    """Core was brought back from a backup that is older than the safeguarding zone."""
    raise_about(vault, person_id)
    with vault.write("core") as db:
        db.delete(db.scalars(select(Handover)).one())
    with vault.write("core") as db:
        assert service.raise_concern(db, service.NewConcern("Seen", person_id)).number == 1
    vault.settle()
    assert vault.waiting == []
    with vault.read() as db:
        assert {row.number for row in service.list_concerns(db)} == {1, 2}
        assert [row.number for row in service.list_handovers(db)] == [2]


def test_a_concern_whose_hand_over_is_gone_goes_on(vault: Vault, person_id: UUID) -> None:
    """Core was brought back from a backup of before it was raised."""
    concern_id = raise_about(vault, person_id)
    with vault.write("core") as db:
        db.delete(db.scalars(select(Handover)).one())
    assert lead(vault, service.mark_read, concern_id)
    vault.settle()
    assert vault.waiting == []


def test_what_arrives_twice_is_taken_in_once(vault: Vault, person_id: UUID) -> None:
    concern_id = raise_about(vault, person_id)
    with vault.read() as db:
        concern = db.get(Concern, concern_id)
        assert concern is not None
        handover_id, content = concern.handover_id, {"number": "1"}
    with vault.write("safeguarding") as db:
        take_in(db, HandedOver(new_id(), "safeguarding.concern", handover_id, content))
    with vault.read() as db:
        assert [row.id for row in service.list_concerns(db)] == [concern_id]
        assert len(service.read_concern(db, concern_id).entries) == 1


def test_what_a_stranger_to_the_form_put_into_the_inbox_waits_and_stops_nothing(
    vault: Vault, person_id: UUID
) -> None:
    """Everybody can seal to the zone's public key, so a message may hold anything."""
    with vault.write("core") as db:
        for content in ({}, {"number": "x"}, {"number": "1", "by": "me", "at": "now"}):
            hand_over(db, "safeguarding", "safeguarding.concern", new_id(), content)
    assert raise_about(vault, person_id)
    assert len(vault.waiting) == 3
