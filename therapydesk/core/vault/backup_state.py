"""backups.json beside the zones: when each zone was last verified in a backup, and what failed since (security §7).

It is no table, because a restore would put it back too, and the status bar would then be wrong just when it matters. It
does not go into backups. Times, ids and folders only.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from therapydesk.core import dates
from therapydesk.core.errors import VaultError
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault.durable import read_json, write_json

log = logging.getLogger("therapydesk")
FILE = "backups.json"
AMBER, RED = timedelta(days=7), timedelta(days=14)
Level = Literal["ok", "amber", "red"]
LEVELS: tuple[Level, ...] = ("ok", "amber", "red")


@dataclass(frozen=True)
class Failure:
    """The last attempt for a folder that failed, in the sentence that was shown; gone with the next success there."""

    folder: str
    at: datetime
    message: str


@dataclass(frozen=True)
class LastVerified:
    """A zone in a backup that was opened and checked: when it was made, and which one."""

    made: datetime
    backup: UUID


@dataclass
class State:
    """What is remembered. `waits`: the newest backup of a zone that no holder has verified yet, by its path. `changes`:
    the last entry in each log, of what matters, that the newest backup holds. `untold`: what core's log does not know
    yet (action, backup, detail).
    """

    verified: dict[Zone, LastVerified] = field(default_factory=dict)
    waits: dict[Zone, str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    made: datetime | None = None
    rehearsed: datetime | None = None
    changes: dict[Zone, int] = field(default_factory=dict)
    untold: list[list[Any]] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path) -> State:
        """What the file says; nothing when it is missing or broken, which shows as “no backup yet”."""
        if not (folder / FILE).exists():
            return cls()
        try:
            return cls._from_plain(read_json(folder / FILE))
        except (VaultError, KeyError, TypeError, ValueError, AttributeError) as error:
            log.warning("state of backups not read: %s", type(error).__name__)
            return cls()

    @classmethod
    def _from_plain(cls, data: Any) -> State:
        verified: Mapping[str, Any] = data["verified"]
        return cls(
            {z: LastVerified(_moment(verified[z][0]), UUID(verified[z][1])) for z in ZONES if z in verified},
            {z: str(data["waits"][z]) for z in ZONES if z in data["waits"]},
            [Failure(str(f["folder"]), _moment(f["at"]), str(f["message"])) for f in data["failures"]],
            None if data["made"] is None else _moment(data["made"]),
            None if data["rehearsed"] is None else _moment(data["rehearsed"]),
            {z: int(data["changes"][z]) for z in ZONES if z in data["changes"]},
            [[str(what), str(UUID(ref)), dict(detail)] for what, ref, detail in data["untold"]],
        )

    def write(self, folder: Path) -> None:
        """Keep it. A disk that takes nothing is no reason for a backup to fail."""
        data = {
            "verified": {z: [v.made.isoformat(), str(v.backup)] for z, v in self.verified.items()},
            "waits": self.waits,
            "failures": [
                {"folder": f.folder, "at": f.at.isoformat(), "message": f.message} for f in self.failures
            ],
            "made": None if self.made is None else self.made.isoformat(),
            "rehearsed": None if self.rehearsed is None else self.rehearsed.isoformat(),
            "changes": self.changes,
            "untold": self.untold,
        }
        try:
            write_json(folder / FILE, data)
        except (OSError, VaultError) as error:
            log.warning("state of backups not kept: %s", type(error).__name__)

    def failed(self, target: Path, error: VaultError) -> None:
        """An attempt for this folder failed."""
        self.succeeded(target)
        self.failures.append(Failure(str(target), dates.now(), str(error)))

    def failures_in(self, folders: Collection[str]) -> list[Failure]:
        """The failures of these folders. One that was tried once by hand, or is not used any more, is told when it fails and
        no longer: no backup there could ever take its failure away.
        """
        return [failure for failure in self.failures if failure.folder in folders]

    def succeeded(self, target: Path, made: datetime | None = None) -> None:
        """An attempt for this folder went well. With `made`: a backup of that moment could be read there, which takes away
        the failures before it alone: an older one that is good does not say that a newer one would be.
        """
        self.failures = [
            f for f in self.failures if f.folder != str(target) or (made is not None and f.at > made)
        ]

    def proved(self, zone: Zone, made: datetime, backup: UUID) -> None:
        """A zone was verified in a backup; an older one does not take the place of a newer."""
        last = self.verified.get(zone)
        if last is None or made >= last.made:
            self.verified[zone] = LastVerified(made, backup)
            self.waits.pop(zone, None)


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found


@dataclass(frozen=True)
class Age:
    """How old the last verified backup of a zone is; None: there is none yet."""

    zone: Zone
    made: datetime | None
    days: int | None
    level: Level


@dataclass(frozen=True)
class Ages:
    """What the status bar shows: the worst level over all zones, and what failed."""

    zones: tuple[Age, ...]
    failures: tuple[Failure, ...]
    level: Level


def read_ages(
    folder: Path, vault_made: datetime, targets: Collection[str], *, same_disk_alone: bool = False
) -> Ages:
    """The age of the last verified backup of each zone: amber from 7 days on, red from 14 (security §7).

    Without any it is amber at once, and red 14 days after the vault was made. `same_disk_alone`: no backup goes anywhere
    else than to the vault's own disk, which is amber too. A failure in one of `targets`, the folders that backups go to on
    this machine, shows as amber until a success.
    """
    state, now = State.read(folder), dates.now()
    failures = state.failures_in(targets)
    found = []
    for zone in ZONES:
        last = state.verified.get(zone)
        age = now - (last.made if last is not None else vault_made)
        level: Level = "red" if age >= RED else "amber" if age >= AMBER or last is None else "ok"
        found.append(Age(zone, last.made if last else None, max(age.days, 0) if last else None, level))
    worst = max(LEVELS.index(age.level) for age in found)
    if same_disk_alone or failures:
        worst = max(worst, LEVELS.index("amber"))
    return Ages(tuple(found), tuple(failures), LEVELS[worst])
