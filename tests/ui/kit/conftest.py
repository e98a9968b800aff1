from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from therapydesk.ui.kit import looks, messages, style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.jobs import Runner


@pytest.fixture(autouse=True)
def themed(qapp: QApplication) -> Iterator[None]:
    looks.apply_theme(qapp, style.Theme.LIGHT)
    yield
    messages.undo_list.clear()
    QGuiApplication.clipboard().clear()  # what Python copied must be gone before Python is
    if style.current_theme() is not style.Theme.LIGHT or style.text_scale() != 1.0:
        looks.apply_theme(qapp, style.Theme.LIGHT)


@pytest.fixture
def runner(qapp: QApplication) -> Iterator[Runner]:
    made = Runner()
    yield made
    made.wait_idle()
    made.close()


@pytest.fixture
def desk(runner: Runner) -> Desk:
    nothing = SimpleNamespace()
    return Desk(nothing, nothing, nothing, nothing, runner, nothing, lambda link: None)


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """What a screen reader is told: text, and whether it interrupts."""
    heard: list[tuple[str, bool]] = []

    def hear(event: QAccessibleAnnouncementEvent) -> None:
        assertive = event.politeness() == QAccessible.AnnouncementPoliteness.Assertive
        heard.append((event.message(), assertive))

    monkeypatch.setattr(QAccessible, "updateAccessibility", staticmethod(hear))
    return heard
