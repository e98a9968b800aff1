"""What we hold and why, on paper; and that a person was told."""

from __future__ import annotations

import io
from datetime import date
from uuid import UUID

import pypdfium2
import pytest

from tests.conftest import USER
from therapydesk.core.errors import UserError
from therapydesk.core.pdf import Size
from therapydesk.core.tables import Base, Privacy
from therapydesk.core.vault.vault import Vault
from therapydesk.records.consent_lists import record_consent, withdraw_consent
from therapydesk.records.people_details import PersonDetails, add_person
from therapydesk.records.privacy_notices import held_lines, held_sheet, list_told, record_told, take_back_told

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def carys(vault: Vault) -> UUID:
    with vault.write("core") as db:
        return add_person(db, PersonDetails("Carys Bowen", best_way="ask")).id


def words_of(data: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(data))
    pages = [document[n].get_textpage().get_text_range() for n in range(len(document))]
    document.close()
    return " ".join(" ".join(pages).split())


def test_every_title_of_every_table_is_on_the_sheet_but_what_safeguarding_holds(vault: Vault) -> None:
    lines = {line.what: line for line in held_lines("general")}
    marks = [m.class_.privacy for m in Base.registry.mappers if isinstance(m.class_.privacy, Privacy)]
    told = {m.title for m in marks if m.keep != "safeguarding"}
    assert told <= set(lines)
    assert not ({m.title for m in marks if m.keep == "safeguarding"} - told) & set(lines)
    assert lines["Notes about your sessions"].how_long.startswith("8 years after we last met")
    care = {line.what: line for line in held_lines("mental_health")}["Notes about your sessions"]
    assert care.how_long.startswith("20 years after we last met")
    assert all(line.why and line.how_long for line in lines.values())


@pytest.mark.parametrize("size", ["normal", "large", "extra_large"])
def test_the_sheet_says_it_in_plain_words_at_each_size(vault: Vault, carys: UUID, size: Size) -> None:
    with vault.write("core") as db:
        record_consent(db, carys, "contact", "yes", asked_on=date(2026, 5, 1), expires_on=date(2027, 5, 1))
        gone = record_consent(db, carys, "publish", "yes")
        withdraw_consent(db, gone)
    with vault.read() as db:
        data = held_sheet(db, carys, size)
    words = words_of(data)
    for part in (
        "Carys Bowen",
        "How to reach you",
        "Needed to reach you",
        "We may get in touch",
        "ico.org.uk",
    ):
        assert part in words
    assert "We may show or publish" not in words
    assert b"Carys" not in data.split(b"stream")[0], "no name in the document's properties"


def test_the_day_they_were_told_is_kept(vault: Vault, carys: UUID) -> None:
    with vault.write("core") as db:
        record_told(db, carys, date(2026, 4, 1), "read")
        slip = record_told(db, carys, date(2026, 5, 6), "large")
    with vault.read() as db:
        assert [(v.told_on.day, v.how, v.by) for v in list_told(db, carys)] == [
            (6, "Gave them the sheet in large print", USER),
            (1, "Read it to them", USER),
        ]
    with vault.write("core") as db:
        take_back_told(db, slip)
        for day, how in ((date(2026, 5, 7), "read"), (date(2026, 5, 6), "by pigeon")):
            with pytest.raises(UserError):
                record_told(db, carys, day, how)
    with vault.read() as db:
        assert len(list_told(db, carys)) == 1
