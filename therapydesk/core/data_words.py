"""The texts in data files that are shown, for the file that translators begin with.

A list of categories or prompts is data; what it shows stands under one of the names in SHOWN, whether the file is CSV or
JSON, and goes through `tr` where it is shown. `extract` is a Babel extraction method (pyproject.toml, tool.babel).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import IO, Any

SHOWN = frozenset(
    "title short words text hint label question says instead reason law comes_along warning".split()
)
Found = tuple[int, str, str, list[str]]


def shown_texts(name: str, content: str) -> Iterator[str]:
    """The texts of a data file that people see; `name` tells CSV from JSON. Raises ValueError for a broken file."""
    if name.endswith(".json"):
        yield from _in(json.loads(content))
        return
    for row in csv.DictReader(io.StringIO(content)):
        yield from (text for head, text in row.items() if head in SHOWN and text)


def _in(value: Any) -> Iterator[str]:
    """The shown texts below a value of a JSON file; a list under such a name is shown item by item."""
    if isinstance(value, list):
        for item in value:
            yield from _in(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            texts = [item] if isinstance(item, str) else item if isinstance(item, list) else []
            if key in SHOWN and texts and all(isinstance(text, str) for text in texts):
                yield from (text for text in texts if text)
            else:
                yield from _in(item)


def extract(
    fileobj: IO[bytes], _keywords: Any, _comment_tags: Any, options: dict[str, str]
) -> Iterator[Found]:
    """What Babel asks of an extraction method: line, function, text, comments. `options["kind"]` is csv or json."""
    content = fileobj.read().decode("utf-8")
    for text in shown_texts(f".{options['kind']}", content):
        yield 0, "tr", text, []
