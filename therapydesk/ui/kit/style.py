"""The tokens of the three themes, the type sizes and the one function that puts them on the application.

This is the only file that may hold a colour. Pages ask for tokens by name and for sizes by function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QFontMetricsF
from PySide6.QtWidgets import QWidget

T = TypeVar("T", bound=Callable[..., Any])


class Theme(StrEnum):
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high_contrast"


# name: (light, dark, high contrast)
_TABLE: dict[str, tuple[str, str, str]] = {
    "bg": ("#F6F7F6", "#151A18", "#000000"),
    "surface": ("#FFFFFF", "#1D2422", "#000000"),
    "surface2": ("#EBEFED", "#27302D", "#000000"),
    "text": ("#1B2321", "#E9EEEC", "#FFFFFF"),
    "text_muted": ("#4F5B56", "#A9B5B0", "#FFFFFF"),
    "border": ("#C5CDC9", "#3B4742", "#FFFFFF"),
    "border_strong": ("#7A8580", "#7D8A85", "#FFFFFF"),
    "accent": ("#0B6B60", "#5CC9B8", "#FFE500"),
    "accent_hover": ("#08564D", "#7FD9CB", "#FFF37A"),
    "on_accent": ("#FFFFFF", "#06231F", "#000000"),
    "accent_soft": ("#D8ECE8", "#17403A", "#000000"),
    "sel": ("#0B6B60", "#257D70", "#FFE500"),
    "on_sel": ("#FFFFFF", "#FFFFFF", "#000000"),
    "focus": ("#1D4ED8", "#8FB4FF", "#00E5FF"),
    "link": ("#0B5FA5", "#7FC0F5", "#7FD4FF"),
    "ok": ("#1C6B34", "#7FD19A", "#7CFF9B"),
    "ok_soft": ("#DDF0E2", "#1B3A26", "#000000"),
    "warn": ("#8A5200", "#F2BD66", "#FFD166"),
    "warn_soft": ("#FBEBCF", "#42300F", "#000000"),
    "danger": ("#A8231C", "#FF9C93", "#FF9C9C"),
    "danger_soft": ("#FAE0DE", "#4B1E1B", "#000000"),
    "info": ("#1F5A8F", "#8CC4F5", "#9AD1FF"),
    "info_soft": ("#DCEAF7", "#1A3650", "#000000"),
    "chart1": ("#0B6B60", "#5CC9B8", "#FFFFFF"),
    "chart2": ("#B4540A", "#F0A15A", "#FFFFFF"),
    "chart3": ("#5B4BB7", "#B3A6FF", "#FFFFFF"),
    "chart4": ("#A3266B", "#F08DC0", "#FFFFFF"),
    "chart5": ("#2F6FB2", "#7FB8F2", "#FFFFFF"),
    "chart6": ("#5F6B00", "#C3CF5A", "#FFFFFF"),
}
TOKENS: dict[Theme, dict[str, str]] = {
    theme: {name: values[index] for name, values in _TABLE.items()} for index, theme in enumerate(Theme)
}

BASE_POINTS = 11.5
SPACES = (4, 8, 12, 16, 24, 32)
FONT_FAMILY = "Source Sans 3"
FONT_FOLDER = Path(__file__).parents[2] / "core" / "resources" / "fonts"
FONT_FILES = ("SourceSans3-Regular.ttf", "SourceSans3-SemiBold.ttf")


class Signals(QObject):
    theme_changed = Signal()


@dataclass
class _Current:
    theme: Theme = Theme.LIGHT
    text_scale: float = 1.0
    density: str = "comfortable"
    family: str = ""


signals = Signals()
_current = _Current()
_colors: dict[tuple[Theme, str], QColor] = {}


def current_theme() -> Theme:
    return _current.theme


def text_scale() -> float:
    return _current.text_scale


def token(name: str) -> QColor:
    key = (_current.theme, name)
    found = _colors.get(key)
    if found is None:
        found = _colors[key] = QColor(TOKENS[_current.theme][name])
    return found


def sp(n: int) -> int:
    """Return space n (1 to 6) of the steps 4 8 12 16 24 32."""
    return SPACES[n - 1]


_kept: list[Any] = []


def by_look(function: T) -> T:
    """Keep what a function answers until the look changes: fonts and sizes are asked for with every cell."""
    kept = cache(function)
    _kept.append(kept)
    return kept  # type: ignore[return-value]  # the same function, only quicker


def load_fonts() -> str:
    """Register the shipped faces and return the family to use: ours, or the system's when loading fails."""
    if _current.family:
        return _current.family
    paths = [FONT_FOLDER / name for name in FONT_FILES]
    loaded = all(path.is_file() and QFontDatabase.addApplicationFont(str(path)) >= 0 for path in paths)
    _current.family = (
        FONT_FAMILY if loaded else QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    )
    return _current.family


@by_look
def _font(factor: float, weight: QFont.Weight) -> QFont:
    font = QFont(load_fonts())
    font.setPointSizeF(max(9.0, BASE_POINTS * factor * _current.text_scale))
    font.setWeight(weight)
    return font


def body_font() -> QFont:
    return _font(1.0, QFont.Weight.Normal)


def semibold() -> QFont:
    return _font(1.0, QFont.Weight.DemiBold)


def title_font() -> QFont:
    return _font(1.7, QFont.Weight.DemiBold)


def section_font() -> QFont:
    return _font(1.2, QFont.Weight.DemiBold)


def small_font() -> QFont:
    return _font(0.9, QFont.Weight.Normal)


@by_look
def body_metrics() -> QFontMetrics:
    return QFontMetrics(body_font())


@by_look
def semibold_metrics() -> QFontMetrics:
    return QFontMetrics(semibold())


@by_look
def small_metrics() -> QFontMetrics:
    return QFontMetrics(small_font())


@by_look
def line_height() -> int:
    return ceil(QFontMetricsF(body_font()).height())


@by_look
def small_line_height() -> int:
    return ceil(QFontMetricsF(small_font()).height())


def button_height() -> int:
    return max(32, line_height() + 14)


def row_height() -> int:
    """Height of a table row; Compact takes 8 off, and never falls under 28."""
    comfortable = max(36, line_height() + 16)
    return max(28, comfortable - 8) if _current.density == "compact" else comfortable


def two_line_height() -> int:
    return line_height() + small_line_height() + 20


def icon_size(small: bool = False) -> int:
    """Return the side of an icon in pixels: 20 at normal text, 16 small, growing with the text."""
    return round((16 if small else 20) * line_height() / 22)


def chars(n: int) -> int:
    """Return the width of n average letters of body text, in pixels."""
    return body_metrics().averageCharWidth() * n


def set_tone(widget: QWidget, tone: str) -> None:
    """Colour a label by token name: set_tone(label, "text_muted")."""
    set_property(widget, "tone", tone)


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and have the widget painted afresh."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def set_look(theme: Theme, text_scale: float, density: str) -> None:
    """Remember theme, text size and density; `looks.apply_theme` puts them on the application."""
    _current.theme, _current.text_scale, _current.density = Theme(theme), text_scale, density
    for kept in _kept:
        kept.cache_clear()
