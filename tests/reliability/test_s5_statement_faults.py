"""S5: whichever database call of a service function fails, nothing of the action is written, no page is told of a change,
the user is told in words, and the log agrees. For every service function that writes.

The calls are those that the tests of the records and modules make, each tried on a copy of the vault at that moment (see
`statement_faults`). A service function that no such test calls in a way that succeeds makes the first test here fail:
write a test that calls it.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.core.test_permissions_matrix import OURS
from tests.reliability import numbers
from tests.reliability.statement_faults import CONTROL, REPORT

ROOT = Path(__file__).parents[2]
PLACES = ("tests/records", "tests/plugins", "tests/core/vault/test_files.py")
# These only ask, under a permission to write: when one is called in a unit of work that writes, nothing changes.
ASK = {
    "therapydesk.plugins.diary.understanding.know",
    "therapydesk.plugins.diary.understanding.understand",
    "therapydesk.plugins.groups.register.open_register",
    "therapydesk.plugins.groups.works_service.require_cleared",
    "therapydesk.plugins.referrals.comparing.compare_row",
    "therapydesk.plugins.referrals.planning.plan",
    "therapydesk.records.booking.check_booking",
}
pytestmark = pytest.mark.timeout(numbers.limit(900))


def without_a_window() -> list[str]:
    """The tests that need no window: those of service functions."""
    places = [ROOT / place for place in PLACES]
    files = [path for p in places for path in (sorted(p.rglob("test_*.py")) if p.is_dir() else [p])]
    return [
        str(f)
        for f in files
        if "PySide6" not in (text := f.read_text("utf-8")) and "therapydesk.ui" not in text
    ]


def run(report: Path, tests: list[str], **more: str) -> dict[str, Any]:
    """What the plugin saw while these tests ran."""
    environment = {**os.environ, REPORT: str(report), "QT_QPA_PLATFORM": "offscreen", **more}
    plugin = ["-p", "tests.reliability.statement_faults", "-p", "no:cacheprovider", "-p", "no:randomly"]
    command = [sys.executable, "-m", "pytest", "-q", *plugin, "--timeout", "120", *tests]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert report.exists(), done.stdout[-3000:] + done.stderr[-3000:]
    found: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return found


def writes(name: str) -> bool:
    """Whether the function may write: its permission says more than reading."""
    return not OURS[name].permission.partition(".")[2].startswith(("read", "see"))


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    found = run(tmp_path_factory.mktemp("s5") / "report.json", without_a_window())
    numbers.tell("S5", sum(found["faulted"].values()), sum(found["faulted"].values()))
    return found


def test_every_service_function_that_writes_has_its_scenario(seen: dict[str, Any]) -> None:
    tried = {*seen["faulted"], *seen["only_read"]}
    missing = sorted(name for name in OURS if writes(name) and name not in tried)
    assert missing == [], "no test in tests/records or tests/plugins calls these so that they succeed"


def test_in_its_scenario_it_has_something_to_change(seen: dict[str, Any]) -> None:
    """Else nothing could be half done: a test calls it where it finds nothing, or in one unit of work with what it needs.

    What only asks is found, too: without that this test could not fail.
    """
    assert {name for name in seen["idle"] if name in OURS and writes(name)} == ASK


def test_whichever_call_fails_nothing_is_half_done(seen: dict[str, Any]) -> None:
    assert seen["wrong"] == []
    assert sum(seen["faulted"].values()) > 500
    for name in seen["faulted"]:
        importlib.import_module(name.rpartition(".")[0])


def test_the_control_an_action_that_commits_early_is_found(tmp_path: Path) -> None:
    found = run(tmp_path / "report.json", [str(ROOT / "tests/records/test_consents.py")], **{CONTROL: "1"})
    assert any("something was written" in each for each in found["wrong"])
