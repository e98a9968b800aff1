"""Every page, read from outside through the accessibility bus, as a screen reader reads it (ux.md §6.8)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.accessibility.rules import Control, faults

HERE = Path(__file__).parent
PLACES = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
LAUNCHER = next((place for place in PLACES if Path(place).exists()), "")
ASK = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"


def _missing() -> str:
    if not os.environ.get("DISPLAY"):
        return "needs a screen; `python3 dev.py test` starts one"
    if not LAUNCHER or shutil.which("dbus-run-session") is None:
        return "needs dbus and at-spi2-core; `python3 dev.py test` installs them"
    asked = subprocess.run(["/usr/bin/python3", "-c", ASK], capture_output=True, check=False)
    return "" if asked.returncode == 0 else "needs python3-pyatspi; `python3 dev.py test` installs it"


MISSING = _missing()
on_the_bus = pytest.mark.skipif(bool(MISSING), reason=MISSING or "nothing is missing")


def _read(application: str, plan: list[Any], program: list[str], home: Path) -> dict[str, Any]:
    """What the reader found on each page of the plan."""
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "STATE", "DATA", "CACHE")}
    qt = {"QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", "QT_ACCESSIBILITY": "1"}
    env = {**os.environ, **folders, **qt}
    session = [sys.executable, str(HERE / "session.py"), LAUNCHER, application, json.dumps(plan), *program]
    command = ["dbus-run-session", "--", *session]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env, timeout=220)
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _plan(passphrase: str, file: Path) -> list[Any]:
    """Each page: its name, the steps that lead to it, and what it is known by."""
    unlock = [["write", "Passphrase", passphrase], ["press", "Unlock"]]
    pick = [["menu", "Import a file"], ["write", "File name:", str(file)], ["press", "Open"]]
    return [
        ["Unlock", [], ["push button: Unlock", "password text: Passphrase"]],
        ["Today", unlock, ["label: Today’s sessions", "list: Pages"]],
        ["People", [["menu", "People"]], ["table: People", "text: Filter this list", "push button: Open "]],
        ["A person", [["press", "Open "]], ["page tab list: ", "page tab: ", "push button: Write note"]],
        ["Referrals", [["menu", "Referrals"]], ["label: Referrals", "push button: Import a file"]],
        ["Diary", [["menu", "Diary"]], ["table: Diary", "push button: Book session"]],
        ["Notes", [["menu", "Notes"]], ["table: Notes", "text: Filter this list"]],
        ["Invoices", [["menu", "Invoices"]], ["label: Invoices", "push button: Save as PDF"]],
        ["Settings", [["menu", "Settings"]], ["list: Groups of settings", "text: Practice name"]],
        ["Import", pick, ["label: Import a file", "text: Who sent it"]],
    ]


@pytest.mark.timeout(240)
@on_the_bus
def test_every_control_of_every_page_has_a_name_a_role_and_an_action(tmp_path: Path) -> None:
    folder = tmp_path / "practice"
    command = [sys.executable, "-m", "therapydesk", "demo", str(folder), "--people", "12", "--json"]
    made = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    program = [sys.executable, "-m", "therapydesk", "--vault", str(folder), "--user", made["user"]]
    file = next(Path(made["files"]).glob("*.csv"))
    found = _read("TherapyDesk", _plan(made["passphrase"], file), program, tmp_path)
    wrong = {page: seen["faults"] for page, seen in found.items() if seen["faults"]}
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)
    assert len(found) == 10
    assert all(len(seen["seen"]) >= 15 for seen in found.values())


@pytest.mark.timeout(120)
@on_the_bus
def test_the_reader_finds_what_is_wrong(tmp_path: Path) -> None:
    program = [sys.executable, str(HERE / "unnamed.py")]
    plan = [["window", [], ["push button: Named"]]]
    wrong = _read("Unnamed", plan, program, tmp_path)["window"]["faults"]
    begins = sorted(fault.split(" in ")[0] for fault in wrong)
    assert begins == [
        "no name: combo box 'One'",
        "no name: push button ''",
        "no name: text ''",
        "wrong role for something that takes the focus: filler 'Panel that takes the focus'",
    ]


@pytest.mark.parametrize(
    ("control", "fault"),
    [
        (Control("push button", "", "", True, True, 2, ""), "no name"),
        (Control("push button", "Save", "", True, True, 0, ""), "no action"),
        (Control("filler", "Chart", "", True, True, 0, ""), "wrong role"),
        (Control("combo box", "All months", "", True, True, 2, ""), "no name"),
        (Control("list item", "", "", False, True, 1, ""), "no name"),
    ],
)
def test_a_fault_is_one(control: Control, fault: str) -> None:
    assert [each.partition(":")[0].partition(" for")[0] for each in faults(control)] == [fault]


@pytest.mark.parametrize(
    "control",
    [
        Control("push button", "Save", "", True, False, 0, ""),
        Control("combo box", "All months", "Month", True, True, 2, ""),
        Control("table cell", "", "", True, True, 1, ""),
        Control("filler", "", "", False, True, 0, ""),
    ],
)
def test_what_is_right_is_no_fault(control: Control) -> None:
    assert list(faults(control)) == []
