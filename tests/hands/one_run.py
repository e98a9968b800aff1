"""One run: the whole program on a demo practice of its own, and the vault checked afterwards."""

from __future__ import annotations

import faulthandler
import random
import shutil
import sys
from argparse import Namespace
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication
from sqlalchemy import text

from tests.hands.acts import Acts
from tests.hands.faults import HELD, Faults
from tests.hands.random_hands import RandomHands
from tests.hands.second_window import SecondWindow
from therapydesk.api import UserError
from therapydesk.app import Program
from therapydesk.built_in import BUILT_IN
from therapydesk.core import audit_check
from therapydesk.core.plugins import Plugins, load_all
from therapydesk.core.tables import ZONES
from therapydesk.core.vault.damage import examine
from therapydesk.core.vault.vault import Vault
from therapydesk.demo.making import PASSPHRASE, THERAPIST, make_demo
from therapydesk.start_options import options
from therapydesk.ui.shell.session_lock import SessionLock

say = partial(print, flush=True)
ACTS = "acts.txt"  # in the home: what a process that falls did last
DATA = Path(__file__).parents[1] / "data"


def watch_work(program: Program, faults: Faults) -> None:
    """Tell of work in the background that does not end."""
    since: Counter[int] = Counter()

    def look() -> None:
        runner = program.runner
        first = next(iter(runner._pending), None) if runner is not None else None
        if runner is not None and first is not None:
            since[first] += 1
            if since[first] == HELD:
                faults.add(f"work without an end: {runner.title()!r}")

    timer = QTimer(program.window, interval=1000)
    timer.timeout.connect(look)
    timer.start()


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
    diary = (folder / ACTS).open("w", encoding="utf-8", buffering=1)

    def note(act: str) -> None:
        faults.note(act)
        diary.write(f"{act}\n")

    program = Program(app, options().parse_args(["--vault", str(made.vault)]))
    program.settings.theme, program.settings.text_scale = chosen.look, chosen.text
    program.apply_look()
    second = SecondWindow(program) if chosen.windows == 2 else None
    acts = Acts(rng, note, files, out, PASSPHRASE)
    hands = RandomHands(
        second.windows if second is not None else lambda: [program.window],
        acts,
        rng,
        faults,
        PASSPHRASE,
        chosen.user,
        lambda: program._show_unlock(made.vault),
    )
    watch_work(program, faults)
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
