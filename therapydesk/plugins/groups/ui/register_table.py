"""The rows of a register: three columns of marks, the name with a bracket round a pair, what is good to know, six weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem

from therapydesk.api import Fact, appointments, tr
from therapydesk.plugins.groups.register import Row
from therapydesk.ui.kit import style
from therapydesk.ui.kit.columns import Cell, Column
from therapydesk.ui.kit.icons import shape_pixmap
from therapydesk.ui.kit.rhythm import REGISTER_STEP, draw_rhythm
from therapydesk.ui.kit.table_paint import CAP_GAP, FIRST_PAD, PAD, RowDelegate, cap_side
from therapydesk.ui.kit.tables import ListTable

MARKS = ("came", "sent_apologies", "no_word")
SHAPES = {"came": ("s-full", "ok"), "sent_apologies": ("s-half", "warn"), "no_word": ("s-dash", "text_muted")}
DOT, RING = 4, 18
WEEKS = {"came": "came", "came_late": "came", "left_early": "came", "we_cancelled": "cancelled", "": "none"}
NAME, KNOW, LAST = 3, 4, 5
KNOW_LEAST = 14  # letters of what is good to know, below which the column goes
GAP, RELATION_LEAST = 5, 5  # px before what somebody is to another; letters of it, below which it goes


@dataclass(frozen=True)
class Line:
    """A row with what is good to know of the person. `begins`: the first of a pair, or alone; `ends`: the last of it."""

    row: Row
    facts: tuple[Fact, ...] = ()
    needs: str = ""
    begins: bool = True
    ends: bool = True
    paired: bool = field(default=False)

    @property
    def id(self) -> object:
        return self.row.attendance_id

    @property
    def name(self) -> str:
        """The name, or how many without one."""
        return self.row.name or tr("{n} without a name").format(n=self.row.headcount)

    @property
    def called(self) -> str:
        """The name, with what they are to whom they come with."""
        if not self.row.relation:
            return self.name
        return tr("{name}, {relation}").format(name=self.name, relation=self.row.relation)

    @property
    def know(self) -> str:
        """One short line; what could do harm first, then what helps."""
        ordered = sorted(self.facts, key=lambda f: (f.level != "warn", f.order))
        return ". ".join([*(f.text for f in ordered[:2]), *([self.needs] if self.needs else [])])

    @property
    def warns(self) -> bool:
        """Whether something could do harm."""
        return any(f.level == "warn" for f in self.facts)

    @property
    def weeks(self) -> str:
        """How often they came to the last sessions that they were expected at."""
        asked = [state for state in self.row.before if state]
        came = sum(state in appointments.CAME for state in asked)
        return tr("came {n} of {m}").format(n=came, m=len(asked)) if asked else ""


def mark_group(state: str) -> str:
    """The column of a mark: late and early are present."""
    return (
        "came"
        if state in appointments.CAME
        else "no_word"
        if state == "no_word"
        else ("" if state == "expected" else "sent_apologies")
    )


def _marked(state: str) -> str:
    return appointments.mark_word(state)


class RegisterTable(ListTable):
    """`mark_wanted(line, state)` comes from a click on a ring."""

    mark_wanted = Signal(object, str)

    def __init__(self, name: str, *, single_keys: bool = True) -> None:
        p, a, n = "PAN" if single_keys else ("", "", "")
        columns = [
            Column(tr("Present"), lambda line: _word(line, "came"), key_cap=p),
            Column(tr("Apologies"), lambda line: _word(line, "sent_apologies"), key_cap=a),
            Column(tr("No word"), lambda line: _word(line, "no_word"), key_cap=n),
            Column(tr("Name"), "called", strong=True),
            Column(tr("Good to know today"), "know", priority=1),
            Column(tr("Last six weeks"), "weeks", priority=2),
        ]
        super().__init__(columns, name)
        self.view.setItemDelegate(_Delegate(self))
        self.view.row_height = self._row_height  # type: ignore[method-assign]  # fourteen rows must fit
        self.view.heads.setSectionsClickable(False)
        self.view.fit()
        self.view.clicked.connect(self._clicked)
        style.signals.theme_changed.connect(self.view.fit)

    @staticmethod
    def _row_height() -> int:
        return style.line_height() + 14

    def fit_columns(self) -> None:
        """Marks and names always stay; the weeks go first where there is little room, then what is good to know."""
        room, scale = self.view.viewport().width(), style.line_height() / 22
        if room <= 0:
            return
        heads = self.view.heads.fontMetrics()
        marks = [
            heads.horizontalAdvance(column.title) + 2 * PAD + 2 for column in self.model.columns[: len(MARKS)]
        ]
        if self.model.columns[0].key_cap:
            marks = [each + cap_side() + CAP_GAP for each in marks]
        marks[0] += FIRST_PAD - PAD  # the first column begins further in
        ends = PAD + FIRST_PAD
        weeks = max(
            round((5 * REGISTER_STEP + 30) * scale), heads.horizontalAdvance(self.model.columns[LAST].title)
        )
        weeks += ends
        least = max(style.chars(KNOW_LEAST), heads.horizontalAdvance(self.model.columns[KNOW].title) + ends)
        name = style.chars(16) + 2 * PAD
        rest = room - sum(marks) - name
        shows_weeks = rest >= weeks + least
        shows_know = rest >= least
        know = rest - (weeks if shows_weeks else 0)
        if not shows_know:
            name += max(0, rest)
        for section, width in enumerate((*marks, name, know, weeks)):
            hidden = (section == KNOW and not shows_know) or (section == LAST and not shows_weeks)
            self.view.setColumnHidden(section, hidden)
            if not hidden:
                self.view.setColumnWidth(section, max(1, width))
        self.view.set_ends()

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() < len(MARKS):
            self.mark_wanted.emit(self.model.row(index.row()), MARKS[index.column()])

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these, and stay at the row where one was."""
        self.show_rows(lines)

    def change_line(self, number: int, line: Line) -> None:
        """Show a row as it is now, without reading the others."""
        if self._rows is not None:
            self._rows[number] = line
        self.model.forget(number)

    def go_on(self) -> None:
        """To the next row, if there is one. Who comes after it is in view too: half a page moves at a time, not each row."""
        number = self.view.currentIndex().row() + 1
        if number >= self.row_count():
            return
        self._select(number)
        after = self.view.visualRect(self.model.index(min(number + 1, self.row_count() - 1), NAME))
        if after.bottom() > self.view.viewport().height():
            middle = QAbstractItemView.ScrollHint.PositionAtCenter
            self.view.scrollTo(self.model.index(number, NAME), middle)


def _word(line: Line, mark: str) -> str:
    """What a screen reader says of a cell of marks."""
    return _marked(line.row.state) if mark_group(line.row.state) == mark else ""


def _draw_text(painter: QPainter, rect: QRect, text: str) -> int:
    """A text on one line, cut at its end where there is too little room. Returns how wide it is, in px."""
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)
    return metrics.horizontalAdvance(shown)


def _draw_kept(painter: QPainter, name: str, box: QRect, token: str) -> None:
    """A shape or an icon that was drawn once: a register paints dozens of the same."""
    ratio = painter.device().devicePixelRatio()
    painter.drawPixmap(box.topLeft(), shape_pixmap(name, token, box.width(), ratio))


class _Delegate(RowDelegate):
    def __init__(self, table: RegisterTable) -> None:
        super().__init__(table.view)
        self._section = 0

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(40, self._view.row_height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self._section = index.column()
        self._whole = option.rect
        super().paint(painter, option, index)
        line = self.row
        if isinstance(line, Line) and line.ends and index.row() + 1 < self._view.model().rowCount():
            painter.fillRect(
                QRect(option.rect.x(), option.rect.bottom(), option.rect.width(), 1), style.token("border")
            )

    def _cell(self, painter: QPainter, rect: QRect, column: Column, cell: Cell, on_sel: bool) -> None:
        line = self.row
        if not isinstance(line, Line):
            return
        if self._section < len(MARKS):
            self._mark(painter, line, MARKS[self._section], on_sel)
        elif self._section == NAME:
            self._name(painter, rect, line, on_sel)
        elif self._section == LAST:
            scale = style.line_height() / 22
            marks = [WEEKS.get(state, "rest") for state in line.row.before]
            draw_rhythm(painter, QRectF(rect), marks, REGISTER_STEP * scale, scale=scale, on_sel=on_sel)
        else:
            self._know(painter, rect, line, on_sel)

    def _mark(self, painter: QPainter, line: Line, mark: str, on_sel: bool) -> None:
        scale = style.line_height() / 22
        chosen, centre = mark_group(line.row.state), self._whole.center()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen == mark:
            shape, token = SHAPES[mark]
            side = round(17 * scale)
            box = QRect(centre.x() - side // 2, centre.y() - side // 2, side, side)
            _draw_kept(painter, shape.removeprefix("s-"), box, "on_sel" if on_sel else token)
            return
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.token("on_sel" if on_sel else "text_muted"))
            painter.drawEllipse(centre, round(DOT * scale / 2), round(DOT * scale / 2))
            return
        painter.setPen(QPen(style.token("on_sel" if on_sel else "border_strong"), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = RING * scale / 2
        painter.drawEllipse(QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius))

    def _name(self, painter: QPainter, rect: QRect, line: Line, on_sel: bool) -> None:
        if line.paired:
            painter.setPen(QPen(style.token("on_sel" if on_sel else "border_strong"), 2))
            x, middle = rect.x() - 8, self._whole.center().y()
            top = middle if line.begins else self._whole.top()
            bottom = middle if line.ends else self._whole.bottom() + 1
            painter.drawLine(QPoint(x, top), QPoint(x, bottom))
            painter.drawLine(QPoint(x, middle), QPoint(x + 6, middle))
        painter.setFont(style.semibold() if line.begins else style.body_font())
        painter.setPen(style.token("on_sel" if on_sel else "text"))
        used = _draw_text(painter, rect, line.name)
        left = rect.adjusted(used + GAP, 0, 0, 0)
        if line.row.relation and left.width() > style.chars(RELATION_LEAST):
            painter.setFont(style.body_font())
            painter.setPen(style.token("on_sel" if on_sel else "text_muted"))
            _draw_text(painter, left, line.row.relation)

    def _know(self, painter: QPainter, rect: QRect, line: Line, on_sel: bool) -> None:
        if line.warns:
            side = style.icon_size(small=True)
            box = QRect(rect.x(), rect.center().y() + 1 - side // 2, side, side)
            _draw_kept(painter, "warn", box, "on_sel" if on_sel else "warn")
            rect = rect.adjusted(side + 8, 0, 0, 0)
        painter.setFont(style.body_font())
        painter.setPen(style.token("on_sel" if on_sel else "text"))
        _draw_text(painter, rect, line.know)
