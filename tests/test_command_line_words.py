"""The command line as somebody meets it on the worst day: one sentence, the right exit status, and no flood of anything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE, USER, add_users
from therapydesk.cli import main as cli
from therapydesk.core.errors import UserError
from therapydesk.core.plugins import Plugins

Printed = pytest.CaptureFixture[str]


def program(home: Path, *words: object, code: str = "") -> subprocess.CompletedProcess[str]:
    """The program in a process of its own; `code` is run in it first."""
    start = f"{code}\nfrom therapydesk.__main__ import main\nmain()"
    env = {**os.environ, "HOME": str(home), "XDG_STATE_HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    command = [sys.executable, "-c", start, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False, timeout=120)


def log_of(home: Path, name: str) -> str:
    (found,) = home.rglob(name)
    assert found.stat().st_mode & 0o777 == 0o600
    return found.read_text("utf-8")


@pytest.fixture
def access(template: Path, plugins: Plugins, tmp_path: Path) -> list[str]:
    """How to sign in to a practice with an owner, who holds every key, and somebody in the office."""
    add_users(template, tmp_path / "practice", plugins, {"Nia Admin": (("admin",), ())})
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    named = ["--vault", str(tmp_path / "practice"), "--passphrase-file", str(tmp_path / "passphrase")]
    return [*named, "--no-plugins"]


def test_a_fault_is_one_line_and_its_details_are_in_the_log(access: list[str], tmp_path: Path) -> None:
    fault = "from therapydesk.core.vault.vault import Vault\nVault.check = lambda self: 1 // 0"
    done = program(tmp_path / "home", "vault", "check", *access, "--user", USER, code=fault)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("It did not work, and nothing was saved (ZeroDivisionError")
    assert "ZeroDivisionError" in log_of(tmp_path / "home", "therapydesk.log")


def test_damage_is_told_in_sentences_and_what_the_engine_says_is_in_a_file(
    access: list[str], tmp_path: Path
) -> None:
    (tmp_path / "stick").mkdir()
    who = [*access, "--user", USER]
    assert program(tmp_path / "home", "vault", "backup", "--to", tmp_path / "stick", *who).returncode == 0
    (backup,) = (tmp_path / "stick").glob("*.tdbackup")
    content = bytearray(backup.read_bytes())
    for place in range(100_000, 1_000_000, 8192):  # many pages of core, some of them with rows
        content[place] ^= 1
    backup.write_bytes(content)
    done = program(tmp_path / "home", "vault", "rescue", backup, "--to", tmp_path / "out", *who)
    assert done.returncode == 2
    assert "core: nothing of it can be read." in done.stdout
    assert done.stderr == ""
    assert "hmac check failed" in log_of(tmp_path / "home", "sqlcipher.log")  # the control: it did say so


def test_who_holds_one_key_is_not_told_that_all_is_sound(access: list[str], capsys: Printed) -> None:
    assert cli.run(["vault", "check", *access, "--user", "Nia Admin"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "What your keys open is sound.",
        "Not looked at, since you do not hold the key: clinical, safeguarding.",
    ]
    assert cli.run(["vault", "check", *access, "--user", USER]) == 0
    assert capsys.readouterr().out.splitlines() == ["The vault is sound."]


@pytest.mark.parametrize("place", ["/proc/nothing/here", "{file}/below", "{long}"])
@pytest.mark.parametrize("command", ["create", "restore", "rescue", "export-copy"])
def test_a_folder_that_cannot_be_made_is_one_sentence(
    access: list[str], capsys: Printed, tmp_path: Path, place: str, command: str
) -> None:
    (tmp_path / "stick").mkdir()
    who = [*access, "--user", USER]
    assert cli.run(["vault", "backup", "--to", str(tmp_path / "stick"), *who]) == 0
    (backup,) = map(str, (tmp_path / "stick").glob("*.tdbackup"))
    to = place.format(file=backup, long=tmp_path / ("x" * 300))
    words = {"create": [to], "export-copy": ["--to", to]}.get(command, [backup, "--to", to])
    before = sorted(path.name for path in tmp_path.iterdir())
    capsys.readouterr()
    assert cli.run(["vault", command, *words, *who]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(("Choose another folder.", "Choose a new or an empty folder."))
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_recovery_code_whose_file_cannot_be_written_is_shown_instead(
    capsys: Printed, tmp_path: Path
) -> None:
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    words = ["--user", "Ann", "--passphrase-file", str(tmp_path / "passphrase"), "--no-plugins"]
    made = ["vault", "create", str(tmp_path / "one"), "--kit-file", str(tmp_path / "no" / "kit"), *words]
    assert cli.run(made) == 0
    failed, code = capsys.readouterr().out.splitlines()
    assert failed.startswith("The file could not be saved")
    assert len(code.rsplit(": ", 1)[1].split("-")) == 8
    assert (
        cli.run(["vault", "create", str(tmp_path / "two"), "--kit-file", str(tmp_path / "kit"), *words]) == 0
    )
    said = capsys.readouterr().out
    code = (tmp_path / "kit").read_text().strip()
    assert code not in said
    assert f"The recovery code is in {tmp_path / 'kit'}" in said


def test_saving_what_can_be_read_of_a_sound_practice_keeps_no_copy(
    access: list[str], capsys: Printed, tmp_path: Path
) -> None:
    assert cli.run(["vault", "salvage", *access, "--user", USER]) == 0
    assert "kept in" not in capsys.readouterr().out
    assert not list((tmp_path / "practice").glob("damaged/*"))


def test_a_sentence_that_ends_in_a_name_is_ended_before_the_next() -> None:
    assert str(UserError("Damaged: users.json", "Nothing was changed.")) == (
        "Damaged: users.json. Nothing was changed."
    )
    assert str(UserError("It is damaged.", "Nothing was changed.")) == "It is damaged. Nothing was changed."
    assert str(UserError("Damaged: users.json")) == "Damaged: users.json"
