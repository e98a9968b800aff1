"""The demo practice is like a real one: what is shown of it could stand in a practice."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from therapydesk.api import Appointment, Person, Room, User, check_postcode, today
from therapydesk.core.plugins import Plugins
from therapydesk.core.vault.vault import Vault
from therapydesk.demo.making import make_demo
from therapydesk.plugins.invoicing import service as invoicing
from therapydesk.plugins.notes.models import Note
from therapydesk.plugins.referrals import service as referrals


@pytest.mark.timeout(120)
def test_the_demo_practice_could_be_one(tmp_path: Path, plugins: Plugins) -> None:
    made = make_demo(tmp_path / "demo", plugins=plugins, people=40)
    vault = Vault.open(made.vault, host=plugins)
    vault.unlock(made.user, made.passphrase)
    with vault.read() as db:
        for postcode in db.scalars(select(Person.postcode).where(Person.postcode != "")):
            assert check_postcode(postcode) == postcode
        holder = select(Appointment.id, User.name).join(User, User.id == Appointment.therapist_id)
        held = {row.id: row.name for row in db.execute(holder)}
        notes = db.scalars(select(Note)).all()
        assert {n.signer_name for n in notes} >= {"Ruth Mallory", "Bethan Rees"}
        for note in notes:
            assert note.appointment_id is not None
            assert held[note.appointment_id] == note.signer_name
        asked = referrals.list_referrals(db, "open")
        assert (len(asked), len({r.received_on for r in asked}) > 4) == (8, True)
        assert all(r.received_on <= today() for r in asked)
        assert any(db.scalars(select(Room.organisation_id)))
        assert invoicing.count_invoices(db).late
    vault.close()
