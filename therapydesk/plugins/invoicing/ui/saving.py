"""Invoices as PDFs: kept when they are issued, saved in a folder under their numbers alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from PySide6.QtGui import QKeySequence

from therapydesk.api import Job, Outgoing, ntr, put_file, tr, went_out
from therapydesk.plugins.invoicing import service
from therapydesk.plugins.invoicing.service import InvoiceRow
from therapydesk.ui.kit.files import choose_folder
from therapydesk.ui.kit.page import BasePage

AT_ONCE = 20


class PdfSaving:
    """The button that saves what was just issued or, beside the list of invoices, the current one."""

    def __init__(self, page: BasePage, current: Callable[[], InvoiceRow | None]) -> None:
        self._page, self._current = page, current
        self._issued: list[UUID] = []
        self._drafts = True
        self.button = page.add_action_button(tr("Save as PDF"), self.ask_folder, "save")
        self._word()

    def offer(self, issued: list[UUID]) -> None:
        """Offer these, which were just issued."""
        self._issued = issued
        self._word()

    def show_beside(self, *, drafts: bool) -> None:
        """Whether the page shows drafts or invoices."""
        self._drafts = drafts
        self._word()

    def _word(self) -> None:
        count = len(self._issued)
        many = ntr("Save one PDF", "Save {n} PDFs", count)
        self.button.setText(many if self._drafts and count else tr("Save as PDF"))
        self.button.setShortcut(QKeySequence("Ctrl+Shift+S"))  # a new text takes the key away
        self.button.setVisible(not self._drafts or count > 0)

    def ask_folder(self) -> None:
        """Ask where to, then write one PDF for each invoice in the background."""
        row = self._current()
        ids = self._issued if self._drafts else [] if row is None else [row.id]
        if not ids:
            self._page.messages.show_message("info", tr("Choose an invoice first."))
            return
        title = ntr("Save one PDF", "Save {n} PDFs", len(ids))
        choose_folder(self._page, title, lambda folder: save_pdfs(self._page, ids, folder))


def keep_pdfs(page: BasePage, invoice_ids: Sequence[UUID]) -> None:
    """Print invoices that were just issued, in the background, and keep them as documents."""

    def work(job: Job) -> None:
        for done in range(0, len(invoice_ids), AT_ONCE):
            job.progress(done, len(invoice_ids))
            with page.desk.vault.write("core") as db:  # short, so that others can write in between
                service.store_pdfs(db, invoice_ids[done : done + AT_ONCE])

    page.desk.jobs.start(work, on_failed=page.job_failed, title=tr("Printing invoices"))


def save_pdfs(page: BasePage, invoice_ids: Sequence[UUID], folder: Path) -> None:
    """Write them and their credit notes; a file of the same number is written anew. What goes wrong is said on the page."""
    vault = page.desk.vault

    def work(job: Job) -> int:
        written = 0
        went_out(vault, "export", Outgoing("invoice", count=len(invoice_ids)))
        for done, invoice_id in enumerate(invoice_ids):
            job.progress(done, len(invoice_ids))
            with vault.read() as db:
                papers = service.invoice_papers(db, invoice_id)
            for paper in papers:
                put_file(folder / f"{paper.title}.pdf", paper.content)
            written += len(papers)
        return written

    def done(count: int) -> None:
        text = ntr("One PDF saved in {folder}.", "{n} PDFs saved in {folder}.", count)
        page.done(text.format(folder=folder.name))

    page.desk.jobs.start(work, done, page.job_failed, title=tr("Saving invoices"))
