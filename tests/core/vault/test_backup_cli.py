"""`therapydesk vault backup|verify|backups|restore|rescue|rotate|export-copy`, as somebody types them."""

from __future__ import annotations

import getpass
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import PASSPHRASE, USER
from tests.core.vault.conftest import Listening
from tests.keyrings import Memory
from therapydesk.cli import main as cli
from therapydesk.core.secrets import write_secret
from therapydesk.core.settings import MachineSettings
from therapydesk.core.vault import generations
from therapydesk.core.vault.mark_keeper import entry_name
from therapydesk.core.vault.place import read_format
from therapydesk.core.vault.vault import Vault
from therapydesk.testing import add_person

Run = Callable[..., int]
Told = Callable[[], Any]


@pytest.fixture
def folder(team_template: Path, host: Listening, tmp_path: Path) -> Path:
    """A closed practice with a team and one person in it."""
    place = tmp_path / "vault"
    shutil.copytree(team_template, place)
    vault = Vault.open(place, host=host)
    vault.unlock(USER, PASSPHRASE)
    add_person(vault, "Carys Bowen")
    vault.close()
    return place


@pytest.fixture
def run(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run(user, words…)` is the exit status of a command on it."""
    monkeypatch.setattr("therapydesk.core.settings.user_config_path", lambda *_a, **_k: tmp_path / "config")
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE)
    access = ["--vault", str(folder), "--passphrase-file", str(secret), "--no-plugins", "--json"]
    return lambda user, *words: cli.run([*map(str, words), *access, "--user", user])


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """What was printed last, as data."""
    return lambda: json.loads(capsys.readouterr().out)


def test_backup_verify_and_the_list(run: Run, target: Path, told: Told) -> None:
    assert run(USER, "vault", "backup", "--to", target, "--remember") == 0
    (made,) = told()
    assert made["verified"] == ["core", "clinical", "safeguarding"]
    assert run("Nia Admin", "vault", "backup") == 0  # the folder was remembered
    (again,) = told()
    assert (again["folder"], again["unverified"]) == (str(target), ["clinical", "safeguarding"])
    assert run(USER, "vault", "verify", again["file"]) == 0
    assert told()["verified"] == ["core", "clinical", "safeguarding"]
    assert run(USER, "vault", "backups") == 0
    listed = told()
    assert {b["file"] for b in listed["backups"]} == {made["file"], again["file"]}
    assert listed["ages"]["clinical"] == {"days": 0, "level": "ok"}


def test_without_a_folder_and_into_a_missing_one_it_says_so(
    run: Run, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(USER, "vault", "backup") == 2
    assert "No folder for backups is set up" in capsys.readouterr().err
    assert run(USER, "vault", "backup", "--to", target / "gone", "--to", target) == 2
    missing, made = json.loads(capsys.readouterr().out)
    assert "not there" in missing["error"]
    assert Path(made["file"]).exists()


def test_verify_needs_no_vault(
    run: Run, target: Path, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(USER, "vault", "backup", "--to", target) == 0
    (made,) = told()
    alone = ["--passphrase-file", str(tmp_path / "passphrase"), "--no-plugins", "--json"]
    assert cli.run(["vault", "verify", made["file"], "--user", "Nia Admin", *alone]) == 0
    assert told()["verified"] == ["core"]
    assert cli.run(["vault", "verify", made["file"], "--user", "Lowri Link", *alone]) == 2


def test_restore_says_what_would_be_lost_and_brings_back(
    run: Run, folder: Path, target: Path, told: Told, host: Listening
) -> None:
    assert run(USER, "vault", "backup", "--to", target) == 0
    (made,) = told()
    vault = Vault.open(folder, host=host)
    vault.unlock(USER, PASSPHRASE)
    add_person(vault, "Since then")
    vault.close()
    assert run(USER, "vault", "restore", made["file"], "--plan") == 0
    assert told()["zones"]["core"]["lost"] == [["create", "person", 1]]
    assert generations.read_current(folder)["core"] == "g1"
    assert run(USER, "vault", "restore", made["file"], "--yes") == 0
    done = told()
    assert done["zones"] == ["core", "clinical", "safeguarding"]
    assert Path(done["kept"]).parent == target
    assert generations.read_current(folder)["core"] == "g2"
    assert run(USER, "vault", "check") == 0


def test_that_erasures_since_then_are_done_again_is_said_before_and_after(
    run: Run, target: Path, told: Told, tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(USER, "vault", "backup", "--to", target) == 0
    (made,) = told()
    access = ["--vault", str(folder), "--passphrase-file", str(tmp_path / "passphrase"), "--user", USER]
    for last in ("--plan", "--yes"):
        assert cli.run(["vault", "restore", made["file"], last, *access, "--no-plugins"]) == 0
        assert "Whoever was erased since then stays erased." in capsys.readouterr().out


def test_a_backup_without_what_the_keyring_marked_says_so_before_it_is_brought_back(
    run: Run, target: Path, told: Told, folder: Path, keyring: Memory
) -> None:
    assert run(USER, "vault", "backup", "--to", target) == 0
    (made,) = told()
    assert run(USER, "vault", "restore", made["file"], "--plan") == 0
    assert told()["marks"] == []  # the control
    write_secret(entry_name(UUID(str(read_format(folder)["vault"]))), json.dumps({"core": [3, "f" * 64]}))
    assert run(USER, "vault", "restore", made["file"], "--plan") == 0
    assert "does not hold entry 3" in told()["marks"][0]


@pytest.mark.parametrize("name", ["Nia Admin", "Lowri Link", "Tomos Therapist", "Alun Auditor"])
@pytest.mark.parametrize("words", [("restore", "FILE", "--yes"), ("rotate", "core")])
def test_only_an_owner_restores_and_rotates(
    run: Run,
    target: Path,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    words: tuple[str, ...],
) -> None:
    assert run(USER, "vault", "backup", "--to", target) == 0
    (file,) = target.glob("*.tdbackup")
    capsys.readouterr()
    assert run(name, "vault", *(str(file) if w == "FILE" else w for w in words)) == 2
    assert "These roles can: Owner." in capsys.readouterr().err
    assert set(generations.read_current(folder).values()) == {"g1"}


def test_where_not_even_the_users_can_be_read_it_says_to_make_the_practice_anew(
    run: Run, target: Path, told: Told, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(USER, "vault", "backup", "--to", target) == 0
    (made,) = told()
    (folder / "users.json").write_bytes(b"")
    assert run(USER, "vault", "restore", made["file"], "--yes") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("make the practice anew in another: --to FOLDER.")
    assert (folder / "users.json").read_bytes() == b""
    assert run(USER, "vault", "restore", made["file"], "--to", tmp_path / "anew") == 0


def test_a_practice_made_of_a_backup_says_which_erasures_it_cannot_know(
    run: Run, target: Path, tmp_path: Path, told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(USER, "vault", "backup", "--to", target) == 0
    (made,) = told()
    alone = ["--passphrase-file", str(tmp_path / "passphrase"), "--no-plugins", "--user", USER]
    assert cli.run(["vault", "restore", made["file"], "--to", str(tmp_path / "new"), *alone]) == 0
    said = capsys.readouterr().out
    assert "Who was erased after " in said
    assert "was not used" not in said
    (listed,) = target.glob("*-erasures.json")
    listed.write_text("{}")
    assert cli.run(["vault", "restore", made["file"], "--to", str(tmp_path / "other"), *alone]) == 0
    assert "was not used" in capsys.readouterr().out
    out = tmp_path / "out"
    assert cli.run(["vault", "rescue", made["file"], "--to", str(out), *alone]) == 0
    assert "Whoever was erased after the backup was made is still in it" in capsys.readouterr().out
    assert "Whoever was erased after" in (out / "README.txt").read_text("utf-8")


def test_a_new_vault_and_a_rescue_out_of_a_backup(run: Run, target: Path, tmp_path: Path, told: Told) -> None:
    assert run(USER, "vault", "backup", "--to", target) == 0
    (made,) = told()
    assert run(USER, "vault", "restore", made["file"], "--to", tmp_path / "new") == 0
    assert (tmp_path / "new" / "CURRENT").exists()
    assert run(USER, "vault", "rescue", made["file"], "--to", tmp_path / "out") == 0
    assert (tmp_path / "out" / "core" / "person.csv").exists()


def test_rotate_backs_up_first_and_the_backup_still_opens(
    run: Run, folder: Path, target: Path, told: Told
) -> None:
    assert run(USER, "vault", "backup", "--to", target, "--remember") == 0
    (made,) = told()
    assert run(USER, "vault", "rotate", "clinical") == 0
    told()
    assert run(USER, "vault", "backups") == 0
    assert "before a new key" in [b["why"] for b in told()["backups"]]
    assert generations.read_current(folder) == {"core": "g1", "clinical": "g2", "safeguarding": "g1"}
    assert run(USER, "vault", "verify", made["file"]) == 0  # with the key of before
    assert "clinical" in told()["verified"]


def test_a_lead_rotates_safeguarding_with_an_owner_and_nothing_else(
    run: Run, folder: Path, told: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    owners = ("--owner-passphrase-file", tmp_path / "passphrase")
    assert run("Siân Lead", "vault", "rotate", "clinical", *owners) == 2
    assert "These roles can: Owner." in capsys.readouterr().err
    (tmp_path / "wrong").write_text("something else in words")
    wrong = ("--owner-passphrase-file", tmp_path / "wrong")
    assert run("Siân Lead", "vault", "rotate", "safeguarding", *wrong) == 2
    assert run("Siân Lead", "vault", "rotate", "safeguarding", "--owner", "Nia Admin", *owners) == 2
    assert "Nia Admin is no owner" in capsys.readouterr().err
    assert run("Tomos Therapist", "vault", "rotate", "safeguarding", *owners) == 2
    assert "a safeguarding lead who holds it, with an owner" in capsys.readouterr().err
    assert set(generations.read_current(folder).values()) == {"g1"}
    assert run("Siân Lead", "vault", "rotate", "safeguarding", *owners) == 0
    assert told() == {"zone": "safeguarding", "agreed": USER}
    assert generations.read_current(folder) == {"core": "g1", "clinical": "g1", "safeguarding": "g2"}
    assert run(USER, "vault", "check") == 0


def test_without_a_terminal_it_says_how_an_owner_agrees(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_terminal(*_a: object, **_k: object) -> str:
        raise getpass.GetPassWarning

    monkeypatch.setattr("click.prompt", no_terminal)
    assert run("Siân Lead", "vault", "rotate", "safeguarding") == 2
    assert "--owner-passphrase-file FILE" in capsys.readouterr().err
    assert set(generations.read_current(folder).values()) == {"g1"}


def test_export_copy_opens_like_the_vault(run: Run, tmp_path: Path, host: Listening) -> None:
    assert run("Nia Admin", "vault", "export-copy", "--to", tmp_path / "copy") == 0
    vault = Vault.open(tmp_path / "copy", host=host)
    vault.unlock(USER, PASSPHRASE)
    assert vault.check() == []
    vault.close()


def test_export_copy_into_the_vault_or_by_a_link_worker_is_refused(
    run: Run, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(USER, "vault", "export-copy", "--to", folder / "inside") == 2
    assert "cannot lie inside" in capsys.readouterr().err
    assert run("Lowri Link", "vault", "export-copy", "--to", tmp_path / "copy") == 2
    assert not (tmp_path / "copy").exists()


def test_a_damaged_zone_is_brought_back_from_the_command_line(
    run: Run, folder: Path, target: Path, told: Told
) -> None:
    assert run(USER, "vault", "backup", "--to", target) == 0
    (made,) = told()
    path = generations.zone_file(folder, "clinical", "g1")
    path.write_bytes(b"\7" * path.stat().st_size)
    assert run(USER, "vault", "check") == 2
    assert run(USER, "vault", "restore", made["file"], "--yes") == 0
    assert run(USER, "vault", "check") == 0


def test_the_folders_are_kept_for_each_vault(tmp_path: Path) -> None:
    settings = MachineSettings(tmp_path / "settings.json")
    settings.backup_folders = {"one": ["/a"], "two": []}
    assert MachineSettings(tmp_path / "settings.json").backup_folders == {"one": ["/a"], "two": []}
