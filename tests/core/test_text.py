"""Names, numbers and codes: normal forms, checks, and sentences when a check fails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nhs_number.validate import calculate_checksum

from therapydesk.core import text
from therapydesk.core.errors import UserError


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("Siân  O'Brien-Jones", "SIAN O\N{RIGHT SINGLE QUOTATION MARK}BRIEN JONES"),
        ("Ŵyn Ŷ", "wyn y"),
        ("Łukasz Ølsen", "lukasz olsen"),
        ("Straße", "STRASSE"),
        ("Jose\u0301", "José"),
        (" ann,\u200b m. ", "Ann M"),
    ],
)
def test_names_that_are_alike_match(typed: str, same: str) -> None:
    assert text.normal_name(typed) == text.normal_name(same)


def test_other_scripts_are_kept() -> None:
    assert text.normal_name("علي") == "علي"
    assert text.normal_name("李 小龙") == "李 小龙"


def test_a_name_of_signs_alone_can_be_found() -> None:
    assert text.normal_name("🎵🎶 ★") == "🎵🎶 ★"


@given(st.text(max_size=40))
def test_a_normal_name_is_stable(name: str) -> None:
    once = text.normal_name(name)
    assert text.normal_name(once) == once
    assert once == once.strip()


def test_tidy_takes_out_what_cannot_be_seen() -> None:
    assert text.tidy("  Ann\u200b \u00a0 Jones\t\n") == "Ann Jones"
    assert text.tidy("abc\u202edcba\x00") == "abcdcba"
    assert text.tidy("one  two\r\n\r\n\r\n\r\nthree ", lines=True) == "one two\n\nthree"
    assert text.tidy("👩\u200d🎤") == "👩\u200d🎤"


@pytest.mark.parametrize(
    "number",
    ["9434765919", "9000000009", "9000000017", "9000000025", "9000000033", "5900056597", "9912003888"],
)
def test_valid_nhs_numbers(number: str) -> None:
    assert text.check_nhs_number(number) == number
    assert text.check_nhs_number(text.show_nhs_number(number)) == number
    assert text.nhs_number_ok(f" {number[:3]}-{number[3:6]}-{number[6:]} ")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("3478526985", "That NHS number has a slip in it: check digit does not match."),
        ("9000000015", "slip in it"),
        ("99120038881", "11 digits"),
        ("943476591", "9 digits"),
        ("4444444444", "one digit ten times"),
        ("0000000000", "one digit ten times"),
        ("943 476 591X", "only digits"),
        ("", "only digits"),
        ("3202450004", "Scottish CHI"),
    ],
)
def test_wrong_nhs_numbers_are_told_in_a_sentence(number: str, said: str) -> None:
    if said == "Scottish CHI":  # a number whose check digit is right and whose first six digits are no date
        number = next(
            n for n in (f"310299{i:04}" for i in range(9999)) if calculate_checksum(n[:9]) == int(n[9])
        )
    with pytest.raises(UserError, match=said) as refused:
        text.check_nhs_number(number)
    assert "leave it empty" in refused.value.help
    assert not text.nhs_number_ok(number)


def test_nhs_numbers_are_shown_in_groups() -> None:
    assert text.show_nhs_number("9434765919") == "943 476 5919"
    assert text.show_nhs_number("12") == "12"


@given(st.integers(0, 9_999_999_999), st.integers(0, 9), st.integers(1, 9))
def test_any_single_slip_is_noticed(number: int, place: int, step: int) -> None:
    digits = f"{number:010}"
    if text.nhs_number_ok(digits):
        changed = digits[:place] + str((int(digits[place]) + step) % 10) + digits[place + 1 :]
        assert not text.nhs_number_ok(changed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("cf10 1aa", "CF10 1AA"),
        ("sw1a1aa", "SW1A 1AA"),
        ("M1 1AE", "M1 1AE"),
        ("EC1A  1BB", "EC1A 1BB"),
        ("W1A-0AX", "W1A 0AX"),
        ("gir 0aa", "GIR 0AA"),
        ("BFPO 58", "BFPO 58"),
        ("BF1 2AA", "BF1 2AA"),
        ("ASCN1ZZ", "ASCN 1ZZ"),
        ("JE2 3XP", "JE2 3XP"),
        ("ZZ99 3VZ", "ZZ99 3VZ"),
    ],
)
def test_postcodes_are_stored_in_one_form(typed: str, code: str) -> None:
    assert text.check_postcode(typed) == code


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("CF1O 1AA", "CF10 1AA"), ("CF10 IAA", "CF10 1AA"), ("0X1 1AA", "OX1 1AA"), ("L1 BJQ", "L1 8JQ")],
)
def test_mixed_up_letters_are_suggested_not_changed(typed: str, meant: str) -> None:
    with pytest.raises(UserError, match="not a UK postcode") as refused:
        text.check_postcode(typed)
    assert refused.value.help == f"Did you mean {meant}?"


@pytest.mark.parametrize(
    "typed", ["", "hello", "QX1 1AA", "CF10", "CF10 1CA", "90210", "AI1 1AA", "Ĉ1 1AA", "A" * 5000]
)
def test_other_postcodes_are_refused(typed: str) -> None:
    with pytest.raises(UserError):
        text.check_postcode(typed)


@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("07700 900 123", "+447700900123", "07700 900123"),
        ("029 2018 0155", "+442920180155", "029 2018 0155"),
        ("(01632) 960123", "+441632960123", "01632 960123"),
        ("+44 (0)7700 900123", "+447700900123", "07700 900123"),
        ("0044 7700 900123", "+447700900123", "07700 900123"),
        ("+33 1 42 68 53 00", "+33142685300", "+33 1 42 68 53 00"),
        ("07700 900123 ext 4", "+447700900123;ext=4", "07700 900123 ext 4"),
    ],
)
def test_telephone_numbers(typed: str, stored: str, shown: str) -> None:
    assert text.check_phone(typed) == stored
    assert text.show_phone(stored) == shown
    assert text.check_phone(shown) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "999",
        "n/a",
        "01234 56789",
        "07700 90012",
        "07700 900123 or 029 2018 0155",
        "mum 07700 900123",
        "1" * 400,
    ],
)
def test_what_cannot_be_rung_is_refused(typed: str) -> None:
    with pytest.raises(UserError, match="not a telephone number"):
        text.check_phone(typed)


def test_a_stored_number_that_makes_no_sense_is_shown_as_it_is() -> None:
    assert text.show_phone("ask mum") == "ask mum"


@pytest.mark.parametrize(
    "typed", ["A.B@Example.ORG", "hello@alderbank.example", "siôn@ymarfer.cymru", "o'neil+x@a-b.co.uk"]
)
def test_email_addresses(typed: str) -> None:
    name, _, domain = typed.partition("@")
    assert text.check_email(f" {typed} ") == f"{name}@{domain.lower()}"


@pytest.mark.parametrize(
    "typed",
    ["", "x", "x@y", "a@b..c", "@b.org", "a b@c.org", "Ann <a@b.org>", "a@1.2.3.4", ".a@b.org", "a@-b.org"],
)
def test_what_is_no_email_address_is_refused(typed: str) -> None:
    with pytest.raises(UserError, match="not an e-mail address"):
        text.check_email(typed)


def test_ods_codes() -> None:
    assert text.check_ods(" g81086 ") == "G81086"
    assert text.check_ods("A9A5A") == "A9A5A"
    for wrong in ("", "RR", "RR-8", "ABCDEFGHIJK"):
        with pytest.raises(UserError, match="not an ODS code"):
            text.check_ods(wrong)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"])
def test_cells_that_begin_like_a_formula_are_made_plain(start: str) -> None:
    assert text.plain_cell(f"{start}1+1") == f"'{start}1+1"
    assert text.plain_cell(f"  {start}1+1") == f"'  {start}1+1"


def test_numbers_and_other_text_stay() -> None:
    assert text.plain_cell(-5) == "-5"
    assert text.plain_cell(None) == ""
    assert text.plain_cell("Siân = 1") == "Siân = 1"


@given(st.text(st.characters(max_codepoint=127), max_size=40))
def test_plain_letters_take_the_quick_road_to_the_same_place(name: str) -> None:
    with_accent = text.normal_name(f"{name} é")
    assert with_accent == f"{text.normal_name(name)} e".strip()
