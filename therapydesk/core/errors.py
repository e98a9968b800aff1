"""The errors that carry a sentence for the user; everything else is a fault (architecture §11)."""

from __future__ import annotations

from therapydesk.core.words import tr


class UserError(Exception):
    """Something the user can put right. `message` says what is wrong, `help` how to put it right; nothing was saved."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help

    def __str__(self) -> str:
        if (
            self.help and self.message and self.message[-1] not in ".!?…”"
        ):  # it ends in the name of a file or folder
            return f"{self.message}. {self.help}"
        return f"{self.message} {self.help}".strip()


class PermissionDenied(UserError):
    """The signed-in user's roles do not allow this."""


class StaleRecord(UserError):
    """Somebody changed the record since it was read. Reload and try again."""


class NotFound(UserError):
    """The record is not there (any more)."""


class Busy(UserError):
    """Another part of the program is writing to the same zone; trying again helps."""


class ZoneClosed(UserError):
    """The signed-in user does not hold the key of this zone."""

    def __init__(self, message: str = "", help: str = "") -> None:
        super().__init__(
            message or tr("You do not hold the key of this part of the vault."),
            help or tr("Whoever holds it gives it in Settings, Who works here."),
        )


class VaultError(UserError):
    """A vault cannot be made, opened or trusted; the sentence says what is safe."""


class WrongPassphrase(VaultError):
    """The passphrase (or recovery code) does not open this vault."""


class VaultInUse(VaultError):
    """Another instance holds the vault's lock."""


class NewerFormat(VaultError):
    """The vault was written by a newer version of the program."""


class DiskFull(VaultError):
    """There is no room left on the disk; nothing was changed."""


class DamagedVault(VaultError):
    """A vault file is damaged, missing or does not fit its key."""


class ReadOnlyZone(DamagedVault):
    """Something in this zone is damaged, so it is read and not written until it is restored or salvaged."""
