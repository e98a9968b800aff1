"""What those see who are no lead, and what stands on Today."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.plugins.conftest import Window
from tests.plugins.safeguarding.conftest import NOW, lead
from tests.plugins.safeguarding.screens import fill, texts
from therapydesk.api import Link, today
from therapydesk.core import dates
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import service
from therapydesk.plugins.safeguarding.ui.care_card import CareCard
from therapydesk.plugins.safeguarding.ui.safeguarding_card import SafeguardingCard
from therapydesk.plugins.safeguarding.ui.safeguarding_page import RAISED, SafeguardingPage
from therapydesk.testing import sign_in
from therapydesk.ui.kit.cards import CardRow
from therapydesk.ui.kit.links import LinkLabel


def test_who_raised_sees_number_and_state_and_neither_person_nor_text(
    window: Window, vault: Vault, open_page: Any, concern_id: UUID
) -> None:
    listed: SafeguardingPage = open_page(SafeguardingPage(window.desk))
    listed.parts.choose(RAISED)
    listed.show_part(RAISED)
    listed._refresh_now()
    cells = [listed.table.model.cell(0, n) for n in range(listed.table.model.columnCount())]
    said = [c.text for c in cells if c is not None]
    assert said == ["Concern 1", "Wed 6 May, 15:59", "Sent"]
    listed.table.opened.emit(listed.table.model.row(0))
    assert "Concern 1 is sealed." in listed.messages.text()


@pytest.mark.parametrize("role", ["admin", "link_worker", "therapist", "auditor"])
def test_others_have_what_they_raised_and_no_list_of_concerns(
    role: str, window: Window, vault: Vault, open_page: Any, concern_id: UUID
) -> None:
    desk = sign_in(window.desk, "Nia Bevan", role)
    listed: SafeguardingPage = open_page(SafeguardingPage(desk))
    assert not listed.parts.isVisible()
    assert listed.table.row_count() == 0
    assert "Margaret-Anne" not in " ".join(texts(listed))
    listed.open_ref(Link("safeguarding.safeguarding", concern_id, ("open",)))
    assert listed.record is None
    assert listed.messages.rank == "warn"


def test_today_tells_a_lead_what_is_due_without_names(
    window: Window, vault: Vault, open_page: Any, concern_id: UUID
) -> None:
    lead(
        vault,
        service.add_action,
        concern_id,
        service.NewAction("Ring Iolo", NOW + timedelta(hours=2), None, "Me"),
    )
    card = SafeguardingCard(window.desk)
    card.show()
    rows = [row.accessibleName() for row in card.findChildren(CardRow)]
    assert [row.split(",")[0] for row in rows] == ["Act on concern 1", "Decide on concern 1"]
    assert "Iolo" not in " ".join(rows)
    assert "Margaret" not in " ".join(rows)
    card.findChildren(CardRow)[0].click()
    assert window.links == [Link("safeguarding.safeguarding", concern_id, ("open",))]
    card.deleteLater()


def test_others_see_the_notice_and_nothing_else(
    window: Window, vault: Vault, open_page: Any, person_id: UUID, concern_id: UUID
) -> None:
    card: CareCard = open_page(CareCard(window.desk, person_id))
    card.tell()
    fill(text="Speak to Ruth before a visit")
    desk = sign_in(window.desk, "Nia Bevan", "therapist")
    other: CareCard = open_page(CareCard(desk, person_id))
    shown = texts(other)
    assert "Speak to Ruth before a visit" in shown
    assert not any("Derek" in text or "Concern" in text for text in shown)
    assert other.findChild(LinkLabel, "tell") is None


def test_a_note_on_safety_is_looked_at_again_kept_or_ended(
    window: Window, vault: Vault, open_page: Any, person_id: UUID
) -> None:
    card: CareCard = open_page(CareCard(window.desk, person_id))
    card.add_note()
    fill(kind="animals", text="A large dog", review="in 3 days")
    with vault.read() as db:
        note = service.list_risk_notes(db, [person_id])[0]
    dates.set_clock(lambda: NOW + timedelta(days=4))
    card.refresh()
    assert any("to be looked at again since" in text for text in texts(card))
    card._keep(note.id, False)
    with vault.read() as db:
        assert service.list_risk_notes(db, [person_id])[0].review_on > today()
    card._end(note.id, False)
    card.refresh()
    assert "Nothing to take care of." in texts(card)


@pytest.mark.parametrize("role", ["owner", "admin", "link_worker", "therapist", "auditor"])
def test_everybody_has_the_way_to_raise_on_today_and_no_lead_rows(
    role: str, window: Window, qtbot: Any, concern_id: UUID
) -> None:
    desk = sign_in(window.desk, "Nia Bevan", role)
    card = SafeguardingCard(desk)
    qtbot.addWidget(card)
    card.show()
    assert card.findChildren(CardRow) == []
    next(b for b in card.findChildren(LinkLabel) if b.text() == "Raise a concern").click()
    assert window.links == [Link("safeguarding.raise")]


def test_a_lead_without_the_key_is_told_who_can_give_it(window: Window, open_page: Any) -> None:
    desk = sign_in(window.desk, "Dele Adeyemi", "lead")
    listed: SafeguardingPage = open_page(SafeguardingPage(desk))
    assert "the key has not been given to you yet" in listed.messages.text()
    assert not listed.parts.isVisible()
