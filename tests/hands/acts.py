"""Random hands: they press, type and choose whatever can be reached in the window or dialog in front."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from therapydesk.ui.shell.window import MainWindow

W = TypeVar("W", bound=QWidget)
LEFT = Qt.MouseButton.LeftButton
NEVER = ("Close TherapyDesk",)  # the hands could not go on
SELDOM = ("Lock",)  # it takes a while to get in again
ROWS = 60  # of a list, from its first
WORDS = (
    "Carys|tue 2pm Carys 45|zz|12/13/2026|tomorrow|0|-5|999999999|1.5|<b>x</b>|'; drop|Ŵyn|🎵| |CF10 1AA|943 476 5919|"
    "next tue|=1+1|x@y.org|07700 900123|31/02|£12.345|10:75|ERASE|DELETE|\N{RIGHT-TO-LEFT OVERRIDE}abc|A\nB\tC|G/B F#m7"
).split("|")
KEYS = (
    "Return|Escape|Tab|Shift+Tab|Up|Down|Left|Right|Space|Home|End|PgDown|Del|Backspace|F1|F2|F5|F6|Menu|P|A|N|"
    "Ctrl+N|Ctrl+F|Ctrl+Z|Ctrl+Z|Ctrl+Shift+Z|Ctrl+K|Ctrl+S|Ctrl+P|Ctrl+E|Ctrl+L|Ctrl+C|Ctrl+V|Ctrl+A|Ctrl+I|Ctrl+,|Ctrl+/|"
    "Ctrl+Return|Ctrl+Shift+R|Ctrl+Shift+B|Alt+Left|Alt+Right|Alt+Up|Alt+Down|Shift+Down|Ctrl+1|Ctrl+2|Ctrl+3|Ctrl+4|"
    "Ctrl+5|Ctrl+6|Ctrl+7|Ctrl+8|Ctrl+9|Ctrl+=|Ctrl+0"
).split("|")


class Acts:
    """What hands can do to a window. `note` is told each act before it is done; `files` are what a dialog is given."""

    def __init__(
        self,
        rng: random.Random,
        note: Callable[[str], object],
        files: Sequence[Path],
        out: Path,
        secret: str,
    ) -> None:
        self.rng, self._note, self._files, self._out = rng, note, files, out
        self._words = (*WORDS, "a" * 400, "word " * 20_000, secret, secret, secret)
        self._ways: tuple[tuple[Callable[[QWidget], None], int], ...] = (
            (self.press_button, 40),
            (self.write, 14),
            (self.choose, 7),
            (self.row, 12),
            (self.key, 14),
            (self.anywhere, 10),
            (self.menu_bar, 3),
            (self.resize_or_drop, 1),
        )

    def act(self, top: QWidget) -> None:
        """One act on what is in front."""
        if isinstance(top, QMenu):
            self.menu(top)
        elif isinstance(top, QFileDialog):
            self.file(top)
        else:
            ways, weights = zip(*self._ways, strict=True)
            self.rng.choices(ways, weights)[0](top)

    # -- what can be reached ---------------------------------------------------------------------------------

    def _some(self, kind: type[W], top: QWidget) -> tuple[W, QPoint] | None:
        """A widget of this kind on which a click would land, and where."""
        found = [w for w in top.findChildren(kind) if w.isVisible() and w.isEnabled() and w.window() is top]
        self.rng.shuffle(found)
        for widget in found[:12]:
            place = self._place(widget, top)
            if place is not None:
                return widget, place
        return None

    def _place(self, widget: QWidget, top: QWidget) -> QPoint | None:
        room = widget.visibleRegion().boundingRect()
        if room.isEmpty():
            return None
        place = room.center()
        over = top.childAt(widget.mapTo(top, place))
        return place if over is widget or (over is not None and widget.isAncestorOf(over)) else None

    # -- the mouse -------------------------------------------------------------------------------------------

    def press_button(self, top: QWidget) -> None:
        some = self._some(QAbstractButton, top)
        if some is not None:
            button, place = some
            if (button.accessibleName() or button.text()) in SELDOM and self.rng.random() < 0.85:
                return
            twice = self.rng.random() < 0.06
            self._note(f"press{' twice' * twice} {_named(button, button.text())}")
            (QTest.mouseDClick if twice else QTest.mouseClick)(button, LEFT, pos=place)

    def anywhere(self, top: QWidget) -> None:
        """A click, a double click, a drag or the menu of the right button, on any widget."""
        some = self._some(QWidget, top)
        if some is None:
            return
        widget, place = some
        how = self.rng.choice(("click", "double click", "drag", "menu"))
        self._note(f"{how} at {place.x()}, {place.y()} of {_named(widget)}")
        if how == "menu":
            QApplication.postEvent(
                widget,
                QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, widget.mapToGlobal(place)),
            )
        elif how == "drag":
            QTest.mousePress(widget, LEFT, pos=place)
            for step in range(1, 4):
                QTest.mouseMove(
                    widget, place + QPoint(self.rng.randint(-90, 90), self.rng.randint(-60, 60)) * step
                )
            QTest.mouseRelease(widget, LEFT, pos=place + QPoint(self.rng.randint(-200, 200), 40))
        else:
            (QTest.mouseClick if how == "click" else QTest.mouseDClick)(widget, LEFT, pos=place)

    def resize_or_drop(self, top: QWidget) -> None:
        """Another size of the window; or a file dropped on it."""
        if isinstance(top, MainWindow) and self.rng.random() < 0.5:
            path = self.rng.choice(self._files)
            self._note(f"drop {path.name!r}")
            top.files_dropped.emit([str(path)])
        else:
            self._note("resize")
            top.resize(self.rng.randint(600, 1900), self.rng.randint(400, 1100))

    def menu_bar(self, top: QWidget) -> None:
        some = self._some(QMenuBar, top)
        if some is not None:
            bar = some[0]
            action = self.rng.choice([a for a in bar.actions() if a.isVisible()])
            self._note(f"menu {action.text()!r}")
            QTest.mouseClick(bar, LEFT, pos=bar.actionGeometry(action).center())

    def menu(self, menu: QMenu) -> None:
        """Take an entry, or none."""
        entries = [a for a in menu.actions() if a.isEnabled() and a.isVisible() and not a.isSeparator()]
        wanted = self.rng.choice(entries) if entries and self.rng.random() < 0.75 else None
        if wanted is None or wanted.text() in NEVER:
            self._note("leave the menu")
            QTest.keyClick(menu, Qt.Key.Key_Escape)
            return
        self._note(f"menu entry {wanted.text()!r}")
        QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(wanted).center())

    # -- fields and lists ------------------------------------------------------------------------------------

    def write(self, top: QWidget) -> None:
        some = self._some(self.rng.choice((QLineEdit, QLineEdit, QPlainTextEdit, QTextEdit)), top)
        if some is None:
            return
        field, place = some
        text = self.rng.choice(self._words)
        self._note(f"write {text[:20]!r} into {_named(field)}")
        QTest.mouseClick(field, LEFT, pos=place)
        if self.rng.random() < 0.5:
            QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        if text.isascii() and text.isprintable() and len(text) < 50:
            QTest.keyClicks(field, text)
        elif isinstance(field, QLineEdit) and not field.isReadOnly():
            field.insert(text)
        elif isinstance(field, QPlainTextEdit | QTextEdit) and not field.isReadOnly():
            field.insertPlainText(text)

    def choose(self, top: QWidget) -> None:
        some = self._some(QComboBox, top)
        if some is not None and some[0].count():
            box, at = some[0], self.rng.randrange(some[0].count())
            self._note(f"choose {box.itemText(at)!r} of {_named(box)}")
            box.setFocus()
            box.setCurrentIndex(at)
            box.activated.emit(at)

    def row(self, top: QWidget) -> None:
        """Go to a row of a list or tree; perhaps open it, mark several, or ask for its menu."""
        some = self._some(QAbstractItemView, top)
        model: QAbstractItemModel | None = some[0].model() if some is not None else None
        if some is None or model is None or not model.rowCount():
            return
        view = some[0]
        at = model.index(self.rng.randrange(min(model.rowCount(), ROWS)), 0, QModelIndex())
        key = self.rng.choice(("", "", "Return", "Return", "Space", "Menu", "Shift+Down", "Del", "F2"))
        self._note(f"row {at.row()} of {_named(view)} {key}")
        view.setFocus()
        view.scrollTo(at, QAbstractItemView.ScrollHint.EnsureVisible)
        QTest.mouseClick(view.viewport(), LEFT, pos=view.visualRect(at).center())
        if key:
            self.press(view, key)

    # -- keys and files --------------------------------------------------------------------------------------

    def key(self, top: QWidget) -> None:
        focus = QApplication.focusWidget()
        widget = focus if focus is not None and focus.window() is top else top
        keys = self.rng.choice(KEYS)
        self._note(f"key {keys} on {_named(widget)}")
        self.press(widget, keys)

    def press(self, widget: QWidget, keys: str) -> None:
        QTest.keySequence(widget, QKeySequence(keys))
        if keys == "Menu":  # the key of its own asks for the menu on real screens only
            place = widget.rect().center()
            asked = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, widget.mapToGlobal(place))
            QApplication.postEvent(widget, asked)

    def file(self, dialog: QFileDialog) -> None:
        """Give a file from outside, or a place to save to; or none."""
        if self.rng.random() < 0.2:
            self._note("no file")
            dialog.reject()
            return
        saves = dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
        folder = dialog.fileMode() == QFileDialog.FileMode.Directory
        path = self._target() if saves or folder else self.rng.choice(self._files)
        if folder and self.rng.random() < 0.7:
            path = self._out
        self._note(f"file {path.name!r} of {dialog.windowTitle()!r}")
        field = dialog.findChild(QLineEdit)
        if field is not None:
            field.setText(str(path))
        dialog.accept()
        if dialog.isVisible() and QApplication.activeModalWidget() is dialog:
            dialog.reject()

    def _target(self) -> Path:
        name = self.rng.choice(("saved", "a folder", "missing/saved", "x" * 250, "Ŵ 🎵", "saved"))
        return self._out / f"{name}{self.rng.choice(('', '.pdf', '.csv', '.zip'))}"


def _named(widget: QWidget, text: str = "") -> str:
    return f"{type(widget).__name__} {(widget.accessibleName() or text)[:40]!r}"
