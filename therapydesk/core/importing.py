"""What an importer shows before anything is written: the plan, row by row (architecture §12).

The import window draws these without knowing which plugin made them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from therapydesk.core.parsing.types import Parsed

Outcome = Literal["new", "same", "perhaps_same", "refused"]
Choice = Literal["same", "new", "leave"]
OUTCOMES: tuple[Outcome, ...] = ("perhaps_same", "refused", "same", "new")  # what needs somebody first


@dataclass(frozen=True)
class RowProblem:
    """A row or cell that was not taken as it stands, and why. `row` None: the file as a whole."""

    row: int | None
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What will happen with one row. `key` is its place in the plan, `number` its number in the file.

    `born` and `name` are as shown (a value that could not be read keeps its spelling and is named in
    `wrong`). `why` is short, `sentence` says all of it. `same_as` is the number of an earlier row about the
    same person. `here`: it was imported before, and nothing of it is added.
    """

    key: int
    number: int
    table: str
    outcome: Outcome
    name: str
    born: str
    why: str = ""
    sentence: str = ""
    wrong: frozenset[str] = frozenset()
    match_id: UUID | None = None
    same_as: int | None = None
    here: bool = False


@dataclass(frozen=True)
class ComparedField:
    """One field of a row beside the record that may be the same. `word`: same, differs, adds or kept."""

    title: str
    column: str
    in_file: str
    here: str
    word: Literal["same", "differs", "adds", "kept"]


@dataclass(frozen=True)
class Comparison:
    """A row side by side with the record it may belong to. `adds` names what joining would add."""

    name: str
    fields: tuple[ComparedField, ...]
    adds: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportPlan:
    """The plan of one file. `made` is the importer's own; carrying out does exactly this and nothing else."""

    file: str
    format: str
    sender: str
    rows: tuple[PlannedRow, ...]
    problems: tuple[RowProblem, ...]
    made: Any = field(default=None, repr=False)

    def count(self, outcome: Outcome) -> int:
        """How many rows have this outcome."""
        return sum(1 for row in self.rows if row.outcome == outcome)

    def to_write(self, choices: Mapping[int, Choice] | None = None) -> int:
        """How many rows will really be written."""
        chosen = choices or {}
        return sum(
            1
            for row in self.rows
            if (row.outcome in ("new", "same") and not row.here)
            or (row.outcome == "perhaps_same" and chosen.get(row.key, "leave") != "leave")
        )


@dataclass(frozen=True)
class ColumnMatch:
    """A table's columns and the field each one fills ("" for none)."""

    table: str
    header: tuple[str, ...]
    fields: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...] = ()
    used: bool = True


@dataclass(frozen=True)
class FileMatch:
    """The columns of a file as guessed, remembered or corrected. `remembered`: they were used before.

    `sender` is who the file came from; it is the referrer of rows that name none.
    """

    sender: str = ""
    tables: tuple[ColumnMatch, ...] = ()
    remembered: bool = False


@dataclass(frozen=True)
class BatchResult:
    """What an import wrote."""

    batch_id: UUID
    written: int
    people_added: int
    people_joined: int
    left_out: int


@dataclass(frozen=True)
class ReadFile:
    """A file as the parsing worker read it, with its bytes for keeping."""

    name: str
    sha256: str
    content: bytes = field(repr=False)
    parsed: Parsed = field(repr=False)
