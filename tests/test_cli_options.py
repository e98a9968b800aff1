"""Options that all commands take: where they may stand, and what goes before what."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE, USER
from therapydesk.cli import main as cli


@pytest.fixture
def access(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Who and with what; the environment names a vault that is there."""
    monkeypatch.setattr("therapydesk.core.settings.user_config_path", lambda *_a, **_k: tmp_path / "config")
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE)
    monkeypatch.setenv("THERAPYDESK_VAULT", str(template))
    return ["--user", USER, "--passphrase-file", str(secret), "--no-plugins"]


@pytest.mark.parametrize("before", [True, False])
def test_the_vault_of_the_option_goes_before_that_of_the_environment(
    access: list[str], before: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = ["--vault", str(tmp_path / "nowhere")]
    words = [*named, "people", "list"] if before else ["people", "list", *named]
    assert cli.run([*access, *words]) == 2
    assert "holds no TherapyDesk vault" in capsys.readouterr().err


def test_a_check_that_finds_something_ends_with_status_two(
    access: list[str], template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(template, tmp_path / "vault"))
    words = [*access, "--vault", str(folder), "vault", "check"]
    assert cli.run(words) == 0
    path = folder / "safeguarding" / "g1" / "zone.db"
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)
    assert cli.run(words) == 2
    assert "safeguarding/g1/zone.db" in capsys.readouterr().out
