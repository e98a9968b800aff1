"""A concern that has arrived, in a practice whose clock stands still."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import PASSPHRASE
from tests.plugins.conftest import Window
from tests.plugins.safeguarding.screens import read
from therapydesk.api import Link
from therapydesk.core import dates
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import service
from therapydesk.plugins.safeguarding.ui.concern_page import ConcernPage
from therapydesk.plugins.safeguarding.ui.safeguarding_page import SafeguardingPage
from therapydesk.testing import add_person

NOW = datetime(2026, 5, 6, 14, 59, tzinfo=UTC)  # Wednesday 6 May 2026, 15:59 in Cardiff
SEEN = "Told me at the tea break: “Derek next door has had my card since Easter.” She looked worried."
WANTS = "“I want my card back. I don’t want Derek in trouble.”"


@pytest.fixture(autouse=True)
def _clock() -> None:
    dates.set_clock(lambda: NOW)


@pytest.fixture
def person_id(vault: Vault) -> UUID:
    """Somebody the practice knows."""
    return add_person(vault, "Margaret-Anne Tregaskis")


@pytest.fixture
def concern_id(vault: Vault, person_id: UUID) -> UUID:
    """A concern about them, raised and arrived, not read yet."""
    return raise_about(vault, person_id)


@pytest.fixture
def nia(vault: Vault) -> UUID:
    """A link worker, who holds core alone."""
    return vault.add_user("Nia Bevan", ["link_worker"], PASSPHRASE, []).id


@pytest.fixture
def page(window: Window, open_page: Any, concern_id: UUID, qtbot: Any) -> ConcernPage:
    """The concern, opened from the list."""
    listed: SafeguardingPage = open_page(SafeguardingPage(window.desk))
    listed.open_ref(Link("safeguarding.safeguarding", concern_id, ("open",)))
    record = listed.record
    assert isinstance(record, ConcernPage)
    qtbot.waitUntil(lambda: read(listed.desk.vault, concern_id).read_at is not None)
    record._refresh_now()
    return record


def raise_about(vault: Vault, person_id: UUID | None, **more: object) -> UUID:
    """Raise a concern and give its id in the safeguarding zone."""
    new = service.NewConcern(SEEN, person_id, wants=WANTS, **more)  # type: ignore[arg-type]  # fields by name
    with vault.write("core") as db:
        number = service.raise_concern(db, new).number
    vault.settle()
    with vault.read() as db:
        return next(row.id for row in service.list_concerns(db, "all") if row.number == number)


def lead(vault: Vault, what: object, *args: object, **more: object) -> object:
    """Call a service function in a unit of work that writes the safeguarding zone."""
    with vault.write("safeguarding") as db:
        return what(db, *args, **more)  # type: ignore[operator]  # a service function
