from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from therapydesk.api import Card as Offered
from therapydesk.api import DueItem
from therapydesk.testing import open_page
from therapydesk.ui.kit.cards import Card, CardRow
from therapydesk.ui.shell import dashboard
from therapydesk.ui.shell.dashboard import TodayPage

__all__ = ["open_page"]


class _Made(Card):
    """A card that makes its rows anew each time it is read, as those of the modules do."""

    def __init__(self, title: str, *names: str) -> None:
        super().__init__(title)
        self._names = names
        self.refresh()

    def refresh(self) -> None:
        """Make the rows."""
        rows = [CardRow(name, on_open=lambda: None) for name in self._names]
        self.show_rows(rows, len(rows), lambda: None)


def _named(widget: QWidget | None) -> str:
    return widget.accessibleName() if widget is not None else ""


def test_focus_and_tab_order_follow_the_rows_though_they_are_made_anew(
    sign_in: Callable[[str], Any], open_page: Callable[..., Any]
) -> None:
    page = TodayPage(sign_in("Ruth Mallory"))
    page._making.finish()
    for column, card in zip(
        page._columns, (_Made("Sessions", "Carys", "Kit"), _Made("Notes", "Pearl")), strict=True
    ):
        column.insertWidget(0, card)
    open_page(page)
    page.refresh()
    QApplication.processEvents()  # what is new is shown
    page.focus_first()
    assert _named(page.focusWidget()) == "Carys"
    seen = []
    for _stop in range(3):
        held = page.focusWidget()
        seen.append(_named(held))
        page.focusNextChild()
    assert seen == ["Carys", "Kit", "Pearl"]
    page._stops()[1].setFocus()
    page.refresh()
    assert _named(page.focusWidget()) == "Kit"


def test_what_is_due_is_read_beside_the_window(
    sign_in: Callable[[str], Any],
    open_page: Callable[..., Any],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = sign_in("Ruth Mallory")
    threads = []

    def look(db: Any, day: Any) -> list[DueItem]:
        threads.append(threading.current_thread())
        return [DueItem("Review Carys", day)]

    monkeypatch.setattr(dashboard, "due_on_records", look)
    page = open_page(TodayPage(desk))
    qtbot.waitUntil(lambda: any("Review Carys" in _named(row) for row in page.findChildren(CardRow)))
    assert threading.main_thread() not in threads


def test_cards_are_made_one_after_the_other_in_their_order_and_then_the_focus_goes_where_it_was_wanted(
    sign_in: Callable[[str], Any],
    open_page: Callable[..., Any],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cards = [Offered(f"card.{n}", f"Card {n}", "people.read", lambda _desk: None, column=0) for n in range(4)]
    monkeypatch.setattr(TodayPage, "_cards", lambda _page: cards)
    desk = sign_in("Ruth Mallory")
    monkeypatch.setattr(desk.plugins, "build", lambda card, _desk: _Made(card.title, f"Row of {card.title}"))
    page = open_page(TodayPage(desk))
    seen: list[int] = []

    def make(card: Offered) -> None:
        seen.append(len(page.findChildren(_Made)))
        page._add_card(card)

    page._making.begin([partial(make, card) for card in cards])
    page.focus_first()
    assert page.focusWidget() is None or not _named(page.focusWidget()).startswith("Row")
    qtbot.waitUntil(lambda: not page._making.busy)
    before = seen[0]
    assert seen == [before, before + 1, before + 2, before + 3]
    titles = [row for row in map(_named, page._stops()) if row.startswith("Row")]
    assert titles == sorted(titles)
    qtbot.waitUntil(lambda: _named(page.focusWidget()).startswith("Row of Card 0"))


def test_a_vault_that_is_locked_while_cards_are_made_blames_no_module(sign_in: Callable[[str], Any]) -> None:
    desk = sign_in("Ruth Mallory")
    page = TodayPage(desk)
    desk.vault.lock()
    page._making.finish()
    assert not page.messages.isVisibleTo(page)
