"""A request for data in the demo practice, half gone through, for the pictures of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from therapydesk.api import PeopleQuery, list_people, today
from therapydesk.core.tables import ZONES
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.notes import service as notes
from therapydesk.records import subject_requests as requests
from therapydesk.records.subject_collect import collect_part

SAID = (
    "Carys came in with Dafydd Singh, who had driven her. Beti was in the choir, too, and Carys taught her the harmony of "
    "Calon Lân. Her mother (07700 900555) rang afterwards."
)


def a_request(vault: Vault) -> UUID:
    """The request of one person, with its copies; made on first use."""
    with vault.read() as db:
        there = requests.list_requests(db)
        carys = list_people(db, PeopleQuery("carys wyn bowen"))[0].id
    if there:
        return there[0].id
    with vault.write("clinical") as db:
        note = notes.start_note(db, carys, today() - timedelta(days=3))
        notes.save_note(db, note.id, {"happened": SAID}, note.row_version)
    with vault.write("core") as db:
        made = requests.record_request(db, carys, today() - timedelta(days=12), "spoken")
    for zone in ZONES:
        collect_part(vault, made, zone)
    return made
