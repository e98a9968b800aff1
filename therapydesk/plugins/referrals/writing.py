"""Carrying out a plan: exactly its rows, in one transaction in core, the text sealed for clinical."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    AccessNeed,
    Base,
    BatchResult,
    Choice,
    Consent,
    ContactPoint,
    Db,
    ImportPlan,
    Person,
    Relation,
    StaleRecord,
    UserError,
    allowed,
    hand_over,
    new_id,
    normal_name,
    now,
    today,
    tr,
)
from therapydesk.plugins.referrals.bulk import ids, insert_rows
from therapydesk.plugins.referrals.columns import write_down
from therapydesk.plugins.referrals.matching import Additions
from therapydesk.plugins.referrals.models import Batch, Referral
from therapydesk.plugins.referrals.organisations import Organisations
from therapydesk.plugins.referrals.planning import Made, check_made, here_already
from therapydesk.plugins.referrals.rules import words
from therapydesk.plugins.referrals.rules.draft import RowDraft

REASON, FILE = "referrals.reason", "referrals.file"
ROWS_A_MESSAGE = 5_000


@dataclass
class _Sheaf:
    """Rows to insert, table by table, and what the undo needs."""

    db: Db
    batch: Batch
    made: Made
    sender: str
    organisations: Organisations
    rows: dict[type[Base], list[dict[str, Any]]] = field(default_factory=dict)
    people: dict[int, UUID] = field(default_factory=dict)
    carers: dict[tuple[str, str], UUID] = field(default_factory=dict)
    texts: list[dict[str, Any]] = field(default_factory=list)
    stamp: dict[str, Any] = field(default_factory=dict)
    keys: Iterator[UUID] = field(default_factory=ids)
    added_people: int = 0
    joined: int = 0

    def add(self, table: type[Base], **values: Any) -> UUID:
        """One more row for a table; its key."""
        values["id"] = key = next(self.keys)
        self.rows.setdefault(table, []).append(values)
        return key


@allowed("referrals.import")
def carry_out(db: Db, plan: ImportPlan, choices: Mapping[int, Choice] | None = None) -> BatchResult:
    """Write exactly the plan: new rows, rows about people here already, and those that were perhaps the same
    as chosen.

    `choices` says for the key of a row that is perhaps the same: "same", "new" or "leave" (the default).
    Raises StaleRecord when the vault changed since the plan was made, UserError when there is nothing to
    write.
    """
    made = check_made(plan)
    wanted = _wanted(plan, made, choices or {})
    if not wanted:
        raise UserError(
            tr("There is nothing to import: no row of this file is new."),
            tr("Look at the reason beside each row."),
        )
    people = _still_there(db, made, wanted)
    batch = Batch(
        id=new_id(),
        received_on=today(),
        file_hash=made.source.sha256,
        format=plan.format,
        sender=plan.sender[:200],
        name_hash=hashlib.sha256(made.source.name.encode()).hexdigest(),
        rows=len(wanted),
        left_out=len(plan.rows) - len(wanted),
    )
    db.add(batch)
    db.flush()
    sheaf = _Sheaf(db, batch, made, plan.sender[:200], Organisations.load(db), stamp=_stamp(db))
    for key, joined_to in wanted.items():
        _take_row(sheaf, key, joined_to, people)
    batch.people_added, batch.people_joined = sheaf.added_people, sheaf.joined
    messages = _write(sheaf)
    write_down(made.match, made.source, sheaf.sender, db)
    organisations = [str(i) for i in sheaf.organisations.made]
    batch.undo = json.dumps({"organisations": organisations, "messages": [str(i) for i in messages]})
    return BatchResult(batch.id, len(wanted), sheaf.added_people, sheaf.joined, batch.left_out)


def _wanted(plan: ImportPlan, made: Made, choices: Mapping[int, Choice]) -> dict[int, bool]:
    """Key of each row to write, in the order of the file, and whether it joins somebody."""
    wanted: dict[int, bool] = {}
    for row in sorted(plan.rows, key=lambda r: r.key):
        choice: Choice = choices.get(row.key, "leave") if row.outcome == "perhaps_same" else "same"
        if row.outcome == "refused" or row.key in made.here_already or choice == "leave":
            continue
        joins = row.outcome != "new" and choice == "same"
        found = made.found.get(row.key)
        root = found.same_as if joins and found is not None else None
        if root is not None and root not in wanted:
            continue  # the row it belongs to is left out, so it is left out too
        wanted[row.key] = joins
    return wanted


def _still_there(db: Db, made: Made, wanted: Mapping[int, bool]) -> dict[UUID, Person]:
    """The people that rows join. Raises StaleRecord when one has gone, or when a row came in meanwhile."""
    changed = StaleRecord(tr("The records changed since this plan was made."), tr("Make the plan again."))
    drafts = [made.drafts[key] for key in wanted]
    if here_already(db, drafts, [made.hashes[key] for key in wanted]):
        raise changed
    ids = {made.found[key].person_id for key, joins in wanted.items() if joins and key in made.found}
    people: dict[UUID, Person] = {}
    known = [i for i in ids if i is not None]
    for start in range(0, len(known), 5_000):
        query = select(Person).where(
            Person.id.in_(known[start : start + 5_000]), Person.merged_into.is_(None)
        )
        people.update({person.id: person for person in db.scalars(query)})
    if len(people) < len(known):
        raise changed
    return people


def _stamp(db: Db) -> dict[str, Any]:
    moment = now()
    return {
        "created_at": moment,
        "created_by": db.user.id,
        "changed_at": moment,
        "changed_by": db.user.id,
        "row_version": 1,
    }


# --- One row ---


def _take_row(sheaf: _Sheaf, key: int, joins: bool, people: Mapping[UUID, Person]) -> None:
    draft, found = sheaf.made.drafts[key], sheaf.made.found.get(key)
    added: dict[str, Any] = {}
    if joins and found is not None and found.person_id is not None:
        person_id = found.person_id
        added = _add_to(sheaf, people[person_id], draft, found.additions)
        sheaf.joined += 1
    elif joins and found is not None and found.same_as is not None:
        person_id = sheaf.people[found.same_as]
        sheaf.joined += 1
    else:
        person_id, added = _add_person(sheaf, draft)
        sheaf.added_people += 1
    sheaf.people[key] = person_id
    if draft.agreed != "unknown":
        consent = sheaf.add(
            Consent,
            person_id=person_id,
            purpose="referral",
            state=draft.agreed,
            asked_on=draft.referred_on,
            expires_on=None,
            **sheaf.stamp,
        )
        added["consents"] = [str(consent)]
    _add_referral(sheaf, key, draft, person_id, added)


def _add_person(sheaf: _Sheaf, draft: RowDraft) -> tuple[UUID, dict[str, Any]]:
    """Somebody new with all that hangs on them; also what the undo needs."""
    names = f"{draft.name} {draft.preferred_name}" if draft.preferred_name else draft.name
    person_id = sheaf.add(
        Person,
        **_person(draft.name, normal_name(names), sheaf.stamp),
    )
    sheaf.rows[Person][-1].update(
        preferred_name=draft.preferred_name,
        pronouns=draft.pronouns,
        born_on=draft.born_on,
        died_on=draft.died_on,
        nhs_number=draft.nhs_number or None,
        nhs_number_unchecked=draft.nhs_number_unchecked,
        language=draft.language,
        address=draft.address,
        postcode=draft.postcode,
        best_way=draft.best_way,
        preferred_place=draft.preferred_place,
        preferred_time=draft.preferred_time,
    )
    ways = [*(("phone", p) for p in draft.phones), *(("email", e) for e in draft.emails)]
    contacts = _add_ways(sheaf, person_id, [*ways, *(("other", o) for o in draft.other_ways)])
    for code in draft.needs:
        sheaf.rows.setdefault(AccessNeed, []).append({"person_id": person_id, "code": code})
    relations = _add_places(sheaf, person_id, draft, bool(draft.gp or draft.gp_ods), bool(draft.school))
    carers = _add_carer(sheaf, person_id, draft, relations, contacts)
    return person_id, {
        "person": True,
        "carers": [str(i) for i in carers],
        "contacts": [str(i) for i in contacts],
        "relations": [str(i) for i in relations],
    }


def _person(full_name: str, normal: str, stamp: Mapping[str, Any]) -> dict[str, Any]:
    empty = dict.fromkeys(
        (
            "preferred_name",
            "pronouns",
            "nhs_number_unchecked",
            "no_nhs_number_reason",
            "ask_me_about",
            "language",
            "address",
            "postcode",
            "best_way",
            "preferred_place",
            "preferred_time",
        ),
        "",
    )
    nothing = dict.fromkeys(("born_on", "died_on", "nhs_number", "merged_into"))
    return {**empty, **nothing, "full_name": full_name, "normal_name": normal, **stamp}


def _add_ways(sheaf: _Sheaf, person_id: UUID, ways: Iterable[tuple[str, str]], start: int = 0) -> list[UUID]:
    return [
        sheaf.add(ContactPoint, person_id=person_id, kind=kind, value=value, note="", position=start + place)
        for place, (kind, value) in enumerate(ways)
    ]


def _add_places(sheaf: _Sheaf, person_id: UUID, draft: RowDraft, gp: bool, school: bool) -> list[UUID]:
    made = []
    places = [("gp", draft.gp or draft.gp_ods, draft.gp_ods, "surgery")] if gp else []
    places += [("school", draft.school, "", "school")] if school else []
    for kind, name, code, sort in places:
        organisation_id = sheaf.organisations.find_or_add(name, code, sort)
        made.append(
            sheaf.add(
                Relation,
                person_id=person_id,
                kind=kind,
                organisation_id=organisation_id,
                other_person_id=None,
                may_contact=False,
                leads_on="",
                **sheaf.stamp,
            )
        )
    return made


def _add_carer(
    sheaf: _Sheaf, person_id: UUID, draft: RowDraft, relations: list[UUID], contacts: list[UUID]
) -> list[UUID]:
    """The carer is a person of their own, linked (AH07); one for the whole file, told apart by name and
    number.

    Adds to `relations` and `contacts`; returns the carer when the file's first row with them is this one.
    """
    if not (draft.carer or draft.carer_phone or draft.carer_email):
        return []
    name = draft.carer or tr("Contact of {name}").format(name=draft.name)
    mark = (normal_name(name), draft.carer_phone or draft.carer_email)
    made = []
    if mark not in sheaf.carers:
        carer_id = sheaf.add(Person, **_person(name, normal_name(name), sheaf.stamp))
        ways = [("phone", draft.carer_phone), ("email", draft.carer_email)]
        contacts += _add_ways(sheaf, carer_id, [(kind, value) for kind, value in ways if value])
        sheaf.carers[mark] = carer_id
        made = [carer_id]
    relations.append(
        sheaf.add(
            Relation,
            person_id=person_id,
            kind=words.relation(draft.carer_relation),
            organisation_id=None,
            other_person_id=sheaf.carers[mark],
            may_contact=False,
            leads_on="",
            **sheaf.stamp,
        )
    )
    return made


def _add_to(sheaf: _Sheaf, person: Person, draft: RowDraft, what: Additions) -> dict[str, Any]:
    """Add what was not known to somebody who is here; nothing that is known is replaced."""
    fields = {}
    for name in what.fields:
        if not getattr(person, name):  # an earlier row of this file may have filled it
            setattr(person, name, getattr(draft, name))
            fields[name] = str(getattr(draft, name))
    if "preferred_name" in fields:
        person.normal_name = normal_name(f"{person.full_name} {person.preferred_name}")
    contacts = _add_ways(sheaf, person.id, what.contacts, start=100)
    for code in what.needs:
        sheaf.rows.setdefault(AccessNeed, []).append({"person_id": person.id, "code": code})
    relations = _add_places(sheaf, person.id, draft, what.gp, what.school)
    return {
        "fields": fields,
        "needs": list(what.needs),
        "contacts": [str(i) for i in contacts],
        "relations": [str(i) for i in relations],
    }


def _add_referral(sheaf: _Sheaf, key: int, draft: RowDraft, person_id: UUID, added: dict[str, Any]) -> None:
    organisation = draft.organisation or (sheaf.sender if not draft.referrer else "")
    referral_id = sheaf.add(
        Referral,
        person_id=person_id,
        batch_id=sheaf.batch.id,
        received_on=sheaf.batch.received_on,
        referred_on=draft.referred_on,
        state="talk_first" if draft.agreed == "no" else "new",
        priority=draft.priority,
        agreed=draft.agreed,
        referrer=draft.referrer,
        sender=sheaf.sender,
        external_id=draft.external_id,
        organisation_id=sheaf.organisations.find_or_add(organisation, draft.organisation_ods, ""),
        format=sheaf.batch.format,
        source_row=draft.number,
        row_hash=sheaf.made.hashes[key],
        reason_code="",
        answered_on=None,
        answered_by=None,
        episode_id=None,
        added=_as_json(added),
        **sheaf.stamp,
    )
    sheaf.texts.append(
        {
            "referral": str(referral_id),
            "person": str(person_id),
            "row": draft.number,
            "table": draft.table,
            "original": "\n".join(f"{head}: {text}" for head, text in draft.original),
            "sources": draft.sources,
            **draft.texts,
        }
    )


# --- All rows ---


def _as_json(added: Mapping[str, Any]) -> str:
    """What json.dumps writes, three times as fast for the lists of keys that nearly every row has."""
    if not added.get("fields") and not added.get("needs"):
        lists = (f'"{name}": ["{\'", "\'.join(keys)}"]' for name, keys in added.items() if keys and keys is not True)
        return "{" + ", ".join(('"person": true', *lists) if added.get("person") else lists) + "}"
    return json.dumps(added)


def _write(sheaf: _Sheaf) -> list[UUID]:
    """Insert everything, each table in one go; seal the texts and the file. Returns the ids of the sealed
    messages.
    """
    db = sheaf.db
    db.flush()
    for table in (Person, ContactPoint, AccessNeed, Relation, Consent, Referral):
        rows = sheaf.rows.get(table)
        if rows:
            if table is AccessNeed:
                rows = [dict(pair) for pair in dict.fromkeys(tuple(row.items()) for row in rows)]
            insert_rows(db, table, rows, "import")
    messages = [
        hand_over(
            db, "clinical", REASON, sheaf.batch.id, _message(sheaf, sheaf.texts[at : at + ROWS_A_MESSAGE])
        )
        for at in range(0, len(sheaf.texts), ROWS_A_MESSAGE)
    ]
    source = sheaf.made.source
    content = {
        "title": source.name,
        "format": sheaf.batch.format,
        "sha256": source.sha256,
        "file": base64.b64encode(source.content).decode(),
    }
    return [*messages, hand_over(db, "clinical", FILE, sheaf.batch.id, content)]


def _message(sheaf: _Sheaf, texts: list[dict[str, Any]]) -> dict[str, str]:
    return {"file": sheaf.made.source.name, "rows": json.dumps(texts, ensure_ascii=False)}
