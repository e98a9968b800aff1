"""Hands on the keyboard and the mouse of a running window. What they do is counted as it is sent.

A key press that is not text counts one, whatever keys are held with it; a click counts one, and so does a drag. Text
that is typed counts nothing, and neither does the Tab between two fields of a form for hands that use the mouse.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QDeadlineTimer, QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLineEdit, QMenu, QWidget

from therapydesk.ui.kit.messages import MessageBar

Key = Qt.Key
Plain = Qt.KeyboardModifier.NoModifier
Ctrl = Qt.KeyboardModifier.ControlModifier
Alt = Qt.KeyboardModifier.AltModifier
Shift = Qt.KeyboardModifier.ShiftModifier
T = TypeVar("T", bound=QWidget)


def wait_for(what: str, condition: Callable[[], object], seconds: float = 60) -> None:
    """Let the window live until the condition holds. Raises AssertionError, with what is in view, when it never does."""
    deadline = QDeadlineTimer(round(seconds * 1000))
    while not condition():
        assert not deadline.hasExpired(), f"waited in vain for {what}; in view: {in_view()}"
        QTest.qWait(10)


def in_view() -> list[str]:
    """The titles of the windows in view and what their message bars say."""
    tops = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    bars = [bar for w in tops for bar in w.findChildren(MessageBar) if bar.isVisible()]
    focus = QApplication.focusWidget()
    typed = f" with “{focus.text()}”" if isinstance(focus, QLineEdit) else ""
    return [w.windowTitle() for w in tops] + [bar.text() for bar in bars] + [f"focus on {focus!r}{typed}"]


def shown(kind: type[T], text: str = "", inside: QWidget | None = None) -> T | None:
    """The widget of this kind in view, whose text or name this is; dialogs come before what is under them."""
    tops = [inside] if inside is not None else _windows()
    for top in tops:
        for found in top.findChildren(kind):
            said = (found.text() if isinstance(found, QAbstractButton) else "", found.accessibleName())
            if found.isVisible() and (not text or text in said):
                return found
    return None


def _windows() -> list[QWidget]:
    modal = QApplication.activeModalWidget()
    return [modal] if modal is not None else [w for w in QApplication.topLevelWidgets() if w.isVisible()]


def _holds_keyboard(widget: QWidget | None) -> bool:
    modal = QApplication.activeModalWidget()
    return widget is not None and (modal is None or widget is modal or modal.isAncestorOf(widget))


class Hands:
    """Two hands. `keys` and `clicks` are how many of each were sent."""

    def __init__(self) -> None:
        self.keys = self.clicks = 0

    # -- the keyboard -------------------------------------------------------------------------------------

    def focused(self) -> QWidget:
        """The widget that has the keyboard, once what was begun before is done; under a dialog, one of the dialog."""
        QApplication.processEvents()
        wait_for("a widget with the focus", lambda: _holds_keyboard(QApplication.focusWidget()), 10)
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget

    def press(self, key: Key, held: Qt.KeyboardModifier = Plain) -> None:
        """One key press on what has the focus."""
        self.keys += 1
        focused, popup = self.focused(), QApplication.activePopupWidget()
        QTest.keyClick(popup if popup is not None else focused, key, held)
        QTest.qWait(20)

    def write(self, text: str) -> None:
        """Type a text, field by field where there are tabs in it."""
        for number, part in enumerate(text.split("\t")):
            if number:
                QTest.keyClick(self.focused(), Key.Key_Tab)
            for letter in part:
                self._type(letter)

    def _type(self, letter: str) -> None:
        if letter.isascii():
            QTest.keyClicks(self.focused(), letter)
            return
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):  # QTest knows no ŷ
            QApplication.sendEvent(self.focused(), QKeyEvent(kind, 0, Plain, letter))

    def find(self, text: str) -> None:
        """Ctrl+K, a text, Enter."""
        self.press(Key.Key_K, Ctrl)
        self.write(text)
        self.press(Key.Key_Return)

    # -- the mouse ----------------------------------------------------------------------------------------

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """One click, in the middle unless told otherwise. Raises AssertionError when something lies over it."""
        self.clicks += 1
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # not before it has its place
        place = at if at is not None else widget.rect().center()
        window, modal = widget.window(), QApplication.activeModalWidget()
        assert modal is None or modal is window, f"{modal!r} lies over {widget!r}"
        found = window.childAt(widget.mapTo(window, place)) or window
        assert found is widget or widget.isAncestorOf(found), f"{found!r} lies over {widget!r}"
        QTest.mouseClick(
            found, Qt.MouseButton.LeftButton, Plain, found.mapFrom(window, widget.mapTo(window, place))
        )
        QTest.qWait(20)

    def click_on(self, kind: type[T], text: str) -> None:
        """Click what has this text or name, once it is there."""
        wait_for(f"{kind.__name__} {text!r}", lambda: shown(kind, text), 10)
        found = shown(kind, text)
        assert found is not None
        self.click(found)

    def choose(self, menu: QMenu, action: QAction) -> None:
        """Click an entry of an open menu."""
        self.click(menu, menu.actionGeometry(action).center())

    def drag(self, widget: QWidget, start: QPoint, end: QPoint) -> None:
        """Press, move, let go."""
        self.clicks += 1
        left = Qt.MouseButton.LeftButton
        QTest.mousePress(widget, left, Plain, start)
        for step in range(1, 5):
            QTest.mouseMove(widget, start + (end - start) * step / 4, 10)
        QTest.mouseRelease(widget, left, Plain, end)
        QTest.qWait(20)

    # -- files --------------------------------------------------------------------------------------------

    def name_file(self, path: object) -> None:
        """Type a path into the dialog that asks for a file, and take it with Enter."""
        wait_for(
            "the question for a file", lambda: isinstance(QApplication.activeModalWidget(), QFileDialog), 20
        )
        wait_for("its field", lambda: isinstance(self.focused().window(), QFileDialog), 10)
        self.write(str(path))
        self.press(Key.Key_Return)
