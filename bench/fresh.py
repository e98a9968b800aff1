"""Measuring in a fresh process: a module of this package is started and prints what it measured as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
STARTED = "BENCH_STARTED"


def run_fresh(home: Path, module: str, *words: str | Path, most: float = 600) -> dict[str, Any]:
    """Start `bench.<module>` with settings and log of its own below `home`, and take its answer.

    Raises RuntimeError when it ends without one, or has none after `most` seconds.
    """
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    env |= {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "STATE", "CACHE", "DATA")}
    env[STARTED] = repr(time.monotonic())
    command = [sys.executable, "-m", f"bench.{module}", *map(str, words)]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=most, check=False
        )
    except subprocess.TimeoutExpired as slow:
        raise RuntimeError(f"{module} had no answer after {most / 60:.0f} minutes") from slow
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        raise RuntimeError(f"{module} ended with {done.returncode}: {done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(lines[-1])
    return answer


def answer(**values: object) -> None:
    """In the fresh process: hand back what was measured and end at once, without tidying up."""
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()
    os._exit(0)


def since_start() -> float:
    """In the fresh process: seconds since it was asked for (one clock for all processes)."""
    return time.monotonic() - float(os.environ[STARTED])


def memory() -> float:
    """Resident memory of this process in MB; nought where the system does not say."""
    return _kilobytes("status", "VmRSS:") / 1024


def own_memory() -> float:
    """The same with each page that several processes share divided among them (PSS)."""
    return _kilobytes("smaps_rollup", "Pss:") / 1024


def _kilobytes(file: str, head: str) -> int:
    path = Path("/proc/self") / file
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith(head)), 0)
