"""The start of the program."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HEAVY = ("sqlalchemy", "sqlcipher3", "nacl", "reportlab", "alembic", "dateparser", "logging.handlers")
START = """
import sys
from therapydesk.app import Program, QApplication, _options
from PySide6.QtCore import QTimer
app = QApplication(sys.argv[:1])
program = Program(app, _options().parse_args(["--vault", sys.argv[1]]))
loaded = []
program._load = lambda: loaded.append(True)
{then}
program.start()
print(*(name for name in sys.argv[2:] if name in sys.modules))
QTimer.singleShot(5000, app.quit)
app.exec()
print("painted" if loaded else "nothing")
"""


def _start(vault: Path, home: Path, then: str = "") -> list[str]:
    """What a fresh process says that shows the unlock page of this vault."""
    home_of = {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "STATE", "DATA")}
    command = [sys.executable, "-c", START.format(then=then), str(vault), *HEAVY]
    env = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(home), **home_of}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.split("\n")


def test_the_unlock_page_is_there_before_any_heavy_library(template: Path, tmp_path: Path) -> None:
    quit_at_load = "program._load = lambda: (loaded.append(True), app.quit())"
    assert _start(template, tmp_path, quit_at_load)[:2] == ["", "painted"]


def test_the_rest_is_loaded_only_when_the_window_has_been_painted(template: Path, tmp_path: Path) -> None:
    hidden = "program.window.show = lambda: QTimer.singleShot(100, app.quit)"
    assert _start(template, tmp_path, hidden)[:2] == ["", "nothing"]


def test_what_was_loaded_is_not_walked_again_when_python_looks_for_rubbish(
    template: Path, tmp_path: Path
) -> None:
    load_and_count = "import gc; program.loader.load(); print(gc.get_freeze_count() > 50_000); sys.exit()"
    assert _start(template, tmp_path, load_and_count)[0] == "True"


def test_the_first_odd_day_and_the_first_telephone_number_wait_for_no_library(
    template: Path, tmp_path: Path
) -> None:
    then = "program.loader.loaded(); import threading; [t.join() for t in threading.enumerate() if t.name == 'readers']"
    told = "print({'dateparser', 'phonenumbers'} <= set(sys.modules)); sys.exit()"
    assert _start(template, tmp_path, f"{then}; {told}")[0] == "True"


def test_whoever_unlocks_before_the_loading_began_begins_it(template: Path, tmp_path: Path) -> None:
    at_once = "print(len(program.loader.loaded().loaded) > 3); program.loader.start(); sys.exit()"
    assert _start(template, tmp_path, at_once)[0] == "True"


def test_the_binding_does_not_read_the_source_of_what_is_imported(template: Path, tmp_path: Path) -> None:
    kept = "print(*(f for f in linecache.cache if 'sqlalchemy/orm' in f)); sys.exit()"
    assert _start(template, tmp_path, f"import linecache; program.loader.load(); {kept}")[0] == ""


def test_a_folder_that_takes_no_log_does_not_keep_the_program_from_opening(
    template: Path, tmp_path: Path
) -> None:
    (tmp_path / "STATE").write_text("a file where the folder of the log should be")
    at_once = "print(len(program.loader.loaded().loaded) > 3); sys.exit()"
    assert _start(template, tmp_path, at_once)[0] == "True"


def test_what_is_unlocked_is_the_practice_that_was_chosen_last(template: Path, tmp_path: Path) -> None:
    chosen = shutil.copytree(template, tmp_path / "chosen")
    choose = f"""
from pathlib import Path
from therapydesk.core.errors import UserError
from therapydesk.core.vault.vault import Vault
def tried(folder, *, host):
    print(folder)
    raise UserError("not now")
Vault.open = tried
program._load = lambda: None
program._first_run()
program.window.centralWidget().open_existing.emit({str(chosen)!r})
program.unlock_page.unlock_wanted.emit("Ruth Mallory", "four words")
program.runner.wait_idle()
sys.exit()
"""
    assert _start(template, tmp_path, choose)[0] == str(chosen)
