"""What every service function is given: `db`, a SQLAlchemy session that knows its user and the zone it may
write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from therapydesk.core.events import Event
from therapydesk.core.permissions import allows
from therapydesk.core.tables import Zone


@dataclass(frozen=True)
class Actor:
    """The signed-in user. Roles add up."""

    id: UUID
    name: str
    roles: frozenset[str]


class Db(Session):
    """A unit of work. `zone` is the one zone it writes (None: it only reads); `held` are the zones it can
    read.
    """

    def __init__(self, connection: Connection, user: Actor, zone: Zone | None, held: frozenset[Zone]) -> None:
        super().__init__(connection, expire_on_commit=False)
        self.user = user
        self.zone = zone
        self.held = held
        self.info.update(user=user, authority=None, scope=None)

    def holds(self, zone: Zone) -> bool:
        """Whether the user's keys open this zone."""
        return zone in self.held

    def allows(self, permission: str) -> bool:
        """Whether the user may do this for anybody at all, and holds the key for it."""
        return allows(self.user, self.held, permission)


class Owner(Protocol):
    """Who owns tables: "core" or a plugin. `migrations` holds one folder a zone."""

    @property
    def id(self) -> str: ...
    @property
    def migrations(self) -> Path: ...
    @property
    def zones(self) -> tuple[Zone, ...]: ...


class Host(Protocol):
    """What the vault needs of the plugin host. One that has `let_in()` is told when somebody's keys have opened the vault,
    before any zone is: added modules are imported only then.
    """

    def owners(self) -> Sequence[Owner]:
        """Core first, then every plugin with tables, switched off or not."""
        ...

    def listeners(self, zone: Zone) -> Sequence[tuple[str, Callable[[Any, Event], None]]]:
        """The on_event handlers of plugins whose home zone this is: (plugin id, handler)."""
        ...
