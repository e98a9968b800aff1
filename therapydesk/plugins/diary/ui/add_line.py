"""The add line, and under it what it was understood as or what can be done with the chosen session."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget

from therapydesk.api import appointments, show_day, show_time, tr
from therapydesk.plugins.diary.finding import Candidate
from therapydesk.plugins.diary.service import Understood
from therapydesk.ui.kit import style
from therapydesk.ui.kit.labels import IconMark, text_label
from therapydesk.ui.kit.links import LinkLabel

WAIT_MS = 90


class AddLine(QLineEdit):
    """A session typed as one speaks.

    `typed` tells the text a moment after the last key; Enter and Esc are told.
    """

    typed = Signal(str)
    submitted = Signal()
    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("New session"))
        self.setAccessibleDescription(tr("Write day, time, name and length, like: tue 2pm Carys 45"))
        self.setPlaceholderText(tr("New session, like: tue 2pm Carys 45"))
        self._icon = IconMark("add", "text_muted", parent=self)
        self._hint = text_label(tr("Enter books, Esc clears"), "small", "text_muted")
        self._hint.setParent(self)
        self._hint.hide()
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT_MS)
        self._wait.timeout.connect(lambda: self.typed.emit(self.text()))
        self.textChanged.connect(self._on_text)
        style.signals.theme_changed.connect(self._place)

    def _on_text(self, text: str) -> None:
        self._hint.setVisible(bool(text))
        self._place()
        self._wait.start()

    def settle(self) -> None:
        """Tell the text now instead of in a moment."""
        self._wait.stop()
        self.typed.emit(self.text())

    def _place(self) -> None:
        side = style.icon_size()
        self._hint.adjustSize()
        room = self._hint.width() + 20 if not self._hint.isHidden() and self.width() > style.chars(60) else 10
        self._hint.setVisible(bool(self.text()) and room > 10)
        self.setTextMargins(side + 8, 0, room - 10, 0)
        self._icon.move(10, (self.height() - side) // 2)
        self._hint.move(self.width() - self._hint.width() - 10, (self.height() - self._hint.height()) // 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.settle()
            self.submitted.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.settle()
            self.cleared.emit()
        elif event.key() == Qt.Key.Key_Down and not event.modifiers():
            self.focusNextChild()
        else:
            super().keyPressEvent(event)


class UnderLine(QWidget):
    """One line of the height of a button: a mark, words, muted words, and links that do something.

    What does not fit beside the words goes under them.
    """

    def __init__(self) -> None:
        super().__init__()
        self._mark = IconMark("info", "text_muted")
        self._text = text_label("", wrap=True)
        self._more = text_label("", "", "text_muted", wrap=True)
        self._links: list[LinkLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(2, 2, 2, 2)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(0)
        self._grid.addWidget(self._mark, 0, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(self._text, 0, 1)
        self._holder = QWidget()
        self._row = QHBoxLayout(self._holder)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)
        self._row.addStretch(1)
        self._grid.setColumnStretch(4, 1)
        style.signals.theme_changed.connect(self._fit)
        self.show_line("info", "", "")

    def show_line(
        self, mark: str, text: str, more: str, links: Sequence[tuple[str, Callable[[], object]]] = ()
    ) -> None:
        """Show another line. `mark` is ok, warn, danger, info or an icon's name."""
        self._mark.set_mark(mark if text else "", mark if mark in ("ok", "warn", "danger") else "text_muted")
        self._text.setText(text)
        self._more.setText(more)
        while self._links:
            old = self._links.pop()
            if old.hasFocus():
                self.focusNextChild()
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        for label, slot in links:
            link = LinkLabel(label, slot)
            self._links.append(link)
            self._row.insertWidget(self._row.count() - 1, link)
        self._fit()

    def _fit(self) -> None:
        """Give the words the width they need, and put the rest beside them or under."""
        self.setMinimumHeight(style.button_height())
        metrics = QFontMetrics(style.body_font())
        room = self.width() - style.icon_size() - 12
        text, more = (metrics.horizontalAdvance(w.text()) + 4 for w in (self._text, self._more))
        links = sum(link.sizeHint().width() + 12 for link in self._links)
        beside = text + (more + 8 if self._more.text() else 0) + links + 16 <= room
        self._text.setFixedWidth(min(text, max(room, 40)))
        self._more.setFixedWidth(min(more, max(room, 40)))
        for widget in (self._more, self._holder):
            self._grid.removeWidget(widget)
        self._grid.addWidget(self._more, 0 if beside else 1, 2 if beside else 1)
        self._grid.addWidget(self._holder, 0 if beside else 2, 3 if beside else 1)
        self._text.setVisible(bool(self._text.text()))
        self._more.setVisible(bool(self._more.text()))
        self._holder.setVisible(bool(self._links))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(style.chars(20), super().minimumSizeHint().height())

    def text(self) -> str:
        """What is said."""
        return " ".join(t for t in (self._text.text(), self._more.text()) if t)

    def links(self) -> list[LinkLabel]:
        """The links that stand there."""
        return list(self._links)


def show_understood(line: UnderLine, found: Understood, pick: Callable[[Candidate], object]) -> None:
    """Say what was understood: ready, not complete yet, nobody of that name, or a clash."""
    choices = [(c.label, lambda c=c: pick(c)) for c in found.choices]
    if found.can_book:
        more = " ".join(found.warnings) if found.warnings else tr("No clashes")
        line.show_line("warn" if found.warnings else "ok", found.sentence, more)
    elif found.booking is not None:
        line.show_line("danger", found.problem, "")
    elif choices:
        line.show_line("info", found.problem, "", choices)
    else:
        line.show_line("info", found.sentence or found.problem, found.problem if found.sentence else "")


def session_words(view: appointments.AppointmentView) -> str:
    """Such as “Wed 6 May, 11:15 to 12:00 · Carys · Music room”."""
    when = tr("{day}, {start} to {end}").format(
        day=show_day(view.starts_at.date(), short=True),
        start=show_time(view.starts_at.time()),
        end=show_time(view.ends_at.time()),
    )
    return " · ".join(p for p in (when, view.heading, view.where) if p)
