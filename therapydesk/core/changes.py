"""What a commit touched, told to whoever listens. Listeners run on the thread that committed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True)
class Changed:
    """Names of the tables a commit wrote, and the people it concerned (empty set: unknown or none)."""

    tables: frozenset[str]
    person_ids: frozenset[UUID] = frozenset()


@dataclass
class Changes:
    """The list of listeners of one open vault."""

    _listeners: list[Callable[[Changed], None]] = field(default_factory=list)

    def listen(self, listener: Callable[[Changed], None]) -> None:
        """Call `listener` after every commit that changed something."""
        self._listeners.append(listener)

    def stop(self, listener: Callable[[Changed], None]) -> None:
        """Undo `listen`."""
        self._listeners.remove(listener)

    def publish(self, changed: Changed) -> None:
        """Tell everybody."""
        for listener in list(self._listeners):
            listener(changed)
