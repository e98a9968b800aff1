"""The view of the drafts: painted as the tables are, with a second level."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from therapydesk.api import tr
from therapydesk.plugins.invoicing.service import DraftPayer, DraftRow
from therapydesk.plugins.invoicing.ui.draft_model import AMOUNT, SESSIONS, TO, DraftModel
from therapydesk.ui.kit import style
from therapydesk.ui.kit.boxes import draw_check
from therapydesk.ui.kit.icons import draw_icon, draw_shape

Index = QModelIndex | QPersistentModelIndex
Left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
Right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
END = 24


def scaled(pixels: int) -> int:
    """Pixels at normal text, grown with the text."""
    return round(pixels * style.line_height() / 22)


class DraftHeads(QHeaderView):
    """Heads like those of the tables; the tick of all stands before the first."""

    tick_clicked = Signal()

    def __init__(self, view: QTreeView, model: DraftModel) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._drafts = model
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setStretchLastSection(False)
        self.setMinimumSectionSize(24)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.fit()

    def fit(self) -> None:
        """Take the height that the text size asks for."""
        self.setFont(style.small_font())
        self.setFixedHeight(style.small_line_height() + 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        height = self.viewport().height() - 1
        state = QStyle.StateFlag.State_Enabled
        check = self._drafts.all_state()
        if check == Qt.CheckState.Checked:
            state |= QStyle.StateFlag.State_On
        elif check == Qt.CheckState.PartiallyChecked:
            state |= QStyle.StateFlag.State_NoChange
        draw_check(painter, QRect(0, 0, scaled(50), height), state)
        painter.setFont(style.small_font())
        painter.setPen(style.token("text_muted"))
        for section, start in ((TO, scaled(60)), (SESSIONS, 0), (AMOUNT, 0)):
            x, width = self.sectionViewportPosition(section), self.sectionSize(section)
            box = QRect(x + start, 0, width - start - (END if section == AMOUNT else 0), height)
            text = str(self._drafts.headerData(section, Qt.Orientation.Horizontal))
            painter.drawText(box, int(Right if section == AMOUNT else Left), text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.position().x() < scaled(50):
            self.tick_clicked.emit()


class DraftTree(QTreeView):
    """Space ticks, Left and Right fold, Ctrl+A ticks all, Enter opens what is in the way of a row."""

    row_changed = Signal()
    opened = Signal(object)
    hand_asked = Signal(object)

    def __init__(self, model: DraftModel) -> None:
        super().__init__()
        self.drafts = model
        self.setModel(model)
        self.heads = DraftHeads(self, model)
        self.setHeader(self.heads)
        self._hover = QPersistentModelIndex()
        self._above_bar = QWidget()
        self._look()
        self.heads.tick_clicked.connect(model.toggle_all)
        model.ticks_changed.connect(self._repaint)
        self.selectionModel().currentRowChanged.connect(lambda *_rows: self.row_changed.emit())

    def _look(self) -> None:
        self.setAccessibleName(tr("Drafts by payer"))
        self.setStyleSheet("QTreeView { background: transparent; border: none; }")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setMouseTracking(True)
        self.setExpandsOnDoubleClick(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.addScrollBarWidget(self._above_bar, Qt.AlignmentFlag.AlignTop)
        self.fit()
        style.signals.theme_changed.connect(self.fit)

    def fit(self) -> None:
        """Widths and heights for the text size and the room there is."""
        self.heads.fit()
        self._above_bar.setFixedHeight(self.heads.height())
        self.verticalScrollBar().setSingleStep(style.row_height())
        room = self.viewport().width()
        amount = max(scaled(116), QFontMetrics(style.semibold()).horizontalAdvance("£00,000.00") + END + 12)
        names = scaled(110) + style.chars(12)
        sessions = max(style.chars(11), min(scaled(260), room - amount - names))
        self.heads.resizeSection(TO, max(40, room - amount - sessions))
        self.heads.resizeSection(SESSIONS, sessions)
        self.heads.resizeSection(AMOUNT, amount)

    def _repaint(self) -> None:
        self.viewport().update()
        self.heads.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    # -- keys and mouse --

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() == Qt.Key.Key_Space and index.isValid():
            self._tick(index)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.opened.emit(self.drafts.item(index))
        elif event.key() == Qt.Key.Key_A and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.drafts.toggle_all()
        elif event.text().strip() and event.text() not in "+-*":
            event.ignore()  # single letters belong to the page
        else:
            super().keyPressEvent(event)

    def _tick(self, index: QModelIndex) -> None:
        item = self.drafts.item(index)
        if isinstance(item, DraftRow) and not item.charged:
            self.hand_asked.emit(item)
        else:
            self.drafts.toggle(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        index = self.indexAt(place).siblingAtColumn(TO)
        super().mousePressEvent(event)
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        if isinstance(self.drafts.item(index), DraftPayer):
            if place.x() < scaled(50):
                self._tick(index)
            elif place.x() < scaled(76):
                self.setExpanded(index, not self.isExpanded(index))
        elif scaled(76) <= place.x() < scaled(106) and self.drafts.tickable(index):
            self._tick(index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.position().x() >= scaled(106):
            self.opened.emit(self.drafts.item(index))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_hover(self.indexAt(event.position().toPoint()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hover(QModelIndex())
        super().leaveEvent(event)

    def _set_hover(self, index: QModelIndex) -> None:
        row = QPersistentModelIndex(index.siblingAtColumn(TO) if index.isValid() else index)
        if row != self._hover:
            self._hover = row
            self.viewport().update()

    # -- painting --

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item = self.drafts.item(index)
        if item is None:
            return
        current = self.drafts.first(index) == self.currentIndex().siblingAtColumn(TO)
        focused = current and self.hasFocus()
        rect = QRect(0, option.rect.y(), self.viewport().width(), option.rect.height())
        painter.save()
        self._back(painter, rect, index, current, focused)
        self._first(painter, rect, index, item, focused)
        self._rest(painter, rect, item, focused)
        painter.restore()

    def _back(self, painter: QPainter, rect: QRect, index: Index, current: bool, focused: bool) -> None:
        if focused:
            for inset, name in ((0, "focus"), (2, "surface"), (4, "sel")):
                painter.fillRect(rect.adjusted(inset, inset, -inset, -inset), style.token(name))
        elif current:
            painter.fillRect(rect, style.token("accent_soft"))
        elif self._hover == self.drafts.first(index):
            painter.fillRect(rect, style.token("surface2"))

    def _first(
        self, painter: QPainter, rect: QRect, index: Index, item: DraftPayer | DraftRow, focused: bool
    ) -> None:
        payer = isinstance(item, DraftPayer)
        height = rect.height()
        if self.drafts.tickable(index):
            box = QRect(0 if payer else scaled(66), rect.y(), scaled(50), height)
            draw_check(painter, box, self._check_flags(index), on_selection=focused)
        if payer:
            side = style.icon_size(small=True)
            chevron = QRect(scaled(57), rect.center().y() + 1 - side // 2, side, side)
            name = "down" if self.isExpanded(self.drafts.first(index)) else "right"
            draw_icon(painter, name, chevron, "on_sel" if focused else "text_muted")
        x = scaled(78 if payer else 110)
        room = self.heads.sectionSize(TO) - x - 12
        painter.setFont(style.semibold() if payer else style.body_font())
        self._write(
            painter,
            QRect(x, rect.y(), room, height),
            str(self.drafts.data(self.drafts.first(index))),
            self._ink(item, focused),
            False,
        )

    def _rest(self, painter: QPainter, rect: QRect, item: DraftPayer | DraftRow, focused: bool) -> None:
        payer = isinstance(item, DraftPayer)
        x, width = self.heads.sectionPosition(SESSIONS), self.heads.sectionSize(SESSIONS)
        painter.setFont(style.body_font())
        words = self.drafts.words(item, SESSIONS)
        ink = self._ink(item, focused)
        box = QRect(x, rect.y(), width - 12, rect.height())
        if item.problem:
            side = scaled(12)
            draw_shape(
                painter,
                "diamond",
                QRect(x, rect.center().y() + 1 - side // 2, side, side),
                "on_sel" if focused else "warn",
            )
            box.adjust(side + 8, 0, 0, 0)
        elif payer and not focused:
            ink = style.token("text_muted")
        self._write(painter, box, words, ink, False)
        x, width = self.heads.sectionPosition(AMOUNT), self.heads.sectionSize(AMOUNT)
        box = QRect(x, rect.y(), width - END, rect.height())
        self._write(painter, box, self.drafts.words(item, AMOUNT), self._ink(item, focused), True)

    @staticmethod
    def _ink(item: DraftPayer | DraftRow, focused: bool) -> QColor:
        muted = isinstance(item, DraftRow) and not item.charged
        return style.token("on_sel" if focused else "text_muted" if muted else "text")

    @staticmethod
    def _write(painter: QPainter, box: QRect, text: str, ink: QColor, right: bool) -> None:
        painter.setPen(ink)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(0, box.width()))
        painter.drawText(box, int(Right if right else Left), shown)

    def _check_flags(self, index: Index) -> QStyle.StateFlag:
        check = self.drafts.data(self.drafts.first(index), int(Qt.ItemDataRole.CheckStateRole))
        flags = QStyle.StateFlag.State_Enabled
        if check == Qt.CheckState.Checked:
            return flags | QStyle.StateFlag.State_On
        return flags | QStyle.StateFlag.State_NoChange if check == Qt.CheckState.PartiallyChecked else flags
