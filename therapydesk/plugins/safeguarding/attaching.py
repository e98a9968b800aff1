"""Files kept with a concern: in the zone itself, or sealed part by part beside it when they are large."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    LARGE,
    Db,
    DocumentView,
    LargeFileView,
    NotFound,
    SafeguardingDocument,
    SealedFile,
    UserError,
    add_safeguarding_file,
    allowed,
    new_id,
    read_safeguarding_file,
    tr,
)
from therapydesk.plugins.safeguarding.chain import (
    NewEntry,
    append,
    find_concern,
    find_entry,
    need_open,
    need_text,
)

KIND = "concern"
LONGEST_TITLE = 200


@allowed("safeguarding.write")
def attach_file(
    db: Db, concern_id: UUID, title: str, content: bytes, media_type: str, *, why: str = "", warning: str = ""
) -> UUID:
    """Keep a file with a concern; gives the entry's id. Raises UserError for an empty one, or for more than 20 MiB:
    those go by `attach_large_file`.
    """
    concern = find_concern(db, concern_id)
    need_open(concern)
    if not content:
        raise UserError(tr("That file is empty."))
    if len(content) > LARGE:
        raise UserError(tr("That file is larger than 20 MiB."), tr("Keep it as a large file."))
    name = _title(title)
    document = SafeguardingDocument(
        id=new_id(),
        person_id=concern.person_id,
        kind=KIND,
        ref=concern_id,
        title=name,
        media_type=media_type[:100],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )
    db.add(document)
    detail = _detail(document.id, document.sha256, media_type, len(content), name)
    new = NewEntry("attachment", why or name, says=db.user.name, warning=warning, detail=detail)
    return append(db, concern, new).id


@allowed("safeguarding.write")
def attach_large_file(
    db: Db,
    concern_id: UUID,
    title: str,
    sealed: SealedFile,
    media_type: str,
    *,
    why: str = "",
    warning: str = "",
) -> UUID:
    """Keep a large file with a concern; gives the entry's id. Called inside `sealing(vault.folder, "safeguarding", …)`,
    which takes the file away again when anything raises.
    """
    concern = find_concern(db, concern_id)
    need_open(concern)
    name = _title(title)
    add_safeguarding_file(
        db, sealed, KIND, name, media_type[:100], ref=concern_id, person_id=concern.person_id
    )
    detail = _detail(sealed.id, sealed.sha256, media_type, sealed.size, name)
    new = NewEntry("attachment", why or name, says=db.user.name, warning=warning, detail=detail)
    return append(db, concern, new).id


def _title(title: str) -> str:
    return need_text(title, tr("Give the file a title."))[:LONGEST_TITLE]


def _detail(document_id: UUID, digest: str, media_type: str, size: int, title: str) -> dict[str, Any]:
    """What the entry holds of the file: enough to find another one put in its place."""
    found: dict[str, Any] = {"document": str(document_id), "sha256": digest, "media_type": media_type}
    return found | {"bytes": size, "title": title, "large": size > LARGE}


@allowed("safeguarding.read")
def read_attachment(db: Db, entry_id: UUID) -> DocumentView:
    """The file of an entry of the kind attachment whose detail is not `large`.

    Raises NotFound, and UserError when it is not what was kept.
    """
    detail, document_id = _find(db, entry_id)
    query = select(SafeguardingDocument, SafeguardingDocument.content)
    found = db.execute(query.where(SafeguardingDocument.id == document_id)).first()
    if found is None:
        raise NotFound(tr("That file is not here."))
    row, content = found
    if content is None or hashlib.sha256(content).hexdigest() != detail["sha256"]:
        raise UserError(tr("This file was damaged in the vault."), tr("Check the vault, or use a backup."))
    return DocumentView(
        row.id, row.title, row.kind, row.media_type, row.ref, row.person_id, row.created_at, content
    )


@allowed("safeguarding.read")
def read_large_attachment(db: Db, entry_id: UUID) -> LargeFileView:
    """The large file of an entry; `open()` reads it by parts. Raises NotFound."""
    return read_safeguarding_file(db, _find(db, entry_id)[1])


def _find(db: Db, entry_id: UUID) -> tuple[dict[str, Any], UUID]:
    detail = json.loads(find_entry(db, entry_id).detail)
    if "document" not in detail:
        raise NotFound(tr("That entry has no file."))
    return detail, UUID(detail["document"])
