"""The buttons of a page's head, in one line: what it has no room for is behind "More"."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from therapydesk.api import tr
from therapydesk.ui.kit.labels import button

GAP = 8


class _Place(QWidget):
    """Where a button stands. The page says whether the button is there, and the place whether it is in view."""

    turned = Signal()  # the page has shown or hidden the button

    def __init__(self, held: QPushButton) -> None:
        super().__init__()
        self.held = held
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(held)
        held.show()
        held.installEventFilter(self)
        self.action = QAction(self)
        self.action.triggered.connect(lambda _checked=False: held.click())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.turned.emit()
        return False

    @property
    def wanted(self) -> bool:
        return not self.held.isHidden()

    def width_of(self) -> int:
        return self.held.sizeHint().width()


class HeadActions(QWidget):
    """Widgets, buttons, and last the primary one. `fit` decides which buttons are behind "More", the first ones first.

    `changed` is sent when the row may need another width.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GAP)
        self._widgets: list[QWidget] = []
        self._places: list[_Place] = []
        self._primary: QPushButton | None = None
        self.more = button(tr("More"), self.open_more, "down")
        self._row.addWidget(self.more)
        self.more.hide()

    # -- what stands in it -------------------------------------------------------------------------------

    def add_widget(self, widget: QWidget) -> None:
        """Put a widget at the left; it always stays in view."""
        self._widgets.append(widget)
        self._row.insertWidget(0, widget)

    def add_button(self, made: QPushButton) -> None:
        """Put a button at the right, before the primary one."""
        place = _Place(made)
        place.turned.connect(self.changed)
        self._places.append(place)
        at = self._row.indexOf(self._primary) if self._primary is not None else -1
        self._row.insertWidget(at, place)

    def set_primary(self, made: QPushButton) -> None:
        """Put the primary button last; it always stays in view."""
        self._primary = made
        self._row.addWidget(made)

    # -- how much room it takes --------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def full_width(self) -> int:
        """The width with every button in view, in px."""
        return _joined([*self._always(), *(p.width_of() for p in self._places if p.wanted)])

    def least_width(self) -> int:
        """The width with all that may be behind "More" there, in px."""
        folds = any(p.wanted for p in self._places)
        return _joined([*self._always(), *([self.more.sizeHint().width()] if folds else [])])

    def _always(self) -> list[int]:
        shown = [*self._widgets, *([self._primary] if self._primary is not None else [])]
        return [each.sizeHint().width() for each in shown if not each.isHidden()]

    def fit(self, room: int) -> None:
        """Leave in view what `room` px hold, the last buttons first."""
        wanted = [place for place in self._places if place.wanted]
        folded = [] if self.full_width() <= room else self._too_many(wanted, room)
        for place in self._places:
            self._fold(place, place in folded)
        self.more.setVisible(bool(folded))
        behind = ", ".join(place.held.text() for place in folded)
        if behind != self.more.accessibleDescription():
            self.more.setAccessibleDescription(behind)

    def _too_many(self, wanted: list[_Place], room: int) -> list[_Place]:
        widths = [*self._always(), self.more.sizeHint().width()]
        for at in range(len(wanted) - 1, -1, -1):
            widths.append(wanted[at].width_of())
            if _joined(widths) > room:
                return wanted[: at + 1]
        return []

    def _fold(self, place: _Place, folded: bool) -> None:
        place.setVisible(place.wanted and not folded)
        if folded:
            place.action.setShortcut(place.held.shortcut())  # a button out of view does not hear its own
            self.addAction(place.action)
        else:
            self.removeAction(place.action)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:  # a text, a font or what is there has changed
            self.changed.emit()
        return done

    # -- what is out of view -----------------------------------------------------------------------------

    def open_more(self) -> None:
        """Offer the buttons that are out of view."""
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 4)))

    def menu(self) -> QMenu:
        """Return a list of the buttons that are out of view, in their order."""
        made = QMenu(self.more)
        made.setAccessibleName(self.more.text())
        for place in self._places:
            if place.action in self.actions():
                place.action.setText(place.held.text())
                place.action.setIcon(place.held.icon())
                place.action.setEnabled(place.held.isEnabled())
                made.addAction(place.action)
        return made


def _joined(widths: list[int]) -> int:
    return sum(widths) + GAP * max(len(widths) - 1, 0)
