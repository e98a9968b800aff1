"""What the records do when an older copy of the vault came back: whoever was erased since is erased again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from therapydesk.core.vault.restore_finish import set_reapply

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault


def erase_again(vault: Vault) -> None:
    """Carry out the erasure ledger once more, in the zones held."""
    from therapydesk.records.erasure import reapply  # not needed at a start of the program without a restore

    reapply(vault)


set_reapply(erase_again)
