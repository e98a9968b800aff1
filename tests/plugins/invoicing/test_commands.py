"""`therapydesk invoices …`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.conftest import run_command
from therapydesk.api import UserError
from therapydesk.plugins.invoicing.commands import invoices

from .conftest import Practice


@pytest.fixture
def run(vault: Any) -> Any:
    def run(*words: str) -> Any:
        return run_command(invoices, vault, words)

    return run


def test_a_month_from_draft_to_paid(practice: Practice, run: Any, tmp_path: Path) -> None:
    practice.session(date(2026, 4, 1), "Ann A")
    practice.session(date(2026, 4, 8), "Bob B")
    assert run("rate", "set", "52", "--from", "1 Jan 2026")["amount"] == "52.00"
    run("rate", "set", "40", "--person", "Bob B", "--from", "1 Jan 2026")
    assert [r["person"] for r in run("rate", "list")] == ["", "Bob B"]
    draft = run("draft", "--from", "1 Apr 2026", "--to", "30 Apr 2026")
    assert (draft["total"], len(draft["lines"])) == ("92.00", 2)
    issued = run("issue", "--from", "2026-04-01", "--to", "2026-04-30")
    assert issued["numbers"] == ["2026-0001", "2026-0002"]
    assert [i["id"] for i in issued["invoices"]] == issued["ids"]
    out = tmp_path / "invoice.pdf"
    written = run("pdf", issued["ids"][0], "--out", str(out))
    assert out.read_bytes().startswith(b"%PDF")
    assert (written["number"], written["bytes"]) == ("2026-0001", out.stat().st_size)
    paid = run("pay", "2026-0001", "20")
    assert (paid["due"], paid["state"]) == ("32.00", "part_paid")
    assert [(i["number"], i["due"]) for i in run("list", "--state", "due")] == [
        ("2026-0002", "40.00"),
        ("2026-0001", "32.00"),
    ]


def test_single_lines_are_issued(practice: Practice, run: Any) -> None:
    practice.price("52")
    for day in (1, 8):
        practice.session(date(2026, 4, day), "Ann A")
    draft = run("draft", "--from", "1 Apr 2026", "--to", "30 Apr 2026")
    issued = run("issue", draft["lines"][0], "--on", "5 May 2026")
    assert (issued["invoices"][0]["total"], issued["invoices"][0]["issued_on"]) == ("52.00", "2026-05-05")


def test_what_cannot_go_out_is_left_and_named(practice: Practice, run: Any) -> None:
    practice.price("52")
    charity = practice.organisation("Llandough", needs_order_number=True)
    practice.pays("Ann A", organisation=charity)
    practice.session(date(2026, 4, 1), "Ann A")
    practice.session(date(2026, 4, 1), "Bob B")
    issued = run("issue", "--from", "1 Apr 2026")
    assert [i["payer"] for i in issued["invoices"]] == ["Bob B"]
    assert issued["left"] == [{"payer": "Llandough", "problem": "Needs an order number"}]
    with pytest.raises(UserError, match="No sessions"):
        run("issue", "--from", "1 Apr 2026")


def test_an_unknown_invoice_is_refused(practice: Practice, run: Any, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no invoice 2026-0999"):
        run("pdf", "2026-0999", "--out", str(tmp_path / "x.pdf"))
