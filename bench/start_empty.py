"""Fresh process: an empty Qt window, the limit of any start."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication, QWidget

from bench.fresh import answer, since_start
from bench.painted import PaintWatch

app = QApplication(sys.argv[:1])
window = QWidget()
window.resize(1366, 768)
PaintWatch(window, lambda: answer(seconds=since_start()))
window.show()
app.exec()
