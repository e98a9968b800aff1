"""`therapydesk`: without a subcommand the window, else the command line."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PARSING_WORKER = "--parsing-worker"  # a frozen program starts itself as its own parsing worker
VALUED = {"--vault", "--user", "--passphrase-file"}


def main() -> None:
    """Console script."""
    argv = sys.argv[1:]
    if argv[:1] == [PARSING_WORKER]:
        from therapydesk.core.parsing.child import main as parse

        sys.exit(parse(argv[1]))
    words = [a for i, a in enumerate(argv) if not a.startswith("-") and (i == 0 or argv[i - 1] not in VALUED)]
    if {"--help", "-h"} & set(argv) or (words and not all(Path(w).is_file() for w in words)):
        from therapydesk.cli.main import run, start_log

        start_log()
        sys.exit(run(argv))
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        if os.environ.get("QT_QPA_PLATFORM") not in ("offscreen", "minimal", "vnc"):
            print("There is no screen to open a window on. See: therapydesk --help", file=sys.stderr)
            sys.exit(2)
    from therapydesk.app import run_app

    sys.exit(run_app(argv))


if __name__ == "__main__":
    main()
