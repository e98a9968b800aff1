"""The content of a file in an answer: copied with the row, or still in the record that it belongs to."""

from __future__ import annotations

import io
import mimetypes
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, BinaryIO

from sqlalchemy import select

from therapydesk.core.errors import UserError
from therapydesk.core.tables import Base, Zone, zone_of
from therapydesk.core.vault.files import SealedFile, open_file, remember_open
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

KNOWN = {"application/pdf": ".pdf", "text/plain": ".txt", "text/csv": ".csv", "application/json": ".json"}


def _table(zone: Zone, name: str) -> Any:
    return next((t for t in Base.metadata.tables.values() if t.name == name and zone_of(t) == zone), None)


@dataclass(frozen=True)
class KeptFile:
    """A file that can be read: whole in memory, or large and encrypted beside the zones."""

    name: str
    vault: Vault = field(repr=False)
    content: bytes = field(default=b"", repr=False)
    sealed: SealedFile | None = field(default=None, repr=False)

    def open(self) -> BinaryIO:
        """To be read by parts, without a session; closed at the latest when the vault is locked. Raises DamagedVault."""
        if self.sealed is None:
            return io.BytesIO(self.content)
        return remember_open(self.vault, open_file(self.vault.folder, self.sealed))


def kept_file(db: Db, zone: Zone, item: Any) -> KeptFile:
    """The file of a copy. Raises UserError when its record is gone."""
    vault: Vault = db.info["vault"]
    if item.content is not None:
        return KeptFile(item.file_name, vault, bytes(item.content))
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
    if row["content"] is not None or row.get("file_key") is None:
        return KeptFile(item.file_name, vault, bytes(row["content"] or b""))
    sealed = SealedFile(row["id"], zone, row["file_size"], row["sha256"], row["file_key"])
    return KeptFile(item.file_name, vault, sealed=sealed)


def ending(db: Db, zone: Zone, item: Any) -> str:
    """The ending of a file's name, ".pdf" and the like: by its kind, else as it was called; ".bin" when nobody knows."""
    table = _table(zone, item.source)
    kind = None
    if table is not None and "media_type" in table.c:
        kind = db.scalar(select(table.c.media_type).where(table.c.id == item.row_id))
    found = KNOWN.get(kind or "") or (mimetypes.guess_extension(kind) if kind else None)
    found = found or PurePath(item.file_name).suffix.lower()
    return found if found and len(found) <= 6 and found[1:].isalnum() else ".bin"
