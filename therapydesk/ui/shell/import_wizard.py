"""The import: what it is, columns, plan, done. It knows the hook `importers`, no module (ux §8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from therapydesk.api import (
    BatchResult,
    Choice,
    Comparison,
    FileMatch,
    Importer,
    ImportPlan,
    Job,
    Link,
    ReadFile,
    UserError,
    hooks,
    ntr,
    tr,
)
from therapydesk.ui.kit import style
from therapydesk.ui.kit.files import choose_files, save_file
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.steps import Steps
from therapydesk.ui.shell.import_columns import ColumnsStep
from therapydesk.ui.shell.import_plan import PlanStep, import_words
from therapydesk.ui.shell.import_start import DoneStep, StartStep

if TYPE_CHECKING:
    from therapydesk.ui.kit.desk import Desk

T = TypeVar("T")
START, COLUMNS, PLAN, DONE = range(4)
NARROW = 1100


class ImportWizard(BasePage):
    """Takes files in, one after the other. Nothing is written before the plan is carried out."""

    help_name = "import"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, tr("Import a file"))
        found = desk.plugins.collect(hooks.importers)
        self.importers: list[Importer] = [i for i in found if desk.vault.allows(i.permission)]
        self.importer: Importer | None = self.importers[0] if self.importers else None
        self.source: ReadFile | None = None
        self.match = FileMatch()
        self.plan: ImportPlan | None = None
        self.result: BatchResult | None = None
        self._path: Path | None = None
        self._waiting: list[Path] = []
        self.back = self.add_action_button(tr("Back"), self.go_back)
        self.primary = self.add_action_button(tr("Choose files"), self.go_on, primary=True)
        self.steps = Steps(self._step_names())
        self.start = StartStep(self.importers)
        self.columns = ColumnsStep()
        self.plan_step = PlanStep()
        self.done_step = DoneStep()
        self.stack = QStackedWidget()
        for step in (self.start, self.columns, self.plan_step, self.done_step):
            self.stack.addWidget(step)
        self.body.addWidget(self.steps)
        self.body.addWidget(self.stack, 1)
        self._connect()
        self._show_step(START)
        if not self.importers:
            self.show_error(UserError(tr("You may not import files."), tr("Ask the owner or an admin.")))

    def _connect(self) -> None:
        self.start.file_wanted.connect(self.choose_files)
        self.start.format_changed.connect(self._read_as)
        self.start.importer_changed.connect(self._take_importer)
        self.plan_step.choices_changed.connect(self._word_primary)
        self.done_step.undo_wanted.connect(self.undo_import)
        self.done_step.save_wanted.connect(self.save_unread)

    @staticmethod
    def _step_names() -> list[str]:
        return [tr("What it is"), tr("Columns"), tr("The plan"), tr("Done")]

    # -- which step ---------------------------------------------------------------------------------------

    @property
    def step(self) -> int:
        """The step in view: 0 what it is, 1 columns, 2 the plan, 3 done."""
        return self.stack.currentIndex()

    def _show_step(self, step: int) -> None:
        self.stack.setCurrentIndex(step)
        self.steps.set_now(step if step != DONE else 4)
        titles = (tr("Import a file"), tr("Import: columns"), tr("Import: the plan"), tr("Import: done"))
        self.set_title(titles[step])
        self.back.setVisible(step in (COLUMNS, PLAN))
        self._word_summary()
        self._word_primary()
        self.focus_first()

    def _word_summary(self) -> None:
        if self.source is None:
            self.set_summary(
                tr("CSV, Excel, OpenDocument and FHIR files. You see the plan before anything is written.")
            )
            return
        parts = [self.source.name]
        sender = self.match.sender or (self.plan.sender if self.plan is not None else "")
        if sender and self.match.remembered:
            parts.append(tr("known sender {sender}").format(sender=sender))
        elif sender:
            parts.append(tr("from {sender}").format(sender=sender))
        text = ", ".join(parts)
        if self.step != DONE:
            text = tr("{what}. Nothing is written yet").format(what=text)
        if self._waiting:
            text += ". " + ntr("{n} more file after this", "{n} more files after this", len(self._waiting))
        self.set_summary(text)

    def _word_primary(self) -> None:
        step = self.step
        texts = {
            START: tr("Go on") if self.source is not None else tr("Choose files"),
            COLUMNS: tr("Show the plan"),
            PLAN: import_words(self.plan_step.to_write()),
            DONE: tr("Next file") if self._waiting else tr("See what came in"),
        }
        self.primary.setText(texts[step])
        self.primary.setShortcut(QKeySequence("Ctrl+Return"))  # each time: a new text takes the key away
        self.primary.setEnabled(bool(self.importers) and (step != PLAN or self.plan_step.to_write() > 0))

    def focus_first(self) -> None:
        """The table of the plan, the first free column, else the button that goes on."""
        target: QWidget | None = {PLAN: self.plan_step.table.view, COLUMNS: self.columns.first_field()}.get(
            self.step
        )
        (target or self.primary).setFocus()

    def go_back(self) -> None:
        """One step back; columns of a FHIR file are not shown."""
        to_columns = self.step == PLAN and bool(self.match.tables)
        if to_columns:  # which were passed by when the sender is known
            self.columns.show_match(self.match, self._chosen())
        self._show_step(COLUMNS if to_columns else START)

    def go_on(self) -> None:
        """What the primary button does on this step."""
        if self.step == START and self.source is None:
            self.choose_files()
        elif self.step == START:
            self.match = replace(self.match, sender=self.start.typed_sender())
            if self.match.tables:
                self.columns.show_match(self.match, self._chosen())
                self._show_step(COLUMNS)
            else:
                self._make_plan()
        elif self.step == COLUMNS:
            self.match = self.columns.match()
            self._make_plan()
        elif self.step == PLAN:
            self._carry_out()
        else:
            self._finish()

    def _start(
        self,
        work: Callable[[Job], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
        title: str,
    ) -> None:
        self.primary.setEnabled(False)
        self.desk.jobs.start(work, done, failed, title)

    # -- files --------------------------------------------------------------------------------------------

    def open_files(self, paths: Sequence[Path]) -> None:
        """Begin with these files; without any, ask for them."""
        self._waiting = list(paths)
        if self._waiting:
            self._next_file()
        elif self.importers:
            self.choose_files()

    def choose_files(self) -> None:
        """Ask for files."""
        types = sorted({t for importer in self.importers for t in importer.file_types})
        kinds = tr("Files to import ({types})").format(types=" ".join(f"*{t}" for t in types))
        choose_files(self, tr("Choose files to import"), self.open_files, kinds, tr("All files (*)"))

    def _next_file(self) -> None:
        self._path = self._waiting.pop(0)
        self.source = self.plan = self.result = None
        self.match = FileMatch()
        self.start.show_none()
        self._show_step(START)
        self._read()

    def _chosen(self) -> Importer:
        if self.importer is None:
            raise UserError(tr("You may not import files."), tr("Ask the owner or an admin."))
        return self.importer

    def _take_importer(self, importer_id: str) -> None:
        self.importer = next((i for i in self.importers if i.id == importer_id), self.importer)

    def _read_as(self, reader: str) -> None:
        if self.source is not None and reader != self.source.parsed.format:
            self._read(reader)

    def _read(self, reader: str | None = None) -> None:
        path = self._path
        if path is None or self.importer is None:
            return
        importer, vault = self.importer, self.desk.vault

        def work(job: Job) -> tuple[ReadFile, FileMatch]:
            job.progress(0, 0, tr("Reading the file"))
            source: ReadFile = importer.read(path, reader, lambda: job.cancelled)
            with vault.read() as db:
                return source, importer.guess(db, source)

        self._start(work, self._take_source, self._read_failed, tr("Reading a file"))

    def _read_failed(self, error: Exception) -> None:
        self._word_primary()
        self.job_failed(error)
        if self._waiting:
            self._next_file()

    def _take_source(self, read: tuple[ReadFile, FileMatch]) -> None:
        self.source, self.match = read
        self.messages.clear()
        self.start.show_file(self.source, self.match)
        self._word_summary()
        self._word_primary()
        self.focus_first()
        if self.match.remembered or self.source.parsed.records:
            self._make_plan()  # the sender is known, or the file says itself what is what

    # -- plan ---------------------------------------------------------------------------------------------

    def _make_plan(self) -> None:
        source, match, importer, vault = self.source, self.match, self._chosen(), self.desk.vault

        def work(job: Job) -> ImportPlan:
            job.progress(0, 0, tr("Looking for people who are here already"))
            with vault.read() as db:
                plan: ImportPlan = importer.plan(db, source, match)
            return plan

        self._start(work, self._take_plan, self._plan_failed, tr("Making the plan"))

    def _plan_failed(self, error: Exception) -> None:
        self._word_primary()
        self.job_failed(error)

    def _take_plan(self, plan: ImportPlan) -> None:
        self.plan = plan
        self.messages.clear()
        self.plan_step.show_plan(plan, self._compare)
        self._show_step(PLAN)
        about_file = [problem.message for problem in plan.problems if problem.row is None]
        if about_file:
            more = tr(" And {n} more.").format(n=len(about_file) - 1) if len(about_file) > 1 else ""
            self.messages.show_message("warn", about_file[0] + more)

    def _compare(self, key: int) -> Comparison:
        with self.desk.vault.read() as db:
            found: Comparison = self._chosen().compare(db, self.plan, key)
        return found

    def _carry_out(self) -> None:
        plan, importer, vault = self.plan, self._chosen(), self.desk.vault
        choices: dict[int, Choice] = dict(self.plan_step.choices)

        def work(job: Job) -> BatchResult:
            job.progress(0, 0, tr("Writing"))
            vault.prepare_for("before an import")
            with vault.write("core") as db:
                result: BatchResult = importer.save(db, plan, choices)
            return result

        self._start(work, self._take_result, self._plan_failed, tr("Importing"))

    def _take_result(self, result: BatchResult) -> None:
        self.result = result
        if self.plan is not None:
            self.done_step.show_result(self.plan, result)
        self._show_step(DONE)
        self.done(ntr("{n} row imported.", "{n} rows imported.", result.written), self._undo_later(result))

    def _undo_later(self, result: BatchResult) -> Callable[[], object]:
        """Edit › Undo, also when this page is gone: a large import takes a while, so it is a job."""
        jobs, importer, vault = self.desk.jobs, self._chosen(), self.desk.vault

        def work(_job: Job) -> int:
            with vault.write("core") as db:
                return int(importer.undo(db, result.batch_id))

        return lambda: jobs.start(work, self._take_undone, self._plan_failed, tr("Undoing the import"))

    # -- done ---------------------------------------------------------------------------------------------

    def undo_import(self) -> None:
        """Take the whole import back."""
        if self.result is not None:
            self.primary.setEnabled(False)
            self._undo_later(self.result)()

    def _take_undone(self, number: int) -> None:
        self.result = None
        self.done_step.show_undone(number)
        self._word_primary()
        self.messages.clear()
        self.done(ntr("{n} row was taken back.", "{n} rows were taken back.", number))

    def save_unread(self) -> None:
        """Ask where to, and save the rows that could not be read."""
        with self.guard():
            content = self._chosen().unread(self.plan)
            save_file(self, tr("Save unread rows"), tr("unread rows.csv"), content)

    def _finish(self) -> None:
        if self._waiting:
            self._next_file()
            return
        done = self._chosen().done
        self.desk.open_link(done if done is not None else Link("today"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.plan_step.show_narrow(self.width() < NARROW * style.text_scale() * 0.8)
