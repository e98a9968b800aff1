"""Who may sign in, and which parts of the vault open for them (security §3, §4).

The list is the vault's own file and no table, so these functions take the vault; they ask for the permission as service
functions do. Roles say what the program lets somebody do; a key decides whether a part of the vault opens at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from therapydesk.core.errors import UserError, ZoneClosed
from therapydesk.core.permissions import may, require_of
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault.session import Actor
from therapydesk.core.words import tr
from therapydesk.records.user_lists import list_users

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

GIVES: dict[Zone, str] = {"clinical": "users.grant_clinical", "safeguarding": "users.grant_safeguarding"}
NEEDED_BY: dict[Zone, frozenset[str]] = {
    "clinical": frozenset({"therapist", "lead"}),
    "safeguarding": frozenset({"lead"}),
}


@dataclass(frozen=True)
class StaffMember:
    """Somebody who signs in. `holds`: the parts whose key they have; `waits_for`: those that their roles need and
    nobody has given them yet.
    """

    id: UUID
    name: str
    job_title: str
    roles: frozenset[str]
    holds: tuple[Zone, ...]
    waits_for: tuple[Zone, ...]


def zone_title(zone: Zone) -> str:
    """A part of the vault in words."""
    titles: dict[Zone, str] = {
        "core": tr("people, diary and money"),
        "clinical": tr("notes and reasons for referral"),
        "safeguarding": tr("safeguarding concerns"),
    }
    return titles[zone]


def zone_heading(zone: str) -> str:
    """The same words, to begin a line with; what is no part of a vault stays as it is."""
    title = next((zone_title(each) for each in ZONES if each == zone), zone)
    return title[:1].upper() + title[1:]


def list_staff(vault: Vault) -> list[StaffMember]:
    """Everybody who can sign in, by name. Raises PermissionDenied."""
    with vault.read() as db:
        users = list_users(db)
    holders = {zone: vault.holders(zone) for zone in ZONES}
    found = []
    for user in users:
        holds = tuple(zone for zone in ZONES if user.id in holders[zone])
        needed = [zone for zone in ZONES if NEEDED_BY.get(zone, frozenset()) & user.roles]
        waits = tuple(zone for zone in needed if zone not in holds)
        found.append(StaffMember(user.id, user.name, user.job_title, user.roles, holds, waits))
    return found


def add_staff(vault: Vault, name: str, roles: Iterable[str], passphrase: str) -> Actor:
    """Add somebody who may sign in. They open core; other keys are given by who holds them (`give_key`).

    Takes as long as the derivation of a key. Raises PermissionDenied, UserError for a name that is taken, no role, or a
    weak passphrase.
    """
    require_of(vault.user, "users.manage")
    return vault.add_user(name, _some(roles), passphrase, ())


def change_roles(vault: Vault, user_id: UUID, roles: Iterable[str]) -> None:
    """Give somebody other roles, from their next unlock on. Raises PermissionDenied, UserError when no owner would be
    left.
    """
    require_of(vault.user, "users.manage")
    wanted = _some(roles)
    if "owner" not in wanted:
        _leave_an_owner(vault, user_id)
    vault.set_roles(user_id, wanted)


def remove_staff(vault: Vault, user_id: UUID) -> frozenset[Zone]:
    """Somebody leaves: they cannot sign in any more, and the keys they knew are changed. Copies whole files.

    Returns the parts whose key only another holder can change (`change_key`). Raises PermissionDenied, UserError.
    """
    require_of(vault.user, "users.manage")
    _leave_an_owner(vault, user_id)
    return vault.remove_user(user_id)


def may_give(vault: Vault, zone: Zone) -> bool:
    """Whether the signed-in user may give and take the key of a part: by role, and by holding it."""
    return zone in GIVES and zone in vault.zones and may(vault.user, GIVES[zone])


def give_key(vault: Vault, zone: Zone, user_id: UUID) -> None:
    """Give somebody the key of a part, after they have read out the six words of their own keys. Raises
    PermissionDenied, ZoneClosed.
    """
    _ask_for_key(vault, zone)
    vault.grant(zone, user_id)


def take_key(vault: Vault, zone: Zone, user_id: UUID) -> None:
    """Take the key of a part from somebody (or give up one's own) and change it, so that a kept key opens nothing new.
    Copies the whole file. Raises PermissionDenied, ZoneClosed, UserError when nobody would hold it.
    """
    _ask_for_key(vault, zone)
    vault.revoke(zone, user_id)


def change_key(vault: Vault, zone: Zone) -> None:
    """Change the key of a part that somebody who has left still knows. Any holder may: it shuts nobody out who works
    here. Raises ZoneClosed.
    """
    if zone not in vault.zones:
        raise ZoneClosed()
    for user_id in vault.left_holders(zone):
        vault.revoke(zone, user_id)


def _some(roles: Iterable[str]) -> frozenset[str]:
    wanted = frozenset(roles)
    if not wanted:
        raise UserError(tr("Choose at least one role."), tr("Without one nothing is open to them."))
    return wanted


def _leave_an_owner(vault: Vault, user_id: UUID) -> None:
    if not any("owner" in one.roles for one in list_staff(vault) if one.id != user_id):
        raise UserError(tr("The practice needs an owner."), tr("Make somebody else an owner first."))


def _ask_for_key(vault: Vault, zone: Zone) -> None:
    require_of(vault.user, GIVES[zone])
    if zone not in vault.zones:
        raise ZoneClosed()
