from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

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
