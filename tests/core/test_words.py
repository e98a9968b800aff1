"""Languages, counts, and the practice's word for a person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from therapydesk.core import words


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    words.set_language("en")
    words.set_person_word("person")


def test_english_is_what_stands_in_the_code() -> None:
    assert words.tr("Sign note") == "Sign note"
    assert words.tr("") == ""
    assert words.ntr("one session", "{n} sessions", 1) == "one session"
    assert words.ntr("one session", "{n} sessions", 0) == "0 sessions"
    assert words.ntr("one session", "{n} sessions", 3) == "3 sessions"


def test_what_has_no_translation_stays_english() -> None:
    words.set_language("cy")
    assert words.language() == "cy"
    assert words.tr("A sentence that no catalogue has") == "A sentence that no catalogue has"


def test_made_up_welsh_is_longer_and_keeps_placeholders() -> None:
    words.set_language("pseudo")
    english = "Send to {count} people by <b>post</b>"
    shown = words.tr(english)
    assert shown != english
    assert len(shown) >= len(english) * 1.4 - 1
    assert "<b>" in shown
    assert "3" in shown.format(count=3)
    assert "3" in words.ntr("{n} session", "{n} sessions", 3)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown language"):
        words.set_language("xx")  # type: ignore[arg-type]  # that is the test


def test_the_practice_chooses_its_word_for_a_person() -> None:
    assert words.person_word() == "person"
    assert words.person_word(2) == "people"
    words.set_person_word("client")
    assert words.person_word(2, capital=True) == "Clients"
    with pytest.raises(ValueError, match="unknown word"):
        words.set_person_word("case")


def test_every_word_has_one_and_many() -> None:
    for word in words.PERSON_WORDS.values():
        assert word(1) != word(2)


def test_a_module_brings_its_own_translations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_added", [])
    catalogue = Catalog(locale="cy")
    catalogue.add("A greeting of this module", "Cyfarchiad y modiwl hwn")
    place = tmp_path / "cy" / "LC_MESSAGES" / "therapydesk.mo"
    place.parent.mkdir(parents=True)
    with place.open("wb") as file:
        write_mo(file, catalogue)
    words.set_language("cy")
    assert words.tr("A greeting of this module") == "A greeting of this module"
    words.add_words(tmp_path)
    assert words.tr("A greeting of this module") == "Cyfarchiad y modiwl hwn"
    words.set_language("en")
    assert words.tr("A greeting of this module") == "A greeting of this module"
