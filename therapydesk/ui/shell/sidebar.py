"""The sidebar: pages in their groups, drawn by one delegate; folds to icons on a narrow window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from therapydesk.api import Page, tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.icons import draw_icon, icon
from therapydesk.ui.kit.labels import line

Index = QModelIndex | QPersistentModelIndex
PAGE, BADGE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


def section_title(section: str) -> str:
    """The group label of a section."""
    titles = {
        "people": tr("People"),
        "work": tr("Work"),
        "care": tr("Care"),
        "practice": tr("Practice"),
    }
    return titles.get(section, "")


LARGE = 1.5  # text this much larger than normal


class SidebarModel(QAbstractListModel):
    """Rows are pages and the group labels between them (a label is a str)."""

    def __init__(self, pages: Sequence[Page]) -> None:
        super().__init__()
        self.rows: list[Page | str] = []
        self.badges: dict[str, int] = {}
        for section in ("", "people", "work", "care", "practice"):
            group = sorted((p for p in pages if p.section == section), key=lambda p: p.order)
            if group and section:
                self.rows.append(section_title(section))
            self.rows.extend(group)

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: ARG002 (Qt)
        return len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        is_page = isinstance(self.rows[index.row()], Page)
        return (
            Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if is_page else Qt.ItemFlag.NoItemFlags
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if isinstance(row, str):
            return row if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            count = self.badges.get(row.id, 0)
            return tr("{page}, {n} to do").format(page=row.title, n=count) if count else row.title
        if role == PAGE:
            return row
        return self.badges.get(row.id, 0) if role == BADGE else None

    def set_badges(self, badges: Mapping[str, int]) -> None:
        self.badges = dict(badges)
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 0))

    def row_of(self, page_id: str) -> int:
        return next(
            (i for i, r in enumerate(self.rows) if isinstance(r, Page) and r.id == page_id),
            -1,
        )


class SidebarDelegate(QStyledItemDelegate):
    """Paints a row from tokens; heights come from the font (QSS padding made rows overlap)."""

    folded = False

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 (Qt)
        if index.data(PAGE) is None:
            return QSize(0, 0 if self.folded else style.small_line_height() + 12)
        rail = (
            self.folded and style.text_scale() > LARGE
        )  # icons alone: they stand closer, so that all are seen
        return QSize(0, style.line_height() + 2 if rail else style.button_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        page = index.data(PAGE)
        rect = QRect(option.rect)
        if page is None:
            self._paint_label(painter, rect, str(index.data()))
        else:
            selected = bool(option.state & QStyle.StateFlag.State_Selected)
            hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
            self._paint_page(painter, rect, page, int(index.data(BADGE) or 0), selected, hovered)
        painter.restore()

    def _paint_label(self, painter: QPainter, rect: QRect, text: str) -> None:
        if self.folded:
            return
        painter.setFont(style.small_font())
        painter.setPen(style.token("text_muted"))
        painter.drawText(rect.adjusted(12, 8, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_page(
        self,
        painter: QPainter,
        rect: QRect,
        page: Page,
        badge: int,
        selected: bool,
        hovered: bool,
    ) -> None:
        box = QRectF(rect)
        painter.setPen(Qt.PenStyle.NoPen)
        if selected or hovered:
            painter.setBrush(style.token("accent_soft" if selected else "border"))
            painter.drawRoundedRect(box, 6, 6)
        if selected:
            painter.setBrush(style.token("accent"))
            high = style.current_theme() == style.Theme.HIGH_CONTRAST
            gap = 0 if high else 8
            painter.drawRoundedRect(QRectF(box.left(), box.top() + gap, 4, box.height() - 2 * gap), 2, 2)
        side = style.icon_size()
        left = (rect.width() - side) // 2 if self.folded else 12
        place = QRect(rect.left() + left, rect.center().y() - side // 2, side, side)
        draw_icon(painter, page.icon, place, "accent" if selected else "text_muted")
        if self.folded:
            return
        painter.setFont(style.semibold() if selected else style.body_font())
        painter.setPen(style.token("text"))
        text = rect.adjusted(24 + side, 0, -8, 0)
        painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter), page.title)
        if badge:
            self._paint_badge(painter, rect, str(badge))

    @staticmethod
    def _paint_badge(painter: QPainter, rect: QRect, text: str) -> None:
        painter.setFont(style.small_font())
        height = style.small_line_height() + 4
        width = max(height, QFontMetrics(style.small_font()).horizontalAdvance(text) + 14)
        box = QRectF(
            rect.right() - width - 7,
            rect.center().y() - height / 2 + 0.5,
            width,
            height,
        )
        painter.setPen(style.token("border"))
        painter.setBrush(style.token("surface"))
        painter.drawRoundedRect(box, 6, 6)
        painter.setPen(style.token("text_muted"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


class Sidebar(QFrame):
    """Go to, the pages, and who is signed in."""

    page_chosen = Signal(str)
    palette_wanted = Signal()
    lock_wanted = Signal()

    def __init__(self, pages: Sequence[Page], user_name: str, user_title: str) -> None:
        super().__init__()
        self.setProperty("part", "sidebar")
        self.model = SidebarModel(pages)
        self.go_to = QPushButton()
        self.go_to.setStyleSheet("text-align: left; padding-left: 8px;")
        self.go_to.setAccessibleName(tr("Go to a person, page or command"))
        self.go_to.clicked.connect(self.palette_wanted)
        self._hint = QLabel("Ctrl+K", self.go_to)
        self._hint.setFont(style.small_font())
        style.set_tone(self._hint, "text_muted")
        self.list = self._make_list()
        self.who = self._make_who(user_name, user_title)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 12, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.go_to)
        column.addWidget(self.list, 1)
        column.addWidget(line())
        column.addWidget(self.who)
        self.fold(False)
        style.signals.theme_changed.connect(self._resize)

    def _make_list(self) -> QListView:
        view = QListView()
        view.setProperty("part", "sidebar")
        view.setAccessibleName(tr("Pages"))
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setModel(self.model)
        self.delegate = SidebarDelegate(view)
        view.setItemDelegate(self.delegate)
        view.setMouseTracking(True)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.clicked.connect(self._choose)
        view.activated.connect(self._choose)
        return view

    def _make_who(self, name: str, title: str) -> QFrame:
        frame = QFrame()
        row = QHBoxLayout(frame)
        row.setContentsMargins(12, 0, 4, 0)
        words = QVBoxLayout()
        words.setSpacing(0)
        who, what = QLabel(name), QLabel(title)
        what.setFont(style.small_font())
        style.set_tone(what, "text_muted")
        words.addWidget(who)
        words.addWidget(what)
        self._words = QWidget()
        self._words.setLayout(words)
        words.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._words, 1)
        lock = QToolButton()
        lock.setIcon(icon("lock"))
        lock.setAutoRaise(True)
        lock.setToolTip(tr("Lock (Ctrl+L)"))
        lock.setAccessibleName(tr("Lock"))
        lock.clicked.connect(self.lock_wanted)
        row.addWidget(lock)
        return frame

    def _choose(self, index: QModelIndex) -> None:
        page = index.data(PAGE)
        if page is not None:
            self.page_chosen.emit(page.id)

    def select(self, page_id: str) -> None:
        """Mark a page as the current one; none when it is not in the list."""
        row = self.model.row_of(page_id)
        self.list.setCurrentIndex(self.model.index(row, 0) if row >= 0 else QModelIndex())

    def fold(self, folded: bool) -> None:
        """Icons only, or icons with labels."""
        self.delegate.folded = folded
        self._words.setVisible(not folded)
        self._hint.setVisible(not folded)
        self.go_to.setText("" if folded else tr("Go to"))
        self.go_to.setIcon(icon("search"))
        self._resize()

    def _resize(self) -> None:
        metrics = QFontMetrics(style.semibold())
        titles = [r.title for r in self.model.rows if isinstance(r, Page)]
        longest = max((metrics.horizontalAdvance(t) for t in titles), default=100)
        folded = self.delegate.folded
        self.setFixedWidth(
            max(80, style.icon_size() + 44) if folded else max(216, longest + 72 + style.icon_size() - 20)
        )
        self.go_to.setFixedHeight(style.line_height() + 12)
        self._hint.adjustSize()
        self._hint.move(
            self.width() - 16 - self._hint.width() - 12,
            (self.go_to.height() - self._hint.height()) // 2,
        )
        self.list.scheduleDelayedItemsLayout()
