"""One accessibility bus, one program on it and one reader. Started with `dbus-run-session`.

    python session.py LAUNCHER APPLICATION PLAN PROGRAM…

Prints what the reader found; ends with its exit status.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ASK = "dbus-send --session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus".split()
ASK += ["org.freedesktop.DBus.NameHasOwner", "string:org.a11y.Bus"]
WALK = Path(__file__).with_name("walk.py")


def wait_for_bus() -> None:
    """Wait until the accessibility bus has its name: who asks earlier has a second one started, and is not found."""
    until = time.monotonic() + 20
    while "true" not in subprocess.run(ASK, capture_output=True, text=True, check=True).stdout:
        if time.monotonic() > until:
            sys.exit("the accessibility bus did not start")


def main(launcher: str, application: str, plan: str, *program: str) -> int:
    """Start the bus and the program, read the program, end what was started."""
    read_program = subprocess.Popen(
        program, env={**os.environ, "PYTHONFAULTHANDLER": "1"}
    )  # says where it stopped
    started = [subprocess.Popen([launcher, "--launch-immediately"]), read_program]
    try:
        reader = ["/usr/bin/python3", "-W", "ignore", "-X", "faulthandler", str(WALK), application, plan]
        status = subprocess.run(reader, check=False, timeout=200).returncode
        if read_program.poll() is not None:
            sys.stderr.write(f"the program that was read has ended, with {read_program.returncode}\n")
        sys.stderr.write(f"the reader ended with {status}\n") if status else None
        return status
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(10)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
