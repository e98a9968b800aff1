"""From a row of a table, or a record of a FHIR file, to a checked draft."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from therapydesk.api import UserError, column_letters, normal_name, ntr, tidy, tr
from therapydesk.plugins.referrals.rules import names, words
from therapydesk.plugins.referrals.rules.checks import (
    has_digit,
    phone_pieces,
    postcode_inside,
    read_born,
    read_date,
    read_email,
    read_nhs_number,
    read_phone,
    read_postcode,
    usual_phone,
    why_unreadable,
)
from therapydesk.plugins.referrals.rules.columns import signature
from therapydesk.plugins.referrals.rules.draft import RowDraft
from therapydesk.plugins.referrals.rules.fields import FIELDS, TEXTS

OLDEST = 115
_TEXTS = frozenset(TEXTS)
_PLAIN = {
    "preferred_name": 400,
    "pronouns": 60,
    "language": 40,
    "best_way": 200,
    "preferred_place": 200,
    "preferred_time": 200,
    "referrer": 200,
    "gp": 200,
    "school": 200,
    "carer": 200,
    "carer_relation": 100,
}


class Cells(Protocol):
    """Where the values of one row come from. `plain` and `texts`: fields of each sort that may be filled."""

    plain: list[str]
    texts: list[str]

    def __contains__(self, field: str) -> bool: ...
    def get(self, field: str) -> str: ...
    def parts(self, field: str) -> list[str]: ...
    def text(self, field: str) -> str: ...


class TableCells:
    """The cells of one row of a table, by field. One object serves all rows, one after the other."""

    def __init__(self, header: Sequence[str], fields: Sequence[str]) -> None:
        self.header = header
        self.places: dict[str, list[int]] = {}
        for index, field in enumerate(fields):
            if field:
                self.places.setdefault(field, []).append(index)
        self.single = {field: places[0] for field, places in self.places.items() if len(places) == 1}
        self.sources = {field: column_letters(places[0]) for field, places in self.places.items()}
        self.plain = [field for field in self.places if field in _PLAIN]
        self.texts = [field for field in self.places if field in _TEXTS]
        self.cells: Sequence[str] = ()
        self.raw: Sequence[str] = ()

    def take(self, row: Sequence[str]) -> None:
        """Go on to the next row."""
        self.raw = self.cells = row
        together = "".join(row)
        if not together.isascii() or not together.isprintable() or "  " in together:
            self.cells = [tidy(cell) for cell in row]

    def __contains__(self, field: str) -> bool:
        return field in self.places

    def get(self, field: str) -> str:
        """The cells of the field as one line."""
        place = self.single.get(field)
        if place is not None:
            return self.cells[place]
        return ", ".join(self.parts(field)) if field in self.places else ""

    def parts(self, field: str) -> list[str]:
        """The filled cells of the field."""
        return [text for place in self.places.get(field, ()) if (text := self.cells[place])]

    def text(self, field: str) -> str:
        """The cells of the field with their line breaks."""
        cells = (self.raw[place] for place in self.places[field])
        return "\n".join(cell if cell.isprintable() else tidy(cell, lines=True) for cell in cells if cell)


class RecordCells:
    """The fields of a record that came mapped."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = {name: text for name, text in fields.items() if text}
        self.plain = [field for field in self.fields if field in _PLAIN]
        self.texts = [field for field in self.fields if field in _TEXTS]

    def __contains__(self, field: str) -> bool:
        return field in self.fields

    def get(self, field: str) -> str:
        """The field's text as one line."""
        return ", ".join(self.parts(field))

    def parts(self, field: str) -> list[str]:
        """The field's lines."""
        return [line for line in self.fields.get(field, "").split("\n") if line]

    def text(self, field: str) -> str:
        """The field's text with its line breaks."""
        return self.fields.get(field, "")


def read_rows(
    header: Sequence[str],
    fields: Sequence[str],
    rows: Sequence[tuple[int, list[str]]],
    today: date,
    table: str = "",
) -> list[RowDraft]:
    """A draft for each row."""
    cells = TableCells(header, fields)
    place = cells.single.get("name")
    surname_first = place is not None and names.is_surname_first([row[place] for _, row in rows])
    heads = signature(header)
    drafts = []
    for number, row in rows:
        cells.take(row)
        draft = RowDraft(number, table, sources=cells.sources, heads=header, cells=row)
        if row[0] == header[0] and signature(row) == heads:
            draft.refuse(tr("Headings again"), tr("This row repeats the headings."))
        _fill(draft, cells, today, surname_first)
        drafts.append(draft)
    return drafts


def read_record(row: int, fields: dict[str, str], sources: dict[str, str], today: date) -> RowDraft:
    """The draft of one mapped record."""
    draft = RowDraft(row, sources=sources)
    titles = {field.id: tr(field.title) for field in FIELDS}
    draft.heads, draft.cells = [titles.get(name, name) for name in fields], list(fields.values())
    _fill(draft, RecordCells(fields), today, False)
    draft.died_on = read_date(fields.get("died_on", ""), today) if fields.get("died_on") else None
    if fields.get("sensitive"):
        draft.doubt(
            "sensitive", tr("The sender marks this record as sensitive: share it with nobody unasked.")
        )
    return draft


def _fill(draft: RowDraft, cells: Cells, today: date, surname_first: bool) -> None:
    _fill_name(draft, cells, surname_first)
    for field in cells.plain:
        if text := cells.get(field):
            setattr(draft, field, text[: _PLAIN[field]])
    _fill_number(draft, cells.get("nhs_number"))
    _fill_born(draft, cells.get("born_on"), today)
    _fill_place(draft, cells)
    _fill_ways(draft, cells)
    if draft.carer or "carer_phone" in cells or "carer_email" in cells:
        _fill_carer(draft, cells)
    for name in cells.texts:
        if text := cells.text(name):
            draft.texts[name] = text
    if "access_needs" in cells or "interpreter" in cells:
        _fill_needs(draft, cells)
    _fill_referral(draft, cells, today)
    if not draft.reachable and not draft.refused:
        draft.doubt("phone", tr("Nothing here says how to reach {name}.").format(name=draft.name))


def _fill_name(draft: RowDraft, cells: Cells, surname_first: bool) -> None:
    text = cells.get("name")
    if text and not names.is_nobody(text):
        draft.name = names.read_name(text, surname_first)[:400]
        if names.is_two_people(text, surname_first):
            sentence = tr("“{name}” seems to be two people in one row. Give each a row of their own.")
            draft.wrong.add("name")
            draft.refuse(
                tr("Two people in one row"), sentence.format(name=text[:60]), draft.sources.get("name", "")
            )
            draft.name = text[:400]
        return
    parts = [
        part for field in ("given", "family") if (part := cells.get(field)) and not names.is_nobody(part)
    ]
    draft.name = (" ".join(parts) or cells.get("preferred_name"))[:400]
    if draft.name:
        return
    number = cells.get("nhs_number")
    if number and has_digit(number):
        sentence = tr("There is no name here, only the NHS number {number}. Ask the sender for the name.")
        draft.refuse(tr("No name, only a number"), sentence.format(number=number[:20]))
    else:
        draft.refuse(tr("No name, no contact"), tr("There is nobody’s name in this row."))


def _fill_number(draft: RowDraft, text: str) -> None:
    if not text or not has_digit(text):
        return
    try:
        draft.nhs_number = read_nhs_number(text)
    except UserError as error:
        shortened = tr("The spreadsheet has shortened this NHS number.") if "E+" in text.upper() else ""
        draft.nhs_number_unchecked = text[:40]
        sentence = tr("{message} It is kept apart as written: {number}.")
        draft.doubt("nhs_number", sentence.format(message=shortened or error.message, number=text[:20]))


def _fill_born(draft: RowDraft, text: str, today: date) -> None:
    if not text or normal_name(text) in ("", "unknown", "not known", "n a", "na", "tbc"):
        return
    draft.born_text = text[:40]
    try:
        draft.born_on = read_born(text, today)
    except UserError as error:
        draft.wrong.add("born_on")
        sentence = tr("The date of birth “{text}” cannot be read. {why}")
        draft.refuse(
            why_unreadable(text, today),
            sentence.format(text=text[:30], why=error.message),
            draft.sources.get("born_on", ""),
        )
        return
    if draft.born_on is None:
        draft.doubt("born_on", tr("“{text}” is not a whole date of birth.").format(text=text[:30]))
    elif today.year - draft.born_on.year > OLDEST:
        years = today.year - draft.born_on.year
        draft.doubt(
            "born_on",
            ntr("This makes the person {n} year old.", "This makes the person {n} years old.", years),
        )


def _fill_place(draft: RowDraft, cells: Cells) -> None:
    draft.address = ", ".join(part.strip(" ,") for part in cells.parts("address"))[:400]
    if not (text := cells.get("postcode")):
        draft.postcode = postcode_inside(draft.address) if draft.address else ""
        return
    try:
        draft.postcode = read_postcode(text)
    except UserError as error:
        draft.address = ", ".join(part for part in (draft.address, text) if part)[:400]
        draft.doubt("postcode", tr("{message} It is kept in the address.").format(message=_with_guess(error)))


def _with_guess(error: UserError) -> str:
    """The message, and the help when it is a guess ("Did you mean CF10 1AA?")."""
    return str(error) if error.help.endswith("?") else error.message


def _fill_ways(draft: RowDraft, cells: Cells) -> None:
    phones: list[str] = []
    emails: list[str] = []
    other: list[str] = []
    for field in ("phone", "email"):
        for part in cells.parts(field):
            if phone := usual_phone(part):
                phones.append(phone)
                continue
            for piece in phone_pieces(part):
                _take_way(draft, field, piece, (phones, emails, other))
    draft.phones, draft.emails = tuple(dict.fromkeys(phones)), tuple(dict.fromkeys(emails))
    draft.other_ways = tuple(dict.fromkeys(other))


def _take_way(draft: RowDraft, field: str, text: str, lists: tuple[list[str], list[str], list[str]]) -> None:
    phones, emails, other = lists
    try:
        if "@" in text:
            emails.append(read_email(text))
        elif has_digit(text):
            phones.append(read_phone(text))
        elif not names.is_nobody(text):
            other.append(text[:200])
    except UserError as error:
        other.append(text[:200])
        draft.doubt(field, tr("{message} It is kept as written.").format(message=error.message))


def _fill_carer(draft: RowDraft, cells: Cells) -> None:
    if names.is_nobody(draft.carer):
        draft.carer = ""
    for field, check in (("carer_phone", read_phone), ("carer_email", read_email)):
        text = next(iter(phone_pieces(cells.get(field))), "")
        if text:
            try:
                setattr(draft, field, check(text))
            except UserError as error:
                draft.doubt(field, tr("{message} It stays with the notes.").format(message=error.message))
                _add_text(draft, "notes", f"{draft.carer or tr('Carer')}: {text}")


def _fill_needs(draft: RowDraft, cells: Cells) -> None:
    found: list[str] = []
    for text in cells.parts("access_needs"):
        codes, rest = words.needs(text)
        found += codes
        if rest:
            _add_text(draft, "helps", rest)
    if words.is_yes(cells.get("interpreter")):
        found.append("interpreter")
    draft.needs = tuple(dict.fromkeys(found))


def _fill_referral(draft: RowDraft, cells: Cells, today: date) -> None:
    draft.agreed = words.agreement(cells.get("agreed"))
    draft.priority = words.priority(cells.get("priority"))
    draft.external_id = cells.get("referral_id")[:100]
    draft.organisation = cells.get("referrer_organisation")[:200]
    draft.organisation_ods = cells.get("referrer_ods")[:10]
    draft.gp_ods = cells.get("gp_ods")[:10]
    if contact := cells.get("referrer_contact"):
        _add_text(draft, "notes", tr("Referrer: {contact}").format(contact=contact))
    if text := cells.get("referred_on"):
        draft.referred_on = read_date(text, today)
        if draft.referred_on is None:
            draft.doubt(
                "referred_on", tr("The day “{text}” cannot be read; it is left empty.").format(text=text[:30])
            )
        elif draft.referred_on > today:
            draft.doubt("referred_on", tr("The referral is dated in the future."))
    if draft.agreed == "no":
        draft.doubt("agreed", tr("{name} has not agreed to this. Talk first.").format(name=draft.name))


def _add_text(draft: RowDraft, field: str, text: str) -> None:
    draft.texts[field] = "\n".join(part for part in (draft.texts.get(field, ""), text) if part)
