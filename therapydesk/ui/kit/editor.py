"""The note editor: prompts, each with a text that grows, and word of when a draft should be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from therapydesk.api import show_time, tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.growing_text import MARGIN as DOCUMENT_MARGIN
from therapydesk.ui.kit.growing_text import GrowingText
from therapydesk.ui.kit.labels import StateMark, text_label

DRAFT_MS = 5000
WIDTH_CHARS = 75
LINES, MOST = 2, 24  # that a text grows from and to
ALL = 1000  # lines of a text that is only read


class DraftState(StateMark):
    """ "Draft saved 12:06", in its shape and word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("No draft yet"), "ring", "text_muted", parent)

    def show_saved(self, at: time) -> None:
        self.set_state(tr("Draft saved {time}").format(time=show_time(at)), "half", "warn")

    def show_unsaved(self) -> None:
        self.set_state(tr("Not saved yet"), "ring", "text_muted")


class NoteEditor(QWidget):
    """Prompts above texts of at most 75 characters a line.

    `draft_due` comes five seconds after a change (while typing goes on: every five seconds), and when a
    text that was changed is left or hidden. `texts()` is what to keep, by prompt key.
    """

    draft_due = Signal()
    edited = Signal()

    def __init__(
        self,
        prompts: Sequence[tuple[str, str]],
        placeholders: Mapping[str, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._texts: dict[str, GrowingText] = {}
        self._changed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DRAFT_MS)
        self._timer.timeout.connect(self.flush)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        for key, prompt in prompts:
            self._add(key, prompt, (placeholders or {}).get(key, ""))
        self._layout.addStretch(1)
        self.set_width()
        style.signals.theme_changed.connect(self.set_width)

    def _add(self, key: str, prompt: str, placeholder: str) -> None:
        field = GrowingText(lines=LINES, most=MOST)
        field.setAccessibleName(prompt)
        field.setPlaceholderText(placeholder)
        label = text_label(prompt, "strong")
        label.setBuddy(field)
        if self._texts:
            self._layout.addSpacing(8)
        self._layout.addWidget(label)
        self._layout.addWidget(field)
        field.textChanged.connect(self._on_change)
        field.left.connect(self.flush)
        self._texts[key] = field

    def set_width(self) -> None:
        self.setMaximumWidth(style.chars(WIDTH_CHARS) + 24)

    def field(self, key: str) -> GrowingText:
        return self._texts[key]

    def insert_after(self, key: str, widget: QWidget) -> None:
        """Put a line (the word hint) under the text of a prompt."""
        self._layout.insertWidget(self._layout.indexOf(self._texts[key]) + 1, widget)

    def texts(self) -> dict[str, str]:
        return {key: field.text() for key, field in self._texts.items()}

    def set_texts(self, texts: Mapping[str, str]) -> None:
        """Fill the texts; that is not a change."""
        for key, field in self._texts.items():
            field.blockSignals(True)
            field.setPlainText(texts.get(key, ""))
            field.blockSignals(False)
        self._changed = False
        self._timer.stop()

    def is_empty(self) -> bool:
        return not any(text.strip() for text in self.texts().values())

    def has_changes(self) -> bool:
        """Return whether anything changed since the last draft."""
        return self._changed

    def set_read_only(self, read_only: bool) -> None:
        """What nobody can change looks like text and not like a field, and all of it is shown."""
        for field in self._texts.values():
            field.setReadOnly(read_only)
            style.set_property(field, "plain", read_only)
            field.document().setDocumentMargin(0 if read_only else DOCUMENT_MARGIN)
            field.set_lines(1, ALL) if read_only else field.set_lines(LINES, MOST)

    def focus_first(self) -> None:
        """Go to the first empty text, or the first."""
        fields = list(self._texts.values())
        target = next((field for field in fields if not field.text().strip()), fields[0])
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_change(self) -> None:
        self._changed = True
        if not self._timer.isActive():
            self._timer.start()
        self.edited.emit()

    def flush(self) -> None:
        """Ask for a draft now if anything changed."""
        self._timer.stop()
        if self._changed:
            self._changed = False
            self.draft_due.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        self.flush()
        super().hideEvent(event)
