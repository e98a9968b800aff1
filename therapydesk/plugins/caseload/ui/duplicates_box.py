"""Who may be the same person, beside what is being typed: nothing is joined or refused by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from therapydesk.api import (
    Duplicate,
    PersonDetails,
    PersonView,
    show_day,
    show_nhs_number,
    show_phone,
    tr,
)
from therapydesk.plugins.caseload.ui.facts_rows import empty_layout
from therapydesk.ui.kit.labels import DOT, button, kept_together, text_label
from therapydesk.ui.kit.messages import announce

SHOWN = 3


class DuplicatesBox(QFrame):
    """The likeliest person in full beside what was typed, others in a line each."""

    def __init__(self, on_open: Callable[[UUID], None], read: Callable[[UUID], PersonView]) -> None:
        super().__init__()
        self.setProperty("part", "warn")
        self._on_open, self._read = on_open, read
        self._told: tuple[UUID, ...] = ()
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(12, 8, 12, 8)
        self._rows.setSpacing(8)
        self.hide()

    def show_people(self, found: Sequence[Duplicate], typed: PersonDetails) -> None:
        """Show them in place of those before; nobody hides the box. Spoken when they are others than before."""
        empty_layout(self._rows)
        ids = tuple(d.person_id for d in found[:SHOWN])
        self.setVisible(bool(ids))
        if not ids:
            self._told = ()
            return
        best = found[0]
        person = self._read(best.person_id)
        self._rows.addWidget(self._line(best))
        self._rows.addWidget(_side_by_side(typed, person))
        for each in found[1:SHOWN]:
            self._rows.addWidget(self._line(each))
        if ids != self._told:
            self._told = ids
            names = ", ".join(d.name for d in found[:SHOWN])
            announce(self, tr("Perhaps here already: {names}").format(names=names))

    def _line(self, each: Duplicate) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        born = tr("born {day}").format(day=show_day(each.born_on)) if each.born_on else ""
        words = [each.full_name, born, each.why]
        row.addWidget(text_label(kept_together(DOT.join(w for w in words if w)), wrap=True), 1)
        made = button(tr("Open"), lambda: self._on_open(each.person_id))
        made.setAccessibleName(tr("Open {name}").format(name=each.name))
        row.addWidget(made)
        return line


def _side_by_side(typed: PersonDetails, person: PersonView) -> QWidget:
    """What was typed and what is in the records, field by field; what is the same stands in semibold."""
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(2, 1)
    for column, head in ((1, tr("Typed")), (2, tr("In the records"))):
        grid.addWidget(text_label(head, "small", "text_muted"), 0, column)
    theirs = _fields(person.details)
    pairs = [(title, mine, theirs[title]) for title, mine in _fields(typed).items()]
    for number, (title, mine, other) in enumerate(p for p in pairs if p[1] or p[2]):
        same = "strong" if mine and mine.casefold() == other.casefold() else ""
        grid.addWidget(text_label(title, "small", "text_muted"), number + 1, 0)
        for column, value, empty in ((1, mine, tr("Not given")), (2, other, tr("Not recorded"))):
            tone = "" if value else "text_muted"
            grid.addWidget(text_label(value or empty, same, tone, wrap=True), number + 1, column)
    return holder


def _fields(details: PersonDetails) -> dict[str, str]:
    return {
        tr("Name"): details.full_name,
        tr("Date of birth"): show_day(details.born_on) if details.born_on else "",
        tr("Phone"): "\n".join(show_phone(p) for p in details.phones),
        tr("E-mail"): "\n".join(details.emails),
        tr("Postcode"): details.postcode,
        tr("NHS number"): show_nhs_number(details.nhs_number.replace(" ", "")),
    }
