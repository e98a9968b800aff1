"""The main job by keyboard alone in a real window, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import DemoPractice

ROOT = Path(__file__).parents[2]
BUNDLE = ROOT / "tests/data/fhir-bars/examples1.4.0/process_message/POST-body.json"  # others published it
STEPS = (
    "unlocked",
    "referrals-cathays.csv: ",
    "referrals-fairwater.xlsx: ",
    "POST-body.json: 1 rows (1 new",
    "referral accepted",
    "session booked",
    "session completed",
    "note signed",
    "invoice issued",
    "PDF saved",
    "locked",
    "done",
)


@pytest.mark.timeout(240)
@pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="needs a screen; `python3 dev.py test` starts one")
def test_the_main_job_needs_no_mouse(demo_practice: DemoPractice, tmp_path: Path) -> None:
    made = demo_practice.copy(tmp_path / "practice")
    secret, out = tmp_path / "passphrase", tmp_path / "out"
    secret.write_text(made.passphrase)
    out.mkdir()
    home = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_STATE_HOME": str(tmp_path / "state")}
    env = {**os.environ, **home, "QT_QPA_PLATFORM": "xcb"}
    files = [made.files / "referrals-cathays.csv", made.files / "referrals-fairwater.xlsx", BUNDLE]
    job = [sys.executable, "-m", "tests.journeys.keyboard_job", str(made.folder), made.user]
    job += [str(secret), str(out), *map(str, files)]
    done = subprocess.run(job, capture_output=True, text=True, check=False, env=env, timeout=200, cwd=ROOT)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-2000:]}"
    said = done.stdout.splitlines()
    assert [line[: len(step)] for line, step in zip(said, STEPS, strict=True)] == list(STEPS)
    assert "2 refused" in said[1]  # a day that is none and the total row
    assert next(out.glob("*.pdf")).read_bytes().startswith(b"%PDF")
