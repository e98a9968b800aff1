"""The months that have drafts, to choose one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtWidgets import QComboBox

from therapydesk.api import add_months, show_month, today, tr
from therapydesk.plugins.invoicing.service import DraftPayer
from therapydesk.ui.kit.labels import name_choice


class MonthBox(QComboBox):
    """Begins on the month that is over, when it has drafts; after that the choice stays."""

    def __init__(self) -> None:
        super().__init__()
        self._begun = False
        name_choice(self, tr("Month"))

    def month(self) -> date | None:
        """The first day of the chosen month; None for all months."""
        chosen: date | None = self.currentData()
        return chosen

    def show_months(self, drafts: Sequence[DraftPayer]) -> None:
        """Offer the months of these drafts, the newest first. Says nothing about a change."""
        months = sorted({line.happened_on.replace(day=1) for p in drafts for line in p.lines}, reverse=True)
        over = add_months(today().replace(day=1), -1)
        kept = self.month() if self._begun else over
        self._begun = self._begun or bool(months)
        self.blockSignals(True)
        self.clear()
        self.addItem(tr("All months"), None)
        for month in months:
            self.addItem(show_month(month), month)
        self.setCurrentIndex(months.index(kept) + 1 if kept in months else 0)
        self.blockSignals(False)
