"""The hands at work: one act after the other on whatever lies in front, until the time is over."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from weakref import WeakKeyDictionary

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QMenu, QPushButton, QWidget
from shiboken6 import isValid

from tests.hands.acts import Acts
from tests.hands.faults import Faults, alive, no_longer_watched
from therapydesk.ui.shell.unlock import UnlockPage

HARMLESS = (
    "HelpWindow",
    "ShortcutsWindow",
    "AboutDialog",
    "RecoverDialog",
    "QMenu",
    "QTipLabel",
    "QComboBoxPrivateContainer",
)
PAUSE = 12  # milliseconds between two acts
LONG_OPEN = 40  # acts in one dialog after which it is left
NEVER_SHUT = 800  # acts after which a dialog counts as one that cannot be left
PATIENCE = 50  # times that dialogs are left one by one at the end
AWAY = 400  # acts without a desk after which the way back is taken


class RandomHands:
    """Works in these windows. `secret` is everybody's passphrase, `home` brings the unlock page back."""

    def __init__(
        self,
        windows: Callable[[], Sequence[QMainWindow]],
        acts: Acts,
        rng: random.Random,
        faults: Faults,
        secret: str = "",
        users: Sequence[str] = (),
        home: Callable[[], object] = lambda: None,
    ) -> None:
        self._windows, self._acts, self._rng, self._faults = windows, acts, rng, faults
        self._secret, self._users, self._home = secret, users, home
        self._end, self._most, self._depth = 0.0, 0, 0
        self._loop = QEventLoop()
        self._times: WeakKeyDictionary[QWidget, int] = WeakKeyDictionary()
        self._away = self._leaving = 0

    def work(self, seconds: float, most: int = 1_000_000) -> None:
        """Act until the time is over or so many acts are done, then leave every dialog."""
        self._end, self._most = time.monotonic() + seconds, self._faults.done + most
        QTimer.singleShot(0, self._next)
        self._loop.exec()
        no_longer_watched()

    def _next(self) -> None:
        """One act. The next one is arranged before it, as a menu or a question may be a loop of its own inside."""
        QTimer.singleShot(PAUSE, self._next)
        alive()
        if time.monotonic() > self._end or self._faults.done >= self._most:
            self._leave()
            return
        before, began, worked = self._faults.done, time.monotonic(), time.thread_time()
        self._depth += 1
        try:
            self._once()
        except RuntimeError as error:  # what was pressed is gone, as it may be
            if "already deleted" not in str(error):
                raise
        finally:
            self._depth -= 1
        if self._faults.done == before:
            self._faults.done += 1  # nothing there to be acted on
        elif self._faults.done == before + 1:  # no others inside it
            self._faults.took(time.monotonic() - began, time.thread_time() - worked)

    def _once(self) -> None:
        top = self._front()
        if self._stays(top):
            return
        page = top.centralWidget() if isinstance(top, QMainWindow) else None
        if isinstance(page, UnlockPage):
            self._locked(page)
            return
        self._acts.act(top)

    def _front(self) -> QWidget:
        front = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if front is not None:
            return front
        windows = self._windows()
        for window in windows:
            if not window.isVisible():
                window.show()
        others = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w not in windows]
        if others and self._rng.random() < 0.7:
            return self._rng.choice(others)
        return self._rng.choice(windows)

    def _stays(self, top: QWidget) -> bool:
        """Leave what was in front for long; whether this was done now."""
        if isinstance(top, QMainWindow):
            self._away = 0 if getattr(top, "view", None) is not None else self._away + 1
            if self._away > AWAY:
                self._away = 0
                self._faults.note("the way back")
                self._home()
                return True
            return False
        self._times[top] = times = self._times.get(top, 0) + 1
        if times > NEVER_SHUT:
            self._faults.add(f"{type(top).__name__} {top.windowTitle()!r} cannot be left")
            top.hide()
            return True
        if times > LONG_OPEN and self._rng.random() < 0.3:
            self._faults.note(f"leave {type(top).__name__} {top.windowTitle()!r}")
            _shut(top)
            return True
        return False

    def _locked(self, page: UnlockPage) -> None:
        """Nothing of the practice is in view; after a while somebody unlocks."""
        for stray in QApplication.topLevelWidgets():
            if (
                stray.isVisible()
                and not isinstance(stray, QMainWindow)
                and type(stray).__name__ not in HARMLESS
            ):
                self._faults.add(f"{type(stray).__name__} {stray.windowTitle()!r} is shown while locked")
                stray.hide()
        if not page.button.isEnabled() or not self._secret or self._rng.random() < 0.5:
            return  # work, or somebody who takes their time
        user = self._rng.choice(self._users) if self._users else page.user.currentText()
        self._faults.note(f"unlock as {user}")
        page.user.setCurrentText(user)
        page.passphrase.setText(self._secret if self._rng.random() < 0.97 else "wrong")
        page._unlock()

    def _leave(self) -> None:
        """Every menu and dialog is left, and then the loop."""
        front = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        self._leaving += 1
        if front is not None and self._leaving > PATIENCE:
            front.hide()  # it asks whether what is typed shall be lost, again and again
        elif front is not None:
            _shut(front)
        elif self._depth == 0:
            self._loop.quit()


def _shut(top: QWidget) -> None:
    if not isValid(top):
        return
    if isinstance(top, QMenu):
        top.close()
    elif isinstance(top, QDialog):
        for button in top.findChildren(QPushButton):
            if button.text() == "Leave without saving" and button.isVisible():
                button.click()
                return
        top.reject()
    else:
        top.close()
