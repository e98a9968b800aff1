"""What the parsing worker hands back: plain tables of text, or referrals that are already mapped (FHIR).

The worker is not trusted, so `from_json` checks the shape of everything it takes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

FORMATS = ("csv", "xlsx", "xls", "ods", "fhir-json", "fhir-xml")


@dataclass(frozen=True)
class Row:
    """One row: its number in the file, counted from 1, and one cell for each heading; empty cells are ""."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """One table: a CSV file (name "") or one sheet. `header_row` is 0 when there are no headings."""

    name: str
    header: list[str]
    header_row: int
    rows: list[Row]


@dataclass(frozen=True)
class ImportProblem:
    """A row or cell that may be wrong, and why; the row stays. `row` None: the file as a whole."""

    row: int | None
    column: str
    message: str


@dataclass(frozen=True)
class MappedRecord:
    """One referred person of a FHIR file. `row`: the Bundle's entry, from 1; `sources`: whence each field."""

    row: int
    fields: dict[str, str]
    sources: dict[str, str]


@dataclass(frozen=True)
class Parsed:
    """Everything that was read from one file; `format` is one of FORMATS."""

    format: str
    tables: list[Table] = field(default_factory=list)
    records: list[MappedRecord] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)

    def to_plain(self) -> dict[str, Any]:
        """Lists and texts only, for JSON."""
        return {
            "format": self.format,
            "tables": [
                [t.name, t.header, t.header_row, [[r.number, r.cells] for r in t.rows]] for t in self.tables
            ],
            "records": [[r.row, r.fields, r.sources] for r in self.records],
            "problems": [[p.row, p.column, p.message] for p in self.problems],
        }

    def to_json(self) -> str:
        """The text that `from_json` reads."""
        return json.dumps(self.to_plain(), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_plain(cls, plain: Any) -> Parsed:
        """The value `to_plain` was made from. Raises ValueError for any other shape."""
        try:
            return cls(
                _format(plain["format"]),
                [_table(*table) for table in plain["tables"]],
                [
                    MappedRecord(_number(row), _texts(fields), _texts(sources))
                    for row, fields, sources in plain["records"]
                ],
                [_problem(*problem) for problem in plain["problems"]],
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not what the parsing worker sends") from error

    @classmethod
    def from_json(cls, text: str | bytes) -> Parsed:
        """The value `to_json` was made from. Raises ValueError for any other text."""
        return cls.from_plain(json.loads(text))


def _format(value: Any) -> str:
    if value not in FORMATS:
        raise ValueError("unknown format")
    return str(value)


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("a row has no number")
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError("not a text")
    return value


def _texts(value: Any) -> dict[str, str]:
    if not all(type(key) is str and type(text) is str for key, text in value.items()):
        raise ValueError("not a table of texts")
    return dict(value)


def _cells(value: Any, width: int) -> list[str]:
    if type(value) is not list or len(value) != width or not set(map(type, value)) <= {str}:
        raise ValueError("a row does not fit its headings")
    return value


def _table(name: Any, header: Any, header_row: Any, rows: Any) -> Table:
    heads = _cells(header, len(header))
    width = len(heads)
    return Table(
        _text(name), heads, _number(header_row), [Row(_number(n), _cells(cells, width)) for n, cells in rows]
    )


def _problem(row: Any, column: Any, message: Any) -> ImportProblem:
    return ImportProblem(None if row is None else _number(row), _text(column), _text(message))
