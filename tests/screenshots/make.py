"""Pictures of the main pages from the demo practice, in the six looks that ux.md asks for.

    python -m tests.screenshots.make [--vault DIR --user NAME --passphrase-file FILE] [--out DIR]
                                      [--files DIR] [--look NAME] [--page NAME,…] [--quick]

Without a vault a demo practice is made in a temporary folder. `--quick` draws the main pages once, in light. The
display scale belongs to a process, so the look with a scale of its own is drawn by a second one.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage, QPixmap, qRgb
from PySide6.QtWidgets import QApplication, QDialog

from tests.screenshots import care, more, pages
from tests.screenshots.pages import Stage, settle, wait_for
from therapydesk.api import user_title
from therapydesk.built_in import BUILT_IN
from therapydesk.core.plugins import Plugins, load_all
from therapydesk.core.settings import MachineSettings
from therapydesk.core.vault.vault import Vault
from therapydesk.core.words import Language, set_language
from therapydesk.demo.making import make_demo
from therapydesk.ui.kit import looks, style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.jobs import Runner
from therapydesk.ui.shell.window import MainWindow


@dataclass(frozen=True)
class Look:
    """Theme, text size, language and display scale."""

    theme: style.Theme
    text: float = 1.0
    language: Language = "en"
    scale: int = 1


LOOKS = {
    "light": Look(style.Theme.LIGHT),
    "dark": Look(style.Theme.DARK),
    "high-contrast": Look(style.Theme.HIGH_CONTRAST),
    "double-text": Look(style.Theme.LIGHT, text=2.0),
    "pseudo-welsh": Look(style.Theme.LIGHT, language="pseudo"),
    "double-scale": Look(style.Theme.LIGHT, scale=2),
}
SHOTS = (*more.SHOTS, *pages.SHOTS, *care.SHOTS, *care.LAST, *more.LAST)
SIZE = (1366, 768)
MAIN = frozenset(
    "today people person-overview referrals import-plan diary-week notes note-editor invoices invoice safeguarding "
    "concern-lead groups register hub songs works settings".split()
)
EXACT = 96  # of the 256 colours of a palette


def save(picture: QPixmap, path: Path) -> None:
    """Write a PNG with a palette: what covers most stays exact, the edges of letters are near."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    image = Image.open(BytesIO(bytes(buffer.data().data()))).convert("RGB")
    counted = Counter(zip(*[iter(image.tobytes())] * 3, strict=True)).most_common(EXACT)
    near = image.quantize(256 - EXACT, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    rest = near.getpalette() or []
    table = [qRgb(*colour) for colour, _count in counted]
    table += [qRgb(*rest[at : at + 3]) for at in range(0, len(rest), 3)]
    how = Qt.ImageConversionFlag.AvoidDither | Qt.ImageConversionFlag.ThresholdDither
    small = picture.toImage().convertToFormat(QImage.Format.Format_Indexed8, table[:256], how)
    if not small.save(str(path)):
        raise OSError(f"{path} could not be written")


def _has_keyboard(window: MainWindow) -> bool:
    """Whether the window has the keyboard; if not it asks for it, as there may be no window manager that gives it."""
    if QApplication.focusWidget() is None:
        window.activateWindow()
    return QApplication.focusWidget() is not None


def _dialog() -> QDialog | None:
    """The dialog or side window that is open, if any."""
    tops = QApplication.topLevelWidgets()
    return next((top for top in tops if isinstance(top, QDialog) and top.isVisible()), None)


def _at_rest(window: MainWindow) -> None:
    """Wait until the window looks as it did a moment before: on a busy machine a page is laid out late."""
    before = (_dialog() or window).grab().toImage()
    for _turn in range(8):
        settle(150)
        seen = (_dialog() or window).grab().toImage()
        if seen == before:
            return
        before = seen


def draw(
    vault: Vault, plugins: Plugins, files: Path, name: str, out: Path, only: Collection[str] = ()
) -> None:
    """Draw every page in one look, or only these."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    look = LOOKS[name]
    set_language(look.language)
    looks.apply_theme(app, look.theme, look.text)
    with tempfile.TemporaryDirectory() as folder:
        settings = MachineSettings(Path(folder) / "settings.json")
        window = MainWindow(settings)
        runner = Runner(window)
        runner.watch(vault.changes)
        desk = Desk(vault, vault.user, settings, plugins, runner, vault.changes, window.open_link)
        with vault.read() as db:
            title = user_title(db, vault.user.id)
        window.resize(*SIZE)
        window.show_desk(desk, title)
        window.show()
        assert window.view is not None
        stage = Stage(window, window.view, vault, files)
        for shot in SHOTS:
            if (shot.every_look or name == "light") and (not only or shot.name in only):
                wait_for(lambda: _has_keyboard(window))  # a dialog of the page before may have had it
                shot.go(stage)
                settle(700)
                _at_rest(window)
                dialog = _dialog()
                save((dialog or window).grab(), out / f"{shot.name}-{name}.png")
                if dialog is not None:
                    dialog.close()
                    if dialog.isVisible():  # it asks whether what was typed may go
                        dialog.done(0)
        window.close()
        runner.close()
        window.deleteLater()
        settle(50)


def draw_apart(name: str, vault: Path, secret: Path, options: argparse.Namespace) -> None:
    """Draw a look with a display scale of its own, in a process of its own."""
    words = ["--vault", str(vault), "--user", options.user, "--passphrase-file", str(secret)]
    words += ["--out", options.out, "--look", name, "--page", options.page]
    env = {**os.environ, "QT_SCALE_FACTOR": str(LOOKS[name].scale)}
    subprocess.run([sys.executable, "-m", "tests.screenshots.make", *words], env=env, check=True)


def main(argv: list[str]) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--vault", "--user", "--passphrase-file", "--files", "--look", "--page"):
        parser.add_argument(name, default="")
    parser.add_argument("--out", default="docs/screenshots")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(argv)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    wanted = [options.look] if options.look else ["light"] if options.quick else list(LOOKS)
    QApplication(sys.argv[:1])
    plugins = load_all(BUILT_IN, {}, (), contrib=False)
    with tempfile.TemporaryDirectory() as folder:
        where, secret = Path(options.vault), Path(options.passphrase_file)
        if not options.vault:
            made = make_demo(Path(folder) / "demo", plugins=plugins)
            where, options.user, secret = made.vault, made.user, Path(folder) / "passphrase"
            secret.write_text(made.passphrase, "utf-8")
        apart = [name for name in wanted if LOOKS[name].scale != 1 and name != options.look]
        vault = Vault.open(where, host=plugins)
        vault.unlock(options.user, secret.read_text("utf-8").strip())
        for name in wanted:
            if name not in apart:
                files = Path(options.files) if options.files else where.with_name(f"{where.name}-files")
                draw(
                    vault,
                    plugins,
                    files,
                    name,
                    out,
                    options.page.split(",") if options.page else MAIN if options.quick else (),
                )
        vault.close()
        for name in apart:
            draw_apart(name, where, secret, options)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
