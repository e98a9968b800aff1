"""Bringing a backup back: what it holds and what would be lost is shown before anything is done."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QLabel, QWidget

from therapydesk.api import Actor, may, ntr, tr, zone_heading, zone_title
from therapydesk.core.vault import backup_schedule, backup_targets
from therapydesk.core.vault.restore import Restored, restore
from therapydesk.core.vault.restore_plan import Loss, RestorePlan, plan_restore
from therapydesk.records.activity_words import action_words
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.labels import Notice, text_label
from therapydesk.ui.kit.messages import confirm
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.shell.backup_words import moment

MOST = 6  # kinds of change that are named; the rest is counted
Back = Callable[[str], object]


def may_restore(user: Actor) -> bool:
    """Whether a backup can be brought back by this user at all."""
    return may(user, "backup.restore") or may(user, "backup.restore_safeguarding")


class RestorePage(BasePage):
    """`brought_back(sentence)` is called when it is done: everything on screen is old then. `leave` goes back."""

    help_name = "backups"
    scrolls = True

    def __init__(self, desk: Desk, path: Path, brought_back: Back, leave: Callable[[], object]) -> None:
        super().__init__(desk, tr("Bring back a backup"))
        self.set_back(tr("Settings"), leave)
        self._path, self._brought_back = path, brought_back
        self.plan: RestorePlan | None = None
        self.restore_button = self.add_action_button(tr("Bring it back"), self.ask, "undo", primary=True)
        self.restore_button.setEnabled(False)
        self._reading = text_label(
            tr("Opening the backup and checking every part of it …"), tone="text_muted"
        )
        self.body.addWidget(self._reading)
        self.body.addStretch(1)
        title = tr("Checking the backup")
        vault = desk.vault
        desk.jobs.start(lambda job: plan_restore(vault, path, job), self._show, self._not_usable, title=title)

    def _not_usable(self, error: Exception) -> None:
        self._reading.setText(tr("Nothing was changed."))
        self.job_failed(error)

    def _show(self, plan: RestorePlan) -> None:
        self.plan = plan
        self._reading.hide()
        made = moment(plan.manifest.made)
        self.set_summary(tr("Made {moment}. All of it was opened and checked.").format(moment=made))
        place = 0
        for text in plan.marks:
            self.body.insertWidget(place, _warned(text))
            place += 1
        for loss in plan.losses:
            self.body.insertWidget(place, _card(loss))
            place += 1
        self.body.insertWidget(place, text_label(self._rest(plan), tone="text_muted", wrap=True))
        self.restore_button.setEnabled(True)
        self.restore_button.setFocus()

    def _rest(self, plan: RestorePlan) -> str:
        parts = []
        if plan.left:
            left = ", ".join(zone_title(zone) for zone in plan.left)
            parts.append(tr("Stays as it is now: {parts}.").format(parts=left))
        if plan.files:
            parts.append(ntr("{n} large file comes back.", "{n} large files come back.", plan.files))
        parts.append(tr("Users, passphrases and keys stay those of today. Whoever was erased stays erased."))
        parts.append(
            tr(
                "Before it is brought back, what is there now is backed up too, so that you can go back again."
            )
        )
        return " ".join(parts)

    def ask(self) -> None:
        """Name what would be lost, then ask: it cannot be undone by Ctrl+Z."""
        if self.plan is None:
            return
        keeps = self._keep_in()
        if keeps is not None and not os.access(keeps, os.W_OK):
            text = tr(
                "What is there now is backed up first, and {folder} cannot be written to. Choose another folder for backups "
                "under Settings, Backups, then try again."
            )
            self.messages.show_message("danger", text.format(folder=keeps))
            return
        lost = sum(loss.entries or 0 for loss in self.plan.losses)
        text = tr("The practice will be as it was on {moment}.").format(
            moment=moment(self.plan.manifest.made)
        )
        gone = ntr("{n} change since then will be gone.", "{n} changes since then will be gone.", lost)
        unknown = any(loss.entries is None for loss in self.plan.losses)
        gone = tr("How much has changed since then cannot be read any more.") if unknown else gone
        confirm(
            self,
            tr("Bring back this backup?"),
            f"{text} {gone}",
            tr("Bring it back"),
            self.carry_out,
            danger=True,
        )

    def carry_out(self) -> None:
        """Do it, beside the window."""
        vault, path, self_keeps = self.desk.vault, self._path, self._keep_in()
        self.restore_button.setEnabled(False)
        title = tr("Bringing back the backup")
        self.desk.jobs.start(
            lambda job: restore(vault, path, keep_in=self_keeps, job=job),
            self._done,
            self._failed,
            title=title,
        )

    def _keep_in(self) -> Path | None:
        """Where what is there now is kept: the first folder that is there; nothing of a vault that is damaged."""
        vault = self.desk.vault
        if vault.read_only:
            return None
        chosen = backup_schedule.folders(self.desk.settings, vault.unlocked.users.vault)
        there = [folder for folder in chosen if backup_targets.where_is(folder, vault.folder) != "missing"]
        there = there or [self._path.parent]
        return next((folder for folder in there if os.access(folder, os.W_OK)), there[0])

    def _failed(self, error: Exception) -> None:
        self.restore_button.setEnabled(True)
        self.job_failed(error)

    def _done(self, restored: Restored) -> None:
        text = tr("The backup of {moment} was brought back. Unlock to go on.")
        self._brought_back(text.format(moment=moment(restored.manifest.made)))


def _warned(text: str) -> QWidget:
    box = Notice("warn")
    box.row.addWidget(text_label(text, wrap=True), 1)
    return box


def _card(loss: Loss) -> Card:
    card = Card(zone_heading(loss.zone))
    for text in _lines(loss):
        card.add_row(_line(text))
    return card


def _lines(loss: Loss) -> list[str]:
    if loss.entries is None:
        return [tr("It cannot be read now, so that nobody can say what is newer than the backup.")]
    if not loss.entries:
        return [tr("Nothing is newer than the backup.")]
    last = moment(loss.last) if loss.last is not None else ""
    lines = [
        ntr("{n} change would be lost.", "{n} changes would be lost.", loss.entries),
        tr("The last of them was made {moment}.").format(moment=last),
    ]
    lines += [f"{count} × {_change(loss, action, table)}" for action, table, count in loss.lost[:MOST]]
    rest = sum(count for _, _, count in loss.lost[MOST:])
    lines += [ntr("and {n} other", "and {n} others", rest)] if rest else []
    if not loss.follows:
        lines.append(
            tr("The backup does not belong to the same line of changes: this part was brought back before.")
        )
    return lines


def _change(loss: Loss, action: str, table: str) -> str:
    detail: dict[str, Any] = {"table": table} if table else {}
    return action_words(loss.zone, action, detail)


def _line(text: str) -> QLabel:
    return text_label(text, wrap=True)
