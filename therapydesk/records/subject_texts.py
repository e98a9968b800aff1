"""What tables say of themselves, for the file that translators begin with: what their rows are, why they are kept, and
what each column holds. `extract` is a Babel extraction method (pyproject.toml, tool.babel).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

from therapydesk.records.subject_labels import QUIET, label

SHOWN = (0, 3)  # arguments of Privacy: the title and the reason
Found = tuple[int, str, Any, list[str]]


def table_texts(code: str) -> Iterator[str]:
    """The texts of the tables in a Python file. Raises SyntaxError."""
    tree = ast.parse(code)
    named = dict(_named(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Privacy":
            for place in SHOWN:
                given = node.args[place] if place < len(node.args) else None
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield given.value
                elif isinstance(given, ast.Name) and given.id in named:
                    yield named[given.id]
        elif isinstance(node, ast.ClassDef):
            yield from (label(name) for name in _columns(node) if name not in QUIET)


def _named(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Texts that stand once at the top of a file, for several tables."""
    for each in tree.body:
        if (
            isinstance(each, ast.Assign)
            and isinstance(each.value, ast.Constant)
            and isinstance(each.value.value, str)
        ):
            yield from ((at.id, each.value.value) for at in each.targets if isinstance(at, ast.Name))


def _columns(table: ast.ClassDef) -> Iterator[str]:
    """The names of the columns that a class maps."""
    for each in table.body:
        if (
            isinstance(each, ast.AnnAssign)
            and isinstance(each.target, ast.Name)
            and ast.unparse(each.annotation).startswith("Mapped[")
        ):
            yield each.target.id


def extract(fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """What Babel finds in Python by itself, and what the tables in it say."""
    from babel.messages.extract import extract_python  # a tool of those who build the program

    content = fileobj.read()
    found: Iterator[Any] = extract_python(BytesIO(content), keywords, comment_tags, options)
    yield from found
    for text in table_texts(content.decode("utf-8")):
        yield 0, "tr", text, []
