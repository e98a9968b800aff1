"""Set lists: pieces in an order, for a session or a concert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from therapydesk.api import Appointment, Db, NotFound, StaleRecord, UserError, allowed, tidy, today, tr
from therapydesk.plugins.groups import service
from therapydesk.plugins.groups.models import GroupSession
from therapydesk.plugins.groups.music_chords import key_name
from therapydesk.plugins.groups.music_models import Piece, SetItem, SetList
from therapydesk.plugins.groups.slips import take_back

LONGEST_TITLE, MOST_ITEMS = 100, 300
SetItems = Sequence[tuple[UUID, str]]


@dataclass(frozen=True)
class SetView:
    """A set list with its pieces in order: id, title, and the key it is sung in ("" is its own). `group`: its name, where
    this user sees it.
    """

    id: UUID
    title: str
    group_id: UUID | None
    group: str
    on_day: date | None
    items: tuple[tuple[UUID, str, str], ...]
    row_version: int

    @property
    def keys(self) -> list[tuple[UUID, str]]:
        """Its pieces and keys, as `save_set` takes them."""
        return [(piece, key) for piece, _title, key in self.items]


@allowed("groups.edit")
def save_set(
    db: Db,
    title: str,
    items: SetItems,
    *,
    set_id: UUID | None = None,
    group_id: UUID | None = None,
    on_day: date | None = None,
    row_version: int | None = None,
) -> UUID:
    """Make a set list, or change one. `items`: pieces in order, each with the key it is sung in ("" is its own).

    Raises UserError, NotFound, StaleRecord.
    """
    name = tidy(title)
    if not name or len(name) > LONGEST_TITLE:
        raise UserError(tr("A set list needs a title of at most {n} letters.").format(n=LONGEST_TITLE))
    if len(items) > MOST_ITEMS:
        raise UserError(tr("A set list has at most {n} songs.").format(n=MOST_ITEMS))
    wanted = {piece for piece, _key in items}
    if len(set(db.scalars(select(Piece.id).where(Piece.id.in_(wanted))))) != len(wanted):
        raise NotFound(tr("That song is not here any more."))
    row = SetList() if set_id is None else db.get(SetList, set_id)
    if row is None:
        raise _gone()
    if row_version is not None and row.row_version != row_version:
        raise StaleRecord(tr("This set list was changed meanwhile."), tr("Look at it again."))
    row.title, row.group_id, row.on_day = name, group_id, on_day
    if set_id is None:
        db.add(row)
    else:
        flag_modified(row, "title")  # a new version, also when nothing but its songs changed
    db.flush()
    _empty(db, row.id)
    for position, (piece_id, key) in enumerate(items, start=1):
        db.add(SetItem(set_id=row.id, piece_id=piece_id, position=position, key=key_name(key)))
    db.flush()
    return row.id


def _gone() -> NotFound:
    return NotFound(tr("That set list is not here any more."))


def _empty(db: Db, set_id: UUID) -> None:
    for item in db.scalars(select(SetItem).where(SetItem.set_id == set_id)):
        db.delete(item)
    db.flush()


@allowed("groups.edit")
def copy_set(db: Db, set_id: UUID, on_day: date | None, title: str = "") -> UUID:
    """The same songs in the same keys for another day; `title` empty keeps the title. Raises UserError, NotFound."""
    found = get_set(db, set_id)
    return save_set(db, title or found.title, found.keys, group_id=found.group_id, on_day=on_day)


@allowed("groups.edit")
def remove_set(db: Db, set_id: UUID) -> None:
    """The set list is not needed any more."""
    _empty(db, set_id)
    take_back(db, SetList, set_id)
    db.flush()


@allowed("groups.read")
def list_sets(db: Db) -> list[SetView]:
    """The set lists with their songs: those without a day, those to come, the next first, and those that were, the last
    first.
    """
    views = _views(db, list(db.scalars(select(SetList).order_by(SetList.created_at.desc(), SetList.id))))
    return sorted(views, key=_by_day)


def _by_day(view: SetView) -> tuple[int, int]:
    if view.on_day is None:
        return 0, 0
    days = (view.on_day - today()).days
    return (1, days) if days >= 0 else (2, -days)


@allowed("groups.read")
def get_set(db: Db, set_id: UUID) -> SetView:
    """One set list. Raises NotFound."""
    row = db.get(SetList, set_id)
    if row is None:
        raise _gone()
    return _views(db, [row])[0]


@allowed("groups.read")
def set_of_session(db: Db, appointment_id: UUID) -> SetView | None:
    """The set list for a session: of its group, for its day; the one made last when there are more."""
    query = (
        select(SetList)
        .join(GroupSession, GroupSession.group_id == SetList.group_id)
        .join(Appointment, Appointment.id == GroupSession.appointment_id)
        .where(Appointment.id == appointment_id, SetList.on_day == func.date(Appointment.starts_at))
        .order_by(SetList.created_at.desc())
    )
    row = db.scalars(query).first()
    return _views(db, [row])[0] if row is not None else None


@allowed("groups.read")
def sets_with(db: Db, piece_id: UUID) -> list[SetView]:
    """The set lists that a piece is on."""
    return [view for view in list_sets(db) if any(piece == piece_id for piece, _, _ in view.items)]


def _views(db: Db, rows: Sequence[SetList]) -> list[SetView]:
    items: dict[UUID, list[tuple[UUID, str, str]]] = {}
    query = select(SetItem, Piece.title).join(Piece, Piece.id == SetItem.piece_id)
    query = query.where(SetItem.set_id.in_([row.id for row in rows])).order_by(SetItem.position)
    for item, title in db.execute(query):
        items.setdefault(item.set_id, []).append((item.piece_id, title, item.key))
    groups = {view.id: view.name for view in service.list_groups(db, ended=True)}
    return [
        SetView(
            row.id,
            row.title,
            row.group_id,
            groups.get(row.group_id, "") if row.group_id is not None else "",
            row.on_day,
            tuple(items.get(row.id, ())),
            row.row_version,
        )
        for row in rows
    ]
