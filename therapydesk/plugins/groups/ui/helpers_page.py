"""Helpers, volunteers, peer navigators and role models: since when, how many hours, which training and until when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from uuid import UUID

from therapydesk.api import Db, Link, Outgoing, csv_file, may, ntr, show_day, today, tr
from therapydesk.plugins.groups import helpers, roster, service, terms
from therapydesk.plugins.groups.helpers import SOON, Helper
from therapydesk.plugins.groups.ui import helper_dialogs
from therapydesk.plugins.groups.words import roles
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.files import save_file
from therapydesk.ui.kit.filter_bar import FilterBar
from therapydesk.ui.kit.icons import State
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.tables import ListTable


class HelpersPage(BasePage):
    """Enter opens the person; the menu of a row has training and placements."""

    watches = ("groups_member", "groups_placement", "groups_training", "groups_shift", "person")
    help_name = "helpers"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, tr("Helpers"))
        self.found: list[Helper] = []
        self.filter = FilterBar(tr("Name or course"))
        self.filter.add_choice("period", tr("Hours of"), periods(today()))
        self.filter.changed.connect(self.mark_stale)
        self.table = ListTable(
            [
                Column(tr("Name"), "name", strong=True),
                Column(tr("Helps as"), _roles, width=26, empty=tr("On shift only")),
                Column(
                    tr("Hours"), _hours, kind="number", width=9, priority=2, sort_key=lambda row: row.minutes
                ),
                Column(tr("Training"), _training, kind="state", width=32),
                Column(tr("Turns to"), _supporter, width=18, priority=3, empty=tr("Nobody named")),
            ],
            tr("Helpers"),
        )
        self.filter.down_pressed.connect(self.table.setFocus)
        self.table.opened.connect(lambda helper: desk.open_link(Link("person", helper.person_id)))
        self.body.setSpacing(12)
        self.body.addWidget(self.filter)
        self.body.addWidget(self.table, 1)
        self.add_action_button(tr("Save training list"), self.save_trainings, "save")
        empty = tr("Nobody helps yet.")
        if may(desk.user, "groups.edit_roster"):
            self.add_action_button(tr("Add a training"), self._add_training_here)
            self.add_action_button(tr("Add a helper"), self.new_record, "add", primary=True)
            self.table.set_states(empty=(empty, tr("Add a helper"), self.new_record))
            self.table.add_row_action(tr("Add a training"), self.add_training)
            self.table.add_row_action(tr("Begin another placement"), self.begin)
            self.table.add_row_action(tr("End the placement"), self.end)
        else:
            self.table.set_states(empty=empty)
        self.table.set_states(
            filtered=(tr("Nothing here matches."), tr("Clear filters"), self.filter.clear_filters)
        )

    def refresh(self) -> None:
        """Read who helps, their hours in the chosen period, and their training."""
        since, until = self.period()
        with self.desk.vault.read() as db:
            self.found = helpers.list_helpers(db, since, until)
            became = len(helpers.moves(db, since, until))
        shown = [h for h in self.found if self.filter.matches(h.name, *(t.course for t in h.trainings))]
        self.table.show_rows(shown, filtered=self.filter.is_filtered())
        hours = sum(h.minutes for h in self.found) / 60
        parts = [
            ntr("One helper", "{n} helpers", len(self.found)),
            tr("{n} hours").format(n=f"{hours:.1f}".removesuffix(".0")),
            ntr("one member became a helper", "{n} members became helpers", became),
        ]
        self.set_summary(" · ".join(parts))

    def period(self) -> tuple[date, date]:
        """The first and last day whose hours are counted."""
        chosen: tuple[date, date] | None = self.filter.value("period")
        return chosen or terms.year_to(today())

    def filter_list(self) -> None:
        """Ctrl+F."""
        self.filter.focus_search()

    def focus_first(self) -> None:
        self.table.setFocus()

    def _said(self, words: str, back: Callable[[Db], object]) -> None:
        def undo() -> None:
            with self.desk.vault.write("core") as db:
                back(db)
            self.mark_stale()

        self.mark_stale()
        self.done(words, undo)

    def new_record(self) -> None:
        """Ctrl+N: somebody begins to help."""
        if may(self.desk.user, "groups.edit_roster"):
            self._begin("")

    def begin(self, helper: Helper) -> None:
        """Somebody who helps begins as something else, too."""
        self._begin(helper.name)

    def _begin(self, name: str) -> None:
        with self.desk.vault.read() as db:
            groups = [(str(view.id), view.name) for view in service.list_groups(db)]

        def begun(made: UUID, who: str) -> None:
            self._said(
                tr("{name} has begun").format(name=who), partial(helpers.drop_placement, placement_id=made)
            )

        helper_dialogs.placement_dialog(self, name, groups, begun)

    def end(self, helper: Helper) -> None:
        """The placement that runs ends today; of several the last begun."""
        running = helpers.now_placed(helper)
        if not running:
            words = tr(
                "{name} has no placement that runs. What they are in a group is changed on its roster."
            )
            self.messages.show_message("info", words.format(name=helper.name))
            return
        with self.guard():
            with self.desk.vault.write("core") as db:
                helpers.end_placement(db, running[0].id, today())
            back = partial(helpers.end_placement, placement_id=running[0].id, ends_on=None)
            self._said(tr("The placement of {name} has ended").format(name=helper.name), back)

    def _add_training_here(self) -> None:
        helper = self.table.current_row()
        if helper is not None:
            self.add_training(helper)

    def add_training(self, helper: Helper) -> None:
        """They finished a course."""

        def made(training: UUID) -> None:
            words = tr("The training of {name} is kept").format(name=helper.name)
            self._said(words, partial(helpers.drop_training, training_id=training))

        helper_dialogs.training_dialog(self, helper, made)

    def save_trainings(self) -> None:
        """Who finished which course in the period, and how many each, as a CSV file (OT07)."""
        since, until = self.period()
        with self.desk.vault.read() as db:
            people, counted = helpers.trained_people(db, since, until), roster.trained(db, since, until)
        heads = [tr("Course"), tr("Name"), tr("Finished on")]
        rows = [[course, name, show_day(day)] for course, name, day in people]
        rows += [[course, ntr("one person", "{n} people", n), ""] for course, n in counted]
        told = Outgoing("training list", count=len(people))
        save_file(self, tr("Save training list"), tr("training.csv"), csv_file(heads, rows), told=told)


def periods(day: date) -> list[tuple[tuple[date, date] | None, str]]:
    """The periods that hours are counted in: twelve months, this calendar year, the last one."""
    this, last = day.year, day.year - 1
    return [
        (None, tr("Twelve months")),
        ((date(this, 1, 1), date(this, 12, 31)), tr("The year {year}").format(year=this)),
        ((date(last, 1, 1), date(last, 12, 31)), tr("The year {year}").format(year=last)),
    ]


def _roles(helper: Helper) -> str:
    words = dict(roles())
    parts = [words.get(role, role) for role in helper.roles]
    return ", ".join([*parts, tr("also comes as a member")] if helper.member and parts else parts)


def _hours(helper: Helper) -> str:
    return f"{helper.minutes / 60:.1f}".removesuffix(".0")


def _training(helper: Helper) -> State:
    found = helper.training(today())
    if found is None:
        return State(tr("No training"), "ring", "text_muted")
    if found.expires_on is None:
        return State(found.course, "full", "ok")
    text = tr("Until {day}: {course}").format(course=found.course, day=show_day(found.expires_on, short=True))
    if found.expired(today()):
        text = tr("Ran out {day}: {course}").format(
            course=found.course, day=show_day(found.expires_on, short=True)
        )
        return State(text, "diamond", "danger")
    return State(
        text,
        "half" if found.expires_on - SOON <= today() else "full",
        "warn" if found.expires_on - SOON <= today() else "ok",
    )


def _supporter(helper: Helper) -> str:
    return ", ".join(helper.supporters(today()))
