"""Registers and grab sheets on paper: for a hall without a computer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    ContactPoint,
    Db,
    Person,
    Relation,
    allowed,
    local_now,
    pdf,
    practice_sheet,
    relation_words,
    show_day,
    show_phone,
    show_time,
    tr,
)
from therapydesk.plugins.groups import lifts, pair_words, register, roster, service
from therapydesk.plugins.groups.register import Register
from therapydesk.plugins.groups.rules import TEAM_ROLES

BOX = "x"  # any text asks for a box
SMALL = 9  # points, in normal print
WALK_INS = 4  # empty lines


@allowed("groups.register", filters=True)
def register_pdf(
    db: Db, appointment_id: UUID, know: Mapping[UUID, str], size: pdf.Size = "normal", *, names: bool = True
) -> bytes:
    """The sheet of a session to tick by hand, with lines for walk-ins; `know` is what is good to know, by person.

    Without `names` nothing of that stands on it either: it would tell of somebody.
    """
    found = register.open_register(db, appointment_id)
    day, start = show_day(found.starts_at.date()), show_time(found.starts_at.time())
    title = tr("Register, {day}").format(day=day)
    sheet = practice_sheet(db, title, size=size, landscape=size == "extra_large")
    where = f", {found.where}" if found.where else ""
    story: list[Any] = [
        sheet.text(tr("{group}, {time}{where}").format(group=found.name, time=start, where=where))
    ]
    wide = sheet.setup.sizes.small.size / SMALL
    boxes = [(tr("Present"), 16), (tr("Apologies"), 20), (tr("No word"), 16)]
    columns = [
        pdf.Column(head, max(width * wide * pdf.MM, _room(head, sheet)), box=True) for head, width in boxes
    ]
    called = _called(found) if names else {}
    told = know if names else {}
    lines = [(called.get(row.attendance_id, ""), told.get(row.person_id, "")) for row in _named(found)]
    lines += [("", "")] * WALK_INS
    if sheet.setup.sizes.large:
        columns.append(pdf.Column(tr("Name")))
        rows = [[BOX, BOX, BOX, "\n".join(text for text in line if text)] for line in lines]
    else:
        columns += [pdf.Column(tr("Name"), 56 * pdf.MM, strong=True), pdf.Column(tr("Good to know"))]
        rows = [[BOX, BOX, BOX, *line] for line in lines]
    story.append(sheet.table(columns, rows, grid=True))
    for words in (tr("How many without a name: ________"), tr("Helpers: ________________________________")):
        story.append(sheet.text(words))
    return sheet.build(story)


def _room(head: str, sheet: pdf.Sheet) -> float:
    """How wide a column must be for its head, in points; in another language it may be longer."""
    return pdf.text_width(head, sheet.setup.sizes.small.bold()) + 3 * pdf.MM


def _named(found: Register) -> list[Any]:
    return [row for row in found.rows if row.person_id is not None]


def _called(found: Register) -> dict[UUID, str]:
    """By attendance: the name, and whom they come with."""
    names: dict[UUID | None, str] = {row.attendance_id: row.name for row in found.rows}
    return {
        row.attendance_id: _beside(row.name, names.get(row.with_row, ""), row.relation) for row in found.rows
    }


def _beside(name: str, member: str, relation: str = "") -> str:
    """On paper rows may be cut apart, so whom somebody comes with is said in words."""
    if not member:
        return name
    words = tr("{name}, {relation}, with {member}") if relation else tr("{name}, with {member}")
    return words.format(name=name, member=member, relation=relation)


@allowed("groups.register", filters=True)
def grab_sheet(db: Db, group_id: UUID, needs: Mapping[UUID, str], size: pdf.Size = "normal") -> bytes:
    """One page for the bag (opening 25): whom to ring in an emergency, what people need, what to watch for; stamped with the
    day and who holds it. Warning signs only for who may read what the group is for.
    """
    view = service.get_group(db, group_id)
    members = [m for m in roster.list_members(db, group_id) if m.state in roster.GOES or m.role in TEAM_ROLES]
    chosen = [m.emergency_id for m in members if m.emergency_id is not None]
    phones = _phones(db, [m.person_id for m in members], chosen)
    sheet = practice_sheet(db, tr("Grab sheet"), size=size)
    stamp = tr("{group}. Made {day} at {time}, held by {name}. Destroy it when the next one is made.")
    at = local_now()
    words = stamp.format(
        group=view.name, day=show_day(at.date()), time=show_time(at.time()), name=db.info["user"].name
    )
    story: list[Any] = [sheet.text(words)]
    if view.where:
        story.append(sheet.text(tr("Where: {where}").format(where=view.where)))
    if view.details.access:
        story.append(sheet.text(view.details.access))
    if view.warning_signs or (view.kind is not None and view.kind.warning):
        signs = [*(view.kind.warning if view.kind is not None else ()), *view.warning_signs.splitlines()]
        story += [
            sheet.section(tr("Watch for")),
            *(sheet.text(f"– {sign}") for sign in signs if sign.strip()),
        ]
        story.append(sheet.text(tr("In danger: ring 999.")))
    story.append(sheet.section(tr("People")))
    columns = [
        pdf.Column(tr("Name"), 45 * pdf.MM, strong=True),
        pdf.Column(tr("What helps"), 60 * pdf.MM),
        pdf.Column(tr("Ring in an emergency")),
    ]
    helps = lifts.beside(register.needs_of(db, [m.person_id for m in members]), members)
    names = _full_names(db, [m.person_id for m in members])
    by_member: dict[UUID | None, str] = {m.id: m.name for m in members}
    relations = pair_words.relations_of(db, pair_words.pairs_of(members))
    rows = [
        [
            _beside(names[m.person_id], by_member.get(m.pair_id, ""), relations.get(m.person_id, "")),
            ". ".join(text for text in (needs.get(m.person_id, ""), helps.get(m.person_id, "")) if text)
            or tr("Not recorded"),
            phones.get(m.person_id, tr("Not recorded")),
        ]
        for m in members
    ]
    story.append(sheet.table(columns, rows))
    return sheet.build(story)


def _full_names(db: Db, person_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Two may go by the same first name, and somebody has to be found."""
    query = select(Person.id, Person.full_name, Person.preferred_name).where(Person.id.in_(person_ids))
    return {
        person_id: f"{full} ({called})" if called and called not in full else full
        for person_id, full, called in db.execute(query)
    }


def _unbroken(number: str) -> str:
    """A telephone number that stands on one line."""
    return show_phone(number).replace(" ", "\u00a0")


def _phones(db: Db, person_ids: Sequence[UUID], chosen: Sequence[UUID] = ()) -> dict[UUID, str]:
    """Whom to ring for each: whom they chose, else those around them whom we may contact, else their own telephone."""
    around = (
        select(Relation.person_id, Relation.kind, Person, ContactPoint.value)
        .join(Person, Person.id == Relation.other_person_id)
        .join(ContactPoint, ContactPoint.person_id == Person.id)
        .where(
            Relation.person_id.in_(person_ids),
            Relation.may_contact | Relation.id.in_(chosen),
            ContactPoint.kind == "phone",
        )
        .order_by(Relation.id.in_(chosen).desc(), Relation.id, ContactPoint.position)
    )
    found: dict[UUID, str] = {}
    for person_id, kind, other, number in db.execute(around):
        words = tr("{name}, {relation}: {phone}")
        found.setdefault(
            person_id,
            words.format(name=other.full_name, relation=relation_words(kind), phone=_unbroken(number)),
        )
    own = select(ContactPoint.person_id, ContactPoint.value).where(
        ContactPoint.person_id.in_(person_ids), ContactPoint.kind == "phone"
    )
    for person_id, number in db.execute(own):
        if person_id is not None:
            found.setdefault(person_id, tr("Their own telephone: {phone}").format(phone=_unbroken(number)))
    return found
