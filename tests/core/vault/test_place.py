"""Where a vault may lie and which format is read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE
from therapydesk.core.errors import DamagedVault, NewerFormat, VaultError
from therapydesk.core.plugins import Plugins
from therapydesk.core.vault import place
from therapydesk.core.vault.users import Users
from therapydesk.core.vault.vault import NewPractice, Vault

MOUNTS = r"""/dev/sda1 / ext4 rw,relatime 0 0
server:/home /home/net nfs4 rw 0 0
//nas/share /mnt/my\040share cifs rw 0 0
tmpfs /home/net/local tmpfs rw 0 0
ruth@host: /mnt/ssh fuse.sshfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/home/ruth/OneDrive/vault", "OneDrive"),
        ("/Users/ruth/OneDrive - Practice/vault", "OneDrive"),
        ("/home/ruth/Dropbox/vault", "Dropbox"),
        ("/home/ruth/Dropbox (Personal)/vault", "Dropbox"),
        ("/Users/ruth/Library/Mobile Documents/com~apple~CloudDocs/vault", "iCloud"),
        ("/Users/ruth/Library/CloudStorage/GoogleDrive-ruth@practice.org/My Drive/v", "Google Drive"),
        ("/Users/ruth/Google Drive/vault", "Google Drive"),
        ("/home/ruth/Documents/vault", ""),
        ("/home/dropboxer/vault", ""),
    ],
)
def test_cloud_folders_are_known_by_name(path: str, service: str) -> None:
    assert place.cloud_service(Path(path)) == service


def test_a_moved_dropbox_folder_is_known_by_what_dropbox_leaves_in_it(tmp_path: Path) -> None:
    (tmp_path / "sync").mkdir()
    (tmp_path / "sync" / ".dropbox").touch()
    assert place.cloud_service(tmp_path / "sync" / "vault") == "Dropbox"


@pytest.mark.parametrize(
    ("path", "network"),
    [
        *(("/home/ruth", False), ("/home/net/vault", True), ("/home/net/local/vault", False)),
        *(("/mnt/my share/vault", True), ("/mnt/ssh", True), ("/home/network", False)),
    ],
)
def test_network_drives_are_told_by_the_mount_they_lie_on(path: str, network: bool) -> None:
    assert place.on_network(Path(path), MOUNTS) is network


def test_a_vault_in_a_cloud_folder_is_neither_made_nor_opened(
    plugins: Plugins, template: Path, tmp_path: Path
) -> None:
    target = tmp_path / "Dropbox" / "vault"
    new = NewPractice("P", "Ruth", ("owner",), "four plain words together")
    with pytest.raises(VaultError, match="Dropbox"):
        Vault.create(target, new, host=plugins)
    assert not target.exists()
    moved = tmp_path / "OneDrive" / "vault"
    shutil.copytree(template, moved)
    shortcut = tmp_path / "practice"
    shortcut.symlink_to(moved)
    for folder in (moved, shortcut):
        with pytest.raises(VaultError, match="OneDrive"):
            Vault.open(folder, host=plugins)


def test_a_newer_format_is_refused_before_any_file_is_opened(tmp_path: Path, plugins: Plugins) -> None:
    about = {"format": place.FORMAT + 1, "needs": "3.2", "vault": "x"}
    (tmp_path / "VAULT.json").write_text(json.dumps(about))
    with pytest.raises(NewerFormat, match=r"version 3\.2"):
        Vault.open(tmp_path, host=plugins)
    assert [p.name for p in tmp_path.iterdir()] == ["VAULT.json"]
    with pytest.raises(NewerFormat):
        place.read_card(tmp_path)


def test_a_folder_that_is_no_vault_is_said_to_be_none(tmp_path: Path, plugins: Plugins) -> None:
    with pytest.raises(VaultError, match="no TherapyDesk vault"):
        Vault.open(tmp_path, host=plugins)
    (tmp_path / "VAULT.json").write_text("{")
    with pytest.raises(DamagedVault, match=r"VAULT\.json"):
        Vault.open(tmp_path, host=plugins)
    (tmp_path / "VAULT.json").write_text('{"format": "1"}')
    with pytest.raises(DamagedVault, match=r"VAULT\.json"):
        Vault.open(tmp_path, host=plugins)


def test_the_card_of_a_locked_vault_tells_who_can_sign_in(template: Path) -> None:
    card = place.read_card(template)
    assert (card.practice, card.users, card.demo) == ("Harbour Music Therapy", ["Ruth Mallory"], False)


def test_the_card_names_those_who_can_sign_in_in_the_order_of_the_list_of_users(team: Vault) -> None:
    team.unlock("Siân Lead", PASSPHRASE)
    leaver = next(e.id for e in Users.read(team.folder).entries.values() if e.name == "Tomos Therapist")
    team.remove_user(leaver)
    card = place.read_card(team.folder)
    assert card.users == team.user_names() == Users.read(team.folder).names()
    assert "Tomos Therapist" not in card.users


@pytest.mark.parametrize("content", ["{}", "[]", '{"users": [{"id": "1"}]}', '{"users": [1]}'])
def test_a_damaged_list_of_users_is_told_before_anybody_signs_in(
    template: Path, tmp_path: Path, content: str
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(template, folder)
    (folder / place.USERS_FILE).write_text(content)
    with pytest.raises(DamagedVault, match=r"users\.json"):
        place.read_card(folder)


def test_a_vault_that_may_not_be_looked_at_says_so(tmp_path: Path) -> None:
    hidden = tmp_path / ("x" * 300)  # as a folder without rights does, it answers with an error of the system
    assert place.holds_vault(hidden)
    (tmp_path / "VAULT.json").mkdir()
    for folder in (hidden, tmp_path):
        with pytest.raises(VaultError, match="cannot be opened"):
            place.read_card(folder)
