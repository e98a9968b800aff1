"""What was answered before, and what must stop now that a consent was withdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from therapydesk.api import ConsentView, UseView, ntr, tr
from therapydesk.plugins.caseload.ui.consent_words import asked_words, consent_state, given_words, use_state
from therapydesk.ui.kit import style
from therapydesk.ui.kit.icons import app_icon
from therapydesk.ui.kit.labels import button, text_label
from therapydesk.ui.kit.tables import Column, ListTable


class _ListDialog(QDialog):
    """A sentence, a list, and a button that closes it."""

    def __init__(self, parent: QWidget, title: str, sentence: str, table: ListTable) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setWindowIcon(app_icon())
        self.setModal(True)
        self.table = table
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(style.sp(4))
        column.addWidget(text_label(title, "section", wrap=True))
        column.addWidget(text_label(sentence, wrap=True))
        column.addWidget(table, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        self.close_button = button(tr("Close"), self.accept, kind="primary")
        row.addWidget(self.close_button)
        column.addLayout(row)
        self.setMinimumWidth(min(style.chars(70), 1000))
        self.setMinimumHeight(style.line_height() * 16)

    def open(self) -> None:
        super().open()
        self.table.setFocus()


class ConsentHistory(_ListDialog):
    """Every answer about one purpose; nothing was written over."""

    def __init__(self, parent: QWidget, answers: Sequence[ConsentView]) -> None:
        table: ListTable = ListTable(
            [
                Column(tr("Answer"), consent_state, kind="state"),
                Column(tr("When, and who wrote it down"), asked_words, second=given_words),
                Column(tr("In their words"), "detail", priority=1),
            ],
            tr("Answers about this purpose"),
            two_line=True,
        )
        table.show_rows(list(answers))
        super().__init__(parent, answers[0].purpose_text, tr("All answers, the newest first."), table)


class AffectedDialog(_ListDialog):
    """Everything that rested on a consent that was just withdrawn: it must not be used any more."""

    def __init__(self, parent: QWidget, purpose: str, uses: Sequence[UseView]) -> None:
        table: ListTable = ListTable(
            [
                Column(tr("What"), "label", strong=True),
                Column(tr("Since"), "since", kind="date"),
                Column(tr("Now"), use_state, kind="state", second="why"),
            ],
            tr("What rested on it"),
            two_line=True,
        )
        table.show_rows(list(uses))
        count = ntr(
            "{n} thing rested on this. TherapyDesk will not let it out any more. Take it down where it hangs or stands.",
            "{n} things rested on this. TherapyDesk will not let them out any more. Take them down where they hang or "
            "stand.",
            len(uses),
        ).format(n=len(uses))
        super().__init__(parent, tr("No longer agreed: {purpose}").format(purpose=purpose), count, table)
