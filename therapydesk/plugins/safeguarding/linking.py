"""Links between a concern and other people, and between concerns."""

from __future__ import annotations

import json
from uuid import UUID

from sqlalchemy import or_, select

from therapydesk.api import Db, Person, UserError, allowed, new_id, tr
from therapydesk.plugins.safeguarding.chain import NewEntry, append, find_concern, need_open, need_text
from therapydesk.plugins.safeguarding.models import ConcernLink, Entry, PersonLink
from therapydesk.plugins.safeguarding.words import role_words


@allowed("safeguarding.write")
def link_person(
    db: Db, concern_id: UUID, role: str, *, person_id: UUID | None = None, name: str = "", why: str = ""
) -> UUID:
    """Name another person in a concern: somebody the practice knows, or a name. Gives the entry's id."""
    concern = find_concern(db, concern_id)
    need_open(concern)
    words = role_words()
    if role not in words:
        raise UserError(tr("Say how this person belongs to it."))
    known = db.get(Person, person_id) if person_id is not None else None
    if person_id is not None and known is None:
        raise UserError(tr("That person is not here any more."), tr("Write the name instead."))
    called = (
        known.full_name if known is not None else need_text(name, tr("Write the name of the person."))[:200]
    )
    link = PersonLink(id=new_id(), concern_id=concern_id, person_id=person_id, name=called, role=role)
    db.add(link)
    text = f"{called}: {words[role]}" + (f". {why.strip()}" if why.strip() else "")
    detail = {"link": str(link.id), "role": role}
    return append(db, concern, NewEntry("person", text, says=db.user.name, detail=detail)).id


@allowed("safeguarding.write")
def link_concerns(db: Db, concern_id: UUID, other_id: UUID, why: str) -> UUID:
    """Say that two concerns belong together; both records say so. Raises UserError when they are linked already."""
    one, other = find_concern(db, concern_id), find_concern(db, other_id)
    if one.id == other.id:
        raise UserError(tr("That is the same concern."))
    reason = need_text(why, tr("Say why they belong together."))
    pairs = ((one.id, other.id), (other.id, one.id))
    for a, b in pairs:
        query = select(ConcernLink.id).where(ConcernLink.concern_id == a, ConcernLink.other_id == b)
        if db.scalar(query) is not None:
            raise UserError(tr("These two are linked already."))
    db.add(ConcernLink(id=new_id(), concern_id=one.id, other_id=other.id))
    made = []
    for here, there in ((one, other), (other, one)):
        text = tr("Belongs together with concern {n}: {why}").format(n=there.number, why=reason)
        new = NewEntry("concern", text, says=db.user.name, detail={"concern": str(there.id)})
        made.append(append(db, here, new).id)
    return made[0]


def unlink(db: Db, entry: Entry) -> list[UUID]:
    """Take away the link that an entry made; gives the entries of the other concern that say the same."""
    detail = json.loads(entry.detail)
    if entry.kind == "person":
        link = db.get(PersonLink, UUID(detail["link"]))
        if link is not None:
            db.delete(link)
        return []
    other = UUID(detail["concern"])
    pairs = (
        (ConcernLink.concern_id == entry.concern_id) & (ConcernLink.other_id == other),
        (ConcernLink.concern_id == other) & (ConcernLink.other_id == entry.concern_id),
    )
    for row in db.scalars(select(ConcernLink).where(or_(*pairs))):
        db.delete(row)
    there = db.scalars(select(Entry).where(Entry.concern_id == other, Entry.kind == "concern"))
    gone = select(Entry.about_id).where(Entry.concern_id == other, Entry.kind == "withdrawn")
    taken = set(db.scalars(gone))
    mine = str(entry.concern_id)
    return [row.id for row in there if row.id not in taken and json.loads(row.detail)["concern"] == mine]
