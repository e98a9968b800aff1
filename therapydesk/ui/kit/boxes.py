"""Rounded boxes, check boxes and radio buttons, painted from the tokens."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle

from therapydesk.ui.kit import style
from therapydesk.ui.kit.icons import draw_icon

SF = QStyle.StateFlag
RADIUS = 6.0


def draw_box(
    painter: QPainter,
    rect: QRect | QRectF,
    fill: QColor | None,
    line: QColor | None,
    width: float = 1.0,
    radius: float = RADIUS,
    *,
    dashed: bool = False,
) -> None:
    """Draw a rounded box whose outline lies wholly inside rect."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outline = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
    painter.setPen(QPen(line, width, outline) if line is not None else Qt.PenStyle.NoPen)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    inset = width / 2 if line is not None else 0.0
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), radius, radius)
    painter.restore()


def draw_check(
    painter: QPainter, rect: QRect | QRectF, state: QStyle.StateFlag, *, on_selection: bool = False
) -> None:
    """Draw a check box of 18 px (at normal text) in the middle of rect: empty, ticked or, for part, a dash."""
    side = round(18 * style.line_height() / 22)
    box = QRectF(0, 0, side, side)
    box.moveCenter(QRectF(rect).center())
    enabled = bool(state & SF.State_Enabled)
    mark = "tick" if state & SF.State_On else "dash" if state & SF.State_NoChange else ""
    if not mark:
        draw_box(painter, box, style.token("surface"), style.token("border_strong"), radius=4)
        return
    fill = ("on_sel" if on_selection else "accent") if enabled else "border_strong"
    draw_box(painter, box, style.token(fill), None, radius=4)
    inner = box.adjusted(1, 1, -1, -1) if mark == "tick" else box.adjusted(4, 4, -4, -4)
    ink = ("sel" if on_selection else "on_accent") if enabled else "surface"
    draw_icon(painter, mark if mark == "tick" else "s-dash", inner, ink)


def draw_radio(painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
    """Draw a radio button that fills rect."""
    enabled, chosen = bool(state & SF.State_Enabled), bool(state & SF.State_On)
    line = "accent" if chosen and enabled else "border_strong"
    box = QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5)
    draw_box(painter, box, style.token("surface"), style.token(line), 1.6 if chosen else 1.0, box.width() / 2)
    if chosen:
        quarter = box.width() / 4
        dot = box.adjusted(quarter, quarter, -quarter, -quarter)
        draw_box(painter, dot, style.token(line), None, radius=dot.width() / 2)
