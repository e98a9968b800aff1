"""When the vault locks by itself, and the warning ahead of it (ux.md §6.6)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from therapydesk.ui.shell.lock_watch import LockWatch
from therapydesk.ui.shell.status_bar import StatusBar


class Minutes:
    lock_minutes = 5


class Watched:
    """A watch whose ticks the test makes, and what it said."""

    def __init__(self, app: QApplication) -> None:
        self.settings, self.locks, self.warnings = Minutes(), 0, list[int]()
        self.watch = LockWatch(app, self.settings, self._lock, self.warnings.append)
        self.watch._tick.setInterval(1_000_000)

    def _lock(self) -> None:
        self.locks += 1

    def idle(self, seconds: float) -> None:
        """A tick when nothing was typed for so long; the machine did not sleep."""
        now = self.watch._last_input + seconds
        self.watch._monotonic = now - 1
        self.watch.check(now, self.watch._wall + 1)


@pytest.fixture
def watched(qapp: QApplication) -> Iterator[Watched]:
    made = Watched(qapp)
    yield made
    if made.watch.watching:
        made.watch.stop()


def test_it_warns_sixty_seconds_ahead_and_locks_at_the_end(watched: Watched) -> None:
    watched.idle(239)
    assert watched.warnings == []
    watched.idle(240)
    watched.idle(260.5)
    watched.idle(299)
    assert (watched.warnings, watched.locks) == ([60, 40, 1], 0)
    watched.idle(300)
    assert watched.locks == 1


def test_with_one_minute_the_warning_comes_after_half_of_it(watched: Watched) -> None:
    watched.settings.lock_minutes = 1
    watched.idle(29)
    watched.idle(30)
    assert watched.warnings == [30]


@pytest.mark.parametrize("kind", ["key", "press", "move"])
def test_any_input_keeps_it_unlocked(watched: Watched, qtbot: QtBot, kind: str) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    watched.watch._last_input -= 250
    watched.watch._tick_passed()
    assert 45 < watched.warnings[-1] <= 50
    here, button = QPointF(QPoint(1, 1)), Qt.MouseButton.LeftButton
    events: dict[str, QEvent] = {
        "key": QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Shift, Qt.KeyboardModifier.NoModifier),
        "press": QMouseEvent(
            QEvent.Type.MouseButtonPress, here, here, button, button, Qt.KeyboardModifier.NoModifier
        ),
        "move": QMouseEvent(
            QEvent.Type.MouseMove, here, here, Qt.MouseButton.NoButton, Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        ),
    }  # fmt: skip
    QApplication.sendEvent(widget.windowHandle(), events[kind])  # as the desktop does
    assert watched.warnings[-1] == 0
    watched.watch.check()
    assert (watched.warnings[-1], watched.locks) == (0, 0)


def test_more_minutes_chosen_meanwhile_take_the_warning_back(watched: Watched) -> None:
    watched.idle(250)
    watched.settings.lock_minutes = 15
    watched.idle(251)
    assert watched.warnings == [50, 0]


@pytest.mark.parametrize(("monotonic", "wall"), [(31, 1), (1, 31)])
def test_a_gap_in_either_clock_means_that_the_machine_slept(
    watched: Watched, monotonic: float, wall: float
) -> None:
    watched.watch.check(watched.watch._monotonic + monotonic, watched.watch._wall + wall)
    assert (watched.locks, watched.warnings) == (1, [])


def test_stopping_takes_the_warning_away_and_is_told(watched: Watched) -> None:
    watched.idle(250)
    watched.watch.stop()
    assert (watched.warnings[-1], watched.watch.watching) == (0, False)


def test_the_status_bar_says_how_long_and_its_button_stays_unlocked(watched: Watched, qtbot: QtBot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.show()
    bar.stay_wanted.connect(watched.watch.stay)
    watched.watch._warn = bar.warn_lock
    assert not bar.stay.isVisible()
    watched.idle(258)
    assert bar.lock_words.text() == "Locks in 42 seconds. Drafts are kept."
    assert bar.stay.isVisible()
    bar.stay.click()  # as a screen reader presses it: there is no input
    assert not bar.stay.isVisible()
    assert watched.locks == 0


def test_what_is_copied_from_a_field_is_kept_out_of_histories_and_goes_after_thirty_seconds(
    watched: Watched, qtbot: QtBot
) -> None:
    field = QLineEdit("Carys Bowen")
    qtbot.addWidget(field)
    field.show()
    field.selectAll()
    field.copy()
    clipboard = QGuiApplication.clipboard()
    qtbot.waitUntil(lambda: clipboard.mimeData().hasFormat("x-kde-passwordManagerHint"))
    assert clipboard.text() == "Carys Bowen"
    assert bytes(clipboard.mimeData().data("x-kde-passwordManagerHint").data()) == b"secret"
    assert watched.watch._clip.interval() == 30_000
    watched.watch._clip.setInterval(0)
    qtbot.waitUntil(lambda: clipboard.text() == "")


def test_what_somebody_else_put_there_meanwhile_stays(watched: Watched, qtbot: QtBot) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("Carys Bowen")
    watched.watch._copied = "Carys Bowen"
    clipboard.dataChanged.disconnect(watched.watch._on_copy)
    clipboard.setText("of another program")
    clipboard.dataChanged.connect(watched.watch._on_copy)
    watched.watch.clear_clipboard()
    assert clipboard.text() == "of another program"
    clipboard.clear()


def test_the_warning_is_spoken_once(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    from therapydesk.ui.kit import messages

    said: list[str] = []
    monkeypatch.setattr(messages, "announce", lambda _widget, text, **_more: said.append(text))
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.show()
    for seconds in (60, 59, 58, 0, 60):
        bar.warn_lock(seconds)
    assert len(said) == 2
