"""FHIR content as plain dicts and lists, from JSON or XML, and looking into it without tripping.

Elements may be missing, single where a list is due, or of the wrong type: files as published are all of that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from therapydesk.core.parsing.decode import decode
from therapydesk.core.parsing.refusal import Refused
from therapydesk.core.words import tr

Node = dict[str, Any]
MAX_DEPTH = 60
_COPY = "Ask the sender for another copy."


def read_json(data: bytes) -> Any:
    """The content; decimal numbers stay texts. Raises Refused, also for NaN, doubled keys, deep nesting."""
    text, _ = decode(data)
    try:
        content = json.loads(
            text,
            parse_constant=_no_constant,
            parse_float=str,
            parse_int=_whole,
            object_pairs_hook=_no_doubles,
        )
    except json.JSONDecodeError as error:
        raise Refused(
            tr("“{{file}}” is not valid JSON: line {line}, column {column}.").format(
                line=error.lineno, column=error.colno
            ),
            tr(_COPY),
        ) from None
    if _too_deep(content):
        raise nested()
    return content


def nested() -> Refused:
    """What to say of content that is nested deeper than any referral."""
    return Refused(tr("“{file}” is nested too deeply to be read."), tr(_COPY))


def _no_constant(name: str) -> Any:
    raise Refused(tr("“{{file}}” has “{name}” where a number belongs.").format(name=name), tr(_COPY))


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) < 19 else digits


def _no_doubles(pairs: list[tuple[str, Any]]) -> Node:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Refused(
            tr("“{{file}}” has “{name}” twice in one place, so it is not clear what counts.").format(
                name=twice[:40]
            ),
            tr(_COPY),
        )
    return found


def _too_deep(content: Any) -> bool:
    level = [content]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: Any) -> list[Any]:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return [item for item in inner if isinstance(item, (dict, list))]


def many(node: Any, *path: str) -> list[Any]:
    """All values at the end of the path, lists opened on the way."""
    found = node if isinstance(node, list) else [node]
    for name in path:
        inner = [item.get(name) for item in found if isinstance(item, dict)]
        found = [
            value
            for item in inner
            for value in (item if isinstance(item, list) else [item])
            if value is not None
        ]
    return found


def nodes(node: Any, *path: str) -> list[Node]:
    """The elements at the end of the path."""
    return [item for item in many(node, *path) if isinstance(item, dict)]


def text(node: Any, *path: str) -> str:
    """The first value at the end of the path as one tidy text; "" when there is none."""
    for value in many(node, *path):
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (str, int)):
            return tidy(str(value))
    return ""


def tidy(value: str) -> str:
    """Without control characters and spare spaces; line breaks stay."""
    lines = re.sub(
        "[\x00-\x08\x0b-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]", " ", value
    ).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip("\n")


def texts(node: Any, *path: str) -> list[str]:
    """All texts at the end of the path, without the empty ones."""
    return [tidy(value) for value in many(node, *path) if isinstance(value, str) and value.strip()]


def concept(node: Any, *path: str) -> str:
    """A CodeableConcept or Coding in words: its text, else what its codes are called, else the codes."""
    found: list[str] = []
    for item in nodes(node, *path):
        said = texts(item, "text") or texts(item, "coding", "display") or texts(item, "display")
        found += said or texts(item, "coding", "code") or texts(item, "code")
    return ", ".join(dict.fromkeys(found))


def codes(node: Any, *path: str) -> set[str]:
    """The codes of CodeableConcepts and Codings, in small letters."""
    return {
        code.casefold()
        for item in nodes(node, *path)
        for code in texts(item, "coding", "code") + texts(item, "code")
    }


def extensions(node: Any, ending: str) -> Iterator[Node]:
    """The extensions whose address ends so, whatever version and host stand before it."""
    wanted = ending.casefold()
    for extension in nodes(node, "extension"):
        url = text(extension, "url").casefold()
        if url.endswith(wanted) or url.removesuffix("-1").endswith(wanted):
            yield extension


def value_of(extension: Node) -> str:
    """The value of an extension, of whatever type, in words."""
    for name, value in extension.items():
        if name.startswith("value"):
            return (
                concept(extension, name)
                if isinstance(value, (dict, list)) and nodes(value)
                else text(extension, name)
            )
    return ""


def extension_text(node: Any, ending: str) -> str:
    """The value of the first such extension in words."""
    return next((value_of(extension) for extension in extensions(node, ending)), "")
