"""Keys of records. Apart from the tables, so that what paints first need not load SQLAlchemy."""

from __future__ import annotations

from uuid import UUID

import uuid6


def new_id() -> UUID:
    """A fresh time-ordered key (UUIDv7, RFC 9562)."""
    return UUID(int=uuid6.uuid7().int)
