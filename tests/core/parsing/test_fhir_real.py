"""Published NHS files: what each gives, field by field where it matters."""

from __future__ import annotations

import pytest

from tests.core.parsing.conftest import Read
from therapydesk.core.parsing.fhir_record import FIELDS
from therapydesk.core.parsing.refusal import Refused
from therapydesk.core.parsing.types import MappedRecord

BARS = "fhir-bars/examples1.4.0/"
PDS = "fhir-pds-test-patients/"
ERS = "fhir-ers/"


def only(read: Read, name: str) -> MappedRecord:
    (record,) = read(name).records
    assert set(record.fields) == set(FIELDS)
    assert set(record.sources) == {field for field, value in record.fields.items() if value}
    return record


def filled(record: MappedRecord, *names: str) -> list[str]:
    return [record.fields[name] for name in names]


def test_uk_core_patient_in_xml(read: Read) -> None:
    parsed = read("fhir-ukcore/UKCore-Patient-RichardSmith-Example.xml")
    assert (parsed.format, parsed.problems) == ("fhir-xml", [])
    smith = only(read, "fhir-ukcore/UKCore-Patient-RichardSmith-Example.xml")
    assert filled(smith, "name", "given", "family", "gender") == ["Richard SMITH", "Richard", "SMITH", "male"]
    assert filled(smith, "nhs_number", "nhs_number_status") == ["9912003888", "Number present and verified"]
    assert filled(smith, "born_on", "address", "postcode") == [
        "1970-09-11",
        "4 Sandmoor Drive, LEEDS",
        "LS17 7DF",
    ]
    assert filled(smith, "carer", "carer_phone") == ["Miss Jane Jackson", "07777123123"]
    assert smith.fields["language"] == "British Sign Language, Makaton vocabulary"
    assert smith.fields["access_needs"].split("\n") == [
        "British Sign Language",
        "Makaton vocabulary",
        "Large print",
    ]
    assert "Mon Wed Fri morning" in smith.fields["notes"]
    assert filled(smith, "referral_id", "reason", "agreed", "sensitive") == ["", "", "", ""]
    assert smith.sources["name"] == "Patient.name[0]"
    assert smith.sources["nhs_number"] == "Patient.identifier[0]"


def test_bars_message_with_a_service_request(read: Read) -> None:
    jones = only(read, BARS + "process_message/request/ValidationResponse_POST_.json")
    assert filled(jones, "name", "title", "born_on") == ["Julie Jones", "Mrs", "1959-05-04"]
    assert jones.fields["nhs_number"] == "3478526985"  # wrong check digit, kept as published
    assert filled(jones, "phone", "email") == [
        "07736312544",
        "jjones@hotmail.co.uk",
    ]  # from contact ONESELF, best rank
    assert "01138698975 (home)" in jones.fields["notes"]
    assert filled(jones, "referrer", "referrer_organisation") == ["Marcy BLAKE", "Practitioner Org"]
    assert filled(jones, "carer", "carer_relation") == ["Jack Grayson", "Emergency contact person"]
    assert (
        jones.fields["flags"] == "Scene Safety: The Scene is safe"
    )  # its subject is a place, still not dropped
    assert jones.fields["agreed"] == ""  # implied consent is no agreement
    assert "Direct Care, active, implied" in jones.fields["notes"]
    assert "servicerequest-response" in jones.fields["notes"]


def test_bars_booking_without_a_service_request(read: Read) -> None:
    chalmers = only(read, BARS + "process_message/POST-body.json")
    assert filled(chalmers, "name", "reason") == ["Peter Chalmers", "Reason for calling-"]
    assert filled(chalmers, "gp", "gp_ods") == ["Patient's Surgery", "G82080"]
    assert filled(chalmers, "referrer_organisation", "referred_on") == [
        "ORIGINAL Sender Organization",
        "2021-10-11",
    ]
    assert chalmers.fields["address"] == "123 High Street, Leeds"
    assert chalmers.row == 3


def test_pds_patient_with_everything_ended(read: Read) -> None:
    smith = only(read, PDS + "patientResponses/patient_9000000009.json")
    assert filled(smith, "name", "died_on") == ["Jane Smith", "2010-10-22"]
    assert filled(smith, "address", "phone", "email", "gp_ods") == ["", "", "", ""]
    assert filled(smith, "language", "interpreter", "access_needs") == ["French", "yes", "Braille"]
    assert "Address no longer current: 1 Trevelyan Square" in smith.fields["notes"]


def test_pds_sensitive_patient(read: Read) -> None:
    godsoe = only(read, PDS + "searchResponses/rodney_godsoe_searchset.json")
    assert filled(godsoe, "sensitive", "address", "phone") == ["yes", "", ""]
    assert godsoe.sources["sensitive"] == "Patient.meta.security"


def test_pds_search_gives_a_record_each(read: Read) -> None:
    records = read(PDS + "searchResponses/pauline_attison_searchset.json").records
    assert [(record.row, record.fields["name"]) for record in records] == [
        (1, "Pauline attisón"),
        (2, "Pauline Mary attison"),
    ]


def test_ers_referral_request(read: Read) -> None:
    referral = only(read, ERS + "stu3/retrieveReferralRequest/responses/WithAdditionalRequirements.json")
    assert filled(referral, "nhs_number", "referral_id", "priority") == [
        "9912003888",
        "000000070011",
        "routine",
    ]
    assert referral.fields["access_needs"].split("\n") == ["Advocacy", "Interpreter", "Transport"]
    assert filled(referral, "interpreter", "referred_on") == ["yes", "2021-06-11"]


def test_ers_worklist_is_a_record_a_row(read: Read) -> None:
    records = read(ERS + "stu3/retrieveWorklist/responses/LettersOutstanding.json").records
    assert [filled(record, "nhs_number", "referral_id", "referred_on", "reason") for record in records] == [
        ["9462979626", "000000070001", "2021-09-03", "ORTHAPEDICS/KNEE"],
        ["9312201101", "000000068002", "2021-01-25", "EAR_NOSE_THROAT/EAR"],
    ]


def test_ers_r4_service_request_names_only_the_nhs_number(read: Read) -> None:
    referral = only(read, ERS + "r4/searchServiceRequest/responses/ResponseExampleReferral.json")
    assert filled(referral, "nhs_number", "referral_id", "name") == ["9912003888", "000000070000", ""]


def test_task_alone_gives_what_it_says(read: Read) -> None:
    task = only(read, "fhir-ukcore/UKCore-Task-Colonoscopy-Example.xml")
    assert filled(task, "name", "referrer", "priority") == ["Richard Smith", "Dr Paul Rastall", "routine"]
    assert filled(task, "reason", "referred_on") == ["Colonoscopy Request", "2021-10-13"]
    assert task.sources["name"] == "Task.for.display"


@pytest.mark.parametrize(
    ("name", "row", "words"),
    [
        ("fhir-ukcore/UKCore-ServiceRequest-ColonoscopyRequest-Example.xml", 1, "is not in the file"),
        ("fhir-ukcore/UKCore-Flag-FoodAllergy-Example.xml", 1, "holds only: Flag"),
        ("fhir-ukcore/UKCore-RelatedPerson-JoySmith-Example.xml", 1, "holds only: RelatedPerson"),
        (PDS + "relatedPersonResponses/related_person_9000000017.json", 1, "holds only: RelatedPerson"),
        (BARS + "service_request/id/GET-success.json", 1, "is not in the file"),
        (BARS + "service_request/GET-success.json", 1, "is not in the file"),  # entries without "resource"
        (BARS + "conflict.json", 1, "not a referral: REC_CONFLICT"),
        (ERS + "stu3/cancelReferral/responses/CancelledReferralPatientOther.json", 1, "withdrawn"),
    ],
)
def test_files_without_a_person_say_so(read: Read, name: str, row: int, words: str) -> None:
    parsed = read(name)
    assert parsed.records == []
    (problem,) = parsed.problems
    assert problem.row == row
    assert words in problem.message


def test_broken_json_as_published_names_line_and_column(read: Read) -> None:
    with pytest.raises(Refused, match="line 13, column 2"):
        read(BARS + "document_reference/GET-success.json")
