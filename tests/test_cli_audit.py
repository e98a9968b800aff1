"""`audit verify` and `audit export` on the command line."""

from __future__ import annotations

import json
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE, USER, opened_copy
from tests.core.test_audit import add_person, tamper
from tests.keyrings import Memory
from therapydesk.cli import main as cli
from therapydesk.core.plugins import Plugins

Run = Callable[..., int]


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "vault"))


@pytest.fixture
def run(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("therapydesk.core.settings.user_config_path", lambda *_a, **_k: tmp_path / "config")
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE)
    access = ["--vault", str(folder), "--user", USER, "--passphrase-file", str(secret), "--no-plugins"]
    return lambda *words: cli.run([*access, "audit", *words])


def change(folder: Path, plugins: Plugins, tmp_path: Path, statement: str) -> None:
    """Tamper with the vault in `folder` while nobody has it open."""
    vault = opened_copy(folder, tmp_path / "work", plugins)
    vault.unlock(USER, PASSPHRASE)
    add_person(vault)
    tamper(vault, statement)
    vault.close()
    shutil.rmtree(folder)
    shutil.move(tmp_path / "work", folder)


def test_a_sound_log_ends_with_status_zero(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify", "--full") == 0
    said = capsys.readouterr().out
    assert "core: " in said
    assert "all fit" in said
    assert "no keyring" in said


def test_a_broken_log_ends_with_status_two_and_the_entry_is_named(
    run: Run, folder: Path, plugins: Plugins, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder, plugins, tmp_path, "UPDATE audit_entry SET role = 'x' WHERE seq = 2")
    assert run("verify", "--full", "--zone", "core") == 2
    assert "core: entry 2 does not fit: it was changed." in capsys.readouterr().out
    assert run("verify", "--full", "--json") == 2
    data = json.loads(capsys.readouterr().out)
    assert data["sound"] is False
    assert [z["broken_at"] for z in data["zones"] if z["zone"] == "core"] == [2]


def test_what_was_found_before_is_told_by_a_short_check_too(
    run: Run, folder: Path, plugins: Plugins, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder, plugins, tmp_path, "UPDATE audit_entry SET role = 'x' WHERE seq = 2")
    assert run("verify") == 0  # the control: nobody has looked that far yet, and it says so
    assert "with --full all of it is" in capsys.readouterr().out
    assert run("verify", "--full") == 2
    said = capsys.readouterr().out
    assert "nobody has explained it" not in said  # it is told once
    assert "with --full" not in said
    assert run("verify") == 2
    assert "core: entry 2 does not fit: it was changed. Found on" in capsys.readouterr().out
    assert run("verify", "--json") == 2
    data = json.loads(capsys.readouterr().out)
    assert (data["sound"], data["full"]) == (False, False)
    assert [(k["zone"], k["entry"]) for k in data["not_explained"]] == [("core", 2)]
    assert run("verify", "--zone", "clinical") == 0


def test_the_mark_of_the_keyring_is_asked_and_renewed(
    run: Run,
    keyring: Memory,
    folder: Path,
    plugins: Plugins,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("verify") == 0
    assert "holds nothing from TherapyDesk yet" in capsys.readouterr().out
    assert len(keyring.kept) == 2  # the mark, and which keyring it is
    assert run("verify") == 0
    assert "keyring" not in capsys.readouterr().out
    shutil.copytree(folder, tmp_path / "older")
    assert run("verify", "--full") == 0
    capsys.readouterr()
    shutil.rmtree(folder)
    shutil.move(tmp_path / "older", folder)
    assert run("verify", "--full") == 2
    said = capsys.readouterr().out
    assert "it is gone" in said or "another one than before" in said
    assert run("verify", "--no-keyring") == 2  # it is in the log now, until somebody explains it
    assert "nobody has explained it yet" in capsys.readouterr().out


def test_who_may_not_read_the_log_is_refused(
    run: Run, folder: Path, plugins: Plugins, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vault = opened_copy(folder, tmp_path / "work", plugins)
    vault.unlock(USER, PASSPHRASE)
    vault.add_user("Nia Admin", ["admin"], PASSPHRASE, ())
    vault.close()
    shutil.rmtree(folder)
    shutil.move(tmp_path / "work", folder)
    assert run("verify", "--user", "Nia Admin") == 2
    assert run("export", "--to", str(tmp_path / "a.csv"), "--reason", "x", "--user", "Nia Admin") == 2
    assert capsys.readouterr().err.count("Your role does not include this.") == 2
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_copy_is_for_the_user_alone_and_the_log_tells_of_it(
    run: Run, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / f"log.{kind}"
    assert run("export", "--to", str(target), "--reason", "an inspection") == 0
    assert "an inspection" in target.read_text("utf-8-sig")
    if sys.platform != "win32":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert run("export", "--to", str(tmp_path / "again.json"), "--reason", "once more") == 0
    told = json.loads((tmp_path / "again.json").read_text())["entries"]
    assert [e["reason"] for e in told if e["action"] == "export"] == ["an inspection"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--to", "log.txt", "--reason", "x"), "must end in .csv or .json"),
        (("--to", "log.csv", "--reason", " "), "what the copy is for"),
        (("--to", "nowhere/log.csv", "--reason", "x"), "could not be saved"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    run: Run,
    words: tuple[str, ...],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("export", *words) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_a_last_day_before_the_first_is_refused_and_no_file_is_made(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "log.csv"
    days = ("--from", "24/11/2025", "--until", "1/11/2025")
    assert run("export", "--to", str(out), "--reason", "asked", *days) == 2
    assert "before the first" in capsys.readouterr().err
    assert not out.exists()
