"""Small pieces of the person in caseload's own screens: a fact with its icon, a heading with words under it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from therapydesk.ui.kit import style
from therapydesk.ui.kit.icons import State
from therapydesk.ui.kit.labels import IconMark, text_label

STATES = {
    "active": ("full", "ok"),
    "waiting": ("half", "warn"),
    "paused": ("ring", "text_muted"),
    "closed": ("dash", "text_muted"),
}


def stage_state(stage: str, word: str) -> State | None:
    """The stage as word and shape; None for somebody without support of their own."""
    if not word:
        return None
    shape, token = STATES.get(stage, ("dash", "text_muted"))
    return State(word, shape, token)


def fact_row(icon_name: str, text: str) -> QWidget:
    """An icon and a text that may wrap."""
    part = QWidget()
    row = QHBoxLayout(part)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(style.sp(2))
    row.addWidget(IconMark(icon_name), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(text_label(text, wrap=True), 1)
    return part


def titled(title: str, text: str, tone: str = "") -> QWidget:
    """A small muted heading and a text below it."""
    part = QWidget()
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(text_label(title, "small", "text_muted"))
    column.addWidget(text_label(text, "", tone, wrap=True))
    return part


def empty_layout(layout: QVBoxLayout) -> None:
    """Take out everything that was put into it."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
