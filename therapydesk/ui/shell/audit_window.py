"""The activity log: who did what and when, whether the log still fits together, and taking a copy of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from therapydesk.api import UserError, may, ntr, show_day, tr
from therapydesk.core.dates import to_local
from therapydesk.core.log_breaks import LogBreak
from therapydesk.core.secrets import KeyringState, explain
from therapydesk.records import activity
from therapydesk.records.activity import LogFound, LogQuery
from therapydesk.records.activity_lines import LogLine
from therapydesk.records.activity_words import group_titles, zone_words
from therapydesk.ui.kit import style
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import Notice, button, text_label
from therapydesk.ui.kit.newest import Newest
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.tables import FilterBar, ListTable
from therapydesk.ui.shell.audit_days import CHOOSE, Days, ask_days, day_choices, days_of
from therapydesk.ui.shell.audit_detail import EntryPane, show_entry
from therapydesk.ui.shell.audit_out import print_log, save_log

if TYPE_CHECKING:
    from therapydesk.core.audit_check import VerifyResult
    from therapydesk.core.jobs import Job
    from therapydesk.core.tables import Zone

ACTIVITY = "activity"
BESIDE = 130  # letters of width from which the entry stands beside the list


class ActivityLogPage(BasePage):
    """The list is found by a job, however long the log is, and read a window at a time."""

    help_name = "activity-log"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, tr("Activity log"))
        self.found = LogFound(LogQuery())
        self._typed: Days | None = None
        self._takes_out = may(desk.user, "audit.export")
        if self._takes_out:
            self.add_action_button(tr("Save as a file"), self.save_list, "save")
            self.add_action_button(tr("Print"), self.print_list, "print")
        self.check_button = self.add_action_button(tr("Check the log"), self.check, "ok", primary=True)
        self.breaks = QVBoxLayout()
        self.body.addLayout(self.breaks)
        self._add_filters()
        self._add_list()
        self.mark_words = text_label("", "small", "text_muted", wrap=True)
        self.body.addWidget(self.mark_words)
        self._reading = Newest(self, desk.jobs, self._show, self.job_failed)
        style.signals.theme_changed.connect(self._fit)

    def _add_filters(self) -> None:
        with self.desk.vault.read() as db:
            zones, actors = list(activity.readable_logs(db)), activity.log_actors(db)
        self.filter = FilterBar(tr("About whom"))
        self.filter.search.setVisible(may(self.desk.user, "people.read"))
        if len(actors) > 1:
            self.filter.add_choice("who", tr("Who"), [(None, tr("Everybody")), *actors])
        self.filter.add_choice("group", tr("What"), group_titles())
        if len(zones) > 1:
            parts: list[tuple[Any, str]] = [(zone, zone_words(zone)) for zone in zones]
            self.filter.add_choice("zone", tr("Part"), [(None, tr("All parts")), *parts])
        self.filter.add_choice("days", tr("When"), day_choices(None))
        self._choices = {"group", "days"} | ({"who"} if len(actors) > 1 else set())
        self._choices |= {"zone"} if len(zones) > 1 else set()
        self.filter.changed.connect(self._narrow)
        self.body.addWidget(self.filter)

    def _add_list(self) -> None:
        columns = [
            Column(tr("When"), "at", width=20, empty=tr("No time")),
            Column(tr("What"), "what", strong=True),
            Column(tr("Who"), "who", width=14, priority=1),
            Column(tr("About"), "about", empty="–", priority=2),
            Column(tr("Person"), "person", empty="–", width=18, priority=3),
            Column(tr("Part"), lambda line: zone_words(line.zone), width=20, priority=4, muted=True),
        ]
        self.table = ListTable(columns, tr("Activity log"))
        self.table.set_states(
            empty=tr("Nothing is written here that you may read."),
            filtered=(tr("No entry matches."), tr("Clear filters"), self.filter.clear_filters),
            loading=tr("Reading the log …"),
        )
        self.table.model.failed.connect(self.show_error)
        self.filter.down_pressed.connect(self.table.setFocus)
        self.pane = EntryPane()
        self.table.current_changed.connect(self.pane.show_line)
        self.table.opened.connect(self._open)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.table, 1)
        row.addWidget(self.pane)
        self.body.addLayout(row, 1)

    # -- reading -----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Look for what the filter asks, in a job; what is wrong with the log is said at once."""
        with self.desk.vault.read() as db:
            self._show_breaks(list(activity.log_breaks(db)))
        self._say_marks()
        query, named = self._query(), self.filter.text()
        self.table.show_loading()
        self._reading.start(partial(self._find, query, named))

    def _query(self) -> LogQuery:
        value = {name: self.filter.value(name) for name in self._choices}
        first, last = days_of(value["days"], self._typed)
        return LogQuery(value.get("who"), value["group"], value.get("zone"), first, last)

    def _find(self, query: LogQuery, named: str) -> tuple[LogFound, Any]:
        with self.desk.vault.read() as db:
            if named and may(self.desk.user, "people.read"):
                people = activity.people_in_log(db, named)
                query = LogQuery(query.user_id, query.group, query.zone, query.first, query.last, people)
            return activity.find_log(db, query), activity.last_log_check(db)

    def _show(self, answer: tuple[LogFound, Any]) -> None:
        self.found, checked = answer
        filtered = self.filter.is_filtered()
        self.table.show_source(self.found.count, self._fetch, filtered=filtered)
        count = ntr("One entry", "{n} entries", self.found.count)
        when = (
            tr("checked as a whole on {day}").format(day=show_day(to_local(checked).date()))
            if checked is not None
            else tr("not checked as a whole yet")
        )
        self.set_summary(f"{count} · {when}")

    def _fetch(self, offset: int, limit: int) -> list[LogLine]:
        with self.desk.vault.read() as db:
            return activity.read_log(db, self.found, offset, limit)

    def _narrow(self) -> None:
        if self.filter.value("days") == CHOOSE:
            self.filter.set_value("days", "")
            ask_days(self, self._use_days, self.focus_first)
            return
        self.refresh()

    def _use_days(self, days: Days) -> None:
        self._typed = days
        self.filter.set_choices("days", day_choices(days))
        self.filter.set_value("days", "typed")

    def filter_list(self) -> None:
        """Ctrl+F."""
        self.filter.focus_search()

    def focus_first(self) -> None:
        self.table.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The entry goes when the list would get too narrow beside it."""
        self.pane.setVisible(self.width() >= style.chars(BESIDE))

    def _open(self, line: LogLine) -> None:
        """Enter on a row: all of the entry, where it does not stand beside the list."""
        if self.pane.isHidden():
            show_entry(self, line)
        else:
            self.pane.setFocus()

    # -- whether the log fits together -------------------------------------------------------------------

    def check(self) -> None:
        """Walk through all of the logs that are held, in a job."""
        vault = self.desk.vault

        def work(job: Job) -> list[VerifyResult]:
            def step(zone: Zone, done: int, total: int) -> None:
                job.progress(done, total, zone_words(zone))

            found: list[VerifyResult] = vault.verify_logs(progress=step)
            return found

        self.check_button.setEnabled(False)
        self.desk.jobs.start(work, self._checked, self._not_checked, tr("Checking the log"))

    def _checked(self, results: list[VerifyResult]) -> None:
        self.check_button.setEnabled(True)
        if all(result.sound for result in results):
            entries = sum(result.entries for result in results)
            text = ntr("One entry was checked, and it fits.", "{n} entries were checked. All fit.", entries)
            self.done(text)
        else:
            self.messages.show_message(
                "danger", tr("The log does not fit together any more. Nothing is lost.")
            )
        self.refresh()

    def _not_checked(self, error: Exception) -> None:
        self.check_button.setEnabled(True)
        self.job_failed(error)

    def _show_breaks(self, found: list[LogBreak]) -> None:
        while (item := self.breaks.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for each in found:
            box = Notice("danger")
            text = tr("{part}: entry {n} does not fit, {why}. Found on {day}.").format(
                part=zone_words(each.zone),
                n=f"{each.entry:,}",
                why=each.why,
                day=show_day(to_local(each.found_at).date()),
            )
            box.row.addWidget(text_label(text, wrap=True), 1)
            box.row.addWidget(button(tr("Say why"), partial(self._explain, each)))
            self.breaks.addWidget(box)

    def _explain(self, found: LogBreak) -> None:
        """Ask why an entry does not fit; from then on the log is measured by where it stands now."""

        def save(values: dict[str, Any]) -> None:
            with self.desk.vault.write("core") as db:
                activity.explain_log_break(db, found, values["reason"])
            if found.zone in self.desk.vault.zones:
                self.desk.vault.marks.accept(self.desk.vault, found.zone)
            self.done(tr("Written into the log."))
            self.refresh()

        title = tr("Why does the log not fit together?")
        dialog = FormDialog(self, title, tr("Write it into the log"), save, (found.zone, found.entry))
        hint = tr("Say it only when you know: a backup that was brought back, say. Else keep a copy and ask.")
        dialog.form.add_text("reason", tr("Why"), hint, required=True)
        dialog.open()

    def _say_marks(self) -> None:
        """Where a mark of the log is not kept outside of it; that it is needs no words."""
        answer = self.desk.vault.marks.answer
        helps = answer is None or answer.state in (
            KeyringState.OK,
            KeyringState.ABSENT,
            KeyringState.CHANGED,
        )
        why = "" if answer is None else explain(answer.state)
        text = tr("{why} So no mark of the log is kept there. Backups and print-outs hold one, too.")
        self.mark_words.setText("" if helps else text.format(why=why))
        self.mark_words.setVisible(not helps)

    # -- taking a copy -----------------------------------------------------------------------------------

    def print_page(self) -> None:
        """Ctrl+P."""
        self.print_list()

    def print_list(self) -> None:
        """Print what is listed."""
        self._take_out(print_log)

    def save_list(self) -> None:
        """Save what is listed as a file."""
        self._take_out(save_log)

    def _take_out(self, how: Any) -> None:
        with self.guard():
            if not self._takes_out:
                raise UserError(tr("Your role does not include this."))
            if not self.found.count:
                raise UserError(tr("There is nothing in the list."))
            how(self, self.found)
