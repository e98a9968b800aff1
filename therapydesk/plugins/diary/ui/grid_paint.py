"""Painting the grid: sessions, rooms, bank holidays, the line of now. Sizes come from the font."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QFont, QFontMetrics, QPainter, QPainterPath, QPen

from therapydesk.api import appointments, show_time, tr
from therapydesk.plugins.diary.ui.week_layout import Block
from therapydesk.ui.kit import style
from therapydesk.ui.kit.boxes import draw_box
from therapydesk.ui.kit.icons import draw_icon

RADIUS = 4.0
PAD = 12
LeftMiddle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def second_line(view: appointments.AppointmentView, facts: dict[object, str]) -> str:
    """The muted line under a session's name: what to stop for, what is known, the kind, the place."""
    if view.stopped:
        names = appointments.join_names([a.name for a in view.stopped])
        return tr("Stop and ask: {name} died").format(name=names)
    parts = []
    if view.id in facts:
        parts.append(facts[view.id])
    elif view.kind == "group":
        parts.append(tr("Group, {n} expected").format(n=view.expected) if view.expected else tr("Group"))
    elif view.kind not in ("one_to_one", "together") and not (view.kind == "own_time" and view.place):
        parts.append(appointments.kind_word(view.kind))
    if view.place:
        parts.append(view.place)
    if not parts and view.state == "completed":
        parts.append(attendance_words(view))
    if not parts:
        parts.append(appointments.kind_word(view.kind))
    words = " · ".join(parts)
    return words[:1].upper() + words[1:]


def attendance_words(view: appointments.AppointmentView) -> str:
    """What became of a completed session, in a word or two."""
    states = {a.state for a in view.attendees}
    if len(states) == 1:
        return appointments.mark_word(states.pop())
    there = sum(a.headcount for a in view.attendees if a.came)
    return tr("{n} of {m} came").format(n=there, m=view.expected)


def draw_session(painter: QPainter, rect: QRect, block: Block, second: str, *, moving: bool = False) -> None:
    """A session: box, bar of its kind, time and name, a second line where there is room, the series mark."""
    view = block.view
    kind = view.kind if view is not None else "planned"
    fill = {"group": "accent_soft", "own_time": "surface2"}.get(kind, "surface")
    bar = "border_strong" if kind == "own_time" else "accent"
    if view is not None and view.stopped:
        fill, bar = "warn_soft", "warn"
    painter.save()
    if block.planned or moving:
        _draw_planned(painter, rect, moving)
    else:
        draw_box(painter, rect, style.token(fill), style.token("border"), radius=RADIUS)
        _draw_bar(painter, rect, bar)
    _draw_words(painter, rect, block, second)
    painter.restore()


def _draw_planned(painter: QPainter, rect: QRect, moving: bool) -> None:
    draw_box(painter, rect, style.token("surface" if moving else "accent_soft"), None, radius=RADIUS)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(style.token("accent"), 2, Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([3, 2])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), RADIUS, RADIUS)


def _draw_bar(painter: QPainter, rect: QRect, token: str) -> None:
    path = QPainterPath()
    path.addRoundedRect(QRectF(rect), RADIUS, RADIUS)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipPath(path)
    painter.fillRect(QRect(rect.x(), rect.y(), 4, rect.height()), style.token(token))
    painter.restore()


def _draw_words(painter: QPainter, rect: QRect, block: Block, second: str) -> None:
    view = block.view
    painter.setClipRect(rect.adjusted(4, 1, -2, -1))
    line, small = style.line_height(), style.small_line_height()
    pad = PAD if rect.width() > style.chars(12) else 8
    inner = rect.adjusted(pad, 0, -6, 0)
    side = style.icon_size(small=True) - 2
    mark = view is not None and view.series_id is not None and inner.width() > style.chars(11)
    two = rect.height() >= line + small - 1
    top = rect.y() + (
        max(0, rect.height() - line - small) // 2 if two and rect.height() < 2 * line + 14 else 2
    )
    if not two:
        top = rect.y() + (rect.height() - line) // 2
    room = inner.width() - (side + 6 if mark else 0)
    own = view is not None and view.kind == "own_time"
    when = (
        show_time(view.starts_at.time())
        if view is not None
        else f"{block.start // 60:02}:{block.start % 60:02}"
    )
    first = QRect(inner.x(), top, room, line)
    if _beside(when, block.heading, own, room):
        _name(painter, first.adjusted(_time(painter, first, when), 0, 0, 0), block.heading, own)
    elif two:  # the name in the place of the second line
        _time(painter, first, when)
        below = QRect(inner.x(), top + line - 2, inner.width(), min(line, rect.bottom() - top - line + 2))
        _name(painter, below, block.heading, own)
        second = ""
    else:  # the name counts; its place in the grid says the time
        _name(painter, first, block.heading, own)
    if mark:
        draw_icon(painter, "repeat", QRect(inner.right() - side + 1, top + (line - side) // 2, side, side))
    if two and second:
        _more_lines(
            painter,
            inner,
            top + line - 2,
            rect.bottom() - 2,
            second,
            "text" if _strong(view) else "text_muted",
        )


def _strong(view: appointments.AppointmentView | None) -> bool:
    return view is None or view.kind == "group"


def _beside(when: str, name: str, own: bool, room: int) -> bool:
    """Whether time and name have room on one line."""
    body, bold = style.body_font(), style.body_font() if own else style.semibold()
    words = QFontMetrics(body).horizontalAdvance(f"{when} ") + QFontMetrics(bold).horizontalAdvance(name)
    return words <= room


def _time(painter: QPainter, box: QRect, when: str) -> int:
    """Draw the time; returns the room it takes."""
    painter.setFont(style.body_font())
    painter.setPen(style.token("text_muted"))
    painter.drawText(box, int(LeftMiddle), when)
    return QFontMetrics(style.body_font()).horizontalAdvance(f"{when} ")


def _name(painter: QPainter, box: QRect, name: str, own: bool) -> None:
    font = style.body_font() if own else style.semibold()
    painter.setFont(font)
    painter.setPen(style.token("text_muted" if own else "text"))
    shown = QFontMetrics(font).elidedText(name, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, int(LeftMiddle), shown)


def _more_lines(painter: QPainter, inner: QRect, top: int, bottom: int, text: str, token: str) -> None:
    small = style.small_font()
    metrics = QFontMetrics(small)
    painter.setFont(small)
    painter.setPen(style.token(token))
    for part in text.split(" · "):
        if top + metrics.height() > bottom + 3:
            return
        shown = _whole_words(metrics, part, inner.width())
        painter.drawText(QRect(inner.x(), top, inner.width(), metrics.height()), int(LeftMiddle), shown)
        top += metrics.height()


def _whole_words(metrics: QFontMetrics, text: str, room: int) -> str:
    """The text, or as many whole words of it as there is room for."""
    if metrics.horizontalAdvance(text) <= room:
        return text
    shown, *words = text.split() or [""]
    for word in words:  # from the first: of a page that somebody pasted only a few are ever looked at
        if metrics.horizontalAdvance(f"{shown} {word}…") > room:
            break
        shown = f"{shown} {word}"
    return metrics.elidedText(f"{shown}…", Qt.TextElideMode.ElideRight, room)


def draw_strip(painter: QPainter, rect: QRect, name: str) -> None:
    """A room down the side of a day, its name upright from the top."""
    painter.save()
    rect = rect.adjusted(0, 1, 0, -1)  # two rooms one after the other stay two
    painter.fillRect(rect, style.token("surface2"))
    painter.fillRect(QRect(rect.right(), rect.y(), 1, rect.height()), style.token("border"))
    small = style.small_font()
    metrics = QFontMetrics(small)
    shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, rect.height() - 12)
    painter.setFont(small)
    painter.setPen(style.token("text_muted"))
    painter.setClipRect(rect)
    painter.translate(rect.x(), rect.y() + 8 + metrics.horizontalAdvance(shown))
    painter.rotate(-90)
    box = QRect(0, 0, metrics.horizontalAdvance(shown) + 2, rect.width())
    painter.drawText(box, int(LeftMiddle), shown)
    painter.restore()


def draw_holiday(painter: QPainter, column: QRect, head: QRect, name: str, booked: str) -> int:
    """A bank holiday: hatched column and a named box at the top of it. Returns the bottom of the box."""
    painter.save()
    painter.fillRect(column, style.token("surface2"))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillRect(column, QBrush(style.token("border"), Qt.BrushStyle.BDiagPattern))
    painter.restore()
    body, side = style.body_font(), style.icon_size()
    metrics = QFontMetrics(body)
    box = QRect(head.x() + 12, head.y() + 12, head.width() - 24, 0)
    text_x = box.x() + 12 + side + 8
    room = max(40, box.right() - 10 - text_x)
    flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    first = metrics.boundingRect(QRect(0, 0, room, 10000), flags, name).height()
    second = metrics.boundingRect(QRect(0, 0, room, 10000), flags, booked).height()
    box.setHeight(first + second + 16)
    draw_box(painter, box, style.token("surface"), style.token("border"), radius=6)
    draw_icon(painter, "flag", QRect(box.x() + 12, box.y() + 9, side, side), "text")
    painter.setFont(body)
    painter.setPen(style.token("text"))
    painter.drawText(QRect(text_x, box.y() + 8, room, first), flags, name)
    painter.setPen(style.token("text_muted"))
    painter.drawText(QRect(text_x, box.y() + 8 + first, room, second), flags, booked)
    return box.bottom()


def draw_now(painter: QPainter, x: int, right: int, y: int) -> None:
    """Now: a line in accent with a note head at the day's edge."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(style.token("accent"), 2))
    painter.drawLine(QPointF(x, y), QPointF(right, y))
    scale = style.line_height() / 22
    painter.translate(x, y)
    painter.rotate(-20)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.token("accent"))
    painter.drawEllipse(QRectF(-6.5 * scale, -4.8 * scale, 13 * scale, 9.6 * scale))
    painter.restore()


def draw_ring(painter: QPainter, rect: QRect) -> None:
    """The focus ring round a session or an empty slot: 2 px, a gap of 2 px from what it rings."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(style.token("surface"), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(rect).adjusted(-1, -1, 1, 1), 5, 5)
    painter.setPen(QPen(style.token("focus"), 2))
    painter.drawRoundedRect(QRectF(rect).adjusted(-3, -3, 3, 3), 6, 6)
    painter.restore()


def bold(on: bool) -> QFont:
    """Body text, semibold if wanted."""
    return style.semibold() if on else style.body_font()
