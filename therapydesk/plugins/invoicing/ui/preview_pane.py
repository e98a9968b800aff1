"""The invoice beside the list: the real page, as it is or would be printed."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtWidgets import QFrame, QStackedLayout, QVBoxLayout

from therapydesk.api import NotFound, Outgoing, today, tr
from therapydesk.plugins.invoicing import documents, service
from therapydesk.ui.kit.cards import Pane
from therapydesk.ui.kit.files import save_file
from therapydesk.ui.kit.labels import icon_button, text_label
from therapydesk.ui.kit.newest import Newest
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.pdfview import PdfView


class PreviewPane(Pane):
    """Shows a PDF from memory. Saving writes it where the user says, and only then; the page says what came of it."""

    def __init__(self, page: BasePage) -> None:
        super().__init__(tr("Preview"), flush=True)
        self._page = page
        self._data, self._name = b"", ""
        self._drawing = Newest(self, page.desk.jobs, lambda made: self.show_pdf(*made), self._not_drawn)
        self.view = PdfView()
        self.nothing = text_label(tr("Choose an invoice to see it."), "", "text_muted", wrap=True)
        self.save_button = icon_button("save", tr("Save as PDF"), self.save)
        self.add_tool(self.save_button)
        holder = QFrame()
        holder.setProperty("part", "backdrop")
        around = QVBoxLayout(holder)
        around.setContentsMargins(16, 16, 16, 8)
        self._stack = QStackedLayout()  # which heeds no margins of its own
        around.addLayout(self._stack)
        self._stack.addWidget(self.nothing)
        self._stack.addWidget(self.view)
        self.body.addWidget(holder, 1)
        self.clear()

    def draw_draft(self, line_ids: list[UUID]) -> None:
        """Have the invoice that these lines would be drawn in a job, and show it unless another is wanted."""
        self._drawing.start(lambda: self._draft(line_ids))

    def draw_invoice(self, invoice_id: UUID) -> None:
        """The same for an issued invoice as it was printed, its credit notes behind it."""
        self._drawing.start(lambda: self._invoice(invoice_id))

    def _draft(self, line_ids: list[UUID]) -> tuple[bytes, str]:
        with self._page.desk.vault.read() as db:
            view = service.preview(db, line_ids, today())
        return documents.invoice_pdf(view), view.title

    def _invoice(self, invoice_id: UUID) -> tuple[bytes, str]:
        with self._page.desk.vault.read() as db:
            papers = service.invoice_papers(db, invoice_id)
        return documents.joined([paper.content for paper in papers]), papers[0].title

    def _not_drawn(self, error: Exception) -> None:
        """What was issued or changed meanwhile is not missed: the list is read afresh, and with it the preview."""
        if not isinstance(error, NotFound):
            self._page.job_failed(error)

    def show_pdf(self, data: bytes, name: str) -> None:
        """Show a document; `name` is what the file would be called."""
        self._data, self._name = data, name
        self.view.show_pdf(data)
        self._stack.setCurrentWidget(self.view)
        self.save_button.setEnabled(True)

    def clear(self) -> None:
        """Show that there is nothing to see."""
        self._drawing.forget()
        self._data = b""
        self._stack.setCurrentWidget(self.nothing)
        self.save_button.setEnabled(False)

    def save(self) -> None:
        """Ask where to, then write the file."""
        save_file(self._page, tr("Save as PDF"), f"{self._name}.pdf", self._data, told=Outgoing("invoice"))
