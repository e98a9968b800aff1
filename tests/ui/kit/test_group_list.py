from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel
from pytestqt.qtbot import QtBot

from therapydesk.ui.kit.group_list import GroupList


def test_a_row_that_is_selected_from_outside_is_the_current_one(qtbot: QtBot) -> None:
    """A screen reader's action on a row selects it and moves nothing else."""
    groups = GroupList("Parts of Privacy")
    qtbot.addWidget(groups)
    for title in ("Requests for data", "Erasure", "Retention"):
        groups.add_group(title)
    groups.show()
    groups.setCurrentRow(0)
    turned: list[int] = []
    groups.currentRowChanged.connect(turned.append)
    index = groups.model().index(1, 0)
    groups.selectionModel().select(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    assert turned == [1]
    assert [index.row() for index in groups.selectedIndexes()] == [1]
