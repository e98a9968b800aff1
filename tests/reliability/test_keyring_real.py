"""The keyring wrapper against a real gnome-keyring, each time on a message bus of its own."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

VISIT = Path(__file__).with_name("keyring_visit.py")
ROOT = Path(__file__).parents[2]
NEEDED = ("dbus-run-session", "gnome-keyring-daemon")

# A bus that starts nothing by itself: without it the keyring service would come when called.
BARE_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the Secret Service is a Linux matter"),
    pytest.mark.skipif(
        any(shutil.which(program) is None for program in NEEDED), reason=f"needs {' and '.join(NEEDED)}"
    ),
]


class Desktop:
    """An account with a login keyring; each `session` is one log-in to its desktop."""

    def __init__(self, home: Path) -> None:
        self.home = home
        home.mkdir()

    def session(
        self, *visits: tuple[str, ...], daemon: bool = True, password: str = "login"
    ) -> list[dict[str, str]]:
        """Log in, pay visits to the keyring, log out; without a password the keyring stays locked."""
        runtime = self.home / "run"
        runtime.mkdir(mode=0o700, exist_ok=True)
        environment = {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "LANG": "C.UTF-8",
        }
        lines = []
        if daemon:
            start = "gnome-keyring-daemon --components=secrets"
            unlock = (
                f"printf %s {shlex.quote(password)} | {start} --unlock" if password else f"{start} --start"
            )
            lines.append(f"{unlock} >/dev/null 2>&1")
        lines += [shlex.join([sys.executable, str(VISIT), *visit]) for visit in visits]
        bus = self.home / "bus.conf"
        bus.write_text(BARE_BUS, encoding="utf-8")
        done = subprocess.run(
            ["dbus-run-session", f"--config-file={bus}", "--", "sh", "-c", "\n".join(lines)],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=25,
            check=False,
        )
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(answers) == len(visits), done.stderr
        return answers


@pytest.fixture
def desktop(tmp_path: Path) -> Desktop:
    return Desktop(tmp_path / "home")


def test_a_secret_outlives_the_session(desktop: Desktop) -> None:
    absent, written, read = desktop.session(
        ("read", "mark/core"), ("write", "mark/core", "41:ŵ"), ("read", "mark/core")
    )
    assert absent["state"] == "absent"
    assert written["state"] == "ok"
    assert written["keyring"].startswith("keyring.backends.")
    assert (read["state"], read["value"]) == ("ok", "41:ŵ")
    (later,) = desktop.session(("read", "mark/core", written["keyring"]))
    assert (later["state"], later["value"]) == ("ok", "41:ŵ")
    assert later["keyring"] == written["keyring"]


def test_no_keyring_service(desktop: Desktop) -> None:
    read, written = desktop.session(("read", "mark/core"), ("write", "mark/core", "x"), daemon=False)
    assert read["state"] == "none"
    assert written["state"] == "none"
    assert "no keyring" in written["said"]


def test_a_locked_keyring_keeps_what_it_holds(desktop: Desktop) -> None:
    (written,) = desktop.session(("write", "mark/core", "41:ab"))
    read, refused = desktop.session(
        ("read", "mark/core", written["keyring"]), ("write", "mark/core", "42:cd"), password=""
    )
    assert read["state"] == "locked"
    assert refused["state"] == "locked"
    (later,) = desktop.session(("read", "mark/core"))
    assert later["value"] == "41:ab"


def test_a_foreign_entry_is_left_as_it_is(desktop: Desktop) -> None:
    _, read, refused, forgotten, gone = desktop.session(
        ("junk", "mark/core", "not ours"),
        ("read", "mark/core"),
        ("write", "mark/core", "42:cd"),
        ("forget", "mark/core"),
        ("read", "mark/core"),
    )
    assert read["state"] == "unreadable"
    assert refused["state"] == "unreadable"
    assert forgotten["state"] == "ok"
    assert gone["state"] == "absent"


def test_a_new_keyring_is_noticed(desktop: Desktop) -> None:
    (written,) = desktop.session(("write", "mark/core", "41:ab"))
    shutil.rmtree(desktop.home / "data")
    (read,) = desktop.session(("read", "mark/core", written["keyring"]))
    assert read["state"] == "changed"
