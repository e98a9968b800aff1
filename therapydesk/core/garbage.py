"""When Python looks for garbage: not while very many objects are made, and when somebody asks."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Iterator[None]:
    """Do not look for cycles meanwhile: among ten thousand rows that all stay it finds none, and takes a third of the
    time. For a whole function as `@without_collecting()`.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def collect_due() -> None:
    """Look for cycles on this thread if Python itself would by now: in the oldest generation that is over its limit."""
    counts, limits = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if counts[generation] > limits[generation] > 0:
            gc.collect(generation)
            return
