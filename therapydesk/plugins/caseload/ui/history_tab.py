"""What happened to a person, from all modules, newest first."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from therapydesk.api import Moment, hooks, tr
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.person_tab import PersonTabPage
from therapydesk.ui.kit.tables import Column, ListTable

SINCE = datetime(1900, 1, 1, tzinfo=UTC)


class HistoryTab(PersonTabPage):
    """Enter opens what a line is about."""

    watches = ("episode", "episode_change", "appointment", "attendance", "notes_note", "referrals_referral")

    def __init__(self, desk: Desk, person_id: UUID) -> None:
        super().__init__(desk, person_id, tr("History"))
        columns = [
            Column(tr("When"), lambda m: m.at.date(), kind="date", relative=True),
            Column(tr("What"), lambda m: kind_words(m.kind), width=14),
            Column(tr("Happened"), "text"),
        ]
        self.table = ListTable(columns, tr("History"), row_key=lambda m: (m.at, m.kind, m.text))
        self.table.set_states(empty=tr("Nothing has happened yet."))
        self.table.opened.connect(self._open)
        self.body.addWidget(self.table, 1)

    def refresh(self) -> None:
        """Ask every module; one that cannot answer is named."""
        with self.desk.vault.read() as db:
            answers = self.desk.plugins.ask(hooks.timeline, db=db, person_id=self.subject_id, since=SINCE)
        self.table.show_rows(sorted(answers.values, key=lambda m: m.at, reverse=True))
        for failure in answers.failures:
            self.messages.show_message("warn", tr("{module} could not answer.").format(module=failure.title))

    def _open(self, moment: Moment) -> None:
        if moment.link is not None:
            self.desk.open_link(moment.link)

    def focus_first(self) -> None:
        self.table.setFocus()


def kind_words(kind: str) -> str:
    """The kind of a moment in words; a module's own kind as it is."""
    words = {
        "session": tr("Session"),
        "note": tr("Note"),
        "support": tr("Support"),
        "referral": tr("Referral"),
        "invoice": tr("Invoice"),
        "payment": tr("Payment"),
    }
    return words.get(kind, kind.replace("_", " ").capitalize())
