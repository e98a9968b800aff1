"""The files of a work: added, shown by another program, saved as a copy, removed."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from therapydesk.api import Db, Job, LargeFileView, Outgoing, RemovedFile, UserError, may, sealing, tr, viewed
from therapydesk.plugins.groups import works_files, works_service
from therapydesk.plugins.groups.works_files import WorkFile
from therapydesk.plugins.groups.works_rules import USES, use_words
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.files import ask_file, choose_file, open_large, save_large
from therapydesk.ui.kit.labels import button
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.reason import ask_reason
from therapydesk.ui.kit.tables import ListTable

LEAST_ROWS = 3  # below which the page scrolls
MAKERS = "makers"  # a copy for those who made it, which needs no consent


class WorkFilesPart(QWidget):
    """Enter on a file shows it, Delete removes it. What it does is said on its page."""

    def __init__(self, page: BasePage, work_id: UUID) -> None:
        super().__init__()
        self._page, self._work = page, work_id
        self._vault = page.desk.vault
        self._keeps = may(page.desk.user, "clinical_documents.add")
        columns = [
            Column(tr("File"), "title", strong=True),
            Column(
                tr("Size"),
                lambda row: size_words(row.size),
                kind="number",
                width=12,
                priority=2,
                sort_key=lambda row: row.size,
            ),
            Column(tr("Day"), lambda row: row.created_at.date(), kind="date", priority=1),
        ]
        self.table = ListTable(columns, tr("Files"))
        self.table.set_states(empty=tr("There are no files yet."))
        self.table.setMinimumHeight((LEAST_ROWS + 1) * self.table.view.row_height())
        self.table.opened.connect(self.show_file)
        self.table.add_row_action(tr("Save a copy"), self.save_copy)
        self.buttons = [
            button(tr("Open file"), lambda: self._on_row(self.show_file), "eye"),
            button(tr("Save a copy"), lambda: self._on_row(self.save_copy), "save"),
        ]
        if self._keeps:
            self.table.add_row_action(tr("Remove file"), self.remove, "Delete")
            self.buttons.append(button(tr("Remove file"), lambda: self._on_row(self.remove), "close"))
        row = QHBoxLayout()
        row.setSpacing(8)
        for each in self.buttons:
            row.addWidget(each)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addLayout(row)

    def show_files(self, files: Sequence[WorkFile]) -> None:
        """Show these."""
        self.table.show_rows(list(files))
        for each in self.buttons:
            each.setVisible(bool(files))

    def _on_row(self, do: Any) -> None:
        row = self.table.current_row()
        if row is not None:
            do(row)

    # -- in ----------------------------------------------------------------------------------------------

    def choose(self) -> QFileDialog:
        """Ask for a file to keep with the work."""
        return choose_file(self._page, tr("Add a file"), self.add)

    def add(self, path: Path) -> None:
        """Keep a file in the clinical part of the record, in the background."""
        vault, work_id = self._vault, self._work
        media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"

        def work(job: Job) -> None:
            try:
                source = path.open("rb")
                size = path.stat().st_size
            except OSError as error:
                raise UserError(tr("That file could not be read. Nothing was kept.")) from error
            with source:
                if not size:
                    raise UserError(tr("That file is empty."))
                with (
                    sealing(
                        vault.folder, "clinical", source, lambda done: job.progress(done, size, "")
                    ) as sealed,
                    vault.write("clinical") as db,
                ):
                    works_files.add_work_file(db, work_id, sealed, path.name[:200], media)

        self._page.desk.jobs.start(work, self._kept, self._page.job_failed, tr("Adding a file"))

    def _kept(self, _done: None) -> None:
        self._page.refresh()
        self._page.done(tr("The file is in the record. The one outside is not deleted."))

    # -- out ---------------------------------------------------------------------------------------------

    def show_file(self, row: WorkFile) -> None:
        """Have the computer's own program show it: a copy, which is taken back when TherapyDesk locks."""
        with self._page.guard():
            viewed(self._vault, "clinical", row.id, "file")
            told = Outgoing("file", "clinical", ref=row.id, reason=tr("shown by another program"))
            open_large(self._page, self._reader(row), row.title, told=told)

    def _reader(self, row: WorkFile) -> Any:
        def find(db: Db) -> LargeFileView:
            return works_files.read_work_file(db, row.id)

        return find

    def save_copy(self, row: WorkFile) -> None:
        """Ask why and for what, then where to. What is to be used needs the consent of everybody who made it."""
        choices = [(MAKERS, tr("For those who made it")), *((use, use_words(use)) for use in USES)]

        def start(reason: str, use: Any) -> None:
            if use != MAKERS:
                with self._vault.read() as db:
                    works_service.require_cleared(db, self._work, use)
            told = Outgoing("file", "clinical", ref=row.id, reason=reason.strip())
            name = tr("Work") + Path(row.title).suffix
            title = tr("Save a copy, which is not sealed")
            ask_file(self._page, title, name, lambda path: self._save(row, path, told))

        dialog = ask_reason(
            self._page, tr("Save a copy"), tr("Choose where to"), start, choices=choices, label=tr("For what")
        )
        dialog.form.set_values({"choice": MAKERS})

    def _save(self, row: WorkFile, path: Path, told: Outgoing) -> None:
        viewed(self._vault, "clinical", row.id, "file")
        save_large(self._page, path, self._reader(row), told=told, title=tr("Saving a copy"))

    def remove(self, row: WorkFile) -> None:
        """Remove a file; undo brings it back."""
        kept: list[RemovedFile] = []

        def away() -> None:
            with self._vault.write("clinical") as db:
                kept[:] = [works_files.remove_work_file(db, row.id)]
            self._page.refresh()

        def back() -> None:
            with self._vault.write("clinical") as db:
                works_files.put_back_work_file(db, kept[0])
            self._page.refresh()

        with self._page.guard():
            away()
            self._page.done(tr("Removed: {title}").format(title=row.title), back, away)


def size_words(size: int) -> str:
    """Bytes as people read them."""
    if size < 1_000_000:
        return tr("{n} kB").format(n=max(1, round(size / 1000)))
    return tr("{n} MB").format(n=f"{size / 1_000_000:,.1f}")
