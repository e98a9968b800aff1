"""One of a few, shown all at once: segments of one control, and the counts of an import plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QHBoxLayout, QSizePolicy, QWidget

from therapydesk.ui.kit import style
from therapydesk.ui.kit.boxes import draw_box
from therapydesk.ui.kit.icons import draw_shape
from therapydesk.ui.kit.labels import DrawnButton

Middle = Qt.AlignmentFlag.AlignCenter
LeftMiddle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class _Exclusive(QFrame):
    """Buttons of which one is chosen; arrow keys move the choice, Tab goes past."""

    chosen = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._values: list[Any] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._group.idToggled.connect(self._on_toggled)

    def _put(self, value: Any, made: QAbstractButton) -> None:
        made.setCheckable(True)
        self._group.addButton(made, len(self._values))
        self._values.append(value)
        self._row.addWidget(made)
        if len(self._values) == 1:
            made.setChecked(True)
            self.setFocusProxy(made)

    def _on_toggled(self, place: int, on: bool) -> None:
        """By mouse, by a key, or by a screen reader, which does not click."""
        if on:
            self.chosen.emit(self._values[place])

    def value(self) -> Any:
        """Return the value that is chosen."""
        place = self._group.checkedId()
        return self._values[place] if place >= 0 else None

    def choose(self, value: Any) -> None:
        """Choose without telling `chosen`."""
        self._group.blockSignals(True)
        self._group.button(self._values.index(value)).setChecked(True)
        self._group.blockSignals(False)

    def buttons(self) -> list[QAbstractButton]:
        return [self._group.button(place) for place in range(len(self._values))]


class _Segment(QAbstractButton):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        width = QFontMetrics(style.semibold()).horizontalAdvance(self.text())
        return QSize(width + 32, style.button_height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect, parent = QRectF(self.rect()), self.parentWidget()
        ends = QRectF(parent.rect() if parent is not None else rect).translated(-self.pos())
        outline = QPainterPath()
        outline.addRoundedRect(ends.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        part = QPainterPath()
        part.addRect(rect)
        fill = "accent_soft" if self.isChecked() else "surface2" if self.underMouse() else "surface"
        painter.fillPath(outline.intersected(part), style.token(fill))
        painter.setPen(style.token("border_strong"))
        painter.save()
        painter.setClipRect(rect)
        painter.drawPath(outline)
        painter.restore()
        if self.x() > 0:
            painter.fillRect(QRectF(0, 0, 1, rect.height()), style.token("border_strong"))
        if self.isChecked() and style.current_theme() is style.Theme.HIGH_CONTRAST:
            draw_box(painter, rect, None, style.token("accent"), 2.0)
        painter.setFont(style.semibold() if self.isChecked() else style.body_font())
        painter.setPen(style.token("text" if self.isEnabled() else "border_strong"))
        painter.drawText(rect, int(Middle), self.text())


class SegmentedButtons(_Exclusive):
    """A row of joined buttons: pairs of value and text. `chosen` tells the value."""

    def __init__(self, options: Sequence[tuple[Any, str]], name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        for value, text in options:
            self._put(value, _Segment(text))

    def set_texts(self, texts: Sequence[str]) -> None:
        """Change the words (their counts), not the values."""
        for made, text in zip(self.buttons(), texts, strict=True):
            made.setText(text)
            made.updateGeometry()
        self.updateGeometry()


@dataclass(frozen=True)
class Count:
    """A cell of CountCells: its value for `chosen`, the number, the words, and the shape before them."""

    value: Any
    number: int
    words: str
    shape: str = ""
    token: str = "text_muted"


class _CountCell(DrawnButton):
    def __init__(self, count: Count, first: bool) -> None:
        super().__init__()
        self._count, self._first = count, first
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.set_count(count)

    def set_count(self, count: Count) -> None:
        self._count = count
        self.setText(f"{count.number:,} {count.words}")
        self.setAccessibleName(self.text())
        self.update()

    def sizeHint(self) -> QSize:
        words = QFontMetrics(style.small_font()).horizontalAdvance(self._count.words)
        height = QFontMetrics(style.title_font()).height() + style.small_line_height() + 20
        return QSize(words + 52, height)

    def minimumSizeHint(self) -> QSize:
        return QSize(64, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        width, height = self.width(), self.height()
        if self.underMouse():
            painter.fillRect(QRect(1, 1, width - 2, height - 2), style.token("surface2"))
        if not self._first:
            painter.fillRect(QRect(0, 1, 1, height - 2), style.token("border"))
        if self.isChecked():
            painter.fillRect(QRect(1, height - 4, width - 2, 3), style.token("accent"))
        painter.setPen(style.token("text"))
        painter.setFont(style.title_font())
        top = painter.fontMetrics().height()
        painter.drawText(QRect(16, 6, width - 20, top), int(LeftMiddle), f"{self._count.number:,}")
        painter.setFont(style.small_font())
        box = QRect(16, top + 6, width - 20, style.small_line_height())
        if self._count.shape:
            side = round(12 * style.line_height() / 22)
            shape = QRect(16, box.center().y() + 1 - side // 2, side, side)
            draw_shape(painter, self._count.shape, shape, self._count.token)
            box.adjust(side + 8, 0, 0, 0)
        words = painter.fontMetrics().elidedText(self._count.words, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(LeftMiddle), words)


class CountCells(_Exclusive):
    """The counts of a plan as cells of one frame; the chosen one filters the table."""

    def __init__(self, counts: Sequence[Count], name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setProperty("part", "card")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for count in counts:
            self._put(count.value, _CountCell(count, first=not self._values))

    def set_counts(self, counts: Sequence[Count]) -> None:
        for made, count in zip(self.buttons(), counts, strict=True):
            if isinstance(made, _CountCell):
                made.set_count(count)
