"""The fields of a referral. The headings that senders give them are in `headings.csv`."""

from __future__ import annotations

import csv
from importlib import resources

from therapydesk.api import Field, mark

_TITLES = (
    ("name", mark("Name")),
    ("given", mark("First name")),
    ("family", mark("Last name")),
    ("preferred_name", mark("Likes to be called")),
    ("title", mark("Title")),
    ("nhs_number", mark("NHS number")),
    ("born_on", mark("Born")),
    ("pronouns", mark("Pronouns")),
    ("gender", mark("Gender")),
    ("address", mark("Address")),
    ("postcode", mark("Postcode")),
    ("phone", mark("Phone")),
    ("email", mark("E-mail")),
    ("best_way", mark("Best way to reach")),
    ("language", mark("Language")),
    ("interpreter", mark("Needs an interpreter")),
    ("access_needs", mark("Access")),
    ("would_like", mark("Would like")),
    ("enjoys", mark("Enjoys, does well")),
    ("matters", mark("What matters")),
    ("hard", mark("Makes it hard")),
    ("helps", mark("What helps")),
    ("reason", mark("Reason")),
    ("priority", mark("Priority")),
    ("referred_on", mark("Referred on")),
    ("referral_id", mark("Sender’s number")),
    ("referrer", mark("Referred by")),
    ("referrer_organisation", mark("Referrer’s organisation")),
    ("referrer_ods", mark("Referrer’s ODS code")),
    ("referrer_contact", mark("How to reach the referrer")),
    ("gp", mark("GP")),
    ("gp_ods", mark("GP’s ODS code")),
    ("school", mark("School")),
    ("carer", mark("Carer or family")),
    ("carer_relation", mark("Who the carer is")),
    ("carer_phone", mark("Carer’s phone")),
    ("carer_email", mark("Carer’s e-mail")),
    ("agreed", mark("Agreed to this")),
    ("preferred_place", mark("Where they would like to meet")),
    ("preferred_time", mark("When they would like to meet")),
    ("flags", mark("Good to know first")),
    ("notes", mark("Notes")),
)


def _read() -> tuple[Field, ...]:
    """Headings are in small letters without punctuation (api.normal_name).

    They were met in practice lists, school and council spreadsheets, EMIS and SystmOne searches, web forms,
    and their Welsh counterparts.
    """
    text = resources.files("therapydesk.plugins.referrals.rules").joinpath("headings.csv").read_text("utf-8")
    names: dict[str, list[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        names.setdefault(row["field"], []).append(row["heading"])
    return tuple(Field(key, title, tuple(names.get(key, ()))) for key, title in _TITLES)


FIELDS = _read()
BY_ID = {field.id: field for field in FIELDS}
# Fields that several columns may fill, one after the other.
MANY = frozenset(
    {"address", "phone", "email", "reason", "notes", "access_needs", "flags", "referrer_contact", "best_way"}
)
# Text about health or life: clinical zone only, never core.
TEXTS = ("would_like", "enjoys", "matters", "hard", "helps", "reason", "flags", "notes")
