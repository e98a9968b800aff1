"""Before, today, after: three buttons joined into one control."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy

from therapydesk.api import tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.icons import draw_icon
from therapydesk.ui.kit.labels import DrawnButton


class _Part(DrawnButton):
    def __init__(self, text: str, icon_name: str, name: str, slot: Callable[[], object]) -> None:
        super().__init__()
        self._icon = icon_name
        self.setText(text)
        self.setAccessibleName(name)
        self.setToolTip("" if text else name)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(lambda _checked=False: slot())

    def sizeHint(self) -> QSize:
        height = style.button_height()
        if self._icon:
            return QSize(height + 3, height)
        return QSize(QFontMetrics(style.body_font()).horizontalAdvance(self.text()) + 32, height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()  # the page steps
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = self.parentWidget() or self
        rect = QRectF(self.rect())
        outline = QPainterPath()
        ends = QRectF(0, 0, whole.width(), whole.height()).translated(-self.pos())
        outline.addRoundedRect(ends.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        part = QPainterPath()
        part.addRect(rect)
        fill = "accent_soft" if self.isDown() else "surface2" if self.underMouse() else "surface"
        painter.fillPath(outline.intersected(part), style.token(fill))
        painter.setClipRect(rect)
        painter.setPen(style.token("border_strong"))
        painter.drawPath(outline)
        if self.x() > 0:
            painter.fillRect(QRectF(0, 0, 1, rect.height()), style.token("border_strong"))
        if self._icon:
            side = style.icon_size()
            box = QRect(0, 0, side, side)
            box.moveCenter(self.rect().center())
            draw_icon(painter, self._icon, box, "text")
        else:
            painter.setPen(style.token("text"))
            painter.setFont(style.body_font())
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), self.text())


class StepButtons(QFrame):
    """`step(-1)`, `step(1)` and `now()`."""

    def __init__(self, step: Callable[[int], object], now: Callable[[], object]) -> None:
        super().__init__()
        self.before = _Part("", "left", tr("Before"), lambda: step(-1))
        self.now = _Part(tr("Today"), "", tr("Go to today"), now)
        self.after = _Part("", "right", tr("After"), lambda: step(1))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for part in (self.before, self.now, self.after):
            row.addWidget(part)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Step"))
