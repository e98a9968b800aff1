"""Files that leave the program."""

from __future__ import annotations

import io
import json
import stat
import sys
from pathlib import Path

import pytest

from therapydesk.core.command_line import CliContext
from therapydesk.core.errors import UserError
from therapydesk.core.file_out import PART, put_file, put_stream
from therapydesk.core.jobs import Cancelled
from therapydesk.core.plugins import Plugins


def test_only_the_user_reads_a_file_and_one_of_that_name_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "songs.csv"
    for content in (b"Calon Lan", b"Air"):
        put_file(path, content)
        assert path.read_bytes() == content
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="could not be saved.*Choose another folder"):
        put_file(tmp_path / "nowhere" / "songs.csv", b"")


def test_a_large_file_is_written_by_parts_and_one_that_was_stopped_leaves_what_was_there(
    tmp_path: Path,
) -> None:
    path, data, seen = tmp_path / "film.webm", bytes(2 * PART + 5), list[int]()
    put_stream(path, io.BytesIO(data), seen.append)
    assert path.read_bytes() == data
    assert seen == [PART, 2 * PART, 2 * PART + 5]

    def stop(done: int) -> None:
        if done > PART:
            raise Cancelled("stop")

    with pytest.raises(Cancelled):
        put_stream(path, io.BytesIO(b"x" * 3 * PART), stop)
    assert path.read_bytes() == data
    assert [each.name for each in tmp_path.iterdir()] == ["film.webm"]
    with pytest.raises(UserError, match="could not be saved"):
        put_stream(tmp_path / "nowhere" / "film.webm", io.BytesIO(data))


def test_a_command_says_where_its_file_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "week.pdf"
    CliContext(Plugins(), json=True).save(path, b"%PDF", told=None, week="2026-05-04")
    assert json.loads(capsys.readouterr().out) == {"week": "2026-05-04", "file": str(path), "bytes": 4}
    assert path.read_bytes() == b"%PDF"
