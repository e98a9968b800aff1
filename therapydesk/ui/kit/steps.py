"""Where one is in a row of steps

Large marks with words beside (wizard), small ones with words below (timeline).
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from therapydesk.api import tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.icons import draw_icon

ROW_GAP = 12
Centre = Qt.AlignmentFlag.AlignCenter
LeftMiddle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Steps(QWidget):
    """`now` counts from 0; len(names) means that all are done.

    `details` are the small words of a timeline.
    """

    def __init__(
        self,
        names: Sequence[str],
        now: int = 0,
        *,
        timeline: bool = False,
        details: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._names, self._details = list(names), list(details)
        self._timeline = timeline
        self._now = now
        down = QSizePolicy.Policy.Preferred if timeline else QSizePolicy.Policy.Fixed
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, down)
        policy.setHeightForWidth(timeline)
        self.setSizePolicy(policy)
        self.set_now(now)
        style.signals.theme_changed.connect(self.updateGeometry)

    def set_steps(self, names: Sequence[str], now: int, details: Sequence[str] = ()) -> None:
        self._names, self._details = list(names), list(details)
        self.updateGeometry()
        self.set_now(now)

    def set_now(self, now: int) -> None:
        self._now = now
        total = len(self._names)
        if now < total:
            text = tr("{n} of {total}, {step}, now").format(n=now + 1, total=total, step=self._names[now])
        else:
            text = tr("All {total} steps done").format(total=total)
        self.setAccessibleName(text)
        self.setAccessibleDescription(", ".join(self._names))
        self.update()

    def _side(self) -> int:
        return round((20 if self._timeline else 26) * style.line_height() / 22)

    def sizeHint(self) -> QSize:
        if self._timeline:
            return QSize(self._side() * len(self._names) * 3, self._row_height())
        metrics = QFontMetrics(style.semibold())
        width = sum(self._side() + 8 + metrics.horizontalAdvance(name) + 72 for name in self._names) - 72
        return QSize(width, self._side() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._side() * len(self._names), self.sizeHint().height())

    def hasHeightForWidth(self) -> bool:
        return self._timeline

    def heightForWidth(self, width: int) -> int:
        """A timeline whose words have too little room goes on in further rows."""
        if not self._timeline:
            return self.sizeHint().height()
        rows = -(-max(1, len(self._names)) // self._in_a_row(width))
        return rows * self._row_height() + (rows - 1) * ROW_GAP

    def _row_height(self) -> int:
        return self._side() + 6 + style.line_height() + style.small_line_height()

    def _in_a_row(self, width: int) -> int:
        """How many steps of a timeline stand beside each other without being cut."""
        names = QFontMetrics(style.semibold())
        details = QFontMetrics(style.small_font())
        widths = [names.horizontalAdvance(name) for name in self._names]
        widths += [details.horizontalAdvance(detail) for detail in self._details]
        column, count = max(widths, default=1) + 10, max(1, len(self._names))
        fitting = [n for n in range(count, 0, -1) if count % n == 0 and n * column <= width]
        return fitting[0] if fitting else 1

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._timeline:
            self._paint_timeline(painter)
        else:
            self._paint_wizard(painter)

    def _mark(self, painter: QPainter, box: QRectF, place: int) -> None:
        draw_mark(painter, box, place, self._now, numbered=not self._timeline)

    def _paint_wizard(self, painter: QPainter) -> None:
        side, x = self._side(), 0
        metrics = QFontMetrics(style.semibold())
        short = max(0, self.sizeHint().width() - self.width())
        links = max(1, len(self._names) - 1)
        only_now = short > 36 * links
        link = 24 if only_now else 48 - -(-short // links)
        for place, name in enumerate(self._names):
            self._mark(painter, QRectF(x, 0, side, side), place)
            x += side + 8
            here = place == self._now
            shown = "" if only_now and not here else name
            painter.setFont(style.semibold() if here else style.body_font())
            painter.setPen(style.token("text" if here else "text_muted"))
            width = metrics.horizontalAdvance(shown)
            painter.drawText(QRect(x, 0, width + 4, side), int(LeftMiddle), shown)
            x += width + 12 if shown else 0
            if place + 1 < len(self._names):
                painter.setPen(QPen(style.token("border_strong"), 1))
                painter.drawLine(QPointF(x, side / 2), QPointF(x + link, side / 2))
                x += link + 12

    def _paint_timeline(self, painter: QPainter) -> None:
        in_a_row = self._in_a_row(self.width())
        column, below = self.width() / in_a_row, self._row_height() + ROW_GAP
        for place in range(len(self._names)):
            row, across = divmod(place, in_a_row)
            last = across == in_a_row - 1 or place == len(self._names) - 1
            self._paint_step(painter, place, QPointF(column * across, below * row), column, joined=not last)

    def _paint_step(self, painter: QPainter, place: int, at: QPointF, column: float, *, joined: bool) -> None:
        side, reached = self._side(), place <= self._now
        if joined:
            painter.setPen(QPen(style.token("border_strong"), 1))
            start = at + QPointF(side / 2, side / 2)
            painter.drawLine(start, start + QPointF(column, 0))
        self._mark(painter, QRectF(at.x(), at.y(), side, side), place)
        painter.setFont(style.semibold() if reached else style.body_font())
        painter.setPen(style.token("text" if reached else "text_muted"))
        box = QRectF(at.x(), at.y() + side + 4, column - 8, style.line_height())
        self._write(painter, box, self._names[place])
        if place < len(self._details):
            painter.setFont(style.small_font())
            below = box.translated(0, style.line_height())
            below.setHeight(style.small_line_height())
            self._write(painter, below, self._details[place])

    @staticmethod
    def _write(painter: QPainter, box: QRectF, text: str) -> None:
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, int(LeftMiddle), shown)


def draw_mark(painter: QPainter, box: QRectF, place: int, now: int, *, numbered: bool) -> None:
    """The mark of a step: done with a tick, the present one and those to come with their number or without."""
    done, here = place < now, place == now
    fill = "ok_soft" if done else "accent_soft" if here and numbered else "surface"
    line = "ok" if done else "accent" if here else "border_strong"
    painter.setPen(QPen(style.token(line), 1.6 if here else 1))
    painter.setBrush(style.token(fill))
    painter.drawEllipse(box.adjusted(1, 1, -1, -1))
    if done:
        inset = box.width() * 0.2
        draw_icon(painter, "tick", box.adjusted(inset, inset, -inset, -inset), "ok")
    elif here and not numbered:
        inset = box.width() * 0.3
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.token("accent"))
        painter.drawEllipse(box.adjusted(inset, inset, -inset, -inset))
    elif numbered:
        painter.setFont(style.small_font())
        painter.setPen(style.token("text" if here else "text_muted"))
        painter.drawText(box, int(Centre), str(place + 1))


class StepMark(QWidget):
    """The mark of one step, for a list of steps whose words stand beside it."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self._place, self._now = place, 0
        self._fix()
        style.signals.theme_changed.connect(self._fix)

    def set_now(self, now: int) -> None:
        self._now = now
        self.update()

    def _fix(self) -> None:
        side = round(26 * style.line_height() / 22)
        self.setFixedSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_mark(painter, QRectF(self.rect()), self._place, self._now, numbered=True)
