"""A page that lies over the one in view, from wherever it was asked for, and goes back to the very place."""

from __future__ import annotations

from PySide6.QtCore import Signal

from therapydesk.ui.kit.page import BasePage


class OverPage(BasePage):
    """Emits `left` when it is done with; what it says is then said on the page that comes back.

    `save_now` is called before it goes for another reason (a lock, another page): it keeps what is typed.
    """

    left = Signal(str)

    def save_now(self) -> None:
        """Keep what is typed. Subclasses with something to type override it."""

    def leave(self) -> None:
        """Go back to the page beneath, with what is typed kept."""
        self.save_now()
        self.left.emit("")
