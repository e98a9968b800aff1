"""Fresh process: Enter on the passphrase, the first page, then the People list; and the memory after that."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from bench.fresh import answer, memory, own_memory
from bench.painted import Paints, wait, wait_until
from bench.real_program import RealProgram
from therapydesk.api import Link


def main() -> None:
    """Measure and hand back."""
    real = RealProgram(Path(sys.argv[1]))
    start = time.perf_counter()
    real.unlock()
    first = time.perf_counter() - start
    real.view.open(Link("caseload.people"))
    page: Any = real.view.page
    view = page.table.view
    paints = Paints(view.viewport(), lambda: view.model().rowCount() > 0)
    wait_until(lambda: paints.count > 0)
    people = time.perf_counter() - start
    wait(1000)
    answer(first=first, people=people, memory=memory(), own_memory=own_memory())


main()
