"""The machine's settings survive other versions, broken files and folders that cannot be written."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any

import pytest

from therapydesk.core.settings import MachineSettings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def test_defaults_need_no_file(path: Path) -> None:
    settings = MachineSettings(path)
    assert (settings.theme, settings.text_scale, settings.density) == ("light", 1.0, "comfortable")
    assert (settings.language, settings.last_vault, settings.lock_minutes) == ("en", "", 5)
    assert settings.single_keys
    assert settings.modules_off == []
    assert MachineSettings.default("lock_minutes") == 5
    assert not path.exists()


def test_what_is_set_is_there_next_time(path: Path) -> None:
    settings = MachineSettings(path)
    settings.theme = "dark"
    settings.lock_minutes = 15
    settings.modules_off = ["mecc"]
    settings.modules_allowed = {"hello": "abc"}
    settings.keep_window("main", "AdnQ")
    again = MachineSettings(path)
    assert again.theme == "dark"
    assert again.lock_minutes == 15
    assert again.modules_off == ["mecc"]
    assert again.modules_allowed == {"hello": "abc"}
    assert again.window("main") == "AdnQ"
    assert again.window("other") == ""


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("theme", "pink"),
        ("lock_minutes", 0),
        ("lock_minutes", 16),
        ("lock_minutes", True),
        ("text_scale", 9.0),
        ("language", "xx"),
        ("modules_off", "mecc"),
        ("windows", {"main": 3}),
        ("single_keys", 1),
        ("word_hints", "no"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_and_never_read(path: Path, name: str, wrong: Any) -> None:
    settings = MachineSettings(path)
    with pytest.raises(ValueError, match=name):
        setattr(settings, name, wrong)
    path.parent.mkdir()
    path.write_text(json.dumps({name: wrong}), encoding="utf-8")
    assert getattr(MachineSettings(path), name) == MachineSettings.default(name)


def test_keys_of_another_version_and_changes_of_another_instance_stay(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"from_next_year": [1], "theme": "dark"}', encoding="utf-8")
    first, second = MachineSettings(path), MachineSettings(path)
    first.density = "compact"
    second.text_scale = 1.5
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert kept == {"from_next_year": [1], "theme": "dark", "density": "compact", "text_scale": 1.5}


def test_setting_what_the_file_says_already_does_not_write_it(path: Path) -> None:
    settings = MachineSettings(path)
    settings.last_vault = "/a"
    before = path.stat().st_ino
    settings.last_vault = "/a"
    assert path.stat().st_ino == before
    path.unlink()
    settings.last_vault = "/a"
    assert MachineSettings(path).last_vault == "/a"


@pytest.mark.parametrize("content", [b"{not json", b"[1, 2]", b"\xff\xfe\x00", b"", b"[" * 100_000])
def test_a_broken_file_is_kept_aside(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    settings = MachineSettings(path)
    assert settings.theme == "light"
    assert path.with_suffix(".broken.json").read_bytes() == content
    settings.theme = "dark"
    assert MachineSettings(path).theme == "dark"


def test_a_list_that_was_read_is_a_copy(path: Path) -> None:
    settings = MachineSettings(path)
    settings.modules_off = ["mecc"]
    settings.modules_off.append("notes")
    MachineSettings(path).modules_allowed["x"] = "y"
    assert settings.modules_off == ["mecc"]
    assert MachineSettings.default("modules_allowed") == {}


def test_a_folder_that_cannot_be_written_does_not_stop_the_work(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.write_text("a file where the folder should be", encoding="utf-8")
    settings = MachineSettings(path)
    with caplog.at_level(logging.WARNING, "therapydesk"):
        settings.theme = "dark"
    assert settings.theme == "dark"
    assert "not written" in caplog.text


def test_no_half_written_file_and_no_rest_is_left(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = MachineSettings(path)
    settings.theme = "dark"

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    settings.theme = "high_contrast"
    assert json.loads(path.read_text(encoding="utf-8")) == {"theme": "dark"}
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]


@pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX matter")
def test_only_the_owner_can_read_it(path: Path) -> None:
    MachineSettings(path).theme = "dark"
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
