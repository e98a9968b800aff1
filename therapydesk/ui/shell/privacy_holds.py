"""Privacy › Legal holds: whose record must be kept for now, and why."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout

from therapydesk.api import coded_list, may, tr
from therapydesk.records.legal_holds import HoldView, lift_hold, list_holds, place_hold, put_back_hold
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import button
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.tables import Column, ListTable
from therapydesk.ui.shell.privacy_part import Part
from therapydesk.ui.shell.privacy_whom import add_whom, whom


class HoldsPart(Part):
    """The holds that stand; Enter or the button lifts one, which Undo takes back."""

    watches = ("legal_hold", "person")

    def __init__(self, page: BasePage) -> None:
        super().__init__(page)
        self._may = may(self.desk.user, "privacy.hold")
        self.tell(tr("While a hold stands, nothing about the person can be erased or destroyed."))
        if self._may:
            self.add_head_button(tr("Place a hold"), self.new_record, "add")
        self.table = ListTable(
            [
                Column(tr("Whose record"), "name", strong=True),
                Column(tr("Why"), "reason"),
                Column(tr("Since"), "placed_on", kind="date"),
            ],
            tr("Legal holds"),
        )
        empty = tr("No record is held.")
        self.table.set_states(empty=(empty, tr("Place a hold"), self.new_record) if self._may else empty)
        self.setFocusProxy(self.table)
        self.body.addWidget(self.table, 1)
        row = QHBoxLayout()
        self.lift_button = button(tr("Lift this hold"), self.lift)
        self.lift_button.setVisible(False)
        row.addWidget(self.lift_button)
        row.addStretch(1)
        self.body.addLayout(row)

    def refresh(self) -> None:
        """Read the holds."""
        with self.desk.vault.read() as db:
            rows = list_holds(db)
        self.table.show_rows(rows)
        self.lift_button.setVisible(self._may and bool(rows))

    def lift(self) -> None:
        """The reason is over."""
        hold: HoldView | None = self.table.current_row()
        vault = self.desk.vault
        if hold is None:
            return

        def lift() -> None:
            with vault.write("core") as db:
                lift_hold(db, hold.id)

        def put_back() -> None:
            with vault.write("core") as db:
                put_back_hold(db, hold.id)

        with self.page.guard():
            lift()
            self.page.done(tr("The hold is lifted."), put_back, lift)

    def new_record(self) -> None:
        """Whose record, and why."""
        if not self._may:
            return

        def save(values: dict[str, Any]) -> None:
            with self.desk.vault.read() as db:
                person_id = whom(db, values)
            with self.desk.vault.write("core") as db:
                made = place_hold(db, person_id, values["reason"])

            def undo() -> None:
                with self.desk.vault.write("core") as db:
                    lift_hold(db, made)

            self.page.done(tr("The record is held."), undo)

        dialog = FormDialog(self, tr("Place a legal hold"), tr("Place the hold"), save, "hold")
        add_whom(dialog.form, tr("Whose record"))
        dialog.form.add_choice("reason", tr("Why"), coded_list("hold_reasons"))
        dialog.open()
