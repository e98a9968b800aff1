"""Where the form of a dialog stands: as tall as the form, and with a scroll bar where the screen is lower."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from therapydesk.ui.kit import style
from therapydesk.ui.kit.later import Later

RING, BAR = 4, 12  # room for the ring round the focused field, and for a scroll bar
LETTERS = 56  # average letters; many buttons to choose from stand in several lines
OTHERS = 8  # lines of the dialog that are not the form


class FormArea(QScrollArea):
    """Grows with what the form says under its fields, so that nothing is cut."""

    def __init__(self, form: QWidget) -> None:
        super().__init__()
        self._form = form
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._scrolls = self._is_placed = False
        self._keep = Later(self, 0, self._keep_in_view)
        self._show_bar(False)
        self.setWidget(form)
        form.installEventFilter(self)

    def _show_bar(self, scrolls: bool) -> None:
        """With the bar the margin beside the form goes, so that the fields stay as wide as they are."""
        self._scrolls = scrolls
        off, on = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAlwaysOn
        self.setVerticalScrollBarPolicy(on if scrolls else off)
        self._form.setContentsMargins(RING, RING, RING if scrolls else RING + BAR, RING)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
            self._keep.start()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._keep.start()

    def _keep_in_view(self) -> None:
        """What comes in above the field that is being typed in does not push it out of view, nor the dialog off the
        screen: it grows from the size that it was placed with, and its buttons stand at its foot.
        """
        window, room = self.window(), self.screen().availableGeometry()
        if window.isVisible():
            under, top = window.parentWidget(), window.frameGeometry().top()
            tall = window.frameGeometry().height()
            if not self._is_placed and under is not None:
                top = under.window().frameGeometry().center().y() - tall // 2
            self._is_placed = True
            top = max(room.top(), min(top, room.bottom() + 1 - tall))
            if top != window.frameGeometry().top():
                window.move(window.frameGeometry().left(), top)
        field = self.focusWidget()
        if field is not None and self._form.isAncestorOf(field):
            self.ensureWidgetVisible(field, 0, style.line_height())

    def _fit(self) -> None:
        form, room = self._form, self.screen().availableGeometry().height()
        wanted = form.sizeHint().height()
        if form.hasHeightForWidth():  # the same with the bar as without it, or one would call the other back
            wanted = form.heightForWidth(self.width() - (BAR if self._scrolls else 0))
        height = min(wanted, room - OTHERS * style.line_height())
        if (wanted > height) != self._scrolls:
            self._show_bar(wanted > height)
        if height != self.minimumHeight():
            self.setMinimumHeight(height)
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        wide = min(self._form.sizeHint().width() + BAR, style.chars(LETTERS))
        return QSize(wide, self.minimumHeight())
