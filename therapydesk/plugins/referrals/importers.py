"""Files of referrals: reading them, and saving the rows that could not be read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from therapydesk.api import ImportPlan, ReadFile, csv_file, read_file, tr
from therapydesk.plugins.referrals.planning import check_made

FILE_TYPES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".json", ".xml")


def read(path: Path, reader: str | None = None, cancelled: Callable[[], bool] | None = None) -> ReadFile:
    """The file, read in the limited worker, with its bytes for keeping. Raises a UserError naming it."""
    parsed = read_file(path, reader=reader, cancelled=cancelled)
    content = path.read_bytes()
    return ReadFile(path.name, hashlib.sha256(content).hexdigest(), content, parsed)


def unread_csv(plan: ImportPlan) -> bytes:
    """The rows that were refused as a CSV file: row numbers, why, and the cells as they were sent."""
    drafts = check_made(plan).drafts
    refused = [drafts[row.key] for row in sorted(plan.rows, key=lambda r: r.key) if row.outcome == "refused"]
    heads = list(dict.fromkeys(head for draft in refused for head, _ in draft.original))
    rows = ((draft, dict(draft.original)) for draft in refused)
    return csv_file(
        [tr("Row"), tr("Why it was not read"), *heads],
        ([draft.number, draft.refused, *(cells.get(head, "") for head in heads)] for draft, cells in rows),
    )
