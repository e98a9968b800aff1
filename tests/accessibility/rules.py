"""What a control must have for a screen reader. Only the standard library: the system's Python reads this too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

BUTTONS = {"push button", "button", "toggle button", "check box", "radio button", "menu item", "link"}
CELLS = {"table cell", "tree item"}
PARTS = {
    "list item",
    "page tab",
    "check menu item",
    "radio menu item",
    "column header",
    "table column header",
}
FIELDS = {"text", "entry", "password text", "combo box", "spin button", "slider", "editbar", "date editor"}
VIEWS = {
    "list",
    "list box",
    "table",
    "tree",
    "tree table",
    "page tab list",
    "document text",
    "document frame",
}
MAY_FOCUS = BUTTONS | CELLS | PARTS | FIELDS | VIEWS
NAMED_BY_VALUE = {"combo box"}  # Qt on Linux gives the value as the name: its label counts


@dataclass(frozen=True, slots=True)
class Control:
    """One thing on the screen, as the accessibility bus shows it."""

    role: str
    name: str
    label: str
    focusable: bool
    enabled: bool
    actions: int
    path: str

    @property
    def words(self) -> str:
        """How a fault names this control."""
        return f"{self.role} {self.name!r} in {self.path}"


def faults(control: Control) -> Iterator[str]:
    """What is wrong with one showing control; nothing when it is right."""
    if control.focusable and control.role not in MAY_FOCUS:
        yield f"wrong role for something that takes the focus: {control.words}"
    named = control.label if control.role in NAMED_BY_VALUE else control.name or control.label
    must = control.focusable or control.role in BUTTONS | PARTS
    if must and control.role not in CELLS and not named.strip():
        yield f"no name: {control.words}"
    if control.role in BUTTONS and control.enabled and not control.actions:
        yield f"no action: {control.words}"
