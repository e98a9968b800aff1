"""Every text on screen reaches the file that translators begin with; only languages that are there are offered."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import therapydesk
from therapydesk.built_in import BUILT_IN
from therapydesk.core import words
from therapydesk.core.data_words import shown_texts
from therapydesk.core.plugins import load_all
from therapydesk.core.tables import ZONES, Base
from therapydesk.plugins.invoicing.terms import vat_reasons
from therapydesk.plugins.notes.templates import templates
from therapydesk.plugins.referrals.words import Decision, answer_reasons
from therapydesk.records.appointment_words import absence_reasons
from therapydesk.records.coded_lists import coded_list
from therapydesk.records.subject_labels import QUIET, label
from therapydesk.records.subject_sources import personal_tables
from therapydesk.records.subject_texts import table_texts

PACKAGE = Path(therapydesk.__file__).parent
# made-up people, rights, headings of other people's files, codes and days
NOT_SHOWN = re.compile(
    r"demo/|core/permissions\.csv|core/parsing/|core/resources/bank_holidays|plugins/\w+/rules/"
)
NUMBERS = {"tr": (1,), "ntr": (1, 2), "mark": (1,)}
MARKED = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.BoolOp)  # marked where they are written


def spoken(code: Path) -> Iterator[tuple[str, ...]]:
    """The texts of each call of tr, ntr or mark in a file, as Python reads it; a text put together raises."""
    for node in ast.walk(ast.parse(code.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NUMBERS:
            given = node.args[: len(NUMBERS[node.func.id])]
            if not isinstance(given[0], MARKED):
                yield tuple(ast.literal_eval(text) for text in given)


def test_every_text_on_screen_can_be_extracted() -> None:
    found = {
        message if isinstance(message, tuple) else (message,)
        for _file, _line, message, _comments, _context in extract_from_dir(PACKAGE, keywords=NUMBERS)
    }
    assert len(found) > 1000
    assert not {said for code in PACKAGE.rglob("*.py") for said in spoken(code)} - found


def test_the_file_for_translators_can_be_read_and_has_no_line_numbers() -> None:
    text = (words.LOCALE_DIR / "therapydesk.pot").read_text("utf-8")
    assert len(read_po(text.splitlines())) > 1000
    assert "\n#: " not in text
    assert "Date" not in text.split("\nmsgid ")[0]


def test_every_text_of_a_data_file_is_in_the_file_for_translators() -> None:
    there = {m.id for m in read_po((words.LOCALE_DIR / "therapydesk.pot").read_text("utf-8").splitlines())}
    missing = {}
    for path in PACKAGE.rglob("*"):
        name = path.relative_to(PACKAGE).as_posix()
        if path.suffix in (".csv", ".json") and not NOT_SHOWN.match(name):
            found = set(shown_texts(name, path.read_text("utf-8")))
            missing.update({name: found - there} if found - there else {})
    assert missing == {}, "python3 dev.py words"


def test_what_tables_say_of_themselves_is_in_the_file_for_translators() -> None:
    there = {m.id for m in read_po((words.LOCALE_DIR / "therapydesk.pot").read_text("utf-8").splitlines())}
    plugins = load_all(BUILT_IN, {}, (), contrib=False)
    assert plugins.loaded
    ours = {m.local_table for m in Base.registry.mappers if m.class_.__module__.startswith("therapydesk.")}
    sources = [source for zone in ZONES for source in personal_tables(zone) if source.table in ours]
    said = {text for each in sources if each.privacy for text in (each.privacy.title, each.privacy.reason)}
    said |= {label(column.name) for each in sources for column in each.table.c if column.name not in QUIET}
    assert len(said) > 150
    assert said - there == set(), "python3 dev.py words"


def test_what_a_table_says_is_found_in_its_code() -> None:
    code = (
        "class A(Base):\n"
        "    privacy = Privacy('What you like', 'contact', Erase.DELETE, 'a reason')\n"
        "    liked_on: Mapped[date] = mapped_column()\n"
        "    row_version: Mapped[int]\n"
        "    plain: int = 3\n"
    )
    assert sorted(table_texts(code)) == ["Liked", "What you like", "a reason"]


def test_what_a_data_file_shows_is_found_in_it(tmp_path: Path) -> None:
    nested = '[{"id": "a", "title": "One", "prompts": [{"hint": "Two", "source": "x"}], "words": ["Three", "Four"]}]'
    assert list(shown_texts("a.json", nested)) == ["One", "Two", "Three", "Four"]
    assert list(shown_texts("a.csv", "code,words\nb,Five\nc,\n")) == ["Five"]


def test_data_files_speak_the_language_that_is_set() -> None:
    words.set_language("pseudo")
    try:
        shown = [
            *(template.title for template in templates()),
            *(prompt.title for template in templates() for prompt in template.prompts),
            *(text for reason in vat_reasons() for text in (reason.title, reason.text)),
            *(text for name in ("access_needs", "close_reasons") for _code, text in coded_list(name)),
            *(reason.title for reason in absence_reasons()),
            *(reason.title for reason in answer_reasons(Decision.NOT_FOR_US)),
        ]
    finally:
        words.set_language("en")
    assert len(shown) > 30
    assert not [text for text in shown if "ŵ" not in text]


def test_a_language_is_offered_once_its_catalogue_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "LOCALE_DIR", tmp_path)
    assert words.languages() == [("en", "English")]
    there = tmp_path / "cy" / "LC_MESSAGES" / f"{words.DOMAIN}.mo"
    there.parent.mkdir(parents=True)
    with there.open("wb") as out:
        write_mo(out, read_po(['msgid "Diary"', 'msgstr "Dyddiadur"'], locale="cy"))
    assert words.languages() == [("en", "English"), ("cy", "Cymraeg")]
    words.set_language("cy")
    assert words.tr("Diary") == "Dyddiadur"
    words.set_language("en")
