"""Switching modules on the command line asks for the role, as Settings, Modules does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE, USER
from therapydesk.cli import main as cli
from therapydesk.core.plugins import Plugins
from therapydesk.core.settings import MachineSettings
from therapydesk.core.vault.keys import Kdf
from therapydesk.core.vault.vault import Vault

Run = Callable[..., int]


@pytest.fixture
def run(plugins: Plugins, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run(user, words…)` is the exit status of a command in a practice of an owner and the admin Nia."""
    monkeypatch.setattr("therapydesk.core.settings.user_config_path", lambda *_a, **_k: tmp_path / "config")
    shutil.copytree(template, tmp_path / "vault")
    vault = Vault.open(tmp_path / "vault", host=plugins)
    vault.kdf = Kdf.minimum()
    vault.unlock(USER, PASSPHRASE)
    vault.add_user("Nia", ["admin"], PASSPHRASE, [])
    vault.close()
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE)
    access = ["--vault", str(tmp_path / "vault"), "--passphrase-file", str(secret), "--no-plugins"]
    return lambda user, *words: cli.run([*words, *access, "--user", user])


def test_an_owner_switches_a_module_off_and_on(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(USER, "modules", "off", "notes", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"id": "notes", "on": False}
    assert MachineSettings().modules_off == ["notes"]
    assert run(USER, "modules", "on", "notes") == 0
    assert MachineSettings().modules_off == []


@pytest.mark.parametrize("word", ["on", "off"])
def test_an_admin_is_refused_and_nothing_is_switched(
    run: Run, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    assert run("Nia", "modules", word, "notes") == 2
    said = capsys.readouterr()
    assert said.err == "Your role does not include this. These roles can: Owner.\n"
    assert said.out == ""
    assert MachineSettings().modules_off == []


def test_without_a_vault_nobody_is_let_in(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["modules", "off", "notes"]) == 2
    assert "No vault was named" in capsys.readouterr().err


def test_a_module_that_is_not_there_is_named(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(USER, "modules", "off", "nothing") == 2
    assert "There is no module called “nothing”." in capsys.readouterr().err


def test_the_list_needs_no_vault(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["modules", "list", "--no-plugins"]) == 0
    assert "notes" in capsys.readouterr().out
