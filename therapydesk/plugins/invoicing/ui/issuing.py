"""Drafts become invoices: the button, the question before, and what is said after."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtGui import QKeySequence

from therapydesk.api import may, ntr, today, tr
from therapydesk.plugins.invoicing import service
from therapydesk.plugins.invoicing.ui.draft_model import DraftModel
from therapydesk.plugins.invoicing.ui.saving import keep_pdfs
from therapydesk.ui.kit.messages import confirm
from therapydesk.ui.kit.page import BasePage


class Issuing:
    """The button that issues what is ticked. `issued` is told which invoices were made."""

    def __init__(
        self, page: BasePage, drafts: Callable[[], DraftModel], issued: Callable[[list[UUID]], None]
    ) -> None:
        self._page, self._drafts, self._issued = page, drafts, issued
        self.button = page.add_action_button(tr("Issue invoices"), self.ask, primary=True)
        self.show_beside(drafts=True)

    def show_beside(self, *, drafts: bool) -> None:
        """Whether the page shows drafts or invoices."""
        self.button.setVisible(drafts and may(self._page.desk.user, "invoicing.issue"))

    def show_ticks(self) -> None:
        """Say on the button how many invoices it would issue."""
        count = len(self._drafts().ticked_payers())
        self.button.setText(
            ntr("Issue one invoice", "Issue {n} invoices", count) if count else tr("Issue invoices")
        )
        self.button.setShortcut(QKeySequence("Ctrl+Return"))  # a new text takes the key away
        self.button.setEnabled(count > 0)

    def ask(self) -> None:
        """Ask before issuing: it cannot be undone."""
        model = self._drafts()
        count, amount = len(model.ticked_payers()), model.ticked_amount()
        if not count:
            return
        title = ntr("Issue one invoice?", "Issue {n} invoices?", count)
        text = tr(
            "{amount} in all. They get their numbers now; what stands on them cannot be changed afterwards. "
            "Nothing is sent: they are kept here to save or print."
        )
        action = ntr("Issue one invoice", "Issue {n} invoices", count)
        confirm(self._page, title, text.format(amount=amount), action, self.issue)

    def issue(self) -> None:
        """Issue one invoice for each ticked payer, then print them in the background."""
        page, ids = self._page, [line.id for line in self._drafts().ticked_lines()]
        with page.guard():
            with page.desk.vault.write("core") as db:
                made = service.raise_invoices(db, ids, today())
            with page.desk.vault.read() as db:
                chosen = set(made)
                numbers = sorted(row.number for row in service.list_invoices(db) if row.id in chosen)
            said = ntr("One invoice issued", "{n} invoices issued", len(numbers))
            span = numbers[0] if len(numbers) == 1 else tr("{a} to {b}").format(a=numbers[0], b=numbers[-1])
            page.done(f"{said}: {span}")
            self._issued(made)
            keep_pdfs(page, made)
