"""Two columns of cards that stand one below the other where letters have too little room side by side."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from therapydesk.ui.kit import style

SPACE = 16
NARROW = 100  # average letters; a page narrower than so many has one column


class TwoColumns(QWidget):
    """`left` and `right` are layouts, as wide as the two shares say; a form beside help stands 32 apart."""

    def __init__(
        self, left_share: int, right_share: int, *, space: int = SPACE, narrow: int = NARROW
    ) -> None:
        super().__init__()
        self._narrow = narrow
        self.left, self.right = QVBoxLayout(), QVBoxLayout()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(space)
        for column, share in ((self.left, left_share), (self.right, right_share)):
            column.setSpacing(SPACE)
            self._row.addLayout(column, share)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < style.chars(self._narrow)
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._row.setDirection(down if narrow else across)
