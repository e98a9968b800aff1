"""The page every screen is built on

Head, message bar, body, and the one place where a page's errors are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from therapydesk.api import Busy, PermissionDenied, StaleRecord, UserError, ZoneClosed, tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.head_actions import HeadActions
from therapydesk.ui.kit.labels import button, kept_together, text_label
from therapydesk.ui.kit.messages import MessageBar, Undoable, undo_list
from therapydesk.ui.kit.subject import Subject

if TYPE_CHECKING:
    from therapydesk.core.changes import Changed

Call = Callable[[], object]
MARGIN = 24
TITLE_CHARS = 18  # a title has at least room for so many average letters
BACK_LIFT = 8  # how much higher than a title a back link begins
BAR = 12  # a scroll bar with its gutter, as in stylesheet.py


class BasePage(QWidget):
    """A page of the window.

    Subclasses add to `self.body`, list the tables they show in `watches`, and read in `refresh()`. With
    `scrolls` the body may be taller than the window. `new_record`, `filter_list` and `print_page` may be
    defined; the shell calls them for Ctrl+N, Ctrl+F and Ctrl+P.
    """

    watches: tuple[str, ...] = ()
    help_name: str = ""
    scrolls: bool = False
    new_record: Callable[[], object] | None = None
    filter_list: Callable[[], object] | None = None
    print_page: Callable[[], object] | None = None

    def __init__(self, desk: Desk, title: str, summary: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._stale = True
        self._primary: QPushButton | None = None
        self._title_widget: QWidget | None = None
        self._build_head(title, summary)
        self._build_body()
        self.setAccessibleName(title)
        changed = getattr(desk.jobs, "changed", None) if desk is not None else None
        if changed is not None:
            changed.connect(self._on_changed)

    def _build_head(self, title: str, summary: str) -> None:
        self._back = button("", None, icon_name="left", kind="link")
        self._back.hide()
        self._title = text_label(title, "title", wrap=True)
        self._summary = text_label("", "", "text_muted", wrap=True)
        self._titles = QVBoxLayout()
        self._titles.setSpacing(0)
        self._titles.addWidget(self._back, 0, Qt.AlignmentFlag.AlignLeft)
        self._titles.addWidget(self._title)
        self._titles.addWidget(self._summary)
        self._titles.addStretch(1)
        self._actions = HeadActions()
        self._actions.changed.connect(self._fit_head)
        self._last_in_head: QWidget = self._actions.more
        self.head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.head.setSpacing(16)
        self.head.addLayout(self._titles, 1)
        self.head.addWidget(self._actions, 0, Qt.AlignmentFlag.AlignTop)
        self.messages = MessageBar()
        top = QWidget()
        self._top = column = QVBoxLayout(top)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, 0)
        column.setSpacing(16)
        self._under_head = QVBoxLayout()
        self._under_head.setSpacing(4)
        self._under_head.addLayout(self.head)
        column.addLayout(self._under_head)
        column.addWidget(self.messages)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(16)
        self._outer.addWidget(top)
        self._title.setVisible(bool(title))  # only now: without a parent it would be a window of its own
        self.set_summary(summary)

    def _build_body(self) -> None:
        holder = QWidget()
        holder.setProperty("part", "body")
        self.body = QVBoxLayout(holder)
        self.body.setContentsMargins(MARGIN, 0, MARGIN, MARGIN)
        self.body.setSpacing(16)
        if not self.scrolls:
            self._outer.addWidget(holder, 1)
            return
        self.body.setContentsMargins(MARGIN, 4, MARGIN, MARGIN)
        self._outer.setSpacing(12)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(holder)
        area.verticalScrollBar().rangeChanged.connect(lambda _low, high: self._spare_bar(high > 0))
        self._outer.addWidget(area, 1)

    def _spare_bar(self, shown: bool) -> None:
        """The scroll bar stands in the right margin, so that the body ends where the head does."""
        margins = self.body.contentsMargins()
        if margins.right() in (MARGIN, MARGIN - BAR):  # a page without a margin leaves room for the bar
            margins.setRight(MARGIN - BAR if shown else MARGIN)
            self.body.setContentsMargins(margins)

    def _fit_head(self) -> None:
        """What leaves the title too little room goes behind "More"; what is left may have to stand under the title."""
        room, gap, least = self.width() - 2 * MARGIN, self.head.spacing(), style.chars(TITLE_CHARS)
        title = QFontMetrics(style.title_font()).horizontalAdvance(self._title.text()) + 2
        narrow = room - gap - self._actions.least_width() < least
        self._actions.fit(room if narrow else room - gap - max(least, min(title, room // 2)))
        beside = room - gap - self._actions.sizeHint().width()
        self._fit_under(self._summary, room if narrow else beside, self._titles.indexOf(self._title) + 1)
        if self._title_widget is not None:
            self._fit_under(self._title_widget, beside, self._titles.count() - 1)
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._lift(beside_buttons=not narrow)
        direction = down if narrow else across
        if self.head.direction() != direction:
            self.head.setDirection(direction)
            level = Qt.AlignmentFlag.AlignTop
            self.head.setAlignment(self._actions, level | Qt.AlignmentFlag.AlignLeft if narrow else level)

    def _lift(self, *, beside_buttons: bool) -> None:
        """A back link stands higher than a title, and so the title moves down less; the buttons keep their place."""
        lift = 0 if self._back.isHidden() else BACK_LIFT
        self._top.setContentsMargins(MARGIN, MARGIN - lift, MARGIN, 0)
        self._actions.setContentsMargins(0, lift if beside_buttons else 0, 0, 0)

    def _fit_under(self, widget: QWidget, beside: int, place: int) -> None:
        """What has not room enough beside the buttons takes the whole width under them; else it has its `place`."""
        under = _one_line(widget) > beside
        if under and self._under_head.indexOf(widget) < 0:
            after = max(
                self._under_head.indexOf(self._summary), 0
            )  # the summary first, a page's own rows last
            self._under_head.insertWidget(after + 1, widget)
        elif not under and self._titles.indexOf(widget) < 0:
            self._titles.insertWidget(place, widget)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_head()

    # -- head --------------------------------------------------------------------------------------------

    def title(self) -> str:
        return self._title.text()

    def set_title(self, text: str) -> None:
        self._title.setText(text)
        self._title.setVisible(bool(text))
        self.setAccessibleName(text)

    def summary(self) -> str:
        """The line under the title."""
        return self._summary_text

    def set_summary(self, text: str) -> None:
        self._summary_text = text
        self._summary.setText(kept_together(text))
        self._summary.setVisible(bool(text))
        if self.isVisible():
            self._fit_head()

    def set_back(self, text: str, slot: Call) -> None:
        """Show the back link above the title: its text names where it goes."""
        self._back.setText(text)
        self._back.setAccessibleName(tr("Back to {page}").format(page=text))
        self._back.clicked.connect(lambda _checked=False: slot())
        self._back.show()

    def add_action_button(
        self, text: str, slot: Call, icon: str = "", primary: bool = False, shortcut: str = ""
    ) -> QPushButton:
        """Add a button to the head. The primary one always stands last, at the page's right edge."""
        made = button(text, slot, icon, "primary" if primary else "", shortcut)
        made.setParent(self)
        QWidget.setTabOrder(self._last_in_head, made)
        self._last_in_head = made
        if primary:
            self._primary = made
            self._actions.set_primary(made)
        else:
            self._actions.add_button(made)
        return made

    def add_title_widget(self, widget: QWidget) -> None:
        """Put a widget (the person header) under title and summary, or in their place when they are empty."""
        self._title_widget = widget
        self._titles.insertWidget(self._titles.count() - 1, widget)

    def add_head_widget(self, widget: QWidget) -> None:
        """Put a widget (a state, "Draft saved 10:42") left of the head's buttons."""
        self._actions.add_widget(widget)

    # -- reading afresh ----------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read and show again. Subclasses override it; signals and timers go to `mark_stale`."""

    def mark_stale(self) -> None:
        """Have the page read afresh: now when it can be seen, else when it is next shown."""
        self._stale = True
        if self.isVisible():
            self._refresh_now()

    def _refresh_now(self) -> None:
        self._stale = False
        with self.guard():
            self.refresh()
        self._fit_head()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._refresh_now()

    def _on_changed(self, changed: Changed) -> None:
        if changed.tables.intersection(self.watches):
            self.mark_stale()

    def focus_first(self) -> None:
        """Put the focus where work starts

        The first field or list of the body. Subclasses may choose another.
        """
        last = self._outer.itemAt(self._outer.count() - 1)
        area = last.widget() if last is not None else None
        widget = area.nextInFocusChain() if area is not None else None
        while widget is not None and widget is not area:
            takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            if takes and area is not None and area.isAncestorOf(widget) and _may_start(widget, self):
                widget.setFocus(Qt.FocusReason.OtherFocusReason)
                return
            widget = widget.nextInFocusChain()
        if self._primary is not None:  # nothing in the body takes the focus: the primary button does
            self._primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def doing(self, name: str) -> Callable[[], object] | None:
        """What a command of the menus does here: "new_record", "save_now" …; None when the page has no such thing."""
        found: Callable[[], object] | None = getattr(self, name, None)
        return found

    def subject(self) -> Subject:
        """Who and what is in view, for what can be done about it from anywhere. Subclasses that show one say so."""
        return Subject()

    # -- what went wrong, what was done ------------------------------------------------------------------

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Turn a UserError into the message bar, spoken; anything else goes on to the crash dialog."""
        try:
            yield
        except UserError as error:
            self.show_error(error)

    def show_error(self, error: UserError) -> None:
        """Show what a UserError says; also the `on_failed` of jobs that may fail on the user's side."""
        if isinstance(error, StaleRecord):
            self.messages.show_message("warn", str(error), tr("Reload"), self.mark_stale)
        elif isinstance(error, PermissionDenied | ZoneClosed | Busy):
            self.messages.show_message("warn", str(error))
        else:
            self.messages.show_message("danger", str(error))

    def job_failed(self, error: Exception) -> None:
        """Use as `on_failed` of a job: a UserError goes to the message bar, a fault to the crash dialog."""
        if not isinstance(error, UserError):
            raise error
        self.show_error(error)

    def done(self, text: str, undo: Call | None = None, redo: Call | None = None) -> None:
        """Say what was done. With `undo` the bar offers it for 10 s, and Edit › Undo for the session."""
        if self.messages.rank in ("warn", "danger"):
            self.messages.clear()
        if undo is None:
            self.messages.show_message("ok", text)
            return
        undo_list.push(Undoable(text, undo, redo))
        self.messages.show_message("ok", text, tr("Undo"), self.undo)

    def undo(self) -> None:
        """Take back the last step of the session (Ctrl+Z)."""
        with self.guard():
            text = undo_list.undo()
            if text:
                self.messages.show_message("info", tr("Undone: {what}").format(what=text), *self._redo_link())

    def _redo_link(self) -> tuple[Any, ...]:
        return (tr("Redo"), self.redo) if undo_list.can_redo() else ()

    def redo(self) -> None:
        """Do the last undone step again (Ctrl+Shift+Z)."""
        with self.guard():
            text = undo_list.redo()
            if text:
                self.messages.show_message("ok", text, tr("Undo"), self.undo)


def _one_line(widget: QWidget) -> int:
    """How wide a widget wants to be, in px: a text as it stands on one line."""
    if isinstance(widget, QLabel):
        return widget.fontMetrics().horizontalAdvance(widget.text()) + 2
    return widget.sizeHint().width()


def _may_start(widget: QWidget, page: QWidget) -> bool:
    return widget.isVisibleTo(page) and widget.isEnabled() and widget.property("kind") != "danger"
