"""Song files on screen: in with a word on each that is not as it was, back out, and back in the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtWidgets import QFileDialog

from tests.plugins.groups.conftest import Choir
from therapydesk.plugins.groups import music_importing, music_service, music_sung
from therapydesk.plugins.groups.music_importing import Wanted
from therapydesk.plugins.groups.music_service import PieceDetails
from therapydesk.plugins.groups.ui.music_files import ImportedDialog
from therapydesk.plugins.groups.ui.music_page import SongsPage
from therapydesk.plugins.groups.ui.music_song_page import SongPage
from therapydesk.testing import open_page
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.messages import undo_list

__all__ = ["open_page"]


@pytest.fixture
def page(desk: Any, open_page: Callable[..., Any]) -> Any:
    return open_page(SongsPage(desk))


def kept(choir: Choir) -> dict[str, UUID]:
    with choir.vault.read() as db:
        return {view.title: view.id for view in music_service.list_pieces(db)}


def take_in(page: Any, *files: Path) -> None:
    page.files.take_in(list(files), Wanted(own=True))
    assert page.desk.jobs.wait_idle(20_000)


def listed(page: Any) -> dict[str, str]:
    """What the dialog says of each file."""
    model = page.findChildren(ImportedDialog)[-1].table.model
    (column,) = model.columns
    return {model.row(n)[0].source: column.second(model.row(n)) for n in range(model.rowCount())}


def test_good_files_come_in_without_a_dialog_and_undo_takes_them_back(
    choir: Choir, page: Any, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.cho").write_text(f"{{title: {name}}}\n[G]words")
    take_in(page, tmp_path / "one.cho", tmp_path / "two.cho")
    assert set(kept(choir)) == {"one", "two"}
    assert "2 songs were taken in" in page.messages.text()
    assert page.findChildren(ImportedDialog) == []
    undo_list.undo()
    assert kept(choir) == {}


def test_what_was_used_or_changed_since_stays_and_that_is_said(
    choir: Choir, page: Any, tmp_path: Path
) -> None:
    for name in ("sung", "changed", "untouched"):
        (tmp_path / f"{name}.cho").write_text(f"{{title: {name}}}\n[G]words")
    take_in(page, *sorted(tmp_path.glob("*.cho")))
    found = kept(choir)
    choir.do(music_sung.add_sung, choir.book()[0], found["sung"])
    choir.do(music_service.save_piece, PieceDetails("changed", own=True), found["changed"])
    undo_list.undo()
    assert set(kept(choir)) == {"sung", "changed"}
    assert "2 songs stay" in page.messages.text()


def test_each_file_that_did_not_come_in_or_is_unsure_has_a_sentence(
    choir: Choir, page: Any, tmp_path: Path
) -> None:
    (tmp_path / "good.cho").write_text("{title: Good}\n[G]words")
    (tmp_path / "old.cho").write_bytes("{title: Old}\ncaf\u00e9".encode("cp1252"))
    (tmp_path / "bad.cho").write_text("[G words")
    (tmp_path / "empty.xml").write_text("<song><lyrics/></song>")
    take_in(page, *(tmp_path / name for name in ("good.cho", "old.cho", "bad.cho", "empty.xml", "gone.cho")))
    assert set(kept(choir)) == {"Good", "Old"}
    said = listed(page)
    assert set(said) == {"old.cho", "bad.cho", "empty.xml", "gone.cho"}
    assert said["old.cho"].startswith("Taken in. The file does not say in which letters")
    assert said["bad.cho"] == "Line 1: a [ is not closed."
    assert said["empty.xml"] == "There is no song in this file."
    assert "is not there" in said["gone.cho"]


def save_to(page: Any, path: Path) -> None:
    dialog = page.findChildren(QFileDialog)[-1]
    dialog.fileSelected.emit(str(path))


@pytest.mark.parametrize("kind", [".cho", ".xml"])
def test_a_song_is_saved_and_comes_back_the_same(
    choir: Choir, desk: Any, open_page: Callable[..., Any], tmp_path: Path, kind: str
) -> None:
    details = PieceDetails(
        "Calon Lân", "Gwyrosydd", "Bb", licence="public domain", text="[Bb]Nid wy'n [Eb]gofyn"
    )
    made = choir.do(music_service.save_piece, details)
    page = open_page(SongPage(desk, made))
    page.save_file()
    dialog = page.findChildren(FormDialog)[-1]
    dialog.form.set_values({"kind": kind})
    dialog.save()
    save_to(page, tmp_path / f"song{kind}")
    (back,) = music_importing.read_songs([tmp_path / f"song{kind}"])
    assert back.details == details


def test_the_songs_that_are_shown_are_saved_as_a_table_and_come_back_the_same(
    choir: Choir, page: Any, tmp_path: Path
) -> None:
    wanted = PieceDetails("=Slow", key="G", own=True, text="[G]one\n\n[C]two", tags=("calm", "slow"), capo=2)
    choir.do(music_service.save_piece, wanted)
    choir.do(music_service.save_piece, PieceDetails("Other", own=True))
    page.filter.set_value("tag", "slow")
    page.save_list()
    save_to(page, tmp_path / "songs.csv")
    assert (tmp_path / "songs.csv").read_bytes().count(
        b"'=Slow"
    ) == 1  # no spreadsheet takes it for a formula
    (back,) = music_importing.read_songs([tmp_path / "songs.csv"])
    assert back.details == wanted
