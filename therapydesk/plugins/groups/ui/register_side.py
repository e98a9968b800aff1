"""Beside a register: how many are in the room, who came unexpected, who of the team is on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from therapydesk.api import ntr, tr
from therapydesk.plugins.groups.register import Row
from therapydesk.plugins.groups.rules import Count
from therapydesk.plugins.groups.ui.register_reading import Helps
from therapydesk.plugins.groups.ui.side_parts import Entry, Lines, NumberCard, clear
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.labels import icon_button


class RoomCard(NumberCard):
    """How many are in the room, with the team."""

    def __init__(self) -> None:
        super().__init__(tr("In the room"))

    def show_count(self, count: Count, team: int) -> None:
        """What was counted, and how many of the team are on."""
        who = [
            ntr("one member", "{n} members", count.people),
            ntr("one with them", "{n} with them", count.carers),
        ]
        more = [ntr("one pair", "{n} pairs", count.pairs)] if count.pairs else []
        if team:
            more.append(ntr("one helper", "{n} helpers", team))
        if count.anonymous:
            more.append(ntr("one without a name", "{n} without a name", count.anonymous))
        words, number = ", ".join([*who, *more]), count.visits + team
        lines = "\n".join(", ".join(line) for line in (who, more) if line)
        self.show_number(number, lines, tr("{n} in the room: {parts}").format(n=number, parts=words))


class WalkInCard(Card):
    """Those who were not expected, each with a button that takes them out again; a name or a number adds one."""

    def __init__(self, on_add: Callable[[str], object], on_remove: Callable[[Row], object]) -> None:
        super().__init__(tr("Walk-ins"))
        self._on_remove = on_remove
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Name, or a number"))
        self.field.setAccessibleName(tr("Walk-in: a name, or how many without one"))
        self.field.returnPressed.connect(lambda: on_add(self.field.text()))
        self.lines = Lines()
        self.add_row(self.lines)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 4, 0, 0)
        row.addWidget(self.field, 1)
        self.add_button = icon_button("add", tr("Add walk-in"), lambda: self._add(on_add))
        row.addWidget(self.add_button)
        self.add_row(holder)

    def _add(self, on_add: Callable[[str], object]) -> None:
        on_add(self.field.text())
        self.field.setFocus()  # the next one may be at the door

    def show_walk_ins(self, rows: Sequence[Row]) -> None:
        """Show who came unexpected."""
        self.lines.show_entries([self._entry(row) for row in rows])

    def _entry(self, row: Row) -> Entry:
        name = row.name or ntr("one without a name", "{n} without a name", row.headcount)
        return Entry(name, "close", tr("Take out {name}").format(name=name), partial(self._on_remove, row))


class TeamCard(Card):
    """The team of the group: a tick says that they are on."""

    def __init__(self, on_tick: Callable[[Helps, bool], object]) -> None:
        super().__init__(tr("Helpers"))
        self._on_tick = on_tick
        self._boxes = QWidget()
        self._list = QVBoxLayout(self._boxes)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(style.sp(1))
        self.add_row(self._boxes)
        self._known: list[UUID] = []

    def show_team(self, team: Sequence[Helps], on: set[UUID]) -> None:
        """Who could be on, and who is."""
        if self._known != [m.person_id for m in team]:
            self._known = [m.person_id for m in team]
            clear(self._list)
            for member in team:
                words = f"{member.name}, {member.skill}" if member.skill else member.name
                box = QCheckBox(words)
                box.clicked.connect(lambda checked, m=member: self._on_tick(m, checked))
                self._list.addWidget(box)
        for place, member in enumerate(team):
            item = self._list.itemAt(place)
            there = item.widget() if item is not None else None
            if isinstance(there, QCheckBox):
                there.setChecked(member.person_id in on)
        self.setVisible(bool(team))
