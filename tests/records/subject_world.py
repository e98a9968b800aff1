"""Somebody with rows of every module asks for their data: what the tests of requests share."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pypdfium2
import pytest

from therapydesk.api import hooks
from therapydesk.core import dates
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault.vault import Vault
from therapydesk.records import subject_deciding as deciding
from therapydesk.records import subject_requests as requests
from therapydesk.records import subject_review as review
from therapydesk.records.subject_collect import Collected, collect_part
from therapydesk.testing import add_person

RECEIVED = date(2026, 4, 20)


@pytest.fixture(autouse=True)
def right_day() -> None:
    dates.set_clock(lambda: datetime(2026, 5, 6, 10, 2, tzinfo=UTC))


@pytest.fixture
def carys(vault: Vault, plugins: Plugins) -> UUID:
    """Somebody with made-up rows of every module."""
    person = add_person(vault, "Carys Bowen", preferred_name="Carys", address="1 Quay Street\nHarbour")
    add_person(vault, "Gareth Lloyd")
    for zone in ZONES:
        with vault.write(zone) as db:
            assert not plugins.ask(hooks.sample_data, db=db, person_id=person, seed=1).failures
    return person


@pytest.fixture
def asked(vault: Vault, carys: UUID) -> UUID:
    with vault.write("core") as db:
        return requests.record_request(db, carys, RECEIVED)


def collect(vault: Vault, request: UUID, zone: Zone) -> Collected:
    return collect_part(vault, request, zone)


def settle_marks(vault: Vault, request: UUID, zone: Zone) -> None:
    """Decide on whatever waits: names away, files given."""
    with vault.read() as db:
        names = review.found_names(db, request, zone)
    with vault.write(zone) as db:
        for found in names:
            deciding.decide_name(db, request, found.name, "redact", "third_party")
    with vault.read() as db:
        rows = review.list_items(db, request, zone, undecided=True, limit=1000)
    with vault.write(zone) as db:
        for row in rows:
            deciding.decide_item(db, row.id, "give")


def ready(vault: Vault, request: UUID, zone: Zone) -> None:
    collect(vault, request, zone)
    settle_marks(vault, request, zone)
    with vault.write(zone) as db:
        if zone != "core":
            deciding.record_decision(db, request, "none", "Talked it through with her")
        deciding.finish_part(db, request)


def all_ready(vault: Vault, request: UUID) -> None:
    for zone in ZONES:
        ready(vault, request, zone)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf))
