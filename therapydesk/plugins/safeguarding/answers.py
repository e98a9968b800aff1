"""What this module answers when the window asks: facts, due items, timeline, search, files for a subject access pack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from therapydesk.api import (
    Db,
    DueItem,
    ExportItem,
    Fact,
    Hit,
    Link,
    Moment,
    Person,
    local_now,
    may,
    normal_name,
    setting,
    show_instant,
    tr,
)
from therapydesk.plugins.safeguarding import chronology, notices, raising, tasks
from therapydesk.plugins.safeguarding.actions import list_actions
from therapydesk.plugins.safeguarding.lists import list_concerns
from therapydesk.plugins.safeguarding.models import Concern, Entry, PersonLink
from therapydesk.plugins.safeguarding.particulars import particulars
from therapydesk.plugins.safeguarding.views import known_person
from therapydesk.plugins.safeguarding.words import risk_words

PAGE, RAISE = "safeguarding.safeguarding", "safeguarding.raise"
FEW = 20


def is_lead(db: Db) -> bool:
    """Whether the user may read concerns and holds their key."""
    return db.allows("safeguarding.read")


def facts(db: Db, person_ids: Sequence[UUID]) -> dict[UUID, list[Fact]]:
    """Notices and risk notes for all who see people; for leads also that there is an open concern, where few are shown."""
    if not may(db.user, "safeguarding.read_notices"):
        return {}
    found: dict[UUID, list[Fact]] = {}
    words = risk_words()
    for notice in notices.list_notices(db, person_ids):
        link = Link(PAGE, notice.person_id, ("notices",))
        found.setdefault(notice.person_id, []).append(Fact("notice", notice.text, "warn", link, order=5))
    for note in notices.list_risk_notes(db, person_ids):
        text = tr("{kind}: {text}").format(kind=words.get(note.kind, note.kind), text=note.text)
        link = Link(PAGE, note.person_id, ("notices",))
        found.setdefault(note.person_id, []).append(Fact("risk", text, "warn", link, order=6))
    if is_lead(db) and len(person_ids) <= FEW:
        query = select(Concern.person_id, Concern.id, Concern.number)
        query = query.where(Concern.person_id.in_(person_ids), Concern.state != "closed")
        for person_id, concern_id, number in db.execute(query.order_by(Concern.number)).all():
            fact = Fact(
                "concern",
                tr("Concern {n} is open.").format(n=number),
                link=Link(PAGE, concern_id, ("open",)),
                order=7,
            )
            if person_id is not None:
                found.setdefault(person_id, []).append(fact)
    return found


def about_record(db: Db, kind: str, ref: UUID, person_id: UUID | None) -> list[Fact]:
    """Beside a session or a note: number and state of what the user raised from there, and the offer to raise a concern."""
    words = raising.state_words()
    found = [
        Fact(
            "concern",
            tr("Concern {n}: {state}").format(n=row.number, state=words[row.state]),
            link=Link(PAGE),
            order=40,
        )
        for row in raising.handovers_from(db, kind, ref)
    ]
    link = Link(RAISE, person_id, (kind, str(ref)))
    return [*found, Fact("offer", tr("Raise a concern"), link=link, order=41)]


def due(db: Db, today: date) -> list[DueItem]:
    """For leads: decisions and actions until they are taken and done. For all: what a lead gave them, risk notes to review.

    Neither names nor texts of a concern: Today may be seen over a shoulder.
    """
    items = []
    if is_lead(db):
        for row in list_concerns(db):
            if row.urgency is not None:
                text = tr("Concern {n}: decide by {when}").format(n=row.number, when=show_instant(row.due_at))
                link = Link(PAGE, row.id, ("open",))
                items.append(DueItem(text, row.due_at.date(), link=link, kind="concern"))
        for action in list_actions(db):
            text = tr("Concern {n}: something to do").format(n=action.number)
            link = Link(PAGE, action.concern_id, ("open",))
            items.append(DueItem(text, action.due_at.date(), link=link, kind="concern_action"))
    for task in tasks.list_tasks(db):
        link = Link(PAGE, task.id, ("task",))
        text = tr("Something to do for the safeguarding lead")
        items.append(DueItem(text, task.due_at.date(), link=link, kind="safeguarding_task"))
    if may(db.user, "safeguarding.write_risk_notes"):
        told = may(db.user, "safeguarding.tell_notice")
        words = {
            "notice": tr("{name}: does the notice still hold?"),
            "risk": tr("{name}: does the risk note still hold?"),
        }
        for person_id, name, on, code in notices.reviews_due(db, today, notices=told):
            link = Link(PAGE, person_id, ("notices",))
            items.append(DueItem(words[code].format(name=name), on, person_id, link, kind=code))
        if setting(db, "safeguarding.ask_before_start", False):
            for person_id, name, since in notices.not_assessed(db, today):
                text = tr("{name}: health and risk were not looked at yet").format(name=name)
                link = Link(PAGE, person_id, ("notices",))
                items.append(DueItem(text, since, person_id, link, kind="assessment"))
    return items


def moments(db: Db, person_id: UUID, since: datetime) -> list[Moment]:
    """For leads: when concerns about a person were raised and closed."""
    if not is_lead(db):
        return []
    query = select(Concern).where(Concern.person_id == person_id).order_by(Concern.number)
    made = []
    for concern in db.scalars(query):
        link = Link(PAGE, concern.id, ("open",))
        raised = tr("Concern {n} raised").format(n=concern.number)
        made.append(Moment(concern.raised_at, "concern", raised, link))
        if concern.closed_at is not None:
            closed = tr("Concern {n} closed").format(n=concern.number)
            made.append(Moment(concern.closed_at, "concern", closed, link))
    return [moment for moment in made if moment.at >= since]


def hits(db: Db, text: str, limit: int) -> list[Hit]:
    """For leads: concerns by number, by name, or by words of their record. Nothing of it leaves the zone."""
    wanted = " ".join(text.split())
    if not is_lead(db) or not wanted:
        return []
    number = wanted.split()[-1]
    name = normal_name(wanted)
    texts = (Entry.text, Entry.impact, Entry.done, Entry.says)
    said = or_(*(text.icontains(wanted, autoescape=True) for text in texts))
    written = select(Entry.concern_id).where(said)
    linked = select(PersonLink.concern_id).where(PersonLink.name.icontains(wanted, autoescape=True))
    which = [Concern.about_name.icontains(wanted, autoescape=True)]
    which += [Person.normal_name.contains(name, autoescape=True)] if name else []
    which += [Concern.id.in_(linked), Concern.id.in_(written)] if len(wanted) > 2 else []
    which += (
        [Concern.number == int(number)] if number.isascii() and number.isdecimal() and len(number) < 9 else []
    )
    query = select(Concern, func.coalesce(func.nullif(Person.preferred_name, ""), Person.full_name))
    query = query.outerjoin(Person, known_person()).where(or_(*which))
    rows = db.execute(query.order_by(Concern.number.desc()).limit(limit)).all()
    return [
        Hit(
            tr("Concern {n}: {name}").format(n=concern.number, name=called or concern.about_name),
            tr("Raised {when}").format(when=show_instant(concern.raised_at)),
            Link(PAGE, concern.id, ("open",)),
            60.0,
            "safeguarding",
        )
        for concern, called in rows
    ]


def extras(db: Db, person_id: UUID) -> list[ExportItem]:
    """For a subject access pack, made by a lead: the record of each concern about the person, to be reviewed before it
    leaves.
    """
    if not is_lead(db):
        return []
    items = []
    for row in list_concerns(db, "all", person_id=person_id):
        wish = chronology.ChronologyWish([row.id], db.user.name, tr("Subject access request"), whole=True)
        made = chronology.read_chronology(db, wish)
        blocks = [made.title, show_instant(made.made_at) + f", {local_now().tzname() or 'UTC'}"]
        for line in made.rows:
            told = (line.happened, line.says, line.what, line.impact, line.done)
            parts = (*told, *particulars(line.entry), line.written)
            blocks.append("\n".join([f"{line.number}.", *(part for part in parts if part)]))
        items.append(ExportItem(f"concern-{row.number}.txt", "\n\n".join(blocks).encode()))
    return items
