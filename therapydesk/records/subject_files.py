"""The content of a file in an answer: copied with the row, or still in the record that it belongs to."""

from __future__ import annotations

import mimetypes
from pathlib import Path, PurePath
from typing import Any

from sqlalchemy import select

from therapydesk.core.errors import UserError
from therapydesk.core.tables import Base, Zone, zone_of
from therapydesk.core.vault.files import SealedFile, open_file
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr

KNOWN = {"application/pdf": ".pdf", "text/plain": ".txt", "text/csv": ".csv", "application/json": ".json"}


def _table(zone: Zone, name: str) -> Any:
    return next((t for t in Base.metadata.tables.values() if t.name == name and zone_of(t) == zone), None)


def read_content(db: Db, zone: Zone, item: Any) -> bytes:
    """The bytes of a file. Raises UserError when its record is gone, DamagedVault when it does not open."""
    if item.content is not None:
        return bytes(item.content)
    table = _table(zone, item.source)
    row = None
    if table is not None:
        found = db.connection().execute(select(table).where(table.c.id == item.row_id))
        row = found.mappings().first()
    if row is None:
        raise UserError(
            tr("The file “{name}” is not in the records any more.").format(name=item.file_name),
            tr("Collect this part anew."),
        )
    if row["content"] is not None:
        return bytes(row["content"])
    key = row.get("file_key")
    if key is None:
        return b""
    folder: Path = db.info["vault"].folder
    sealed = SealedFile(row["id"], zone, row["file_size"], row["sha256"], key)
    with open_file(folder, sealed) as file:
        return file.read()


def ending(db: Db, zone: Zone, item: Any) -> str:
    """The ending of a file's name, ".pdf" and the like: by its kind, else as it was called; ".bin" when nobody knows."""
    table = _table(zone, item.source)
    kind = None
    if table is not None and "media_type" in table.c:
        kind = db.scalar(select(table.c.media_type).where(table.c.id == item.row_id))
    found = KNOWN.get(kind or "") or (mimetypes.guess_extension(kind) if kind else None)
    found = found or PurePath(item.file_name).suffix.lower()
    return found if found and len(found) <= 6 and found[1:].isalnum() else ".bin"
