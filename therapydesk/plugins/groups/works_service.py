"""Works that members made: their makers, how these are named, and what rests on whose consent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import (
    Appointment,
    Db,
    NotFound,
    Person,
    StaleRecord,
    UserError,
    allowed,
    end_consent_use,
    find_person,
    may,
    require_consents,
    rest_on_consent,
    show_day,
    tidy,
    today,
    tr,
    who_agrees,
)
from therapydesk.plugins.groups import service
from therapydesk.plugins.groups.models import GroupSession
from therapydesk.plugins.groups.music_models import Piece
from therapydesk.plugins.groups.works_models import Maker, Work, WorkUse
from therapydesk.plugins.groups.works_rules import CREDITS, KINDS, USES

WORK_KIND = "groups.work"
PAGE = "groups.works"
LONGEST, LONGEST_CREDIT = 200, 100
MOST_SESSIONS = 40  # to choose from


@dataclass(frozen=True)
class MakerDetails:
    """Somebody with how they want to be named; see `Maker`."""

    person_id: UUID
    credit: str = ""
    credit_text: str = ""


@dataclass(frozen=True)
class WorkDetails:
    """What is written down of a work. `uses`: codes of works_rules.USES that its makers are asked about."""

    title: str
    kind: str = "song"
    made_on: date | None = None
    appointment_id: UUID | None = None
    piece_id: UUID | None = None
    makers: tuple[MakerDetails, ...] = ()
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class WorkView:
    """A work as lists show it. `names`: its makers as the practice calls them, in order. `cleared`: for each use it is meant
    for, whether every maker agrees today; empty for who may not know that.
    """

    id: UUID
    details: WorkDetails
    names: tuple[str, ...]
    cleared: dict[str, bool]
    ended_on: date | None
    row_version: int

    @property
    def title(self) -> str:
        return self.details.title


@allowed("groups.read")
def list_works(db: Db, *, ended: bool = False) -> list[WorkView]:
    """All works by title, in a few queries whatever their number."""
    query = select(Work).order_by(func.lower(Work.title), Work.id)
    return _views(db, list(db.scalars(query if ended else query.where(Work.ended_on.is_(None)))))


@allowed("groups.read")
def get_works(db: Db, ids: Sequence[UUID]) -> list[WorkView]:
    """These works, in this order. Raises NotFound."""
    found = {v.id: v for v in _views(db, list(db.scalars(select(Work).where(Work.id.in_(ids)))))}
    if any(each not in found for each in ids):
        raise _gone()
    return [found[each] for each in ids]


@allowed("groups.read")
def works_of(db: Db, person_id: UUID) -> list[WorkView]:
    """What a person made, the newest first."""
    mine = select(Maker.work_id).where(Maker.person_id == person_id)
    query = select(Work).where(Work.id.in_(mine)).order_by(Work.made_on.desc(), Work.title)
    return _views(db, list(db.scalars(query)))


@allowed("groups.read")
def works_from(db: Db, appointment_id: UUID) -> list[tuple[UUID, str]]:
    """The works that came out of a session (KC14): their ids and titles."""
    query = select(Work.id, Work.title).where(Work.appointment_id == appointment_id)
    return [(i, title) for i, title in db.execute(query.order_by(Work.title))]


@allowed("groups.read")
def recent_sessions(db: Db, keep: UUID | None = None) -> list[tuple[UUID, str]]:
    """The last sessions of groups that a work may have come out of, the newest first: id, and day with the group's name.
    `keep` is among them, however old it is.
    """
    names = {view.id: view.name for view in service.list_groups(db, ended=True)}
    query = (
        select(Appointment.id, Appointment.starts_at, GroupSession.group_id)
        .join(GroupSession, GroupSession.appointment_id == Appointment.id)
        .where(Appointment.starts_at < datetime.combine(today() + timedelta(days=1), time()))
        .where(GroupSession.group_id.in_(names))
        .order_by(Appointment.starts_at.desc())
    )
    rows = list(db.execute(query.limit(MOST_SESSIONS)))
    if keep is not None and keep not in {row[0] for row in rows}:
        rows += db.execute(query.where(Appointment.id == keep))
    words = tr("{day}, {group}")
    return [
        (session, words.format(day=show_day(at.date()), group=names[group])) for session, at, group in rows
    ]


def _gone() -> NotFound:
    return NotFound(tr("That work is not here any more."))


def _views(db: Db, rows: Sequence[Work]) -> list[WorkView]:
    ids = [row.id for row in rows]
    makers: dict[UUID, list[tuple[Maker, str]]] = {}
    query = (
        select(Maker, Person)
        .join(Person, Person.id == Maker.person_id)
        .where(Maker.work_id.in_(ids))
        .order_by(Maker.position, Maker.id)
    )
    for maker, person in db.execute(query):
        known = makers.setdefault(maker.work_id, [])
        if maker.person_id not in {m.person_id for m, _ in known}:
            known.append((maker, person.name))
    agree = _agree(db, [m.person_id for each in makers.values() for m, _ in each])
    return [_view(row, makers.get(row.id, []), agree) for row in rows]


def _agree(db: Db, people: Sequence[UUID]) -> dict[str, set[UUID]]:
    """Who agrees to each use; nothing for a user who may not read consents."""
    if not may(db.user, "consents.read"):
        return {}
    return {use: who_agrees(db, people, purpose) for use, purpose in USES.items()}


def _view(row: Work, makers: Sequence[tuple[Maker, str]], agree: dict[str, set[UUID]]) -> WorkView:
    uses = row.uses.split()
    people = [m.person_id for m, _ in makers]
    details = WorkDetails(
        row.title,
        row.kind,
        row.made_on,
        row.appointment_id,
        row.piece_id,
        tuple(MakerDetails(m.person_id, m.credit, m.credit_text) for m, _ in makers),
        tuple(uses),
    )
    cleared = {use: bool(people) and agree[use].issuperset(people) for use in uses if agree}
    names = tuple(name for _, name in makers)
    return WorkView(row.id, details, names, cleared, row.ended_on, row.row_version)


@allowed("groups.edit")
def save_work(
    db: Db, details: WorkDetails, work_id: UUID | None = None, row_version: int | None = None
) -> UUID:
    """Add a work, or change one. Each use that it is meant for rests on the consent of each maker from now on, so that
    withdrawing lists it. Raises UserError, NotFound, StaleRecord.
    """
    title = tidy(details.title)
    if not title or len(title) > LONGEST:
        raise UserError(tr("A work needs a title of at most {n} letters.").format(n=LONGEST))
    if details.kind not in KINDS or any(use not in USES for use in details.uses):
        raise UserError(tr("There is no such kind or use of a work."), tr("Choose one from the list."))
    if details.made_on is not None and details.made_on > today():
        raise UserError(tr("That day is still to come."), tr("Check when it was made."))
    check_named(details.makers)
    if details.appointment_id is not None and db.get(Appointment, details.appointment_id) is None:
        raise NotFound(tr("That session is not here any more."))
    if details.piece_id is not None and db.get(Piece, details.piece_id) is None:
        raise NotFound(tr("That song is not here any more."))
    row = Work() if work_id is None else _find(db, work_id)
    if row_version is not None and row.row_version != row_version:
        raise StaleRecord(tr("This work was changed meanwhile."), tr("Look at it again."))
    row.title, row.kind, row.made_on = title, details.kind, details.made_on
    row.appointment_id, row.piece_id = details.appointment_id, details.piece_id
    row.uses = " ".join(use for use in USES if use in details.uses)
    if work_id is None:
        db.add(row)
    db.flush()
    _save_makers(db, row, details)
    return row.id


def check_named(people: Sequence[MakerDetails]) -> None:
    """Raise UserError for somebody named twice, or who chose a name that is not there."""
    if len({each.person_id for each in people}) != len(people):
        raise UserError(tr("Somebody stands there twice."), tr("Name each person once."))
    for each in people:
        if each.credit not in CREDITS or len(each.credit_text) > LONGEST_CREDIT:
            raise UserError(tr("Say how they want to be named, in at most {n} letters.").format(n=100))
        if each.credit == "chosen" and not tidy(each.credit_text):
            raise UserError(tr("Write the name that they chose."))


def _save_makers(db: Db, work: Work, details: WorkDetails) -> None:
    query = select(Maker).where(Maker.work_id == work.id)
    before: dict[UUID, Maker] = {}
    for maker in db.scalars(query.order_by(Maker.position, Maker.id)):
        if maker.person_id in before:  # two records of one person were put together
            _drop_maker(db, maker)
        else:
            before[maker.person_id] = maker
    for position, each in enumerate(details.makers):
        row = before.pop(each.person_id, None)
        if row is None:
            row = Maker(work_id=work.id, person_id=find_person(db, each.person_id).id)
            db.add(row)
        row.position, row.credit = position, each.credit
        row.credit_text = tidy(each.credit_text) if each.credit == "chosen" else ""
        db.flush()
        _rest(db, work, row, details.uses)
    for maker in before.values():
        _drop_maker(db, maker)
    db.flush()


def _rest(db: Db, work: Work, maker: Maker, uses: Sequence[str]) -> None:
    there = {use.use: use for use in db.scalars(select(WorkUse).where(WorkUse.maker_id == maker.id))}
    for use in uses:
        if use not in there:
            rest = rest_on_consent(
                db, maker.person_id, USES[use], work.title[:100], kind=WORK_KIND, ref=work.id, page=PAGE
            )
            db.add(WorkUse(maker_id=maker.id, use=use, rest_id=rest))
    for use, row in there.items():
        if use not in uses:
            _drop_use(db, row)


@allowed("groups.edit")
def add_use(db: Db, work_id: UUID, use: str) -> None:
    """The work is meant for this use, too; nothing happens when it is already."""
    work = _find(db, work_id)
    work.uses = " ".join(each for each in USES if each == use or each in work.uses.split())
    for maker in db.scalars(select(Maker).where(Maker.work_id == work_id)):
        _rest(db, work, maker, work.uses.split())


def _drop_maker(db: Db, maker: Maker) -> None:
    for use in db.scalars(select(WorkUse).where(WorkUse.maker_id == maker.id)):
        _drop_use(db, use)
    db.flush()
    db.delete(maker)


def _drop_use(db: Db, use: WorkUse) -> None:
    end_use(db, use.rest_id)
    db.delete(use)


@allowed("groups.edit")
def end_use(db: Db, rest_id: UUID) -> None:
    """It does not rest on the consent any more; nothing happens when somebody said so before."""
    try:
        end_consent_use(db, rest_id)
    except NotFound:
        return


def _find(db: Db, work_id: UUID) -> Work:
    row = db.get(Work, work_id)
    if row is None:
        raise _gone()
    return row


@allowed("groups.edit")
def end_work(db: Db, work_id: UUID, ended_on: date | None) -> None:
    """The work is not shown any more; None takes that back. Where it was performed stays."""
    _find(db, work_id).ended_on = ended_on


@allowed("groups.edit")
def require_cleared(db: Db, work_id: UUID, use: str) -> None:
    """Raise ConsentMissing unless every maker agrees to this use today. Asked before a work, or a file of it, goes out."""
    _find(db, work_id)
    people = list(db.scalars(select(Maker.person_id).where(Maker.work_id == work_id)))
    require_consents(db, work_id, USES[use], people)
