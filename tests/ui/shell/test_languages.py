"""Language is asked only where there is more than one to choose from."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from tests.ui.shell.conftest import SignIn
from therapydesk.core import words
from therapydesk.core.plugins import Plugins
from therapydesk.ui.kit.forms import Form
from therapydesk.ui.shell.first_run import FirstRun
from therapydesk.ui.shell.settings_window import SettingsWindow


@pytest.fixture(params=[False, True], ids=["english only", "with Welsh"])
def welsh(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(words, "LOCALE_DIR", tmp_path)
    if request.param:
        there = tmp_path / "cy" / "LC_MESSAGES" / "therapydesk.mo"
        there.parent.mkdir(parents=True)
        there.touch()
    return bool(request.param)


def choices(form: Form) -> list[str]:
    field = form.field("language")
    assert isinstance(field, QComboBox)
    return [field.itemText(n) for n in range(field.count())]


def test_settings_ask_for_a_language_only_when_there_are_two(
    sign_in: SignIn, qtbot: QtBot, welsh: bool
) -> None:
    page = SettingsWindow(sign_in("Nia Admin"), lambda: None, lambda: None, "")
    qtbot.addWidget(page)
    page.groups.setCurrentRow([page.groups.item(n).text() for n in range(page.groups.count())].index("Look"))
    form = next(f for f in page.findChildren(Form) if "theme" in f.values())
    assert ("language" in form.values()) == welsh
    assert choices(form) == (["English", "Cymraeg"] if welsh else ["English"])


def test_the_first_step_asks_for_a_language_only_when_there_are_two(
    sign_in: SignIn, plugins: Plugins, qtbot: QtBot, welsh: bool
) -> None:
    desk = sign_in("Nia Admin")
    first = FirstRun(desk.settings, desk.jobs, lambda: plugins, lambda: None, lambda *_args: None)
    qtbot.addWidget(first)
    assert ("language" in first._look_form.values()) == welsh
    assert any(label.text() == "Text and look" for _mark, label in first.steps._rows) != welsh
    first._take_look()
    assert desk.settings.language == "en"
