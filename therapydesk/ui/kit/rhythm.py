"""The rhythm line

A person's sessions as notes on a line. It is always beside a sentence that says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from therapydesk.ui.kit import style

Mark = Literal["came", "rest", "cancelled", "next", "planned", "none"]
STEP = 22
REGISTER_STEP = 16


def draw_mark(
    painter: QPainter, mark: str, centre: QPointF, scale: float = 1.0, on_sel: bool = False
) -> None:
    """Draw one mark; the line it sits on goes through `centre`. "none" leaves the place empty."""
    ink = style.token("on_sel" if on_sel else "text_muted")
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(centre)
    painter.scale(scale, scale)
    head = QRectF(-6.5, -4.8, 13, 9.6)
    if mark == "came":
        painter.rotate(-20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(head)
    elif mark == "rest":
        painter.fillRect(QRectF(-6, -5, 12, 5), ink)
    elif mark == "cancelled":
        painter.fillRect(QRectF(-0.9, -7, 1.8, 14), ink)
    elif mark in ("next", "planned"):
        thick = 2.6 if mark == "next" else 1.5
        accent = style.token("on_sel" if on_sel else "accent")
        painter.rotate(-20)
        painter.setPen(QPen(accent if mark == "next" else ink, thick))
        painter.drawEllipse(head.adjusted(thick / 2, thick / 2, -thick / 2, -thick / 2))
    painter.restore()


def head_inset(mark: str) -> float:
    """Return how much of the line a hollow head hides on each side of its centre."""
    return 6.0 if mark in ("next", "planned") else 0.0


class RhythmLine(QWidget):
    """Marks 22 apart on a line (16 in a register). `sentence` is its accessible name and its tooltip."""

    def __init__(
        self,
        marks: Sequence[Mark] = (),
        sentence: str = "",
        *,
        step: int = STEP,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._step = step
        self._marks: list[Mark] = []
        self.set_marks(marks, sentence)
        style.signals.theme_changed.connect(self.updateGeometry)

    def set_marks(self, marks: Sequence[Mark], sentence: str) -> None:
        self._marks = list(marks)
        self.setAccessibleName(sentence)
        self.setToolTip(sentence)
        self.updateGeometry()
        self.update()

    def _scale(self) -> float:
        return style.line_height() / 22

    def sizeHint(self) -> QSize:
        count = max(1, len(self._marks))
        margins = self.contentsMargins()
        width = round((self._step * (count - 1) + 30) * self._scale()) + margins.left() + margins.right()
        return QSize(width, round(16 * self._scale()) + margins.top() + margins.bottom())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_rhythm(
            painter, QRectF(self.contentsRect()), self._marks, self._step * self._scale(), scale=self._scale()
        )


def draw_rhythm(
    painter: QPainter,
    rect: QRectF,
    marks: Sequence[str],
    step: float,
    *,
    scale: float = 1.0,
    on_sel: bool = False,
) -> None:
    """Draw the line and its marks into rect, from the left; table delegates use it too."""
    if not marks:
        return
    y = round(rect.center().y()) + 0.5
    width = step * (len(marks) - 1) + 30 * scale
    painter.save()
    painter.setPen(QPen(style.token("on_sel" if on_sel else "border_strong"), 1))
    x = rect.x()
    for place, mark in enumerate(marks):
        centre = rect.x() + 15 * scale + place * step
        inset = head_inset(mark) * scale
        painter.drawLine(QPointF(x, y), QPointF(centre - inset, y))
        x = centre + inset
    painter.drawLine(QPointF(x, y), QPointF(rect.x() + width, y))
    for place, mark in enumerate(marks):
        draw_mark(painter, mark, QPointF(rect.x() + 15 * scale + place * step, y), scale, on_sel)
    painter.restore()
