"""Healthy conversations and signposts stand beside a session when such modules are there; else nothing is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.plugins.groups import care_modules
from tests.plugins.groups.conftest import Choir, once_read
from therapydesk.api import Link
from therapydesk.built_in import BUILT_IN
from therapydesk.core.plugins import Found, Plugins, load_all
from therapydesk.plugins.groups import hub_day, service
from therapydesk.plugins.groups.service import GroupDetails
from therapydesk.plugins.groups.ui.after_page import AfterPage
from therapydesk.plugins.groups.ui.hub_page import HubPage
from therapydesk.testing import desk_at, host_with, open_page
from therapydesk.ui.kit.links import LinkLabel
from therapydesk.ui.kit.record_facts import RecordFacts

__all__ = ["open_page"]


@pytest.fixture(params=["after", "hub"])
def day(request: pytest.FixtureRequest, choir: Choir) -> tuple[type[AfterPage] | type[HubPage], UUID]:
    """A page that such modules may stand on, and its session."""
    if request.param == "hub":
        choir.do(service.save_group, GroupDetails("Tuneful Wednesdays", shape="hub"), choir.group_id)
        (session,) = choir.book()
        choir.do(hub_day.open_day, session)
        return HubPage, session
    choir.join("Maggie Lloyd")
    (session,) = choir.book()
    choir.hold(session)
    return AfterPage, session


def offers(page: Any) -> dict[str, LinkLabel]:
    (card,) = page.findChildren(RecordFacts)
    return {} if card.isHidden() else {each.text(): each for each in card.findChildren(LinkLabel)}


def test_what_other_modules_offer_is_followed_by_link(
    choir: Choir, day: tuple[Any, UUID], tmp_path: Path, open_page: Any
) -> None:
    host = load_all(BUILT_IN, {}, (), contrib=False)
    host.load([], [Found("care", care_modules.__name__, "care", "1.0", "Somebody", "d")])
    kind, session = day
    with desk_at(choir.vault, host, tmp_path) as desk:
        links: list[Link] = []
        object.__setattr__(desk, "open_link", links.append)
        found = offers(once_read(open_page(kind(desk, session))))
        assert {"Write down a healthy conversation", "Give a signpost"} <= set(found)
        found["Give a signpost"].clicked.emit()
    assert links == [Link("care.signposts", None, ("for", str(session)))]


def test_without_them_nothing_is_offered_and_nothing_is_missing(
    choir: Choir, day: tuple[Any, UUID], tmp_path: Path, open_page: Any
) -> None:
    alone: Plugins = host_with("groups")
    kind, session = day
    with desk_at(choir.vault, alone, tmp_path) as desk:
        page = once_read(open_page(kind(desk, session)))
        assert offers(page) == {}
        assert page.messages.text() == ""
