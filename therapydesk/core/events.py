"""Events: something happened to a record. Ids and codes only; text for another zone is sealed (architecture §4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar
from uuid import UUID

KINDS: dict[str, type[Event]] = {}


@dataclass(frozen=True)
class Event:
    """Base of all events. Fields are UUIDs, strings that are codes, or None."""

    name: ClassVar[str] = ""

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        cls.name = cls.__name__
        KINDS[cls.__name__] = cls


@dataclass(frozen=True)
class HandedOver(Event):
    """Text that somebody without the zone's key handed over, now opened by a holder.

    `kind` starts with the id of the plugin it is for ("referrals.reason"); `ref` is the record it belongs to;
    `message_id` makes taking it in twice harmless. Never put into an outbox in the clear.
    """

    message_id: UUID
    kind: str
    ref: UUID
    content: dict[str, str]


def to_json(event: Event) -> str:
    """The event as one line of JSON, for the outbox."""
    values = {k: str(v) if isinstance(v, UUID) else v for k, v in asdict(event).items()}
    return json.dumps({"event": event.name, **values}, sort_keys=True)


def from_json(line: str) -> Event:
    """The event that `to_json` wrote. Raises KeyError for an event this version does not know."""
    data = json.loads(line)
    kind = KINDS[data.pop("event")]
    uuids = {f.name for f in fields(kind) if "UUID" in str(f.type)}
    return kind(**{k: UUID(v) if k in uuids and v is not None else v for k, v in data.items()})


Listener = Callable[[Any, Event], None]
