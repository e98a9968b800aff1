"""The chronology: by when things happened, what was written when apart, whole or not, and on paper."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
from sqlalchemy import select

from tests.conftest import USER
from tests.plugins.safeguarding.conftest import NOW, SEEN, lead, raise_about
from tests.plugins.safeguarding.test_record import with_the_key
from therapydesk.core import audit, dates
from therapydesk.core.errors import UserError
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import service
from therapydesk.testing import add_person


def wish(*concern_ids: UUID, **more: Any) -> service.ChronologyWish:
    values = {"holder": "Dele Adeyemi, deputy lead", "reason": "Covers for Bethan from Thu 7 May"}
    return service.ChronologyWish(concern_ids, **(values | more))


def chronology(vault: Vault, wanted: service.ChronologyWish) -> service.Chronology:
    with vault.read() as db:
        return service.read_chronology(db, wanted)


def paper(vault: Vault, wanted: service.ChronologyWish, **more: Any) -> pypdfium2.PdfDocument:
    with vault.read() as db:
        return pypdfium2.PdfDocument(service.chronology_pdf(db, service.read_chronology(db, wanted), **more))


def words_of(document: pypdfium2.PdfDocument) -> str:
    pages = [page.get_textpage().get_text_range() for page in document]
    return " ".join(" ".join(pages).split())


def a_longer_story(vault: Vault, concern_id: UUID) -> None:
    lead(vault, service.mark_read, concern_id)
    dates.set_clock(lambda: NOW + timedelta(hours=2))
    easter = service.When(date(2026, 4, 6), exact=False)
    record = service.Record("Lends her bank card to Derek.", when=easter, says="Margaret-Anne, to Ruth")
    lead(vault, service.add_record, concern_id, record)


def test_rows_are_sorted_by_when_it_happened_and_not_by_when_it_was_written(
    vault: Vault, concern_id: UUID
) -> None:
    a_longer_story(vault, concern_id)
    rows = chronology(vault, wish(concern_id)).rows
    assert [row.happened for row in rows] == [
        "About Mon 6 Apr 2026",
        "Wed 6 May 2026 15:59",
        "Wed 6 May 2026 15:59",
    ]
    assert rows[0].written == f"{USER}\nWed 6 May 2026 17:59"
    assert rows[0].impact == ""
    assert rows[0].number == 1
    assert SEEN in rows[1].what


def test_corrections_stand_in_the_row_they_correct(vault: Vault, concern_id: UUID) -> None:
    with vault.read() as db:
        first = service.read_concern(db, concern_id).entries[0]
    lead(vault, service.correct_entry, first.id, "It was Monday.", "A slip.")
    liaison = lead(vault, service.add_liaison, concern_id, service.Liaison("Council", "What now?"))
    lead(vault, service.answer_liaison, liaison, "Stop the card.")
    rows = chronology(vault, wish(concern_id)).rows
    assert len(rows) == 2
    assert f"Correction, {USER}, Wed 6 May 2026 15:59: It was Monday." in rows[0].what
    assert rows[1].done == "Answer: Stop the card."


def test_concerns_are_chosen_one_by_one_or_by_person(vault: Vault, concern_id: UUID, person_id: UUID) -> None:
    iolo = add_person(vault, "Iolo Prys")
    other, third = raise_about(vault, iolo), raise_about(vault, iolo)
    lead(vault, service.link_person, concern_id, "helps", person_id=iolo)
    assert chronology(vault, wish(other)).numbers == (2,)
    assert chronology(vault, wish(person_ids=[person_id])).numbers == (1,)
    assert chronology(vault, wish(third, person_ids=[iolo])).numbers == (1, 2, 3)
    assert chronology(vault, wish(other, third)).about == ("Iolo Prys",)
    for broken, sentence in (
        (wish(), "at least one"),
        (wish(other, holder=" "), "whom this copy"),
        (wish(other, reason=""), "why it is made"),
    ):
        with pytest.raises(UserError, match=sentence):
            chronology(vault, broken)


def test_the_record_check_is_whole_and_a_changed_record_is_named_in_print(
    vault: Vault, concern_id: UUID
) -> None:
    a_longer_story(vault, concern_id)
    good = chronology(vault, wish(concern_id))
    assert good.whole
    assert (
        f"none changed since written. Words in quotation marks are as spoken. Record check {good.check}, whole"
        in (words_of(paper(vault, wish(concern_id))))
    )
    with_the_key(vault, lambda raw: raw.execute("UPDATE safeguarding_entry SET text = 'x' WHERE seq = 2"))
    bad = chronology(vault, wish(concern_id))
    assert not bad.whole
    assert "THE RECORD WAS CHANGED: entry 2 of the record of concern 1." in words_of(
        paper(vault, wish(concern_id))
    )


def test_the_print_is_landscape_with_holder_reason_and_who_made_it(vault: Vault, concern_id: UUID) -> None:
    a_longer_story(vault, concern_id)
    document = paper(vault, wish(concern_id, asked_by="Cardiff Council"))
    width, height = document[0].get_size()
    assert width > height
    text = words_of(document)
    for part in (
        "Chronology, concern 1",
        "Confidential: safeguarding",
        "For the person named as holder only",
        "Holder Dele Adeyemi, deputy lead",
        "Reason Covers for Bethan from Thu 7 May",
        "Asked by Cardiff Council",
        f"Made Wed 6 May 2026 17:59, {USER}",
        "About Margaret-Anne Tregaskis",
        "“I want my card back. I don’t want Derek in trouble.”",
        "About Mon 6 Apr 2026",
        "Not asked",
        "Signed:",
    ):
        assert part in text, part
    assert "Signed:" not in words_of(paper(vault, wish(concern_id), on_screen=True))


def test_large_print_is_portrait_with_a_block_for_each_entry(vault: Vault, concern_id: UUID) -> None:
    document = paper(vault, wish(concern_id), size="large")
    width, height = document[0].get_size()
    assert width < height
    assert "When it happened Wed 6 May 2026 15:59" in words_of(document)


def test_no_name_of_a_person_stands_in_the_title_of_the_file(vault: Vault, concern_id: UUID) -> None:
    made = chronology(vault, wish(concern_id, raise_about(vault, None, about_name="Sioned")))
    assert made.title == "Chronology, concerns 1, 2"
    document = paper(vault, wish(concern_id))
    assert document.get_metadata_value("Title") == "Chronology, concern 1"
    assert "Tregaskis" not in json.dumps(document.get_metadata_dict())


def test_who_it_was_made_for_and_why_stands_in_the_log(vault: Vault, concern_id: UUID) -> None:
    made = chronology(vault, wish(concern_id, asked_by="Council"))
    lead(vault, service.log_chronology, made, "print")
    log = audit.ENTRIES["safeguarding"]
    with vault.read() as db:
        (detail,) = db.scalars(select(log.detail).where(log.action == "print"))
    assert json.loads(detail) == {
        "what": "chronology",
        "concerns": [1],
        "holder": made.wish.holder,
        "reason": made.wish.reason,
        "asked_by": "Council",
        "check": made.check,
    }
    lead(vault, service.log_chronology, made, "save")
    with vault.read() as db:
        assert len(db.scalars(select(log.detail).where(log.action == "export")).all()) == 1
    with pytest.raises(UserError):
        lead(vault, service.log_chronology, made, "sing")


def test_many_concerns_at_once_have_a_short_title_and_go_over_pages(vault: Vault) -> None:
    with vault.write("core") as db:
        for n in range(40):
            name = f"Somebody with a long name, number {n} of those who were there"
            service.raise_concern(db, service.NewConcern("Was there.", about_name=name))
    vault.settle()
    with vault.read() as db:
        ids = [row.id for row in service.list_concerns(db)]
    made = chronology(vault, wish(*ids))
    assert (made.title, made.short_title) == ("Chronology, 40 concerns", "40 concerns")
    for size in ("normal", "large"):
        assert "number 39 of those" in words_of(paper(vault, wish(*ids), size=size))
    with pytest.raises(UserError, match="300 letters"):
        chronology(vault, wish(ids[0], reason="x" * 301))


def test_a_long_record_goes_over_pages(vault: Vault, concern_id: UUID) -> None:
    with vault.write("safeguarding") as db:
        for n in range(60):
            service.add_record(db, concern_id, service.Record(f"Visit {n}. " + "She sang. " * 30))
    document = paper(vault, wish(concern_id))
    assert len(document) > 5
    assert "Visit 59." in words_of(document)
    assert "End of chronology: 61 entries" in words_of(document)
