"""What may stand behind the name of the program when its window is started."""

from __future__ import annotations

import argparse

from therapydesk.core.words import tr


def options() -> argparse.ArgumentParser:
    """The options of the window; the commands have their own."""
    parser = argparse.ArgumentParser("therapydesk", description=tr("TherapyDesk"))
    parser.add_argument("--vault", default="")
    parser.add_argument("--user", default="")
    parser.add_argument("--passphrase-file", default="")
    parser.add_argument("--no-plugins", action="store_true")
    parser.add_argument("files", nargs="*")
    return parser
