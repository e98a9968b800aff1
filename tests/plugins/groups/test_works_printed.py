"""A programme that went out, and somebody who does not agree any more after that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.plugins.groups.conftest import Choir
from tests.plugins.groups.test_works import agree, make, maker, withdraw
from therapydesk.api import today
from therapydesk.plugins.groups import works_events, works_printed
from therapydesk.plugins.groups.ui.event_page import EventPage
from therapydesk.plugins.groups.works_events import EventDetails, Item
from therapydesk.plugins.groups.works_printed import Withdrawn
from therapydesk.records.erasure import erase_person
from therapydesk.testing import desk_at, open_page
from therapydesk.ui.kit.printing import PrintWindow

__all__ = ["open_page"]


@pytest.fixture
def event(choir: Choir) -> UUID:
    """A concert next week: Ann made a work and agrees, Bea performs under her name and agrees, Cai is not asked."""
    for name in ("Ann Price", "Bea Lloyd", "Cai Pugh"):
        choir.join(name)
    for name in ("Ann Price", "Bea Lloyd"):
        agree(choir, name)
    work = make(choir, "Our river", [maker(choir, "Ann Price", "none")])
    performers = (maker(choir, "Bea Lloyd", "name"), maker(choir, "Cai Pugh", "name"))
    details = EventDetails(
        "Concert", today() + timedelta(7), performers=performers, items=(Item(work_id=work),)
    )
    made = choir.do(works_events.save_event, details)
    assert isinstance(made, UUID)
    return made


def gone(choir: Choir, event: UUID) -> list[Withdrawn]:
    with choir.vault.read() as db:
        return works_printed.withdrawn_since(db, event)


def due(choir: Choir) -> list[str]:
    with choir.vault.read() as db:
        return [item.text for item in works_printed.due(db, today())]


def test_who_stood_in_it_and_does_not_agree_any_more_is_told_until_it_is_made_anew(
    choir: Choir, event: UUID
) -> None:
    withdraw(choir, "Bea Lloyd")
    assert (gone(choir, event), due(choir)) == ([], [])  # nothing had gone out
    agree(choir, "Bea Lloyd")
    choir.do(works_printed.record_printed, event)
    assert (gone(choir, event), due(choir)) == ([], [])  # everybody in it agrees; Cai does not stand in it
    withdraw(choir, "Bea Lloyd")
    withdraw(choir, "Ann Price")  # her name is not in it, but her work is
    assert [(each.name, each.made_on) for each in gone(choir, event)] == [
        ("Ann Price", today()),
        ("Bea Lloyd", today()),
    ]
    assert due(choir) == ["Concert: take the printed programme back, somebody does not agree any more"]
    choir.do(works_printed.record_printed, event)
    assert (gone(choir, event), due(choir)) == ([], [])


def test_when_it_is_over_nothing_is_due_any_more(choir: Choir, event: UUID) -> None:
    choir.do(works_printed.record_printed, event)
    withdraw(choir, "Bea Lloyd")
    with choir.vault.read() as db:
        details = works_events.get_event(db, event).details
    choir.do(works_events.save_event, replace(details, on_day=today() - timedelta(1)), event)
    assert due(choir) == []
    assert len(gone(choir, event)) == 1


def test_an_erased_person_and_a_removed_performance_leave_nothing_behind(choir: Choir, event: UUID) -> None:
    choir.do(works_printed.record_printed, event)
    for name in ("Ann Price", "Bea Lloyd"):
        withdraw(choir, name)
    choir.do(works_events.save_event, EventDetails("Concert", today(), performers=()), event)
    erase_person(choir.vault, choir.people["Ann Price"], "request")
    assert [each.name for each in gone(choir, event)] == ["Bea Lloyd"]
    choir.do(works_events.remove_event, event)
    assert gone(choir, event) == []


def test_the_page_says_it_and_printing_anew_settles_it(
    choir: Choir, event: UUID, plugins: Any, tmp_path: Any, open_page: Callable[..., Any]
) -> None:
    with desk_at(choir.vault, plugins, tmp_path) as desk:
        page = open_page(EventPage(desk, event))
        print_it(page)
        withdraw(choir, "Bea Lloyd")
        page.refresh()
        assert "does not agree any more: Bea Lloyd. Take it back" in page.messages.text()
        window = show(page)
        window.reject()  # looked at, and not printed
        page.refresh()
        assert page.messages.text()
        print_it(page)
        assert not page.messages.text()
    assert gone(choir, event) == []


def show(page: EventPage) -> PrintWindow:
    page.print_page()
    return page.findChildren(PrintWindow)[-1]


def print_it(page: EventPage) -> None:
    show(page).accept()
