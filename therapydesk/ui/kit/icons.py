"""Line icons that take the colour of a token, the shapes that go with state words, and the app mark."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from therapydesk.ui.kit import style


@dataclass(frozen=True)
class State:
    """A word with the shape and colour that stand for it: State("Active", "full", "ok")."""

    word: str
    shape: str = "full"
    token: str = "text_muted"

    def __str__(self) -> str:
        return self.word


FOLDER = Path(__file__).with_name("resources") / "icons"
SHAPES = ("full", "half", "ring", "tick", "square", "diamond", "dash")


@cache
def _source(name: str) -> bytes:
    return (FOLDER / f"{name}.svg").read_bytes()


@cache
def _renderer(name: str, color: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace(b"#000", color.encode())))


def _draw(painter: QPainter, name: str, rect: QRectF, token: str) -> None:
    side = min(rect.width(), rect.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(rect.center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _renderer(name, style.token(token).name()).render(painter, square)
    painter.restore()


def draw_icon(painter: QPainter, name: str, rect: QRect | QRectF, token: str = "text_muted") -> None:
    _draw(painter, name, QRectF(rect), token)


def draw_shape(painter: QPainter, name: str, rect: QRect | QRectF, token: str) -> None:
    """Draw a state shape (full, half, ring, tick, square, diamond, dash) or an icon into rect."""
    name = name.removeprefix("s-")
    _draw(painter, f"s-{name}" if name in SHAPES else name, QRectF(rect), token)


class _TokenIcon(QIconEngine):
    """Paints one SVG in a token's colour at the moment of painting, so a new theme needs no new icons."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name = name
        self._token = token

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        token = self._token
        if mode == QIcon.Mode.Disabled:
            token = "border_strong"
        elif mode == QIcon.Mode.Selected:
            token = "on_sel"
        draw_shape(painter, self._name, rect, token)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        pixmap.setDevicePixelRatio(scale)
        return pixmap

    def clone(self) -> QIconEngine:
        copy = _TokenIcon(self._name, self._token)
        _engines.append(copy)  # Qt owns the copy; without a Python reference its overrides would be lost
        return copy


_engines: list[_TokenIcon] = []


@cache
def icon(name: str, token: str = "text_muted") -> QIcon:
    """Return the icon `name` in the colour of `token`."""
    _source(name if name not in SHAPES else f"s-{name}")
    engine = _TokenIcon(name, token)
    _engines.append(engine)
    return QIcon(engine)


@style.by_look
def shape_pixmap(name: str, token: str, side: int, ratio: float = 1.0) -> QPixmap:
    pixmap = QPixmap(QSize(side, side) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    draw_shape(painter, name, QRectF(0, 0, side, side), token)
    painter.end()
    return pixmap


@cache
def app_icon() -> QIcon:
    """Return the app mark: a rounded square with three stave lines and one note."""
    renderer = QSvgRenderer(QByteArray(_source("app")))
    found = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, side, side))
        painter.end()
        found.addPixmap(pixmap)
    return found
