"""Raising: sealed to the leads, whoever sends it; the sender sees number and state and nothing else."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.plugins.safeguarding.conftest import NOW, SEEN, WANTS, raise_about
from therapydesk.core.errors import PermissionDenied, UserError
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import service


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
    assert (view.due_at - NOW).total_seconds() == 24 * 3600
    assert row.state == "sent"
