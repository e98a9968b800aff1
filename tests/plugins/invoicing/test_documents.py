"""The print: what stands on it, what does not, and how it goes over pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest

from therapydesk.api import Money, pdf, read_document
from therapydesk.plugins.invoicing import documents, service
from therapydesk.plugins.invoicing.view import InvoiceView, LineView, PaymentView

from .conftest import Practice

VAT = "Exempt from VAT: health services by an HCPC-registered arts therapist, VATA 1994 Sch 9 Group 7."


def _view(lines: int = 4) -> InvoiceView:
    first = date(2026, 4, 1)
    made = tuple(
        LineView(first + timedelta(days=n), "Group session, 90 minutes", 1, Money(95), Money(95))
        for n in range(lines)
    )
    return InvoiceView(
        sender=pdf.Letterhead(
            "Alderbank Music Therapy",
            "Ruth Mallory, trading as Alderbank Music Therapy",
            ("4 Wharf Row, Cardiff CF88 4QD",),
            ("029 2018 0155",),
        ),
        number="2026-0147",
        issued_on=date(2026, 5, 6),
        due_on=date(2026, 6, 5),
        to_name="Cliff Court residents’ fund",
        to_address="12 Sand Parade\nCardiff\nCF88 7TN",
        reference="CC-SING-26",
        lines=made,
        total=Money(95 * lines),
        vat_text=VAT,
        account_name="Alderbank Music Therapy",
        sort_code="12-34-56",
        account_number="01234567",
        questions="Questions about this invoice: Marged Owen.",
        demo=True,
    )


def _pages(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    try:
        texts = []
        for number in range(len(document)):
            page = document[number]
            text = page.get_textpage()
            texts.append(text.get_text_range().replace("\r\n", "\n"))
            text.close()
            page.close()
        return texts
    finally:
        document.close()


def test_everything_an_invoice_must_show_is_there() -> None:
    [page] = _pages(documents.invoice_pdf(_view()))
    for words in (
        *("Invoice", "2026-0147", "Wed 6 May 2026", "Fri 5 Jun 2026", "April 2026", "CC-SING-26"),
        *("Cliff Court residents’ fund", "12 Sand Parade", "CF88 7TN", "4 Wharf Row, Cardiff CF88 4QD"),
        *("Sat 4 Apr 2026", "Group session, 90 minutes", "Each, £", "95.00"),
        *("Total", "£380.00", "VAT, exempt", "£0.00", "To pay", VAT, "12-34-56", "01234567"),
        *("Ruth Mallory, trading as Alderbank Music Therapy", "Demo – made-up people", "Page 1 of 1"),
    ):
        assert words in page


def test_the_title_names_nobody() -> None:
    document = pypdfium2.PdfDocument(documents.invoice_pdf(_view()))
    assert document.get_metadata_value("Title") == "Invoice 2026-0147"
    assert document.get_metadata_value("Author") == ""
    document.close()


def test_a_draft_has_no_number_yet() -> None:
    [page] = _pages(documents.invoice_pdf(replace(_view(), number="", demo=False)))
    assert page.count("given when issued") == 2
    assert "2026-01" not in page
    assert "Demo" not in page


def test_a_part_payment_is_taken_off() -> None:
    paid = PaymentView(None, date(2026, 5, 7), Money("80.50"), "transfer")  # type: ignore[arg-type]  # id not used
    [page] = _pages(documents.invoice_pdf(replace(_view(), payments=(paid,))))
    assert "£299.50" in page
    assert "80.50" in page


def test_what_was_paid_before_it_was_credited_is_owed_back() -> None:
    view = _view()
    paid = replace(view, payments=(PaymentView(uuid4(), date(2026, 6, 1), view.total + Money(62), "bank"),))
    text = _pages(documents.invoice_pdf(paid))[0]
    assert "Owed back" in text
    assert "£62.00" in text
    assert "To pay" not in text


@pytest.mark.parametrize(("lines", "pages"), [(1, 1), (12, 2), (40, 3)])
def test_long_invoices_go_over_pages_with_nothing_lost(lines: int, pages: int) -> None:
    texts = _pages(documents.invoice_pdf(_view(lines)))
    assert len(texts) == pages
    assert sum(text.count("Group session, 90 minutes") for text in texts) == lines
    assert Money(95 * lines).show() in "".join(texts[-2:])
    assert f"Page {pages} of {pages}" in texts[-1]


def test_names_with_marks_are_kept() -> None:
    [page] = _pages(documents.invoice_pdf(replace(_view(), to_name="Siân Llŷr-Ŵyn Ó Briain")))
    assert "Siân Llŷr-Ŵyn Ó Briain" in page


def test_a_kept_invoice_is_the_document(practice: Practice, vault: Any) -> None:
    practice.set(practice__name="Alderbank Music Therapy", invoicing__account_number="01234567")
    practice.price("52")
    practice.session(date(2026, 4, 1), "Ann A")
    [invoice] = practice.issue(practice.drafts())
    with vault.write("core") as db:
        kept = service.store_pdf(db, invoice)
    practice.set(practice__name="Another name")
    with vault.write("core") as db:
        assert service.store_pdf(db, invoice) == kept
    with vault.read() as db:
        data = service.invoice_bytes(db, invoice)
        document = read_document(db, kept)
    assert (document.content, document.title) == (data, "Invoice 2026-0001")
    assert "Alderbank Music Therapy" in _pages(data)[0]
    assert "Session, 45 minutes" in _pages(data)[0]
