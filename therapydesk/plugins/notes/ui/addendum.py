"""The form that adds to a signed note. What is typed in it is kept like a note's own text until it is added or left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from therapydesk.api import tr
from therapydesk.ui.kit.forms import FormDialog

DRAFT = "notes.add."  # and the note's id: the name of a crash copy
KEEP_MS = 5000


class AddendumDialog(FormDialog):
    """Asks what to add; `add(text)` writes it. Text of before a crash or a lock comes back when it is opened again."""

    def __init__(self, parent: QWidget, vault: Any, note_id: UUID, add: Callable[[str], object]) -> None:
        super().__init__(parent, tr("Add to signed note"), tr("Add to note"), self._write)
        self._vault, self._key, self._add = vault, f"{DRAFT}{note_id}", add
        hint = tr("It stands below the note with your name and today's date.")
        self.form.add_text("text", tr("What to add"), hint, multiline=True, required=True)
        self._soon = QTimer(self, singleShot=True, interval=KEEP_MS)
        self._soon.timeout.connect(self.keep_draft)
        self.form.edited.connect(self._keep_soon)
        self.rejected.connect(self._drop)
        self._bring_back()

    def _bring_back(self) -> None:
        kept = self._vault.load_draft(self._key)
        if kept:
            self.form.set_values({"text": kept})
            self.form.dirty = True
            self.messages.show_message("info", tr("What you typed before is back."))

    def _keep_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def keep_draft(self) -> None:
        """Keep a sealed copy of what is typed: every five seconds, and before the vault is locked."""
        if self.isVisible() and self.form.dirty and self._vault.is_unlocked:
            self._vault.save_draft(self._key, self.form.values()["text"])

    def _write(self, values: dict[str, Any]) -> None:
        self._add(values["text"])
        self._drop()

    def _drop(self) -> None:
        self._soon.stop()
        if self._vault.is_unlocked:
            self._vault.drop_draft(self._key)
