"""Beside the check-in of a hub: totals, the team on shift, who waits and the conversations, with what is done in them."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from therapydesk.api import tr
from therapydesk.plugins.groups import hub, hub_day
from therapydesk.plugins.groups.hub import ShiftView, WaitingView
from therapydesk.plugins.groups.register import Row
from therapydesk.plugins.groups.roster import MemberView
from therapydesk.plugins.groups.ui import hub_dialogs
from therapydesk.plugins.groups.ui.besides import Besides
from therapydesk.plugins.groups.ui.hub_reading import HubRead
from therapydesk.plugins.groups.ui.hub_side import (
    ListCard,
    TotalsCard,
    conversation_entry,
    shift_entry,
    waiting_entry,
)
from therapydesk.plugins.groups.ui.music_card import sung_card
from therapydesk.plugins.groups.words import roles
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.viewing import Viewing


class HubSide(QScrollArea):
    """Conversations are there for those who read notes; `talks_kept` says whether this user writes them down."""

    def __init__(self, page: BasePage, appointment_id: UUID) -> None:
        super().__init__()
        self._page, self._session = page, appointment_id
        self._team: list[MemberView] = []
        self._shift: list[ShiftView] = []
        desk = page.desk
        self.talks_shown = desk.vault.allows("groups.read_notes")
        self._viewing = Viewing(self, desk.vault, "conversation")
        self.talks_kept = self.talks_shown and desk.vault.allows("groups.converse")
        self.totals = TotalsCard()
        self.shift = ListCard(
            tr("On today"), tr("Nobody is put on yet."), tr("Put somebody on"), self.put_on_shift
        )
        self.waiting = ListCard(tr("Waiting"), tr("Nobody waits."), tr("Somebody waits"), self.wait)
        self.talks = ListCard(
            tr("Conversations"), tr("None were written down."), tr("Write one down"), self.talk
        )
        cards = QWidget()
        column = QVBoxLayout(cards)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        self.besides = Besides(desk, tr("Besides the day"), "appointment", appointment_id)
        self.sung = sung_card(page, appointment_id, narrow=True)
        for card in (self.totals, self.shift, self.waiting, self.sung, self.talks, self.besides):
            column.addWidget(card)
        column.addStretch(1)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(cards)
        # Only now: without a parent it would be a window of its own.
        self.talks.setHidden(not self.talks_shown)
        self.talks.add_button.setHidden(not self.talks_kept)

    def show_read(self, read: HubRead) -> None:
        """Show what stands beside this day."""
        self._team, self._shift = read.team, read.shift
        self.totals.show_totals(read.register.count, read.activities)
        names = {row.person_id: row.name for row in read.register.rows if row.person_id is not None}
        names |= {s.person_id: s.name for s in read.shift}
        self.shift.show_entries([shift_entry(s, self.take_off) for s in read.shift])
        self.waiting.show_entries([waiting_entry(w, self.seen) for w in read.waiting])
        self.talks.show_entries([conversation_entry(row, names) for row in read.talks])
        self._viewing.look(self._session if read.talks else None)
        self.sung.refresh()

    def _write(self, work: Callable[..., object], *args: object) -> None:
        with self._page.desk.vault.write("core") as db:
            work(db, *args)
        self._page.refresh()

    def _added(self, words: str, back: Callable[..., object], made: UUID) -> None:
        self._page.refresh()
        self._page.done(words, lambda: self._write(back, made))

    # -- who is on ---------------------------------------------------------------------------------------

    def put_on_shift(self) -> None:
        """Somebody is on, as what."""
        on = {s.person_id for s in self._shift}
        words = dict(roles())
        team = [(m.name, m.skill or words.get(m.role, m.role)) for m in self._team if m.person_id not in on]
        hub_dialogs.shift_dialog(
            self._page,
            self._session,
            team,
            lambda made: self._added(tr("They are on"), hub.take_off_shift, made),
        )

    def take_off(self, shift: ShiftView) -> None:
        """They are not on after all."""
        with self._page.guard():
            self._write(hub.take_off_shift, shift.id)
            put = (hub.put_on_shift, self._session, shift.person_id, shift.role)
            self._page.done(tr("{name} is not on").format(name=shift.name), lambda: self._write(*put))

    # -- who waits ---------------------------------------------------------------------------------------

    def wait(self, row: Row | None = None) -> None:
        """Somebody waits for something."""
        person, name = (row.person_id, row.name) if row is not None else (None, "")
        said = tr("They are on the waiting list")
        hub_dialogs.wait_dialog(
            self._page,
            self._session,
            person,
            name,
            lambda made: self._added(said, hub_day.drop_waiting, made),
        )

    def seen(self, waiting: WaitingView) -> None:
        """They do not wait any more."""
        with self._page.guard():
            self._write(hub.seen, waiting.id)
            self._page.done(
                tr("{name} was seen").format(name=waiting.name),
                lambda: self._write(hub_day.wait_again, waiting.id),
            )

    # -- conversations -----------------------------------------------------------------------------------

    def talk(self, row: Row | None = None) -> None:
        """A conversation with somebody, or with one who gave no name. It names who talked with them (OT05)."""
        if not self._shift:
            self._page.messages.show_message(
                "info",
                tr("Say first who is on: a conversation names who talked with them."),
                tr("Put somebody on"),
                self.put_on_shift,
            )
            return
        person, name = (row.person_id, row.name) if row is not None else (None, "")
        hub_dialogs.talk_dialog(self._page, self._session, person, name, self._shift, self._talked)

    def _talked(self, made: UUID) -> None:
        def drop() -> None:
            with self._page.desk.vault.write("clinical") as db:
                hub_day.drop_conversation(db, made)
            self._page.refresh()

        self._page.refresh()
        self._page.done(tr("The conversation is kept"), drop)
