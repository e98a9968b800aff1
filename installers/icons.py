"""The app icon in the forms that each system wants, in `build/icons/`. Started by freeze.py."""

from __future__ import annotations

import os
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt is imported: no screen is needed

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "therapydesk" / "ui" / "kit" / "resources" / "icons" / "app.svg"
OUT = ROOT / "build" / "icons"
SIDES = (16, 24, 32, 48, 64, 128, 256)


def draw(side: int, path: Path) -> None:
    """The drawing as a PNG picture of that many pixels."""
    image = QImage(side, side, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(SOURCE)).render(painter)
    painter.end()
    if not image.save(str(path)):
        raise OSError(f"{path} could not be written")


def main() -> None:
    """PNG for Linux, ICO for Windows, ICNS for macOS."""
    OUT.mkdir(parents=True, exist_ok=True)
    app = QGuiApplication([])
    big = OUT / "therapydesk.png"
    draw(1024, big)
    with Image.open(big) as picture:
        picture.save(OUT / "therapydesk.ico", sizes=[(side, side) for side in SIDES])
        picture.save(OUT / "therapydesk.icns")
    draw(256, OUT / "therapydesk-256.png")
    app.quit()


if __name__ == "__main__":
    main()
