from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontDatabase, QFontMetrics
from PySide6.QtWidgets import QApplication, QPushButton

import therapydesk.ui.kit
from therapydesk.ui.kit import looks, style
from therapydesk.ui.kit.style import TOKENS, Theme

SURFACES = ("bg", "surface", "surface2")
SOFTS = ("ok_soft", "warn_soft", "danger_soft", "info_soft", "accent_soft")
STATES = ("ok", "warn", "danger", "info")


def _light(color: str) -> float:
    shown = QColor(color)
    parts = (shown.redF(), shown.greenF(), shown.blueF())
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else pow((part + 0.055) / 1.055, 2.4) for part in parts
    )
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def ratio(first: str, second: str) -> float:
    lower, upper = sorted((_light(first), _light(second)))
    return (upper + 0.05) / (lower + 0.05)


def pairs() -> list[tuple[str, str, float]]:
    found = [(name, back, 4.5) for name in ("text", "text_muted", "link", "accent") for back in SURFACES]
    found += [("text", back, 4.5) for back in SOFTS]
    found += [(name, back, 4.5) for name in STATES for back in (*SURFACES, f"{name}_soft")]
    found += [("on_accent", "accent", 4.5), ("on_accent", "accent_hover", 4.5), ("on_sel", "sel", 4.5)]
    found += [(name, back, 3) for name in ("border_strong", "focus") for back in SURFACES]
    found += [("sel", "surface", 3)]
    found += [(f"chart{n}", "surface", 3) for n in range(1, 7)]
    return found


@pytest.mark.parametrize("theme", list(Theme))
@pytest.mark.parametrize(("front", "back", "needs"), pairs())
def test_every_pair_of_the_table_has_the_contrast_it_needs(
    theme: Theme, front: str, back: str, needs: float
) -> None:
    assert ratio(TOKENS[theme][front], TOKENS[theme][back]) >= needs


def test_lowest_ratios_are_those_the_table_promises() -> None:
    def lowest(theme: Theme, name: str, backs: tuple[str, ...] = SURFACES) -> float:
        found = min(ratio(TOKENS[theme][name], TOKENS[theme][back]) for back in backs)
        return round(found - 0.02, 1)

    softs = (*SURFACES, "accent_soft")
    assert (lowest(Theme.LIGHT, "text", softs), lowest(Theme.DARK, "text", softs)) == (13.0, 9.8)
    assert (lowest(Theme.LIGHT, "text_muted"), lowest(Theme.DARK, "text_muted")) == (6.1, 6.4)
    assert (lowest(Theme.LIGHT, "border_strong"), lowest(Theme.DARK, "border_strong")) == (3.3, 3.8)


def test_colours_are_written_in_style_only() -> None:
    folder = Path(therapydesk.ui.kit.__file__ or "").parent
    literal = re.compile(
        r"#[0-9A-Fa-f]{6}\b|QColor\(\s*[\"'0-9]|GlobalColor\.(?!transparent)|\bqRgb|\brgba?\(\d"
    )
    guilty = [
        path.name
        for path in folder.glob("*.py")
        if path.name != "style.py" and literal.search(path.read_text("utf-8"))
    ]
    assert guilty == []


def test_the_shipped_face_is_used_in_two_weights(qapp: QApplication) -> None:
    assert style.load_fonts() == "Source Sans 3"
    assert {400, 600} <= {
        QFontDatabase.weight("Source Sans 3", name) for name in QFontDatabase.styles("Source Sans 3")
    }
    figures = QFontMetrics(style.body_font())
    assert len({figures.horizontalAdvance(figure) for figure in "0123456789"}) == 1


def test_sizes_follow_the_text_size(qapp: QApplication) -> None:
    assert (style.line_height(), style.button_height(), style.row_height()) == (22, 36, 38)
    looks.apply_theme(qapp, Theme.LIGHT, 2.0)
    assert style.line_height() >= 43
    assert style.row_height() == style.line_height() + 16
    assert QPushButton("Sign note").sizeHint().height() == style.line_height() + 14
    assert style.small_font().pointSizeF() == pytest.approx(20.7)


def test_small_text_is_never_under_nine_points(qapp: QApplication) -> None:
    looks.apply_theme(qapp, Theme.LIGHT, 0.8)
    assert style.small_font().pointSizeF() == 9.0


def test_compact_rows_are_eight_lower(qapp: QApplication) -> None:
    before = style.row_height()
    looks.apply_theme(qapp, Theme.LIGHT, 1.0, "compact")
    assert style.row_height() == before - 8


def test_a_change_of_theme_is_told_and_changes_tokens(qapp: QApplication) -> None:
    told: list[str] = []
    style.signals.theme_changed.connect(lambda: told.append(style.token("bg").name().upper()))
    looks.apply_theme(qapp, Theme.DARK)
    assert told == ["#151A18"]
    assert qapp.palette().window().color().name().upper() == "#151A18"
