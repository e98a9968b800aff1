"""Beside a register: how many are in the room, who came unexpected, who of the team is on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from therapydesk.api import ntr, tr
from therapydesk.plugins.groups.register import Row
from therapydesk.plugins.groups.roster import MemberView
from therapydesk.plugins.groups.rules import Count
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.labels import icon_button, text_label

Slot = Callable[..., object]


class RoomCard(Card):
    """One number, then its parts in words; a screen reader hears one sentence."""

    def __init__(self) -> None:
        super().__init__(tr("In the room"))
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.sp(4))
        self.number = text_label("0", "title")
        self.words = text_label("", wrap=True)
        row.addWidget(self.number)
        row.addWidget(self.words, 1)
        self.add_row(holder)

    def show_count(self, count: Count, team: int) -> None:
        """What was counted, and how many of the team are on."""
        self.number.setText(str(count.visits + team))
        parts = [
            ntr("one member", "{n} members", count.people),
            ntr("one with them", "{n} with them", count.carers),
        ]
        if count.pairs:
            parts.append(ntr("one pair", "{n} pairs", count.pairs))
        if team:
            parts.append(ntr("one helper", "{n} helpers", team))
        if count.anonymous:
            parts.append(ntr("one without a name", "{n} without a name", count.anonymous))
        self.words.setText(", ".join(parts))
        sentence = tr("{n} in the room: {parts}").format(n=count.visits + team, parts=", ".join(parts))
        self.number.setAccessibleName(sentence)
        self.setAccessibleName(sentence)


class WalkInCard(Card):
    """Those who were not expected; a name or a number adds one."""

    def __init__(self, on_add: Callable[[str], object], on_remove: Callable[[Row], object]) -> None:
        super().__init__(tr("Walk-ins"))
        self._on_remove = on_remove
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Name, or a number"))
        self.field.setAccessibleName(tr("Walk-in: a name, or how many without one"))
        self.field.returnPressed.connect(lambda: on_add(self.field.text()))
        self._rows = QWidget()
        self._list = QVBoxLayout(self._rows)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self.add_row(self._rows)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 4, 0, 0)
        row.addWidget(self.field)
        self.add_row(holder)

    def show_walk_ins(self, rows: Sequence[Row]) -> None:
        """Show who came unexpected, each with a button that takes them out again."""
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for each in rows:
            name = each.name or tr("{n} without a name").format(n=each.headcount)
            line = QWidget()
            inside = QHBoxLayout(line)
            inside.setContentsMargins(0, 0, 0, 0)
            inside.addWidget(text_label(name, wrap=True), 1)
            out = icon_button(
                "close", tr("Take out {name}").format(name=name), partial(self._on_remove, each)
            )
            inside.addWidget(out)
            self._list.addWidget(line)
        self._rows.setVisible(bool(rows))


class TeamCard(Card):
    """The team of the group: a tick says that they are on."""

    def __init__(self, on_tick: Callable[[MemberView, bool], object]) -> None:
        super().__init__(tr("Helpers"))
        self._on_tick = on_tick
        self._boxes = QWidget()
        self._list = QVBoxLayout(self._boxes)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(style.sp(1))
        self.add_row(self._boxes)
        self._known: list[UUID] = []

    def show_team(self, team: Sequence[MemberView], on: set[UUID]) -> None:
        """Who could be on, and who is."""
        if self._known != [m.id for m in team]:
            self._known = [m.id for m in team]
            while (item := self._list.takeAt(0)) is not None:
                widget = item.widget()
                if widget is not None:
                    widget.hide()
                    widget.deleteLater()
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
