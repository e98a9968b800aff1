"""Pictures of the main pages from the demo practice, in the looks that ux.md asks for.

    python tests/screenshots/make.py [--vault DIR --user NAME --passphrase-file FILE] [--out DIR] [--quick]

Without a vault a demo practice is made in a temporary folder. `--quick` draws each page once, in light.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from therapydesk.api import Link, PeopleQuery, list_people, user_title
from therapydesk.built_in import BUILT_IN
from therapydesk.core.plugins import load_all
from therapydesk.core.settings import MachineSettings
from therapydesk.core.vault.vault import Vault
from therapydesk.core.words import set_language
from therapydesk.demo.making import make_demo
from therapydesk.ui.kit import looks, style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.jobs import Runner
from therapydesk.ui.shell.window import MainWindow

LOOKS: dict[str, tuple[style.Theme, float, str]] = {
    "light": (style.Theme.LIGHT, 1.0, "en"),
    "dark": (style.Theme.DARK, 1.0, "en"),
    "high-contrast": (style.Theme.HIGH_CONTRAST, 1.0, "en"),
    "double-text": (style.Theme.LIGHT, 2.0, "en"),
    "pseudo-welsh": (style.Theme.LIGHT, 1.0, "pseudo"),
}
SIZE = (1366, 768)


def settle(milliseconds: int = 150) -> None:
    """Let the event loop run, so that everything that was asked for is painted."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def links(vault: Vault) -> dict[str, Link]:
    """The pages to draw."""
    with vault.read() as db:
        first = list_people(db, PeopleQuery("carys"))[0]
    return {
        "today": Link("today"),
        "people": Link("caseload.people"),
        "person-overview": Link("person", first.id),
        "referrals": Link("referrals.referrals"),
        "diary-week": Link("diary.diary"),
        "notes": Link("notes.notes"),
        "note-editor": Link("notes.notes", args=("new",)),
        "invoices": Link("invoicing.invoices"),
    }


def draw(vault: Vault, plugins: object, look: str, out: Path) -> None:
    """Draw every page in one look."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme, scale, language = LOOKS[look]
    set_language(language)
    looks.apply_theme(app, theme, scale)
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
        for name, link in links(vault).items():
            window.open_link(link)
            settle(400)
            window.grab().save(str(out / f"{name}-{look}.png"))
        window.close()
        runner.close()
        window.deleteLater()
        settle(50)


def main(argv: list[str]) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vault")
    parser.add_argument("--user", default="")
    parser.add_argument("--passphrase-file")
    parser.add_argument("--out", default="docs/screenshots")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(argv)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    QApplication(sys.argv[:1])
    plugins = load_all(BUILT_IN, {}, (), contrib=False)
    with tempfile.TemporaryDirectory() as folder:
        if options.vault:
            passphrase = Path(options.passphrase_file).read_text("utf-8").strip()
            where, user = Path(options.vault), options.user
        else:
            made = make_demo(Path(folder) / "demo", plugins=plugins)
            where, user, passphrase = made.vault, made.user, made.passphrase
        vault = Vault.open(where, host=plugins)
        vault.unlock(user, passphrase)
        for look in ["light"] if options.quick else LOOKS:
            draw(vault, plugins, look, out)
        vault.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
