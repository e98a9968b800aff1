"""The part of a form that keeps what is typed until it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from therapydesk.api import UserError, tr
from therapydesk.ui.kit.form_drafts import DraftKeeper, DraftVault
from therapydesk.ui.kit.form_row import FormRow
from therapydesk.ui.kit.messages import MessageBar


class DraftedForm(QWidget):
    """Rows by name, and what somebody typed in them, which comes back after a lock or a crash."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, FormRow] = {}
        self._before: dict[str, Any] = {}  # what stood in the fields before somebody typed
        self._keeper: DraftKeeper | None = None
        self.dirty = False
        self.summary = MessageBar(closable=False)

    def names(self) -> list[str]:
        """The names of the fields."""
        return list(self._rows)

    def plain_values(self) -> dict[str, Any]:
        """What stands in the fields, as plain values by field name; no passphrases."""
        found = {name: row.box.typed() for name, row in self._rows.items()}
        return {name: value for name, value in found.items() if value is not None}

    def typed(self) -> dict[str, Any]:
        """What somebody typed since the fields were filled, in the same form."""
        return {name: value for name, value in self.plain_values().items() if self._before.get(name) != value}

    def keep_drafts(self, vault: DraftVault, name: str, title: str = "") -> bool:
        """Keep what is typed, for its author alone, and bring back what was kept under this name before.

        Call it once the fields are filled, with a name that no other form and no other record has
        ("safeguarding.raise.<id>"), and `saved` when what was typed is stored. Returns whether something came back.
        """
        if self._keeper is not None:
            self._keeper.keep()
            self._keeper.deleteLater()
        self._before = self.plain_values()
        self._keeper = DraftKeeper(self, vault, name, title)
        self._keeper.typed = self.typed
        self._keeper.failed = self.show_error
        return self._bring_back(self._keeper.kept())

    def keep_now(self) -> None:
        """Keep what is typed without waiting."""
        if self._keeper is not None:
            self._keeper.keep()

    def touched(self) -> None:
        """Something was typed: keep it soon."""
        if self._keeper is not None:
            self._keeper.touched()

    def saved(self) -> None:
        """What was typed is stored, or given up: nothing of it comes back."""
        self.dirty = False
        if self._keeper is not None:
            self._keeper.drop()

    def show_error(self, error: UserError) -> None:
        """Show a UserError that belongs to no single field at the head of the form."""
        self.summary.show_message("danger", str(error))

    def _bring_back(self, kept: Mapping[str, Any]) -> bool:
        """Fields tell of it as of typing, so that what depends on them follows."""
        known = [name for name in self._rows if name in kept]
        for name in known:
            self._rows[name].box.bring_back(kept[name])
            self._rows[name].show_note()
        if known:
            text = tr("What you typed before is back.")
            self.summary.show_message("info", text, tr("Leave it out"), self._leave_out)
        return bool(known)

    def _leave_out(self) -> None:
        for name, value in self._before.items():
            self._rows[name].box.bring_back(value)
        self.saved()
        self.summary.clear()
