"""What a list says in place of rows: nothing yet, nothing matches, being read, or why it cannot be read."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from therapydesk.api import tr
from therapydesk.ui.kit.labels import button, text_label
from therapydesk.ui.kit.messages import announce

Sentence = str | Callable[[], str]
StateText = Sentence | tuple[Sentence, str, Callable[[], object]]


class ListStates(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: dict[str, StateText] = {}
        self._slot: Callable[[], object] | None = None
        self.sentence = text_label("", "section", wrap=True)
        self.action = button("", self._act)
        row = QHBoxLayout()
        row.addWidget(self.action)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(self.sentence)
        layout.addLayout(row)
        layout.addStretch(1)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, False)

    def set_texts(self, **texts: StateText | None) -> None:
        """Set the sentences of empty, filtered, loading and error; None or "" leaves one as it is."""
        self._texts.update({name: text for name, text in texts.items() if text})

    def show_state(self, name: str) -> None:
        found = self._texts.get(name) or _standard(name)
        sentence, action, self._slot = found if isinstance(found, tuple) else (found, "", None)
        text = sentence() if callable(sentence) else sentence
        self.sentence.setText(text)
        self.action.setText(action)
        self.action.setVisible(bool(action))
        self.setAccessibleName(text)
        announce(self, text, assertive=name == "error")

    def _act(self) -> None:
        if self._slot is not None:
            self._slot()


def _standard(name: str) -> str:
    return {
        "empty": tr("Nothing here yet"),
        "filtered": tr("Nothing matches what you typed"),
        "loading": tr("Reading the list"),
        "error": tr("This list could not be read. Nothing was lost."),
    }[name]
