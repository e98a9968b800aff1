"""A tab of the person page: a page without a head, as the person page has one already."""

from __future__ import annotations

from uuid import UUID

from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.page import MARGIN, BasePage


class PersonTabPage(BasePage):
    """Keeps only the message bar of the head. Subclasses read what is on `self.subject_id` in `refresh`."""

    help_name = "person"

    def __init__(self, desk: Desk, person_id: UUID, title: str) -> None:
        super().__init__(desk, title)
        self.subject_id = person_id
        for widget in (self._title, self._summary, self._back):
            widget.hide()
        self.body.setContentsMargins(0, 0, 0, MARGIN if self.scrolls else 0)
        head = self._outer.itemAt(0)
        inside = head.widget() if head is not None else None
        layout = inside.layout() if inside is not None else None
        if layout is not None:
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        self._outer.setSpacing(0)

    def _fit_head(self) -> None:
        """A tab has no head to be fitted."""
