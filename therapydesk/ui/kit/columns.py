"""What a table column is, and how a value of each kind is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from therapydesk.api import relative, show_day, show_time, today, tr
from therapydesk.core.dates import to_local
from therapydesk.core.money import Money
from therapydesk.ui.kit.icons import State

Kind = Literal["text", "date", "money", "state", "number"]
Getter = str | Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """A column: `key` is an attribute's (or a mapping's) name or a function of the row.

    `width` is in characters; without it text columns share what is left, and all others take what their
    contents need. `second` is muted text in the same cell (below it in two-line tables). When the table
    is narrow the columns with the highest `priority` go first, the rightmost before its neighbours; three
    always stay. `key_cap` is the key that fills the column in the current row; its cap stands before the title.
    """

    title: str
    key: Getter
    align: Literal["", "left", "right"] = ""
    width: int | None = None
    kind: Kind = "text"
    priority: int = 0
    second: Getter | None = None
    empty: str = ""
    relative: bool = False
    strong: bool = False
    muted: bool = False
    sort_key: Callable[[Any], Any] | None = None
    key_cap: str = ""

    @property
    def spoken(self) -> str:
        """The title for a screen reader, with the key that fills the column."""
        return (
            tr("{title}, key {key}").format(title=self.title, key=self.key_cap)
            if self.key_cap
            else self.title
        )

    @property
    def right(self) -> bool:
        return self.align == "right" or (not self.align and self.kind in ("money", "number"))

    @property
    def stretches(self) -> bool:
        return self.width is None and self.kind == "text"

    def value(self, row: Any) -> Any:
        return read(row, self.key)


@dataclass(frozen=True)
class Cell:
    """A value ready to be painted and spoken."""

    text: str
    second: str = ""
    muted: bool = False
    state: State | None = None
    second_state: State | None = None

    def spoken(self) -> str:
        return ", ".join(part for part in (self.text, self.second) if part)


def read(row: Any, key: Getter) -> Any:
    if callable(key):
        return key(row)
    return row[key] if isinstance(row, Mapping) else getattr(row, key)


def _show(column: Column, value: Any) -> str:
    if isinstance(value, datetime):
        local = to_local(value) if value.tzinfo is not None else value
        return f"{show_day(local.date(), short=True)}, {show_time(local.time())}"
    if isinstance(value, date):
        return show_day(value, short=True)
    if isinstance(value, Money):
        return value.show()
    if column.kind == "money" and isinstance(value, Decimal | int):
        return Money(value).show()
    if column.kind == "number" and isinstance(value, int):
        return f"{value:,}"
    return str(value)


def cell(column: Column, row: Any) -> Cell:
    """Return what to show of `row` in `column`. An empty value says so in words, muted."""
    value = column.value(row)
    second_value = read(row, column.second) if column.second is not None else ""
    second_state = second_value if isinstance(second_value, State) else None
    second = "" if second_value is None else _show(column, second_value) if second_value != "" else ""
    if value is None or value == "":
        return Cell(column.empty or tr("Not recorded"), second, muted=True, second_state=second_state)
    if isinstance(value, State):
        return Cell(value.word, second, state=value, second_state=second_state)
    if column.relative and not second and isinstance(value, date):
        local = to_local(value) if isinstance(value, datetime) and value.tzinfo is not None else value
        day = local.date() if isinstance(local, datetime) else local
        second = relative(day, today())
    return Cell(_show(column, value), second, muted=column.muted, second_state=second_state)


def sort_value(column: Column, row: Any) -> tuple[bool, Any]:
    """Return a key to sort rows by

    Empty values last, words without regard to case or accents on capitals.
    """
    value = column.sort_key(row) if column.sort_key is not None else column.value(row)
    if value is None or value == "":
        return (True, "")
    if isinstance(value, State):
        value = value.word
    return (False, value.casefold() if isinstance(value, str) else value)
