"""The invoice on paper (pictures-work-and-print.md), drawn straight onto the page: batches are fast."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from therapydesk.api import pdf, show_day, tr
from therapydesk.plugins.invoicing.view import InvoiceView

MM = pdf.MM
RIGHT_LIST = 115 * MM
TO_PAY = pdf.Style(16, 20, True)


def invoice_pdf(view: InvoiceView) -> bytes:
    """The PDF of an invoice, of a draft that has no number yet, or of a credit note."""
    page = _Page(view)
    page.head()
    page.lines()
    page.totals()
    page.how_to_pay()
    return pdf.finish(page.canvas)


def joined(papers: Sequence[bytes]) -> bytes:
    """Several PDFs behind one another in one."""
    import pypdfium2

    whole, out = pypdfium2.PdfDocument.new(), BytesIO()
    for paper in papers:
        part = pypdfium2.PdfDocument(paper)
        whole.import_pages(part)
        part.close()
    whole.save(out)
    whole.close()
    return out.getvalue()


class _Page:
    """Where on the page we are: `y` is the height under what is drawn."""

    def __init__(self, view: InvoiceView) -> None:
        self.view = view
        footer = view.sender.legal_name or view.sender.name
        self.setup = pdf.PageSetup(view.title, footer, view.demo)
        self.canvas: Any = pdf.open_canvas(self.setup)
        self.sizes = self.setup.sizes
        self.right = self.setup.page[0] - pdf.MARGIN
        self.y = 0.0

    def head(self) -> None:
        """Letterhead, title, whom it is to and the list beside."""
        view, sizes = self.view, self.sizes
        top = pdf.draw_letterhead(self.canvas, view.sender) - 12 * MM
        heading = tr("Credit note") if view.corrects else tr("Invoice")
        top = pdf.draw_lines(self.canvas, [heading], (pdf.MARGIN, top), sizes.title) - 8 * MM
        left = pdf.draw_lines(self.canvas, [tr("To")], (pdf.MARGIN, top), sizes.small) - 1.5 * MM
        room = RIGHT_LIST - pdf.MARGIN - 6 * MM
        address = [view.to_name, *view.to_address.splitlines()]
        wrapped = [line for text in address for line in pdf.wrap(text, sizes.body, room)]
        left = pdf.draw_lines(self.canvas, wrapped, (pdf.MARGIN, left), sizes.body)
        right = pdf.draw_pairs(self.canvas, self._facts(), (RIGHT_LIST, top), 32 * MM)
        self.y = min(left, right) - 14 * MM

    def _facts(self) -> list[tuple[str, str]]:
        view = self.view
        reference = [(tr("Your reference"), view.reference)] if view.reference else []
        if view.corrects:
            return [
                (tr("Number"), view.number),
                (tr("Date"), show_day(view.issued_on)),
                (tr("Corrects invoice"), view.corrects),
                (tr("For"), view.period),
                *reference,
            ]
        return [
            (tr("Invoice number"), view.number or tr("given when issued")),
            (tr("Invoice date"), show_day(view.issued_on)),
            (tr("For"), view.period),
            *reference,
            (tr("Pay by"), show_day(view.due_on)),
        ]

    def lines(self) -> None:
        """The table of lines; the pound sign stands in the head."""
        columns = [
            pdf.Column(tr("Date"), 36 * MM),
            pdf.Column(tr("What")),
            pdf.Column(tr("Number"), 20 * MM, right=True),
            pdf.Column(tr("Each, £"), 24 * MM, right=True),
            pdf.Column(tr("Amount, £"), 28 * MM, right=True),
        ]
        rows = [
            (
                show_day(line.happened_on),
                line.what,
                str(line.quantity),
                line.each.show(symbol=False),
                line.amount.show(symbol=False),
            )
            for line in self.view.lines
        ]
        self.y = pdf.draw_table(self.canvas, columns, rows, self.y, self._next_page)

    def totals(self) -> None:
        """The box at the right, and why there is no VAT."""
        view, body = self.view, self.sizes.body
        left = self.right - 80 * MM
        self._keep(32 * MM)
        self.canvas.setLineWidth(0.75)
        self.canvas.setStrokeGray(0)
        self.canvas.line(left, self.y, self.right, self.y)
        self.y -= 3 * MM
        paid = [(tr("Paid so far"), (-view.paid).show(), body)] if view.paid else []
        credited = [(tr("Credited"), (-view.credited).show(), body)] if view.credited else []
        last = (tr("Credited"), view.total) if view.corrects else (tr("To pay"), view.due)
        last = (tr("Owed back"), view.owed_back) if view.owed_back else last
        rows = [
            (tr("Total"), view.total.show(), body),
            (tr("VAT, exempt"), (view.total - view.total).show(), body),
            *credited,
            *paid,
            (last[0], last[1].show(), TO_PAY),
        ]
        for label, amount, size in rows:
            self._row(label, amount, size, left)
        if view.vat_text:
            self.y -= 3 * MM
            self._text(view.vat_text, self.sizes.small)

    def how_to_pay(self) -> None:
        """The bank details, the reference and whom to ask, kept together; on a credit note why it was written."""
        view = self.view
        details = [
            (tr("Bank transfer to"), view.account_name),
            (tr("Sort code"), view.sort_code),
            (tr("Account number"), view.account_number),
            (tr("Reference"), view.number or tr("given when issued")),
        ]
        self._keep(45 * MM)
        if view.corrects:
            self.y -= 9 * MM
            self.y = pdf.draw_lines(self.canvas, [tr("Why")], (pdf.MARGIN, self.y), self.sizes.section)
            self.y -= 1.5 * MM
            self._text(view.reason, self.sizes.body)
            text = tr("This takes {amount} off invoice {number}. There is nothing to pay for this note.")
            self._text(text.format(amount=view.total, number=view.corrects), self.sizes.body)
        elif view.due and view.account_number:
            self.y -= 9 * MM
            self.y = pdf.draw_lines(self.canvas, [tr("How to pay")], (pdf.MARGIN, self.y), self.sizes.section)
            self.y -= 1.5 * MM
            pairs = [(label, value) for label, value in details if value]
            self.y = pdf.draw_pairs(self.canvas, pairs, (pdf.MARGIN, self.y), 40 * MM)
        if view.questions:
            self.y -= 6 * MM
            self._text(view.questions, self.sizes.body)

    def _row(self, label: str, amount: str, style: pdf.Style, left: float) -> None:
        under = pdf.draw_lines(self.canvas, [label], (left, self.y), style)
        base = self.y - (style.leading - style.size) / 2 - style.size * 0.78
        pdf.draw_text(self.canvas, amount, (self.right, base), style, right=True)
        self.y = under - 2.4 * MM

    def _text(self, text: str, style: pdf.Style) -> None:
        lines = pdf.wrap(text, style, self.setup.width)
        self._keep(min(len(lines), 6) * style.leading)
        self._draw_all(lines, style)

    def _draw_all(self, lines: Sequence[str], style: pdf.Style) -> None:
        for line in lines:
            self._keep(style.leading)
            self.y = pdf.draw_lines(self.canvas, [line], (pdf.MARGIN, self.y), style)

    def _keep(self, height: float) -> None:
        """Go to the next page unless so much fits on this one."""
        if self.y - height < self.canvas.body_foot:
            self.y = self._next_page()

    def _next_page(self) -> float:
        self.canvas.showPage()
        return float(self.setup.page[1] - pdf.MARGIN)
