"""Raise a concern: sealed to the safeguarding leads, whoever sends it and whatever keys they hold."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import (
    Db,
    Event,
    HandedOver,
    Person,
    UserError,
    allowed,
    hand_over,
    key_holders,
    list_users,
    new_id,
    now,
    open_own,
    practice_card,
    publish,
    seal_to_self,
    setting,
    tr,
)
from therapydesk.plugins.safeguarding.chain import (
    LONGEST,
    Author,
    NewEntry,
    When,
    append,
    check_when,
    need_text,
)
from therapydesk.plugins.safeguarding.models import Concern, Handover
from therapydesk.plugins.safeguarding.rules import due_at

CONCERN, DIED = "safeguarding.concern", "safeguarding.died"
DANGER = ("no", "now", "unsure")
HOURS, MOST_HOURS = 24, 24 * 28  # our own target until the practice sets another
STATES = ("sent", "received", "decided", "closed")


@dataclass(frozen=True)
class Source:
    """From where a concern was raised: a kind of record ("appointment", "note", "group", "person") and its id."""

    kind: str
    ref: UUID


@dataclass(frozen=True)
class NewConcern:
    """The five questions and whom they are about.

    `person_id`, or for somebody whom the practice does not know `about_name` and in `about_details` what identifies them
    (date of birth, address). `wants` is what the person wants; `seen` what was seen, heard or told, spoken words in
    quotation marks; `danger` no, now or unsure; `done` what was done and who knows; `warning` names what is painful in it.
    """

    seen: str = field(repr=False)
    person_id: UUID | None = None
    about_name: str = field(default="", repr=False)
    about_details: str = field(default="", repr=False)
    wants: str = field(default="", repr=False)
    when: When | None = None
    where: str = field(default="", repr=False)
    danger: str = "unsure"
    done: str = field(default="", repr=False)
    warning: str = field(default="", repr=False)
    source: Source | None = None


@dataclass(frozen=True)
class HandoverView:
    """What the sender sees of a concern: number, when (UTC) and how far. `state`: sent, received, decided, closed."""

    id: UUID
    number: int
    sent_at: datetime
    state: str
    source: Source | None


def state_words() -> dict[str, str]:
    """How far a concern is, as its sender is told: code and words."""
    return {
        "sent": tr("handed over"),
        "received": tr("read by a lead"),
        "decided": tr("decided"),
        "closed": tr("closed"),
    }


@dataclass(frozen=True)
class LeadView:
    """A safeguarding lead. `holds_key`: whether they can open the zone already; who cannot reads nothing."""

    id: UUID
    name: str
    job_title: str
    holds_key: bool


@dataclass(frozen=True)
class ConcernMoved(Event):
    """A lead read, decided, closed or reopened a concern; core's handover follows. Ids and codes, nothing else.

    `number` is given where the concern has another number than it was handed over with.
    """

    handover_id: UUID
    state: str
    number: str = ""


@allowed("safeguarding.raise")
def raise_concern(db: Db, new: NewConcern) -> HandoverView:
    """Seal a concern to the leads and give it a number; `db` writes core. Afterwards nobody but a lead can read it.

    Raises UserError when nothing was seen, heard or told, when it is about nobody, for a day to come, or when a text has
    more than 50,000 letters.
    """
    seen = need_text(new.seen, tr("Write what you have seen, heard or been told."))
    if new.danger not in DANGER:
        raise UserError(tr("Say whether anyone is in danger now: no, now, or unsure."))
    for text in (new.wants, new.done, new.where, new.about_details):
        if len(text) > LONGEST:
            raise UserError(tr("This text is too long ({n} letters).").format(n=len(text)))
    person_id, name = _about(db, new)
    when, at = check_when(new.when), now()
    number = (db.scalar(select(func.max(Handover.number))) or 0) + 1
    row = Handover(id=new_id(), number=number, sent_at=at, by=db.user.id, state="sent")
    row.source = _sealed_source(db, new.source)
    db.add(row)
    content = {
        "number": str(number),
        "by": str(db.user.id),
        "raiser": db.user.name,
        "at": at.isoformat(),
        "person": str(person_id or ""),
        "name": name,
        "details": new.about_details.strip(),
        "wants": new.wants.strip(),
        "seen": seen,
        "on": when.on.isoformat(),
        "time": when.time,
        "exact": "1" if when.exact else "",
        "where": new.where.strip(),
        "danger": new.danger,
        "done": new.done.strip(),
        "warning": new.warning.strip(),
        "source": json.dumps([new.source.kind, str(new.source.ref)]) if new.source else "",
    }
    hand_over(db, "safeguarding", CONCERN, row.id, content)
    db.flush()
    return HandoverView(row.id, number, at, "sent", new.source)


def _about(db: Db, new: NewConcern) -> tuple[UUID | None, str]:
    if new.person_id is None:
        return None, need_text(new.about_name, tr("Say whom this is about."))[:200]
    person = db.get(Person, new.person_id)
    if person is not None and person.merged_into is not None:
        person = db.get(Person, person.merged_into)
    if person is None:
        raise UserError(tr("That person is not here any more."), tr("Write the name instead."))
    return person.id, person.full_name


def _sealed_source(db: Db, source: Source | None) -> bytes | None:
    return None if source is None else seal_to_self(db, json.dumps([source.kind[:40], str(source.ref)]))


def _open_source(db: Db, sealed: bytes | None) -> Source | None:
    text = open_own(db, sealed) if sealed is not None else None
    if text is None:
        return None
    kind, ref = json.loads(text)
    return Source(kind, UUID(ref))


@allowed("safeguarding.raise")
def list_handovers(db: Db) -> list[HandoverView]:
    """What the signed-in user has handed over, newest first."""
    rows = db.scalars(select(Handover).where(Handover.by == db.user.id).order_by(Handover.number.desc()))
    return [HandoverView(r.id, r.number, r.sent_at, r.state, _open_source(db, r.source)) for r in rows]


@allowed("safeguarding.raise")
def handovers_from(db: Db, kind: str, ref: UUID) -> list[HandoverView]:
    """What the signed-in user raised from a record, for example from a session; nobody else is told that there is any."""
    wanted = Source(kind, ref)
    return [row for row in list_handovers(db) if row.source == wanted]


@allowed("safeguarding.raise")
def list_leads(db: Db) -> list[LeadView]:
    """The safeguarding leads, for "Who can read this": those with the key, then those who wait for it."""
    holders = key_holders(db, "safeguarding")
    found = [
        LeadView(u.id, u.name, u.job_title, u.id in holders) for u in list_users(db) if "lead" in u.roles
    ]
    return sorted(found, key=lambda view: not view.holds_key)


# --- Arriving ---


def take_in(db: Db, event: HandedOver) -> None:
    """Open what was handed over; `db` writes the safeguarding zone. Taking it in twice does nothing."""
    if event.kind == CONCERN:
        _take_concern(db, event)
    elif event.kind == DIED:
        _take_death(db, event)


def target_hours(db: Db) -> int:
    """The practice's own target for a decision; ours where the setting holds nothing sensible."""
    value = setting(db, "safeguarding.decide_hours", HOURS)
    return int(value) if isinstance(value, (int, float)) and 1 <= value <= MOST_HOURS else HOURS


def _take_concern(db: Db, event: HandedOver) -> None:
    if db.scalar(select(Concern.id).where(Concern.handover_id == event.ref)) is not None:
        return
    told = event.content
    raised_at = datetime.fromisoformat(told["at"])
    source = json.loads(told["source"]) if told["source"] else ["", None]
    hours = 0 if told["danger"] == "now" else target_hours(db)
    concern = Concern(
        id=new_id(),
        number=_free_number(db, int(told["number"])),
        handover_id=event.ref,
        person_id=UUID(told["person"]) if told["person"] else None,
        about_name=told["name"][:200],
        about_details=told["details"],
        raised_by=UUID(told["by"]),
        raiser_name=told["raiser"][:200],
        raised_at=raised_at,
        source_kind=source[0],
        source_ref=UUID(source[1]) if source[1] else None,
        danger=told["danger"],
        nation=practice_card(db).nation,
        due_at=due_at(raised_at, hours, "hours"),
        entries=0,
        head="",
    )
    db.add(concern)
    db.flush()
    new = NewEntry(
        "raised",
        told["seen"],
        When(date.fromisoformat(told["on"]), told["time"], bool(told["exact"])),
        says=told["raiser"],
        impact=told["wants"],
        done=told["done"],
        warning=told["warning"],
        detail={"where": told["where"], "danger": told["danger"]},
    )
    append(db, concern, new, Author(concern.raised_by, concern.raiser_name, raised_at))
    if concern.number != int(told["number"]):
        publish(db, ConcernMoved(concern.handover_id, "sent", str(concern.number)))


def _free_number(db: Db, number: int) -> int:
    """The number it was handed over with; the next free one when core is older than this zone and gave it again."""
    if db.scalar(select(Concern.id).where(Concern.number == number)) is None:
        return number
    return (db.scalar(select(func.max(Concern.number))) or 0) + 1


def tell_death(db: Db, person_id: UUID) -> None:
    """A death was recorded in core: tell the safeguarding zone, sealed, whether or not there is a concern."""
    content = {"by": str(db.user.id), "name": db.user.name, "at": now().isoformat()}
    hand_over(db, "safeguarding", DIED, person_id, content)


def _take_death(db: Db, event: HandedOver) -> None:
    """Open concerns about that person say so, in the name of whoever recorded the death."""
    told = event.content
    author = Author(UUID(told["by"]), told["name"][:200], datetime.fromisoformat(told["at"]))
    query = select(Concern).where(Concern.person_id == event.ref, Concern.state != "closed")
    for concern in db.scalars(query.order_by(Concern.number)):
        new = NewEntry("note", tr("The practice recorded that this person has died."), says=author.name)
        append(db, concern, new, author)


def follow(db: Db, event: ConcernMoved) -> None:
    """The sender's handover follows the concern; `db` writes core."""
    row = db.get(Handover, event.handover_id)
    if row is None:
        return
    row.state = event.state
    other = select(Handover.id).where(
        Handover.number == int(event.number or row.number), Handover.id != row.id
    )
    if event.number and db.scalar(other) is None:
        row.number = int(event.number)
