"""The programme of a performance: works and names that are cleared today, and nothing else (opening 16).

A work stands in it when every maker agrees to the use; a performer's name, when they agree and want to be named. What was
left out, and why, is for whoever makes the programme: it is never printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    Db,
    Person,
    allowed,
    csv_file,
    pdf,
    practice_sheet,
    show_day,
    show_time,
    tr,
    who_agrees,
)
from therapydesk.plugins.groups.music_models import Piece
from therapydesk.plugins.groups.works_events import EventView, Item, get_event
from therapydesk.plugins.groups.works_models import Work
from therapydesk.plugins.groups.works_rules import (
    MEMBER,
    USES,
    Named,
    join_names,
    kind_words,
    shown_name,
    use_words,
)
from therapydesk.plugins.groups.works_service import MakerDetails, WorkView, get_works, list_works


@dataclass(frozen=True)
class LeftOut:
    """What does not stand in the programme, or not by its name, and the reason in a sentence."""

    what: str
    why: str


@dataclass(frozen=True)
class Line:
    """A line as printed. `by` is empty for words such as “Interval”, and for a work whose makers are not named."""

    title: str
    by: str


@dataclass(frozen=True)
class Programme:
    """What may be printed for a use, and what was left out. `performers`: their names in one line. `shown`: who stands in
    it, by name or by a work of theirs.
    """

    title: str
    on_day: date
    starts_at: time | None
    where: str
    lines: tuple[Line, ...]
    performers: str
    left_out: tuple[LeftOut, ...]
    shown: tuple[UUID, ...] = ()


@allowed("groups.edit")
def make_programme(db: Db, event_id: UUID, use: str = "perform") -> Programme:
    """The programme of a performance as it may be shown today: `use` is perform (on paper, at the concert) or web."""
    event = get_event(db, event_id)
    known = _Known(db, event, use)
    left: list[LeftOut] = []
    lines = []
    for item, title in zip(event.details.items, event.titles, strict=True):
        line = known.line(item, title, left)
        if line is not None:
            lines.append(line)
    performers = known.performers(event, left)
    details = event.details
    when = (details.on_day, details.starts_at)
    shown = tuple(dict.fromkeys(known.shown))
    return Programme(event.title, *when, event.where, tuple(lines), performers, tuple(left), shown)


class _Known:
    """Works, songs and people of one performance, read at once."""

    def __init__(self, db: Db, event: EventView, use: str) -> None:
        items = event.details.items
        self.pieces = {
            row.id: row
            for row in db.scalars(
                select(Piece).where(Piece.id.in_({i.piece_id for i in items if i.piece_id}))
            )
        }
        of_pieces = select(Work.id).where(Work.piece_id.in_(self.pieces), Work.ended_on.is_(None))
        wanted = dict.fromkeys([*(i.work_id for i in items if i.work_id), *db.scalars(of_pieces)])
        self.works = {view.id: view for view in get_works(db, list(wanted))}
        self.of_piece = {v.details.piece_id: v for v in self.works.values() if v.details.piece_id}
        people = {m.person_id for view in self.works.values() for m in view.details.makers}
        people |= {p.person_id for p in event.details.performers}
        self.people = {p.id: p for p in db.scalars(select(Person).where(Person.id.in_(people)))}
        self.agree = who_agrees(db, list(people), USES[use])
        self.use = use
        self.shown: list[UUID] = []

    def line(self, item: Item, title: str, left: list[LeftOut]) -> Line | None:
        """A line, or None with the reason added to `left`."""
        if item.work_id is not None:
            return self.work_line(self.works[item.work_id], left)
        if item.piece_id is None:
            return Line(title, "")
        piece = self.pieces[item.piece_id]
        work = self.of_piece.get(piece.id)
        if work is not None:
            return self.work_line(work, left)
        if piece.own:
            left.append(
                LeftOut(
                    title, tr("It is the group’s own, and nobody is named who made it: add it as a work.")
                )
            )
            return None
        return Line(title, piece.by)

    def work_line(self, work: WorkView, left: list[LeftOut]) -> Line | None:
        """A work with its makers as they wish to be named."""
        reason = why_not_cleared(work, self.agree, self.use)
        if reason:
            left.append(LeftOut(work.title, reason))
            return None
        makers = [(who, shown_name(who)) for who in self.named(work.details.makers)]
        self.tell_unasked(makers, left)
        self.shown += [maker.person_id for maker in work.details.makers]
        return Line(work.title, join_names(name for _, name in makers))

    def named(self, details: Sequence[MakerDetails]) -> list[Named]:
        found = []
        for each in details:
            person = self.people[each.person_id]
            agrees = person.id in self.agree
            found.append(
                Named(person.full_name, person.preferred_name or "", each.credit, each.credit_text, agrees)
            )
        return found

    def tell_unasked(self, shown: Sequence[tuple[Named, str]], left: list[LeftOut]) -> None:
        for who, name in shown:
            if name == MEMBER and not who.credit:
                told = LeftOut(
                    who.full_name, tr("Not named: they were not asked yet how they want to be named.")
                )
                if told not in left:
                    left.append(told)

    def performers(self, event: EventView, left: list[LeftOut]) -> str:
        """The names of those who perform, in one line."""
        performers = event.details.performers
        shown = [(who, shown_name(who)) for who in self.named(performers)]
        self.shown += [
            each.person_id
            for each, (_who, name) in zip(performers, shown, strict=True)
            if name and name != MEMBER
        ]
        for who, name in shown:
            if not name and who.credit != "none":
                why = tr("Not named: they do not agree to this use ({use}).")
                left.append(LeftOut(who.full_name, why.format(use=use_words(self.use))))
        self.tell_unasked(shown, left)
        return join_names(name for _, name in shown)


def why_not_cleared(work: WorkView, agree: set[UUID], use: str) -> str:
    """Why a work must not be used so, in a sentence; empty when it may."""
    if work.ended_on is not None:
        return tr("It was taken out of the list of works.")
    if not work.details.makers:
        return tr("Nobody is named who made it.")
    names = [
        name
        for maker, name in zip(work.details.makers, work.names, strict=True)
        if maker.person_id not in agree
    ]
    if not names:
        return ""
    words = tr("There is no consent ({use}) of {names}.")
    return words.format(use=use_words(use), names=", ".join(names))


@allowed("groups.edit")
def programme_pdf(db: Db, event_id: UUID, size: pdf.Size = "normal", use: str = "perform") -> bytes:
    """The programme on paper, under the practice's letterhead."""
    found = make_programme(db, event_id, use)
    sheet = practice_sheet(db, found.title, size=size)
    when = show_day(found.on_day)
    if found.starts_at is not None:
        when = tr("{day}, {time}").format(day=when, time=show_time(found.starts_at))
    story = [sheet.text(when)]
    if found.where:
        story.append(sheet.text(found.where))
    if found.lines:
        story.append(sheet.section(tr("Programme")))
        for line in found.lines:
            story.append(sheet.text(line.title, strong=True))
            if line.by:
                story.append(sheet.small(line.by))
            story.append(sheet.space(2 * pdf.MM))
    if found.performers:
        story += [sheet.section(tr("Performed by")), sheet.text(found.performers)]
    return sheet.build(story)


@allowed("groups.edit")
def programme_csv(db: Db, event_id: UUID, use: str = "perform") -> bytes:
    """The programme as CSV, with what is cleared and nothing else."""
    found = make_programme(db, event_id, use)
    rows = [
        [found.title, found.on_day.isoformat(), found.where, number, line.title, line.by]
        for number, line in enumerate(found.lines, start=1)
    ]
    heads = [tr("Performance"), tr("Day"), tr("Where"), tr("Number"), tr("Title"), tr("By")]
    return csv_file(heads, rows)


@allowed("groups.edit")
def works_csv(db: Db, use: str) -> bytes:
    """The works that are meant for a use and cleared for it today, with their makers as they wish to be named."""
    works = [view for view in list_works(db) if use in view.details.uses]
    ids = {m.person_id for view in works for m in view.details.makers}
    agree = who_agrees(db, list(ids), USES[use])
    people = {p.id: p for p in db.scalars(select(Person).where(Person.id.in_(ids)))}
    rows = []
    for view in works:
        if why_not_cleared(view, agree, use):
            continue
        makers = [(people[m.person_id], m) for m in view.details.makers]
        named = [Named(p.full_name, p.preferred_name or "", m.credit, m.credit_text, True) for p, m in makers]
        made = view.details.made_on.isoformat() if view.details.made_on is not None else ""
        rows.append(
            [view.title, kind_words(view.details.kind), made, join_names(shown_name(w) for w in named)]
        )
    return csv_file([tr("Title"), tr("Kind"), tr("Made on"), tr("By")], rows)
