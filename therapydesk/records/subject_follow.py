"""What follows in other zones: core learns how far a part is; copies for a request without an answer go."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete

from therapydesk.core import audit
from therapydesk.core.dates import today
from therapydesk.core.events import Event
from therapydesk.core.tables import ZONES
from therapydesk.core.vault.outbox import subscribe
from therapydesk.core.vault.session import Db
from therapydesk.records.events import SubjectPartMoved, SubjectRequestEnded
from therapydesk.records.subject_requests import part
from therapydesk.records.subject_tables import ITEMS


def follow_part(db: Db, event: Event) -> None:
    """A part is collected, ready or packed. What was decided anew has to be packed anew."""
    if not isinstance(event, SubjectPartMoved):
        return
    row = part(db, event.request_id, event.part)
    if event.step == "packed":
        row.packed_on = today()
    elif (row.state, row.packed_on) != (event.step, None):
        row.state, row.packed_on = event.step, None


def drop_copies(db: Db, event: Event) -> None:
    """Nothing was given: what was copied for it is not needed. What was given is kept as it was given."""
    if not isinstance(event, SubjectRequestEnded) or event.state == "sent" or db.zone is None:
        return
    table: Any = ITEMS[db.zone].__table__
    db.execute(delete(table).where(table.c.request_id == event.request_id))
    audit.bulk(db, table, "copies of a request for data removed", [event.request_id])


subscribe("records.subject_parts", ("core",), follow_part, (SubjectPartMoved,))
subscribe("records.subject_copies", ZONES, drop_copies, (SubjectRequestEnded,))
