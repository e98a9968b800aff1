"""Who of the rows is here already, or stands twice in the file. Set by set: never a query for each row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    AccessNeed,
    ContactPoint,
    Db,
    Match,
    Person,
    Relation,
    Sought,
    Twice,
    match_many,
    match_rows,
    tr,
)
from therapydesk.plugins.referrals.rules.draft import RowDraft
from therapydesk.plugins.referrals.words import ground_word

CHUNK = 5_000
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
    """Whom a row belongs to, for `sure` or perhaps: somebody here (`person_id`) or an earlier row (`same_as`, its
    place in the plan).
    """

    sure: bool
    why: str
    sentence: str = ""
    person_id: UUID | None = None
    same_as: int | None = None
    adds: str = ""
    additions: Additions = field(default_factory=Additions)


@dataclass(slots=True)
class Here:
    """A person with what hangs on them, loaded set by set. `person`: id, full_name and the columns of FILLED."""

    person: Any
    contacts: set[tuple[str, str]] = field(default_factory=set)
    needs: set[str] = field(default_factory=set)
    relations: set[str] = field(default_factory=set)


def find(db: Db, drafts: Sequence[RowDraft]) -> dict[int, Found]:
    """For each row that is the same as, or perhaps the same as, somebody: whom."""
    live = [(key, draft) for key, draft in enumerate(drafts) if not draft.refused]
    sought = [
        Sought(d.name, d.born_on, d.nhs_number, d.postcode, (*d.phones, *d.emails), d.preferred_name)
        for _, d in live
    ]
    best: dict[int, Match] = {}
    for match in match_many(db, sought):
        best.setdefault(live[match.row][0], match)
    here = load_people(db, {match.person_id for match in best.values()})
    found = {key: _found(drafts[key], here[match.person_id], match) for key, match in best.items()}
    for twice in match_rows(sought):
        key, earlier = live[twice.row][0], live[twice.earlier][0]
        if key not in found:
            found[key] = _as_earlier(drafts, earlier, twice, found)
    return found


def _found(draft: RowDraft, there: Here, match: Match) -> Found:
    added, why = additions(draft, there), ground_word(match.ground)
    words = added.words()
    adds = tr("Adds {what}").format(what=words[0]) if words else ""
    sentence = tr("{name} is here already: {why}.").format(name=there.person.full_name, why=_lower(why))
    if len(words) > 1:
        sentence += " " + tr("The file adds {what}.").format(what=", ".join(words))
    return Found(match.sure, why, sentence, match.person_id, None, adds, added)


def _as_earlier(drafts: Sequence[RowDraft], earlier: int, twice: Twice, found: dict[int, Found]) -> Found:
    first = found.get(earlier)
    root = first.same_as if first is not None and first.sure and first.same_as is not None else earlier
    number, why = drafts[root].number, _lower(ground_word(twice.ground))
    sentence = tr("Row {n} of this file is about the same person: {why}.")
    if not twice.sure:
        sentence = tr("Row {n} of this file is perhaps about the same person: {why}.")
    short = tr("As row {n}").format(n=number)
    return Found(twice.sure, short, sentence.format(n=number, why=why), None, root, short)


def _lower(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def additions(draft: RowDraft, there: Here) -> Additions:
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


def load_people(db: Db, ids: Iterable[UUID]) -> dict[UUID, Here]:
    """The people with their contacts, needs and relations, in a few queries for all."""
    wanted = list(ids)
    here: dict[UUID, Here] = {}
    columns = (Person.id, Person.full_name, *(getattr(Person, name) for name in FILLED))
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        for person in db.execute(select(*columns).where(Person.id.in_(part), Person.merged_into.is_(None))):
            here[person.id] = Here(person)
        contacts = select(ContactPoint.person_id, ContactPoint.kind, ContactPoint.value)
        for person_id, kind, value in db.execute(contacts.where(ContactPoint.person_id.in_(part))):
            if person_id in here:
                here[person_id].contacts.add((kind, value))
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
