from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QApplication

import therapydesk.ui.kit
from therapydesk.ui.kit import looks, style
from therapydesk.ui.kit.icons import SHAPES, app_icon, icon, shape_pixmap

FOLDER = Path(therapydesk.ui.kit.__file__ or "").parent / "resources" / "icons"
NAMES = sorted(path.stem for path in FOLDER.glob("*.svg") if not path.stem.startswith(("s-", "app")))


def _inks(pixmap: QPixmap) -> set[str]:
    image = pixmap.toImage()
    colors = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return {QColor(color.rgb()).name().upper() for color in colors if color.alpha() == 255}


def test_there_are_the_49_icons_of_the_design_one_for_music_made_and_seven_shapes() -> None:
    assert len(NAMES) == 49 + 1
    assert all((FOLDER / f"s-{shape}.svg").is_file() for shape in SHAPES)


@pytest.mark.parametrize("name", NAMES)
def test_every_icon_draws_something(name: str) -> None:
    image = icon(name).pixmap(40, 40).toImage()
    assert any(image.pixelColor(x, y).alpha() for x in range(40) for y in range(40))


def test_an_icon_takes_the_colour_of_its_token_in_each_theme(qapp: QApplication) -> None:
    diary = icon("diary", "danger")
    assert _inks(diary.pixmap(80, 80)) == {"#A8231C"}
    looks.apply_theme(qapp, style.Theme.DARK)
    assert _inks(diary.pixmap(81, 81)) == {"#FF9C93"}


def test_selected_and_disabled_icons_have_their_own_tokens() -> None:
    assert _inks(icon("diary").pixmap(60, 60, QIcon.Mode.Selected)) == {"#FFFFFF"}
    assert _inks(icon("diary").pixmap(60, 60, QIcon.Mode.Disabled)) == {"#7A8580"}


def test_a_copied_icon_still_paints() -> None:
    copy = QIcon(icon("lock"))
    copy.addPixmap(QPixmap(4, 4))
    assert not copy.pixmap(20, 20).isNull()


def test_full_and_ring_differ_without_colour() -> None:
    full, ring = (shape_pixmap(name, "ok", 24).toImage() for name in ("full", "ring"))
    assert full.pixelColor(12, 12).alpha() == 255
    assert ring.pixelColor(12, 12).alpha() == 0


def test_an_unknown_name_fails_at_once() -> None:
    with pytest.raises(FileNotFoundError):
        icon("no-such-icon")


def test_the_app_has_its_mark() -> None:
    assert app_icon().pixmap(64, 64).toImage().pixelColor(6, 32).name().upper() == "#0B6B60"
