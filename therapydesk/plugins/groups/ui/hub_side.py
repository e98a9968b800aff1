"""Beside a hub day: what it comes to, who is on, who waits, and short conversations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from therapydesk.api import show_time, to_local, tr
from therapydesk.plugins.groups import activities as activities_
from therapydesk.plugins.groups import hub_day
from therapydesk.plugins.groups.hub import ShiftView, WaitingView
from therapydesk.plugins.groups.models import Conversation
from therapydesk.plugins.groups.rules import Count
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.labels import button, icon_button, text_label

Slot = Callable[..., object]


class TotalsCard(Card):
    """One number, the same in words, and what people came for; a screen reader hears sentences."""

    def __init__(self) -> None:
        super().__init__(tr("Here today"))
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.sp(4))
        self.number = text_label("0", "title")
        self.words = text_label("", wrap=True)
        row.addWidget(self.number)
        row.addWidget(self.words, 1)
        self.add_row(holder)

    def show_totals(self, count: Count, activities: Sequence[tuple[str, int]]) -> None:
        """What was counted, and for how many visits each activity was."""
        self.number.setText(str(count.visits))
        parts = [hub_day.in_words(count)]
        if activities:
            parts.append(", ".join(f"{activities_.word('activities', code)} {n}" for code, n in activities))
        self.words.setText("\n".join(parts))
        sentence = ". ".join(parts)
        self.number.setAccessibleName(sentence)
        self.setAccessibleName(tr("Here today: {words}").format(words=sentence))


@dataclass(frozen=True)
class Entry:
    """A line of a card with a button at its right: `says` is what the button does, to a screen reader."""

    words: str
    icon: str = ""
    says: str = ""
    act: Slot | None = None


class ListCard(Card):
    """Lines that come and go, and a button that adds one."""

    def __init__(self, title: str, empty: str, add: str, on_add: Slot) -> None:
        super().__init__(title)
        self._empty = empty
        self._lines = QWidget()
        self._list = QVBoxLayout(self._lines)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self.add_row(self._lines)
        self.add_button = button(add, on_add, "add", kind="link")
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 4, 0, 0)
        row.addWidget(self.add_button)
        row.addStretch(1)
        self.add_row(holder)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these instead of those before."""
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if not entries:
            self._list.addWidget(text_label(self._empty, "", "text_muted", wrap=True))
        for entry in entries:
            line = QWidget()
            inside = QHBoxLayout(line)
            inside.setContentsMargins(0, 0, 0, 0)
            inside.addWidget(text_label(entry.words, wrap=True), 1)
            if entry.act is not None:
                inside.addWidget(icon_button(entry.icon, entry.says, entry.act))
            self._list.addWidget(line)


def shift_entry(shift: ShiftView, on_off: Callable[[ShiftView], object]) -> Entry:
    """Somebody who is on, as what."""
    words = tr("{name}, {role}").format(name=shift.name, role=shift.role)
    return Entry(words, "close", tr("{name} is not on").format(name=shift.name), lambda: on_off(shift))


def waiting_entry(waiting: WaitingView, on_seen: Callable[[WaitingView], object]) -> Entry:
    """Somebody who waits, for what and since when."""
    since = show_time(to_local(waiting.since).time())
    what = activities_.word("activities", waiting.activity) if waiting.activity else ""
    words = tr("{name}, {what}, since {time}") if what else tr("{name}, since {time}")
    text = words.format(name=waiting.name, what=what, time=since)
    return Entry(text, "tick", tr("{name} was seen").format(name=waiting.name), lambda: on_seen(waiting))


def conversation_entry(row: Conversation, names: dict[UUID, str]) -> Entry:
    """A conversation in two sentences: what they are good at, what they want; who had it."""
    who = names.get(row.person_id, tr("Somebody")) if row.person_id is not None else tr("Without a name")
    text = tr("{who}: {strengths} Wants: {wants}").format(
        who=who, strengths=_whole(row.strengths), wants=row.wants
    )
    worker = names.get(row.worker_id, "") if row.worker_id is not None else ""
    return Entry(tr("{text} ({worker})").format(text=text, worker=worker) if worker else text)


def _whole(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
