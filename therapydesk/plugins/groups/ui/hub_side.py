"""Beside a hub day: what it comes to, who is on, who waits, and short conversations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QWidget

from therapydesk.api import show_time, to_local, tr
from therapydesk.plugins.groups import activities as activities_
from therapydesk.plugins.groups import hub_day
from therapydesk.plugins.groups.hub import ShiftView, WaitingView
from therapydesk.plugins.groups.models import Conversation
from therapydesk.plugins.groups.rules import Count
from therapydesk.plugins.groups.ui.side_parts import Entry, Lines, NumberCard, Slot
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.labels import button


class TotalsCard(NumberCard):
    """How many were here, and what people came for."""

    def __init__(self) -> None:
        super().__init__(tr("Here today"))

    def show_totals(self, count: Count, activities: Sequence[tuple[str, int]]) -> None:
        """What was counted, and for how many visits each activity was."""
        parts = [hub_day.in_words(count)]
        if activities:
            parts.append(", ".join(f"{activities_.word('activities', code)} {n}" for code, n in activities))
        sentence = tr("Here today: {words}").format(words=". ".join(parts))
        self.show_number(count.visits, "\n".join(parts), sentence)


class ListCard(Card):
    """Lines that come and go, and a button that adds one."""

    def __init__(self, title: str, empty: str, add: str, on_add: Slot) -> None:
        super().__init__(title)
        self.lines = Lines(empty)
        self.show_entries = self.lines.show_entries
        self.add_row(self.lines)
        self.add_button = button(add, on_add, "add", kind="link")
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 4, 0, 0)
        row.addWidget(self.add_button)
        row.addStretch(1)
        self.add_row(holder)


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
