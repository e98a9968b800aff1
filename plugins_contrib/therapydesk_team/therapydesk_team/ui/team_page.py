"""The Team page: who works here, their clearances and training, their hours; and one person in front."""

from __future__ import annotations

from collections.abc import Sequence

from therapydesk.api import ROLES, Db, Link, UserError, may, ntr, pdf, show_day, today, tr
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.files import save_file
from therapydesk.ui.kit.list_page import ListPage
from therapydesk.ui.kit.printing import PrintWindow
from therapydesk.ui.kit.segments import SegmentedButtons
from therapydesk_team import documents, lists, rules
from therapydesk_team.lists import TeamRow
from therapydesk_team.ui import columns, dialogs
from therapydesk_team.ui.member_page import MemberPage

PEOPLE, CLEARANCE, TRAINING, HOURS = "people", "clearance", "training", "hours"


class TeamPage(ListPage):
    """Links: the id of somebody, or ("open",) with nobody for the practice, opens them."""

    watches = ("team_member", "team_credential", "team_hours", "user", "user_role")
    help_name = "team"

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk, tr("Team"), columns.people(), hint=tr("Name, skill or language"), two_line=True
        )
        words = (tr("People"), tr("Clearances"), tr("Training"), tr("Hours"))
        looks = list(zip((PEOPLE, CLEARANCE, TRAINING, HOURS), words, strict=True))
        self.looks = SegmentedButtons(looks, tr("What to see"))
        self.looks.chosen.connect(lambda _look: self.mark_stale())
        self.above.addWidget(self.looks)
        roles = [(role, rules.role_words([role])) for role in (*ROLES, *dict(rules.places()))]
        self.filter.add_choice("role", tr("Role"), [("", tr("Every role")), *roles])
        self.filter.add_choice("left", tr("Here or left"), [(False, tr("Here now")), (True, tr("Left"))])
        with desk.vault.read() as db:
            years = [(year, str(year)) for year in lists.years(db)]
        self.year = self.filter.add_choice("year", tr("Year"), years)
        self.csv_button = self.add_action_button(tr("Save as CSV"), self.save_hours, "save")
        self.add_action_button(tr("Print"), self.print_list, "print")
        if may(desk.user, "team.edit"):
            self.add_action_button(tr("Add somebody"), self.new_record, "add", primary=True)

    def read_rows(self, db: Db) -> Sequence[TeamRow]:
        """Everybody in the look that is chosen, with what one may see of them."""
        look = self.looks.value()
        rows = lists.overview(db, self.filter.value("year"), left=self.filter.value("left"))
        if look == PEOPLE:
            rows = [row for row in rows if row.id is not None]
        else:
            rows = [row for row in rows if row.held is not None and (row.id or look == CLEARANCE)]
        for widget in (self.year, self.csv_button):
            widget.setVisible(look == HOURS)
        shown = {PEOPLE: columns.people, HOURS: columns.hours}
        self.table.set_columns(shown[look]() if look in shown else columns.matrix(rows, look))
        return rows

    def keep(self, row: TeamRow) -> bool:
        """Whether name, skills, languages and role match."""
        role = self.filter.value("role")
        words = (row.name, *row.skills, *row.languages, rules.role_words(row.roles))
        return self.filter.matches(*words) and (not role or role in row.roles)

    def show_count(self, rows: Sequence[TeamRow]) -> None:
        """How many there are, and what asks for something."""
        states = [held.standing for row in rows for held in (row.held or {}).values()]
        count = {standing: states.count(standing) for standing in ("expired", "due", "missing")}
        parts = [ntr("One person", "{n} people", sum(row.id is not None for row in rows))]
        if count["expired"]:
            parts.append(ntr("one expired", "{n} expired", count["expired"]))
        if count["due"]:
            parts.append(ntr("one ends within 60 days", "{n} end within 60 days", count["due"]))
        if count["missing"]:
            parts.append(ntr("one missing", "{n} missing", count["missing"]))
        self.set_summary(" · ".join(parts))

    # -- one person --------------------------------------------------------------------------------------

    def open_row(self, row: TeamRow) -> None:
        """Show one person, or the practice, in front of the list."""
        if row.held is None:
            raise UserError(
                tr("Only the owner and the practice admin see what others hold."),
                tr("Names, skills and languages are in this list."),
            )
        self.show_record(MemberPage(self.desk, row))

    def open_ref(self, link: Link) -> None:
        """Follow a link to somebody, or (without one) to the practice."""
        with self.desk.vault.read() as db:
            row = lists.find_row(db, link.ref)
        self.open_row(row)

    def new_record(self) -> None:
        """Ctrl+N: somebody who does not sign in; who does is added in Settings."""
        dialogs.edit_member(self, None)

    # -- paper and files ---------------------------------------------------------------------------------

    def print_list(self) -> None:
        """Where everybody stands, on one page."""

        def build(size: pdf.Size) -> bytes:
            with self.desk.vault.read() as db:
                return documents.standing_pdf(db, size)

        PrintWindow(self, tr("Clearances and training, {day}").format(day=show_day(today())), build).open()

    def save_hours(self) -> None:
        """The hours of the year, a row for each person."""
        year = self.filter.value("year")
        with self.desk.vault.read() as db:
            content = documents.hours_csv(db, year)
        save_file(self, tr("Save as CSV"), tr("Hours {year}.csv").format(year=year), content)
