"""A window with faults that the reader has to find."""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

app = QApplication(sys.argv[:1])
app.setApplicationName("Unnamed")
window = QWidget()
column = QVBoxLayout(window)
panel = QWidget()
panel.setAccessibleName("Panel that takes the focus")
panel.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
choice = QComboBox()
choice.addItems(["One", "Two"])
for widget in (QPushButton("Named"), QPushButton(""), QLineEdit(), choice, panel):
    column.addWidget(widget)
window.show()
sys.exit(app.exec())
