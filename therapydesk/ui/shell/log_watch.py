"""After unlocking: does the log still hold what was marked outside of it, and is it time to walk through all of it?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from therapydesk.api import Link, UserError, may, tr
from therapydesk.records.activity_words import zone_words
from therapydesk.ui.shell.news_teller import News

if TYPE_CHECKING:
    from therapydesk.core.audit_check import VerifyResult
    from therapydesk.core.jobs import Job
    from therapydesk.core.tables import Zone
    from therapydesk.core.vault.mark_keeper import MarkAnswer
    from therapydesk.core.vault.vault import Vault
    from therapydesk.ui.kit.desk import Desk

KEYRING = "log marks"  # under this name the settings of the machine keep which keyring holds the marks
Tell = Callable[[Iterable[News]], object]


def news_of_log(vault: Vault, open_link: Callable[[Link], object]) -> list[News]:
    """What was found wrong with a log: to owner and leads with the way to it, until it is explained; to others when it
    was they who found it, so that somebody hears of it.
    """
    told = may(vault.user, "audit.explain")
    if told and vault.open_log_breaks():
        sentence = tr("The activity log does not fit together any more. Nothing is lost.")
        return [News("danger", sentence, tr("See the activity log"), lambda: open_link(Link("activity")))]
    if not told and vault.log_findings:
        sentence = tr("The activity log does not fit together any more. Nothing is lost; tell the owner.")
        return [News("danger", sentence)]
    return []


class LogWatch(QObject):
    """Asks the keyring, then walks through the logs for which a week is over; says what does not fit by `tell`."""

    _answered = Signal(object)

    def __init__(self, desk: Desk, tell: Tell, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._tell = desk, tell
        self._answered.connect(self._compared, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Ask; the answer comes from a thread of its own, for the keyring may ask its user. A demo leaves nothing behind."""
        if self._desk.vault.demo:
            return
        try:
            expected = self._desk.settings.keyrings.get(KEYRING, "")
            self._desk.vault.marks.look(self._desk.vault, expected, self._answered.emit)
        except UserError:
            return  # locked meanwhile

    def _compared(self, answer: MarkAnswer) -> None:
        if not self._desk.vault.is_unlocked:
            return
        settings = self._desk.settings
        if answer.keyring and settings.keyrings.get(KEYRING) != answer.keyring:
            settings.keyrings = {**settings.keyrings, KEYRING: answer.keyring}
        self._say(answer.findings)
        self._desk.jobs.start(self._walk, self._say, title=tr("Checking the activity log"))

    def _walk(self, job: Job) -> list[VerifyResult]:
        """The logs that are due; none of them when the user stops it. What is missed comes with the next unlock."""
        vault = self._desk.vault

        def step(zone: Zone, done: int, total: int) -> None:
            job.progress(done, total, zone_words(zone))

        due = vault.logs_due()
        found: list[VerifyResult] = vault.verify_logs(due, step) if due else []
        return found

    def _say(self, found: Iterable[VerifyResult]) -> None:
        broken = [each for each in found if not each.sound]
        vault = self._desk.vault
        if not broken or not vault.is_unlocked:
            return
        vault.log_findings += broken
        self._tell(news_of_log(vault, self._desk.open_link))
