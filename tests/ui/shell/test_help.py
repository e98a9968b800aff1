"""F1: each screen has its page in the manual, and the pages lead to one another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from therapydesk.ui.shell.help_window import HelpWindow, manual_page

ROOT = Path(__file__).parents[3]
MANUAL = ROOT / "docs" / "manual"
HELP = re.compile(r'^    help_name = "([a-z-]+)"$', re.MULTILINE)
LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")
SCREENS = sorted(
    {name for file in (ROOT / "therapydesk").rglob("*.py") for name in HELP.findall(file.read_text("utf-8"))}
)


def test_there_are_screens_with_help() -> None:
    assert {"today", "people", "settings", "import"} <= set(SCREENS)


@pytest.mark.parametrize("name", SCREENS)
def test_each_screen_has_a_page(name: str) -> None:
    page = (MANUAL / f"{name}.md").read_text("utf-8")
    assert page.startswith("# ")
    assert manual_page(name) == page


@pytest.mark.parametrize("page", sorted(MANUAL.glob("*.md")), ids=lambda page: page.stem)
def test_every_link_leads_to_a_page(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        assert (MANUAL / target).is_file(), target


def test_every_page_is_reached_from_the_first() -> None:
    reached = set(LINK.findall(manual_page("start")))
    assert {page.name for page in MANUAL.glob("*.md")} == reached | {"start.md"}


def test_an_unknown_page_is_the_list_of_all(qtbot: QtBot) -> None:
    assert manual_page("nothing") == manual_page("start")
    window = HelpWindow(None, "settings")  # type: ignore[arg-type]  # alone, without the main window
    qtbot.addWidget(window)
    assert window.text.toPlainText().startswith("Settings")
    window.show_page("start")
    assert window.text.toPlainText().startswith("Help")
