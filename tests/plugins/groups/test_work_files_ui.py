"""Files of a work: kept, shown by another program from a place that is wiped, saved with a reason, removed with undo."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog
from sqlalchemy import select

from tests.plugins.groups.conftest import Choir
from tests.plugins.groups.test_works import agree, make, maker
from therapydesk.core.audit import ClinicalAuditEntry
from therapydesk.core.vault.outside import Outside
from therapydesk.plugins.groups import works_files
from therapydesk.plugins.groups.ui.work_page import WorkPage
from therapydesk.testing import desk_at, open_page, sign_in
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.messages import undo_list

__all__ = ["open_page"]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
SONG = b"la la la " * 300_000  # 2.7 MB: three parts


class Opener(QObject):
    """Stands for the other program: notes what it is asked to show."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Path] = []

    @Slot(QUrl)
    def show(self, url: QUrl) -> None:
        self.shown.append(Path(url.toLocalFile()))


@pytest.fixture
def opener() -> Iterator[Opener]:
    made = Opener()
    QDesktopServices.setUrlHandler("file", made, "show")  # type: ignore[arg-type]  # the stub wants bytes, Qt a name
    yield made
    QDesktopServices.unsetUrlHandler("file")


@pytest.fixture
def singers(choir: Choir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Choir:
    for name in ("XDG_RUNTIME_DIR", "XDG_CACHE_HOME"):
        (tmp_path / name).mkdir(mode=0o700)
        monkeypatch.setenv(name, str(tmp_path / name))
    choir.vault.outside = Outside(choir.vault.folder)
    for name in ("Ann Price", "Bea Lloyd"):
        choir.join(name)
    return choir


@pytest.fixture
def desk(singers: Choir, plugins: Any, tmp_path: Any) -> Any:
    with desk_at(singers.vault, plugins, tmp_path) as found:
        yield found


@pytest.fixture
def page(singers: Choir, desk: Any, open_page: Callable[..., Any], tmp_path: Path) -> WorkPage:
    """A work of one maker, with one file that was added on its page."""
    (tmp_path / "take one.ogg").write_bytes(SONG)
    river = make(singers, "Our river", [maker(singers, "Ann Price")], uses=("web",))
    made = open_page(WorkPage(desk, river))
    made.files.add(tmp_path / "take one.ogg")
    assert desk.jobs.wait_idle(20_000)
    assert isinstance(made, WorkPage)
    return made


def names(singers: Choir, work_id: UUID) -> list[str]:
    with singers.vault.read() as db:
        return [each.title for each in works_files.list_work_files(db, work_id)]


def told(singers: Choir, action: str) -> list[dict[str, Any]]:
    query = select(ClinicalAuditEntry.detail).where(ClinicalAuditEntry.action == action)
    with singers.vault.read() as db:
        return [json.loads(each) for each in db.scalars(query.order_by(ClinicalAuditEntry.seq))]


def copies(tmp_path: Path) -> list[Path]:
    return [p for name in ("XDG_RUNTIME_DIR", "XDG_CACHE_HOME") for p in (tmp_path / name).rglob("*.ogg")]


def test_a_file_is_kept_and_one_that_is_gone_or_empty_is_told(
    singers: Choir, page: WorkPage, desk: Any, tmp_path: Path
) -> None:
    row = page.files.table.model.row(0)
    assert (row.title, row.size) == ("take one.ogg", len(SONG))
    page.files.add(tmp_path / "gone.ogg")
    assert desk.jobs.wait_idle(20_000)
    assert "could not be read" in page.messages.text()
    (tmp_path / "empty.ogg").touch()
    page.files.add(tmp_path / "empty.ogg")
    assert desk.jobs.wait_idle(20_000)
    assert "empty" in page.messages.text()
    assert names(singers, page.work_id) == ["take one.ogg"]


def test_another_program_shows_a_copy_which_the_lock_takes_away_and_the_log_knows(
    singers: Choir, page: WorkPage, desk: Any, opener: Opener, tmp_path: Path
) -> None:
    page.files.table.opened.emit(page.files.table.model.row(0))
    assert desk.jobs.wait_idle(20_000)
    (copy,) = opener.shown
    assert copies(tmp_path) == [copy]
    assert copy.read_bytes() == SONG
    assert "take" not in copy.name
    assert [each["what"] for each in told(singers, "view")] == ["file"]
    assert told(singers, "export") == [{"what": "file", "count": 1, "reason": "shown by another program"}]
    singers.vault.lock()
    assert copies(tmp_path) == []


def test_what_may_run_is_not_shown_but_can_be_saved(
    singers: Choir, page: WorkPage, desk: Any, opener: Opener, tmp_path: Path
) -> None:
    (tmp_path / "game.exe").write_bytes(b"MZ")
    page.files.add(tmp_path / "game.exe")
    assert desk.jobs.wait_idle(20_000)
    page.files.show_file(page.files.table.model.row(0))
    assert desk.jobs.wait_idle(20_000)
    assert "does not hand files of this kind" in page.messages.text()
    assert opener.shown == []
    assert told(singers, "export") == []


def ask(page: WorkPage, reason: str, use: str) -> FormDialog:
    page.files.save_copy(page.files.table.model.row(0))
    dialog = page.findChildren(FormDialog)[-1]
    dialog.form.set_values({"reason": reason, "choice": use})
    dialog.save()
    return dialog


def test_a_copy_is_saved_with_a_reason_that_the_log_keeps(
    singers: Choir, page: WorkPage, desk: Any, tmp_path: Path
) -> None:
    assert not ask(page, "", "makers").result()  # without a reason nothing leaves
    dialog = ask(page, "for her family", "makers")
    assert dialog.result()
    chosen = page.findChildren(QFileDialog)[-1]
    assert "Ann" not in chosen.selectedFiles()[0]
    chosen.fileSelected.emit(str(tmp_path / "out.ogg"))
    assert desk.jobs.wait_idle(20_000)
    assert (tmp_path / "out.ogg").read_bytes() == SONG
    assert told(singers, "export") == [{"what": "file", "count": 1, "reason": "for her family"}]
    assert "Saved out.ogg" in page.messages.text()


def test_a_copy_to_be_used_needs_the_consent_of_everybody_who_made_it(singers: Choir, page: WorkPage) -> None:
    dialog = ask(page, "our page", "web")
    assert not dialog.result()
    assert page.findChildren(QFileDialog) == []
    dialog.reject()
    agree(singers, "Ann Price", "web")
    assert ask(page, "our page", "web").result()  # the control


def test_a_file_is_removed_and_undo_brings_it_back(singers: Choir, page: WorkPage, desk: Any) -> None:
    page.files.remove(page.files.table.model.row(0))
    assert names(singers, page.work_id) == []
    undo_list.undo()
    assert names(singers, page.work_id) == ["take one.ogg"]
    undo_list.redo()
    assert names(singers, page.work_id) == []
    undo_list.undo()
    with singers.vault.read() as db:
        (row,) = works_files.list_work_files(db, page.work_id)
        found = works_files.read_work_file(db, row.id)
    with found.open() as source:
        assert source.read() == SONG


def test_who_reads_no_clinical_records_sees_no_files(
    page: WorkPage, desk: Any, open_page: Callable[..., Any]
) -> None:
    shown = open_page(WorkPage(sign_in(desk, "Lee Link", "link_worker"), page.work_id))
    assert not shown.files.isVisibleTo(shown)
    assert shown.files.table.row_count() == 0
