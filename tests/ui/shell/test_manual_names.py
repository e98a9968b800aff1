"""What the manual names by its name (a button, a menu, a heading) is there under that very name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from therapydesk.core.words import LOCALE_DIR

MANUAL = Path(__file__).parents[3] / "docs" / "manual"
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
NAMED = re.compile(r"\*\*([^*]+)\*\*|(?<!\*)\*([^*\n]+)\*(?!\*)|\"([^\"\n]+)\"|“([^”\n]+)”")
KEY = re.compile(r"(?:(?:Ctrl|Alt|Shift)\+)*(?:.|F\d+|Up|Down|Left|Right|Enter|Delete|Backspace)")
MENU = re.compile(r"\b(File|Edit|View|Go|Person|Care|Tools|Help|Settings), ([A-Z][A-Za-z]*)")
LEAST = 6  # letters of a text with something put in, so that it does not fit everything
# Stressed words, headings of a list and examples of what people type or say: no names of anything on a screen.
NOT_NAMES = {
    *(
        "and",
        "backup",
        "different",
        "not",
        "reported of their health",
        "comes with a member",
        "in which role",
    ),
    *(
        "two folders",
        "one of them outside this computer",
        "Leave it there, and copy it along",
        "Change passwords",
    ),
    *(
        "Are you sure that it is them",
        "If it is complex, or one of several from them",
        "Serious harm",
        "Tell",
    ),
    *(
        "Is it really closed?",
        "Write down when and where",
        "Did somebody know the passphrase",
        "peer navigator",
    ),
    *(
        "The recovery kit was in the bag, too?",
        "Their words",
        "What stops an invoice",
        "A signed note cannot be changed",
    ),
    *("A room or a therapist that is taken", "agreed that this is shown to the practice", "came for", "+"),
    *("A workshop or meeting", "A role", "A key", "Giving a key", "Taking a key, or removing somebody"),
    *(
        "A module that you added",
        "own caseload",
        "What the lead tells",
        "Notes on safety",
        "Is anyone in danger now?",
    ),
    *("What you have seen, heard or been told", "When and where", "What you have done, and who knows"),
    *(
        "the woman next door",
        "On another computer",
        "in words",
        "loss of a child",
        "ask at the café",
        "about 15:50",
    ),
    *(
        "wyn",
        "Zed",
        "Carys Bowen",
        "07700 900123",
        "Calon Lân, sung together, F major",
        "Interval",
        "tue",
        "yesterday",
    ),
    *("Speak to Bethan before a visit", "not sure", "the person", "Concern 7 is with Bethan"),
    # Names that are put together from parts.
    *(
        "Add person",
        "Locks in 60 seconds",
        "Died on",
        "Draft saved",
        "All 12",
        "Send to … and seal",
        "2 earlier answers",
    ),
}


@cache
def catalogue() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Every text of the program as it is compared, and those with something put in as patterns."""
    texts: set[Any] = {
        text
        for message in read_po((LOCALE_DIR / "therapydesk.pot").read_text("utf-8").splitlines())
        for text in (message.id if isinstance(message.id, tuple) else (message.id,))
    }
    shapes = [
        compared(text) for text in texts if "{" in text and len(re.sub(r"\{\w+\}|\W", "", text)) >= LEAST
    ]
    patterns = (".+".join(map(re.escape, re.split(r"\{\w+\}", shape))) for shape in shapes)
    return frozenset(map(compared, texts)), tuple(map(re.compile, patterns))


def compared(text: str) -> str:
    """Without the end of a sentence, and with one space where a line was broken."""
    return " ".join(text.split()).rstrip(".:,;… ").replace("’", "'").lower()


def names(page: str) -> Iterator[str]:
    for match in NAMED.finditer(CODE.sub("", page)):
        name = next(group for group in match.groups() if group)
        if not KEY.fullmatch(name.strip()) and compared(name) not in map(compared, NOT_NAMES):
            yield name


def is_there(name: str) -> bool:
    texts, patterns = catalogue()
    said = compared(name)
    return said in texts or any(pattern.fullmatch(said) for pattern in patterns)


@pytest.mark.parametrize("page", sorted(MANUAL.glob("*.md")), ids=lambda page: page.stem)
def test_what_a_page_names_is_called_so(page: Path) -> None:
    text = page.read_text("utf-8")
    assert [name for name in names(text) if not is_there(name)] == []
    begins = {said.split()[0] for said in catalogue()[0] if said}
    assert [words for _menu, words in MENU.findall(CODE.sub("", text)) if words.lower() not in begins] == []


def test_a_name_that_is_nowhere_is_found() -> None:
    wrong = 'Press **Frobnicate it**, then *Save the frob* or "Frob all".'
    assert [name for name in names(wrong) if not is_there(name)] == [
        "Frobnicate it",
        "Save the frob",
        "Frob all",
    ]


def test_nothing_is_let_off_that_no_page_says() -> None:
    pages = " ".join(compared(page.read_text("utf-8")) for page in MANUAL.glob("*.md"))
    assert [name for name in NOT_NAMES if compared(name) not in pages] == []
