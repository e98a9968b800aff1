"""The words of the activity log: what was done, and to what, without the names of tables or columns."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from therapydesk.core.tables import Base, Privacy, Zone, zone_of
from therapydesk.core.words import mark, tr
from therapydesk.records.staff import zone_heading

# What each action means. An action that is not here (a module's own) is shown as it was written down.
ACTIONS: Mapping[str, str] = {
    "create": mark("Added"),
    "change": mark("Changed"),
    "delete": mark("Deleted"),
    "view": mark("Looked at"),
    "export": mark("Saved as a file"),
    "print": mark("Printed"),
    "search": mark("Searched"),
    "unlock": mark("Unlocked the vault"),
    "unlock with recovery kit": mark("Unlocked the vault with a recovery kit"),
    "unlock with PIN": mark("Unlocked the vault with a PIN"),
    "unlock failed": mark("A wrong passphrase was typed"),
    "lock": mark("Locked the vault"),
    "vault made": mark("Made the vault"),
    "checkpoint": mark("The log was signed"),
    "clock went back": mark("The clock of the computer went back"),
    "log checked": mark("The log was checked"),
    "files checked": mark("The files of the vault were read in full and are sound"),
    "log broken": mark("The log does not fit together"),
    "log break explained": mark("Explained why the log does not fit together"),
    "user added": mark("Added somebody who signs in"),
    "user removed": mark("Removed somebody who signed in"),
    "roles changed": mark("Changed somebody’s roles"),
    "zone granted": mark("Gave somebody a key"),
    "zone revoked": mark("Took a key away and changed it"),
    "key changed": mark("Changed a key"),
    "key changed with an owner": mark("Changed a key with the agreement of an owner"),
    "key change agreed": mark("An owner agreed that a key is changed"),
    "passphrase changed": mark("Changed the passphrase"),
    "recovery kit made": mark("Made a recovery kit"),
    "PIN set": mark("Set a PIN"),
    "PIN removed": mark("Removed the PIN"),
    "module allowed": mark("Allowed a module"),
    "module switched on": mark("Switched a module on"),
    "module switched off": mark("Switched a module off"),
    "backup": mark("Made a backup"),
    "backup verified": mark("A backup was read through and checked"),
    "backup rehearsed": mark("Bringing back a backup was rehearsed"),
    "restore agreed": mark("Agreed that a backup is brought back"),
    "restored": mark("Brought back a backup"),
    "salvaged": mark("Saved what could be read of a damaged vault"),
    "vault copied": mark("Copied the vault"),
    "erase": mark("Erased"),
    "erased": mark("Erased what was kept about somebody"),
    "erasure ledger made from the log": mark("The list of who was erased was made anew from the log"),
    "request for data collected": mark("Collected copies for somebody who asked for their data"),
    "request for data ready": mark("Made copies ready for somebody who asked for their data"),
    "request for data packed": mark("Packed the copies for somebody who asked for their data"),
    "copied for a request for data": mark("Copied for somebody who asked for their data"),
    "decided for a request for data": mark("Decided about copies for somebody who asked for their data"),
    "copies of a request for data removed": mark("Removed the copies of a request for data"),
    "brought up to date": mark("The vault was brought up to date"),
    "old generations removed": mark("Old copies of the vault were removed"),
    "left-over files removed": mark("Left-over files were removed"),
    "merge": mark("Joined two records of one person"),
    "unmerge": mark("Took a joined record apart"),
    "repoint": mark("Moved to the joined record"),
    "undo import": mark("Took back an import"),
    "issue": mark("Issued invoices"),
    "invoiced": mark("Put onto invoices"),
    "added to a concern": mark("Added to the record of a concern"),
}
# What to look for in the list, as groups of actions. Changes are all that is in no other group.
GROUPS: Mapping[str, Sequence[str]] = {
    "views": ("view", "search"),
    "out": ("export", "print", "request for data packed"),
    "sign_in": (
        *(
            "unlock",
            "unlock with recovery kit",
            "unlock with PIN",
            "unlock failed",
            "lock",
            "passphrase changed",
        ),
        *("PIN set", "PIN removed"),
    ),
    "keys": (
        *("user added", "user removed", "roles changed", "zone granted", "zone revoked", "key changed"),
        *("key changed with an owner", "key change agreed"),
        *("recovery kit made", "module allowed", "module switched on", "module switched off"),
    ),
    "vault": (
        *("vault made", "checkpoint", "clock went back", "log checked", "log broken", "log break explained"),
        *("brought up to date", "old generations removed", "left-over files removed", "files checked"),
        *("backup", "backup verified", "backup rehearsed", "restore agreed", "restored", "salvaged"),
        *("vault copied", "erasure ledger made from the log"),
    ),
}
GROUPED = tuple(action for group in GROUPS.values() for action in group)


def group_titles() -> list[tuple[str, str]]:
    """The groups of actions to choose from, all first."""
    return [
        ("", tr("Everything")),
        ("changes", tr("Changes")),
        ("views", tr("Looking at records")),
        ("out", tr("Files and prints")),
        ("sign_in", tr("Unlocking and locking")),
        ("keys", tr("People who sign in, and keys")),
        ("vault", tr("The vault and the log")),
    ]


@functools.cache
def _mapped() -> dict[tuple[Zone, str], type[Base]]:
    tables: list[tuple[Any, Any]] = [(m.local_table, m.class_) for m in Base.registry.mappers]
    return {(zone_of(table), table.name): found for table, found in tables}


def record_words(zone: Zone, table: str) -> str:
    """What a row of a table is called. Empty for one that is not known (of a module that is not here)."""
    found = _mapped().get((zone, table))
    if found is None:
        return tr("A record of a module that is not here") if table else ""
    if found.log_name:
        return tr(found.log_name)
    return tr(found.privacy.title) if isinstance(found.privacy, Privacy) else tr("A list of the practice")


def action_words(zone: Zone, action: str, detail: Mapping[str, Any]) -> str:
    """What was done, as a sentence; a change of a telling column by its own ("Signed a note")."""
    found = _mapped().get((zone, str(detail.get("table", ""))))
    if action == "change" and found is not None:
        columns = detail.get("columns")
        columns = columns if isinstance(columns, list) else []
        for column, sentence in found.log_changes.items():
            if column in columns:
                return tr(sentence)
    known = ACTIONS.get(action)
    return tr(known) if known else action[:1].upper() + action[1:]


def viewed_words(what: str) -> str:
    """What somebody looked at or took out, as the caller of `viewed` or `went_out` put it."""
    known = {
        "paper": mark("Printed page"),
        "week": mark("Week of the diary"),
        "invoice": mark("Invoice"),
        "credit note": mark("Credit note"),
        "activity log": mark("Activity log"),
        "register": mark("Register"),
        "songs": mark("Songs"),
        "grab sheet": mark("Grab sheet"),
        "group list": mark("Groups to choose from"),
        "programme": mark("Programme"),
        "training list": mark("Training list"),
        "works": mark("Works"),
        "figures": mark("Figures of groups"),
        "what we hold": mark("What we hold and why"),
        "request for data": mark("Copies for a request for data"),
        "note": mark("Session note"),
        "group note": mark("Note of a group"),
        "group profile": mark("What a group is for"),
        "conversation": mark("Conversations of a day at the hub"),
        "person": mark("Clinical part of a person’s page"),
        "reason": mark("Reason for a referral"),
        "file": mark("Letter or file"),
        "concern": mark("Concern"),
        "plan": mark("Plan"),
    }
    return tr(known.get(what, what[:1].upper() + what[1:]))


def zone_words(zone: Any) -> str:
    """A part of the vault in words."""
    return zone_heading(zone) if isinstance(zone, str) else ""
