"""What is read: who works here, what each holds, and their hours. Whoever may see only their own gets only that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import (
    ROLES,
    Db,
    NotFound,
    PermissionDenied,
    allowed,
    list_users,
    normal_name,
    only_own,
    today,
    tr,
)
from therapydesk_team import rules
from therapydesk_team.models import Credential, Hours, Member


@dataclass(frozen=True)
class Held:
    """A clearance or training somebody has or needs. `id` None: there is nothing yet; `row_version` goes back into
    changes.
    """

    id: UUID | None
    kind: rules.Kind
    standing: rules.Standing
    held_on: date | None = None
    ends_on: date | None = None
    reference: str = ""
    remark: str = ""
    row_version: int = 0


@dataclass(frozen=True)
class Entry:
    """Hours on a day. `minutes` may be 0."""

    id: UUID
    member_id: UUID
    kind: str
    title: str
    day: date
    minutes: int
    with_whom: str
    remark: str


@dataclass(frozen=True)
class TeamRow:
    """Somebody here; `id` None is the practice itself. `roles` are roles and places; `held` and `minutes` are None when
    the reader may not see them; `row_version` goes back into changes, 0 while nothing is written down on a user.
    """

    id: UUID | None
    name: str
    roles: tuple[str, ...]
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    signs_in: bool = False
    person_id: UUID | None = None
    left: bool = False
    row_version: int = 0
    held: Mapping[str, Held] | None = field(default=None, repr=False)
    minutes: Mapping[str, int] | None = field(default=None, repr=False)

    def answers(self, text: str) -> bool:
        """Whether each word of a text begins a word of their name, skills or languages."""
        words = normal_name(" ".join((self.name, *self.skills, *self.languages))).split()
        typed = normal_name(text).split()
        return bool(typed) and all(any(word.startswith(one) for word in words) for one in typed)

    @property
    def worst(self) -> rules.Standing:
        """The standing that asks for most."""
        return rules.worst([h.standing for h in (self.held or {}).values()])

    @property
    def in_training(self) -> bool:
        """Whether they are to be a peer navigator and do not hold the training yet."""
        held = (self.held or {}).get("navigator")
        return rules.NAVIGATOR in self.roles and held is not None and held.standing == "missing"


@allowed("team.read")
def list_team(db: Db, *, left: bool = False) -> list[TeamRow]:
    """Everybody by name, those who sign in and those who do not; with `left` those who left instead."""
    members = {m.id: m for m in db.scalars(select(Member))}
    rows = []
    for user in list_users(db, left=True):
        own = members.pop(user.id, None) or Member(places=[], skills=[], languages=[])
        roles = [role for role in ROLES if role in user.roles]
        rows.append(_row(user.id, user.name, roles, own, user.left))
    rows += [_row(m.id, m.name, [], m, m.left_on is not None) for m in members.values()]
    return sorted((r for r in rows if r.left == left), key=lambda r: r.name.casefold())


def _row(member_id: UUID, name: str, roles: Sequence[str], own: Member, left: bool) -> TeamRow:
    return TeamRow(
        member_id,
        name,
        (*roles, *own.places),
        tuple(own.skills),
        tuple(own.languages),
        bool(roles) or own.user_id is not None,
        own.person_id,
        left,
        own.row_version or 0,  # none: made up just now
    )


@allowed("team.read_records", filters=True)
def list_standings(db: Db, *, left: bool = False) -> dict[UUID | None, dict[str, Held]]:
    """Each one's standing with every kind they hold or need; None stands for the practice itself."""
    query = select(Credential).order_by(Credential.held_on, Credential.created_at)
    everybody = list_team(db, left=left)
    if only_own(db):
        query = query.where(Credential.member_id == db.user.id)
        everybody = [row for row in everybody if row.id == db.user.id]
    last: dict[tuple[UUID | None, str], Credential] = {}
    for row in db.scalars(query):
        best = last.get((row.member_id, row.kind))
        if best is None or _end(row) >= _end(best):
            last[row.member_id, row.kind] = row
    found: dict[UUID | None, dict[str, Held]] = {}
    whom = [(row.id, row.roles) for row in everybody]
    if not only_own(db):
        found[None] = _standings(None, (rules.PRACTICE,), last)
    found.update({key: _standings(key, roles, last) for key, roles in whom})
    return found


def _end(row: Credential) -> date:
    return row.ends_on or date.max


def _standings(
    key: UUID | None, roles: tuple[str, ...], last: Mapping[tuple[UUID | None, str], Credential]
) -> dict[str, Held]:
    found = {}
    for kind in rules.kinds().values():
        row = last.get((key, kind.id))
        needed = kind.needed(roles) and (key is not None or rules.PRACTICE in kind.needed_by)
        ends_on = row.ends_on if row else None
        state = rules.standing(ends_on, held=row is not None, needed=needed, today=today())
        if state:
            found[kind.id] = _held(row, kind, state) if row else Held(None, kind, state)
    for held in [h for h in found.values() if h.standing in ("held", "due")]:
        for covered in held.kind.covers & found.keys():
            if found[covered].standing in ("missing", "expired"):
                del found[covered]
    return found


def _held(row: Credential, kind: rules.Kind, state: rules.Standing) -> Held:
    return Held(row.id, kind, state, row.held_on, row.ends_on, row.reference, row.remark, row.row_version)


@allowed("team.read_records", filters=True)
def credentials_of(db: Db, member_id: UUID | None, *, left: bool = False) -> list[Held]:
    """All that somebody (None: the practice) was ever given, the newest first, and what is missing on top."""
    check_own(db, member_id)
    now = list_standings(db, left=left).get(member_id, {})
    rows = db.scalars(
        select(Credential)
        .where(Credential.member_id.is_not_distinct_from(member_id))
        .order_by(Credential.held_on.desc(), Credential.created_at.desc())
    )
    given = []
    for row in rows:
        held = now.get(row.kind)
        if held is not None and held.id == row.id:
            given.append(held)
        elif row.kind in rules.kinds():
            given.append(_held(row, rules.kinds()[row.kind], "past"))
    return [held for held in now.values() if held.id is None] + given


@allowed("team.read_records", filters=True)
def hours_of(db: Db, member_id: UUID) -> list[Entry]:
    """What somebody put in, the newest first."""
    check_own(db, member_id)
    query = (
        select(Hours).where(Hours.member_id == member_id).order_by(Hours.day.desc(), Hours.created_at.desc())
    )
    return [
        Entry(h.id, h.member_id, h.kind, h.title, h.day, h.minutes, h.with_whom, h.remark)
        for h in db.scalars(query)
    ]


@allowed("team.read_records", filters=True)
def hours_in_year(db: Db, year: int) -> dict[UUID, dict[str, int]]:
    """Minutes by person and total, for everybody the reader may see."""
    query = (
        select(Hours.member_id, Hours.kind, func.sum(Hours.minutes))
        .where(Hours.day.between(date(year, 1, 1), date(year, 12, 31)))
        .group_by(Hours.member_id, Hours.kind)
    )
    rows = db.execute(query.where(Hours.member_id == db.user.id) if only_own(db) else query).all()
    return {
        one: rules.sum_hours((kind, minutes) for key, kind, minutes in rows if key == one)
        for one in {key for key, _kind, _minutes in rows}
    }


@allowed("team.read_records", filters=True)
def years(db: Db) -> list[int]:
    """The years that have hours, this one always, the newest first."""
    days = db.execute(select(func.min(Hours.day), func.max(Hours.day))).one()
    first, last = (days[0] or today()).year, (days[1] or today()).year
    return list(range(max(last, today().year), min(first, today().year) - 1, -1))


@allowed("team.read_records", filters=True)
def count_trained(db: Db, start: date, end: date) -> list[tuple[rules.Kind, int]]:
    """How many people were given each training in a period, first and last day included."""
    query = (
        select(Credential.kind, func.count(Credential.member_id.distinct()))
        .where(Credential.held_on.between(start, end), Credential.member_id.is_not(None))
        .group_by(Credential.kind)
    )
    if only_own(db):
        query = query.where(Credential.member_id == db.user.id)
    found = dict(iter(db.execute(query)))
    return [(k, found[k.id]) for k in rules.kinds().values() if k.group == "training" and k.id in found]


def overview(db: Db, year: int, *, left: bool = False) -> list[TeamRow]:
    """The practice, for whoever sees all, then everybody, with what the reader may see of their standing and hours."""
    standings, minutes = list_standings(db, left=left), hours_in_year(db, year)
    practice = [TeamRow(None, tr("The practice"), ())] if None in standings and not left else []
    return [
        replace(row, held=standings.get(row.id), minutes=minutes.get(row.id) if row.id else None)
        for row in [*practice, *list_team(db, left=left)]
    ]


def check_own(db: Db, member_id: UUID | None) -> None:
    """Raise PermissionDenied when the running call must keep to the reader and this is somebody else."""
    if only_own(db) and member_id != db.user.id:
        raise PermissionDenied(
            tr("These are not your own records."), tr("Ask the owner or the practice admin.")
        )


def find_row(db: Db, member_id: UUID | None) -> TeamRow:
    """One of `overview`, here or left. Raises NotFound."""
    rows = (row for left in (False, True) for row in overview(db, today().year, left=left))
    found = next((row for row in rows if row.id == member_id), None)
    if found is None:
        raise NotFound(tr("That person is not in the team any more."))
    return found
