"""A register's sheet as a file: saved from its page, and a filled one taken in after a look at what it would do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from PySide6.QtWidgets import QFileDialog

from therapydesk.api import Outgoing, appointments, may, ntr, tr
from therapydesk.plugins.groups import register, sheet_csv, sheet_plan
from therapydesk.plugins.groups.sheet_plan import CHANGES, REFUSED, WALK_IN, Done, Planned
from therapydesk.ui.kit import style
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.files import choose_file, save_file
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import text_label
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.tables import ListTable

FILE_TYPES = ("*.csv", "*.xlsx", "*.ods")
ROWS = 8  # of the plan that are seen at once


class SheetFiles:
    """What the pages of a register and of a hub day share: two buttons of the head and what they do."""

    def __init__(self, page: BasePage, appointment_id: UUID) -> None:
        self.page, self.appointment_id = page, appointment_id
        if may(page.desk.user, "groups.register"):
            page.add_action_button(tr("Save sheet"), self.save, "save")
            page.add_action_button(tr("Take in a sheet"), self.choose, "import")

    def save(self) -> QFileDialog | None:
        """Save the sheet with the marks as they stand; no name of a person or group is in the name of the file."""
        with self.page.guard():
            with self.page.desk.vault.read() as db:
                content = sheet_csv.sheet_csv(db, self.appointment_id)
                day = appointments.get_session(db, self.appointment_id).starts_at.date()
            name = tr("register {day}.csv").format(day=day.isoformat())
            told = Outgoing("register", ref=self.appointment_id)
            return save_file(self.page, tr("Save sheet"), name, content, told=told)
        return None

    def choose(self) -> QFileDialog:
        """Ask which file was filled in."""
        kinds = tr("Sheets ({types})").format(types=" ".join(FILE_TYPES))
        return choose_file(self.page, tr("Take in a sheet"), self.take_in, kinds, tr("All files (*)"))

    def take_in(self, path: Path) -> None:
        """Read the file in the limited worker, in the background, then show what it would do."""
        vault, session = self.page.desk.vault, self.appointment_id

        def work(job: object) -> list[Planned]:
            with vault.read() as db:
                found = register.open_register(db, session)
            lines = sheet_csv.read_sheet(path, found, lambda: bool(getattr(job, "cancelled", False)))
            with vault.read() as db:
                return sheet_plan.plan_sheet(db, session, lines)

        self.page.desk.jobs.start(work, self.show_plan, self.page.job_failed, tr("Reading the sheet"))

    def show_plan(self, planned: Sequence[Planned]) -> FormDialog | None:
        """What each row would do. Nothing is written before the button is pressed."""
        changes = sum(each.what in CHANGES for each in planned)
        if not changes and not any(each.what == REFUSED for each in planned):
            words = tr("The register says all that is on this sheet: {words}.")
            self.page.messages.show_message("info", words.format(words=sheet_plan.in_words(planned)))
            return None
        action = ntr("Take in one row", "Take in {n} rows", changes) if changes else tr("Close")
        dialog = FormDialog(
            self.page, tr("What the sheet would do"), action, lambda _values: self._do(planned)
        )
        dialog.form.add_widget(text_label(sheet_plan.in_words(planned), wrap=True))
        columns = [
            Column(tr("Row"), "id", kind="number", width=6),
            Column(tr("Name"), _name, strong=True, width=20, empty=tr("Without a name")),
            Column(tr("What"), _what, second="why"),
        ]
        table = ListTable(columns, tr("What the sheet would do"), two_line=any(p.why for p in planned))
        table.show_rows(sorted(planned, key=lambda each: (each.what != REFUSED, each.id)))
        table.setMinimumHeight(min(ROWS, len(planned) + 1) * table.view.row_height())
        dialog.form.add_widget(table)
        dialog.setMinimumWidth(style.chars(96))
        dialog.open()
        dialog.save_button.setFocus()
        return dialog

    def _do(self, planned: Sequence[Planned]) -> None:
        if not any(each.what in CHANGES for each in planned):
            return
        with self.page.desk.vault.write("core") as db:
            done: Done = sheet_plan.carry_out(db, self.appointment_id, planned)
        self.page.refresh()
        self.page.done(
            tr("Taken in: {words}.").format(words=sheet_plan.in_words(planned)), lambda: self._undo(done)
        )

    def _undo(self, done: Done) -> None:
        with self.page.desk.vault.write("core") as db:
            sheet_plan.take_back(db, self.appointment_id, done)
        self.page.refresh()


def _name(each: Planned) -> str:
    return each.name


def _what(each: Planned) -> str:
    if each.what in (sheet_plan.MARK, WALK_IN):
        return appointments.mark_word(each.line.state)
    if each.what == sheet_plan.HEADS:
        return ntr("one without a name", "{n} without a name", each.heads)
    return sheet_plan.what_word(each)
