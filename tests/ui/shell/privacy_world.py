"""Somebody asks for their data, in the window: what the tests of its pages share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication

from tests.conftest import USER
from therapydesk.core.tables import ZONES, Zone
from therapydesk.plugins.caseload.models import Statement
from therapydesk.records import subject_deciding as deciding
from therapydesk.records import subject_requests as requests
from therapydesk.records import subject_review as review
from therapydesk.records.subject_collect import collect_part
from therapydesk.testing import add_person
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.forms import FormDialog

SAID = "Gareth Lloyd hit the drum. Gareth laughed, and Carys sang."


@pytest.fixture
def desk(sign_in: Callable[[str], Desk]) -> Desk:
    return sign_in(USER)


@pytest.fixture
def asked(desk: Desk) -> UUID:
    person = add_person(desk.vault)
    add_person(desk.vault, "Gareth Lloyd")
    with desk.vault.write("clinical") as db:
        db.add(
            Statement(person_id=person, kind="matters", text=SAID, whose_words="", said_on=date(2026, 3, 2))
        )
    with desk.vault.write("core") as db:
        return requests.record_request(db, person, date(2026, 4, 20))


def idle(desk: Desk) -> None:
    desk.jobs.wait_idle()
    QApplication.processEvents()


def form(page: Any) -> FormDialog:
    """The form that is open over a page."""
    found: list[FormDialog] = [d for d in page.findChildren(FormDialog) if d.isVisible()]
    return found[0]


def fill(page: Any, **values: Any) -> None:
    dialog = form(page)
    dialog.form.set_values(values)
    dialog.save()
    assert not dialog.isVisible(), dialog.messages.text()


def texts(page: Any) -> str:
    from PySide6.QtWidgets import QLabel

    return "\n".join(label.text() for label in page.findChildren(QLabel))


def collected(desk: Desk, request: UUID, zone: Zone) -> None:
    collect_part(desk.vault, request, zone)


def all_ready(desk: Desk, request: UUID) -> None:
    for zone in ZONES:
        collected(desk, request, zone)
        with desk.vault.read() as db:
            names = review.found_names(db, request, zone)
        with desk.vault.write(zone) as db:
            for name in names:
                deciding.decide_name(db, request, name.name, "redact", "third_party")
            if zone != "core":
                deciding.record_decision(db, request, "none", "Nothing that harms")
            deciding.finish_part(db, request)
