"""The words on screen: gettext, and the practice's own word for a person."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

Language = Literal["en", "cy", "pseudo"]
LANGUAGES: tuple[Language, ...] = ("en", "cy", "pseudo")
_OWN_NAMES: dict[Language, str] = {"en": "English", "cy": "Cymraeg"}
DOMAIN = "therapydesk"
LOCALE_DIR = Path(__file__).with_name("resources") / "locale"

_KEEP = re.compile(r"(\{[^{}]*\}|<[^<>]*>|&[a-z#0-9]+;|%[sd]|https?://\S+)")
_LETTERS = str.maketrans("aeiouwyAEIOUWYdnl", "âêîôûŵŷÂÊÎÔÛŴŶđñł")


class _Pseudo(gettext.NullTranslations):
    """Made-up Welsh, 40 % longer than English, so that text that does not fit or was not marked shows."""

    def gettext(self, message: str) -> str:
        parts = _KEEP.split(message)
        words = "".join(part if n % 2 else part.translate(_LETTERS) for n, part in enumerate(parts))
        letters = len(message)
        return words + ("·" + "ŵŷllch" * letters)[: round(letters * 0.4)] if letters else words

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_language: Language = "en"
_added: list[Path] = []  # folders of translations that modules bring
_person_key = "person"


def set_language(language: Language) -> None:
    """Choose the language of everything shown from now on; what has no translation stays English."""
    global _catalogue, _language
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}")
    _language = language
    if language == "pseudo":
        _catalogue = _Pseudo()
    else:
        _catalogue = gettext.translation(DOMAIN, str(LOCALE_DIR), [language], fallback=True)
        for folder in _added:
            _catalogue.add_fallback(gettext.translation(DOMAIN, str(folder), [language], fallback=True))


def add_words(folder: Path) -> None:
    """Take in the translations of a module that was added; where the program has a text too, its own counts.

    They lie in `<folder>/<language>/LC_MESSAGES/therapydesk.mo`; what is not there stays English.
    """
    if folder not in _added:
        _added.append(folder)
        set_language(_language)


def languages() -> list[tuple[Language, str]]:
    """The languages to choose from, as code and own name: English, and each whose catalogue is there."""
    return [
        (code, name)
        for code, name in _OWN_NAMES.items()
        if code == "en" or gettext.find(DOMAIN, str(LOCALE_DIR), [code])
    ]


def language() -> Language:
    """The language that is set."""
    return _language


def tr(text: str) -> str:
    """The text in the user's language. Placeholders are named and filled in afterwards with .format()."""
    return _catalogue.gettext(text) if text else text


def ntr(one: str, many: str, n: int) -> str:
    """The text for a count; {n} is filled in here."""
    text = _catalogue.ngettext(one, many, n)
    return text.replace("{n}", str(n))


def mark(text: str) -> str:
    """Mark a text for translation that is translated later, when it is shown."""
    return text


# The words a practice may choose from for the people it works with (Settings › Practice).
PERSON_WORDS: dict[str, Callable[[int], str]] = {
    "person": lambda n: ntr("person", "people", n),
    "client": lambda n: ntr("client", "clients", n),
    "member": lambda n: ntr("member", "members", n),
    "participant": lambda n: ntr("participant", "participants", n),
    "patient": lambda n: ntr("patient", "patients", n),
    "pupil": lambda n: ntr("pupil", "pupils", n),
}


def set_person_word(key: str) -> None:
    """Choose the practice's word for a person, a key of PERSON_WORDS."""
    global _person_key
    if key not in PERSON_WORDS:
        raise ValueError(f"unknown word for a person {key!r}")
    _person_key = key


def person_word(n: int = 1, capital: bool = False) -> str:
    """The practice's word for a person, for n of them: "person", "people", "clients"."""
    word = PERSON_WORDS[_person_key](n)
    return word[:1].upper() + word[1:] if capital else word
