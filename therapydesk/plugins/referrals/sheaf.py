"""The rows that an import writes, gathered before any is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from therapydesk.api import AccessNeed, Base, Consent, ContactPoint, Db, Person, Relation, normal_name, tr
from therapydesk.plugins.referrals.bulk import ids
from therapydesk.plugins.referrals.matching import Additions
from therapydesk.plugins.referrals.models import Batch, Referral
from therapydesk.plugins.referrals.organisations import Organisations
from therapydesk.plugins.referrals.planning import Made
from therapydesk.plugins.referrals.rules import words
from therapydesk.plugins.referrals.rules.draft import RowDraft


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
    stamp: dict[str, Any] = field(default_factory=dict)
    keys: Iterator[UUID] = field(default_factory=ids)
    added_people: int = 0
    joined: int = 0

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
            purpose="referral",
            state=draft.agreed,
            asked_on=draft.referred_on,
            expires_on=None,
            **sheaf.stamp,
        )
        added["consents"] = [str(consent)]
    _add_referral(sheaf, key, draft, person_id, added)


def _add_person(sheaf: Sheaf, draft: RowDraft) -> tuple[UUID, dict[str, Any]]:
    """Somebody new with all that hangs on them; also what the undo needs."""
    names = f"{draft.name} {draft.preferred_name}" if draft.preferred_name else draft.name
    person_id = sheaf.add(
        Person,
        **_person(draft.name, normal_name(names), sheaf.stamp),
    )
    sheaf.rows[Person][-1].update(
        preferred_name=draft.preferred_name,
        sort_name=normal_name(draft.preferred_name or draft.name)[:400],
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
    names = {"full_name": full_name, "normal_name": normal[:800], "sort_name": normal_name(full_name)[:400]}
    return {**empty, **nothing, **names, **stamp}


def _add_ways(sheaf: Sheaf, person_id: UUID, ways: Iterable[tuple[str, str]], start: int = 0) -> list[UUID]:
    return [
        sheaf.add(ContactPoint, person_id=person_id, kind=kind, value=value, note="", position=start + place)
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
                may_contact=False,
                leads_on="",
                **sheaf.stamp,
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
        "contacts": [str(i) for i in contacts],
        "relations": [str(i) for i in relations],
    }


def _add_referral(sheaf: Sheaf, key: int, draft: RowDraft, person_id: UUID, added: dict[str, Any]) -> None:
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
