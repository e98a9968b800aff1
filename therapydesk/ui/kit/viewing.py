"""Who looks at a clinical or safeguarding record is written down, after it has been painted (security §6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from therapydesk.api import Zone, viewed
from therapydesk.ui.kit.later import Later

STAY = 400  # milliseconds: an arrow key that is held down passes by, and shows nothing to read


class Viewing:
    """Tells the activity log what is looked at on a widget: the last thing when several follow quickly, and the same thing
    once as long as it stays in view.
    """

    def __init__(self, widget: QWidget, vault: Any, what: str, zone: Zone = "clinical") -> None:
        self._vault, self._what, self._zone = vault, what, zone
        self._wanted: tuple[UUID, UUID | None] | None = None
        self._told: UUID | None = None
        self._later = Later(widget, STAY, self._tell)

    def look(self, ref: UUID | None, person: UUID | None = None) -> None:
        """This record is in view now; None: none is."""
        self._wanted = None if ref is None else (ref, person)
        if ref is None:
            self._told = None
            self._later.stop()
        elif ref != self._told:
            self._later.start()

    def _tell(self) -> None:
        if self._wanted is None or self._zone not in self._vault.zones:
            return
        ref, person = self._wanted
        self._told = ref
        viewed(self._vault, self._zone, ref, self._what, person)
