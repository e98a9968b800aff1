"""A layout that puts widgets in lines, like words."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

SHARE = {"top": 0.0, "middle": 0.5, "foot": 1.0}  # of the spare height of a line, what stands above a widget


class FlowLayout(QLayout):
    """Lines of widgets, with their tops, middles or feet `level`: middles for texts beside links, feet for several sizes.

    `spacing` stands between widgets, and between lines unless `down` says otherwise.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        spacing: int = 8,
        *,
        down: int | None = None,
        level: Literal["top", "middle", "foot"] = "top",
    ) -> None:
        super().__init__(parent)
        self._above = SHARE[level]
        self._down = spacing if down is None else down
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        around = self.contentsMargins()
        inside = width - around.left() - around.right()
        return self._place(QRect(0, 0, inside, 0), move=False) + around.top() + around.bottom()

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect.marginsRemoved(self.contentsMargins()), move=True)

    def sizeHint(self) -> QSize:
        widths = [item.sizeHint().width() for item in self._items if not item.isEmpty()]
        total = sum(widths) + self.spacing() * max(0, len(widths) - 1)
        around = self.contentsMargins()
        return QSize(total + around.left() + around.right(), self.minimumSize().height())

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size.grownBy(self.contentsMargins())

    def _place(self, rect: QRect, *, move: bool) -> int:
        y = rect.y()
        for number, line in enumerate(self._lines(rect.width())):
            y += self._down if number else 0
            hints = [_size(item, rect.width()) for item in line]
            x, tallest = rect.x(), max(hint.height() for hint in hints)
            for item, hint in zip(line, hints, strict=True):
                down = int((tallest - hint.height()) * self._above)
                if move:
                    item.setGeometry(QRect(QPoint(x, y + down), hint))
                x += hint.width() + self.spacing()
            y += tallest
        return y - rect.y()

    def _lines(self, room: int) -> list[list[QLayoutItem]]:
        """What stands in each line of this width."""
        lines: list[list[QLayoutItem]] = []
        used = 0
        for item in self._items:
            if item.isEmpty():
                continue
            width = _size(item, room).width()
            if not lines or used + width > room:
                lines.append([])
                used = 0
            lines[-1].append(item)
            used += width + self.spacing()
        return lines


def _size(item: QLayoutItem, room: int) -> QSize:
    """What an item wants, at most as wide as the line; what can break into lines then grows in height."""
    hint = item.sizeHint()
    if hint.width() <= room or not item.hasHeightForWidth():
        return hint
    return QSize(room, item.heightForWidth(room))
