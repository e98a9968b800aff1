"""The rows that an import writes, gathered before any is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from therapydesk.api import (
    AccessNeed,
    Base,
    Consent,
    ContactPoint,
    Db,
    Person,
    Relation,
    all_names,
    list_name,
    normal_name,
    tr,
)
from therapydesk.plugins.referrals.bulk import ids
from therapydesk.plugins.referrals.matching import Additions
from therapydesk.plugins.referrals.models import Batch, Referral
from therapydesk.plugins.referrals.organisations import Organisations
from therapydesk.plugins.referrals.planning import Made
from therapydesk.plugins.referrals.rules import words
from therapydesk.plugins.referrals.rules.draft import RowDraft

# What a row may tell of a person, and what stands there when it does not.
_PERSON: dict[str, Any] = {
    **dict.fromkeys(
        ("preferred_name", "pronouns", "nhs_number_unchecked", "language", "address", "postcode"), ""
    ),
    **dict.fromkeys(("best_way", "preferred_place", "preferred_time"), ""),
    **dict.fromkeys(("born_on", "died_on", "nhs_number")),
}


@dataclass
class Sheaf:
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
    shared: dict[type[Base], dict[str, Any]] = field(default_factory=dict)
    filled: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    keys: Iterator[UUID] = field(default_factory=ids)
    added_people: int = 0
    joined: int = 0

    def share(self, stamp: Mapping[str, Any], drafts: Iterable[RowDraft]) -> None:
        """Say what all rows of a table have in common, so that it is written once in the statement."""
        self.filled = tuple(name for name in _PERSON if any(getattr(draft, name) for draft in drafts))
        empty = {name: value for name, value in _PERSON.items() if name not in self.filled}
        nothing = dict.fromkeys(("no_nhs_number_reason", "ask_me_about"), "")
        batch = self.batch
        self.shared = {
            Person: {**stamp, **empty, **nothing},
            ContactPoint: {"note": ""},
            AccessNeed: {},
            Relation: {**stamp, "may_contact": False, "leads_on": ""},
            Consent: {**stamp, "purpose": "referral"},
            Referral: {
                **stamp,
                "batch_id": batch.id,
                "received_on": batch.received_on,
                "sender": self.sender,
                "format": batch.format,
                "reason_code": "",
            },
        }

    def add(self, table: type[Base], **values: Any) -> UUID:
        """One more row for a table; its key."""
        values["id"] = key = next(self.keys)
        self.rows.setdefault(table, []).append(values)
        return key


def take_row(sheaf: Sheaf, key: int, joins: bool, people: Mapping[UUID, Person]) -> None:
    """Gather what one row of the plan writes; `joins`: it is about somebody here or of an earlier row."""
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
            state=draft.agreed,
            asked_on=draft.referred_on,
        )
        added["consents"] = [consent.hex]
    _add_referral(sheaf, key, draft, person_id, added)


def _add_person(sheaf: Sheaf, draft: RowDraft) -> tuple[UUID, dict[str, Any]]:
    """Somebody new with all that hangs on them; also what the undo needs."""
    person_id = sheaf.add(
        Person,
        full_name=draft.name,
        normal_name=all_names(draft.name, draft.preferred_name)[:800],
        sort_name=list_name(draft.name, draft.preferred_name),
        **{name: getattr(draft, name) or _PERSON[name] for name in sheaf.filled},
    )
    ways = [*(("phone", p) for p in draft.phones), *(("email", e) for e in draft.emails)]
    contacts = _add_ways(sheaf, person_id, [*ways, *(("other", o) for o in draft.other_ways)])
    for code in draft.needs:
        sheaf.rows.setdefault(AccessNeed, []).append({"person_id": person_id, "code": code})
    relations = _add_places(sheaf, person_id, draft, bool(draft.gp or draft.gp_ods), bool(draft.school))
    carers = _add_carer(sheaf, person_id, draft, relations, contacts)
    return person_id, {
        "person": True,
        "carers": [i.hex for i in carers],
        "contacts": [i.hex for i in contacts],
        "relations": [i.hex for i in relations],
    }


def _add_ways(sheaf: Sheaf, person_id: UUID, ways: Iterable[tuple[str, str]], start: int = 0) -> list[UUID]:
    return [
        sheaf.add(ContactPoint, person_id=person_id, kind=kind, value=value, position=start + place)
        for place, (kind, value) in enumerate(ways)
    ]


def _add_places(sheaf: Sheaf, person_id: UUID, draft: RowDraft, gp: bool, school: bool) -> list[UUID]:
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
            )
        )
    return made


def _add_carer(
    sheaf: Sheaf, person_id: UUID, draft: RowDraft, relations: list[UUID], contacts: list[UUID]
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
        known, empty = normal_name(name), {field: _PERSON[field] for field in sheaf.filled}
        carer_id = sheaf.add(Person, full_name=name, normal_name=known[:800], sort_name=known[:400], **empty)
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
        )
    )
    return made


def _add_to(sheaf: Sheaf, person: Person, draft: RowDraft, what: Additions) -> dict[str, Any]:
    """Add what was not known to somebody who is here; nothing that is known is replaced."""
    fields = {}
    for name in what.fields:
        if not getattr(person, name):  # an earlier row of this file may have filled it
            setattr(person, name, getattr(draft, name))
            fields[name] = str(getattr(draft, name))
    contacts = _add_ways(sheaf, person.id, what.contacts, start=100)
    for code in what.needs:
        sheaf.rows.setdefault(AccessNeed, []).append({"person_id": person.id, "code": code})
    relations = _add_places(sheaf, person.id, draft, what.gp, what.school)
    return {
        "fields": fields,
        "needs": list(what.needs),
        "contacts": [i.hex for i in contacts],
        "relations": [i.hex for i in relations],
    }


def _add_referral(sheaf: Sheaf, key: int, draft: RowDraft, person_id: UUID, added: dict[str, Any]) -> None:
    organisation = draft.organisation or (sheaf.sender if not draft.referrer else "")
    referral_id = sheaf.add(
        Referral,
        person_id=person_id,
        referred_on=draft.referred_on,
        state="talk_first" if draft.agreed == "no" else "new",
        priority=draft.priority,
        agreed=draft.agreed,
        referrer=draft.referrer,
        external_id=draft.external_id,
        organisation_id=sheaf.organisations.find_or_add(organisation, draft.organisation_ods, ""),
        source_row=draft.number,
        row_hash=sheaf.made.hashes[key],
        added=_as_json(added),
    )
    sheaf.texts.append(
        {
            "referral": referral_id.hex,
            "person": person_id.hex,
            "row": draft.number,
            "original": "\n".join(f"{head}: {text}" for head, text in draft.original),
            **draft.texts,
        }
    )
    if draft.table:
        sheaf.texts[-1]["table"] = draft.table
    if draft.sources is not sheaf.sources:
        sheaf.texts[-1]["sources"] = draft.sources


def _as_json(added: Mapping[str, Any]) -> str:
    """What json.dumps writes, three times as fast for the lists of keys that nearly every row has."""
    if added.get("fields") or added.get("needs"):
        return json.dumps(added)
    parts = ['"person": true'] if added.get("person") else []
    for name in ("carers", "contacts", "relations", "consents"):
        if keys := added.get(name):
            quoted = '", "'.join(keys)
            parts.append(f'"{name}": ["{quoted}"]')
    return "{" + ", ".join(parts) + "}"
