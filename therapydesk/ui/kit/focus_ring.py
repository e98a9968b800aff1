"""One ring for the whole window: 2 px, outside a 2 px gap, round whatever has the keyboard focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

from therapydesk.ui.kit import style

_ROOM = 4
_FOLLOWED = (
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.LayoutRequest,
)
_RINGED = (
    QAbstractButton,
    QLineEdit,
    QComboBox,
    QAbstractSpinBox,
    QPlainTextEdit,
    QTextEdit,
    QLabel,
    QTabBar,
)


class _Ring(QWidget):
    """The painted ring.

    It lies over the window's children, takes no mouse and has no place in the tab order.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setObjectName("focusRing")
        self.whole = QRect()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(style.token("focus"), 2))
        box = QRectF(self.whole.translated(-self.pos())).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, 8, 8)


class FocusRing(QObject):
    """Follows the focus and keeps the ring round it."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._target: QWidget | None = None
        self._watched: list[QWidget] = []
        self._rings: dict[int, _Ring] = {}
        app.focusChanged.connect(self._on_focus)

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        for watched in self._watched:
            if isValid(watched):
                watched.removeEventFilter(self)
        self._watched = []
        self._hide()
        self._target = new if new is not None and _wants_ring(new) else None
        widget = self._target
        while widget is not None:
            widget.installEventFilter(self)
            self._watched.append(widget)
            widget = None if widget.isWindow() else widget.parentWidget()
        if isinstance(self._target, QTabBar):
            self._target.currentChanged.connect(self._place, Qt.ConnectionType.UniqueConnection)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _FOLLOWED:
            self._place()
        return False

    def _hide(self) -> None:
        for ring in self._rings.values():
            if isValid(ring):
                ring.hide()

    def _ring(self, window: QWidget) -> _Ring:
        key = id(window)
        found = self._rings.get(key)
        if found is None or not isValid(found) or found.parentWidget() is not window:
            self._rings = {k: ring for k, ring in self._rings.items() if isValid(ring)}
            found = self._rings[key] = _Ring(window)
        return found

    def _place(self) -> None:
        target = self._target
        if target is None or not isValid(target) or not target.isVisible():
            self._hide()
            return
        window = target.window()
        own, clip = _ring_rect(target)
        whole = QRect(target.mapTo(window, own.topLeft()), own.size()).adjusted(-_ROOM, -_ROOM, _ROOM, _ROOM)
        ring = self._ring(window)
        ring.whole = whole
        ring.setGeometry(whole.intersected(clip))
        ring.raise_()
        ring.show()
        ring.update()


def _wants_ring(widget: QWidget) -> bool:
    wish = widget.property("focusRing")
    if wish is not None:
        return bool(wish)
    if isinstance(widget, QAbstractItemView):
        return isinstance(widget, QHeaderView)
    return isinstance(widget, _RINGED)


def _ring_rect(target: QWidget) -> tuple[QRect, QRect]:
    """Return what to ring, in the target's coordinates, and the part of the window that may be drawn on."""
    own = target.rect()
    if isinstance(target, QTabBar) and target.currentIndex() >= 0:
        own = target.tabRect(target.currentIndex()).adjusted(6, 6, -6, -8)
    window = target.window()
    clip = window.rect()
    widget = target.parentWidget()
    while widget is not None and widget is not window:
        area = widget.parentWidget()
        if isinstance(area, QAbstractScrollArea) and area.viewport() is widget:
            clip = clip.intersected(QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()))
        widget = area
    return own, clip


_installed: list[FocusRing] = []


def install_focus_ring(app: QApplication) -> None:
    if not _installed:
        _installed.append(FocusRing(app))
