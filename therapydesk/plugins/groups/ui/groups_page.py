"""The Groups page: all groups, and one of them or a register in front."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from therapydesk.api import Db, Link, may, ntr, show_day, show_time, tr
from therapydesk.plugins.groups import hub_day, overview, service
from therapydesk.plugins.groups.service import GroupView
from therapydesk.plugins.groups.ui import dialogs, sheets
from therapydesk.plugins.groups.ui.after_page import AfterPage
from therapydesk.plugins.groups.ui.figures_page import FiguresPage
from therapydesk.plugins.groups.ui.group_page import GroupPage
from therapydesk.plugins.groups.ui.helpers_page import HelpersPage
from therapydesk.plugins.groups.ui.hub_page import HubPage
from therapydesk.plugins.groups.ui.meeting_page import MeetingPage
from therapydesk.plugins.groups.ui.music_card import SUNG, SungPage
from therapydesk.plugins.groups.ui.register_page import RegisterPage
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.list_page import ListPage

REGISTER, HUB, AFTER, HELPERS, FIGURES, MEETING = "register", "hub", "after", "helpers", "figures", "meeting"


class GroupsPage(ListPage):
    """Links: the id of a group; with ("register" or "hub", id of a session) its register or hub day, with ("after", …) its
    aims and note, with ("meeting", …) its roles and what was agreed; with ("helpers",) who helps, with ("figures",) counts.
    """

    watches = ("groups_group", "groups_member", "groups_session", "groups_profile")
    help_name = "groups"

    def __init__(self, desk: Desk) -> None:
        columns = [
            Column(tr("Name"), "name", strong=True),
            Column(
                tr("Next session"), _next, width=24, empty=tr("None booked"), sort_key=lambda row: row.next_at
            ),
            Column(tr("Roster"), _roster, kind="number", width=18, sort_key=lambda row: row.members),
            Column(tr("Where"), "where", priority=1),
        ]
        if desk.vault.allows("groups.read_profile"):
            columns.insert(1, Column(tr("Kind"), _kind, width=24, empty=tr("Not said")))
        super().__init__(desk, tr("Groups"), columns, hint=tr("Name, need or place"))
        self.filter.add_choice(
            "ended", tr("Running or ended"), [(False, tr("Running")), (True, tr("Ended, too"))]
        )
        self.filter.add_choice("day", tr("Day"), [(None, tr("Any day")), *enumerate(overview.weekdays())])
        self.add_action_button(tr("Print groups"), self.print_list, "print")
        self.add_action_button(tr("Figures"), self.show_figures, "reports")
        self.add_action_button(tr("Helpers"), self.show_helpers, "people")
        if may(desk.user, "groups.edit"):
            self.add_action_button(tr("Add group"), self.new_record, "add", primary=True)
            self.table.set_states(empty=(tr("There are no groups yet."), tr("Add group"), self.new_record))

    def read_rows(self, db: Db) -> Sequence[GroupView]:
        """All groups this user may see."""
        self._days = overview.weekdays_of(db)
        return service.list_groups(db, ended=bool(self.filter.value("ended")))

    def keep(self, row: GroupView) -> bool:
        day = self.filter.value("day")
        if day is not None and day not in self._days.get(row.id, ()):
            return False
        kind = (row.kind.title, row.kind.text) if row.kind is not None else ()
        return self.filter.matches(row.name, row.where, row.details.access, *kind)

    def show_count(self, rows: Sequence[Any]) -> None:
        people = sum(row.members for row in rows)
        words = ntr("One group", "{n} groups", len(rows))
        rosters = ntr("one member on their rosters", "{n} members on their rosters", people)
        self.set_summary(f"{words} · {rosters}")

    def open_row(self, row: GroupView) -> None:
        """Show one group in front of the list."""
        self.show_record(GroupPage(self.desk, row.id, self.open_register))

    def open_register(self, appointment_id: UUID) -> None:
        """Show the register of a session, or its hub day, in front; Back goes to the list."""
        with self.desk.vault.read() as db:
            hub = hub_day.is_hub(db, appointment_id)
        self.show_record((HubPage if hub else RegisterPage)(self.desk, appointment_id))

    def print_list(self) -> None:
        """Ctrl+P: a sheet to hand to somebody, of the groups that the list shows; neutral names alone (AH11)."""
        with self.guard():
            with self.desk.vault.read() as db:
                ids = [row.id for row in self.read_rows(db) if self.keep(row)]
            sheets.print_offers(self, ids)

    def show_figures(self) -> None:
        """What the groups come to, in front of the list."""
        self.show_record(FiguresPage(self.desk))

    def show_helpers(self) -> None:
        """Who helps, in front of the list."""
        self.show_record(HelpersPage(self.desk))

    def open_ref(self, link: Link) -> None:
        """Follow a link."""
        if link.args[:1] in ((REGISTER,), (HUB,)):
            self.open_register(UUID(link.args[1]))
        elif link.args[:1] == (FIGURES,):
            self.show_figures()
        elif link.args[:1] == (MEETING,):
            self.show_record(MeetingPage(self.desk, UUID(link.args[1])))
        elif link.args[:1] == (HELPERS,):
            self.show_helpers()
        elif link.args[:1] == (SUNG,):
            self.show_record(SungPage(self.desk, UUID(link.args[1])))
        elif link.args[:1] == (AFTER,):
            self.show_record(AfterPage(self.desk, UUID(link.args[1])))
        elif link.ref is not None:
            self.show_record(GroupPage(self.desk, link.ref, self.open_register))

    def save_now(self) -> None:
        """Ctrl+S, and before a lock: what is typed in the record in front."""
        if isinstance(self.record, AfterPage):
            self.record.save_now()

    def new_record(self) -> None:
        """Ctrl+N on the list: a group. On an open group it is somebody on the roster."""
        if not may(self.desk.user, "groups.edit"):
            return
        dialogs.group_dialog(self, None, lambda made: self.open_ref(Link("groups.groups", made)))


def _next(row: GroupView) -> str:
    if row.next_at is None:
        return ""
    return f"{show_day(row.next_at.date(), short=True)}, {show_time(row.next_at.time())}"


def _kind(row: GroupView) -> str:
    return row.kind.title if row.kind is not None else ""


def _roster(row: GroupView) -> str:
    capacity = row.details.capacity
    return str(row.members) if capacity is None else tr("{n} of {m}").format(n=row.members, m=capacity)
