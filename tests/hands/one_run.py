"""One run: the whole program on a demo practice of its own, and the vault checked afterwards."""

from __future__ import annotations

import faulthandler
import random
import shutil
import sys
from argparse import Namespace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget
from shiboken6 import isValid
from sqlalchemy import text

from tests.hands.acts import Acts
from tests.hands.faults import Faults
from tests.hands.random_hands import RandomHands
from therapydesk.api import UserError, user_title
from therapydesk.app import Program
from therapydesk.built_in import BUILT_IN
from therapydesk.core import audit_check
from therapydesk.core.plugins import Plugins, load_all
from therapydesk.core.tables import ZONES
from therapydesk.core.vault.damage import examine
from therapydesk.core.vault.vault import Vault
from therapydesk.demo.making import PASSPHRASE, THERAPIST, make_demo
from therapydesk.start_options import options
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.jobs import Runner
from therapydesk.ui.shell.session_lock import SessionLock
from therapydesk.ui.shell.window import MainWindow

say = partial(print, flush=True)
DATA = Path(__file__).parents[1] / "data"


class SecondWindow:
    """Somebody else at the same rows: one window more on the vault of the program, as long as that is open."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._window: MainWindow | None = None
        self._beside: QWidget | None = None  # what the main window showed when it was opened
        self._leave_desk = program._leave_desk
        setattr(program, "_leave_desk", self._close_both)  # noqa: B010  (a window more than the program knows)
        self._timer = QTimer(program.window, interval=300)
        self._timer.timeout.connect(self._follow)
        self._timer.start()

    def windows(self) -> list[QMainWindow]:
        """The windows that hands may act in."""
        one, other = self._program.window, self._window
        return [one, other] if other is not None and isValid(other) and other.isVisible() else [one]

    def _follow(self) -> None:
        program, vault = self._program, self._program.vault
        if vault is None or not program.window.vault_open() or program.window.view is self._beside:
            return
        self._beside = program.window.view
        self._window = window = MainWindow(program.settings)
        self._jobs = jobs = Runner(program.window)
        jobs.watch(vault.changes)
        loaded = program.loader.loaded()
        desk = Desk(vault, vault.user, program.settings, loaded, jobs, vault.changes, window.open_link)
        with vault.read() as db:
            window.show_desk(desk, user_title(db, vault.user.id))
        window.show()

    def _close_both(self) -> None:
        if self._window is not None:
            self._jobs.forget()
            self._jobs.wait_idle()
            self._jobs.unwatch()
            self._jobs.blockSignals(True)  # its window goes
            if self._window.view is not None and isValid(self._window.view):
                self._window.view.hide()
            self._window = None  # the program throws it away with the dialogs
        self._leave_desk()


def one_run(chosen: Namespace) -> int:
    """Let the hands work for a while; 1 when there was a fault."""
    faulthandler.enable()
    folder = Path.home()
    app = QApplication(sys.argv[:1])
    host = load_all(BUILT_IN, {}, (), contrib=False)
    made = make_demo(folder / "practice", plugins=host)
    out = folder / "out"
    (out / "a folder.pdf").mkdir(parents=True)
    files = [p for f in (made.files, DATA, *chosen.files) for p in sorted(Path(f).rglob("*")) if p.is_file()]
    files += [folder / "missing.csv", out]
    setattr(QDesktopServices, "openUrl", lambda _url: True)  # noqa: B010  (no other program is started)
    setattr(SessionLock, "listen", lambda _self: 0)  # noqa: B010  (the desktop of whoever runs this may lock)
    faults, rng = Faults(say), random.Random(chosen.seed)
    program = Program(app, options().parse_args(["--vault", str(made.vault)]))
    program.settings.theme, program.settings.text_scale = chosen.look, chosen.text
    program.apply_look()
    second = SecondWindow(program) if chosen.windows == 2 else None
    acts = Acts(rng, faults.note, files, out, PASSPHRASE)
    hands = RandomHands(
        second.windows if second is not None else lambda: [program.window],
        acts,
        rng,
        faults,
        PASSPHRASE,
        chosen.user,
        lambda: program._show_unlock(made.vault),
    )
    with faults.watching(then=True):
        program.start()
        hands.work(chosen.one)
        program.close()
    check(made.vault, host, faults)
    say(f"{faults.done} acts, {sum(faults.found.values())} faults: {dict(faults.found)}")
    return 1 if faults.found else 0


def check(folder: Path, host: Plugins, faults: Faults) -> None:
    """Whatever was done, the vault opens and nothing in it is broken."""
    for damage in examine(folder):
        faults.add(f"damage: {damage}")
    vault: Any = Vault.open(folder, host=host)
    try:
        vault.unlock(THERAPIST, PASSPHRASE)
        vault.settle()
        with vault.read() as db:
            if broken := db.connection().execute(text("PRAGMA foreign_key_check")).all():
                faults.add(f"rows that point nowhere: {broken[0][0]}")
            for zone in ZONES:
                if not (found := audit_check.verify(db, zone)).sound:
                    faults.add(f"log of {zone}: {found.why}")
    except UserError as error:
        say(f"the vault could not be checked: {error}")
    finally:
        vault.close()
    shutil.rmtree(folder, ignore_errors=True)
