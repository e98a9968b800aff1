"""A body, front and back, with numbered marks: placed by a click, or by arrow keys and Enter.

The marks and the place that the keys are on are buttons, so a screen reader hears of each what a list would say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from therapydesk.api import tr
from therapydesk.plugins.safeguarding.ui.body_places import HEAD, HEIGHT, OUTLINE, SIDES, WIDTH, place_words
from therapydesk.ui.kit import style
from therapydesk.ui.kit.labels import DrawnButton
from therapydesk.ui.kit.messages import announce

STEP, FAR = 15, 60  # of 1000, for an arrow key, and with Shift
GAP = 0.12  # between the two figures, of the width of one
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
Centre = int(Qt.AlignmentFlag.AlignCenter)


@dataclass(frozen=True)
class Mark:
    """A mark: side (front, back), place in parts of 1000 of the figure, and what is seen there."""

    side: str
    x: int
    y: int
    text: str = ""

    @property
    def where(self) -> str:
        return place_words(self.side, self.x, self.y)


class BodyMap(QWidget):
    """`placed` tells where a mark is wanted; whoever shows the map adds it. Without `editable` it is only looked at."""

    placed = Signal(str, int, int)
    chosen = Signal(int)  # a mark, counted from 0

    def __init__(self, *, editable: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editable = editable
        self._marks: list[Mark] = []
        self._buttons: list[_MarkButton] = []
        self._cursor = _Cursor(self) if editable else None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        if self._cursor is not None:
            self.setCursor(Qt.CursorShape.CrossCursor)
            self.setFocusProxy(self._cursor)
        self.show_marks([])
        style.signals.theme_changed.connect(self._on_theme)

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Show these marks, numbered from 1."""
        for old in self._buttons:
            old.hide()
            old.deleteLater()
        self._marks = list(marks)
        self._buttons = [_MarkButton(self, number, mark) for number, mark in enumerate(self._marks)]
        said = [f"{n}: {m.where}" for n, m in enumerate(self._marks, 1)]
        self.setAccessibleName(", ".join([tr("Body map"), *said]))
        self._place()

    def marks(self) -> list[Mark]:
        return list(self._marks)

    # -- places --------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        height = style.line_height() * 16
        return QSize(round(height * (2 + GAP) * WIDTH / HEIGHT), height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint() * 0.5  # with doubled text the dialog has room on a screen of 768 points

    def figure(self, side: str) -> QRectF:
        """Where a figure stands."""
        room = QRectF(self.rect()).adjusted(2, 2, -2, -style.small_line_height() - 6)
        height = min(room.height(), room.width() * HEIGHT / (WIDTH * (2 + GAP)))
        width = height * WIDTH / HEIGHT
        left = room.center().x() - width * (1 + GAP / 2)
        return QRectF(left + SIDES.index(side) * width * (1 + GAP), room.top(), width, height)

    def point(self, side: str, x: int, y: int) -> QPointF:
        """Where in the widget a place lies."""
        box = self.figure(side)
        return QPointF(box.x() + box.width() * x / 1000, box.y() + box.height() * y / 1000)

    def _place(self) -> None:
        placed: list[_MarkButton | _Cursor] = [*self._buttons]
        if self._cursor is not None:
            placed.append(self._cursor)
        for button in placed:
            at = self.point(*button.place())
            button.resize(button.sizeHint())
            x, y = round(at.x() - button.width() / 2), round(at.y() - button.height() / 2)
            most = self.width() - button.width(), self.height() - button.height()
            button.move(min(max(0, x), most[0]), min(max(0, y), most[1]))  # at the edge no mark is cut
            button.show()
        self.update()

    def _on_theme(self) -> None:
        self.updateGeometry()
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        for side in SIDES:
            box = self.figure(side)
            if self._editable and box.contains(at) and event.button() == Qt.MouseButton.LeftButton:
                x = round((at.x() - box.x()) * 1000 / box.width())
                y = round((at.y() - box.y()) * 1000 / box.height())
                if self._cursor is not None:
                    self._cursor.go(side, x, y)
                self.placed.emit(side, x, y)
                return
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for side, words in ((SIDES[0], tr("Front")), (SIDES[1], tr("Back"))):
            box = self.figure(side)
            scale = box.width() / WIDTH
            painter.save()
            painter.translate(box.topLeft())
            painter.scale(scale, scale)
            painter.setPen(QPen(style.token("border_strong"), 1.4 / scale))
            painter.setBrush(style.token("surface2"))
            painter.drawPath(_outline())
            painter.restore()
            painter.setFont(style.small_font())
            painter.setPen(style.token("text_muted"))
            below = QRectF(box.left(), box.bottom() + 4, box.width(), style.small_line_height())
            painter.drawText(below, Centre, words)


class _Cursor(DrawnButton):
    """Where the arrow keys are; pressing it asks for a mark there."""

    def __init__(self, body: BodyMap) -> None:
        super().__init__()
        self.setParent(body)
        self._body = body
        self._side, self._x, self._y = SIDES[0], 500, 300
        self.setProperty("focusRing", True)
        self.clicked.connect(lambda _checked=False: body.placed.emit(*self.place()))
        self._name()

    def place(self) -> tuple[str, int, int]:
        return self._side, self._x, self._y

    def go(self, side: str, x: int, y: int) -> None:
        """Stand there; what lies beside one figure is on the other."""
        if x > 1000 and side == SIDES[0]:
            side, x = SIDES[1], x - 1000
        elif x < 0 and side == SIDES[1]:
            side, x = SIDES[0], x + 1000
        self._side, self._x, self._y = side, min(1000, max(0, x)), min(1000, max(0, y))
        self._name()
        self._body._place()

    def _name(self) -> None:
        where = place_words(self._side, self._x, self._y)
        self.setAccessibleName(tr("Place a mark: {where}").format(where=where))
        self.setAccessibleDescription(tr("Arrow keys move, with Shift further. Enter places a mark."))
        if self.hasFocus():
            announce(self, where)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = ARROWS.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
            return
        far = FAR if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
        self.go(self._side, self._x + way[0] * round(far * HEIGHT / WIDTH), self._y + way[1] * far)

    def sizeHint(self) -> QSize:
        side = style.small_line_height() + 4
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.hasFocus():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, reach = QRectF(self.rect()).center(), self.width() / 2 - 2
        for token, width in (("surface", 4.0), ("accent", 2.0)):
            painter.setPen(QPen(style.token(token), width))
            painter.drawLine(middle - QPointF(reach, 0), middle + QPointF(reach, 0))
            painter.drawLine(middle - QPointF(0, reach), middle + QPointF(0, reach))


class _MarkButton(DrawnButton):
    """A mark with its number."""

    def __init__(self, body: BodyMap, number: int, mark: Mark) -> None:
        super().__init__()
        self.setParent(body)
        self._number, self._mark = number + 1, mark
        self.setProperty("focusRing", True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        words = ", ".join(part for part in (mark.where, mark.text) if part)
        self.setAccessibleName(tr("Mark {n}: {words}").format(n=self._number, words=words))
        self.setToolTip(words)
        self.clicked.connect(lambda _checked=False: body.chosen.emit(number))

    def place(self) -> tuple[str, int, int]:
        return self._mark.side, self._mark.x, self._mark.y

    def sizeHint(self) -> QSize:
        side = style.small_line_height() + 2
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(style.token("surface"), 1.5))
        painter.setBrush(style.token("accent"))
        painter.drawEllipse(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.setFont(style.small_font())
        painter.setPen(style.token("on_accent"))
        painter.drawText(QRectF(self.rect()), Centre, str(self._number))


def _outline() -> QPainterPath:
    """Head and body, round through the points of the outline and of its mirror image."""
    right = [QPointF(x, y) for x, y in OUTLINE]
    left = [QPointF(WIDTH - p.x(), p.y()) for p in reversed(right[:-1])]
    points = [*right, *left]
    path = QPainterPath(points[0])
    for at in range(len(points) - 1):
        before, start, end = points[max(at - 1, 0)], points[at], points[at + 1]
        after = points[min(at + 2, len(points) - 1)]
        path.cubicTo(start + (end - before) / 6, end - (after - start) / 6, end)
    path.closeSubpath()
    x, y, wide, high = HEAD
    head = QPainterPath()
    head.addEllipse(QPointF(x, y), wide, high)
    return path.united(head)
