"""P12: how much P2, P5 and P9 grow with a hundred times the people."""

from __future__ import annotations

from bench.figures import Figure
from bench.measured import Measured

MOST = 1.5
UNLOCK = (("unlock", "P2, Enter on the passphrase → People painted", "people"),)
LIST = (  # part, work, its name in the run
    ("search", "P5, search as you type", "key"),
    ("first", "P9, People opened → painted", "first"),
    ("scroll", "P9, scroll step", "scroll"),
)


def figures(measured: Measured) -> list[Figure]:
    """The large practice's figure over the small one's; flat is 1."""
    small, large = measured.small, measured.large
    sizes = f"growth from {small.people:,} to {large.people:,} people: "
    ratios = [
        (part, work, measured.unlocked(large)[name] / measured.unlocked(small)[name])
        for part, work, name in UNLOCK
    ]
    ratios += [
        (part, work, measured.people(large)[name] / measured.people(small)[name]) for part, work, name in LIST
    ]
    return [
        Figure("P12", ("– " if n else sizes) + work, f"≤ {MOST} ×", MOST, 1.0, ratio, "×", part=part)
        for n, (part, work, ratio) in enumerate(ratios)
    ]
