"""Columns of a file: guessed, or remembered from the sender's last list."""

from __future__ import annotations

import json

from sqlalchemy import select

from therapydesk.api import ColumnMatch, Db, FileMatch, ReadFile, allowed, new_id, today
from therapydesk.plugins.referrals.models import Mapping
from therapydesk.plugins.referrals.rules.columns import guess_mapping, names_somebody, signature
from therapydesk.plugins.referrals.rules.fields import BY_ID

SAMPLES = 5


@allowed("referrals.import")
def guess_columns(db: Db, source: ReadFile) -> FileMatch:
    """The columns of every table of the file, as last used for these headings or else guessed."""
    tables = []
    sender, remembered = "", False
    for table in source.parsed.tables:
        kept = _remembered(db, signature(table.header)) if table.header_row else None
        cells = [row.cells for row in table.rows[:50]]
        if kept is not None:
            fields, sender, remembered = (
                _known_fields(kept.fields, len(table.header)),
                kept.sender or sender,
                True,
            )
        else:
            fields = guess_mapping(table.header, cells, bool(table.header_row))
        tables.append(
            ColumnMatch(
                table.name,
                tuple(table.header),
                fields,
                tuple(tuple(row) for row in cells[:SAMPLES]),
                bool(table.rows) and names_somebody(fields),
            )
        )
    return FileMatch(sender, tuple(tables), remembered)


def _remembered(db: Db, header: str) -> Mapping | None:
    query = (
        select(Mapping).where(Mapping.signature == header).order_by(Mapping.used_on.desc(), Mapping.id.desc())
    )
    return db.scalars(query.limit(1)).first()


def _known_fields(kept: str, width: int) -> tuple[str, ...]:
    fields = [field if field in BY_ID else "" for field in json.loads(kept)]
    return tuple((fields + [""] * width)[:width])


def write_down(match: FileMatch, source: ReadFile, sender: str, db: Db) -> None:
    """Remember the columns for the sender's next list. Part of an import: asks no permission."""
    for table, columns in zip(source.parsed.tables, match.tables, strict=True):
        if not columns.used or not table.header_row:
            continue
        header, fields = signature(table.header), json.dumps(columns.fields)
        query = select(Mapping).where(Mapping.signature == header, Mapping.sender == sender)
        kept = db.scalars(query).first()
        if kept is None:
            db.add(Mapping(id=new_id(), signature=header, sender=sender, fields=fields, used_on=today()))
        else:
            kept.fields, kept.used_on = fields, today()
