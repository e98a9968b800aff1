"""How rows and heads of a table are painted: ring, fill, text in two pens, state shapes, boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from therapydesk.ui.kit import style
from therapydesk.ui.kit.boxes import draw_box, draw_check
from therapydesk.ui.kit.columns import Cell, Column
from therapydesk.ui.kit.icons import State, draw_icon, shape_pixmap
from therapydesk.ui.kit.table_model import WindowedModel

if TYPE_CHECKING:
    from therapydesk.ui.kit.table_view import TableView

PAD = 12
FIRST_PAD = 16
SELECTED = QStyle.StateFlag.State_Selected
Left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
Right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def shape_side() -> int:
    return round(12 * style.line_height() / 22)


def _text_width(metrics: QFontMetrics, text: str, state: State | None) -> int:
    return metrics.horizontalAdvance(text) + (shape_side() + 8 if state is not None else 0)


def cell_width(column: Column, cell: Cell, *, two_line: bool, tight: bool = False) -> int:
    """Return how wide a cell has to be for nothing in it to be cut, without its padding."""
    metrics = style.semibold_metrics() if column.strong else style.body_metrics()
    first = _text_width(metrics, cell.text, cell.state)
    if not cell.second or (tight and not two_line):
        return first + 2
    metrics = style.small_metrics() if two_line else style.body_metrics()
    second = _text_width(metrics, cell.second, cell.second_state)
    return max(first, second) + 2 if two_line else first + 8 + second + 2


class RowDelegate(QStyledItemDelegate):
    def __init__(self, view: TableView) -> None:
        super().__init__(view)
        self._view = view
        self.row: Any = None  # the one that is painted, for what a subclass draws of it

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(40, self._view.row_height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model = self._view.model()
        number, section, rect = index.row(), index.column(), option.rect
        selected = bool(option.state & SELECTED)
        focused = selected and self._view.hasFocus()
        first, last = self._view.is_end(section)
        painter.save()
        self._row_back(painter, rect, number, (selected, focused, first, last))
        if isinstance(model, WindowedModel):
            column = model.column(section)
            cell = model.cell(number, section)
            self.row = model.row(number)
            if column is None:
                state = QStyle.StateFlag.State_Enabled
                if model.data(index, int(Qt.ItemDataRole.CheckStateRole)) == Qt.CheckState.Checked:
                    state |= QStyle.StateFlag.State_On
                draw_check(painter, rect, state, on_selection=focused)
            elif cell is not None:
                rect = rect.adjusted(FIRST_PAD if first else PAD, 0, -(FIRST_PAD if last else PAD), 0)
                self._cell(painter, rect, column, cell, focused)
        painter.restore()

    def _row_back(
        self, painter: QPainter, rect: QRect, number: int, how: tuple[bool, bool, bool, bool]
    ) -> None:
        selected, focused, first, last = how
        if focused:
            for inset, name in ((0, "focus"), (2, "surface"), (4, "sel")):
                part = rect.adjusted(inset if first else 0, inset, -inset if last else 0, -inset)
                painter.fillRect(part, style.token(name))
        elif selected:
            painter.fillRect(rect, style.token("accent_soft"))
            contrast = style.current_theme() is style.Theme.HIGH_CONTRAST
            if first and (self._view.two_line or contrast):
                inset = 0 if contrast else 8
                bar = QRectF(rect.x() + 4, rect.y() + inset, 4, rect.height() - 2 * inset)
                path = QPainterPath()
                path.addRoundedRect(bar, 2, 2)
                painter.fillPath(path, style.token("accent"))
        elif number == self._view.hover_row:
            painter.fillRect(rect, style.token("surface2"))

    def _cell(self, painter: QPainter, rect: QRect, column: Column, cell: Cell, on_sel: bool) -> None:
        ink = "on_sel" if on_sel else "text_muted" if cell.muted else "text"
        soft = "on_sel" if on_sel else "text_muted"
        painter.setFont(style.semibold() if column.strong and not cell.muted else style.body_font())
        if self._view.two_line:
            upper, lower = self._halves(rect, bool(cell.second))
            self._text(painter, upper, cell.text, (ink, column.right, cell.state, on_sel))
            if cell.second:
                painter.setFont(style.small_font())
                tone = soft if cell.second_state is None else ("on_sel" if on_sel else "text")
                self._text(painter, lower, cell.second, (tone, column.right, cell.second_state, on_sel))
            return
        used = self._text(painter, rect, cell.text, (ink, column.right, cell.state, on_sel))
        room = rect.width() - used - 8
        if cell.second and not column.right:
            painter.setFont(style.body_font())
            if room >= painter.fontMetrics().horizontalAdvance(cell.second):
                self._text(
                    painter, rect.adjusted(used + 8, 0, 0, 0), cell.second, (soft, False, None, on_sel)
                )

    def _halves(self, rect: QRect, both: bool) -> tuple[QRect, QRect]:
        if not both:
            return rect, rect
        top = rect.y() + (rect.height() - style.line_height() - style.small_line_height()) // 2
        upper = QRect(rect.x(), top, rect.width(), style.line_height())
        return upper, QRect(rect.x(), upper.bottom() + 1, rect.width(), style.small_line_height())

    def _text(
        self, painter: QPainter, rect: QRect, text: str, how: tuple[str, bool, State | None, bool]
    ) -> int:
        """Draw text, with its shape before it, and return the width used."""
        ink, right, state, on_sel = how
        metrics = painter.fontMetrics()
        room = rect.width() - (shape_side() + 8 if state is not None else 0)
        shown, width = text, metrics.horizontalAdvance(text)
        if width > room:
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, room))
            width = metrics.horizontalAdvance(shown)
        x = rect.right() + 1 - width if right else rect.x() + (shape_side() + 8 if state is not None else 0)
        if state is not None:
            side = shape_side()
            box = QRect(x - 8 - side, rect.center().y() + 1 - side // 2, side, side)
            ratio = painter.device().devicePixelRatio()
            painter.drawPixmap(
                box.topLeft(), shape_pixmap(state.shape, "on_sel" if on_sel else state.token, side, ratio)
            )
        painter.setPen(style.token(ink))
        painter.drawText(QRect(x, rect.y(), width + 2, rect.height()), int(Left), shown)
        return x - rect.x() + width


CAP_GAP = 8  # from a key cap to the word after it


def cap_side() -> int:
    """How wide and high the cap of a key is, in px."""
    return style.small_line_height() + 4


def _draw_cap(painter: QPainter, rect: QRect, key: str) -> QRect:
    """Draw a key cap at the left, and return what is left of the rectangle."""
    side = cap_side()
    box = QRect(rect.x(), rect.center().y() + 1 - side // 2, side, side)
    draw_box(painter, box, style.token("surface"), style.token("border_strong"), radius=4)
    painter.setPen(style.token("text"))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), key)
    return rect.adjusted(side + CAP_GAP, 0, 0, 0)


class Heads(QHeaderView):
    """The heads of the columns: small, muted, aligned with their cells; rounded where the frame is."""

    tick_clicked = Signal()

    def __init__(self, view: TableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._view = view
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setStretchLastSection(False)
        self.setMinimumSectionSize(24)
        self.fit()

    def fit(self) -> None:
        self.setFont(style.small_font())
        self.setFixedHeight(style.small_line_height() + 14)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), style.small_line_height() + 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        height = self.viewport().height()
        for section in range(self.count()):
            if not self.isSectionHidden(section):
                x = self.sectionViewportPosition(section)
                self._head(painter, QRect(x, 0, self.sectionSize(section), height - 1), section)

    def _head(self, painter: QPainter, rect: QRect, section: int) -> None:
        model = self._view.model()
        if not isinstance(model, WindowedModel):
            return
        column = model.column(section)
        if column is None:
            draw_check(painter, rect, _check_flags(model.tick_state()))
            return
        first, last = self._view.is_end(section)
        rect = rect.adjusted(FIRST_PAD if first else PAD, 0, -(FIRST_PAD if last else PAD), 0)
        painter.setFont(style.small_font())
        if column.key_cap:
            rect = _draw_cap(painter, rect, column.key_cap)
        painter.setPen(style.token("text_muted"))
        metrics = painter.fontMetrics()
        title = metrics.elidedText(column.title, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, int(Right if column.right else Left), title)
        if self._view.sorted_section == section:
            side = style.icon_size(small=True)
            x = rect.x() + metrics.horizontalAdvance(title) + 4
            if column.right:
                x = rect.right() - metrics.horizontalAdvance(title) - 4 - side
            box = QRect(x, rect.center().y() + 1 - side // 2, side, side)
            draw_icon(painter, "down" if self._view.sort_descending else "up", box)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        model = self._view.model()
        section = self.logicalIndexAt(event.position().toPoint())
        if isinstance(model, WindowedModel) and section >= 0 and model.column(section) is None:
            self.tick_clicked.emit()
            return
        super().mousePressEvent(event)


def paint_head_band(frame: QWidget, height: int) -> None:
    """Paint the band behind the heads over the whole width of the frame, above the scroll bar too."""
    painter = QPainter(frame)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    band = QRectF(1, 1, frame.width() - 2, height)
    path = QPainterPath()
    path.addRoundedRect(band.adjusted(0, 0, 0, 8), 7, 7)
    painter.setClipRect(band)
    painter.fillPath(path, style.token("surface2"))
    painter.fillRect(QRectF(1, height, frame.width() - 2, 1), style.token("border"))


def _check_flags(check: Qt.CheckState) -> QStyle.StateFlag:
    flags = QStyle.StateFlag.State_Enabled
    if check == Qt.CheckState.Checked:
        return flags | QStyle.StateFlag.State_On
    if check == Qt.CheckState.PartiallyChecked:
        return flags | QStyle.StateFlag.State_NoChange
    return flags


def end_sections(heads: QHeaderView) -> tuple[int, int]:
    """Return the first and the last section that can be seen."""
    seen = [section for section in range(heads.count()) if not heads.isSectionHidden(section)]
    return (seen[0], seen[-1]) if seen else (-1, -1)
