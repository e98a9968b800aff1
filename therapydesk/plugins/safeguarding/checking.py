"""Whether records are as they were written."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Db, allowed
from therapydesk.plugins.safeguarding.chain import RecordCheck, check_records
from therapydesk.plugins.safeguarding.models import Concern


@allowed("safeguarding.read")
def verify_records(db: Db, concern_ids: Collection[UUID] = ()) -> list[RecordCheck]:
    """Check these concerns' records, or all: every entry, their order, the log, and attached files. Changes nothing."""
    ids = list(concern_ids) or list(db.scalars(select(Concern.id).order_by(Concern.number)))
    return check_records(db, ids)
