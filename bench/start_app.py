"""Fresh process: the program as `python -m therapydesk --vault DIR` starts it, up to the painted unlock page."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication

from bench.fresh import answer, since_start
from bench.painted import PaintWatch
from therapydesk.app import Program
from therapydesk.start_options import options

app = QApplication(sys.argv[:1])
program = Program(app, options().parse_args(["--vault", sys.argv[1]]))
program.start()
assert program.unlock_page is not None
PaintWatch(program.unlock_page, lambda: answer(seconds=since_start()))
app.exec()
