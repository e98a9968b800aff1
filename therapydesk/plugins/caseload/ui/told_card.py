"""What we hold and why: the sheet for a person, and when they were told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from therapydesk.api import (
    Outgoing,
    PermissionDenied,
    coded_list,
    held_sheet,
    list_told,
    may,
    pdf,
    record_told,
    show_day,
    take_back_told,
    today,
    tr,
)
from therapydesk.ui.kit.cards import Card, FlowLayout
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import button, text_label
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.printing import PrintWindow

SHOWN = 3


class ToldCard(Card):
    """The last times they were told; the sheet to print, in normal or large letters."""

    def __init__(self, page: BasePage, person_id: UUID) -> None:
        super().__init__(tr("What we hold and why"))
        self._page, self._desk, self._person_id = page, page.desk, person_id
        self._tells = may(page.desk.user, "privacy.tell")
        self.print_button = button(tr("Print the sheet"), self.print_sheet, "print")
        self.told_button = button(tr("Write down that they were told"), self.ask)
        if self._tells:
            holder = QWidget()
            flow = FlowLayout(holder, spacing=8)
            flow.setContentsMargins(8, 8, 8, 0)
            flow.addWidget(self.print_button)
            flow.addWidget(self.told_button)
            layout = self.layout()
            if isinstance(layout, QVBoxLayout):
                layout.insertWidget(layout.indexOf(self.body) + 1, holder)

    def refresh(self) -> None:
        """Read when they were told."""
        self.clear_rows()
        self.setVisible(self._tells)
        if not self._tells:
            return
        try:
            with self._desk.vault.read() as db:
                told = list_told(db, self._person_id)
        except PermissionDenied:
            self.hide()  # not one of the user's own people
            return
        if not told:
            self.add_text(tr("They were not told yet. Give them the sheet, and write down the day."))
        for each in told[:SHOWN]:
            self.add_row(text_label(tr("Told {day}").format(day=show_day(each.told_on)), "strong"))
            by = tr("Written down by {name}").format(name=each.by) if each.by else ""
            for words in (each.how, by):
                if words:
                    self.add_row(text_label(words, "small", "text_muted", wrap=True))

    def print_sheet(self) -> PrintWindow:
        """Look at the sheet, choose how large its letters are, print or save it."""

        def build(size: pdf.Size) -> bytes:
            with self._desk.vault.read() as db:
                return held_sheet(db, self._person_id, size)

        told = Outgoing("what we hold", person=self._person_id)
        window = PrintWindow(self._page, tr("What we hold and why"), build, told=told)
        window.open()
        return window

    def ask(self) -> FormDialog:
        """The day, and how they were told."""
        about = f"told.{self._person_id}"
        title = tr("They were told what we hold and why")
        dialog = FormDialog(self._page, title, tr("Write it down"), self._save, about)
        dialog.form.add_date("told_on", tr("Told on"), required=True, future=False)
        dialog.form.add_choice("how", tr("How"), coded_list("told_ways"))
        dialog.form.set_values({"told_on": today()})
        dialog.open()
        return dialog

    def _save(self, values: dict[str, Any]) -> None:
        vault = self._desk.vault
        with vault.write("core") as db:
            made = record_told(db, self._person_id, values["told_on"], values["how"])

        def undo() -> None:
            with vault.write("core") as db:
                take_back_told(db, made)

        self._page.done(tr("Written down"), undo)
