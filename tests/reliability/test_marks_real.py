"""Marks of the log in a real gnome-keyring: kept, met again, and telling when an older vault was put back."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import PASSPHRASE, USER
from tests.reliability.test_keyring_real import BARE_BUS, Desktop, pytestmark

__all__ = ["pytestmark"]  # needs the same programs


def session(desktop: Desktop, folder: Path, secret: Path, *, times: int = 1, password: str = "login") -> Any:
    """Log in, check the log some times through the command line, log out; what it answered."""
    runtime = desktop.home / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    program = [sys.executable, "-m", "therapydesk", "--vault", str(folder), "--user", USER]
    check = shlex.join([*program, "--passphrase-file", str(secret), "--json", "audit", "verify", "--full"])
    start = "gnome-keyring-daemon --components=secrets"
    login = f"printf %s {password} | {start} --unlock" if password else f"{start} --start"
    bus = desktop.home / "bus.conf"
    bus.write_text(BARE_BUS, encoding="utf-8")
    script = "\n".join([f"{login} >/dev/null 2>&1", *[f"{check} | tr -d '\\n'; echo" for _ in range(times)]])
    home = str(desktop.home)
    environment = {
        "HOME": home,
        "PATH": "/usr/bin:/bin",
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_DATA_HOME": f"{home}/data",
        "XDG_CONFIG_HOME": f"{home}/config",
        "LANG": "C.UTF-8",
    }
    done = subprocess.run(
        ["dbus-run-session", f"--config-file={bus}", "--", "sh", "-c", script],
        env=environment,
        cwd=Path(__file__).parents[2],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == times, done.stderr
    return answers


def made(template: Path, tmp_path: Path) -> tuple[Desktop, Path, Path]:
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE)
    return Desktop(tmp_path / "home"), Path(shutil.copytree(template, tmp_path / "vault")), secret


def test_a_mark_outlives_the_session_and_tells_of_an_older_vault(template: Path, tmp_path: Path) -> None:
    desktop, folder, secret = made(template, tmp_path)
    first, second = session(desktop, folder, secret, times=2)
    assert "holds nothing from TherapyDesk yet" in first["keyring"]
    assert (second["sound"], second["keyring"]) == (True, "")
    shutil.copytree(folder, tmp_path / "older")
    (later,) = session(desktop, folder, secret)
    assert later["sound"]
    shutil.rmtree(folder)
    shutil.move(tmp_path / "older", folder)
    (after,) = session(desktop, folder, secret)
    assert not after["sound"]
    broken = {zone["zone"] for zone in after["zones"] if zone["broken_at"]}
    assert broken == {"core", "clinical", "safeguarding"}
    (again,) = session(desktop, folder, secret)
    assert not again["sound"]  # the mark was not replaced


def test_a_locked_keyring_is_said_and_the_log_is_checked_all_the_same(template: Path, tmp_path: Path) -> None:
    desktop, folder, secret = made(template, tmp_path)
    session(desktop, folder, secret)
    (answer,) = session(desktop, folder, secret, password="")
    assert answer["sound"]
    assert "locked" in answer["keyring"]
