"""Text as it is stored and compared: names, NHS numbers, postcodes, telephones, e-mail, export cells.

Checks return the text in its stored form or raise UserError; what was typed is never corrected in silence.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import product

from nhs_number.validate import calculate_checksum, is_valid

from therapydesk.core.errors import UserError
from therapydesk.core.words import tr

_FOLD = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)
_ASCII = {
    n: None if n in b"'`" or n < 9 or 13 < n < 32 or n == 127 else " "
    for n in range(128)
    if not chr(n).isalnum()
}
_APOSTROPHES = re.compile("['\u2019\u2018\u02bc\u02b9`\u00b4]")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


def normal_name(text: str) -> str:
    """The text for searching and matching: no case, no accents (Welsh too), no punctuation, single spaces.

    "Siân  O'Brien-Jones" and "SIAN OBRIEN JONES" become the same.
    """
    if text.isascii():  # the quick road: nothing to take apart
        return " ".join(text.casefold().translate(_ASCII).split())
    folded = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text)).casefold()
    folded = "".join(c for c in folded if not unicodedata.combining(c)).translate(_FOLD)
    folded = _APOSTROPHES.sub("", folded)
    return " ".join("".join(c if _names_somebody(c) else " " for c in folded).split())


def _names_somebody(c: str) -> bool:
    """Letters, digits and signs such as a note or a star, which may be all of an artist's name."""
    return c.isalnum() or unicodedata.category(c) == "So"


def tidy(text: str, *, lines: bool = False) -> str:
    """The text without invisible characters and spare spaces; with `lines`, line breaks stay."""
    clean = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    if not lines:
        return " ".join(clean.split())
    kept = [" ".join(line.split()) for line in clean.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n")


# --- NHS number ---


def check_nhs_number(text: str) -> str:
    """The ten digits of an NHS (or CHI, H&C) number, modulus 11 checked. Raises UserError."""
    empty = tr("You can leave it empty.")
    digits = re.sub(r"[\s\-\u2010-\u2015.]", "", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"[0-9]+", digits):
        raise UserError(tr("An NHS number has only digits: ten of them."), empty)
    if len(digits) != 10:
        raise UserError(tr("That NHS number has {n} digits; it needs ten.").format(n=len(digits)), empty)
    if len(set(digits)) == 1:
        raise UserError(tr("That NHS number is one digit ten times; nobody has it."), empty)
    if calculate_checksum(digits[:9]) != int(digits[9]):
        raise UserError(tr("That NHS number has a slip in it: check digit does not match."), empty)
    if not is_valid(digits):
        raise UserError(
            tr("That number begins like a Scottish CHI number, but not with a date of birth."), empty
        )
    return digits


def nhs_number_ok(text: str) -> bool:
    """Whether the text is an NHS number that somebody can have."""
    try:
        check_nhs_number(text)
    except UserError:
        return False
    return True


def show_nhs_number(digits: str) -> str:
    """943 476 5919; anything that is not ten digits is shown as it stands."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}" if re.fullmatch(r"[0-9]{10}", digits) else digits


# --- Postcode ---

_FIRST, _SECOND, _INWARD = "A-PR-UWYZ", "A-HK-Y", "[0-9][ABD-HJLNP-UW-Z]{2}"
_OUTWARD = "|".join(
    (
        f"[{_FIRST}][0-9]{{1,2}}",
        f"[{_FIRST}][{_SECOND}][0-9]{{1,2}}",
        f"[{_FIRST}][0-9][A-HJKPSTUW]",
        f"[{_FIRST}][{_SECOND}][0-9][ABEHMNPRVWXY]",
    )
)
_POSTCODE = re.compile(f"({_OUTWARD})({_INWARD})")
# Girobank, overseas territories, and the NHS codes for no fixed abode and for countries.
_SPECIAL = re.compile(
    r"(GIR)(0AA)|(ASCN|BBND|BIQQ|FIQQ|PCRN|SIQQ|STHL|TDCU|TKCA)(1ZZ)|(GX11)(1AA)|(ZZ99)([0-9][A-Z]{2})"
)
_BFPO = re.compile(r"BFPO([0-9]{1,4})")
_MIXED_UP = {
    "O": "O0",
    "0": "0O",
    "I": "I1",
    "1": "1I",
    "L": "L1",
    "S": "S5",
    "5": "5S",
    "B": "B8",
    "8": "8B",
    "Z": "Z2",
    "2": "2Z",
}


def _as_postcode(squeezed: str) -> str | None:
    if bfpo := _BFPO.fullmatch(squeezed):
        return f"BFPO {bfpo[1]}"
    if found := _POSTCODE.fullmatch(squeezed) or _SPECIAL.fullmatch(squeezed):
        outward, inward = (part for part in found.groups() if part)
        return f"{outward} {inward}"
    return None


def _likely_postcode(squeezed: str) -> str | None:
    """The one right postcode that reads alike, fewest letters changed; None when there is none or a tie."""
    choices = product(*(_MIXED_UP.get(c, c) for c in squeezed))
    found: dict[int, list[str]] = {}
    for letters in choices:
        if code := _as_postcode("".join(letters)):
            found.setdefault(sum(a != b for a, b in zip(letters, squeezed, strict=True)), []).append(code)
    best = found[min(found)] if found else []
    return best[0] if len(best) == 1 else None


def check_postcode(text: str) -> str:
    """The postcode in capitals with one space; only its shape is checked. Raises UserError."""
    squeezed = re.sub(r"[\s.\-]", "", unicodedata.normalize("NFKC", text)).upper()
    if code := _as_postcode(squeezed):
        return code
    likely = _likely_postcode(squeezed) if 5 <= len(squeezed) <= 7 and squeezed.isascii() else None
    raise UserError(
        tr("“{text}” is not a UK postcode.").format(text=tidy(text)[:20]),
        tr("Did you mean {postcode}?").format(postcode=likely)
        if likely
        else tr("It looks like CF10 1AA. You can leave it empty."),
    )


# --- Telephone, e-mail, organisation codes ---


_PHONE = re.compile(
    r"(?:tel[.:]* ?)?[+(\d][\d ().\-\u2010-\u2015]{4,24}(?: ?(?:ext?|extension|x)[.:]? ?\d{1,6})?",
    re.IGNORECASE,
)


def check_phone(text: str) -> str:
    """The number in E.164 (+44…), with ";ext=" when there is an extension. Raises UserError."""
    import phonenumbers

    wrong = UserError(
        tr("“{text}” is not a telephone number that can be rung.").format(text=tidy(text)[:30]),
        tr("Write it like 07700 900 123; numbers abroad start with + and the country."),
    )
    # The library would pick the first number out of a sentence and drop the rest without a word.
    if not _PHONE.fullmatch(tidy(text)):
        raise wrong
    try:
        number = phonenumbers.parse(tidy(text), "GB")
    except phonenumbers.NumberParseException:
        raise wrong from None
    # New ranges, and those set aside for drama, are missing from the library's tables; their shape is enough.
    shape = number.country_code == 44 and re.fullmatch(r"[12378][0-9]{9}", str(number.national_number))
    if not shape and not phonenumbers.is_valid_number(number):
        raise wrong
    e164 = f"+{number.country_code}{phonenumbers.national_significant_number(number)}"
    return f"{e164};ext={number.extension}" if number.extension else e164


def show_phone(stored: str) -> str:
    """The number as it is written in the UK: 07700 900123; numbers abroad with their +code."""
    import phonenumbers

    try:
        number = phonenumbers.parse(stored, "GB")
    except phonenumbers.NumberParseException:
        return stored
    home = number.country_code == 44
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    number.extension, extension = None, number.extension
    shown = phonenumbers.format_number(number, style)
    return tr("{number} ext {extension}").format(number=shown, extension=extension) if extension else shown


_EMAIL_NAME = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}")
_EMAIL_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")


def check_email(text: str) -> str:
    """The address, its domain in small letters. Only the shape is checked. Raises UserError."""
    address = tidy(text)
    name, at, domain = address.rpartition("@")
    labels = domain.split(".")
    good = at and len(address) <= 254 and _EMAIL_NAME.fullmatch(name) and len(labels) > 1
    good = good and not name.startswith(".") and not name.endswith(".") and ".." not in name
    if not good or not all(_EMAIL_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise UserError(
            tr("“{text}” is not an e-mail address.").format(text=address[:60]),
            tr("It looks like name@place.org. You can leave it empty."),
        )
    return f"{name}@{domain.lower()}"


def check_ods(text: str) -> str:
    """An NHS organisation (ODS) code, its kind not judged. Raises UserError."""
    code = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"[A-Z0-9]{3,10}", code):
        raise UserError(
            tr("“{text}” is not an ODS code.").format(text=tidy(text)[:20]),
            tr("It has 3 to 10 letters and digits, like W97001."),
        )
    return code


# --- Export ---

_FORMULA = re.compile("^[ \u00a0\u200b\u3000\ufeff]*[=+\\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20\u2212]")


def plain_cell(value: object) -> str:
    """The value as a cell of an exported file that no spreadsheet takes for a formula (security §8).

    Real numbers stay as they are; text that begins like a formula gets an apostrophe.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value)
    return f"'{value}" if _FORMULA.match(value) else value
