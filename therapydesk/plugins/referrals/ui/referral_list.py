"""The list of referrals: a full table, or folded into rows of two lines beside the one that is open."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame

from therapydesk.api import ntr, tr
from therapydesk.plugins.referrals.lists import ReferralRow
from therapydesk.plugins.referrals.words import agreed_word, state_word
from therapydesk.ui.kit import style
from therapydesk.ui.kit.icons import State
from therapydesk.ui.kit.table_paint import RowDelegate, shape_side
from therapydesk.ui.kit.tables import Cell, Column, ListTable

FOLDED = 284
_SHAPES = {
    "new": ("full", "info"),
    "asked": ("half", "warn"),
    "talk_first": ("ring", "text_muted"),
    "accepted": ("tick", "ok"),
    "declined": ("dash", "text_muted"),
}


def state_of(row: ReferralRow) -> State:
    """The state of a referral, as word and shape."""
    return State(state_word(row.state), *_SHAPES.get(row.state, ("ring", "text_muted")))


def waiting(row: ReferralRow) -> str:
    """How long a referral has waited; the day it was answered is another matter."""
    return tr("today") if row.days < 1 else ntr("{n} day", "{n} days", row.days)


def _agreed(row: ReferralRow) -> str:
    return "" if row.agreed == "unknown" else agreed_word(row.agreed)


def full_table(clinical: bool) -> ListTable:
    """Received, name, from, what matters (for those who may read it), state."""
    columns = [
        Column(tr("Received"), "received_on", kind="date", second=waiting),
        Column(tr("Name"), "name", strong=True, width=20),
        Column(tr("From"), "sent_by", width=20, priority=2),
        Column(tr("State"), state_of, kind="state"),
        Column(tr("Agreed"), _agreed, width=14, priority=3),
    ]
    if clinical:
        columns.insert(3, Column(tr("What matters to them"), "matters", priority=1))
    return ListTable(columns, tr("Referrals"))


class FoldedList(ListTable):
    """The same rows in two lines: name and days waiting, from and state. It has no heads."""

    def __init__(self) -> None:
        super().__init__([Column(tr("Referral"), _spoken)], tr("Referrals"), two_line=True)
        self.view.setItemDelegate(_FoldedDelegate(self.view))
        self.fit()
        style.signals.theme_changed.connect(self.fit)

    def fit(self) -> None:
        """As wide as a name and a state need; heads stay away at every text size."""
        self.view.heads.hide()
        self.view.heads.setFixedHeight(0)
        self.setFixedWidth(round(FOLDED * style.line_height() / 22))

    def paintEvent(self, event: QPaintEvent) -> None:
        QFrame.paintEvent(self, event)


def _spoken(row: ReferralRow) -> str:
    return ", ".join((row.name, waiting(row), row.sent_by, state_word(row.state)))


class _FoldedDelegate(RowDelegate):
    """Name left and days right, below them the sender left and the state right; the left ends give way."""

    def _cell(self, painter: QPainter, rect: QRect, column: Column, cell: Cell, on_sel: bool) -> None:
        row: ReferralRow | None = self.row
        if row is None:
            return
        soft = "on_sel" if on_sel else "text_muted"
        upper, lower = self._halves(rect, True)
        painter.setFont(style.body_font())
        used = painter.fontMetrics().horizontalAdvance(waiting(row)) + 8
        self._text(painter, upper, waiting(row), (soft, True, None, on_sel))
        painter.setFont(style.semibold())
        ink = "on_sel" if on_sel else "text"
        self._text(painter, upper.adjusted(0, 0, -used, 0), row.name, (ink, False, None, on_sel))
        state = state_of(row)
        painter.setFont(style.small_font())
        used = painter.fontMetrics().horizontalAdvance(state.word) + shape_side() + 16
        self._text(painter, lower, state.word, (ink, True, state, on_sel))
        self._text(painter, lower.adjusted(0, 0, -used, 0), row.sent_by, (soft, False, None, on_sel))
