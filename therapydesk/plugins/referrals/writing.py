"""Carrying out a plan: exactly its rows, in one transaction in core, the text sealed for clinical."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    AccessNeed,
    BatchResult,
    Choice,
    Consent,
    ContactPoint,
    Db,
    ImportPlan,
    Person,
    Relation,
    StaleRecord,
    UserError,
    allowed,
    hand_over,
    new_id,
    now,
    today,
    tr,
    without_collecting,
)
from therapydesk.plugins.referrals.bulk import insert_rows
from therapydesk.plugins.referrals.columns import write_down
from therapydesk.plugins.referrals.models import Batch, Referral
from therapydesk.plugins.referrals.organisations import Organisations
from therapydesk.plugins.referrals.planning import Made, check_made, here_already
from therapydesk.plugins.referrals.sheaf import Sheaf, take_row

REASON, FILE = "referrals.reason", "referrals.file"
ROWS_A_MESSAGE = 5_000


@allowed("referrals.import")
@without_collecting()
def carry_out(db: Db, plan: ImportPlan, choices: Mapping[int, Choice] | None = None) -> BatchResult:
    """Write exactly the plan: new rows, rows about people here already, and those that were perhaps the same
    as chosen.

    `choices` says for the key of a row that is perhaps the same: "same", "new" or "leave" (the default).
    Raises StaleRecord when the vault changed since the plan was made, UserError when there is nothing to
    write.
    """
    made = check_made(plan)
    wanted = _wanted(plan, made, choices or {})
    if not wanted:
        raise UserError(
            tr("There is nothing to import: no row of this file is new."),
            tr("Look at the reason beside each row."),
        )
    people = _still_there(db, made, wanted)
    batch = Batch(
        id=new_id(),
        received_on=today(),
        file_hash=made.source.sha256,
        format=plan.format,
        sender=plan.sender[:200],
        name_hash=hashlib.sha256(made.source.name.encode()).hexdigest(),
        rows=len(wanted),
        left_out=len(plan.rows) - len(wanted),
    )
    db.add(batch)
    db.flush()
    sheaf = Sheaf(db, batch, made, plan.sender[:200], Organisations.load(db))
    drafts = [made.drafts[key] for key in wanted]
    sheaf.sources = drafts[0].sources
    sheaf.share(_stamp(db), drafts)
    for key, joined_to in wanted.items():
        take_row(sheaf, key, joined_to, people)
    batch.people_added, batch.people_joined = sheaf.added_people, sheaf.joined
    messages = _write(sheaf)
    write_down(made.match, made.source, sheaf.sender, db)
    organisations = [str(i) for i in sheaf.organisations.made]
    batch.undo = json.dumps({"organisations": organisations, "messages": [str(i) for i in messages]})
    return BatchResult(batch.id, len(wanted), sheaf.added_people, sheaf.joined, batch.left_out)


def _wanted(plan: ImportPlan, made: Made, choices: Mapping[int, Choice]) -> dict[int, bool]:
    """Key of each row to write, in the order of the file, and whether it joins somebody."""
    wanted: dict[int, bool] = {}
    for row in sorted(plan.rows, key=lambda r: r.key):
        choice: Choice = choices.get(row.key, "leave") if row.outcome == "perhaps_same" else "same"
        if row.outcome == "refused" or row.key in made.here_already or choice == "leave":
            continue
        joins = row.outcome != "new" and choice == "same"
        found = made.found.get(row.key)
        root = found.same_as if joins and found is not None else None
        if root is not None and root not in wanted:
            continue  # the row it belongs to is left out, so it is left out too
        wanted[row.key] = joins
    return wanted


def _still_there(db: Db, made: Made, wanted: Mapping[int, bool]) -> dict[UUID, Person]:
    """The people that rows join. Raises StaleRecord when one has gone, or when a row came in meanwhile."""
    changed = StaleRecord(tr("The records changed since this plan was made."), tr("Make the plan again."))
    drafts = [made.drafts[key] for key in wanted]
    if here_already(db, drafts, [made.hashes[key] for key in wanted]):
        raise changed
    ids = {made.found[key].person_id for key, joins in wanted.items() if joins and key in made.found}
    people: dict[UUID, Person] = {}
    known = [i for i in ids if i is not None]
    for start in range(0, len(known), 5_000):
        query = select(Person).where(
            Person.id.in_(known[start : start + 5_000]), Person.merged_into.is_(None)
        )
        people.update({person.id: person for person in db.scalars(query)})
    if len(people) < len(known):
        raise changed
    return people


def _stamp(db: Db) -> dict[str, Any]:
    moment = now()
    return {
        "created_at": moment,
        "created_by": db.user.id,
        "changed_at": moment,
        "changed_by": db.user.id,
        "row_version": 1,
    }


def _write(sheaf: Sheaf) -> list[UUID]:
    """Insert everything, each table in one go; seal the texts and the file. Returns the ids of the sealed
    messages.
    """
    db = sheaf.db
    db.flush()
    for table in (Person, ContactPoint, AccessNeed, Relation, Consent, Referral):
        rows = sheaf.rows.get(table)
        if rows:
            if table is AccessNeed:
                rows = [dict(pair) for pair in dict.fromkeys(tuple(row.items()) for row in rows)]
            insert_rows(db, table, rows, sheaf.shared[table], "import")
    messages = [
        hand_over(
            db, "clinical", REASON, sheaf.batch.id, _message(sheaf, sheaf.texts[at : at + ROWS_A_MESSAGE])
        )
        for at in range(0, len(sheaf.texts), ROWS_A_MESSAGE)
    ]
    source = sheaf.made.source
    content = {
        "title": source.name,
        "format": sheaf.batch.format,
        "sha256": source.sha256,
        "file": base64.b64encode(source.content).decode(),
    }
    return [*messages, hand_over(db, "clinical", FILE, sheaf.batch.id, content)]


def _message(sheaf: Sheaf, texts: list[dict[str, Any]]) -> dict[str, str]:
    """Texts of many rows as one message; what most rows say of their columns stands in it once."""
    return {
        "file": sheaf.made.source.name,
        "sources": json.dumps(sheaf.sources),
        "rows": json.dumps(texts, ensure_ascii=False),
    }
