"""Freeze TherapyDesk for the system this runs on: `dist/therapydesk/`, tried by its own self-test.

Standard library only. The environment is made anew from the lock files, so that nothing else gets in.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / "build" / "freeze-venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def call(*command: str | Path) -> None:
    """Run in the repository; stop where it fails."""
    subprocess.run([str(word) for word in command], cwd=ROOT, check=True)


def environment() -> None:
    """A virtual environment with the program, what it needs, and PyInstaller."""
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--no-build-isolation")
    for name in ("build.txt", "run.txt", "freeze.txt"):
        call(*pip, "--require-hashes", "--use-pep517", "-r", ROOT / "requirements" / name)
    call(*pip, "--no-deps", ROOT)


def main() -> None:
    """Environment, icons, program, self-test."""
    environment()
    call(PYTHON, ROOT / "installers" / "icons.py")
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    call(
        PYTHON,
        "-m",
        "PyInstaller",
        "--noconfirm",
        "--clean",
        "--log-level=WARN",
        "installers/therapydesk.spec",
    )
    name = "therapydesk-cli.exe" if os.name == "nt" else "therapydesk"
    call(ROOT / "dist" / "therapydesk" / name, "self-test")


if __name__ == "__main__":
    main()
