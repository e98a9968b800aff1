"""Coded lists are data files beside the records: code and words."""

from __future__ import annotations

import csv
import functools
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any

from therapydesk.core.words import tr


@functools.cache
def _rows(name: str) -> tuple[tuple[str, str], ...]:
    text = resources.files("therapydesk.records").joinpath("data", f"{name}.csv").read_text("utf-8")
    return tuple((row["code"], row["words"]) for row in csv.DictReader(text.splitlines()))


def coded_list(name: str) -> list[tuple[str, str]]:
    """The codes of a list with their words, in the order of the file ("access_needs", "close_reasons")."""
    return [(code, tr(words)) for code, words in _rows(name)]


def in_words(name: str, code: str) -> str:
    """The words of one code; the code itself when the list does not have it."""
    return tr(dict(_rows(name)).get(code, code))


def word_of(words: Callable[[], Mapping[Any, str]]) -> Callable[[Any], str]:
    """What says a code in the words of a screen (`Base.code_words`); a code that nobody knows stays as it is."""
    return lambda code: words().get(code, str(code))
