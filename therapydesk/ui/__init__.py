"""The window: everything that sees Qt.

The binding reads the source of each module that is imported after it, and keeps it, only to learn whether the module
asks for Qt in `snake_case`. Nobody here does, and of 500 modules that is 25 MB and a third of the start: so it is told
that none does, before any is imported (docs/decisions/0006).
"""

from __future__ import annotations

import PySide6.QtCore  # noqa: F401  (brings the binding's own parts in)
from shibokensupport import feature  # type: ignore[import-not-found]  # part of the binding, without types

feature._mod_uses_pyside = lambda _module: False
