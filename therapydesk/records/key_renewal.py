"""Changing the key of a part of the vault although nobody left: who may, and whose agreement it takes (security §4).

Everybody who holds the key goes on holding it. An owner changes the keys they hold. Somebody who is no owner changes the key
to safeguarding alone, as a lead who holds it, while an owner stands by and types their own passphrase.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from therapydesk.core import audit
from therapydesk.core.errors import PermissionDenied, UserError, ZoneClosed
from therapydesk.core.permissions import may, require_of
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault.session import Actor
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

AGREED = "key change agreed"


@dataclass(frozen=True, repr=False)
class OwnersWord:
    """An owner agrees: who, and the passphrase that shows that it is them."""

    name: str
    passphrase: str


def renewable_keys(vault: Vault) -> list[Zone]:
    """The parts whose key the signed-in user may change, an owner's agreement aside."""
    owner, lead = (may(vault.user, f"backup.rotate{end}") for end in ("", "_safeguarding"))
    return [z for z in ZONES if z in vault.zones and (owner or (lead and z == "safeguarding"))]


def needs_owner(vault: Vault) -> bool:
    """Whether an owner has to agree to what the signed-in user changes."""
    return not may(vault.user, "backup.rotate")


def owners_to_ask(vault: Vault) -> list[Actor]:
    """The owners who can agree, by name."""
    state = vault.unlocked
    here = [Actor(e.id, e.name, e.roles) for e in state.users.entries.values() if not e.left]
    owners = [each for each in here if each.id != state.user.id and may(each, "backup.rotate")]
    return sorted(owners, key=lambda each: each.name.casefold())


def check_renewal(vault: Vault, zone: Zone) -> None:
    """Raise PermissionDenied or ZoneClosed where `renew_key` would refuse whatever an owner says."""
    if needs_owner(vault):
        if zone != "safeguarding":
            require_of(vault.user, "backup.rotate")
        elif not may(vault.user, "backup.rotate_safeguarding"):
            raise PermissionDenied(
                tr("Your role does not include this."),
                tr("An owner who holds the key can, or a safeguarding lead who holds it, with an owner."),
            )
    if zone not in vault.zones:
        raise ZoneClosed("", _who_holds(zone))


def renew_key(vault: Vault, zone: Zone, owner: OwnersWord | None = None) -> None:
    """Change the key of a part. Copies the whole file, and takes as long as the derivation of a key.

    Raises PermissionDenied, ZoneClosed; UserError without the owner's word where it is needed, NotFound for no such user,
    WrongPassphrase (which counts as a wrong try of that owner, and may have to wait).
    """
    check_renewal(vault, zone)
    if not needs_owner(vault):
        vault.rotate(zone)
        return
    agreed = _agreed(vault, owner)
    with vault.write("core") as db:
        audit.record(db, AGREED, agreed.id, {"zone": zone})
    vault.rotate(zone, agreed=agreed.id)


def _agreed(vault: Vault, owner: OwnersWord | None) -> Actor:
    if owner is None:
        raise UserError(tr("An owner has to agree to this."), tr("They do so with their own passphrase."))
    entry = vault.unlocked.users.named(owner.name)
    if entry.id not in {each.id for each in owners_to_ask(vault)}:
        raise PermissionDenied(tr("{name} is no owner.").format(name=entry.name), tr("Ask an owner."))
    vault.try_passphrase(entry, owner.passphrase)
    return Actor(entry.id, entry.name, entry.roles)


def _who_holds(zone: Zone) -> str:
    if zone == "safeguarding":
        return tr("A safeguarding lead who holds it changes it, and you agree with your passphrase.")
    return tr("Somebody who holds it has to change it.")
