"""What referrals say, taken into the clinical zone once a holder of its key has opened it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from therapydesk.api import ClinicalDocument, Db, HandedOver, audit, new_id, now, tr, without_collecting
from therapydesk.plugins.referrals.bulk import ids, insert_rows
from therapydesk.plugins.referrals.models import Reason, Referral
from therapydesk.plugins.referrals.rules.fields import TEXTS
from therapydesk.plugins.referrals.undoing import UNDONE
from therapydesk.plugins.referrals.writing import FILE, REASON

KEPT = "referrals.kept"
KEPT_FIELDS = (*TEXTS, "answer")
MEDIA = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "fhir-json": "application/fhir+json",
    "fhir-xml": "application/fhir+xml",
}


def take_in(event: HandedOver, db: Db) -> None:
    """Take in one sealed message; `db` writes the clinical zone. Others' messages pass by."""
    takers = {REASON: _take_rows, FILE: _take_file, KEPT: _take_kept, UNDONE: _take_undone}
    if event.kind in takers:
        takers[event.kind](event, db)


@without_collecting()
def _take_rows(event: HandedOver, db: Db) -> None:
    moment, keys = now(), ids()
    texts, file, sources = json.loads(event.content["rows"]), event.content["file"], event.content["sources"]
    filled = [name for name in TEXTS if any(name in text for text in texts)]
    shared: dict[str, Any] = {"created_at": moment, "created_by": db.user.id, "changed_at": moment}
    shared |= {"changed_by": db.user.id, "row_version": 1, "batch_id": event.ref, "answer": ""}
    shared |= {name: "" for name in TEXTS if name not in filled}
    rows = [
        {
            "id": next(keys),
            "referral_id": UUID(text["referral"]),
            "person_id": UUID(text["person"]),
            "original": text["original"],
            "original_from": _place(text, file)[:300],
            "sources": json.dumps(text["sources"]) if "sources" in text else sources,
            **{name: text.get(name, "") for name in filled},
        }
        for text in texts
    ]
    insert_rows(db, Reason, rows, shared, "import")


def _place(text: Mapping[str, Any], file: str) -> str:
    if "table" in text:
        place = tr("Row {n} of sheet {table}, {file}")
        return place.format(n=text["row"], table=text["table"], file=file)
    return tr("Row {n} of {file}").format(n=text["row"], file=file)


def _take_file(event: HandedOver, db: Db) -> None:
    content = event.content
    db.add(
        ClinicalDocument(
            id=new_id(),
            person_id=None,
            kind="referral_file",
            ref=event.ref,
            title=content["title"][:200],
            media_type=MEDIA.get(content["format"], "application/octet-stream"),
            sha256=content["sha256"],
            content=base64.b64decode(content["file"]),
        )
    )


def _take_kept(event: HandedOver, db: Db) -> None:
    reason = db.scalars(select(Reason).where(Reason.referral_id == event.ref)).first()
    if reason is None:
        referral = db.get(Referral, event.ref)
        if referral is None:
            return
        reason = Reason(
            id=new_id(), referral_id=event.ref, person_id=referral.person_id, batch_id=referral.batch_id
        )
        db.add(reason)
    for name, text in event.content.items():
        if name in KEPT_FIELDS:
            setattr(reason, name, text)


def _take_undone(event: HandedOver, db: Db) -> None:
    for mapped, name in ((Reason, "batch_id"), (ClinicalDocument, "ref")):
        table: Any = mapped.__table__
        mine = table.c[name] == event.ref
        gone = list(db.scalars(select(table.c.id).where(mine)))
        if gone:
            db.execute(delete(table).where(mine))
            audit.bulk(db, mapped, "undo import", gone)


def kept_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts that a form may keep, and nothing else."""
    return {name: text.strip() for name, text in texts.items() if name in KEPT_FIELDS}
