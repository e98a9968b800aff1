"""A screen reader that asks for what has just gone does not end the program."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QScrollArea, QWidget

from therapydesk.ui.kit.read_area import ReadArea

ASK = """
import sys
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QScrollArea
from therapydesk.ui.kit import accessible
app = QApplication(["ask", "-platform", "offscreen"])
if sys.argv[1] == "ours":
    accessible.install()
asked = QScrollArea()
print(QAccessible.queryAccessibleInterface(asked).child(1_000_000))
"""


def _ask(whose: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", ASK, whose]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_a_child_that_has_gone_is_answered_with_none() -> None:
    assert _ask("ours").stdout.strip() == "None"


def test_the_interface_of_qt_ends_the_program() -> None:
    """The control: once this fails, Qt looks by itself and `accessible.py` may go."""
    assert _ask("theirs").returncode < 0


@pytest.mark.parametrize(
    ("area", "role"),
    [
        (QScrollArea, QAccessible.Role.Client),
        (ReadArea, QAccessible.Role.Document),
    ],
)
def test_each_keeps_the_role_that_it_has_with_qt(area: type[QWidget], role: QAccessible.Role, qtbot) -> None:
    shown = area()
    qtbot.addWidget(shown)
    assert QAccessible.queryAccessibleInterface(shown).role() == role
