"""The last imports, and taking one back."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from therapydesk.api import UserError, ntr, tr
from therapydesk.plugins.referrals import service
from therapydesk.plugins.referrals.lists import BatchRow
from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.icons import State, app_icon
from therapydesk.ui.kit.labels import button, text_label
from therapydesk.ui.kit.messages import MessageBar
from therapydesk.ui.kit.tables import Column, ListTable


def _state(row: BatchRow) -> State:
    return (
        State(tr("Here"), "full", "ok")
        if row.state == "done"
        else State(tr("Taken back"), "ring", "text_muted")
    )


class ImportsDialog(QDialog):
    """Lists imports, newest first. Undo takes all of one back."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self.desk = desk
        self.setWindowTitle(tr("Imports of referrals"))
        self.setWindowIcon(app_icon())
        self.setModal(True)
        self.messages = MessageBar()
        self.table = ListTable(
            [
                Column(tr("Imported"), "received_on", kind="date"),
                Column(tr("From"), "sender", empty=tr("Not recorded")),
                Column(tr("Referrals"), "rows", kind="number"),
                Column(tr("State"), _state, kind="state"),
            ],
            tr("Imports"),
        )
        self.table.set_states(empty=tr("Nothing was imported yet."))
        self.table.current_changed.connect(lambda _row: self._fit())
        self.undo = button(tr("Undo this import"), self.take_back, "undo")
        close = button(tr("Close"), self.accept)
        row = QHBoxLayout()
        row.addWidget(self.undo)
        row.addStretch(1)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(text_label(tr("Imports of referrals"), "section"))
        column.addWidget(self.messages)
        column.addWidget(self.table, 1)
        column.addLayout(row)
        self.resize(style.chars(80), style.row_height() * 12)
        self.refresh()

    def refresh(self) -> None:
        """Read afresh."""
        with self.desk.vault.read() as db:
            self.table.show_rows(service.list_batches(db))
        self._fit()

    def _fit(self) -> None:
        row: BatchRow | None = self.table.current_row()
        self.undo.setEnabled(row is not None and row.state == "done")

    def take_back(self) -> None:
        """Undo the import that is chosen, as a job."""
        row: BatchRow | None = self.table.current_row()
        if row is None:
            return
        vault, key = self.desk.vault, row.id

        def work(_job: object) -> int:
            with vault.write("core") as db:
                return service.undo_batch(db, key)

        self.undo.setEnabled(False)
        self.desk.jobs.start(work, self._undone, self._not_undone, tr("Undoing the import"))

    def _undone(self, number: int) -> None:
        self.refresh()
        self.messages.show_message("ok", ntr("{n} referral taken back.", "{n} referrals taken back.", number))

    def _not_undone(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._fit()
        self.messages.show_message("danger", str(error))
