"""Every page, read from outside through the accessibility bus, as a screen reader reads it (ux.md §6.8)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.accessibility.plans import admin, groups, lead, link_worker, privacy, therapist
from tests.accessibility.reading import HERE, on_the_bus, read
from tests.accessibility.rules import Control, faults
from tests.conftest import DemoPractice
from therapydesk.demo.making import ADMIN, LINK_WORKER, THERAPIST

LEAD = "Dele Abara"
ROLES = {
    "therapist": (THERAPIST, therapist),
    "link worker": (LINK_WORKER, link_worker),
    "admin": (ADMIN, admin),
    "lead": (LEAD, lead),
    "owner": (THERAPIST, privacy),
    "leader of groups": (THERAPIST, groups),
}


@pytest.mark.timeout(240)
@on_the_bus
@pytest.mark.parametrize("role", ROLES)
def test_the_job_of_a_role_is_done_through_a_screen_reader_and_every_page_on_the_way_is_right(
    role: str, demo_practice: DemoPractice, tmp_path: Path
) -> None:
    user, plan = ROLES[role]
    made = demo_practice.copy(tmp_path / "practice")
    out = tmp_path / "out"
    out.mkdir()
    program = [sys.executable, "-m", "therapydesk", "--vault", str(made.folder), "--user", user]
    pages = plan(made.passphrase, made.files, out)
    found = read("TherapyDesk", pages, program, tmp_path)
    wrong = {page: seen["faults"] for page, seen in found.items() if seen["faults"]}
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)
    assert list(found) == [page for page, _steps, _marks in pages]
    assert all(len(seen["seen"]) >= 5 for seen in found.values())
    assert bool(list(out.glob("*.pdf"))) == (role == "admin")


@pytest.mark.timeout(120)
@on_the_bus
def test_the_reader_finds_what_is_wrong(tmp_path: Path) -> None:
    program = [sys.executable, str(HERE / "unnamed.py")]
    plan = [["window", [], ["push button: Named"]]]
    wrong = read("Unnamed", plan, program, tmp_path)["window"]["faults"]
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
