"""Ctrl+K: one field that finds people, pages and things to do. A child of the window, so focus stays inside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from therapydesk.api import tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.filter_bar import MOST_TYPED
from therapydesk.ui.kit.icons import draw_icon, icon
from therapydesk.ui.kit.labels import line, text_label
from therapydesk.ui.kit.later import Later
from therapydesk.ui.kit.messages import announce

Index = QModelIndex | QPersistentModelIndex
ENTRY = Qt.ItemDataRole.UserRole
MOST = 9
WIDE = "\u2003\u2003"  # between what the keys do
BELOW = 16  # what is left free at the foot of the window
AROUND = 2 + 2 + 8 + 8 + 4  # the frame, the lines and the room around the list


@dataclass(frozen=True)
class Entry:
    """One line of the palette: what it is, and what choosing it does. `head` is the group label before it, if any."""

    title: str
    subtitle: str
    icon: str
    group: str
    run: Callable[[], None]
    hint: str = ""


class PaletteModel(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Entry | str] = []

    def show(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self.rows = []
        for entry in entries[:MOST]:
            if entry.group not in self.rows:
                self.rows.append(entry.group)
            self.rows.append(entry)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: ARG002 (Qt)
        return len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        is_entry = isinstance(self.rows[index.row()], Entry)
        return (
            Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if is_entry else Qt.ItemFlag.NoItemFlags
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title if isinstance(row, Entry) else row
        if role == Qt.ItemDataRole.AccessibleTextRole and isinstance(row, Entry):
            return f"{row.title}, {row.subtitle}" if row.subtitle else row.title
        return row if role == ENTRY else None


class PaletteDelegate(QStyledItemDelegate):
    """Title with the matched letters in semibold, subtitle muted, shortcut at the right."""

    matched = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 (Qt)
        if isinstance(index.data(ENTRY), str):
            return QSize(0, style.small_line_height() + 12)
        return QSize(0, style.button_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect, row = QRect(option.rect), index.data(ENTRY)
        if isinstance(row, str):
            painter.setFont(style.small_font())
            painter.setPen(style.token("text_muted"))
            painter.drawText(rect.adjusted(16, 6, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), row)
        else:
            selected = bool(option.state & QStyle.StateFlag.State_Selected)
            self._paint_entry(painter, rect, row, selected)
        painter.restore()

    def _paint_entry(self, painter: QPainter, rect: QRect, entry: Entry, selected: bool) -> None:
        if selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.token("sel"))
            painter.drawRoundedRect(rect.adjusted(8, 0, -8, 0), 6, 6)
        side = style.icon_size()
        place = QRect(rect.left() + 20, rect.center().y() - side // 2, side, side)
        draw_icon(
            painter,
            entry.icon or "right",
            place,
            "on_sel" if selected else "text_muted",
        )
        x = rect.left() + 32 + side
        x = self._paint_title(painter, x, rect, entry.title, selected)
        painter.setFont(style.small_font())
        painter.setPen(style.token("on_sel" if selected else "text_muted"))
        space = QRect(x + 12, rect.top(), rect.right() - x - 36, rect.height())
        hint = painter.fontMetrics().horizontalAdvance(entry.hint)
        painter.drawText(
            space,
            int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight),
            entry.hint,
        )
        text = painter.fontMetrics().elidedText(
            entry.subtitle, Qt.TextElideMode.ElideRight, space.width() - hint - 12
        )
        painter.drawText(space, int(Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_title(self, painter: QPainter, x: int, rect: QRect, title: str, selected: bool) -> int:
        painter.setPen(style.token("on_sel" if selected else "text"))
        at = title.casefold().find(self.matched.casefold()) if self.matched else -1
        end = at + len(self.matched)
        parts = (
            [(title[:at], False), (title[at:end], True), (title[end:], False)]
            if at >= 0
            else [(title, False)]
        )
        for text, bold in parts:
            painter.setFont(style.semibold() if bold else style.body_font())
            width = painter.fontMetrics().horizontalAdvance(text)
            painter.drawText(
                QRect(x, rect.top(), width + 4, rect.height()),
                int(Qt.AlignmentFlag.AlignVCenter),
                text,
            )
            x += width
        return x


class CommandPalette(QFrame):
    """`find(text)` gives the entries; the arrows move the list while the field keeps the focus."""

    def __init__(self, window: QWidget, find: Callable[[str], Sequence[Entry]]) -> None:
        super().__init__(window)
        self.setProperty("part", "palette")
        self._window, self._find = window, find
        self._before: QWidget | None = None
        self.field = QLineEdit()
        self.field.setMaxLength(MOST_TYPED)
        self.field.setFrame(False)
        self.field.setFont(style.section_font())
        self.field.setTextMargins(12, 0, 12, 0)  # in line with the titles below
        glass = self.field.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        glass.setText(tr("Search"))
        self.field.setPlaceholderText(tr("Go to a person, page or command"))
        self.field.setAccessibleName(tr("Go to a person, page or command"))
        self.field.installEventFilter(self)
        self.model = PaletteModel()
        self.list = QListView()
        self.list.setAccessibleName(tr("Found"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setModel(self.model)
        self.delegate = PaletteDelegate(self.list)
        self.list.setItemDelegate(self.delegate)
        self.list.clicked.connect(self._run)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self.field)
        column.addWidget(line())
        column.addSpacing(8)
        column.addWidget(self.list, 1)
        column.addSpacing(8)
        column.addWidget(line())
        self.foot = self._foot()
        column.addWidget(self.foot)
        self._wait = Later(self, 15, self._search)
        self.field.textChanged.connect(lambda _text: self._wait.start())
        self.hide()

    @staticmethod
    def _foot() -> QLabel:
        """What the keys do."""
        keys = (tr("Up and Down choose"), tr("Enter opens"), tr("Esc closes"))
        foot = text_label(WIDE.join(keys), "small", "text_muted")
        foot.setContentsMargins(20, 8, 20, 8)
        return foot

    def open(self, text: str = "") -> None:
        """Show over the page, empty or with a text."""
        window = self._window
        if not self.isVisible():
            self._before = window.focusWidget()
        width = min(style.chars(85), window.width() - 48)
        self.field.setFixedHeight(style.line_height() + 22)
        self.setFixedWidth(width)
        self.move((window.width() - width) // 2, 40)
        self.field.setText(text)
        self._search()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_palette(self) -> None:
        """Hide, and give the focus back."""
        self.hide()
        if self._before is not None:
            self._before.setFocus()

    def _search(self) -> None:
        text = self.field.text().strip()
        entries = self._find(text)
        self.delegate.matched = text
        self.model.show(entries)
        first = next((i for i, r in enumerate(self.model.rows) if isinstance(r, Entry)), -1)
        if first >= 0:
            self.list.setCurrentIndex(self.model.index(first, 0))
        height = sum(
            self.delegate.sizeHint(QStyleOptionViewItem(), self.model.index(i, 0)).height()
            for i in range(len(self.model.rows))
        )
        self.list.setVisible(bool(self.model.rows))
        whole = self.field.height() + height + self.foot.sizeHint().height() + AROUND
        self.setFixedHeight(min(whole, self._window.height() - self.y() - BELOW))  # the list scrolls then
        if text:
            count = sum(isinstance(r, Entry) for r in self.model.rows)
            announce(
                self.field,
                tr("Nothing found") if not count else tr("{n} found").format(n=count),
            )

    def _step(self, by: int) -> None:
        row = self.list.currentIndex().row() + by
        while 0 <= row < len(self.model.rows) and isinstance(self.model.rows[row], str):
            row += by
        if 0 <= row < len(self.model.rows):
            self.list.setCurrentIndex(self.model.index(row, 0))

    def _run(self, index: QModelIndex) -> None:
        entry = index.data(ENTRY)
        if isinstance(entry, Entry):
            self.close_palette()
            entry.run()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._step(1 if key == Qt.Key.Key_Down else -1)
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._wait.stop()
                self._search() if self.delegate.matched != self.field.text().strip() else None
                self._run(self.list.currentIndex())
                return True
            if key == Qt.Key.Key_Escape:
                self.close_palette()
                return True
        if watched is self.field and event.type() == QEvent.Type.FocusOut:
            self.hide()
        return False
