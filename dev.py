#!/usr/bin/env python3
"""Everything a developer does here: run, test, lint, bench, shared, screenshots. Standard library only.

python3 dev.py run      set up what is missing and open the demo practice
python3 dev.py test     set up what is missing and run the whole suite
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
BUILD = ROOT / "build"
DEMO = BUILD / "demo"
HELLO = ROOT / "plugins_contrib" / "hello_therapydesk"

# Debian packages: what the window needs, and what the tests need on top.
RUN_PACKAGES = (
    "python3-venv libegl1 libgl1 libopengl0 libfontconfig1 libfreetype6 libglib2.0-0 libdbus-1-3 libxkbcommon0 "
    "libxkbcommon-x11-0 libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 "
    "libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-util1 libxcb-xfixes0 libxcb-xinerama0 "
    "libxcb-xkb1 libxcb1 xvfb xauth"
).split()
TEST_PACKAGES = (
    "dbus dbus-x11 gnome-keyring libsecret-1-0 at-spi2-core python3-pyatspi gir1.2-atspi-2.0 xdotool git"
).split()


def say(text: str) -> None:
    """One line for the person at the keyboard."""
    print(text, flush=True)


def run(command: Sequence[str | Path], **more: object) -> int:
    """Run a command in the repository and return its exit status."""
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **more.pop("env", {})}  # type: ignore[dict-item,arg-type]
    return subprocess.run([str(c) for c in command], cwd=ROOT, env=env, check=False, **more).returncode  # type: ignore[call-overload]


def fail(text: str) -> None:
    """Stop with one clear sentence."""
    sys.exit(text)


# -- setting up ----------------------------------------------------------------------------------------------------


def missing_packages(wanted: Sequence[str]) -> list[str]:
    """The Debian packages that are not installed; none where there is no dpkg."""
    if shutil.which("dpkg-query") is None:
        return []
    form = "${db:Status-Abbrev}${Package}\n"
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", form, *wanted], capture_output=True, text=True, check=False
    )
    there = {line[3:] for line in asked.stdout.splitlines() if line.startswith("ii")}
    return [name for name in wanted if name not in there]


def system_packages(wanted: Sequence[str]) -> None:
    """Install missing system packages as root; else say which command does."""
    missing = missing_packages(wanted)
    if not missing:
        return
    command = "apt-get install -y --no-install-recommends " + " ".join(missing)
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("apt-get") is None:
        fail(f"Some system packages are missing. As root, run: {command}")
    say(f"Installing {len(missing)} system packages …")
    quiet = {"env": {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    if run(["apt-get", "update", "-qq"], **quiet) or run(command.split(), **quiet):
        fail(f"The system packages could not be installed. Is there a network? The command was: {command}")


def _stamp(lock: str) -> str:
    parts = [
        (ROOT / "requirements" / lock).read_bytes(),
        (ROOT / "pyproject.toml").read_bytes(),
        sys.version.encode(),
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def virtual_environment(lock: str) -> None:
    """`.venv/` with the pinned and hashed dependencies of a lock file. A stamp makes the second time instant."""
    stamp = VENV / f"stamp-{lock}"
    if stamp.exists() and stamp.read_text() == _stamp(lock):
        return
    if sys.version_info < (3, 11):
        fail(f"TherapyDesk needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if not PYTHON.exists():
        say("Making the virtual environment …")
        if run([sys.executable, "-m", "venv", VENV]):
            fail("The virtual environment could not be made. On Debian the package python3-venv is needed.")
    say("Installing the pinned dependencies (some minutes the first time) …")
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if run([*pip, "--require-hashes", "-r", ROOT / "requirements" / lock]):
        fail("The dependencies could not be installed. Is there a network? What pip said stands above.")
    own = [*pip, "--no-deps", "--no-build-isolation", "--editable"]
    if run([*own, "."]):
        fail("TherapyDesk itself could not be installed into the virtual environment; see above.")
    if lock == "dev.txt" and HELLO.exists() and run([*own, HELLO]):
        fail("The example module could not be installed into the virtual environment; see above.")
    stamp.write_text(_stamp(lock))


def set_up(*, tests: bool) -> None:
    """Everything that `run` (or, with `tests`, the suite) needs."""
    system_packages([*RUN_PACKAGES, *TEST_PACKAGES] if tests else RUN_PACKAGES)
    have_dev = (VENV / "stamp-dev.txt").exists()
    virtual_environment("dev.txt" if tests or have_dev else "run.txt")


# -- a screen ------------------------------------------------------------------------------------------------------


class Screen:
    """Xvfb for the length of a `with`, on a free display of its own."""

    def __enter__(self) -> dict[str, str]:
        reader, writer = os.pipe()
        command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1600x1200x24", "-nolisten", "tcp"]
        self._server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as numbers:
            display = numbers.readline().strip()
        if not display:
            fail("No virtual screen could be started (Xvfb).")
        return {"DISPLAY": f":{display}", "QT_QPA_PLATFORM": "xcb"}

    def __exit__(self, *_why: object) -> None:
        self._server.terminate()
        self._server.wait(10)


# -- the commands --------------------------------------------------------------------------------------------------


def test(arguments: list[str]) -> int:
    """The whole suite, in a virtual screen; further words go to pytest."""
    set_up(tests=True)
    spread = [] if any(a.startswith("-n") for a in arguments) else ["-n", "2"]
    with Screen() as env:
        return run([PYTHON, "-m", "pytest", *spread, *arguments], env=env)


def lint(_arguments: list[str]) -> int:
    """Style, types and import rules."""
    set_up(tests=True)
    tool = PYTHON.parent
    checks = (
        [tool / "ruff", "check", "."],
        [tool / "ruff", "format", "--check", "."],
        [tool / "mypy"],
        [tool / "lint-imports"],
    )
    return max([run(c) for c in checks])


def shared(arguments: list[str]) -> int:
    """Every file of the shared data through the import plan; nothing is written."""
    set_up(tests=True)
    folder = arguments[0] if arguments else str(ROOT.parent / "shared" / "data")
    return run([PYTHON, "tests/shared/run.py", folder])


def bench(arguments: list[str]) -> int:
    """The figures, each beside its limit measured in the same run."""
    set_up(tests=True)
    with Screen() as env:
        return run([PYTHON, "-m", "bench", *arguments], env=env)


def screenshots(arguments: list[str]) -> int:
    """The pictures of the manual, from the demo practice."""
    set_up(tests=True)
    with Screen() as env:
        return run([PYTHON, "tests/screenshots/make.py", *arguments], env=env)


def _vault() -> tuple[Path, str, Path]:
    """The demo practice: folder, user and passphrase file; made on first use."""
    note = BUILD / "demo.json"
    if not note.exists():
        say("Making the demo practice (made-up people) …")
        BUILD.mkdir(exist_ok=True)
        vault = BUILD / "demo-practice"
        shutil.rmtree(vault, ignore_errors=True)
        made = subprocess.run(
            [str(PYTHON), "-m", "therapydesk", "demo", str(vault), "--json"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            fail(f"The demo practice could not be made. {made.stderr.strip()}")
        secret = BUILD / "demo-passphrase"
        secret.touch(0o600)
        secret.write_text(json.loads(made.stdout)["passphrase"])
        note.write_text(made.stdout)
    data = json.loads(note.read_text())
    return Path(data["vault"]), data["user"], BUILD / "demo-passphrase"


def open_demo(arguments: list[str]) -> int:
    """Open the demo practice; without a screen do its main job and leave pictures."""
    set_up(tests=False)
    vault, user, secret = _vault()
    access = ["--vault", str(vault), "--user", user, "--passphrase-file", str(secret)]
    if (
        os.name == "nt"
        or sys.platform == "darwin"
        or os.environ.get("DISPLAY")
        or os.environ.get("WAYLAND_DISPLAY")
    ):
        return run([PYTHON, "-m", "therapydesk", *access, *arguments])
    say("There is no screen here, so the demo practice does its main job without a window.")
    return main_job(access, vault)


def main_job(access: list[str], vault: Path) -> int:
    """Import the referral files, accept one, book and complete a session, sign a note, issue the invoice."""
    started = time.monotonic()
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir(parents=True)
    job = [str(PYTHON), "-m", "therapydesk.demo.main_job", *access, "--out", str(DEMO)]
    if run(job):
        fail("The main job did not work; see above.")
    with Screen() as env:
        pictures = ["tests/screenshots/make.py", *access, "--out", str(DEMO / "pictures"), "--quick"]
        if run([PYTHON, *pictures], env=env):
            fail("The pictures could not be drawn; see above.")
    say(
        f"Done in {time.monotonic() - started:.0f} s. The invoice and the pictures are in {DEMO.relative_to(ROOT)}/:"
    )
    for path in sorted(DEMO.rglob("*.p*")):
        say(f"  {path.relative_to(ROOT)}")
    return 0


COMMANDS = {
    "run": open_demo,
    "test": test,
    "lint": lint,
    "shared": shared,
    "bench": bench,
    "screenshots": screenshots,
}


def main() -> int:
    """Take the first word as the command."""
    words = sys.argv[1:]
    if words and words[0] == "setup":
        set_up(tests=True)
        return 0
    if not words or words[0] not in COMMANDS:
        say(__doc__ or "")
        say("Commands: setup, " + ", ".join(COMMANDS))
        return 2
    return COMMANDS[words[0]](words[1:])


if __name__ == "__main__":
    sys.exit(main())
