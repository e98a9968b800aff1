"""After somebody left: which backups their keys still open. A new key changes nothing in an old backup."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from therapydesk.api import ntr, tr, zone_title
from therapydesk.ui.kit import style
from therapydesk.ui.kit.icons import app_icon
from therapydesk.ui.kit.labels import button, text_label
from therapydesk.ui.kit.read_area import ReadArea
from therapydesk.ui.shell.backup_words import moment

if TYPE_CHECKING:
    from therapydesk.core.vault.backup_targets import StillOpen
    from therapydesk.ui.kit.desk import Desk

ROWS = 3  # lines of the list that are in view at least


def look_for(desk: Desk, user_id: UUID, found: Callable[[list[StillOpen]], object]) -> None:
    """Look through the backup folders of this computer, behind the window."""
    from therapydesk.core.vault import backup_schedule, backup_targets

    vault = desk.vault.unlocked.users.vault
    folders: Sequence[Path] = backup_schedule.folders(desk.settings, vault)

    def work(_job: object) -> list[StillOpen]:
        return [one for folder in folders for one in backup_targets.open_to(folder, vault, user_id)]

    desk.jobs.start(work, found, title=tr("Looking through the backups"))


class StillOpenDialog(QDialog):
    """The list, and what can be done: nothing can be taken back, but old backups can be replaced by a new one."""

    def __init__(self, parent: QWidget, name: str, backups: Sequence[StillOpen]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Backups that still open"))
        self.setWindowIcon(app_icon())
        self.setModal(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(style.sp(3))
        title = ntr(
            "{n} backup still opens with the keys of {name}",
            "{n} backups still open with the keys of {name}",
            len(backups),
        ).format(n=len(backups), name=name)
        column.addWidget(text_label(title, "section", wrap=True))
        sentence = tr(
            "A backup keeps the keys of the day it was made. It opens for {name} with their own passphrase, if they can get "
            "at the file. Make a new backup now, keep these where {name} cannot come, and remove those that you do not need."
        )
        body = text_label(sentence.format(name=name), wrap=True)
        body.setMinimumWidth(style.chars(56))
        column.addWidget(body)
        self.rows = [self._words(one) for one in backups]
        column.addWidget(self._list(self.rows), 1)
        self.close_button = button(tr("Close"), self.accept, kind="primary")
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.close_button)
        column.addLayout(row)
        self.close_button.setFocus()
        wanted = QSize(style.chars(62), style.line_height() * 22)
        self.resize(wanted.boundedTo(self.screen().availableSize()))

    @staticmethod
    def _words(one: StillOpen) -> str:
        parts = ", ".join(zone_title(zone) for zone in one.zones)
        return tr("{moment}: {parts}. {file}").format(moment=moment(one.made), parts=parts, file=one.path)

    @staticmethod
    def _list(rows: Sequence[str]) -> ReadArea:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(style.sp(2))
        for words in rows:
            column.addWidget(text_label(words, wrap=True))
        column.addStretch(1)
        area = ReadArea()
        area.setWidgetResizable(True)
        area.setAccessibleName(tr("Backups that still open"))
        area.setWidget(holder)
        area.setMinimumHeight(style.line_height() * ROWS)
        return area


def show_still_open(desk: Desk, parent: QWidget, user_id: UUID, name: str) -> None:
    """After somebody was removed: look, and show the list when there is one."""
    look_for(desk, user_id, functools.partial(_show, parent, name))


def _show(parent: QWidget, name: str, backups: list[StillOpen]) -> None:
    if backups:
        StillOpenDialog(parent, name, backups).open()
