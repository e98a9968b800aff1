"""A dialog that shows a list, and nothing to decide."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from therapydesk.api import tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.icons import app_icon
from therapydesk.ui.kit.labels import button, text_label
from therapydesk.ui.kit.tables import ListTable


class ListDialog(QDialog):
    """A sentence, a list, and a button that closes it."""

    def __init__(self, parent: QWidget, title: str, sentence: str, table: ListTable) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setWindowIcon(app_icon())
        self.setModal(True)
        self.table = table
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(style.sp(4))
        column.addWidget(text_label(title, "section", wrap=True))
        column.addWidget(text_label(sentence, wrap=True))
        column.addWidget(table, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        self.close_button = button(tr("Close"), self.accept, kind="primary")
        row.addWidget(self.close_button)
        column.addLayout(row)
        self.setMinimumWidth(min(style.chars(70), 1000))
        self.setMinimumHeight(style.line_height() * 16)

    def open(self) -> None:
        super().open()
        self.table.setFocus()
