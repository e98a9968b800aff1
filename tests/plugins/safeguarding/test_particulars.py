"""A person's own copy has all that was recorded of them, in words: nothing stays behind as a code in one column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.plugins.safeguarding.conftest import NOW, lead
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import answers, service
from therapydesk.plugins.safeguarding.actions import NewAction
from therapydesk.plugins.safeguarding.liaising import Liaison
from therapydesk.plugins.safeguarding.plans import Plan, SafetyPlan
from therapydesk.plugins.safeguarding.recording import Mark, Wishes

SOON = NOW.date() + timedelta(days=30)
WISHES = Wishes("yes_none", "overridden", "lacks", "family", "Moving out", "Others are at risk")
SAFETY = SafetyPlan(
    "partly",
    NOW.date(),
    ["Sleeps badly"],
    ["Her sister"],
    ["A walk"],
    ["The warden"],
    "My way.",
    "Nurse Ode",
    SOON,
)
TALK = Liaison("Police", "What now?", "PC Hughes", "writing", "Ring us", "REF-77", names_given=False)
MARK = Mark("back", 0.25, 0.5, "A bruise", "3 cm", "yellow")


def copy_of(vault: Vault, person_id: UUID) -> str:
    """The file of the one concern about somebody."""
    with vault.read() as db:
        (item,) = answers.extras(db, person_id)
    return item.content.decode()


RECORDED: list[tuple[Callable[..., Any], Any, list[str]]] = [
    (
        service.record_wishes,
        WISHES,
        [
            "Yes, and wanted nothing",
            "Told others without agreement",
            "Lacks capacity for this decision",
            "Family or a friend",
            "Moving out",
            "Others are at risk",
        ],
    ),
    (
        service.make_safety_plan,
        SAFETY,
        [
            "Partly",
            "Sleeps badly",
            "Her sister",
            "A walk",
            "The warden",
            "My way.",
            "Nurse Ode",
            "Looked at again on",
        ],
    ),
    (
        service.add_liaison,
        TALK,
        ["Police", "What now?", "PC Hughes", "In writing", "Ring us", "REF-77", "without names"],
    ),
    (service.add_mark, MARK, ["Back", "25", "50", "A bruise", "3 cm", "yellow"]),
]


@pytest.mark.parametrize(("work", "what", "words"), RECORDED, ids=lambda v: getattr(v, "__name__", ""))
def test_the_copy_says_what_was_recorded(
    vault: Vault, concern_id: UUID, person_id: UUID, work: Callable[..., Any], what: Any, words: list[str]
) -> None:
    lead(vault, work, concern_id, what)
    text = copy_of(vault, person_id)
    assert [word for word in words if word not in text] == []


def test_the_copy_has_the_steps_of_a_plan(vault: Vault, concern_id: UUID, person_id: UUID) -> None:
    step = NewAction("Change the lock", NOW + timedelta(days=2), owner_name="The landlord")
    lead(vault, service.make_plan, concern_id, Plan("Safe at home", [step], SOON, "The tenant"))
    text = copy_of(vault, person_id)
    assert "Steps: Change the lock" in text
    assert "Made with: The tenant" in text


def test_the_copy_has_how_it_ended(vault: Vault, concern_id: UUID, person_id: UUID) -> None:
    lead(vault, service.decide, concern_id, "no_action", "Small.")
    outcome = service.Outcome("Card is back.", "yes_given", "partly", "reduced", "known", "advocate")
    lead(vault, service.close_concern, concern_id, outcome)
    text = copy_of(vault, person_id)
    wanted = ["Card is back.", "Partly met", "The risk is less", "Somebody they know", "An advocate"]
    assert [word for word in wanted if word not in text] == []
