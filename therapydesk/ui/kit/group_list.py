"""A list of groups beside what belongs to the chosen one: rows as in the sidebar, without icons."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QFrame, QListWidget, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from therapydesk.ui.kit import style

Index = QModelIndex | QPersistentModelIndex
PAD = 12


class GroupList(QListWidget):
    """As wide as its longest title; the chosen row has the bar and the weight of a sidebar row."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("part", "sidebar")
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setItemDelegate(_Rows(self))
        self.itemSelectionChanged.connect(self._follow)
        style.signals.theme_changed.connect(self.fit)

    def add_group(self, title: str) -> None:
        """Add a row at the end."""
        self.addItem(title)
        self.fit()

    def _follow(self) -> None:
        """What a screen reader selects is the current row, too: that is its only action on a row."""
        for index in self.selectedIndexes():
            self.setCurrentRow(index.row())

    def fit(self) -> None:
        """Take the width that the titles need."""
        metrics = QFontMetrics(style.semibold())
        titles = [self.item(row).text() for row in range(self.count())]
        self.setFixedWidth(max((metrics.horizontalAdvance(t) for t in titles), default=0) + 4 * PAD)
        self.scheduleDelayedItemsLayout()


class _Rows(QStyledItemDelegate):
    def __init__(self, view: QListWidget) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 (Qt)
        return QSize(0, style.button_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        rect = QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if selected or hovered:
            painter.setBrush(style.token("accent_soft" if selected else "surface2"))
            painter.drawRoundedRect(QRectF(rect), 6, 6)
        if selected:
            gap = 0 if style.current_theme() is style.Theme.HIGH_CONTRAST else 8
            painter.setBrush(style.token("accent"))
            painter.drawRoundedRect(QRectF(rect.x(), rect.y() + gap, 4, rect.height() - 2 * gap), 2, 2)
        if selected and self._view.hasFocus():
            painter.setPen(QPen(style.token("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), 6, 6)
        painter.setFont(style.semibold() if selected else style.body_font())
        painter.setPen(style.token("text"))
        painter.drawText(
            rect.adjusted(PAD, 0, -PAD, 0), int(Qt.AlignmentFlag.AlignVCenter), str(index.data())
        )
        painter.restore()
