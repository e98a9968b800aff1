"""`python3 dev.py hands [--minutes N] [--seed S] …`: random hands on the demo practice, one seed after the other.

Each run is a process of its own, with a home of its own and another user and look. At its end the vault is opened anew
and everything in it is checked. The exit status is 1 when there was a fault.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EVERYBODY = ("Ruth Mallory", "Dele Abara", "Bethan Rees", "Marged Ellis", "Nia Bevan")
USERS = (*((name,) for name in EVERYBODY), EVERYBODY)
LOOKS = (("light", 1.0), ("dark", 1.0), ("light", 2.0), ("high_contrast", 1.5))
RUN = 150.0  # seconds of one seed
AFTER = 240  # seconds that one may take beyond: making the practice, and checking it


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("dev.py hands", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--user", action="append", help="who signs in; several take turns")
    parser.add_argument("--look", choices=sorted({look for look, _text in LOOKS}))
    parser.add_argument("--text", type=float)
    parser.add_argument("--windows", type=int, choices=(1, 2), default=0, help="2: two windows on one vault")
    parser.add_argument("--files", type=Path, action="append", default=[], help="more files to be given")
    parser.add_argument("--one", type=float, help=argparse.SUPPRESS)  # seconds: this process is one run
    return parser


def main() -> int:
    chosen = options().parse_args()
    if chosen.one:
        from tests.hands.one_run import one_run

        found = one_run(chosen)
        sys.stdout.flush()
        os._exit(found)  # what is left of windows is nobody's any more
    end, bad, seed = time.monotonic() + chosen.minutes * 60, 0, chosen.seed
    while (left := end - time.monotonic()) > 5:
        bad += child(chosen, seed, min(RUN, left))
        seed += 1
    print(f"{seed - chosen.seed} runs, {bad} with faults", flush=True)
    return 1 if bad else 0


def child(chosen: argparse.Namespace, seed: int, seconds: float) -> int:
    """One seed in a process of its own; 1 when it found a fault, stood still or fell."""
    rng = random.Random(seed)
    users = chosen.user or list(USERS[seed % len(USERS)])
    look, text = rng.choice(LOOKS)
    words = ["--one", seconds, "--seed", seed, "--look", chosen.look or look, "--text", chosen.text or text]
    words += ["--windows", chosen.windows or rng.choice((1, 1, 2))]
    words += [word for name in users for word in ("--user", name)]
    words += [word for folder in chosen.files for word in ("--files", folder)]
    print(f"-- {' '.join(str(w) for w in words[2:])}", flush=True)
    with tempfile.TemporaryDirectory(prefix="hands-") as home:
        env = {**os.environ, "HOME": home, "QT_QPA_PLATFORM": "offscreen", "TMPDIR": home}
        env |= {f"XDG_{name}_HOME": f"{home}/{name.lower()}" for name in ("CONFIG", "STATE", "DATA", "CACHE")}
        env |= {
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        }
        command = [sys.executable, "-m", "tests.hands", *(str(w) for w in words)]
        try:
            ended = subprocess.run(command, env=env, check=False, timeout=seconds + AFTER).returncode
        except subprocess.TimeoutExpired:
            ended = 2
        if ended not in (0, 1):
            acts = (Path(home) / "acts.txt").read_text("utf-8").splitlines()[-20:]
            print(f"the process ended with {ended} after", *acts, sep="\n    ", flush=True)
    return 1 if ended else 0


if __name__ == "__main__":
    sys.exit(main())
