"""What is said to the user

The message bar, spoken words, the list of undo, and the few questions that must be asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QPropertyAnimation, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from therapydesk.api import Job, tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.icons import app_icon
from therapydesk.ui.kit.labels import IconMark, button, icon_button, text_label
from therapydesk.ui.kit.read_area import ReadArea

Call = Callable[[], object]
RANKS = ("ok", "info", "warn", "danger")
OTHERS = 14  # lines of a question that are not its text
SECONDS = 10
FADE_MS = 120


def announce(widget: QWidget, text: str, assertive: bool = False) -> None:
    """Have a screen reader say `text`; assertive interrupts and is for errors."""
    if not text:
        return
    event = QAccessibleAnnouncementEvent(widget, text)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if assertive else politeness.Polite)
    QAccessible.updateAccessibility(event)


@dataclass(frozen=True)
class Undoable:
    text: str
    undo: Call
    redo: Call | None = None


class UndoList(QObject):
    """What can be taken back, newest last; emptied when the vault is locked."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._done: list[Undoable] = []
        self._undone: list[Undoable] = []

    def push(self, step: Undoable) -> None:
        self._done.append(step)
        self._undone.clear()
        self.changed.emit()

    def undo_text(self) -> str:
        return self._done[-1].text if self._done else ""

    def redo_text(self) -> str:
        return self._undone[-1].text if self._undone else ""

    def can_undo(self) -> bool:
        return bool(self._done)

    def can_redo(self) -> bool:
        return bool(self._undone)

    def undo(self) -> str:
        """Take the last step back and return its text; none where that is a job, which tells of its end itself.

        What fails is taken off the list: it cannot be undone now.
        """
        if not self._done:
            return ""
        step = self._done.pop()
        self.changed.emit()
        if isinstance(step.undo(), Job):
            return ""
        if step.redo is not None:
            self._undone.append(step)
            self.changed.emit()
        return step.text

    def redo(self) -> str:
        """Do the last undone step again and return its text."""
        if not self._undone:
            return ""
        step = self._undone.pop()
        self.changed.emit()
        if step.redo is not None:
            step.redo()
            self._done.append(step)
            self.changed.emit()
        return step.text

    def clear(self) -> None:
        self._done.clear()
        self._undone.clear()
        self.changed.emit()


undo_list = UndoList()


class Quiet(QObject):
    """Words for the left of the status bar, such as "Draft kept 15:58": no names, and nothing to act on."""

    said = Signal(str)

    def say(self, text: str) -> None:
        """Show this there instead of what was said before; it is not spoken."""
        self.said.emit(text)


quiet = Quiet()


class MessageBar(QFrame):
    """One message at a time, by rank.

    Ok and info leave after 10 s; warn and danger stay until they are dealt with.
    """

    closed = Signal()

    def __init__(self, parent: QWidget | None = None, *, closable: bool = True) -> None:
        super().__init__(parent)
        self._rank = ""
        self._slot: Call | None = None
        self._icon = IconMark("info", "info")
        self._text = text_label(wrap=True)
        self._link = button("", self._on_link, kind="link")
        self._close = icon_button("close", tr("Close this message"), self.clear)
        self._closable = closable
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(12)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._text, 1)
        row.addWidget(self._link)
        row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.clear)
        self.hide()

    @property
    def rank(self) -> str:
        """The rank of what is shown, or ""."""
        return self._rank

    def text(self) -> str:
        return self._text.text() if self._rank else ""

    def link_button(self) -> QPushButton:
        return self._link

    def show_message(self, rank: str, text: str, link: str = "", slot: Call | None = None) -> bool:
        """Show a message and have it spoken.

        A lower rank does not push out a higher one: then the answer is False.
        """
        if self._rank and RANKS.index(rank) < RANKS.index(self._rank):
            announce(self, text)
            return False
        self._rank, self._slot = rank, slot
        style.set_property(self, "part", rank)
        self._icon.set_mark(rank, rank)
        self._text.setText(text)
        self._link.setText(link)
        self._link.setVisible(bool(link))
        self._close.setVisible(self._closable)
        self.setAccessibleName(text)
        self.setMinimumHeight(style.line_height() + 20)
        self.show()
        self._fade()
        if rank in ("ok", "info"):
            self._timer.start(SECONDS * 1000)
        else:
            self._timer.stop()
        announce(self, text, assertive=rank == "danger")
        return True

    def clear(self) -> None:
        """Take the message away. Focus that was inside goes on to the next widget."""
        self._timer.stop()
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            self.focusNextChild()
        self._rank, self._slot = "", None
        self.hide()
        self.closed.emit()

    def _on_link(self) -> None:
        slot = self._slot
        self.clear()
        if slot is not None:
            slot()

    def _fade(self) -> None:
        if not motion_allowed():
            return
        effect = QGraphicsOpacityEffect(self)
        self.setGraphicsEffect(effect)
        fade = QPropertyAnimation(effect, b"opacity", effect)
        fade.setDuration(FADE_MS)
        fade.setStartValue(0.0)
        fade.setEndValue(1.0)
        fade.finished.connect(self._drop_effect)
        fade.start()

    def _drop_effect(self) -> None:
        self.setGraphicsEffect(None)  # type: ignore[arg-type]  # Qt takes a null pointer here


def motion_allowed() -> bool:
    """Return whether anything may move

    Not when the system asks for less motion, nor without a real screen.
    """
    app = QApplication.instance()
    if not isinstance(app, QApplication) or app.platformName() in ("offscreen", "minimal"):
        return False
    hints = app.styleHints()
    accessibility = hints.accessibility() if hasattr(hints, "accessibility") else None
    preference = getattr(accessibility, "motionPreference", None)
    return preference is None or "Reduce" not in str(preference())


def confirm(
    parent: QWidget,
    title: str,
    text: str,
    action: str,
    on_yes: Call,
    danger: bool = False,
    type_word: str = "",
) -> QDialog:
    """Ask before what cannot be undone.

    The button to stay is the default; with `type_word` the word must be typed. Ctrl+Enter acts, but not with `danger`.
    """
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    dialog.setWindowIcon(app_icon())
    dialog.setModal(True)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(24, 24, 24, 24)
    layout.setSpacing(12)
    layout.addWidget(text_label(title, "section", wrap=True))
    layout.addWidget(
        _whole_text(text, dialog.screen().availableGeometry().height() - OTHERS * style.line_height())
    )
    act = button(action, dialog.accept, kind="danger" if danger else "primary")
    stay = button(tr("Go back"), dialog.reject)
    stay.setDefault(True)
    if not danger:  # Enter stays where one is; Ctrl+Enter finishes, as in a form, and never by a held key
        QShortcut(QKeySequence("Ctrl+Return"), dialog, act.click).setAutoRepeat(False)
    if type_word:
        _ask_word(layout, type_word, act)
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addStretch(1)
    row.addWidget(stay)
    row.addWidget(act)
    layout.addSpacing(12)
    layout.addLayout(row)
    dialog.accepted.connect(on_yes)
    dialog.open()
    if not type_word:
        stay.setFocus()
    announce(dialog, text)
    return dialog


def _whole_text(text: str, room: int) -> QWidget:
    """A text as tall as it is, or an area that scrolls by keys where it is taller than there is room: what cannot be
    undone must be read to its end.
    """
    body = text_label(text, wrap=True)
    width = style.chars(56)
    body.setMinimumWidth(width)
    height = body.heightForWidth(width)
    if height <= room:
        body.setMinimumHeight(height)
        return body
    area = ReadArea()
    area.setAccessibleName(tr("What happens"))
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(body)
    area.setMinimumSize(width + area.verticalScrollBar().sizeHint().width(), room)
    return area


def _ask_word(layout: QVBoxLayout, word: str, act: QPushButton) -> None:
    question = tr("Type {word} to go on").format(word=word)
    label, field = text_label(question, "strong"), QLineEdit()
    label.setBuddy(field)
    field.setAccessibleName(question)
    act.setEnabled(False)
    field.textChanged.connect(lambda typed: act.setEnabled(typed.strip().casefold() == word.casefold()))
    layout.addWidget(label)
    layout.addWidget(field)
    field.setFocus()
