"""The heads of a register show the keys that mark, as long as single keys are on."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from therapydesk.plugins.groups.ui.register_table import RegisterTable

HEADS = ["Present", "Apologies", "No word"]


def _heads(table: RegisterTable, role: Qt.ItemDataRole) -> list[str]:
    return [str(table.model.headerData(n, Qt.Orientation.Horizontal, int(role))) for n in range(3)]


@pytest.mark.parametrize("on", [True, False])
def test_a_head_says_its_key_beside_its_word(on: bool, qtbot: object) -> None:
    table = RegisterTable("Register", single_keys=on)
    spoken = ["Present, key P", "Apologies, key A", "No word, key N"]
    assert _heads(table, Qt.ItemDataRole.DisplayRole) == HEADS
    assert _heads(table, Qt.ItemDataRole.AccessibleTextRole) == (spoken if on else HEADS)
    table.resize(900, 300)
    table.fit_columns()
    wide = table.view.columnWidth(0)
    other = RegisterTable("Register", single_keys=not on)
    other.resize(900, 300)
    other.fit_columns()
    assert (wide > other.view.columnWidth(0)) is on
