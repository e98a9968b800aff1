"""People of the demo practice with their records: organisations, contacts, needs, relations and episodes.

Written in bulk, and on their own, so that a practice can also be made larger.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from therapydesk.api import (
    AccessNeed,
    ContactPoint,
    Db,
    Episode,
    Organisation,
    Person,
    Relation,
    all_names,
    new_id,
    normal_name,
    today,
)
from therapydesk.demo import people_data
from therapydesk.demo.people_data import MadeUp
from therapydesk.demo.rows import stamped, write_rows


def add_organisations(db: Db) -> list[UUID]:
    """The organisations of the demo practice; returns their keys. The second is everybody's surgery, those after it pay."""
    rows = []
    for n, (name, kind, flags) in enumerate(people_data.ORGANISATIONS):
        row = stamped(
            db, name=name, normal_name=normal_name(name), kind=kind, ods_code="", phone="", email=""
        )
        row |= {
            "is_setting": False,
            "is_referrer": False,
            "is_payer": False,
            "needs_order_number": kind == "council",
        }
        row |= {
            "address": f"{n + 10} Station Parade",
            "postcode": people_data.missing_postcode(800 + n),
            **flags,
        }
        rows.append(row)
    write_rows(db, Organisation, rows)
    return [r["id"] for r in rows]


def add_people(db: Db, made: Sequence[MadeUp], ids: Sequence[UUID]) -> None:
    """People with their ways to be reached and access needs, under these keys."""
    rows: list[dict[str, Any]] = []
    contacts: list[dict[str, Any]] = []
    needs: list[dict[str, Any]] = []
    for person, person_id in zip(made, ids, strict=True):
        values = {
            "full_name": person.full_name,
            "preferred_name": person.preferred_name,
            "normal_name": all_names(person.full_name, person.preferred_name),
            "pronouns": person.pronouns,
            "born_on": person.born_on,
            "nhs_number": person.nhs_number or None,
            "ask_me_about": person.ask_me_about,
            "address": person.address,
            "postcode": person.postcode,
            "best_way": person.best_way,
        }
        empty = {"died_on": None, "nhs_number_unchecked": "", "no_nhs_number_reason": "", "language": ""}
        rows.append(
            {
                **stamped(db),
                "id": person_id,
                **values,
                **empty,
                "preferred_place": "",
                "preferred_time": "",
                "merged_into": None,
            }
        )
        ways = (("phone", _e164(person.phone)), ("email", person.email))
        for position, (kind, value) in enumerate((k, v) for k, v in ways if v):
            one = {"id": new_id(), "person_id": person_id, "kind": kind, "value": value}
            contacts.append({**one, "note": "", "position": position})
        needs.extend({"person_id": person_id, "code": code} for code in person.needs)
    write_rows(db, Person, rows)
    write_rows(db, ContactPoint, contacts)
    write_rows(db, AccessNeed, needs)


def _e164(phone: str) -> str:
    digits = phone.replace(" ", "")
    return f"+44{digits[1:]}" if digits else ""


def add_relations(db: Db, ids: Sequence[UUID], organisations: Sequence[UUID], rng: random.Random) -> None:
    """A surgery for everybody, a payer for some, a carer for some."""
    rows = []
    for n, person_id in enumerate(ids):
        blank: dict[str, Any] = {"other_person_id": None, "organisation_id": None, "leads_on": ""}
        surgery = {
            **blank,
            "person_id": person_id,
            "kind": "gp",
            "organisation_id": organisations[1],
            "may_contact": True,
        }
        rows.append(stamped(db, **surgery))
        if n % 4 == 0:
            payer = {
                **blank,
                "person_id": person_id,
                "kind": "payer",
                "organisation_id": rng.choice(organisations[2:]),
            }
            rows.append(stamped(db, **payer, may_contact=True))
        if n % 5 == 1 and n + 1 < len(ids):
            carer = {**blank, "person_id": person_id, "kind": "carer", "other_person_id": ids[n + 1]}
            rows.append(stamped(db, **carer, may_contact=True))
    write_rows(db, Relation, rows)


def add_episodes(
    db: Db, ids: Sequence[UUID], therapists: Sequence[UUID], rng: random.Random
) -> list[dict[str, Any]]:
    """One episode each, at all stages; the first three are with the first therapist. Returns the rows."""
    rows = []
    for n, person_id in enumerate(ids):
        stage = (
            "active" if n < 3 else rng.choices(("active", "waiting", "paused", "closed"), (60, 15, 8, 17))[0]
        )
        opened = today() - timedelta(days=rng.randint(10, 420))
        row = stamped(
            db, person_id=person_id, stage=stage, priority=rng.choice((1, 2, 2, 2, 3)), opened_on=opened
        )
        row |= {
            "closed_on": None,
            "paused_until": None,
            "close_reason": "",
            "referral_id": None,
            "review_on": None,
        }
        if stage == "closed":
            row |= {
                "closed_on": opened + timedelta(days=(today() - opened).days // 2),
                "close_reason": "reached",
            }
        if stage == "active" and n % 3 == 0:
            row["review_on"] = today() + timedelta(days=(n // 3 % 6 - 2) * 3)
        mine = stage != "waiting"
        row["therapist_id"] = (
            (therapists[0] if n < 3 or rng.random() < 0.4 else rng.choice(therapists)) if mine else None
        )
        rows.append(row)
    write_rows(db, Episode, rows)
    return rows
