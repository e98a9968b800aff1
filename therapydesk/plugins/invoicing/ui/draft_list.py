"""The list of drafts in its frame, with the total below, outside the part that scrolls."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from therapydesk.api import tr
from therapydesk.plugins.invoicing.service import DraftPayer
from therapydesk.plugins.invoicing.ui.draft_model import ROOT, DraftModel
from therapydesk.plugins.invoicing.ui.draft_tree import END, DraftTree, scaled
from therapydesk.ui.kit import style
from therapydesk.ui.kit.labels import text_label
from therapydesk.ui.kit.list_states import ListStates
from therapydesk.ui.kit.table_paint import paint_head_band


class DraftList(QFrame):
    """`current_changed` tells the payer of the current row, or None."""

    current_changed = Signal(object)

    def __init__(self, vat_words: str) -> None:
        super().__init__()
        self.setProperty("part", "table")
        self.model = DraftModel(self)
        self.tree = DraftTree(self.model)
        self.states = ListStates()
        self._vat = vat_words
        self.ticked = text_label("", "", "text_muted")
        self.total = text_label("", "section")
        rows = QWidget()
        column = QVBoxLayout(rows)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tree, 1)
        column.addWidget(self._total_bar())
        self._rows = rows
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(1, 1, 1, 1)
        self._stack.addWidget(rows)
        self._stack.addWidget(self.states)
        self.setFocusProxy(self.tree)
        self._last: UUID | None = None
        self.model.ticks_changed.connect(self._show_total)
        self.tree.row_changed.connect(self._tell_current)

    def _total_bar(self) -> QWidget:
        bar = QFrame()
        bar.setProperty("part", "total")
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 0, END, 0)
        scrolling = self.tree.verticalScrollBar()
        gutter = scrolling.sizeHint().width()
        scrolling.rangeChanged.connect(
            lambda _low, high: row.setContentsMargins(16, 0, END + (gutter if high > 0 else 0), 0)
        )  # below the amounts, which make room for the scroll bar
        row.setSpacing(16)
        row.addWidget(self.ticked)
        row.addStretch(1)
        row.addWidget(text_label(tr("Total"), "", "text_muted"))
        row.addWidget(self.total)
        self._bar = bar
        self._fit()
        style.signals.theme_changed.connect(self._fit)
        return bar

    def _fit(self) -> None:
        self._bar.setFixedHeight(scaled(49))

    def show_drafts(
        self, drafts: list[DraftPayer], empty: str, action: str, slot: Callable[[], object]
    ) -> None:
        """Show these payers; folds, ticks and the current one stay. `empty` stands for none."""
        opened = self._open_keys()
        current = self.current_payer()
        self.model.show_drafts(drafts)
        if not drafts:
            self.states.set_texts(empty=(empty, action, slot))
            self.states.show_state("empty")
            self._stack.setCurrentWidget(self.states)
            self._tell_current()
            return
        self._stack.setCurrentWidget(self._rows)
        keys = [payer.key for payer in drafts]
        for row in (row for row, key in enumerate(keys) if key in opened):
            self.tree.setExpanded(self.model.index(row, 0, ROOT), True)
        row = keys.index(current.key) if current is not None and current.key in keys else 0
        if current is None:
            self.tree.setExpanded(self.model.index(0, 0, ROOT), True)
        self.tree.setCurrentIndex(self.model.index(row, 0, ROOT))
        self._last = None
        self._tell_current()

    def _open_keys(self) -> set[UUID]:
        payers = enumerate(self.model.payers)
        return {payer.key for row, payer in payers if self.tree.isExpanded(self.model.index(row, 0, ROOT))}

    def current_payer(self) -> DraftPayer | None:
        """The payer whose row, or one of whose sessions, is the current one."""
        index = self.tree.currentIndex()
        item = self.model.item(index.parent() if index.parent().isValid() else index)
        return item if isinstance(item, DraftPayer) else None

    def to_preview(self) -> list[UUID]:
        """The ticked lines of the current payer; all that are charged when none is ticked."""
        payer = self.current_payer()
        lines = [] if payer is None else [line for line in payer.lines if line.charged]
        chosen = {line.id for line in self.model.ticked_lines()}
        return [line.id for line in lines if line.id in chosen] or [line.id for line in lines]

    def _tell_current(self) -> None:
        payer = self.current_payer()
        if payer is None or payer.key != self._last:
            self._last = None if payer is None else payer.key
            self.current_changed.emit(payer)

    def _show_total(self) -> None:
        ticked, all_ = len(self.model.ticked_payers()), len(self.model.payers)
        text = tr("{n} of {total} ticked").format(n=ticked, total=all_)
        self.ticked.setText(f"{text} · {self._vat}")
        self.total.setText(self.model.ticked_amount().show())
        self.total.setAccessibleName(tr("Total {amount}").format(amount=self.total.text()))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._stack.currentWidget() is self._rows:
            paint_head_band(self, self.tree.heads.height())
