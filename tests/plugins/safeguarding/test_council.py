"""The council's own clocks: dates for information, which never become something that we have to do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtWidgets import QCheckBox

from tests.plugins.safeguarding.conftest import NOW, lead, raise_about
from tests.plugins.safeguarding.screens import read, texts
from therapydesk.api import to_local
from therapydesk.core import dates
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import packs, service
from therapydesk.plugins.safeguarding.chain import When
from therapydesk.plugins.safeguarding.council import CouncilTime
from therapydesk.plugins.safeguarding.ui.concern_page import ConcernPage
from therapydesk.records.practice import put_setting

CHILD = service.Weighed("child", ["child", "harm"], ["neglect"])
HEARD = service.Liaison(
    "Children’s social care", "What was said?", when=When(date(2026, 5, 5)), strategy=True
)


@pytest.fixture
def child(vault: Vault, concern_id: UUID) -> UUID:
    """A concern about a child."""
    lead(vault, service.weigh_up, concern_id, CHILD)
    return concern_id


def times(vault: Vault, concern_id: UUID) -> dict[str, CouncilTime]:
    return {each.id: each for each in read(vault, concern_id).council}


def day_of(time: CouncilTime) -> date:
    return to_local(time.until).date()


def test_the_times_of_the_domain_paper_are_in_englands_pack_and_marked_as_nobody_looked_them_up() -> None:
    clocks = packs.pack("england").pathway("child").council
    found = {c.id: (c.after, c.amount, c.unit) for c in clocks}
    assert found == {
        "decide": ("refer_child", 1, "working_days"),
        "assess": ("refer_child", 45, "working_days"),
        "conference": ("strategy", 15, "working_days"),
    }
    assert {(c.source, c.confirmed) for c in clocks} == {("general knowledge, not looked up", False)}
    assert all("{when}" in c.text and "{when}" in c.over for c in clocks)
    assert packs.pack("england").pathway("adult").council == ()


@pytest.mark.parametrize("nation", packs.NATIONS[1:])
def test_no_other_nation_borrows_them(vault: Vault, person_id: UUID, nation: str) -> None:
    assert all(way.council == () for way in packs.pack(nation).pathways)
    with vault.write("core") as db:
        put_setting(db, "practice.nation", nation)
    concern_id = raise_about(vault, person_id)
    lead(vault, service.weigh_up, concern_id, CHILD)
    lead(vault, service.add_liaison, concern_id, HEARD)
    assert times(vault, concern_id) == {}
    assert not packs.asks_strategy(nation, "child")


def test_from_a_referral_on_the_council_has_a_working_day_and_forty_five(vault: Vault, child: UUID) -> None:
    assert times(vault, child) == {}
    lead(vault, service.decide, child, "refer_child", "Likely significant harm.")
    found = times(vault, child)
    assert set(found) == {"decide", "assess"}
    assert day_of(found["decide"]) == date(2026, 5, 7)
    # 45 working days after Wednesday 6 May, of which Monday 25 May is none: nine weeks and a day
    assert day_of(found["assess"]) == date(2026, 7, 9)
    assert "has until" in found["assess"].text


def test_they_are_never_ours_to_do(vault: Vault, child: UUID) -> None:
    lead(vault, service.decide, child, "refer_child", "Likely significant harm.")
    lead(vault, service.add_liaison, child, HEARD)
    view = read(vault, child)
    clocks = {c.text for c in packs.pack("england").decision("refer_child").clocks}
    assert {a.text for a in view.actions} == clocks
    with vault.read() as db:
        assert {a.text for a in service.list_actions(db)} == clocks
    assert len(view.council) == 3


def test_from_a_strategy_discussion_on_it_has_fifteen_until_the_conference(vault: Vault, child: UUID) -> None:
    entry = lead(vault, service.add_liaison, child, HEARD)
    (found,) = times(vault, child).values()
    # 15 working days after Tuesday 5 May, of which Monday 25 May is none: three weeks and a day
    assert (found.id, day_of(found)) == ("conference", date(2026, 5, 27))
    lead(vault, service.withdraw_entry, entry, "It was another child.")
    assert times(vault, child) == {}


def test_a_talk_that_was_none_starts_nothing(vault: Vault, child: UUID) -> None:
    lead(vault, service.add_liaison, child, service.Liaison("Police", "What now?"))
    assert times(vault, child) == {}


def test_what_has_passed_says_so_and_a_closed_concern_says_nothing(vault: Vault, child: UUID) -> None:
    lead(vault, service.decide, child, "refer_child", "Harm.", leave_out=["ring", "confirm", "chase"])
    dates.set_clock(lambda: NOW + timedelta(days=2))
    found = times(vault, child)
    assert "had until" in found["decide"].text
    assert "has until" in found["assess"].text
    lead(vault, service.close_concern, child, service.Outcome("Done.", "no", "fully", "removed", "known"))
    assert times(vault, child) == {}


def test_a_second_referral_counts_anew(vault: Vault, child: UUID) -> None:
    lead(vault, service.decide, child, "refer_child", "Harm.")
    dates.set_clock(lambda: datetime(2026, 6, 1, 9, tzinfo=UTC))
    lead(vault, service.decide, child, "refer_child", "Again.")
    assert day_of(times(vault, child)["decide"]) == date(2026, 6, 2)


def test_the_page_shows_them_apart_and_unconfirmed(page: ConcernPage, vault: Vault, concern_id: UUID) -> None:
    assert "The council’s own times" not in texts(page)
    lead(vault, service.weigh_up, concern_id, CHILD)
    lead(vault, service.decide, concern_id, "refer_child", "Likely significant harm.")
    page._refresh_now()
    page._making.finish()
    said = texts(page)
    assert "The council’s own times" in said
    assert "The council has until Thu 9 Jul 2026 to finish its assessment. (not confirmed)" in said
    assert any("these are not your dates" in text for text in said)


def test_whether_it_was_the_strategy_discussion_is_asked_of_a_child_only(
    page: ConcernPage, vault: Vault, concern_id: UUID
) -> None:
    def asked() -> Any:
        dialog = page.work.talk()
        found = [box for box in dialog.findChildren(QCheckBox) if "strategy" in box.text()]
        dialog.reject()
        return len(found)

    assert asked() == 0
    lead(vault, service.weigh_up, concern_id, CHILD)
    page._refresh_now()
    assert asked() == 1
