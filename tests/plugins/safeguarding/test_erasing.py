"""What erasing a person does to concerns: kept with its reason, unless a lead decides otherwise; then whole."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from tests.plugins.safeguarding.conftest import lead, raise_about
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import service
from therapydesk.plugins.safeguarding.models import Action, Concern, Entry, Notice, PersonLink, RiskNote
from therapydesk.records.documents import SafeguardingDocument
from therapydesk.records.erasure import decide_part, erase_person
from therapydesk.records.erasure_lists import due_safeguarding_erasures, safeguarding_erasure_tasks
from therapydesk.records.erasure_parts import decide_safeguarding_part
from therapydesk.testing import add_person

JUNE = date(2026, 6, 3)
NAME = "Margaret-Anne Tregaskis"


def a_full_concern(vault: Vault, concern_id: UUID, person_id: UUID) -> None:
    lead(vault, service.decide, concern_id, "section42", "Three parts.")
    lead(vault, service.link_person, concern_id, "saw", name="Iolo")
    lead(vault, service.attach_file, concern_id, "Photo", b"one", "image/png")
    with vault.write("core") as db:
        service.tell_notice(db, person_id, "Speak to Bethan before a visit.", JUNE)
        service.add_risk_note(db, person_id, "visit", "Two go together", JUNE)


def count(vault: Vault, *tables: type) -> list[int]:
    with vault.read() as db:
        return [db.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_a_concern_outlives_the_person_under_the_name_it_was_written_with(
    vault: Vault, concern_id: UUID, person_id: UUID
) -> None:
    a_full_concern(vault, concern_id, person_id)
    erase_person(vault, person_id, "request")
    assert count(vault, Notice, RiskNote) == [0, 0]
    with vault.read() as db:
        view = service.read_concern(db, concern_id)
        assert (view.name, view.full_name) == ("Margaret-Anne Tregaskis",) * 2
        assert [row.name for row in service.list_concerns(db)] == ["Margaret-Anne Tregaskis"]
        made = service.read_chronology(db, service.ChronologyWish([concern_id], "Dele", "Covers"))
        assert made.about == ("Margaret-Anne Tregaskis",)
        assert made.whole


def test_where_a_lead_decides_that_it_goes_the_whole_concern_goes(
    vault: Vault, concern_id: UUID, person_id: UUID
) -> None:
    a_full_concern(vault, concern_id, person_id)
    other = raise_about(vault, add_person(vault, "Iolo Prys"))
    erasure_id = erase_person(vault, person_id, "retention", ("safeguarding",))[0].erasure_id
    assert count(vault, Concern) == [2]  # it waits for a lead
    decide_part(vault, "safeguarding", erasure_id)
    assert count(vault, Concern, Entry, Action, PersonLink, SafeguardingDocument) == [1, 1, 0, 0, 0]
    with vault.read() as db:
        assert [check.whole for check in service.verify_records(db, [other])] == [True]


def test_what_waits_for_a_lead_stands_on_their_today_without_the_name(
    vault: Vault, concern_id: UUID, person_id: UUID
) -> None:
    with vault.read() as db:
        assert due_safeguarding_erasures(db, JUNE) == []
    erasure_id = erase_person(vault, person_id, "retention", ("safeguarding",))[0].erasure_id
    with vault.read() as db:
        (task,) = safeguarding_erasure_tasks(db)
        (due,) = due_safeguarding_erasures(db, JUNE)
    assert (task.erasure_id, task.who, bool(task.outcome.changed)) == (erasure_id, NAME, True)
    assert (due.text, due.due_on) == ("1 erasure waits for your decision", date(2026, 5, 6))
    lead(vault, decide_safeguarding_part, erasure_id, "claim")
    with vault.read() as db:
        assert (safeguarding_erasure_tasks(db), due_safeguarding_erasures(db, JUNE)) == ([], [])
    assert count(vault, Concern) == [1]  # kept, with a reason
