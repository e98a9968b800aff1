"""The main job by keyboard alone in a real window, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("keyboard_job.py")


@pytest.mark.timeout(240)
@pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="needs a screen; `python3 dev.py test` starts one")
def test_the_main_job_needs_no_mouse(tmp_path: Path) -> None:
    folder = tmp_path / "practice"
    command = [sys.executable, "-m", "therapydesk", "demo", str(folder), "--people", "20", "--json"]
    made = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    secret = tmp_path / "passphrase"
    secret.write_text(made["passphrase"])
    home = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_STATE_HOME": str(tmp_path / "state")}
    env = {**os.environ, **home, "QT_QPA_PLATFORM": "xcb"}
    job = [sys.executable, str(SCRIPT), str(folder), made["user"], str(secret), ""]
    done = subprocess.run(job, capture_output=True, text=True, check=False, env=env, timeout=200)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-2000:]}"
    assert done.stdout.splitlines()[-1] == "done"
