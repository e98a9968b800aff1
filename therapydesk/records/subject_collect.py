"""Copy what stands about a person in one zone, from `Privacy` on the tables alone, for somebody to review.

Each part by whoever holds its zone. The copies are the request's: nothing in the records is changed by what is decided.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import LargeBinary, delete, func, insert, select

from therapydesk.core import audit
from therapydesk.core.dates import now, to_local
from therapydesk.core.errors import NotFound, UserError
from therapydesk.core.ids import new_id
from therapydesk.core.permissions import allowed, require
from therapydesk.core.tables import NO_PERSONAL_DATA, Base, Zone
from therapydesk.core.vault.outbox import publish
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.events import SubjectPartMoved
from therapydesk.records.organisations import Organisation
from therapydesk.records.people import ContactPoint, Person
from therapydesk.records.subject_extras import extras
from therapydesk.records.subject_labels import BY_STAFF, QUIET, label, show
from therapydesk.records.subject_marks import CopiedField, Mark, write_fields, write_marks
from therapydesk.records.subject_names import NameFinder
from therapydesk.records.subject_requests import PARTS, open_request
from therapydesk.records.subject_sources import Source, about, everybody, person_columns, sources
from therapydesk.records.subject_tables import ITEMS
from therapydesk.records.users import User

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

AT_ONCE = 500
FAR = ("title", "starts_at")  # what is told of a row that is two steps away
DAY_OF = "@"  # before the name of a column that only says the day
DAYS = ("happened_on", "said_on", "received_on", "asked_on", "issued_on", "paid_on", "opened_on", "starts_at")
PROGRESS_EVERY = 200
ID_AS_TEXT = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Progress = Any  # (done, total, text) -> object, which may raise to stop; Job.progress is one


@dataclass(frozen=True)
class Collected:
    """What a collection found: copies, files among them, places that wait for a decision."""

    items: int
    files: int
    to_decide: int


@dataclass
class _Names:
    """Ids in words: who works here, who is known, which organisation."""

    staff: Mapping[UUID, str]
    people: Mapping[UUID, str]
    places: Mapping[UUID, str]


def require_part(db: Db, zone: Zone) -> None:
    """Raise PermissionDenied unless this user's role has the part of a zone, and ZoneClosed without its key."""
    require(db, PARTS[zone])


@dataclass(frozen=True)
class Prepared:
    """Copies that were made and not kept yet, in the order of the days."""

    zone: Zone
    items: tuple[dict[str, Any], ...] = field(repr=False)


@allowed("subject_access.review")
def prepare_part(db: Db, request_id: UUID, zone: Zone, progress: Progress = lambda *_: None) -> Prepared:
    """Copy what stands about the person in a zone, and keep nothing yet: this may take long, `store_part` does not.

    What a module adds by `subject_extras` is among it; when a module fails nothing is collected, for an answer that is
    not whole is worse than a late one. Raises UserError naming the module.
    """
    require_part(db, zone)
    request = open_request(db, request_id)
    people = everybody(db, request.person_id)
    finder, names = name_finder(db, people), _names(db)
    found: list[dict[str, Any]] = []
    todo = sources(db, zone)
    for done, source in enumerate(todo):
        progress(done, len(todo), source.title)
        words = _code_words(source.table)
        for row in _rows(db, source, people):
            found.append(_copy(source, row, names, finder, words))
            if len(found) % PROGRESS_EVERY == 0:
                progress(done, len(todo), source.title)
    found += extras(db, zone, request.person_id)
    found.sort(key=lambda item: (item["happened_on"] or date.min, item["title"]))
    return Prepared(zone, tuple(found))


@allowed("subject_access.review")
def store_part(db: Db, request_id: UUID, prepared: Prepared) -> Collected:
    """Keep copies in the zone that `db` writes, in place of those of an earlier collection."""
    zone, found = _zone(db), prepared.items
    if zone != prepared.zone:
        raise RuntimeError("copies stay in their zone")
    require_part(db, zone)
    request = open_request(db, request_id)
    table: Any = ITEMS[zone].__table__
    db.execute(delete(table).where(table.c.request_id == request_id))
    about_all = {"request_id": request_id, "person_id": request.person_id, **_stamps(db)}
    for start in range(0, len(found), AT_ONCE):
        rows = [
            {**about_all, **item, "id": new_id(), "position": start + number}
            for number, item in enumerate(found[start : start + AT_ONCE])
        ]
        db.execute(insert(table), rows)
    audit.bulk(db, table, "copied for a request for data", [request_id])
    collected = Collected(
        len(found), sum(bool(i["file_name"]) for i in found), sum(i["to_decide"] for i in found)
    )
    audit.record(db, "request for data collected", request_id, {"count": collected.items})
    publish(db, SubjectPartMoved(request_id, zone, "collected"))
    return collected


def collect_part(
    vault: Vault, request_id: UUID, zone: Zone, progress: Progress = lambda *_: None
) -> Collected:
    """Prepare and store: nobody waits for the zone while it is read. Raises UserError."""
    with vault.read() as db:
        prepared = prepare_part(db, request_id, zone, progress)
    with vault.write(zone) as db:
        return store_part(db, request_id, prepared)


def _zone(db: Db) -> Zone:
    if db.zone is None:
        raise RuntimeError("collecting writes copies")
    return db.zone


def _stamps(db: Db) -> dict[str, Any]:
    at, user = now(), db.user.id
    return {
        "created_at": at,
        "created_by": user,
        "changed_at": at,
        "changed_by": user,
        "row_version": 1,
        "reason": "",
    }


# --- Rows ---


def _rows(db: Db, source: Source, people: Collection[UUID]) -> Iterator[Mapping[str, Any]]:
    """The rows of one table about these people, with what the rows they hang on say of day and place."""
    condition = about(source.table, people if source.privacy is not None else {i.hex for i in people})
    if condition is None:
        raise UserError(tr("Nothing leads from “{table}” to a person.").format(table=source.table.name))
    columns = [c for c in source.table.c if not isinstance(c.type, LargeBinary)]
    far = _grandparents(source.table)
    titles = [t.c[name].label(f"{t.name}.{name}") for _key, t in far for name in FAR if name in t.c]
    told = select(*columns, *_beside(source.table), *titles, *_day_columns(source.table)).where(condition)
    for key, parent in [*_parents(source.table), *_hung_on(source.table), *far]:
        told = told.outerjoin(parent, key.parent == key.column)
    result = db.connection().execution_options(yield_per=AT_ONCE).execute(told)
    for row in result.mappings():
        yield dict(row)


def _parents(table: Any) -> list[tuple[Any, Any]]:
    """The rows without personal data that a row hangs on, such as the session of somebody's attendance."""
    found: dict[str, tuple[Any, Any]] = {}
    plain = {m.local_table for m in Base.registry.mappers if m.class_.privacy == NO_PERSONAL_DATA}
    for key in table.foreign_keys:
        parent = key.column.table
        if key.parent.name in QUIET:  # what somebody's row came with, such as an import of many
            continue
        named = parent in (User.__table__, Organisation.__table__)
        if parent in plain and not named and parent is not table and parent.name not in found:
            found[parent.name] = (key, parent)
    return list(found.values())


def _grandparents(table: Any) -> list[tuple[Any, Any]]:
    """What those rows hang on themselves, as far as it has a title: the song of somebody who liked it."""
    near = {parent.name for _key, parent in _parents(table)}
    found: dict[str, tuple[Any, Any]] = {}
    for _key, parent in _parents(table):
        for key, grand in _parents(parent):
            if grand.name not in near and "title" in grand.c and grand is not table:
                found.setdefault(grand.name, (key, grand))
    return list(found.values())


def _hung_on(table: Any) -> list[tuple[Any, Any]]:
    """The rows about people that a row hangs on, such as the note of an answer: they say its day."""
    found: dict[str, tuple[Any, Any]] = {}
    for key in table.foreign_keys:
        parent = key.column.table
        told = parent is not table and parent is not Person.__table__ and person_columns(parent)
        if told and any(name in parent.c for name in DAYS) and parent.name not in found:
            found[parent.name] = (key, parent)
    return list(found.values())


def _day_columns(table: Any) -> list[Any]:
    return [
        parent.c[name].label(f"{DAY_OF}{parent.name}.{name}")
        for _key, parent in _hung_on(table)
        for name in DAYS
        if name in parent.c
    ]


def _beside(table: Any) -> list[Any]:
    return [
        column.label(f"{parent.name}.{column.name}")
        for _key, parent in _parents(table)
        for column in parent.c
        if column.name not in QUIET
        and not column.foreign_keys
        and not column.name.startswith(("created", "changed"))
    ]


def _code_words(table: Any) -> dict[str, Callable[[Any], str]]:
    """What turns the codes of a row, and of what it hangs on, into words."""
    words = {mapper.local_table: mapper.class_.code_words for mapper in Base.registry.mappers}
    beside = {
        f"{parent.name}.{name}": say
        for _key, parent in _parents(table)
        for name, say in words.get(parent, {}).items()
    }
    return {**words.get(table, {}), **beside}


def _copy(
    source: Source,
    row: Mapping[str, Any],
    names: _Names,
    finder: NameFinder,
    words: Mapping[str, Callable[[Any], str]],
) -> dict[str, Any]:
    """One row as a copy, with the places where somebody else may stand."""
    hidden = set(source.privacy.hide) if source.privacy is not None else set()
    read = [key for key in row if not key.startswith(DAY_OF) and key not in QUIET and key not in hidden]
    said = {key: words[key](row[key]) if key in words and row[key] else row[key] for key in read}
    copied = (_field(key, said[key], names) for key in read)
    fields = [each for each in copied if each is not None]
    marks = [
        Mark(number, place.start, place.end, place.text)
        for number, each in enumerate(fields)
        if not each.staff
        for place in finder.find(each.text)
    ]
    is_file = any(isinstance(c.type, LargeBinary) and c.name == "content" for c in source.table.c)
    return {
        "source": source.table.name,
        "row_id": _id(row.get("id")),
        "title": source.title,
        "happened_on": _day(row),
        "fields": write_fields(fields),
        "marks": write_marks(marks),
        "to_decide": len(marks) + is_file,
        "decision": "" if is_file else "give",
        "file_name": str(row.get("title") or source.title)[:200] if is_file else "",
        "content": None,
    }


def _id(value: Any) -> UUID | None:
    if isinstance(value, UUID):
        return value
    return UUID(value) if isinstance(value, str) and len(value) == 32 else None


def _field(key: str, value: Any, names: _Names) -> CopiedField | None:
    column = key.rpartition(".")[2]
    staff = column in BY_STAFF
    if isinstance(value, str) and ID_AS_TEXT.fullmatch(value):
        named = UUID(value)  # such as who had somebody's support before
        text = names.staff.get(named) or names.people.get(named) or names.places.get(named) or ""
    elif isinstance(value, UUID):
        who = names.staff.get(value) if staff else names.people.get(value) or names.places.get(value)
        text = who or ""
    else:
        text = show(value)
    return CopiedField(key, label(column), text, staff) if text else None


def _day(row: Mapping[str, Any]) -> date | None:
    for name in DAYS:
        found = next((v for k, v in row.items() if k.rpartition(".")[2] == name and v is not None), None)
        if isinstance(found, datetime):
            return found.date()
        if isinstance(found, date):
            return found
    made = row.get("created_at")
    return to_local(made).date() if isinstance(made, datetime) and made.tzinfo is not None else None


# --- Names ---


def _names(db: Db) -> _Names:
    staff = {row.id: row.name for row in db.execute(select(User.id, User.name))}
    people = {row.id: row.full_name for row in db.execute(select(Person.id, Person.full_name))}
    places = {row.id: row.name for row in db.execute(select(Organisation.id, Organisation.name))}
    return _Names(staff, people, places)


def name_finder(db: Db, people: Collection[UUID]) -> NameFinder:
    """What finds others in a text about these records of one person."""
    rows = db.execute(select(Person.id, Person.full_name, Person.preferred_name, Person.nhs_number)).all()
    own = [row for row in rows if row.id in people]
    if not own:
        raise NotFound(tr("That person is not here."))
    ways = list(db.scalars(select(ContactPoint.value).where(ContactPoint.person_id.in_(people))))
    own_names = [name for row in own for name in (row.full_name, row.preferred_name) if name]
    others = [(row.full_name, row.preferred_name or "") for row in rows if row.id not in people]
    return NameFinder.make(own_names, [*ways, *(row.nhs_number or "" for row in own)], others)


def count_items(db: Db, zone: Zone, request_id: UUID) -> int:
    """How many copies a part has."""
    table: Any = ITEMS[zone].__table__
    return db.scalar(select(func.count()).select_from(table).where(table.c.request_id == request_id)) or 0
