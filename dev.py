#!/usr/bin/env python3
"""Everything a developer does here, with nothing but Python 3.11 to start from.

python3 dev.py run      set up what is missing and open the demo practice
python3 dev.py test     set up what is missing and run the whole suite
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

Words = list[str | Path]

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
REQUIREMENTS = ROOT / "requirements"
THIS_PYTHON = sys.implementation.cache_tag + str(sys.version_info)
BUILD = ROOT / "build"
PRACTICE = BUILD / "demo-practice"
SECRET = BUILD / "demo-passphrase"
DEMO = BUILD / "demo"  # what the main job without a window leaves
MODULES = sorted(path.parent for path in (ROOT / "plugins_contrib").glob("*/pyproject.toml"))

# Debian packages: what Qt's window system part needs, the virtual screen, and what the tests need on top.
# Each list names only what nothing else in it brings along.
WINDOW_PACKAGES = (
    "ca-certificates",
    "libdbus-1-3",
    "libegl1",
    "libfontconfig1",
    "libgl1",
    "libglib2.0-0",
    "libgssapi-krb5-2",
    "libwayland-cursor0",
    "libwayland-egl1",
    "libx11-xcb1",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-shape0",
    "libxcb-sync1",
    "libxcb-xfixes0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
)
SCREEN_PACKAGES = ("xvfb",)
TEST_PACKAGES = (
    "at-spi2-core",
    "dbus",
    "git",
    "gnome-keyring",
    "python3-pyatspi",
    "sqlcipher",
    "xdotool",
)


def say(text: str) -> None:
    """One line for the person at the keyboard."""
    print(text, flush=True)


def fail(text: str) -> NoReturn:
    """Stop with one clear sentence."""
    sys.exit(text)


def run(command: Sequence[str | Path], env: Mapping[str, str] | None = None, *, quiet: bool = False) -> int:
    """Run a command in the repository and return its exit status."""
    out = subprocess.DEVNULL if quiet else None
    whole = {**os.environ, **(env or {})}
    return subprocess.run([str(c) for c in command], cwd=ROOT, env=whole, stdout=out, check=False).returncode


def has_screen() -> bool:
    """Whether a window can be opened here."""
    if os.name == "nt" or sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


# -- setting up ---------------------------------------------------------------------------------------------


def missing_packages(wanted: Sequence[str]) -> list[str]:
    """The Debian packages that are not installed; none where there is no dpkg.

    Newer Debian and Ubuntu releases put "t64" behind some library names.
    """
    if shutil.which("dpkg-query") is None:
        return []
    form = "${db:Status-Abbrev} ${Package}\n"
    command = ["dpkg-query", "-W", "-f", form, *wanted, *(f"{name}t64" for name in wanted)]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    there = {
        line.split()[1].removesuffix("t64") for line in asked.stdout.splitlines() if line.startswith("ii")
    }
    return [name for name in wanted if name.removesuffix("t64") not in there]


def system_packages(wanted: Sequence[str]) -> None:
    """Install missing system packages as root; else say which command does."""
    if importlib.util.find_spec("ensurepip") is None:
        wanted = ["python3-venv", *wanted]
    missing = missing_packages(wanted)
    if not missing:
        return
    command = "apt-get install -y --no-install-recommends " + " ".join(missing)
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("apt-get") is None:
        fail(f"Some system packages are missing. Install them as root and start again: {command}")
    say(f"Installing {len(missing)} system packages and what they need …")
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    if run(["apt-get", "update", "-qq"], env, quiet=True) or run([*command.split(), "-qq"], env, quiet=True):
        fail(f"The system packages could not be installed. Is there a network? The command was: {command}")


def _stamp(lock: str) -> str:
    files = [REQUIREMENTS / "build.txt", REQUIREMENTS / lock, ROOT / "pyproject.toml"]
    if lock == "dev.txt":
        files += [module / "pyproject.toml" for module in MODULES]
    parts = [THIS_PYTHON.encode(), str(ROOT).encode(), *(f.read_bytes() for f in files)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_set_up(lock: str) -> bool:
    """Whether `.venv/` was made from exactly this lock file, by this Python."""
    stamp = VENV / f"stamp-{lock}"
    return PYTHON.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == _stamp(lock)


def make_venv() -> None:
    """A virtual environment with pip, anew when the one that is there does not work with this Python."""
    want = (
        f"import pip, sys; sys.exit(sys.implementation.cache_tag + str(sys.version_info) != {THIS_PYTHON!r})"
    )
    if PYTHON.exists():
        works = subprocess.run([str(PYTHON), "-c", want], stderr=subprocess.DEVNULL, check=False)
        if works.returncode == 0:
            return
    say("Making the virtual environment …")
    if run([sys.executable, "-m", "venv", "--clear", VENV]):
        fail("The virtual environment could not be made; Python's module venv says why above.")


def pip_install(*words: str | Path) -> bool:
    """Install into `.venv/` with pip as it is configured here; what goes wrong stands on the screen."""
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    return run([*pip, "--root-user-action=ignore", "--no-build-isolation", *words]) == 0


def virtual_environment(lock: str) -> None:
    """`.venv/` with the dependencies of a lock file. A stamp makes the second time instant."""
    if is_set_up(lock):
        return
    make_venv()
    say("Installing the pinned dependencies (some minutes the first time) …")
    for name in ("build.txt", lock):
        if not pip_install("--require-hashes", "--use-pep517", "-r", REQUIREMENTS / name):
            fail("The dependencies could not be installed. Is there a network? What pip said stands above.")
    if not pip_install("--no-deps", "--editable", ROOT):
        fail("TherapyDesk itself could not be installed into the virtual environment; see above.")
    added = [word for module in MODULES for word in ("--editable", module)]
    if lock == "dev.txt" and added and not pip_install("--no-deps", *added):
        fail("The modules of plugins_contrib could not be installed into the virtual environment; see above.")
    (VENV / f"stamp-{lock}").write_text(_stamp(lock), encoding="utf-8")


def set_up(*, tests: bool) -> None:
    """Everything that `run` (or, with `tests`, the suite) needs; nothing is done twice."""
    packages = WINDOW_PACKAGES + (SCREEN_PACKAGES if tests or not has_screen() else ())
    system_packages(packages + TEST_PACKAGES if tests else packages)
    if tests or not is_set_up("dev.txt"):
        virtual_environment("dev.txt" if tests else "run.txt")


# -- a screen -----------------------------------------------------------------------------------------------


@contextmanager
def screen() -> Iterator[dict[str, str]]:
    """Xvfb for the length of a `with`, on a free display of its own."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1600x1200x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        with os.fdopen(reader) as numbers:
            display = numbers.readline().strip()
        if not display:
            fail("No virtual screen could be started: Xvfb ended at once.")
        yield {"DISPLAY": f":{display}", "QT_QPA_PLATFORM": "xcb", "WAYLAND_DISPLAY": "", "XAUTHORITY": ""}
    finally:
        server.terminate()
        server.wait(10)


# -- the commands -------------------------------------------------------------------------------------------


def test(arguments: list[str]) -> int:
    """The whole suite, in a virtual screen; further words go to pytest."""
    set_up(tests=True)
    spread = [] if any(a.startswith(("-n", "--numprocesses")) for a in arguments) else ["-n", "2"]
    with screen() as env:
        return run([PYTHON, "-m", "pytest", *spread, *arguments], env)


def lint(_arguments: list[str]) -> int:
    """Style, types and import rules."""
    set_up(tests=True)
    tool = PYTHON.parent
    code = [file.parent for module in MODULES for file in module.glob("*/plugin.py")]
    doors: list[Words] = [[tool / "lint-imports", module / "pyproject.toml"] for module in MODULES]
    checks: list[Words] = [
        [tool / "ruff", "check", "."],
        [tool / "ruff", "format", "--check", "."],
        [tool / "mypy"],
        [tool / "mypy", *code],
        *([tool / "mypy", "--platform", other, "--no-warn-unused-ignores"] for other in ("win32", "darwin")),
        [tool / "lint-imports"],
        *doors,
    ]
    return max([run(c) for c in checks])


def shared(arguments: list[str]) -> int:
    """Every file of the shared data through the import plan; nothing is written."""
    set_up(tests=True)
    folder = str(ROOT.parent / "shared" / "data")
    return run([PYTHON, "tests/shared/run.py", *(arguments or [folder])])


def bench(arguments: list[str]) -> int:
    """The figures, each beside its limit measured in the same run."""
    set_up(tests=True)
    with screen() as env:
        return run([PYTHON, "-m", "bench", *arguments], env)


def soak(arguments: list[str]) -> int:
    """The reliability harnesses with the numbers of a release: `--minutes N` bounds what repeats."""
    set_up(tests=True)
    with screen() as env:
        return run([PYTHON, "-m", "tests.reliability.soak", *arguments], env)


def hands(arguments: list[str]) -> int:
    """Random hands on the demo practice, to find what nobody thought of: `--minutes N`, `--seed S`."""
    set_up(tests=True)
    return run([PYTHON, "-m", "tests.hands", *arguments], {"QT_QPA_PLATFORM": "offscreen"})


def screenshots(arguments: list[str]) -> int:
    """The pictures of the manual, from the demo practice."""
    set_up(tests=True)
    with screen() as env:
        return run([PYTHON, "-m", "tests.screenshots.make", *arguments], env)


def words(_arguments: list[str]) -> int:
    """Every text on screen, for translators, into one file."""
    set_up(tests=True)
    keywords = "--no-default-keywords -k tr -k ntr:1,2 -k mark"
    form = "--no-location --omit-header --sort-output --no-wrap --ignore-dirs=__pycache__"
    out = ROOT / "therapydesk" / "core" / "resources" / "locale" / "therapydesk.pot"
    out.parent.mkdir(exist_ok=True)
    beside = out.with_name(f"{out.stem}-{os.getpid()}.new")  # whoever reads it meanwhile sees all of it
    babel = f"--quiet extract -F pyproject.toml {keywords} {form}".split()
    try:
        failed = run([PYTHON.with_name("pybabel"), *babel, "-o", beside, "therapydesk"])
        if not failed:
            os.replace(beside, out)
    finally:
        beside.unlink(missing_ok=True)
    return failed


def make_locks(_arguments: list[str]) -> int:
    """The lock files anew from pyproject.toml and requirements/*.in, for every system at once (needs uv)."""
    if shutil.which("uv") is None:
        fail(
            "The lock files are made by uv, which is not installed. Install it beside your other tools first."
        )
    form = "--universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url"
    sources: dict[str, Words] = {
        "build.txt": ["requirements/build.in"],
        "run.txt": ["pyproject.toml"],
        "dev.txt": ["pyproject.toml", "requirements/dev.in", "-c", "requirements/run.txt"],
        "freeze.txt": ["requirements/freeze.in", "-c", "requirements/build.txt"],
    }
    command: Words = ["uv", "pip", "compile", *form.split()]
    return max([run([*command, *of, "-o", REQUIREMENTS / name], quiet=True) for name, of in sources.items()])


def setup(_arguments: list[str]) -> int:
    """Set up what the tests need, and stop."""
    set_up(tests=True)
    return 0


# -- the demo practice --------------------------------------------------------------------------------------


def demo_practice() -> str:
    """The user of the demo practice; it is made on first use."""
    note = BUILD / "demo.json"
    if not (note.exists() and SECRET.exists() and (PRACTICE / "VAULT.json").exists()):
        say("Making the demo practice (made-up people) …")
        BUILD.mkdir(exist_ok=True)
        shutil.rmtree(PRACTICE, ignore_errors=True)
        command = [str(PYTHON), "-m", "therapydesk", "demo", str(PRACTICE), "--json"]
        made = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
        if made.returncode:
            fail(f"The demo practice could not be made. {made.stderr.strip()}")
        SECRET.touch(0o600)
        SECRET.write_text(json.loads(made.stdout)["passphrase"], encoding="utf-8")
        note.write_text(made.stdout, encoding="utf-8")
    return str(json.loads(note.read_text(encoding="utf-8"))["user"])


def open_demo(arguments: list[str]) -> int:
    """Open the demo practice; without a screen do its main job and leave pictures."""
    set_up(tests=False)
    user = demo_practice()
    if not has_screen():
        say("There is no screen here, so the demo practice does its main job without a window.")
        return main_job(user)
    access: Words = ["--vault", PRACTICE, "--user", user, "--passphrase-file", SECRET]
    return run([PYTHON, "-m", "therapydesk", *access, *arguments])


def main_job(user: str) -> int:
    """Import the referral files, accept one, book and complete a session, sign a note, issue the invoice.

    On a copy of the demo practice, so that it is the same each time.
    """
    started = time.monotonic()
    shutil.rmtree(DEMO, ignore_errors=True)
    shutil.copytree(PRACTICE, DEMO / "practice")
    access: Words = ["--vault", DEMO / "practice", "--user", user, "--passphrase-file", SECRET]
    if run([PYTHON, "-m", "therapydesk.demo.main_job", *access, "--out", DEMO]):
        fail("The main job did not work; see above.")
    pictures = DEMO / "pictures"
    access += ["--files", DEMO / "referrals"]
    with screen() as env:
        if run([PYTHON, "-m", "tests.screenshots.make", *access, "--out", pictures, "--quick"], env):
            fail("The pictures could not be drawn; see above.")
    say(f"Done in {time.monotonic() - started:.0f} s. The invoice and the pictures are here:")
    for path in [*sorted(DEMO.glob("*.pdf")), *sorted(pictures.glob("*.png"))]:
        say(f"  {path.relative_to(ROOT)}")
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": open_demo,
    "test": test,
    "lint": lint,
    "shared": shared,
    "bench": bench,
    "soak": soak,
    "hands": hands,
    "screenshots": screenshots,
    "words": words,
    "setup": setup,
    "lock": make_locks,
}


def main() -> int:
    """Take the first word as the command."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a virtual screen is ended too
    if sys.version_info < (3, 11):  # noqa: UP036  # this file is also started by the Python of older systems
        fail(f"TherapyDesk needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    asked = sys.argv[1:]
    if not asked or asked[0] not in COMMANDS:
        say((__doc__ or "").strip())
        say(
            "\n".join(
                f"  {name:12} {(does.__doc__ or '').splitlines()[0]}" for name, does in COMMANDS.items()
            )
        )
        return 2
    return COMMANDS[asked[0]](asked[1:])


if __name__ == "__main__":
    sys.exit(main())
