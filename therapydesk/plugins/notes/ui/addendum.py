"""The form that adds to a signed note. What is typed in it is kept like a note's own text until it is added or left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from therapydesk.api import tr
from therapydesk.ui.kit.forms import FormDialog


class AddendumDialog(FormDialog):
    """Asks what to add; `add(text)` writes it. Text of before a crash or a lock comes back when it is opened again."""

    def __init__(self, parent: QWidget, _vault: Any, note_id: UUID, add: Callable[[str], object]) -> None:
        def write(values: dict[str, Any]) -> None:
            add(values["text"])

        super().__init__(parent, tr("Add to signed note"), tr("Add to note"), write, note_id)
        hint = tr("It stands below the note with your name and today’s date.")
        self.form.add_text("text", tr("What to add"), hint, multiline=True, required=True)

    def keep_draft(self) -> None:
        """Keep a sealed copy of what is typed now, before the vault is locked."""
        self.form.keep_now()
