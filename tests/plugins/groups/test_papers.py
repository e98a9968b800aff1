"""Registers and grab sheets on paper: what stands on them, and what does not."""

from __future__ import annotations

import pypdfium2
import pytest

from tests.conftest import PASSPHRASE
from tests.plugins.groups.conftest import Choir
from therapydesk.api import AccessNeed, ContactPoint, NotFound, Relation, pdf
from therapydesk.plugins.groups import papers, register, service
from therapydesk.plugins.groups.service import ProfileDetails
from therapydesk.testing import add_person

PATH = pypdfium2.raw.FPDF_PAGEOBJ_PATH


def text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    said = " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())
    document.close()
    return said


def test_sheets_hold_the_names_and_what_is_good_to_know(choir: Choir) -> None:
    choir.join("Rafiq Aziz")
    (session,) = choir.book()
    choir.open(session)
    rafiq = choir.people["Rafiq Aziz"]
    with choir.vault.read() as db:
        sheet = papers.register_pdf(db, session, {rafiq: "Hearing aid: near the piano"})
        grab = papers.grab_sheet(db, choir.group_id, {rafiq: "Hearing aid"})
        nameless = papers.register_pdf(db, session, {rafiq: "Hearing aid: near the piano"}, names=False)
        large = papers.register_pdf(db, session, {rafiq: "Hearing aid"}, "large")
    assert "Rafiq Aziz" in text(sheet)
    assert "Hearing aid: near the piano" in text(sheet)
    assert "Rafiq" not in text(nameless)
    assert "Hearing" not in text(nameless)  # it would tell of somebody
    assert "Rafiq Aziz" in text(large)
    assert "Hearing aid" in text(grab)
    assert "held by" in text(grab)


@pytest.mark.parametrize("size", ["normal", "large", "extra_large"])
def test_a_register_has_boxes_to_tick_pairs_in_words_and_no_name_where_names_are_left_out(
    choir: Choir, size: pdf.Size
) -> None:
    choir.join("Rafiq Aziz")
    choir.join("Nasreen Aziz", comes_with="Rafiq Aziz")
    (session,) = choir.book()
    choir.open(session)
    with choir.vault.read() as db:
        named = papers.register_pdf(db, session, {}, size)
        nameless = papers.register_pdf(db, session, {}, size, names=False)
    assert "Nasreen Aziz, with Rafiq Aziz" in text(named)
    assert "Aziz" not in text(nameless)
    for data in (named, nameless):
        assert squares(data) == 3 * (2 + papers.WALK_INS)


def squares(data: bytes) -> int:
    """How many empty squares are drawn."""
    document = pypdfium2.PdfDocument(data)
    drawn = [each for page in document for each in page.get_objects() if each.type == PATH]
    found = 0
    for left, low, right, high in (each.get_bounds() for each in drawn):
        found += abs((right - left) - (high - low)) < 0.5 and right - left > 5
    document.close()
    return found


def test_a_grab_sheet_says_what_helps_and_whom_to_ring(choir: Choir) -> None:
    for name in ("Rafiq Aziz", "Dot Ellis", "Maggie Prys"):
        choir.join(name)
    rafiq, dot = choir.people["Rafiq Aziz"], choir.people["Dot Ellis"]
    wife = add_person(choir.vault, "Nasreen Aziz")
    with choir.vault.write("core") as db:
        db.add(Relation(person_id=rafiq, other_person_id=wife, kind="carer", may_contact=True))
        db.add(ContactPoint(person_id=wife, kind="phone", value="+447700900123"))
        db.add(ContactPoint(person_id=dot, kind="phone", value="+447700900456"))
        db.add(AccessNeed(person_id=rafiq, code="hearing_loop"))
    with choir.vault.read() as db:
        helps = register.needs_of(db, [rafiq, dot])
        said = text(papers.grab_sheet(db, choir.group_id, {}))
    assert helps == {rafiq: "Hearing loop"}
    assert "Hearing loop" in said
    assert "Nasreen Aziz" in said
    assert "07700 900123" in said
    assert "Their own telephone: 07700 900456" in said
    assert "Not recorded" in said


def test_warning_signs_stand_on_it_only_for_who_may_read_what_the_group_is_for(choir: Choir) -> None:
    with choir.vault.write("clinical") as db:
        service.save_profile(db, choir.group_id, ProfileDetails("own", warning_signs="Sudden silence"))
    with choir.vault.read() as db:
        assert "Sudden silence" in text(papers.grab_sheet(db, choir.group_id, {}))
    choir.vault.add_user("Sam Admin", ["admin"], PASSPHRASE, [])
    choir.vault.unlock("Sam Admin", PASSPHRASE)
    with choir.vault.read() as db:
        assert "Sudden silence" not in text(papers.grab_sheet(db, choir.group_id, {}))


def test_a_session_that_belongs_to_no_group_has_no_sheet(choir: Choir) -> None:
    with choir.vault.read() as db, pytest.raises(NotFound, match="belongs to no group"):
        papers.register_pdf(db, choir.group_id, {})
