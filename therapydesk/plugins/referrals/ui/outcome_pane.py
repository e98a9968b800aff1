"""What became of a referral: for those who brought it, and once it has its answer."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout

from therapydesk.api import relative, show_day, show_nhs_number, today, tr
from therapydesk.plugins.referrals.lists import ReferralView
from therapydesk.plugins.referrals.words import agreed_word, priority_word, reason_title, state_word
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Pane
from therapydesk.ui.kit.labels import text_label


class OutcomePane(Pane):
    """Facts with their labels; nothing to change."""

    def __init__(self) -> None:
        super().__init__(tr("What became of it"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(12)
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)
        self.body.addStretch(1)

    def show_view(self, view: ReferralView) -> None:
        """Show the state and the facts of the envelope."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        row = view.row
        answered = ""
        if row.answered_on is not None:
            answered = f"{show_day(row.answered_on)}, {relative(row.answered_on, today())}"
        facts = [
            (tr("State"), state_word(row.state)),
            (tr("Reason"), reason_title(row.reason_code)),
            (tr("Answered"), answered),
            (tr("By"), view.answered_by),
            (tr("Answer"), view.texts.get("answer", "")),
            (tr("How soon"), priority_word(row.priority)),
            (tr("Agreed to this"), agreed_word(row.agreed)),
            (tr("Received"), show_day(row.received_on)),
            (tr("Name"), view.full_name),
            (tr("Born"), show_day(view.born_on) if view.born_on else ""),
            (tr("NHS number"), show_nhs_number(view.nhs_number) or view.nhs_number_unchecked),
            (tr("Reached by"), ", ".join(value for _, value in view.contacts)),
        ]
        for place, (label, text) in enumerate((label, text) for label, text in facts if text):
            name = text_label(label, "", "text_muted")
            name.setMinimumWidth(style.chars(15))
            self._grid.addWidget(name, place, 0)
            self._grid.addWidget(text_label(text, wrap=True), place, 1)
