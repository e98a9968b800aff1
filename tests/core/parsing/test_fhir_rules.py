"""The rules that the published files do not show: made-up resources."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.core.parsing.conftest import Read
from therapydesk.core.parsing.types import Parsed

NHS = "https://fhir.nhs.uk/Id/nhs-number"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
EXTENSION = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-"
MARY: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "mary",
    "identifier": [{"system": NHS, "value": "9434765919"}],
    "name": [{"use": "official", "given": ["Mary"], "family": "Jones"}],
}
REQUEST: dict[str, Any] = {
    "resourceType": "ServiceRequest",
    "id": "r1",
    "status": "active",
    "subject": {"reference": "Patient/mary"},
}


def bundle(*resources: dict[str, Any], **more: Any) -> bytes:
    entries = [{"fullUrl": f"urn:uuid:{n}", "resource": resource} for n, resource in enumerate(resources)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries, **more}).encode()


def fields(parsed: Parsed) -> dict[str, str]:
    (record,) = parsed.records
    return record.fields


def patient(**changes: Any) -> bytes:
    return json.dumps({**MARY, **changes}).encode()


def test_former_names_are_passed_over(read: Read) -> None:
    names = [
        {"use": "official", "given": ["Mary"], "family": "Old", "period": {"end": "2020-01-01"}},
        {"use": "maiden", "given": ["Mary"], "family": "Rowe"},
        {"use": "old", "text": "Maria"},
        {"use": "official", "given": ["Mary", "Ann"], "family": "Jones", "prefix": ["Ms"]},
        {"use": "nickname", "given": ["Molly"]},
    ]
    record = fields(read(patient(name=names)))
    assert (record["name"], record["title"], record["preferred_name"]) == ("Mary Ann Jones", "Ms", "Molly")
    assert "no longer used" not in record["notes"]


def test_the_usual_name_is_the_preferred_one(read: Read) -> None:
    names = [
        {"use": "official", "given": ["Mark"], "family": "Jones"},
        {"use": "usual", "given": ["Mary"], "family": "Jones"},
    ]
    record = fields(read(patient(name=names)))
    assert (record["name"], record["preferred_name"]) == ("Mark Jones", "Mary")


def test_a_name_of_one_text_is_enough(read: Read) -> None:
    assert fields(read(patient(name=[{"text": "Madonna"}])))["name"] == "Madonna"


def test_a_current_temporary_address_beats_home(read: Read) -> None:
    home = {"use": "home", "line": ["1 High St"], "city": "Leeds", "postalCode": "LS1 4HR"}
    temporary = {
        "use": "temp",
        "line": ["Ward 5"],
        "postalCode": "LS9 7TF",
        "period": {"start": "2026-11-01", "end": "2026-12-01"},
    }
    assert fields(read(patient(address=[home, temporary])))["postcode"] == "LS9 7TF"
    ended = {**temporary, "period": {"start": "2026-10-01", "end": "2026-11-01"}}
    assert fields(read(patient(address=[home, ended])))["postcode"] == "LS1 4HR"
    to_come = {**temporary, "period": {"start": "2026-12-01"}}
    assert fields(read(patient(address=[home, to_come])))["postcode"] == "LS1 4HR"
    assert fields(read(patient(address=[{**home, "use": "old"}])))["address"] == ""


def test_deaths(read: Read) -> None:
    assert fields(read(patient(deceasedDateTime="2026-03-01T23:30:00+00:00")))["died_on"] == "2026-03-01"
    told = fields(read(patient(deceasedBoolean=True)))
    assert (told["died_on"], told["flags"]) == ("", "Recorded as having died; the file does not say when.")
    assert fields(read(patient(deceasedBoolean=False)))["flags"] == ""


def test_days_are_of_the_united_kingdom(read: Read) -> None:
    request = {**REQUEST, "authoredOn": "2026-06-30T23:30:00Z"}
    assert fields(read(bundle(MARY, request)))["referred_on"] == "2026-07-01"


@pytest.mark.parametrize("born", ["1970", "1970-05", "1970-02-30", "yesterday"])
def test_half_birth_dates_are_told_not_filled_in(read: Read, born: str) -> None:
    parsed = read(patient(birthDate=born))
    assert fields(parsed)["born_on"] == ""
    assert [problem.column for problem in parsed.problems] == ["born_on"]
    assert born in fields(parsed)["notes"]


@pytest.mark.parametrize(
    ("more", "agreed"),
    [
        ({"status": "active", "scope": {"coding": [{"code": "treatment"}]}}, "yes"),
        (
            {"status": "active", "scope": {"coding": [{"code": "treatment"}]}, "provision": {"type": "deny"}},
            "no",
        ),
        ({"status": "rejected"}, "no"),
        (
            {
                "status": "active",
                "category": [{"coding": [{"code": "DRC"}]}],
                "policyRule": {"coding": [{"code": "IMPLIED"}]},
            },
            "",
        ),
        (
            {
                "status": "active",
                "category": [{"coding": [{"code": "INFA"}]}],
                "scope": {"coding": [{"code": "research"}]},
            },
            "",
        ),
        ({"status": "draft", "scope": {"coding": [{"code": "treatment"}]}}, ""),
    ],
)
def test_consent(read: Read, more: dict[str, Any], agreed: str) -> None:
    consent = {"resourceType": "Consent", "patient": {"reference": "Patient/mary"}, **more}
    assert fields(read(bundle(MARY, REQUEST, consent)))["agreed"] == agreed


def test_flags_go_to_their_person_and_none_is_dropped(read: Read) -> None:
    ann = {**MARY, "id": "ann", "identifier": [], "name": [{"text": "Ann"}]}
    concern = {
        "category": [{"coding": [{"code": "SG", "display": "Safeguarding concern"}]}],
        "code": {"coding": [{"code": "417430008"}]},
    }
    flags: list[dict[str, Any]] = [
        {"resourceType": "Flag", "status": "active", "subject": {"reference": "Patient/ann"}, **concern},
        {
            "resourceType": "Flag",
            "status": "inactive",
            "subject": {"identifier": {"value": "9434765919", "system": NHS}},
            "code": {"text": "Dog"},
        },
        {
            "resourceType": "Flag",
            "status": "active",
            "subject": {"reference": "Patient/bob"},
            "code": {"text": "Bites"},
        },
    ]
    parsed = read(bundle(MARY, ann, *flags))
    assert {record.fields["name"]: record.fields["flags"] for record in parsed.records} == {
        "Mary Jones": "Dog (inactive)",
        "Ann": "Safeguarding concern: Vulnerable adult",
    }
    assert [(problem.row, problem.message) for problem in parsed.problems] == [
        (5, "It is not clear whom this flag is about: Bites")
    ]


def test_references_to_another_server_are_somebody_else(read: Read) -> None:
    entries = [
        {"fullUrl": "https://a.example/Patient/mary", "resource": MARY},
        {
            "fullUrl": "https://a.example/ServiceRequest/r1",
            "resource": {**REQUEST, "subject": {"reference": "https://b.example/Patient/mary"}},
        },
    ]
    parsed = read(json.dumps({"resourceType": "Bundle", "entry": entries}).encode())
    assert [record.fields["referral_id"] for record in parsed.records] == [""]
    assert "is not in the file" in parsed.problems[0].message


def test_references_by_full_url_contained_and_identifier(read: Read) -> None:
    role = {
        "resourceType": "PractitionerRole",
        "id": "role",
        "organization": {"reference": "urn:uuid:3"},
        "practitioner": {"display": "Dr Who"},
    }
    surgery = {
        "resourceType": "Organization",
        "name": "High Street Surgery",
        "identifier": [{"system": ODS, "value": "A12345"}],
    }
    request = {
        **REQUEST,
        "subject": {"reference": "urn:uuid:0"},
        "requester": {"reference": "PractitionerRole/role"},
    }
    record = fields(read(bundle(MARY, request, role, surgery)))
    assert [record[name] for name in ("referrer", "referrer_organisation", "referrer_ods")] == [
        "Dr Who",
        "High Street Surgery",
        "A12345",
    ]
    inside = {**REQUEST, "contained": [MARY], "subject": {"reference": "#mary"}}
    assert fields(read(json.dumps(inside).encode()))["name"] == "Mary Jones"
    by_number = {
        **REQUEST,
        "subject": {
            "type": "Patient",
            "identifier": {"system": NHS.replace("https", "http"), "value": "9434765919"},
        },
    }
    assert fields(read(bundle(MARY, by_number)))["name"] == "Mary Jones"


def test_self_referral_and_referral_by_a_relative(read: Read) -> None:
    mine = {**REQUEST, "requester": {"reference": "Patient/mary"}}
    assert fields(read(bundle(MARY, mine)))["referrer"] == "Self-referral"
    mother = {
        "resourceType": "RelatedPerson",
        "id": "m",
        "patient": {"reference": "Patient/mary"},
        "name": [{"text": "Joy Jones"}],
    }
    mother["relationship"] = [{"coding": [{"code": "MTH", "display": "mother"}]}]
    record = fields(read(bundle(MARY, {**REQUEST, "requester": {"reference": "RelatedPerson/m"}}, mother)))
    assert (record["referrer"], record["carer"], record["carer_relation"]) == (
        "Joy Jones (mother)",
        "Joy Jones",
        "mother",
    )


def test_reason_wishes_and_what_was_asked_for(read: Read) -> None:
    condition = {"resourceType": "Condition", "id": "c", "code": {"text": "Stroke"}}
    goal = {
        "resourceType": "Goal",
        "subject": {"reference": "Patient/mary"},
        "description": {"text": "To sing again"},
    }
    request = {
        **REQUEST,
        "code": {"text": "Music therapy"},
        "reasonCode": [{"text": "Feels low"}],
        "reasonReference": [{"reference": "Condition/c"}],
        "priority": "urgent",
        "note": [{"text": "Prefers mornings"}],
        "identifier": [
            {"system": "x", "value": "local"},
            {"system": "https://fhir.nhs.uk/Id/UBRN", "value": "000000070001"},
        ],
    }
    parsed = read(bundle(MARY, request, condition, goal))
    record = fields(parsed)
    assert record["reason"] == "Feels low\nStroke"
    assert (record["would_like"], record["priority"], record["referral_id"]) == (
        "To sing again",
        "urgent",
        "000000070001",
    )
    assert "Asked for: Music therapy" in record["notes"]
    assert "Prefers mornings" in record["notes"]
    assert (
        parsed.records[0].sources["reason"] == "ServiceRequest.reasonCode, ServiceRequest.reasonReference[0]"
    )


def test_one_record_a_person_even_with_a_task(read: Read) -> None:
    task = {
        "resourceType": "Task",
        "for": {"reference": "Patient/mary"},
        "priority": "asap",
        "status": "requested",
    }
    assert fields(read(bundle(task, MARY, REQUEST)))["referral_id"] == "r1"


@pytest.mark.parametrize("status", ["revoked", "entered-in-error"])
def test_withdrawn_referrals_are_told_not_imported(read: Read, status: str) -> None:
    parsed = read(bundle(MARY, {**REQUEST, "status": status}))
    assert parsed.records == []
    assert status in parsed.problems[0].message


def test_a_delete_message_is_told_not_imported(read: Read) -> None:
    header = {
        "resourceType": "MessageHeader",
        "reason": {"coding": [{"code": "delete"}]},
        "focus": [{"reference": "urn:uuid:2"}],
    }
    parsed = read(bundle(header, MARY, REQUEST))
    assert parsed.records == []
    assert "takes an earlier referral back" in parsed.problems[0].message


def test_bundles_inside_bundles_and_bare_lists(read: Read) -> None:
    inner = json.loads(bundle(MARY, REQUEST))
    assert fields(read(bundle(inner)))["referral_id"] == "r1"
    assert fields(read(json.dumps([MARY, REQUEST]).encode()))["name"] == "Mary Jones"


def test_other_systems_of_the_same_number(read: Read) -> None:
    chi = {"system": "https://phs.example/Id/chi-number", "value": "0101501234"}
    assert (
        fields(read(patient(identifier=[{"system": "urn:x", "value": "7"}, chi])))["nhs_number"]
        == "0101501234"
    )


def test_xml_reads_like_json(read: Read) -> None:
    xml = """<?xml version="1.0"?><Bundle xmlns="http://hl7.org/fhir"><type value="collection"/>
      <entry><fullUrl value="urn:uuid:a"/><resource><Patient><id value="mary"/>
        <identifier><system value="{nhs}"/><value value="9434765919"/></identifier>
        <name><given value="Mary"/><given value="Ann"/>
          <family value="Jones"><extension url="x"><valueString value="y"/></extension></family></name>
        <deceasedBoolean value="false"/>
        <text><div xmlns="http://www.w3.org/1999/xhtml"><p>Seen</p></div></text>
      </Patient></resource></entry>
      <entry><resource><ServiceRequest><id value="r1"/><status value="active"/>
        <subject><reference value="urn:uuid:a"/></subject><reasonCode><text value="Feels low"/></reasonCode>
      </ServiceRequest></resource></entry></Bundle>"""
    record = fields(read(xml.replace("{nhs}", NHS).encode()))
    assert [record[name] for name in ("name", "nhs_number", "reason", "flags")] == [
        "Mary Ann Jones",
        "9434765919",
        "Feels low",
        "",
    ]


def test_pronouns_interpreter_and_gender_identity(read: Read) -> None:
    hl7 = "http://hl7.org/fhir/StructureDefinition/"
    braille = {"url": "PreferredWrittenCommunicationFormat", "valueCodeableConcept": {"text": "Braille"}}
    they = {"url": "value", "valueCodeableConcept": {"text": "they/them"}}
    extensions = [
        {"url": f"{hl7}individual-pronouns", "extension": [they]},
        {"url": f"{hl7}patient-interpreterRequired", "valueBoolean": True},
        {"url": EXTENSION + "ContactPreference", "extension": [braille]},
    ]
    record = fields(read(patient(extension=extensions)))
    assert [record[name] for name in ("pronouns", "interpreter", "access_needs")] == [
        "they/them",
        "yes",
        "Braille",
    ]


def test_wrong_types_everywhere_break_nothing(read: Read) -> None:
    wrongs: list[Any] = [7, "x", [], {}, [[]], [None], None, True, {"a": {}}]
    for wrong in wrongs:
        broken = dict.fromkeys(
            (
                "identifier",
                "telecom",
                "address",
                "contact",
                "communication",
                "generalPractitioner",
                "extension",
                "meta",
            ),
            wrong,
        )
        assert fields(read(patient(**broken)))["name"] == "Mary Jones"
        request = {
            **REQUEST,
            **dict.fromkeys(
                ("requester", "reasonCode", "note", "basedOn", "identifier", "code", "extension"), wrong
            ),
        }
        assert fields(read(bundle(MARY, request)))["name"] == "Mary Jones"
