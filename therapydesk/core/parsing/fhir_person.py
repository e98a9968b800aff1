"""The person of a referral: from Patient, the people around them (RelatedPerson, contact) and their GP."""

from __future__ import annotations

import re
from datetime import date

from therapydesk.core.parsing.fhir_names import (
    Contact,
    day_of,
    is_day,
    nhs_identifier,
    over,
    plain_name,
    read_addresses,
    read_contacts,
    read_names,
)
from therapydesk.core.parsing.fhir_party import read_party
from therapydesk.core.parsing.fhir_record import Draft
from therapydesk.core.parsing.fhir_tree import (
    Node,
    codes,
    concept,
    extension_text,
    extensions,
    nodes,
    text,
    texts,
    value_of,
)
from therapydesk.core.words import mark, tr

_SIGNED = re.compile(r"sign language|makaton|\bBSL\b", re.IGNORECASE)
_WRITTEN_NEEDS = re.compile(r"large|braille|easy|audio|electronic|e-?mail|tape|moon|british", re.IGNORECASE)
_CONTACT_ROLES = (
    ("n", mark("Next of kin")),
    ("c", mark("Emergency contact")),
    ("cp", mark("Contact person")),
)  # HL7 v2-0131
_SELF = {"oneself", "self"}


def add_person(draft: Draft, patient: Node, today: date) -> None:
    """Everything that a Patient resource says."""
    draft.keys.add(draft.bundle.key_of(patient))
    if number := nhs_identifier(patient):
        draft.keys.add(text(number[0], "value"))
    _add_names(draft, patient, today)
    _add_number(draft, patient)
    _add_dates(draft, patient)
    for ending in ("individual-genderIdentity", "patient-genderIdentity"):
        draft.put("gender", _last_value(patient, ending), f"Patient.extension[{ending}]")
    draft.put("gender", text(patient, "gender"), "Patient.gender")
    for ending in ("individual-pronouns", "patient-pronouns"):
        draft.put("pronouns", _last_value(patient, ending), f"Patient.extension[{ending}]")
    _add_addresses(draft, patient, today)
    _add_contacts(draft, "Patient.telecom", read_contacts(patient, today))
    _add_language(draft, patient)
    _add_preferences(draft, patient)
    _add_carers(draft, patient, today)
    _add_gp(draft, patient, today)
    if codes(patient, "meta", "security") & {"r", "v", "restricted", "redacted", "very restricted"}:
        draft.put("sensitive", "yes", "Patient.meta.security")
    if text(patient, "active") == "false":
        draft.put("notes", tr("The sender no longer uses this person’s record."), "Patient.active")


def _last_value(patient: Node, ending: str) -> str:
    for extension in extensions(patient, ending):
        return value_of(extension) or next(
            (value_of(part) for part in nodes(extension, "extension") if text(part, "url") == "value"), ""
        )
    return ""


def _add_names(draft: Draft, patient: Node, today: date) -> None:
    name, goes_by = read_names(patient, today)
    if name is not None:
        source = f"Patient.name[{name.index}]"
        for field, value in (
            ("name", name.full),
            ("given", name.given),
            ("family", name.family),
            ("title", name.title),
        ):
            draft.put(field, value, source)
        if name.former:
            draft.put("notes", tr("The file says that this name is no longer used."), f"{source}.period")
    if goes_by is not None:
        draft.put("preferred_name", goes_by.given or goes_by.full, f"Patient.name[{goes_by.index}]")


def _add_number(draft: Draft, patient: Node) -> None:
    if found := nhs_identifier(patient):
        identifier, index = found
        source = f"Patient.identifier[{index}]"
        draft.put("nhs_number", text(identifier, "value"), source)
        draft.put("nhs_number_status", extension_text(identifier, "NHSNumberVerificationStatus"), source)


def _add_dates(draft: Draft, patient: Node) -> None:
    born = text(patient, "birthDate")
    if is_day(day_of(born)):
        draft.put("born_on", day_of(born), "Patient.birthDate")
    elif born:
        draft.put("notes", tr("Born {date}.").format(date=born[:20]), "Patient.birthDate")
        draft.doubt("born_on", tr("“{date}” is not a whole date of birth.").format(date=born[:20]))
    died = text(patient, "deceasedDateTime")
    if is_day(day_of(died)):
        draft.put("died_on", day_of(died), "Patient.deceasedDateTime")
    elif died or text(patient, "deceasedBoolean") == "true":
        draft.put("flags", tr("Recorded as having died; the file does not say when."), "Patient.deceased")


def _add_addresses(draft: Draft, patient: Node, today: date) -> None:
    address, ended = read_addresses(patient, today)
    if address is not None:
        draft.put("address", address.line, f"Patient.address[{address.index}]")
        draft.put("postcode", address.postcode, f"Patient.address[{address.index}]")
    for old in ended:
        line = ", ".join(part for part in (old.line, old.postcode) if part)
        if line:
            draft.put(
                "notes",
                tr("Address no longer current: {address}").format(address=line),
                f"Patient.address[{old.index}]",
            )


def _add_contacts(draft: Draft, source: str, contacts: list[Contact]) -> None:
    for contact in contacts:
        where = f"{source}[{contact.index}]"
        use = f" ({contact.use})" if contact.use else ""
        if contact.kind == "textphone":
            draft.put("access_needs", tr("Textphone {number}").format(number=contact.value), where)
        elif contact.kind in ("phone", "email"):
            if draft.fields.get(contact.kind):
                draft.put("notes", tr("Also reached at {contact}").format(contact=contact.value + use), where)
            draft.put(contact.kind, contact.value, where)


def _add_language(draft: Draft, patient: Node) -> None:
    for extension in extensions(patient, "NHSCommunication"):
        for part in nodes(extension, "extension"):
            if text(part, "url") == "language":
                _put_language(draft, value_of(part), "Patient.extension[NHSCommunication]")
            elif text(part, "url") == "interpreterRequired":
                draft.put("interpreter", _yes_no(value_of(part)), "Patient.extension[NHSCommunication]")
    spoken = nodes(patient, "communication")
    spoken.sort(key=lambda item: text(item, "preferred") != "true")
    for item in spoken:
        _put_language(draft, concept(item, "language"), "Patient.communication")
    for ending in ("patient-interpreterRequired", "InterpreterRequired"):
        draft.put("interpreter", _yes_no(extension_text(patient, ending)), f"Patient.extension[{ending}]")


def _put_language(draft: Draft, language: str, source: str) -> None:
    draft.put("language", language, source)
    for word in re.split(r", ", language):
        if _SIGNED.search(word):
            draft.put("access_needs", word, source)


def _yes_no(value: str) -> str:
    return {"true": "yes", "false": "no"}.get(value.casefold(), value)


def _add_preferences(draft: Draft, patient: Node) -> None:
    source = "Patient.extension[ContactPreference]"
    for extension in extensions(patient, "ContactPreference"):
        for part in nodes(extension, "extension"):
            kind, value = text(part, "url"), value_of(part)
            if kind == "PreferredWrittenCommunicationFormat":
                draft.put("access_needs" if _WRITTEN_NEEDS.search(value) else "notes", value, source)
            elif kind == "PreferredContactMethod" and value:
                draft.put("notes", tr("Likes to be contacted by: {way}").format(way=value), source)
            elif kind == "PreferredContactTimes" and (value := value or _times(part)):
                draft.put("notes", tr("Likes to be contacted at: {times}").format(times=value), source)


def _times(extension: Node) -> str:
    """Days and parts of the day of a Timing, in words where they are known."""
    days = [day.capitalize() for day in texts(extension, "valueTiming", "repeat", "dayOfWeek")]
    parts = {"MORN": tr("morning"), "AFT": tr("afternoon"), "EVE": tr("evening"), "NIGHT": tr("night")}
    return " ".join(
        [*days, *(parts.get(when, when) for when in texts(extension, "valueTiming", "repeat", "when"))]
    )


def _add_carers(draft: Draft, patient: Node, today: date) -> None:
    related = draft.about("RelatedPerson", "patient")
    contacts = nodes(patient, "contact")
    for place, contact in enumerate(contacts):
        if codes(contact, "relationship") & _SELF:  # BaRS writes the person's own telephones so
            _add_contacts(draft, f"Patient.contact[{place}].telecom", read_contacts(contact, today))
    people = [(person, "RelatedPerson") for person in related if text(person, "active") != "false"]
    people += [
        (contact, f"Patient.contact[{place}]")
        for place, contact in enumerate(contacts)
        if not codes(contact, "relationship") & _SELF
    ]
    people = [(person, source) for person, source in people if not over(person, today)]
    people.sort(key=lambda pair: extension_text(pair[0], "ContactRank") or "9")
    for person, source in people:
        _put_carer(draft, person, source, today)


def _put_carer(draft: Draft, person: Node, source: str, today: date) -> None:
    name, relation = plain_name(person, today), _relation(person)
    phones = [contact.value for contact in read_contacts(person, today) if contact.kind == "phone"]
    phone = phones[0] if phones else ""
    if not name and not phone:
        return
    if "carer" not in draft.fields and "carer_phone" not in draft.fields:
        draft.put("carer", name, source)
        draft.put("carer_relation", relation, source)
        draft.put("carer_phone", phone, source)
    else:
        parts = [part for part in (name, relation, phone) if part]
        draft.put("notes", tr("Other contact: {contact}").format(contact=", ".join(parts)), source)


def _relation(person: Node) -> str:
    kinds = codes(person, "relationship")
    words = ", ".join(tr(word) for code, word in _CONTACT_ROLES if code in kinds) or concept(
        person, "relationship"
    )
    return words.capitalize() if words.isupper() else words


def _add_gp(draft: Draft, patient: Node, today: date) -> None:
    for index, reference in enumerate(nodes(patient, "generalPractitioner")):
        if any(over(identifier, today) for identifier in nodes(reference, "identifier")):
            continue
        party = read_party(draft.bundle, reference, patient, today)
        source = f"Patient.generalPractitioner[{index}]"
        draft.put("gp", ", ".join(part for part in (party.name, party.organisation) if part), source)
        draft.put("gp_ods", party.ods, source)
