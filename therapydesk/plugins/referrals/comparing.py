"""A row of the plan beside the person it may belong to."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    ComparedField,
    Comparison,
    Db,
    ImportPlan,
    NotFound,
    Organisation,
    Relation,
    allowed,
    normal_name,
    show_day,
    show_nhs_number,
    show_phone,
    tr,
)
from therapydesk.plugins.referrals.matching import load_people
from therapydesk.plugins.referrals.models import Reason
from therapydesk.plugins.referrals.planning import check_made
from therapydesk.plugins.referrals.rules.draft import RowDraft


@allowed("referrals.import")
def compare_row(db: Db, plan: ImportPlan, key: int) -> Comparison:
    """The row with this key, field by field, beside the person or earlier row that it may belong to."""
    made = check_made(plan)
    draft, found = made.drafts[key], made.found.get(key)
    if found is None:
        raise NotFound(tr("Nobody like this is here."))
    if found.person_id is None:
        other = made.drafts[found.same_as] if found.same_as is not None else RowDraft(0)
        return Comparison(other.name, _fields(draft, _texts(other)))
    return Comparison(*_here(db, draft, found.person_id), found.additions.words())


def _here(db: Db, draft: RowDraft, person_id: UUID) -> tuple[str, tuple[ComparedField, ...]]:
    here = load_people(db, [person_id]).get(person_id)
    if here is None:
        raise NotFound(tr("That person’s record is not here any more."))
    person = here.person
    ways = {
        kind: ", ".join(
            show_phone(v) if kind == "phone" else v for k, v in sorted(here.contacts) if k == kind
        )
        for kind in ("phone", "email")
    }
    places = dict(
        db.execute(
            select(Relation.kind, Organisation.name)
            .join(Organisation, Organisation.id == Relation.organisation_id)
            .where(Relation.person_id == person_id)
        ).all()
    )
    texts = {
        "name": person.full_name,
        "born_on": _day(person.born_on),
        "nhs_number": show_nhs_number(person.nhs_number or ""),
        "address": person.address,
        "postcode": person.postcode,
        "gp": places.get("gp", ""),
        "school": places.get("school", ""),
        **ways,
    }
    if db.holds("clinical"):
        wish = select(Reason.would_like).where(Reason.person_id == person_id, Reason.would_like != "")
        texts["would_like"] = db.scalars(wish.order_by(Reason.id.desc())).first() or ""
    return person.preferred_name or person.full_name, _fields(draft, texts)


def _day(day: date | None) -> str:
    return show_day(day).split(" ", 1)[1] if day else ""


def _texts(draft: RowDraft) -> dict[str, str]:
    return {
        "name": draft.name,
        "born_on": _day(draft.born_on) or draft.born_text,
        "nhs_number": show_nhs_number(draft.nhs_number) or draft.nhs_number_unchecked,
        "address": draft.address,
        "postcode": draft.postcode,
        "phone": ", ".join(show_phone(p) for p in draft.phones),
        "email": ", ".join(draft.emails),
        "gp": draft.gp,
        "school": draft.school,
        "would_like": draft.texts.get("would_like", "").split("\n")[0],
    }


def _fields(draft: RowDraft, here: dict[str, str]) -> tuple[ComparedField, ...]:
    titles = {
        "name": tr("Name"),
        "born_on": tr("Born"),
        "nhs_number": tr("NHS number"),
        "address": tr("Address"),
        "postcode": tr("Postcode"),
        "phone": tr("Phone"),
        "email": tr("E-mail"),
        "gp": tr("Surgery"),
        "school": tr("School"),
        "would_like": tr("Would like"),
    }
    mine = _texts(draft)
    rows = []
    for name, title in titles.items():
        given, known = mine.get(name, ""), here.get(name, "")
        if given or known:
            rows.append(ComparedField(title, _column(draft, name), given, known, _word(given, known)))
    return tuple(rows)


def _column(draft: RowDraft, name: str) -> str:
    letter = draft.sources.get(name) or (draft.sources.get("given", "") if name == "name" else "")
    return letter if len(letter) <= 3 else ""


def _word(given: str, known: str) -> Literal["same", "differs", "adds", "kept"]:
    if normal_name(given) == normal_name(known):
        return "same"
    if not known:
        return "adds"
    return "differs" if given else "kept"
