from __future__ import annotations

import codecs

import pytest

from therapydesk.core.parsing.decode import decode
from therapydesk.core.parsing.refusal import Refused

NAMES = "name;town\nSiân;Caerfyrddin\nZoë O’Brien;Café £20\nJosé;Bryn-y-môr\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_names_are_read_without_doubt(encoding: str) -> None:
    assert decode(NAMES.encode(encoding)) == (NAMES, [])


def test_wide_encodings_with_their_marks() -> None:
    assert decode(codecs.BOM_UTF16_BE + NAMES.encode("utf-16-be"))[0] == NAMES
    assert decode(codecs.BOM_UTF32_LE + NAMES.encode("utf-32-le"))[0] == NAMES


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("iso8859_14", "name;town\nTŷ Bach;Caerdydd\nSiân Ŵyn;Pwllheli\n"),
        ("mac_roman", "name;town\nSiân;Caerfyrddin\nZoë;José\n"),
        ("cp850", "name;town\nSiân;Café £20\nZoë;José\n"),
        ("cp1250", "name;town\nŁukasz Wójcik;Kraków\nŻaneta Śliwińska;Gdańsk\n"),
        ("cp1251", "имя;город\nИван Петров;Москва\nОльга Иванова;Санкт\n"),
    ],
)
def test_other_encodings_are_guessed_and_the_doubt_is_told(encoding: str, text: str) -> None:
    read, doubts = decode(text.encode(encoding))
    assert read == text
    assert len(doubts) == 1


def test_a_few_wrong_bytes_in_utf8_are_mended() -> None:
    text, doubts = decode("Siân Évans\n".encode() * 50 + "Zoë\n".encode("cp1252"))
    assert text.endswith("Siân Évans\nZoë\n")
    assert len(doubts) == 1


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(Refused):
        decode(bytes(range(1, 32)) * 40)
