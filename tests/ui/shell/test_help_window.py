"""F1: the manual's page of a screen, ours and those of modules that were added."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from therapydesk.ui.shell.help_window import HelpWindow, manual_page


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module with a manual page of its own."""
    folder = tmp_path / "added_module" / "manual"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "tuning.md").write_text("# Tuning\n\nSee also: [people](people.md).")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return "added_module"


def test_a_page_that_is_not_there_gives_the_list_of_pages() -> None:
    assert manual_page("notes").startswith("# Notes")
    assert manual_page("nowhere").startswith("# Help")


def test_an_added_module_brings_its_own_page_which_leads_to_ours(package: str, qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    window = HelpWindow(parent, "tuning", package)
    assert window.text.toPlainText().startswith("Tuning")
    window.show_page("people")
    assert window.text.toPlainText().startswith("People")
    assert manual_page("tuning").startswith("# Help")
    window.close()
