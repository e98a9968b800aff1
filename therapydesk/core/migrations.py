"""Each owner ("core" or a plugin) has its own Alembic history per zone (architecture §6).

Alembic is imported only where a revision is run or made; whether a zone is behind is told by file names
and one row.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.pool import StaticPool

from therapydesk.core import audit
from therapydesk.core.errors import NewerFormat
from therapydesk.core.tables import Base, Identity, Zone
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from alembic.config import Config

    from therapydesk.core.vault.session import Owner

OURS = ("therapydesk.core.", "therapydesk.records.")


def version_table(owner: Owner) -> str:
    """The table that holds an owner's revision in a zone."""
    return f"alembic_version_{owner.id}"


def newest(owner: Owner, zone: Zone) -> str | None:
    """The newest revision of an owner in a zone, by file name ("0003_add_rates.py" is 0003); None without
    any.
    """
    folder = owner.migrations / zone
    if zone not in owner.zones or not folder.is_dir():
        return None
    names = [p.name.split("_")[0] for p in folder.glob("[0-9]*.py")]
    return max(names, default=None)


def current(raw: Any, owner: Owner, zone: Zone) -> str | None:
    """The revision that a zone file has; None when the owner never was there. `raw` is a DBAPI connection."""
    schema = "main" if zone == "core" else zone
    found = raw.execute(
        f"SELECT 1 FROM {schema}.sqlite_master WHERE type = 'table' AND name = ?", (version_table(owner),)
    ).fetchone()
    if found is None:
        return None
    row = raw.execute(f'SELECT version_num FROM {schema}."{version_table(owner)}"').fetchone()
    return None if row is None else str(row[0])


def is_behind(raw: Any, owner: Owner, zone: Zone) -> bool:
    """Whether revisions wait for this zone. Raises NewerFormat when the file is ahead of the program."""
    there, here = newest(owner, zone), current(raw, owner, zone)
    if here is not None and (there is None or here > there):
        raise NewerFormat(
            tr("This vault was written by a newer version of “{module}”.").format(module=owner.id),
            tr("Nothing was changed. Install the newer version, then open the vault again."),
        )
    return there is not None and here != there


def upgrade(connection: Connection, owner: Owner, zone: Zone, to: str = "head") -> None:
    """Bring one owner's tables in one zone up to date, or to a revision, in the transaction of `connection`."""
    if newest(owner, zone) is None:
        return
    from alembic import command

    command.upgrade(_config(connection, owner, zone), to)
    if owner.id == "core":
        audit.add_triggers(connection, zone)


def drift(owner: Owner, zone: Zone, connection: Connection) -> list[str]:
    """How the tables in a zone differ from the models of their owner; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    context = MigrationContext.configure(
        connection,
        opts={"target_metadata": Base.metadata, **options(connection, owner, zone), "compare_type": True},
    )
    return [str(difference) for difference in compare_metadata(context, Base.metadata)]


def new_revision(owner: Owner, zone: Zone, message: str, *, autogenerate: bool = True) -> Path:
    """Write the next revision of an owner in a zone, filled in from the difference to the models. Look it
    over.
    """
    from alembic import command

    last = newest(owner, zone)
    folder = owner.migrations / zone
    folder.mkdir(parents=True, exist_ok=True)
    number = f"{int(last or '0') + 1:04}"
    with scratch(zone) as connection:
        if last is not None:
            upgrade(connection, owner, zone)
        command.revision(
            _config(connection, owner, zone), message, autogenerate=autogenerate, rev_id=number, head="head"
        )
    return next(folder.glob(f"{number}_*.py"))


class scratch:  # noqa: N801  (used as a context manager, like a function)
    """An empty database in memory with the zone's name, for comparing; holds no data of anybody."""

    def __init__(self, zone: Zone) -> None:
        # the engine of the vaults: revisions may use what an older one of the computer does not know
        self._engine = create_engine("sqlite://", module=sqlcipher, poolclass=StaticPool)
        if zone != "core":
            event.listen(
                self._engine, "connect", lambda raw, _: raw.execute(f"ATTACH ':memory:' AS {zone}").close()
            )

    def __enter__(self) -> Connection:
        self._connection = self._engine.connect()
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._engine.dispose()


def _config(connection: Connection, owner: Owner, zone: Zone) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "alembic").replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(owner.migrations / zone).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(connection=connection, options=options(connection, owner, zone))
    return config


def options(connection: Connection, owner: Owner, zone: Zone) -> dict[str, Any]:
    """What Alembic is told in every use: whose tables, in which schema, and how to change them on SQLite."""
    schema = None if zone == "core" else zone
    virtual = _virtual_tables(connection, zone)
    others = _other_owners(connection, owner, zone)

    def include_name(name: str | None, kind: str, parents: Any) -> bool:
        if kind == "schema":
            return name == schema
        if kind != "table" or name is None:
            return True
        return not _is_virtual(name, virtual) and _is_owned(name, owner.id, others)

    def include_object(item: Any, _name: Any, kind: str, reflected: bool, _to: Any) -> bool:
        if kind != "table" or reflected:
            return True
        return item.schema == schema and item.key in _tables_of(owner.id)

    return {
        "version_table": version_table(owner),
        "version_table_schema": schema,
        "include_schemas": True,
        "include_name": include_name,
        "include_object": include_object,
        "render_as_batch": True,
        "render_item": render_item,
        "transactional_ddl": True,
    }


def _virtual_tables(connection: Connection, zone: Zone) -> list[str]:
    schema = "main" if zone == "core" else zone
    query = f"SELECT name FROM {schema}.sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'"
    return list(connection.scalars(text(query)))


def _is_virtual(name: str, virtual: list[str]) -> bool:
    return any(name == v or name.startswith(f"{v}_") for v in virtual)


def _other_owners(connection: Connection, owner: Owner, zone: Zone) -> list[str]:
    schema = "main" if zone == "core" else zone
    query = f"SELECT name FROM {schema}.sqlite_master WHERE name LIKE 'alembic\\_version\\_%' ESCAPE '\\'"
    prefix = len("alembic_version_")
    return [
        name[prefix:] for name in connection.scalars(text(query)) if name[prefix:] not in ("core", owner.id)
    ]


def _is_owned(name: str, owner_id: str, others: list[str]) -> bool:
    if name.startswith("alembic_version_"):
        return False
    if owner_id != "core":
        return name.startswith(f"{owner_id}_")
    return not any(name.startswith(f"{other}_") for other in others)


def _tables_of(owner_id: str) -> set[str]:
    """Keys of the metadata's tables of an owner: by name for a plugin, by where the class lies for core."""
    if owner_id != "core":
        return {t.key for t in Base.metadata.tables.values() if t.name.startswith(f"{owner_id}_")}
    return {
        mapper.local_table.key  # type: ignore[attr-defined]  # a table
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith(OURS)
    }


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Revisions import nothing of ours: a type of ours is written as what it is in the file."""
    if kind == "type" and type(item).__module__.startswith("therapydesk."):
        return "sa.Uuid()" if isinstance(item, Identity) else f"sa.{item.impl_instance!r}"
    return False


def main(arguments: list[str]) -> int:
    """`python -m therapydesk.core.migrations new-revision OWNER ZONE "what it does"`.

    OWNER is core, a module that is built in, or one that is installed beside; the file lies in its package.
    """
    if len(arguments) != 4 or arguments[0] != "new-revision" or arguments[2] not in get_args(Zone):
        sys.stderr.write('Usage: new-revision OWNER ZONE "what it does"\n')
        return 2
    # By name: the machinery does not depend on what is built on it, but the command needs all models mapped.
    for module in ("therapydesk.core.vault.vault", "therapydesk.api"):
        importlib.import_module(module)
    plugins = importlib.import_module("therapydesk.core.plugins")
    host = plugins.load_all(importlib.import_module("therapydesk.built_in").BUILT_IN, {}, (), contrib=False)
    host.load((), [found for found in plugins.find_contrib() if found.id == arguments[1]])
    owner = next((o for o in host.owners() if o.id == arguments[1]), None)
    if owner is None:
        why = host.loaded[arguments[1]].trouble if arguments[1] in host.loaded else ""
        sys.stderr.write(f"No module called {arguments[1]} with tables is installed. {why}".strip() + "\n")
        return 2
    zone: Any = arguments[2]
    sys.stdout.write(f"{new_revision(owner, zone, arguments[3])}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
