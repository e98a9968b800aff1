"""The Safeguarding page: what one raised oneself, and for leads the concerns, those first whose decision is due first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from therapydesk.api import Db, Link, may, ntr, tr
from therapydesk.plugins.safeguarding.service import (
    ConcernRow,
    HandoverView,
    list_concerns,
    list_handovers,
    list_leads,
    read_concern,
)
from therapydesk.plugins.safeguarding.ui.task_dialog import open_task
from therapydesk.plugins.safeguarding.ui.words import concern_state, due_state, handover_state
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.list_page import ListPage
from therapydesk.ui.kit.segments import SegmentedButtons
from therapydesk.ui.kit.tables import Column

CONCERNS, RAISED = "concerns", "raised"
RAISE = "safeguarding.raise"


def concern_columns() -> list[Column]:
    """Columns of the lead's list."""
    return [
        Column(tr("No."), "number", width=5, strong=True, align="left"),
        Column(tr("About"), "name", width=20),
        Column(tr("Raised"), "raised_at", kind="date", width=17, priority=3),
        Column(tr("By"), "raiser", width=15, priority=4),
        Column(tr("Decision due"), due_state, kind="state", sort_key=lambda row: row.due_at),
        Column(tr("State"), lambda row: concern_state(row.state), kind="state", priority=1),
        Column(
            tr("To do"),
            lambda row: row.open_actions or "",
            kind="number",
            width=6,
            priority=2,
            empty=tr("nothing"),
        ),
        Column(tr("Held by"), "lead", width=15, priority=5, empty=tr("nobody yet")),
    ]


def handover_columns() -> list[Column]:
    """Columns of what one raised: no person, no text."""
    return [
        Column(tr("No."), lambda row: tr("Concern {n}").format(n=row.number), width=12, strong=True),
        Column(tr("Sent"), "sent_at", kind="date", width=20),
        Column(tr("How far it has got"), lambda row: handover_state(row.state), kind="state"),
    ]


class SafeguardingPage(ListPage):
    """Links: ("open",) with a concern, ("notices",) with a person, ("task",) with what a lead gave to the user."""

    watches = ("safeguarding_handover", "safeguarding_concern", "safeguarding_entry", "safeguarding_action")
    help_name = "safeguarding"

    def __init__(self, desk: Desk) -> None:
        self._is_lead = desk.vault.allows("safeguarding.read")
        super().__init__(desk, tr("Safeguarding"), concern_columns() if self._is_lead else handover_columns())
        self._shown = CONCERNS if self._is_lead else RAISED
        self.add_action_button(tr("Raise a concern"), self.new_record, "add", primary=True)
        self._add_choices()
        self._say_empty()
        if may(desk.user, "safeguarding.read") and not self._is_lead:
            text = (
                tr("A PIN does not open concerns. Lock, and come in with your passphrase.")
                if desk.vault.by_pin
                else tr(
                    "You are a safeguarding lead, but the key has not been given to you yet. Another lead gives it, in "
                    "Settings, Who works here."
                )
            )
            self.messages.show_message("warn", text)

    def _add_choices(self) -> None:
        options = [(CONCERNS, tr("Concerns")), (RAISED, tr("What I raised"))]
        self.parts = SegmentedButtons(options, tr("Which list"))
        self.parts.chosen.connect(self.show_part)
        self.above.addWidget(self.parts)
        self.parts.setVisible(self._is_lead)
        which = [
            ("open", tr("Open")),
            ("mine", tr("Held by me")),
            ("closed", tr("Closed")),
            ("all", tr("Open and closed")),
        ]
        self._which = self.filter.add_choice("which", tr("Which concerns"), which)
        states = [("", tr("Any state")), ("new", tr("New")), ("read", tr("Read")), ("decided", tr("Decided"))]
        self._state = self.filter.add_choice("state", tr("State"), states)
        for box in (self._which, self._state):
            box.setVisible(self._is_lead)

    def _say_empty(self) -> None:
        concerns = tr("No concern is open. Anyone can raise one with Ctrl+Shift+R.")
        mine = tr("You have raised nothing yet. Ctrl+Shift+R raises a concern from anywhere.")
        text = concerns if self._shown == CONCERNS else mine
        self.table.set_states(
            empty=(text, tr("Raise a concern"), self.new_record),
            filtered=(tr("No concern matches."), tr("Clear filters"), self.filter.clear_filters),
            loading=tr("Reading concerns …"),
        )

    def show_part(self, part: str) -> None:
        """Show the concerns, or what one raised."""
        self._shown = part
        for box in (self._which, self._state):
            box.setVisible(part == CONCERNS)
        self.table.show_rows([])  # rows of the other kind have none of these columns
        self.table.set_columns(concern_columns() if part == CONCERNS else handover_columns())
        self._say_empty()
        self.mark_stale()

    # -- the list ------------------------------------------------------------------------------------------

    def read_rows(self, db: Db) -> Sequence[Any]:
        """Concerns as chosen, or the hand-overs of whoever is signed in."""
        if self._shown == RAISED:
            return list_handovers(db)
        return list_concerns(db, self.filter.value("which"))

    def keep(self, row: Any) -> bool:
        """Whether a row matches the filter."""
        if isinstance(row, HandoverView):
            return self.filter.matches(str(row.number))
        state = self.filter.value("state")
        return (not state or row.state == state) and self.filter.matches(
            str(row.number), row.name, row.raiser
        )

    def show_count(self, rows: Sequence[Any]) -> None:
        """How many, and how many wait for a decision."""
        if self._shown == RAISED:
            count = len(rows)
            text = ntr("You have raised one concern.", "You have raised {n} concerns.", count).format(n=count)
            self.set_summary(text if count else tr("What you raise goes to the lead, sealed."))
            return
        waiting = sum(row.urgency is not None for row in rows)
        late = sum(row.urgency == "late" for row in rows)
        text = ntr("one waits for a decision", "{n} wait for a decision", waiting).format(n=waiting)
        total = ntr("One concern", "{n} concerns", len(rows)).format(n=len(rows))
        told = tr("{total}, {waiting}").format(total=total, waiting=text) if waiting else total
        if late:
            over = ntr("one is late", "{n} are late", late).format(n=late)
            told = tr("{told}, {late}").format(told=told, late=over)
        self.set_summary(told)

    # -- opening -------------------------------------------------------------------------------------------

    def open_ref(self, link: Link) -> None:
        """Follow a link to a concern, or to what others are told about a person."""
        if link.ref is None:
            return
        if "task" in link.args:
            with self.guard():
                open_task(self, link.ref)
        elif "notices" in link.args:
            self.desk.open_link(Link("person", link.ref))
        else:
            self.show_concern(link.ref)

    def open_row(self, row: ConcernRow | HandoverView) -> None:
        """Enter on a concern. What one handed over cannot be opened again, and says so."""
        if isinstance(row, ConcernRow):
            self.show_concern(row.id)
            return
        with self.desk.vault.read() as db:
            names = ", ".join(lead.name for lead in list_leads(db))
        text = tr("Concern {n} is sealed. Ask {names} about it.").format(
            n=row.number, names=names or tr("the lead")
        )
        self.messages.show_message("info", text)

    def show_concern(self, concern_id: UUID) -> None:
        """Open a concern in front of the list."""
        with self.guard():
            with self.desk.vault.read() as db:
                view = read_concern(db, concern_id)
            from therapydesk.plugins.safeguarding.ui.concern_page import ConcernPage

            page = ConcernPage(self.desk, view)
            page.other_wanted.connect(self.show_concern)
            self.show_record(page)

    def new_record(self) -> None:
        """Ctrl+N: raise a concern."""
        self.desk.open_link(Link(RAISE))
