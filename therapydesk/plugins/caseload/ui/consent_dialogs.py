"""What was answered before, and what must stop now that a consent was withdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from therapydesk.api import ConsentView, UseView, ntr, tr
from therapydesk.plugins.caseload.ui.consent_words import asked_words, consent_state, given_words, use_state
from therapydesk.ui.kit.list_dialog import ListDialog
from therapydesk.ui.kit.tables import Column, ListTable


class ConsentHistory(ListDialog):
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


class AffectedDialog(ListDialog):
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
