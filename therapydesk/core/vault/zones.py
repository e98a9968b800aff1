"""The one place that opens zone files: keys, settings, and the authorizer that keeps plaintext out (security
§2).
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from therapydesk.core.errors import Busy, DamagedVault, UserError, VaultError
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault.durable import disk_full, restore_help
from therapydesk.core.words import tr

PLAIN_HEADER = b"SQLite format 3\0"
PAGE_CACHE = -65536  # KiB; decrypting a page again costs 7 µs
MOST_MESSAGES = 500_000  # bytes
ROOM = (
    64 * 1024
)  # bytes for each file; with less beside them the engine cannot open files that others read too
OK, DENY = 0, 1
# Authorizer action codes (sqlite3.h).
DELETE, INSERT, PRAGMA, UPDATE, ATTACH, DETACH, FUNCTION = 9, 18, 19, 23, 24, 25, 31
DDL = {
    *range(1, 9),
    *range(10, 18),
    26,
    27,
    28,
    29,
    30,
}  # create, drop, alter, reindex, analyze, virtual tables
TEMP_DDL = {3, 4, 5, 6, 12, 13, 14, 15}
SETTABLE = {
    *(
        "table_info",
        "table_xinfo",
        "table_list",
        "index_list",
        "index_info",
        "index_xinfo",
        "foreign_key_list",
    ),
    *("foreign_key_check", "integrity_check", "quick_check", "wal_checkpoint", "busy_timeout", "optimize"),
}
NEVER = {
    "key",
    "rekey",
    "hexkey",
    "hexrekey",
    "textkey",
    "textrekey",
    "activate_extensions",
    "incremental_vacuum",
}
READABLE_CIPHER = {"cipher_version", "cipher_provider", "cipher_integrity_check", "cipher_status"}
FORBIDDEN_FUNCTIONS = {"load_extension", "sqlcipher_export", "fts3_tokenizer", "writefile", "edit"}


def send_messages(file: Path) -> None:
    """SQLCipher tells of damage on standard error, a line for every page it meets: from now on into this file. There are
    numbers of pages in it, and nothing of what stands on them. Raises OSError.
    """
    if file.exists() and file.stat().st_size > MOST_MESSAGES:
        file.unlink()
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    name = str(file).replace("'", "''")
    with closing(sqlcipher.connect(":memory:")) as raw:
        raw.execute(f"PRAGMA cipher_log='{name}'").fetchall()


class Keys(Protocol):
    """What opening needs to know of a key ring."""

    def raw_key(self) -> str: ...


Files = Mapping[Zone, tuple[Path, Keys]]


class Authorizer:
    """Asked by SQLite when a statement is prepared. `zone` is the only zone that may be
    written; None: none.
    """

    def __init__(self, zone: Zone | None) -> None:
        self.schema = None if zone is None else schema_of(zone)

    def __call__(
        self, action: int, first: str | None, second: str | None, db: str | None, trigger: str | None
    ) -> int:
        if action in (INSERT, DELETE, UPDATE):
            return OK if db == "temp" or (db is not None and db == self.schema) else DENY
        if action == PRAGMA:
            return self._pragma(first or "", second)
        if action == FUNCTION:
            return DENY if (second or "").casefold() in FORBIDDEN_FUNCTIONS else OK
        if action in (ATTACH, DETACH):
            return DENY
        if action in DDL:
            return OK if action in TEMP_DDL else DENY
        return OK

    @staticmethod
    def _pragma(name: str, value: str | None) -> int:
        name = name.casefold()
        if name in NEVER or (name.startswith(("cipher_", "sqlcipher_")) and name not in READABLE_CIPHER):
            return DENY
        return OK if value is None or name in SETTABLE else DENY


def schema_of(zone: Zone) -> str:
    """The name under which a zone is attached."""
    return "main" if zone == "core" else zone


def connect(files: Files) -> Any:
    """A keyed connection to the zones given; core, when given, is `main`. Raises DamagedVault, DiskFull.

    Keys are handed over as bound values only: statements and addresses come back in exceptions.
    """
    raw, path = None, None
    try:
        if "core" in files:
            path, keys = files["core"]
            raw = sqlcipher.connect(str(path), isolation_level=None, check_same_thread=False)
            raw.set_key(_checked(keys))
        else:
            raw = sqlcipher.connect(":memory:", isolation_level=None, check_same_thread=False)
        raw.execute(f"PRAGMA cache_size={PAGE_CACHE:d}")
        raw.execute("PRAGMA temp_store=MEMORY")
        raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
        for zone in ZONES:
            if zone in files and zone != "core":
                path, keys = files[zone]
                raw.execute(f"ATTACH ? AS {zone} KEY ?", (str(path), _checked(keys).decode()))
                raw.execute(f"PRAGMA {zone}.cache_size={PAGE_CACHE:d}")
                raw.execute(f"SELECT count(*) FROM {zone}.sqlite_master").fetchone()
    except sqlcipher.Error as error:
        if raw is not None:
            raw.close()
        raise in_words(error, files, path) from None
    return raw


def _checked(keys: Keys) -> bytes:
    text = keys.raw_key()
    if not re.fullmatch(r"x'[0-9a-f]{64}'", text):
        raise DamagedVault(tr("The key of this vault has the wrong form."))
    return text.encode()


def harden(raw: Any, zones: tuple[Zone, ...], *, foreign_keys: bool = True) -> None:
    """The settings every working connection has, for each attached zone."""
    for zone in zones:
        schema = schema_of(zone)
        raw.execute(f"PRAGMA {schema}.journal_mode=WAL")
        raw.execute(f"PRAGMA {schema}.synchronous=FULL")
        raw.execute(f"PRAGMA {schema}.secure_delete=ON")
    raw.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
    raw.execute("PRAGMA trusted_schema=OFF")


def make_engine(files: Files) -> Engine:
    """The engine of an unlocked vault: pooled connections, read-only until a unit of work says which zone it
    writes.
    """
    zones = tuple(z for z in ZONES if z in files)

    def open_one() -> Any:
        raw = connect(files)
        try:
            harden(raw, zones)
            raw.set_authorizer(Authorizer(None))
        except sqlcipher.Error as error:
            raw.close()
            raise in_words(error, files) from None
        return raw

    engine = create_engine(
        "sqlite://",
        creator=open_one,
        module=sqlcipher,
        poolclass=QueuePool,
        pool_size=5,
        max_overflow=10,
        hide_parameters=True,
    )
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def check_header(path: Path, zone: Zone) -> None:
    """Raise DamagedVault when a zone file is missing, cut to nothing, or lies there unencrypted."""
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except FileNotFoundError:
        raise DamagedVault(
            tr("A file of the vault is missing: {file}").format(
                file=f"{zone}/{path.parent.name}/{path.name}"
            ),
            restore_help(),
        ) from None
    if start == PLAIN_HEADER:
        raise DamagedVault(
            tr("A file of the vault is not encrypted: {file}").format(
                file=f"{zone}/{path.parent.name}/{path.name}"
            ),
            tr("It is not the one TherapyDesk wrote.") + " " + restore_help(),
        )
    if len(start) < 16:
        raise DamagedVault(
            tr("A file of the vault is damaged: {file}").format(
                file=f"{zone}/{path.parent.name}/{path.name}"
            ),
            restore_help(),
        )


_BUSY, _FULL, _NOT_DB, _CORRUPT, _IO, _READ_ONLY, _INTERRUPT, _CANNOT_OPEN = 5, 13, 26, 11, 10, 8, 9, 14
# The driver's online backup gives no code, only the engine's own words.
_CODES = {
    "database or disk is full": _FULL,
    "disk I/O error": _IO,
    "database disk image is malformed": _CORRUPT,
}
_NO_ROOM_TO_SHARE = (
    10 | 19 << 8
)  # the file shared by readers and writers could not be made as large as needed


def in_words(
    error: BaseException, files: Files | None = None, path: Path | None = None
) -> UserError | BaseException:
    """A database error as what the user must know; what is a fault of the program stays as it is.

    `files` being opened: without room beside them the engine only says that the disk answered with an error. `path` is
    the one of them that was being opened just then.
    """
    orig = getattr(error, "orig", error)
    code = getattr(orig, "sqlite_errorcode", None) or _CODES.get(str(orig))
    kind = code & 0xFF if isinstance(code, int) else -1
    if kind == _BUSY:
        return Busy(tr("Another part of TherapyDesk is writing just now."), tr("Try again in a moment."))
    if kind == _FULL or code == _NO_ROOM_TO_SHARE or (kind == _IO and files and _no_room(files)):
        return disk_full()
    if kind == _CANNOT_OPEN:
        return VaultError(
            tr("A file of the vault cannot be opened."),
            tr("This account may not read it, or another program holds it. Nothing was changed."),
        )
    if kind == _READ_ONLY:
        return VaultError(
            tr("The vault’s folder cannot be written to."), tr("It is read-only for this account.")
        )
    if kind in (_NOT_DB, _CORRUPT):
        if path is None:
            return DamagedVault(
                tr("A file of the vault is damaged, or its key does not fit."), restore_help()
            )
        named = "/".join(path.parts[-3:])
        text = tr("A file of the vault is damaged, or its key does not fit: {file}")
        return DamagedVault(text.format(file=named), restore_help())
    if kind == _INTERRUPT:
        return VaultError(
            tr("The vault was locked meanwhile."), tr("Nothing was saved. Unlock it, then try again.")
        )
    if kind == _IO:
        return DamagedVault(
            tr("The disk answered with an error."),
            tr("Nothing more was saved. Check the disk before you go on."),
        )
    return error


def _no_room(files: Files) -> bool:
    """Asked when those that could be opened are shut again, so that what they took is free."""
    room = ROOM * len(files)
    return any(shutil.disk_usage(path.parent).free < room for path, _keys in files.values())


__all__ = [
    *(
        "Authorizer",
        "DiskFull",
        "Files",
        "check_header",
        "connect",
        "harden",
        "in_words",
        "make_engine",
        "schema_of",
    ),
]
