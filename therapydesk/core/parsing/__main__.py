"""The parsing worker's entry point: run as a file, so that an isolated Python finds the package."""

from __future__ import annotations

import os
import sys

if not __package__:
    sys.path.insert(0, os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 3)))

from therapydesk.core.parsing.child import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
