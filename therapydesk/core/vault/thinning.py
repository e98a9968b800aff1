"""Which backups of a target stay: 14 daily, 8 weekly, 12 monthly (security §7)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime

from therapydesk.core import dates

WANTED = 10
RULES: tuple[tuple[int, Callable[[date], object]], ...] = (
    (14, lambda day: day),
    (8, lambda day: day.isocalendar()[:2]),
    (12, lambda day: (day.year, day.month)),
)


def kept(made: Collection[datetime], wanted: Collection[datetime] = ()) -> set[datetime]:
    """The moments of the backups to keep, of those given.

    The newest of each of the last 14 days that have one, of the last 8 weeks, and of the last 12 months. Days without a
    backup do not count, so that nothing goes just because nobody was there for a while. Of those `wanted` (made by hand,
    or before something that cannot be taken back) the last 10 stay as well: the way back from an import must not go with
    the next hourly backup.
    """
    newest_first = sorted(made, reverse=True)
    keep = set(sorted(set(wanted) & set(made), reverse=True)[:WANTED])
    for most, span in RULES:
        seen: set[object] = set()
        for moment in newest_first:
            name = span(dates.to_local(moment).date())
            if name not in seen and len(seen) < most:
                seen.add(name)
                keep.add(moment)
    return keep
