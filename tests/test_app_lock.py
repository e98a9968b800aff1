"""The whole program locks: drafts are kept, nothing stays open, a second reason to lock does no harm (S12)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PASSPHRASE, USER

pytestmark = pytest.mark.timeout(120)
RUN = """
import json, os, sys
from pathlib import Path
from PySide6.QtCore import QEventLoop, QTimer
from shiboken6 import isValid
from therapydesk.app import Program, QApplication, _options
from therapydesk.testing import add_person
from therapydesk.ui.shell.settings_users import UsersPane

folder, user, secret = sys.argv[1:4]
app = QApplication(sys.argv[:1])
program = Program(app, _options().parse_args(["--vault", folder, "--user", user, "--passphrase-file", secret]))
said = {}

def until(ready):
    loop, timer = QEventLoop(), QTimer(interval=20)
    timer.timeout.connect(lambda: loop.quit() if ready() else None)
    timer.start()
    loop.exec()

def handles():
    links = [Path("/proc/self/fd", n) for n in os.listdir("/proc/self/fd")]
    names = [os.readlink(link) for link in links if os.path.lexists(link)]
    return sorted({Path(n).name for n in names if n.startswith(folder)})

program.start()
until(lambda: program.window.view is not None and not program.runner.busy())
said["open"] = handles()
watch = program._watch
watch._last_input -= program.settings.lock_minutes * 60 - 42
watch.check()
said["warning"] = program.window.status.lock_words.text()
program.window.status.stay.click()
said["stays"] = program.window.status.stay.isHidden()
program.side.open_settings("users")
page = program.window.view.page
page.save_now = lambda: program.vault.save_draft("notes.1", "typed so far")  # as every page with text does
dialog = page.findChild(UsersPane).add()
program.lock_again = program._close_dialogs
program._close_dialogs = lambda: (program.lock_again(), program.lock())  # a second reason while the first is at work
program._session_lock.told(True)
until(lambda: not program.vault.is_unlocked)
said["locked"] = handles()
said["dialog"] = isValid(dialog) and dialog.isVisible()
said["page"] = type(program.window.centralWidget()).__name__
said["watching"] = watch.watching
program._session_lock.told(True)
program._unlock(user, Path(secret).read_text())
until(lambda: program.vault.is_unlocked and program.window.view is not None and not program.runner.busy())
said["draft"] = program.vault.load_draft("notes.1")
faults = []
sys.excepthook = lambda kind, *_rest: faults.append(kind.__name__)
add_person(program.vault)
until(lambda: not program.window.view._badges.isActive())
said["faults"] = faults
program.close()
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a fresh process saw while it was warned, locked by the desktop, and unlocked again."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(template, home / "vault")
    (home / "secret").write_text(PASSPHRASE)
    folders = {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "STATE", "DATA")}
    env = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(home), **folders}
    command = [sys.executable, "-c", RUN, str(home / "vault"), USER, str(home / "secret")]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_warning_is_shown_and_its_button_takes_it_away(said: Any) -> None:
    assert said["warning"].startswith("Locks in 4")
    assert said["stays"]


def test_after_the_lock_of_the_desktop_no_file_of_a_zone_is_open(said: Any) -> None:
    assert "zone.db" in said["open"], "the control: they are open before"
    assert [name for name in said["locked"] if name.startswith("zone.db")] == []


def test_no_dialog_and_no_page_stays(said: Any) -> None:
    assert (said["dialog"], said["page"], said["watching"]) == (False, "UnlockPage", False)


def test_what_was_typed_is_there_again(said: Any) -> None:
    assert said["draft"] == "typed so far"


def test_what_was_shown_before_the_lock_does_not_hear_of_changes_after_it(said: Any) -> None:
    assert said["faults"] == []
