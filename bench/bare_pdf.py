"""The limit of printing an invoice: its words on a bare reportlab canvas, in the same two embedded fonts."""

from __future__ import annotations

from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from therapydesk.api import show_day
from therapydesk.core.pdf_letters import register_fonts
from therapydesk.core.pdf_measures import REGULAR, STRONG
from therapydesk.plugins.invoicing.view import InvoiceView


def bare_pdf(view: InvoiceView) -> bytes:
    """Every word of the invoice in its place or near it; no measuring, wrapping or page breaks."""
    register_fonts()
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1, initialFontName=REGULAR)
    canvas.setFont(STRONG, 14)
    canvas.drawString(60, 780, view.sender.name)
    canvas.drawString(60, 720, "Invoice")
    canvas.drawString(400, 440, f"To pay {view.due.show()}")
    canvas.setFont(REGULAR, 11)
    y = 690
    sender = [*view.sender.address_lines, *view.sender.contact_lines]
    head = [view.to_name, *view.to_address.splitlines(), *sender]
    facts = [view.number, show_day(view.issued_on), show_day(view.due_on), view.reference]
    foot = [view.account_name, view.sort_code, view.account_number, view.vat_text, view.questions]
    labels = ["To", "Invoice number", "Invoice date", "Pay by", "Total", "VAT, exempt", "How to pay"]
    for text in (*head, *facts, *foot, *labels):
        canvas.drawString(60, y, " ".join(text.split()))
        y -= 16
    for line in view.lines:
        cells = (
            show_day(line.happened_on),
            line.what,
            str(line.quantity),
            line.each.show(),
            line.amount.show(),
        )
        for n, cell in enumerate(cells):
            canvas.drawString(60 + n * 100, y, cell)
        y -= 18
    canvas.line(60, y, 500, y)
    canvas.drawString(60, 40, view.title)
    canvas.save()
    return out.getvalue()
