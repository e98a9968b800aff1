"""The part of the vault that knows of backups: one is made before what cannot be taken back by hand (security §7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from therapydesk.core.vault import restore_finish
from therapydesk.core.vault.backup_log import tell_waiting
from therapydesk.core.vault.backup_source import Source

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

Before = Callable[[Source, str], object]


class BackupDoor:
    """`before` and `after_erasing` are set by whoever knows where backups go; without them nothing is made. They raise
    nothing for a folder that is not there: a failed backup is shown until one succeeds, and does not stop the work.
    """

    before: Before | None = None
    after_erasing: Callable[[Source], object] | None = None

    def prepare_for(self: Vault, why: str) -> None:  # type: ignore[misc]  # a part of Vault
        """Make a backup where folders are set up, since something is about to happen that cannot be taken back by hand:
        `why` is "before an import", "before erasing" and the like. May take a while: call it from a job, outside any unit
        of work.
        """
        if self.before is not None:
            self.before(Source.of(self), why)
            tell_waiting(self)

    def tell_erased(self: Vault) -> None:  # type: ignore[misc]  # a part of Vault
        """Somebody was erased: the list beside the backups says so from now on, where its folder is there."""
        if self.after_erasing is not None:
            self.after_erasing(Source.of(self))

    def erase_again(self: Vault) -> None:  # type: ignore[misc]  # a part of Vault
        """Carry an erasure that was cut off to its end, and erase again whoever came back; once what waited is settled. The
        window does it in a job after each unlock.
        """
        restore_finish.erase_again(self)

    def finish_restore(self: Vault) -> None:  # type: ignore[misc]  # a part of Vault
        """What a restore still has to do for the zones held; at each unlock, before anything is shown."""
        restore_finish.finish(self)
