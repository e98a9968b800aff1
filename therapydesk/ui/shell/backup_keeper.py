"""While the desk is open: a backup when one is due, now when it is asked for, and in the status bar how old the last is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from therapydesk.api import UserError, may, tr
from therapydesk.core.vault import backup_schedule
from therapydesk.core.vault.backup import Outcome, back_up_to
from therapydesk.core.vault.backup_state import Ages
from therapydesk.ui.shell.backup_words import TONES, made_words, status_words

if TYPE_CHECKING:
    from therapydesk.core.jobs import Job
    from therapydesk.ui.kit.desk import Desk
    from therapydesk.ui.kit.page import BasePage
    from therapydesk.ui.shell.window import MainWindow

EVERY_MS = 5 * 60_000
PERMISSION = "backup.make"
Told = Callable[[list[Outcome]], object]


class BackupKeeper(QObject):
    """`changed` comes with the ages whenever a backup was made, or failed. Without folders nothing is made."""

    changed = Signal(object)  # Ages

    def __init__(self, desk: Desk, window: MainWindow) -> None:
        super().__init__(window)
        self._desk, self._window = desk, window
        self._clock = QTimer(self, interval=EVERY_MS)
        self._clock.timeout.connect(self._look)
        self.ages: Ages | None = None

    def start(self) -> None:
        """From now on, until the vault is locked."""
        backup_schedule.watch(self._desk.vault, self._desk.settings)
        self._clock.start()
        self._look()

    def stop(self) -> None:
        """The vault is being locked."""
        self._clock.stop()
        self.deleteLater()

    @property
    def may_make(self) -> bool:
        """Whether the user's role includes backups."""
        return may(self._desk.user, PERMISSION)

    def back_up_now(self, page: BasePage) -> None:
        """Make one in every folder; the page says what came of it. Without a folder it goes to where one is chosen."""
        vault, settings = self._desk.vault, self._desk.settings
        folders = backup_schedule.folders(settings, vault.unlocked.users.vault)
        if not folders:
            self.open_settings()
            return

        def told(outcomes: list[Outcome]) -> None:
            for outcome in outcomes:
                if outcome.error is not None:
                    page.show_error(outcome.error)
                    return
            page.done(made_words(outcomes))

        self._start(lambda job: back_up_to(vault, folders, job=job), told, page.job_failed, tr("Backing up"))

    def open_settings(self) -> None:
        """Go to where folders are chosen."""
        self._window.menus.settings_wanted.emit("backups")

    def brought_back(self, sentence: str) -> None:
        """A backup was put in the place of what was there."""
        self._window.brought_back.emit(sentence)

    def show_page(self, page: BasePage) -> None:
        """Show a page about backups in the window."""
        if self._window.view is not None:
            self._window.view.show_page(page)

    def read_ages(self) -> None:
        """Look anew how old the backups are."""
        vault, settings = self._desk.vault, self._desk.settings
        self._desk.jobs.start(
            lambda _job: backup_schedule.ages(vault.folder, settings), self._show, self._not_known
        )

    def _look(self) -> None:
        vault, settings = self._desk.vault, self._desk.settings

        def then(due: bool) -> None:
            title = tr("Backing up") if due else ""
            self._start(
                lambda job: backup_schedule.run_due(vault, settings, job),
                lambda _: None,
                self._not_known,
                title,
            )

        if self.may_make:
            self._desk.jobs.start(lambda _job: backup_schedule.is_due(vault, settings), then, self._not_known)
        else:
            self.read_ages()

    def _start(
        self,
        work: Callable[[Job], list[Outcome]],
        told: Told,
        failed: Callable[[Exception], object],
        title: str,
    ) -> None:
        vault, settings = self._desk.vault, self._desk.settings

        def done(found: tuple[list[Outcome], Ages]) -> None:
            told(found[0])
            self._show(found[1])

        self._desk.jobs.start(
            lambda job: (work(job), backup_schedule.ages(vault.folder, settings)), done, failed, title=title
        )

    def _show(self, ages: Ages) -> None:
        self.ages = ages
        empty = not any(age.made for age in ages.zones) and not ages.failures
        words = (
            "" if self._desk.vault.demo and empty else status_words(ages)
        )  # nobody backs up what is made up
        self._window.status.show_backup(words, TONES[ages.level], self.open_settings)
        self.changed.emit(ages)

    def _not_known(self, error: Exception) -> None:
        """Nothing is shown for what cannot be read now (the vault was locked meanwhile); a fault goes its way."""
        if not isinstance(error, UserError):
            raise error
