"""What people on one list are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from therapydesk.api import Person


def told_apart(people: Iterable[Person]) -> dict[UUID, str]:
    """The name of each as they are called, and in full where two of the list are called the same."""
    listed = list({person.id: person for person in people}.values())
    called = Counter(person.name.casefold() for person in listed)
    return {each.id: each.full_name if called[each.name.casefold()] > 1 else each.name for each in listed}
