"""Back and forward: the links a user went through."""

from __future__ import annotations

from dataclasses import dataclass, field

from therapydesk.api import Link

MOST = 50


@dataclass
class History:
    """Links visited, and where in them the user is."""

    _links: list[Link] = field(default_factory=list)
    _at: int = -1

    def visit(self, link: Link) -> None:
        """Go to a link; what lay ahead is forgotten."""
        if self.current() == link:
            return
        self._links = [*self._links[: self._at + 1], link][-MOST:]
        self._at = len(self._links) - 1

    def current(self) -> Link | None:
        """Where the user is."""
        return self._links[self._at] if 0 <= self._at < len(self._links) else None

    def back(self) -> Link | None:
        """Step back; None at the start."""
        if self._at <= 0:
            return None
        self._at -= 1
        return self.current()

    def forward(self) -> Link | None:
        """Step forward; None at the end."""
        if self._at >= len(self._links) - 1:
            return None
        self._at += 1
        return self.current()
