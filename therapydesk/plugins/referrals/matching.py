"""Who of the rows is here already, or stands twice in the file. Set by set: never a query for each row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    AccessNeed,
    ContactPoint,
    Db,
    Person,
    Relation,
    Sought,
    match_many,
    normal_name,
    tr,
)
from therapydesk.plugins.referrals.rules.draft import RowDraft
from therapydesk.plugins.referrals.rules.likeness import Known, Likeness, judge

CHUNK = 5_000
MOST = 5
FILLED = (
    "preferred_name",
    "born_on",
    "nhs_number",
    "pronouns",
    "address",
    "postcode",
    "language",
    "best_way",
    "preferred_place",
    "preferred_time",
)


@dataclass(frozen=True, slots=True)
class Additions:
    """What a row tells about somebody here that was not known. Nothing that is known is replaced."""

    fields: tuple[str, ...] = ()
    contacts: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, ...] = ()
    gp: bool = False
    school: bool = False

    def words(self) -> tuple[str, ...]:
        """Each thing that is added, in words."""
        titles = {
            "preferred_name": tr("the name they like"),
            "born_on": tr("the date of birth"),
            "nhs_number": tr("the NHS number"),
            "pronouns": tr("pronouns"),
            "address": tr("an address"),
            "postcode": tr("a postcode"),
            "language": tr("the language"),
            "best_way": tr("how to reach them"),
            "preferred_place": tr("where to meet"),
            "preferred_time": tr("when to meet"),
        }
        kinds = {"phone": tr("a phone number"), "email": tr("an e-mail"), "other": tr("a way to reach them")}
        found = [kinds[kind] for kind, _ in self.contacts] + [titles[name] for name in self.fields]
        found += [tr("the surgery")] if self.gp else []
        found += [tr("the school")] if self.school else []
        found += [tr("access needs")] if self.needs else []
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a row belongs to: somebody here (`person_id`) or an earlier row (`same_as`, its place in the
    plan).
    """

    likeness: Likeness
    why: str
    sentence: str = ""
    person_id: UUID | None = None
    same_as: int | None = None
    adds: str = ""
    additions: Additions = field(default_factory=Additions)


@dataclass(slots=True)
class _Here:
    """A person with what hangs on them, loaded set by set."""

    known: Known
    person: Person
    contacts: set[tuple[str, str]] = field(default_factory=set)
    needs: set[str] = field(default_factory=set)
    relations: set[str] = field(default_factory=set)


def find(db: Db, drafts: Sequence[RowDraft]) -> dict[int, Found]:
    """For each row that is the same as, or perhaps the same as, somebody: whom."""
    live = [(key, draft) for key, draft in enumerate(drafts) if not draft.refused]
    options = _options(db, live)
    here = load_people(db, {person_id for people in options.values() for person_id in people})
    found: dict[int, Found] = {}
    for key, draft in live:
        if (best := _best(draft, options.get(key, ()), here)) is not None:
            found[key] = best
    for key, earlier, likeness, why in _twice(live):
        if key not in found:
            found[key] = _as_earlier(drafts, key, earlier, likeness, why, found)
    return found


def _options(db: Db, live: Sequence[tuple[int, RowDraft]]) -> dict[int, list[UUID]]:
    """For each row the people it may be about, the likeliest first."""
    sought = [Sought(d.name, d.born_on, d.nhs_number, d.postcode, (*d.phones, *d.emails)) for _, d in live]
    options: dict[int, list[UUID]] = {}
    for match in match_many(db, sought):
        options.setdefault(live[match.row][0], []).append(match.person_id)
    return {key: people[:MOST] for key, people in options.items()}


def _best(draft: RowDraft, options: Iterable[UUID], here: dict[UUID, _Here]) -> Found | None:
    """The first who is the same, else the likeliest: everybody in `options` is alike enough to ask about."""
    best: Found | None = None
    for person_id in options:
        there = here.get(person_id)
        if there is None:
            continue
        likeness, why = judge(draft, there.known)
        if not likeness:
            born = draft.born_on is not None and draft.born_on == there.known.born_on
            likeness, why = "perhaps_same", tr("Like name, same birth") if born else tr("Like name")
        if best is None or likeness == "same":
            best = _found(draft, there, likeness, why)
        if likeness == "same":
            break
    return best


def _found(draft: RowDraft, there: _Here, likeness: Likeness, why: str) -> Found:
    added = additions(draft, there)
    words = added.words()
    adds = tr("Adds {what}").format(what=words[0]) if words else ""
    sentence = tr("{name} is here already: {why}.").format(name=there.person.full_name, why=_lower(why))
    if len(words) > 1:
        sentence += " " + tr("The file adds {what}.").format(what=", ".join(words))
    return Found(likeness, why, sentence, there.person.id, None, adds, added)


def _lower(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def additions(draft: RowDraft, there: _Here) -> Additions:
    """What the row would add to this person."""
    fields = tuple(name for name in FILLED if getattr(draft, name) and not getattr(there.person, name))
    ways = [*(("phone", p) for p in draft.phones), *(("email", e) for e in draft.emails)]
    ways += [("other", o) for o in draft.other_ways]
    return Additions(
        fields,
        tuple(way for way in ways if way not in there.contacts),
        tuple(code for code in draft.needs if code not in there.needs),
        bool(draft.gp or draft.gp_ods) and "gp" not in there.relations,
        bool(draft.school) and "school" not in there.relations,
    )


def load_people(db: Db, ids: Iterable[UUID]) -> dict[UUID, _Here]:
    """The people with their contacts, needs and relations, in a few queries for all."""
    wanted = list(ids)
    here: dict[UUID, _Here] = {}
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        for person in db.scalars(select(Person).where(Person.id.in_(part), Person.merged_into.is_(None))):
            here[person.id] = _Here(
                Known(
                    person.full_name,
                    normal_name(person.full_name),
                    person.born_on,
                    person.nhs_number or "",
                    person.postcode,
                    set(),
                ),
                person,
            )
        contacts = select(ContactPoint.person_id, ContactPoint.kind, ContactPoint.value)
        for person_id, kind, value in db.execute(contacts.where(ContactPoint.person_id.in_(part))):
            if person_id in here:
                here[person_id].contacts.add((kind, value))
                here[person_id].known.ways.add(value)  # type: ignore[attr-defined]  # made as a set above
        for person_id, code in db.execute(
            select(AccessNeed.person_id, AccessNeed.code).where(AccessNeed.person_id.in_(part))
        ):
            if person_id in here:
                here[person_id].needs.add(code)
        for person_id, kind in db.execute(
            select(Relation.person_id, Relation.kind).where(Relation.person_id.in_(part))
        ):
            if person_id in here:
                here[person_id].relations.add(kind)
    return here


# --- Twice in the file ---


def _twice(live: Sequence[tuple[int, RowDraft]]) -> Iterator[tuple[int, int, Likeness, str]]:
    """Key of a row, key of the earlier row about the same person, how alike, and why."""
    blocks: dict[object, list[int]] = defaultdict(list)
    by_key = dict(live)
    known: dict[int, Known] = {}
    for key, draft in live:
        normal = normal_name(draft.name)
        marks = [mark for mark in _marks(draft, normal) if mark]
        options = dict.fromkeys(other for mark in marks for other in blocks[mark][:20])
        alike = [(other, *judge(draft, known[other])) for other in options if by_key[other] is not draft]
        best = next((a for a in alike if a[1] == "same"), next((a for a in alike if a[1]), None))
        if best is not None:
            yield key, best[0], best[1], best[2]
        for mark in marks:
            blocks[mark].append(key)
        known[key] = Known(
            draft.name,
            normal,
            draft.born_on,
            draft.nhs_number,
            draft.postcode,
            {*draft.phones, *draft.emails},
        )


def _marks(draft: RowDraft, normal: str) -> Iterator[object]:
    yield draft.nhs_number and ("nhs", draft.nhs_number)
    yield draft.born_on and ("born", draft.born_on, normal[:1])
    yield normal and draft.postcode and ("name", normal, draft.postcode)
    for way in (*draft.phones, *draft.emails):
        yield ("way", way)


def _as_earlier(
    drafts: Sequence[RowDraft], key: int, earlier: int, likeness: Likeness, why: str, found: dict[int, Found]
) -> Found:
    first = found.get(earlier)
    root = (
        first.same_as
        if first is not None and first.likeness == "same" and first.same_as is not None
        else earlier
    )
    number = drafts[root].number
    sentence = tr("Row {n} of this file is about the same person: {why}.")
    if likeness == "perhaps_same":
        sentence = tr("Row {n} of this file is perhaps about the same person: {why}.")
    short = tr("As row {n}").format(n=number)
    return Found(likeness, short, sentence.format(n=number, why=_lower(why)), None, root, short)
