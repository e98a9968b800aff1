"""S12: locked in every way, nothing is left: no open file of a zone, no window, no text on the clipboard, no passphrase in a
field; and what was typed in a form is there again.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PASSPHRASE, USER
from tests.reliability.lock_ways import NAME, TYPED, WAYS

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="needs dbus-run-session"),
]
LOCKING = [way for way in WAYS if way != "broken"]


@pytest.fixture(scope="module")
def seen(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a fresh process saw, for each way."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(template, home / "vault")
    (home / "secret").write_text(PASSPHRASE)
    folders = {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "STATE", "DATA")}
    env = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(home), "PYTHONPATH": str(ROOT), **folders}
    command = [
        "dbus-run-session",
        "--",
        sys.executable,
        "-m",
        "tests.reliability.lock_ways",
        str(home / "vault"),
        USER,
        str(home / "secret"),
    ]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=160, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("way", LOCKING)
def test_no_file_of_a_zone_stays_open(seen: Any, way: str) -> None:
    assert "zone.db" in seen["ways"][way]["before"]["handles"], "the control: they are open before"
    assert seen["ways"][way]["after"]["handles"] == []


@pytest.mark.parametrize("way", LOCKING)
def test_no_window_but_the_unlock_page_stays(seen: Any, way: str) -> None:
    found = seen["ways"][way]
    assert set(found["before"]["windows"]) == {"FormDialog", "QDialog", "PrintWindow", "QMenu", "HelpWindow"}
    assert (found["after"]["page"], found["after"]["windows"]) == ("UnlockPage", [])
    assert found["valid"] == {"dialog": False, "secret": False, "view": False}


@pytest.mark.parametrize("way", LOCKING)
def test_the_clipboard_and_the_fields_for_passphrases_are_empty(seen: Any, way: str) -> None:
    before, after = seen["ways"][way]["before"], seen["ways"][way]["after"]
    assert (before["clipboard"], before["typed"]) == (NAME, ["four plain words"])
    assert (after["clipboard"], after["typed"]) == ("", [])


@pytest.mark.parametrize("way", LOCKING)
def test_nothing_can_be_undone_and_no_title_names_anybody(seen: Any, way: str) -> None:
    before, after = seen["ways"][way]["before"], seen["ways"][way]["after"]
    assert (before["undo"], after["undo"]) == (True, False)
    assert (before["title"], after["title"]) == ("TherapyDesk", "TherapyDesk")


@pytest.mark.parametrize("way", [way for way in LOCKING if way != "window closed"])
def test_what_was_typed_comes_back_and_what_showed_it_is_gone(seen: Any, way: str) -> None:
    assert seen["ways"][way]["back"] == TYPED
    assert not seen["ways"][way]["view alive"], "the pages and their models are dropped"


def test_nothing_failed_meanwhile(seen: Any) -> None:
    assert seen["faults"] == []


def test_control_a_lock_that_only_wipes_the_keys_is_found_out(seen: Any) -> None:
    left = seen["ways"]["broken"]["after"]
    assert left["handles"] == []
    assert left["windows"] != []
    assert (left["clipboard"], left["undo"], left["page"]) == (NAME, True, "DeskView")
    assert left["typed"] == ["four plain words"]
    assert seen["ways"]["broken"]["valid"]["view"]
