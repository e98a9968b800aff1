"""What several figures are taken from: the practices, and runs that are done once for all of them."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from bench import made, people, unlock
from bench.practice import Practice

SMALL, MIDDLE, CHOIRS = 1000, 5000, 3000


class Measured:
    """Everything is made or measured when it is first asked for."""

    def __init__(self, home: Path, most: int, backup_mb: int = 256) -> None:
        self.home, self.most, self.backup_mb = home, most, backup_mb
        self._people: dict[int, dict[str, float]] = {}
        self._unlocked: dict[int, dict[str, float]] = {}

    @cached_property
    def small(self) -> Practice:
        """1,000 people with sessions, notes and invoices."""
        return made.practice(self.home, SMALL)

    @cached_property
    def middle(self) -> Practice:
        """5,000 people."""
        return made.practice(self.home, MIDDLE, self.small)

    @cached_property
    def choirs(self) -> Practice:
        """3,000 people, as many as a large community choir organisation has (KC36)."""
        return made.practice(self.home, CHOIRS, self.small)

    @cached_property
    def large(self) -> Practice:
        """As many people as asked for, 100,000 unless said otherwise."""
        by_size = {SMALL: lambda: self.small, MIDDLE: lambda: self.middle}
        known = by_size.get(self.most)
        return known() if known else made.practice(self.home, self.most, self.small)

    def people(self, practice: Practice) -> dict[str, float]:
        """The People list opened, scrolled and searched."""
        if practice.people not in self._people:
            self._people[practice.people] = people.run(practice)
        return self._people[practice.people]

    def unlocked(self, practice: Practice) -> dict[str, float]:
        """The practice unlocked and its People opened."""
        if practice.people not in self._unlocked:
            self._unlocked[practice.people] = unlock.run(practice)
        return self._unlocked[practice.people]
