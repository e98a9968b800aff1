"""A person's Groups tab: the groups they are in, how they came, and what signed notes of groups say of them."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from therapydesk.api import Db, Link, Zone, may, ntr, show_day, today, tr
from therapydesk.plugins.groups import after, answers, helpers, members_lives, person_groups, terms
from therapydesk.plugins.groups.helpers import Helper
from therapydesk.plugins.groups.members_lives import Participation, Report, Skill
from therapydesk.plugins.groups.person_groups import PersonGroup
from therapydesk.plugins.groups.ui import person_dialogs
from therapydesk.plugins.groups.words import level_word, reported_word, roles
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.labels import text_label
from therapydesk.ui.kit.person_tab import PersonTabPage
from therapydesk.ui.kit.tables import ListTable
from therapydesk.ui.kit.two_columns import TwoColumns

NOTES = 6  # the newest that are shown
LEAST_ROWS = 3


class PersonGroupsTab(PersonTabPage):
    """Enter opens a group."""

    watches = (
        "groups_member",
        "attendance",
        "groups_excerpt",
        "groups_note",
        "groups_skill",
        "groups_reported",
    )
    scrolls = True

    def __init__(self, desk: Desk, person_id: UUID) -> None:
        super().__init__(desk, person_id, tr("Groups"))
        columns = [
            Column(tr("Group"), "name", strong=True),
            Column(tr("Comes as"), _role, width=24, priority=1),
            Column(tr("Last sessions"), _came, width=20),
        ]
        self.table = ListTable(columns, tr("Groups"))
        self.table.set_states(empty=tr("They are in no group."))
        self.table.opened.connect(lambda row: desk.open_link(Link(answers.PAGE, row.id)))
        self.took_part, self.reports = Card(tr("Taking part")), Card(tr("Reported of their health"))
        self.notes = Card(tr("From notes of groups"))
        self.table.setMinimumHeight((LEAST_ROWS + 1) * self.table.view.row_height())
        self.body.setSpacing(16)
        self.body.addWidget(self.table, 1)
        beside = TwoColumns(1, 1)
        beside.left.addWidget(self.took_part)
        beside.left.addStretch(1)
        for card in (self.reports, self.notes):
            beside.right.addWidget(card)
        beside.right.addStretch(1)
        self.body.addWidget(beside)
        self.reads_notes = desk.vault.allows("groups.read_notes")
        for card in (self.notes, self.reports):
            card.setHidden(not self.reads_notes)
        self._edits = may(desk.user, "groups.edit_roster")
        self._reports = desk.vault.allows("groups.write_notes")

    def refresh(self) -> None:
        """Read the groups, and for those who may read notes what these say."""
        with self.desk.vault.read() as db:
            rows = person_groups.list_person_groups(db, self.subject_id)
            said = after.excerpts_of(db, self.subject_id)[:NOTES] if self.reads_notes else []
            part = members_lives.participation(db, self.subject_id, *terms.year_to(today()))
            levels = members_lives.list_levels(db, self.subject_id)
            reported = members_lives.list_reports(db, self.subject_id) if self.reads_notes else []
            helping = helpers.list_helpers(db, *terms.year_to(today()), self.subject_id)
        self.table.show_rows(rows)
        self._show_part(part, levels, helping)
        self._show_reports(reported)
        names = {row.id: row.name for row in rows}
        self.notes.clear_rows()
        for day, group, words in said:
            text = tr("{day}, {group}: {words}")
            line = text.format(day=show_day(day, short=True), group=names.get(group, ""), words=words)
            self.notes.add_row(text_label(line, wrap=True))
        if not said:
            self.notes.add_text(tr("Signed notes say nothing of them."))

    def _show_part(self, part: Participation, levels: list[Skill], helping: list[Helper]) -> None:
        """How they took part in twelve months, from the registers; levels; what they do as a helper."""
        self.took_part.clear_rows()
        hours = f"{part.minutes / 60:.1f}".removesuffix(".0")
        words = ntr(
            "One session, {hours} hours, in the last twelve months",
            "{n} sessions, {hours} hours, in the last twelve months",
            part.sessions,
        )
        self.took_part.add_text(
            words.format(n=part.sessions, hours=hours) if part.sessions else tr("None lately.")
        )
        for each in levels:
            text = (
                tr("{activity}: {level}, at the start, {day}")
                if each.at == "start"
                else tr("{activity}: {level}, {day}")
            )
            day = show_day(each.noted_on, short=True)
            line = text.format(activity=each.activity, level=level_word(each.level).lower(), day=day)
            self.took_part.add_row(text_label(line, wrap=True))
        for helper in helping:
            done = tr("Helps, {hours} hours on shift").format(
                hours=f"{helper.minutes / 60:.1f}".removesuffix(".0")
            )
            turns = ", ".join(helper.supporters(today()))
            also = tr("{done}; turns to {name}").format(done=done, name=turns)
            self.took_part.add_row(text_label(also if turns else done, wrap=True))
        if self._edits:
            self.took_part.add_link(tr("Write down a level"), self.add_level)

    def _show_reports(self, reported: list[Report]) -> None:
        """As reported, with who said it: never as proof."""
        self.reports.clear_rows()
        for each in reported:
            text = tr("{what}, said by {who} on {day}").format(
                what=reported_word(each.kind), who=each.said_by, day=show_day(each.said_on, short=True)
            )
            line = tr("{what}: {words}").format(what=text, words=each.words) if each.words else text
            self.reports.add_row(text_label(line, wrap=True))
        if not reported:
            self.reports.add_text(tr("Nothing was reported."))
        if self._reports:
            self.reports.add_link(tr("Write down what was reported"), self.add_report)

    def add_level(self) -> None:
        """How far they are in something."""
        person_dialogs.level_dialog(
            self, self.subject_id, lambda made: self._said("core", members_lives.drop_level, made)
        )

    def add_report(self) -> None:
        """What somebody reported."""
        person_dialogs.report_dialog(
            self, self.subject_id, lambda made: self._said("clinical", members_lives.drop_report, made)
        )

    def _said(self, zone: Zone, drop: Callable[[Db, UUID], object], made: UUID) -> None:
        def undo() -> None:
            with self.desk.vault.write(zone) as db:
                drop(db, made)
            self.refresh()

        self.mark_stale()
        self.done(tr("Written down"), undo)


def _role(row: PersonGroup) -> str:
    if row.left_on is not None:
        return tr("Left {day}").format(day=show_day(row.left_on, short=True))
    if not row.role:
        return tr("Drops in")
    words = dict(roles()).get(row.role, row.role)
    return tr("{role}, waiting").format(role=words) if row.state == "waiting" else words


def _came(row: PersonGroup) -> str:
    return tr("came {n} of {m}").format(n=row.came, m=len(row.marks)) if row.marks else ""
