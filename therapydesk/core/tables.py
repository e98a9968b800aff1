"""What every table shares: zones, keys, stamps, and what privacy requires of it (architecture §6, §7)."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from sqlalchemy import DateTime, MetaData, Table, TypeDecorator, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from therapydesk.core import dates
from therapydesk.core.ids import new_id, read_id

Zone = Literal["core", "clinical", "safeguarding"]
ZONES: tuple[Zone, ...] = ("core", "clinical", "safeguarding")


class Erase(enum.Enum):
    """What erasing a person does to the rows of a table."""

    DELETE = "delete"
    BLANK = "blank"
    KEEP = "keep"


@dataclass(frozen=True)
class Privacy:
    """What subject access, retention and erasure need to know of a table about people.

    `keep` is the retention class (clinical, safeguarding, financial, contact); `blank` the columns emptied on BLANK;
    `hide` the columns left out of a subject access pack.
    """

    title: str
    keep: Literal["clinical", "safeguarding", "financial", "contact"]
    on_erase: Erase
    reason: str
    blank: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()


NO_PERSONAL_DATA = "no personal data"

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A moment in time: aware UTC in Python, naive UTC in the file."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002 (interface)
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002 (interface)
        return None if value is None else value.replace(tzinfo=UTC)


class Identity(Uuid[UUID]):
    """An id. Where the file keeps it as text it is read by `read_id`: a list reads ids by the ten thousand."""

    def result_processor(self, dialect: Any, coltype: object) -> Any:
        given = super().result_processor(dialect, coltype)  # type: ignore[no-untyped-call]  # SQLAlchemy's gap
        return given and (lambda value: None if value is None else read_id(value))


class Base(DeclarativeBase):
    """Root of all mapped classes. Use CoreBase, ClinicalBase or SafeguardingBase."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[Mapping[Any, Any]] = {
        UUID: Identity(),
        datetime: Instant(),
    }
    zone: ClassVar[Zone] = "core"
    privacy: ClassVar[Privacy | str]
    # How the activity log calls a row ("Session note"), and what a change of a column means ("Signed a note").
    log_name: ClassVar[str] = ""
    log_changes: ClassVar[Mapping[str, str]] = {}
    # What the codes of a column are called on screens: a copy for somebody who asked for their data says it in these words.
    code_words: ClassVar[Mapping[str, Callable[[Any], str]]] = {}

    def __init_subclass__(cls, **kw: Any) -> None:
        zone = next(z for base in cls.__mro__ if isinstance(z := base.__dict__.get("zone"), str))
        if "__tablename__" in cls.__dict__ and zone != "core":  # a column may be called zone, too
            _put_in_schema(cls, zone)
        super().__init_subclass__(**kw)


def _put_in_schema(cls: type[Base], schema: str) -> None:
    args: Any = cls.__dict__.get("__table_args__", ())
    if isinstance(args, dict):
        cls.__table_args__ = {**args, "schema": schema}
        return
    rest, options = (args[:-1], args[-1]) if args and isinstance(args[-1], dict) else (args, {})
    cls.__table_args__ = (*rest, {**options, "schema": schema})


class CoreBase(Base):
    """A table in `core.db`; everybody holds its key, so it must not tell clinical facts."""

    __abstract__ = True
    zone = "core"


class ClinicalBase(Base):
    """A table in the clinical zone."""

    __abstract__ = True
    zone = "clinical"


class SafeguardingBase(Base):
    """A table in the safeguarding zone."""

    __abstract__ = True
    zone = "safeguarding"


class Keyed:
    """A UUIDv7 primary key."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


class Stamped(Keyed):
    """Key, who and when, and a row version (a stale write raises StaleRecord).

    `created_by` and `changed_by` are user ids, filled in by the vault's session.
    """

    created_at: Mapped[datetime] = mapped_column(default=dates.now)
    created_by: Mapped[UUID | None]
    changed_at: Mapped[datetime] = mapped_column(default=dates.now)
    changed_by: Mapped[UUID | None]
    row_version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.row_version}


def zone_of(table: Table) -> Zone:
    """The zone a table lies in."""
    for zone in ZONES:
        if table.schema == zone:
            return zone
    return "core"
