"""Settings › Backups: how old they are, where they go, and those that lie there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from therapydesk.api import UserError, ntr, tr
from therapydesk.core.vault import backup_schedule, backup_targets
from therapydesk.core.vault.backup_state import Ages
from therapydesk.core.vault.backup_targets import Kept
from therapydesk.core.vault.backup_verify import Verified, verify_backup
from therapydesk.ui.kit import style
from therapydesk.ui.kit.files import choose_folder
from therapydesk.ui.kit.labels import StateMark, button, line, text_label
from therapydesk.ui.kit.newest import Newest
from therapydesk.ui.shell.backup_words import SHAPES, age_words, kept_words, moment, place_words
from therapydesk.ui.shell.from_backup import ask_backup
from therapydesk.ui.shell.restore_page import RestorePage, may_restore

if TYPE_CHECKING:
    from therapydesk.ui.kit.page import BasePage
    from therapydesk.ui.shell.backup_keeper import BackupKeeper

SHOWN = 12  # backups of a folder that are listed


@dataclass(frozen=True)
class Folder:
    """A folder that backups go to, and what lies in it. `trouble`: why the last attempt there failed."""

    path: Path
    where: str
    kept: list[Kept]
    trouble: str = ""


class BackupsPane(QWidget):
    """Who may not make backups sees how old they are, and no more."""

    def __init__(self, keeper: BackupKeeper, page: BasePage) -> None:
        super().__init__()
        self._keeper, self._page, self._desk = keeper, page, page.desk
        self.setProperty("words", "backup restore copy stick disk verify lost damage")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 16, 16, 16)
        self._column.setSpacing(style.sp(3))
        self._reading = Newest(self, self._desk.jobs, self._show, page.job_failed)
        self.back_up_button: QPushButton | None = None
        keeper.changed.connect(self.read)
        self._column.addWidget(text_label(tr("Looking at the folders …"), tone="text_muted"))
        self.read()

    def read(self) -> None:
        """Look at the folders anew; a stick may answer late, so beside the window."""
        vault, settings = self._desk.vault, self._desk.settings

        def work() -> tuple[Ages, list[Folder]]:
            ages, vault_id = backup_schedule.ages(vault.folder, settings), vault.unlocked.users.vault
            troubles = {failure.folder: failure.message for failure in ages.failures}
            found = []
            for path in backup_schedule.folders(settings, vault_id):
                where = backup_targets.where_is(path, vault.folder)
                kept = backup_targets.list_backups(path, vault_id) if where != "missing" else []
                found.append(Folder(path, where, kept, troubles.get(str(path), "")))
            return ages, found

        self._reading.start(work)

    def _show(self, found: tuple[Ages, list[Folder]]) -> None:
        self._clear()
        ages, folders = found
        self._column.addWidget(text_label(tr("How old they are"), "section"))
        for age in ages.zones:
            self._column.addWidget(StateMark(age_words(age), *SHAPES[age.level], wrap=True))
        if self._keeper.may_make:
            self._show_actions(folders)
            for folder in folders:
                self._column.addWidget(line())
                self._show_folder(folder)
        self._column.addStretch(1)

    def _clear(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _show_actions(self, folders: list[Folder]) -> None:
        sentence = tr(
            "A backup is made by itself once an hour when something changed, and opened again to see that it can be "
            "read. Two folders are best, one of them on a stick that you unplug and keep elsewhere."
        )
        if not folders:
            sentence = tr(
                "Choose a folder, best on a stick that you keep elsewhere. A backup is sealed like the vault."
            )
        self._column.addWidget(text_label(sentence, tone="text_muted", wrap=True))
        self.back_up_button = button(
            tr("Back up now"), lambda: self._keeper.back_up_now(self._page), "backup"
        )
        self.back_up_button.setEnabled(bool(folders))
        made = [self.back_up_button, button(tr("Add a folder"), self.choose_folder, "add")]
        if may_restore(self._desk.user):
            made.append(button(tr("Open another backup"), self.choose_backup))
        self._column.addWidget(_row(*made))

    def _show_folder(self, folder: Folder) -> None:
        gone = button(tr("Take off this list"), lambda: self._remove(folder.path), kind="link")
        gone.setAccessibleName(tr("Take {folder} off this list").format(folder=folder.path))
        head = QHBoxLayout()
        head.addWidget(text_label(str(folder.path), "strong", wrap=True), 1)
        head.addWidget(gone, 0, Qt.AlignmentFlag.AlignTop)
        holder = QWidget()
        holder.setLayout(head)
        head.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(holder)
        lone = folder.where in ("missing", "same_disk")
        self._column.addWidget(
            text_label(place_words(folder.where), tone="warn" if lone else "text_muted", wrap=True)
        )
        if folder.trouble:
            self._column.addWidget(text_label(folder.trouble, tone="danger", wrap=True))
        for kept in folder.kept[:SHOWN]:
            self._column.addWidget(self._backup_row(kept))
        if not folder.kept and folder.where != "missing":
            self._column.addWidget(
                text_label(tr("No backup of this practice lies here yet."), tone="text_muted")
            )
        if len(folder.kept) > SHOWN:
            more = ntr(
                "{n} older one lies there too.", "{n} older ones lie there too.", len(folder.kept) - SHOWN
            )
            self._column.addWidget(text_label(more, tone="text_muted"))

    def _backup_row(self, kept: Kept) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.sp(3))
        when = moment(kept.made) if kept.made is not None else kept.path.name
        row.addWidget(text_label(when))
        row.addWidget(text_label(kept_words(kept), tone="text_muted" if kept.made else "warn", wrap=True), 1)
        if kept.made is not None:
            row.addWidget(
                _named(
                    button(tr("Check"), lambda: self.check(kept.path)), tr("Check the backup of {when}"), when
                )
            )
            if may_restore(self._desk.user):
                back = button(tr("Bring back"), lambda: self.bring_back(kept.path))
                row.addWidget(_named(back, tr("Bring back the backup of {when}"), when))
        return holder

    # -- what can be done ------------------------------------------------------------------------------------

    def choose_folder(self) -> QFileDialog:
        """Ask for a folder, and make the first backup there."""
        return choose_folder(self, tr("Where should backups go?"), self.add_folder)

    def add_folder(self, path: Path) -> None:
        """From now on backups go there too."""
        vault, settings = self._desk.vault, self._desk.settings
        with self._page.guard():
            if path.resolve().is_relative_to(vault.folder.resolve()):
                raise UserError(
                    tr("A backup cannot lie inside the vault itself."),
                    tr("Choose a folder elsewhere, best on a stick."),
                )
            there = backup_schedule.folders(settings, vault.unlocked.users.vault)
            if path not in there:
                backup_schedule.set_folders(settings, vault.unlocked.users.vault, [*there, path])
            self._keeper.back_up_now(self._page)
            self.read()

    def _remove(self, path: Path) -> None:
        settings, vault_id = self._desk.settings, self._desk.vault.unlocked.users.vault
        before = backup_schedule.folders(settings, vault_id)

        def put(folders: list[Path]) -> None:
            backup_schedule.set_folders(settings, vault_id, folders)
            self._keeper.read_ages()
            self.read()

        put([folder for folder in before if folder != path])
        self._page.done(tr("No more backups go there. Those that lie there stay."), lambda: put(before))

    def check(self, path: Path) -> None:
        """Open a backup from where it lies, and say that it can be read, or what is wrong with it."""
        vault = self._desk.vault

        def then(verified: Verified) -> None:
            text = tr("The backup of {moment} can be read: every part was opened and checked.")
            if verified.wait:
                text = tr("The backup of {moment} can be read, as far as your keys open it.")
            self._page.done(text.format(moment=moment(verified.manifest.made)))
            self._keeper.read_ages()

        work = self._desk.jobs.start
        work(
            lambda job: verify_backup(vault, path, job),
            then,
            self._page.job_failed,
            title=tr("Checking the backup"),
        )

    def choose_backup(self) -> QFileDialog:
        """Ask for a backup that lies elsewhere."""
        return ask_backup(self, self.bring_back)

    def bring_back(self, path: Path) -> None:
        """Open what bringing it back would do."""
        self._keeper.show_page(
            RestorePage(self._desk, path, self._keeper.brought_back, self._keeper.open_settings)
        )


def _row(*made: QPushButton) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for each in made:
        row.addWidget(each)
    row.addStretch(1)
    return holder


def _named(made: QPushButton, name: str, when: str) -> QPushButton:
    made.setAccessibleName(name.format(when=when))
    return made
