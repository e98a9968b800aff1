"""Headings, names and values as senders write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapydesk.api import UserError, check_email, check_nhs_number, check_phone
from therapydesk.plugins.referrals.rules import checks, names, words
from therapydesk.plugins.referrals.rules.columns import guess_mapping, signature
from therapydesk.plugins.referrals.rules.draft import RowDraft
from therapydesk.plugins.referrals.rules.fields import BY_ID, FIELDS
from therapydesk.plugins.referrals.rules.values import read_record, read_rows

TODAY = date(2026, 5, 6)


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (
            "NHS No.|Surname|Forename(s)|D.O.B.|Post Code|Tel No|Mobile|Reason for Referral|Consent? (Y/N)",
            "nhs_number|family|given|born_on|postcode|phone|phone|reason|agreed",
        ),
        (
            "PatientName|NHSNumber|DateOfBirth|PostCode|ReferralDate|Priority|ReferralReason",
            "name|nhs_number|born_on|postcode|referred_on|priority|reason",
        ),
        (
            "Name of person referred|Date of birth (dd/mm/yyyy)|What would you like?|Mobile number|Email",
            "name|born_on|would_like|phone|email",
        ),
        (
            "Enw|Cyfenw|Dyddiad geni|Cod post|Rhif ffôn|Rheswm dros gyfeirio",
            "given|family|born_on|postcode|phone|reason",
        ),
        ("Pupil|Year group|Parent/carer name|Parent contact number|School", "name||carer|carer_phone|school"),
        (
            "Referrer Name|Referring organisation|Referrer email|Referral date",
            "referrer|referrer_organisation|referrer_contact|referred_on",
        ),
        ("GP Surgery|Next of kin|NOK phone|Name", "gp|carer|carer_phone|name"),
        ("Year|2000|2001", "||"),
        ("id|service_id|name", "referral_id||name"),
    ],
)
def test_headings_are_recognised(header: str, fields: str) -> None:
    assert guess_mapping(header.split("|"), []) == tuple(fields.split("|"))


def test_columns_without_headings_are_known_by_what_stands_in_them() -> None:
    rows = [
        ["Ann Price", "14/02/1958", "CF10 1AA", "07700 900123"],
        ["Bo Lee", "1/3/1990", "CF10 1AB", "07700900124"],
    ]
    header = ["Column A", "Column B", "Column C", "Column D"]
    assert guess_mapping(header, rows, headed=False) == ("name", "born_on", "postcode", "phone")


def test_a_heading_over_other_values_is_not_believed() -> None:
    assert guess_mapping(["Name", "Born"], [["1", "in Cardiff"], ["2", "at home"]]) == ("", "")


def test_one_heading_means_one_field_only() -> None:
    seen: dict[str, str] = {}
    for field in FIELDS:
        for name in field.names:
            assert seen.setdefault(name, field.id) == field.id, name


def test_a_signature_does_not_mind_case_and_spaces() -> None:
    assert signature(["NHS No.", "Name"]) == signature(["nhs  no", "NAME"]) != signature(["Name", "NHS No."])


@pytest.mark.parametrize(
    ("text", "surname_first", "name"),
    [
        ("Tudor, Gwenllian", True, "Gwenllian Tudor"),
        ("Tudor, Gwenllian", False, "Gwenllian Tudor"),
        ("VAN DER BERG, Anna Maria", True, "Anna Maria VAN DER BERG"),
        ("Mrs Siân O’Brien", False, "Siân O’Brien"),
        ("Price, Jon (Mr)", True, "Jon Price"),
        ("Femi", False, "Femi"),
    ],
)
def test_names_come_out_as_they_are_spoken(text: str, surname_first: bool, name: str) -> None:
    assert names.read_name(text, surname_first) == name


@pytest.mark.parametrize(
    ("text", "two"),
    [
        ("Ann, Bob Tully", True),
        ("Ann & Bob Tully", True),
        ("Ann and Bob", True),
        ("Price, Ann", False),
        ("Anderson", False),
        ("Ann/Bob", True),
        ("Rees, Dilwyn, Mr", True),
    ],
)
def test_two_people_in_one_cell_are_noticed(text: str, two: bool) -> None:
    assert names.is_two_people(text, False) is two


@pytest.mark.parametrize("text", ["Total", "Grand total", "n/a", "???", "Totals: 40", "-"])
def test_totals_and_stand_ins_are_nobody(text: str) -> None:
    assert names.is_nobody(text)


@given(st.from_regex(r"(\+44|0)[\d ]{9,14}", fullmatch=True))
def test_the_quick_road_for_telephones_ends_where_the_slow_one_does(text: str) -> None:
    same_end(checks.read_phone, check_phone, text)


def same_end(quick: Callable[[str], str], slow: Callable[[str], str], text: str) -> None:
    try:
        wanted = slow(text)
    except UserError:
        with pytest.raises(UserError):
            quick(text)
    else:
        assert quick(text) == wanted


@given(st.from_regex(r"[0-9 ]{10,12}", fullmatch=True) | st.integers(10**9, 10**10 - 1).map(str))
def test_the_quick_road_for_nhs_numbers_ends_where_the_slow_one_does(text: str) -> None:
    same_end(checks.read_nhs_number, check_nhs_number, text)


@given(st.from_regex(r"[a-zA-Z0-9._+-]{1,12}@[a-z0-9.-]{1,12}\.[a-z]{1,4}", fullmatch=True))
def test_the_quick_road_for_addresses_ends_where_the_slow_one_does(text: str) -> None:
    same_end(checks.read_email, check_email, text)


def test_dates_of_birth_are_day_first_and_never_guessed() -> None:
    assert checks.read_born("02/03/1958", TODAY) == date(1958, 3, 2)
    assert checks.read_born("1958-03-02", TODAY) == date(1958, 3, 2)
    assert checks.read_born("1958", TODAY) is None
    for wrong in ("31/02/1951", "02/14/1958", "1/1/2031", "long ago"):
        with pytest.raises(UserError):
            checks.read_born(wrong, TODAY)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Y", "yes"),
        ("Consent given", "yes"),
        ("TRUE", "yes"),
        ("No", "no"),
        ("not given", "no"),
        ("refused", "no"),
        ("", "unknown"),
        ("n/a", "unknown"),
        ("not known", "unknown"),
        ("perhaps", "unknown"),
    ],
)
def test_agreement_in_words(text: str, answer: str) -> None:
    assert words.agreement(text) == answer


def test_priority_and_needs_in_words() -> None:
    assert [words.priority(w) for w in ("Urgent", "routine", "Low", "", "2", "stat")] == [1, 2, 3, 2, 2, 1]
    assert words.needs("Large print, Welsh") == (("large_print", "welsh"), "")
    assert words.needs("Wheelchair; sits by the door") == (("wheelchair",), "Wheelchair; sits by the door")
    assert words.relation("Mother") == "parent"
    assert words.relation("neighbour") == "supporter"


def rows(header: list[str], *cells: list[str]) -> list[RowDraft]:
    fields = guess_mapping(header, list(cells))
    return read_rows(header, fields, [(n, row) for n, row in enumerate(cells, 2)], TODAY)


def test_a_row_keeps_every_cell_and_the_column_of_every_field() -> None:
    (draft,) = rows(["Name", "Shoe size", "Phone"], ["Ann Price", "38", "07700 900123 / ann@example.org"])
    assert draft.original[1:] == [("Shoe size", "38"), ("Phone", "07700 900123 / ann@example.org")]
    assert draft.sources == {"name": "A", "phone": "C"}
    assert draft.phones == ("+447700900123",)
    assert draft.emails == ("ann@example.org",)


def test_what_cannot_be_checked_is_kept_and_told() -> None:
    (draft,) = rows(
        ["Name", "Postcode", "Phone", "NHS number"],
        ["Ann Price", "nowhere", "ring the bell 12", "12345 67890"],
    )
    assert not draft.refused
    assert draft.name == "Ann Price"
    assert draft.address == "nowhere"
    assert draft.other_ways == ("ring the bell 12",)
    assert draft.nhs_number == ""
    assert draft.nhs_number_unchecked == "12345 67890"
    assert [column for column, _ in draft.problems] == ["D", "B", "C"]


def test_a_short_number_of_a_spreadsheet_is_named() -> None:
    (draft,) = rows(["Name", "NHS number", "Phone"], ["Ann Price", "9.43E+09", "07700900123"])
    assert any("shortened" in message for _, message in draft.problems)


def test_the_headings_again_are_no_person() -> None:
    again = rows(["Name", "Phone"], ["Ann Price", "07700900123"], ["Name", "Phone"])[1]
    assert again.refused == "This row repeats the headings."


def test_the_postcode_is_found_in_the_address() -> None:
    (draft,) = rows(["Name", "Address"], ["Ann Price", "1 High Street, Cardiff CF10 1AA"])
    assert draft.postcode == "CF10 1AA"


def test_a_mapped_record_is_read_the_same_way() -> None:
    draft = read_record(
        1,
        {
            "name": "Peter Chalmers",
            "nhs_number": "9476719931",
            "born_on": "1974-12-25",
            "phone": "07736312544",
            "reason": "Reason",
            "priority": "urgent",
            "agreed": "",
        },
        {"name": "Patient.name[0]"},
        TODAY,
    )
    assert (draft.nhs_number, draft.born_on, draft.priority) == ("9476719931", date(1974, 12, 25), 1)
    assert draft.texts == {"reason": "Reason"}
    assert draft.agreed == "unknown"


def test_a_record_with_only_a_number_is_refused_with_a_way_out() -> None:
    draft = read_record(1, {"name": "", "nhs_number": "9912003888"}, {}, TODAY)
    assert "Ask the sender for the name" in draft.refused


def test_the_fields_that_matter_most_are_known() -> None:
    assert set(BY_ID) >= {"name", "would_like", "agreed"}
