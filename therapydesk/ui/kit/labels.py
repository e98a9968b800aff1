"""Labels in the four text sizes, and buttons by their look."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from therapydesk.ui.kit import style
from therapydesk.ui.kit.icons import draw_icon, draw_shape, icon

Slot = Callable[[], object]
DOT = " · "
NO_BREAK = "\u00a0"
LEAST = 20  # letters of a sentence that breaks into lines
SHORT = 24  # letters of a part that is not torn at the end of a line


def text_label(text: str = "", role: str = "", tone: str = "", *, wrap: bool = False) -> QLabel:
    """Return a plain-text label. Roles: title, section, strong, small, small_strong; tone: a token's name."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    if role:
        label.setProperty("role", role)
    if tone:
        label.setProperty("tone", tone)
    return label


def kept_together(text: str) -> str:
    """Parts with dots between them, to be broken into lines: no line begins with a dot, and no short part is torn."""
    parts = [part if len(part) > SHORT else part.replace(" ", NO_BREAK) for part in text.split(DOT)]
    return f"{NO_BREAK}{DOT.lstrip()}".join(parts)


class OneLine(QLabel):
    """Plain text that wants to stand on one line, and breaks where there is less room."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 2, metrics.height())


def key_words(shortcut: str) -> str:
    """A shortcut as this system writes it: Ctrl+F, on a Mac ⌘F. Never translated."""
    return QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)


def name_choice(box: QComboBox, name: str) -> None:
    """Name a list of choices that has no label beside it.

    On Linux a screen reader gets what is chosen as the name of the list; its own name is then the description.
    """
    box.setAccessibleName(name)
    box.setAccessibleDescription(name)


def button(
    text: str, slot: Slot | None = None, icon_name: str = "", kind: str = "", shortcut: str = ""
) -> QPushButton:
    """Return a push button. Kinds: "" outlined, primary, danger, quiet, link."""
    made = QPushButton(text)
    made.setAutoDefault(False)
    if kind:
        made.setProperty("kind", kind)
    if kind == "link":
        made.setCursor(Qt.CursorShape.PointingHandCursor)
    if icon_name:
        made.setIcon(icon(icon_name))
        made.setProperty("iconName", icon_name)
    if shortcut:
        made.setShortcut(QKeySequence(shortcut))
        made.setToolTip(f"{text} ({key_words(shortcut)})")
    if slot is not None:
        made.clicked.connect(lambda _checked=False: slot())
    return made


def icon_button(icon_name: str, name: str, slot: Slot | None = None) -> QToolButton:
    """Return a button that shows only an icon; its name is the tooltip and what a screen reader says."""
    made = QToolButton()
    made.setIcon(icon(icon_name))
    made.setToolTip(name)
    made.setAccessibleName(name)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    if slot is not None:
        made.clicked.connect(lambda _checked=False: slot())
    return made


def line() -> QFrame:
    """Return a level line of 1 px in `border`."""
    made = QFrame()
    made.setProperty("part", "line")
    return made


class DrawnButton(QAbstractButton):
    """A button that a subclass draws. Tab stops at it, and Enter presses it, as Space does."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class Notice(QFrame):
    """A box in "warn" or "danger" with its mark; text and buttons go into `row`."""

    def __init__(self, tone: str) -> None:
        super().__init__()
        self.setProperty("part", tone)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(12, 8, 8, 8)
        self.row.setSpacing(style.sp(3))
        self.row.addWidget(IconMark(tone, tone), 0, Qt.AlignmentFlag.AlignTop)


class IconMark(QWidget):
    """An icon or state shape that belongs to the text beside it, and so has no name of its own."""

    def __init__(
        self, name: str, token: str = "text_muted", *, small: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._token, self._small = name, token, small
        self._fix()
        style.signals.theme_changed.connect(self._fix)

    def set_mark(self, name: str, token: str) -> None:
        self._name, self._token = name, token
        self.update()

    def _side(self) -> int:
        return style.icon_size(self._small)

    def _fix(self) -> None:
        self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._side(), self._side())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._name:
            draw_icon(painter, self._name, self.rect(), self._token)


class StateMark(QWidget):
    """A state: its shape of 12 px, 8, its word; with `wrap` a sentence, that breaks into lines."""

    def __init__(
        self, word: str, shape: str, token: str, parent: QWidget | None = None, *, wrap: bool = False
    ) -> None:
        super().__init__(parent)
        self._word, self._shape, self._token, self._wrap = word, shape, token, wrap
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(wrap)
        self.setSizePolicy(policy)
        self.setAccessibleName(word)

    def sizeHint(self) -> QSize:
        side = round(12 * style.line_height() / 22)
        width = side + 8 + self.fontMetrics().horizontalAdvance(self._word) + 2
        return QSize(width, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(style.chars(LEAST), self.fontMetrics().height()) if self._wrap else self.sizeHint()

    def hasHeightForWidth(self) -> bool:
        return self._wrap

    def heightForWidth(self, width: int) -> int:
        if not self._wrap:
            return -1
        room = QRect(0, 0, width - round(12 * style.line_height() / 22) - 8, 10_000)
        return self.fontMetrics().boundingRect(room, int(Qt.TextFlag.TextWordWrap), self._word).height()

    def set_state(self, word: str, shape: str, token: str) -> None:
        self._word, self._shape, self._token = word, shape, token
        self.setAccessibleName(word)
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        side = round(12 * style.line_height() / 22)
        top = ((self.fontMetrics().height() if self._wrap else self.height()) - side) // 2
        box = self.rect().adjusted(0, top, 0, 0)
        box.setSize(QSize(side, side))
        draw_shape(painter, self._shape, box, self._token)
        painter.setPen(style.token("text"))
        how = int(Qt.TextFlag.TextWordWrap) if self._wrap else int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(self.rect().adjusted(side + 8, 0, 0, 0), how, self._word)
