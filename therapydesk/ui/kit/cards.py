"""Cards and panes, their rows, key hints and a person's own words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from therapydesk.api import tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.boxes import draw_box
from therapydesk.ui.kit.flow import FlowLayout
from therapydesk.ui.kit.labels import IconMark, text_label
from therapydesk.ui.kit.links import LinkLabel
from therapydesk.ui.kit.rhythm import RhythmLine, draw_mark, head_inset
from therapydesk.ui.kit.segments import Count, CountCells, SegmentedButtons
from therapydesk.ui.kit.steps import Steps

__all__ = [
    "Card",
    "CardRow",
    "Count",
    "CountCells",
    "FlowLayout",
    "KeyHint",
    "OwnWords",
    "Pane",
    "RhythmLine",
    "SegmentedButtons",
    "Steps",
]

MOST_ROWS = 7
LEAST = 8  # characters; a second text that has no room for these is left out
LeftMiddle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Card(QFrame):
    """A titled card of at most seven rows. What else there is, is behind the link on the title's line."""

    def __init__(
        self,
        title: str,
        link: str = "",
        on_link: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("part", "card")
        self.setAccessibleName(title)
        self.title = text_label(title, "section", wrap=True)
        self._link: LinkLabel | None = None
        self._head = QHBoxLayout()
        self._head.setContentsMargins(8, 0, 8, 0)
        self._head.setSpacing(12)
        self._head.addWidget(self.title, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(9, 15, 9, 17)
        outer.setSpacing(8)
        outer.addLayout(self._head)
        self.body = QVBoxLayout()
        self.body.setSpacing(0)
        outer.addLayout(self.body)
        outer.addStretch(1)
        if link and on_link is not None:
            self.set_link(link, on_link)

    def put_icon(self, name: str, token: str = "text_muted") -> None:
        """Put an icon before the title, which says the same in words."""
        self._head.insertWidget(0, IconMark(name, token))

    def put_at_end(self, widget: QWidget) -> None:
        """Put words or a button at the right of the title's line."""
        self._head.addWidget(widget)

    def set_link(self, text: str, slot: Callable[[], object]) -> None:
        """Show a link (or another one) on the title's line."""
        if self._link is not None:
            self._link.hide()
            self._link.deleteLater()
        self._link = LinkLabel(text, slot)
        self._head.addWidget(self._link)

    def add_row(self, widget: QWidget) -> bool:
        """Add a row; False, and nothing added, when the card is full."""
        if self.body.count() >= MOST_ROWS:
            widget.deleteLater()
            return False
        if not isinstance(widget, CardRow):
            widget.setContentsMargins(8, 0, 8, 0)
        self.body.addWidget(widget)
        return True

    def add_link(self, text: str, slot: Callable[[], object]) -> LinkLabel:
        """Add a link where the texts of the card begin."""
        link, row = LinkLabel(text, slot), QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(link)
        line.addStretch(1)
        self.add_row(row)
        row.setContentsMargins(8, 0, 8, 0)
        return link

    def add_text(self, text: str) -> QLabel:
        """Add a muted sentence, for an empty card or a remark."""
        label = text_label(text, "", "text_muted", wrap=True)
        self.add_row(label)
        return label

    def clear_rows(self) -> None:
        while (item := self.body.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def show_rows(
        self, rows: Sequence[QWidget], total: int, on_all: Callable[[], object], empty: str = ""
    ) -> None:
        """Show these rows instead of those before, and "All 12" when there are more than the card holds."""
        self.clear_rows()
        for row in rows:
            self.add_row(row)
        if not rows:
            self.add_text(empty or tr("Nothing here today"))
        if total > min(len(rows), MOST_ROWS):
            self.set_link(tr("All {n}").format(n=total), on_all)
        elif self._link is not None:
            self._link.hide()

    def rows(self) -> list[QWidget]:
        items = [self.body.itemAt(place) for place in range(self.body.count())]
        return [widget for item in items if item is not None and (widget := item.widget()) is not None]


class CardRow(QAbstractButton):
    """A row: time, name in semibold, second line muted, something at the right; Enter calls `on_open`.

    With `two_line` the second text stands below the name, else beside it. `set_mark` puts the row on an
    upright rhythm line, `set_note` adds words in accent after the name, `set_right` a widget (a button)
    at the right.
    """

    def __init__(
        self,
        primary: str,
        second: str = "",
        right: str = "",
        time: str = "",
        on_open: Callable[[], object] | None = None,
        two_line: bool = True,
    ) -> None:
        super().__init__()
        self._primary, self._second, self._right, self._time = primary, second, right, time
        self._two_line = two_line and bool(second)
        self._note, self._mark, self._line = "", "", (False, False)
        self._icon: QWidget | None = None
        self._indent = 88 if time else 0
        self._widget: QWidget | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 4, 8, 4)
        self._row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._opens = on_open is not None
        self.setProperty("focusRing", self._opens)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if self._opens else Qt.FocusPolicy.NoFocus)
        if on_open is not None:
            self.clicked.connect(lambda _checked=False: on_open())
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._name()

    def _name(self) -> None:
        parts = (self._time, self._primary, self._note, self._second, self._right)
        self.setAccessibleName(", ".join(part for part in parts if part))

    def set_note(self, text: str) -> None:
        self._note = text
        self._name()
        self.update()

    def set_mark(self, mark: str, above: bool = False, below: bool = False) -> None:
        """Put a rhythm mark between time and name; the line goes on above or below to the next row."""
        self._mark, self._line = mark, (above, below)
        self.update()

    def set_right(self, widget: QWidget) -> None:
        self._widget = widget
        self._row.addWidget(widget)

    def sizeHint(self) -> QSize:
        lines = 2 * style.line_height() + 14 if self._two_line else style.line_height() + 16
        inside = self._widget.sizeHint().height() + 8 if self._widget is not None else 0
        return QSize(style.chars(24), max(lines, inside))

    def minimumSizeHint(self) -> QSize:
        return QSize(style.chars(12), self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._opens:
            self.click()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._step(1 if key == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def _step(self, way: int) -> None:
        parent = self.parentWidget()
        rows = (
            parent.findChildren(CardRow, options=Qt.FindChildOption.FindDirectChildrenOnly) if parent else []
        )
        rows = sorted((row for row in rows if row.isVisible() and row.focusPolicy()), key=lambda row: row.y())
        place = rows.index(self) + way if self in rows else -1
        if 0 <= place < len(rows):
            rows[place].setFocus(Qt.FocusReason.OtherFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.hasFocus():
            draw_box(painter, self.rect(), style.token("accent_soft"), None)
        elif self._opens and self.underMouse():
            draw_box(painter, self.rect(), style.token("surface2"), None)
        area = self.rect().adjusted(8, 0, -8, 0)
        indent = self._paint_time(painter, area)
        end = self._widget.x() - 8 if self._widget is not None else area.right() + 1
        if self._right:
            painter.setPen(style.token("text_muted"))
            painter.setFont(style.body_font())
            width = painter.fontMetrics().horizontalAdvance(self._right)
            painter.drawText(QRect(end - width, 0, width + 2, self.height()), int(LeftMiddle), self._right)
            end -= width + 12
        self._paint_words(painter, QRect(area.x() + indent, 0, end - area.x() - indent, self.height()))

    def _paint_time(self, painter: QPainter, area: QRect) -> int:
        if not self._time and not self._mark:
            return 0
        painter.setFont(style.body_font())
        scale = style.line_height() / 22
        width = max(QFontMetrics(style.body_font()).horizontalAdvance("00:00"), 1)
        painter.setPen(style.token("text_muted" if self._mark == "came" else "text"))
        painter.drawText(area, int(LeftMiddle), self._time)
        x = area.x() + width + round(29 * scale)
        if self._mark:
            middle = self.height() / 2
            painter.setPen(QPen(style.token("border_strong"), 1))
            inset = head_inset(self._mark) * 0.8 * scale
            if self._line[0]:
                painter.drawLine(QPointF(x, 0), QPointF(x, middle - inset))
            if self._line[1]:
                painter.drawLine(QPointF(x, middle + inset), QPointF(x, self.height()))
            draw_mark(painter, self._mark, QPointF(x, middle), scale)
        return round(width + 52 * scale)

    def _paint_words(self, painter: QPainter, room: QRect) -> None:
        line = style.line_height()
        top = (self.height() - (2 * line if self._two_line else line)) // 2
        painter.setFont(style.semibold())
        painter.setPen(style.token("text"))
        name_room = room.width() if self._two_line or not self._second else max(room.width() // 2, 1)
        name = painter.fontMetrics().elidedText(self._primary, Qt.TextElideMode.ElideRight, name_room)
        painter.drawText(QRect(room.x(), top, room.width(), line), int(LeftMiddle), name)
        used = painter.fontMetrics().horizontalAdvance(name)
        painter.setFont(style.body_font())
        metrics = painter.fontMetrics()
        if self._note:
            painter.setPen(style.token("accent"))
            painter.drawText(
                QRect(room.x() + used + 6, top, room.width() - used, line), int(LeftMiddle), self._note
            )
        beside = max(round(88 * line / 22), used + 12)
        x = room.x() if self._two_line else room.x() + beside
        if self._second and room.right() - x > style.chars(LEAST):
            muted = self._two_line and not self.hasFocus()
            painter.setPen(style.token("text_muted" if muted else "text"))
            text = metrics.elidedText(self._second, Qt.TextElideMode.ElideRight, room.right() - x)
            y = top + line if self._two_line else top
            painter.drawText(QRect(x, y, room.right() - x + 1, line), int(LeftMiddle), text)


class Pane(QFrame):
    """A part of a page

    Head of 54 with its title and tools at the right; body below, 16 from the edges or flush.
    """

    def __init__(self, title: str, *, flush: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "pane")
        self.setAccessibleName(title)
        self.title = text_label(title, "section")
        self._head = QHBoxLayout()
        self._head.setContentsMargins(16, 0, 12, 0)
        self._head.setSpacing(8)
        self._head.addWidget(self.title, 1)
        head = QWidget()
        head.setLayout(self._head)
        head.setMinimumHeight(style.line_height() + 32)
        self.body = QVBoxLayout()
        side = 0 if flush else 16
        self.body.setContentsMargins(side, 0, side, side)
        self.body.setSpacing(12)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        outer.addWidget(head)
        outer.addLayout(self.body, 1)

    def set_title(self, text: str) -> None:
        self.title.setText(text)
        self.setAccessibleName(text)

    def add_tool(self, widget: QWidget) -> None:
        self._head.addWidget(widget)


class KeyHint(QWidget):
    """A key cap and what the key does. The whole is hidden when single keys are switched off."""

    def __init__(self, key: str, word: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        cap = QLabel(key)
        cap.setProperty("part", "key")
        cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
        cap.setMinimumSize(style.small_line_height() + 4, style.small_line_height() + 4)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(cap, 0, Qt.AlignmentFlag.AlignVCenter)
        if word:
            row.addWidget(text_label(word, "", "text_muted"))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)


class OwnWords(QFrame):
    """What the person said or wrote, and only that: a bar of 4 px accent, 12 to the text."""

    def __init__(self, text: str, label: str = "", note: str = "", *, large: bool = False) -> None:
        super().__init__()
        self.setProperty("part", "words")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 0, 0, 0)
        layout.setSpacing(4)
        if label:
            layout.addWidget(text_label(label, "small", "text_muted"))
        self.words = text_label(text, "section" if large else "", wrap=True)
        layout.addWidget(self.words)
        if note:
            layout.addWidget(text_label(note, "", "text_muted", wrap=True))
        self.setAccessibleName(", ".join(part for part in (label, text, note) if part))
