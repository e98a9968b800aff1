"""The main job on the command line, from the demo practice's messy CSV and XLSX and from published FHIR files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DemoPractice

pytestmark = pytest.mark.timeout(240)
DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True)
class Practice:
    """The demo practice and a way to run a command in it."""

    folder: Path
    files: Path
    secret: Path

    def run(self, *words: str, user: str = "Ruth Mallory", fails: int = 0) -> Any:
        """Run one command; its JSON, or what it said on standard error when it should fail."""
        access = [
            "--vault",
            str(self.folder),
            "--user",
            user,
            "--passphrase-file",
            str(self.secret),
            "--json",
        ]
        command = [sys.executable, "-m", "therapydesk", *words, *access]
        env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
        assert done.returncode == fails, done.stderr
        return done.stderr if fails else json.loads(done.stdout)


@pytest.fixture(scope="module")
def practice(demo_practice: DemoPractice, tmp_path_factory: pytest.TempPathFactory) -> Practice:
    """A copy of the demo practice, for all of these journeys."""
    made = demo_practice.copy(tmp_path_factory.mktemp("journey") / "practice")
    secret = made.folder.parent / "passphrase"
    secret.write_text(made.passphrase)
    return Practice(made.folder, made.files, secret)


def test_a_referral_becomes_a_session_a_signed_note_and_an_invoice(
    practice: Practice, tmp_path: Path
) -> None:
    csv = str(practice.files / "referrals-cathays.csv")
    before = practice.run("referrals", "list")
    plan = practice.run("referrals", "plan", csv)
    assert plan["format"] == "csv"
    assert plan["new"] > 5
    assert plan["refused"] + len(plan["problems"]) > 0
    assert any(not p["nhs_number_ok"] for p in plan["people"])
    assert practice.run("referrals", "list") == before  # planning wrote nothing

    refused = practice.run("referrals", "import", csv, fails=2)
    assert "row" in refused
    batch = practice.run("referrals", "import", csv, "--only-good")[0]
    assert batch["imported"] > 5
    person = next(
        r for r in practice.run("referrals", "list") if r["agreed"] == "yes" and r["state"] == "new"
    )
    accepted = practice.run("referrals", "accept", person["id"])
    assert accepted["state"] == "accepted"

    booked = practice.run(
        "sessions", "book", "--person", accepted["person_id"], "--on", "today", "--at", "07:15"
    )
    practice.run("sessions", "complete", booked["id"])
    signed = practice.run("notes", "sign", booked["id"], "--text", "happened=We found a tempo together.")
    assert signed["state"] == "signed"
    issued = practice.run("invoices", "issue")
    number = next(i["number"] for i in issued["invoices"])
    out = tmp_path / "invoice.pdf"
    practice.run("invoices", "pdf", number, "--out", str(out))
    assert out.read_bytes().startswith(b"%PDF")


def test_a_whole_import_is_taken_back_and_leaves_the_counts_as_they_were(practice: Practice) -> None:
    people = len(practice.run("people", "list"))
    batch = practice.run(
        "referrals", "import", str(practice.files / "referrals-fairwater.xlsx"), "--only-good"
    )[0]
    assert batch["imported"] > 5
    assert len(practice.run("people", "list")) > people
    practice.run("referrals", "undo", batch["batch"])
    assert len(practice.run("people", "list")) == people


def test_published_fhir_files_are_planned_or_refused_with_a_sentence(practice: Practice) -> None:
    paths = [p for p in sorted(DATA.glob("fhir-*/**/*.*")) if p.suffix in (".json", ".xml")]
    assert len(paths) > 5
    access = [
        "--vault",
        str(practice.folder),
        "--user",
        "Ruth Mallory",
        "--passphrase-file",
        str(practice.secret),
    ]
    command = [sys.executable, "-m", "therapydesk", "referrals", "plan", *map(str, paths), *access, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 2), done.stderr
    plans = [json.loads(line) for line in done.stdout.splitlines()]
    assert {Path(p["file"]).name for p in plans} >= {p.name for p in paths if p.name not in done.stderr}
    assert any(p["new"] for p in plans)


def test_an_admin_does_the_invoices_and_sees_no_clinical_word(practice: Practice) -> None:
    assert practice.run("invoices", "list", user="Marged Ellis") is not None
    denied = practice.run("notes", "list", user="Marged Ellis", fails=2)
    assert denied.strip()


def test_a_link_worker_imports_and_sees_what_became_of_it(practice: Practice) -> None:
    file = str(practice.files / "referral-bundle.json")
    practice.run("referrals", "import", file, "--only-good", user="Nia Bevan")
    mine = practice.run("referrals", "list", user="Nia Bevan")
    assert mine
    assert practice.run("referrals", "accept", mine[0]["id"], user="Nia Bevan", fails=2)


def test_a_wrong_passphrase_is_refused_in_one_line(practice: Practice, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not this passphrase")
    command = [sys.executable, "-m", "therapydesk", "people", "list", "--vault", str(practice.folder)]
    command += ["--user", "Ruth Mallory", "--passphrase-file", str(wrong)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
