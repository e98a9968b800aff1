"""One group: its roster, its sessions, what they come to, and the register of one session in front."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt

from therapydesk.api import Db, Link, appointments, local_now, may, ntr, show_day, show_time, today, tr
from therapydesk.plugins.groups import (
    counting,
    lifts,
    measures,
    meetings,
    missed,
    networks,
    roster,
    service,
    sessions,
    terms,
    venue_checks,
)
from therapydesk.plugins.groups.lifts import Lifts, lifts_of
from therapydesk.plugins.groups.meetings import AgreedView
from therapydesk.plugins.groups.roster import MemberView
from therapydesk.plugins.groups.service import GroupView
from therapydesk.plugins.groups.sessions import SessionLine
from therapydesk.plugins.groups.ui import (
    about_cards,
    dialogs,
    emergency,
    group_more,
    place_dialogs,
    roster_dialogs,
    sheets,
    so_far,
)
from therapydesk.plugins.groups.ui.lifts_card import show_lifts
from therapydesk.plugins.groups.ui.roster_columns import roster_columns
from therapydesk.plugins.groups.venue_checks import CheckView
from therapydesk.ui.kit.cards import Card, CardRow
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.tables import ListTable
from therapydesk.ui.kit.two_columns import TwoColumns
from therapydesk.ui.kit.viewing import Viewing

LEAST_ROWS = 5  # of the roster, below which the page scrolls


class GroupPage(BasePage):
    """`open_register(appointment_id)` shows a register in front."""

    watches = (
        "groups_group",
        "groups_member",
        "groups_planned_absence",
        "groups_session",
        "groups_agreed",
        "groups_hand_off",
        "groups_venue_check",
        "appointment",
        "attendance",
    )
    help_name = "groups"
    scrolls = True

    def __init__(self, desk: Desk, group_id: UUID, open_register: object) -> None:
        super().__init__(desk, tr("Group"))
        self.group_id = group_id
        self._open_register = open_register
        self.view: GroupView | None = None
        self._viewing = Viewing(self, desk.vault, "group profile")
        self.members: list[MemberView] = []
        self.table = ListTable(roster_columns(), tr("Roster"))
        self.table.set_states(empty=(tr("Nobody is on the roster yet."), tr("Add somebody"), self.new_record))
        self.table.opened.connect(lambda m: desk.open_link(Link("person", m.person_id)))
        self.lifts_found = Lifts((), (), ())
        self.sessions, self.counts = Card(tr("Sessions")), Card(tr("So far"))
        self.todo, self.ring, self.lifts = Card(tr("Actions")), Card(tr("Ring them")), Card(tr("Lifts"))
        self.checks, self.about = Card(tr("To be looked at")), Card(tr("About this kind of group"))
        beside = TwoColumns(3, 2)
        self.table.setMinimumHeight((LEAST_ROWS + 1) * self.table.view.row_height())
        self.network = Card(tr("A network of others"))
        beside.left.addWidget(self.table, 1)
        beside.left.addWidget(self.network, 0, Qt.AlignmentFlag.AlignTop)
        for card in (self.sessions, self.counts, self.todo, self.ring, self.lifts, self.checks, self.about):
            beside.right.addWidget(card)
        beside.right.addStretch(1)
        self.body.addWidget(beside, 1)
        self._add_actions()

    def _add_actions(self) -> None:
        user = self.desk.user
        if may(user, "groups.edit"):
            self.add_action_button(tr("Add a term"), self._form(group_more.term_dialog), "add")
            self.add_action_button(tr("End the group"), self._form(group_more.end_dialog))
            self.add_action_button(tr("More about the group"), self._form(group_more.more_dialog), "edit")
            self.add_action_button(tr("Place and payer"), self._form(place_dialogs.place_dialog), "edit")
            self.add_action_button(tr("Add a check"), self.add_check, "add")
        if may(user, "groups.book"):
            self.add_action_button(tr("Take over sessions"), self.adopt, "diary")
        self.roster_buttons = [
            self.add_action_button(
                tr("Grab sheet"), lambda: sheets.print_grab_sheet(self, self.group_id), "print"
            )
        ]
        if may(user, "groups.book"):
            self.add_action_button(tr("Book sessions"), self.book, "diary")
        if may(user, "groups.edit"):
            self.add_action_button(tr("Change group"), self.change, "edit")
        if may(user, "groups.edit_roster"):
            self.roster_buttons.append(
                self.add_action_button(tr("Add to the roster"), self.new_record, "add")
            )
            self.table.add_row_action(tr("Change"), self.change_member, "F2")
            self.table.add_row_action(tr("Planned absence"), self.plan_absence)
            self.table.add_row_action(tr("Whom to ring"), partial(emergency.ask_emergency, self))
            self.table.add_row_action(tr("Has left"), self.leave_group, "Delete")
        if may(user, "groups.register"):
            self.register_button = self.add_action_button(
                tr("Take register"), self.take_register, primary=True
            )

    def refresh(self) -> None:
        """Read the group, its roster and its last and next sessions."""
        with self.desk.vault.read() as db:
            view = service.get_group(db, self.group_id)
            self.members = roster.list_members(db, self.group_id)
            found = sessions.list_sessions(db, self.group_id)
            totals = counting.rates(db, group_id=self.group_id)
            absent = missed.to_ring(db, self.group_id) if may(self.desk.user, "groups.register") else []
            balance = roster.voice_balance(db, self.group_id)
            reads = db.allows("groups.read_notes")
            told = networks.networks(db, *terms.year_to(today())) if view.details.independent else []
            todo = meetings.open_actions(db, self.group_id)
            checks = venue_checks.list_checks(db, self.group_id)
            answered = measures.changes(db, self.group_id, *terms.term_of(view, today())) if reads else []
        self.view = view
        self._viewing.look(view.id if view.kind is not None else None)  # what it is for is clinical
        self.set_title(view.name)
        own = not view.details.independent
        if may(self.desk.user, "groups.register"):
            words = tr("Open the day") if view.details.shape == "hub" else tr("Take register")
            self.register_button.setText(words if own else tr("Told somebody of it"))
        for widget in (self.table, self.counts, *self.roster_buttons):
            widget.setVisible(own)
        self.network.setHidden(own)
        self.network.clear_rows()
        for line in () if own else (*so_far.network(view, told), *so_far.ended(view)):
            self.network.add_text(line)
        self.set_summary(" · ".join(so_far.summary(view)))
        self.table.show_rows(self.members)
        self.sessions.show_rows([self._session_row(s) for s in found], len(found), lambda: None)
        if not found:
            self.sessions.clear_rows()
            self.sessions.add_text(tr("No sessions are booked yet."))
        self.counts.clear_rows()
        for line in [*so_far.counted(totals, balance), *so_far.said(answered), *so_far.ended(view)]:
            self.counts.add_text(line)
        so_far.show_actions(
            self.todo, todo, self.action_done if may(self.desk.user, "groups.register") else None
        )
        about_cards.show_checks(
            self.checks, checks, self.check_done if may(self.desk.user, "groups.edit") else None
        )
        about_cards.show_kind(self.about, view.kind)
        self.ring.clear_rows()
        for each in absent:
            words = tr("missed {n} in a row").format(n=each.times)
            row = CardRow(
                each.name, words, on_open=partial(self.ask_ring, each.member_id, each.name), two_line=False
            )
            self.ring.add_row(row)
        self.ring.setVisible(bool(absent))
        self.lifts_found = lifts_of(self.members)
        show_lifts(
            self.lifts,
            self.lifts_found,
            self.match_lift if may(self.desk.user, "groups.edit_roster") else None,
        )

    def _session_row(self, session: SessionLine) -> CardRow:
        when = f"{show_day(session.starts_at.date(), short=True)}, {show_time(session.starts_at.time())}"
        words = (
            tr("{n} came").format(n=session.came)
            if session.state == "completed"
            else appointments.state_word(session.state)
        )
        return CardRow(when, right=words, on_open=lambda: self.show_register(session.id))

    def show_register(self, appointment_id: UUID) -> None:
        """The register of a session."""
        self._open_register(appointment_id)  # type: ignore[operator]  # a function of the page behind

    def _form(self, ask: Callable[..., object]) -> Callable[[], object]:
        """A button that opens a form of this group."""

        def open_form() -> None:
            if self.view is not None:
                ask(self, self.view, lambda: self._said(tr("Saved.")))

        return open_form

    def action_done(self, action: AgreedView) -> None:
        """An action that a meeting agreed is done."""
        with self.guard():
            with self.desk.vault.write("core") as db:
                meetings.action_done(db, action.id, today())
            back = partial(meetings.action_done, agreed_id=action.id, done_on=None)
            self.done_with(tr("Done: {what}").format(what=action.text), back)

    def add_check(self) -> None:
        """Something that is to be looked at; it can be taken back."""
        words = tr("To be looked at: {what}")
        place_dialogs.check_dialog(
            self,
            self.group_id,
            lambda what, made: self.done_with(
                words.format(what=what), partial(venue_checks.drop_check, check_id=made)
            ),
        )

    def check_done(self, check: CheckView) -> None:
        """It was looked at today."""
        with self.guard():
            with self.desk.vault.write("core") as db:
                venue_checks.check_done(db, check.id, today())
            back = partial(
                venue_checks.put_back_check, check_id=check.id, due_on=check.due_on, done_on=check.done_on
            )
            self.done_with(tr("Looked at: {what}").format(what=check.what), back)

    def tell(self) -> None:
        """So many people were told of a network; it can be taken back."""

        def told(made: UUID) -> None:
            self.done_with(tr("Counted, without a name"), partial(networks.untell, hand_off_id=made))

        group_more.tell_dialog(self, self.group_id, told)

    def take_register(self) -> None:
        """That of today's session, else of the last one that is not finished, else the next."""
        if self.view is not None and self.view.details.independent:
            self.tell()
            return
        with self.guard():
            with self.desk.vault.read() as db:
                found = sessions.list_sessions(db, self.group_id, cancelled=False)
            chosen = sessions.choose_session(found, local_now())
            if chosen is not None:
                self.show_register(chosen.id)
            else:
                none = tr("No sessions are booked yet.")
                self.messages.show_message("info", none, tr("Book sessions"), self.book)

    def new_record(self) -> None:
        """Ctrl+N: somebody on the roster."""
        if not may(self.desk.user, "groups.edit_roster") or (self.view and self.view.details.independent):
            return
        roster_dialogs.member_dialog(
            self, self.group_id, self.members, lambda _made: self._said(tr("Added to the roster."))
        )

    def book(self) -> None:
        """Sessions for the coming weeks."""
        if self.view is not None:
            dialogs.book_dialog(self, self.view, self._booked)

    def _booked(self, ids: list[UUID]) -> None:
        self._said(ntr("One session booked.", "{n} sessions booked.", len(ids)))

    def adopt(self) -> None:
        """Sessions of the diary become those of the group; it can be taken back."""

        def taken(ids: list[UUID]) -> None:
            words = ntr("One session is the group’s now.", "{n} sessions are the group’s now.", len(ids))
            self.done_with(words, partial(sessions.let_sessions_go, appointment_ids=ids))

        if self.view is not None:
            dialogs.adopt_dialog(self, self.view, taken)

    def change(self) -> None:
        """What is written of the group."""
        dialogs.group_dialog(self, self.view, lambda _made: self._said(tr("Saved.")))

    def change_member(self, member: MemberView) -> None:
        """F2: what somebody on the roster comes as."""
        roster_dialogs.change_member_dialog(
            self, member, self.lifts_found, lambda _made: self._said(tr("Saved."))
        )

    def plan_absence(self, member: MemberView) -> None:
        """Somebody said that they will be away; it can be taken back."""
        words = tr("{name} will be away").format(name=member.name)
        roster_dialogs.absence_dialog(
            self, member, lambda made: self.done_with(words, partial(roster.drop_absence, absence_id=made))
        )

    def match_lift(self, member: MemberView) -> None:
        """Somebody who needs a lift gets a seat; it can be taken back."""

        def given(driver: str, before: UUID | None) -> None:
            words = tr("{name} goes with {driver}").format(name=member.name, driver=driver)
            self.done_with(words, partial(lifts.give_lift, member_id=member.id, driver_id=before))

        roster_dialogs.lift_dialog(self, member, self.lifts_found, given)

    def leave_group(self, member: MemberView) -> None:
        """Delete: somebody has left. What was counted stays, and it can be taken back."""
        before = roster.details_of(member)
        with self.guard():
            with self.desk.vault.write("core") as db:
                roster.leave_group(db, member.id, today())
            words = tr("{name} has left").format(name=member.name)
            self.done_with(words, partial(roster.change_member, member_id=member.id, details=before))

    def done_with(self, words: str, back: Callable[[Db], object]) -> None:
        """Say what was done; `back` takes it back in a unit of work of its own."""

        def undo() -> None:
            with self.desk.vault.write("core") as db:
                back(db)
            self.mark_stale()

        self.done(words, undo)
        self.mark_stale()

    def ask_ring(self, member_id: UUID, name: str) -> None:
        """They were rung: that is kept, and they leave the list."""
        with self.guard():
            with self.desk.vault.write("core") as db:
                roster.record_ring(db, member_id, "reached")
            self._said(tr("{name} was rung.").format(name=name))

    def _said(self, words: str) -> None:
        self.done(words)
        self.mark_stale()

    def focus_first(self) -> None:
        self.table.setFocus()
