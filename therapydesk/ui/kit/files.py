"""Which files come in, and where those go that leave the program. No question stops the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from therapydesk.api import (
    Db,
    Job,
    LargeFileView,
    Outgoing,
    UserError,
    put_file,
    put_stream,
    tr,
    went_out,
)
from therapydesk.ui.kit.page import BasePage

A_FILE = Outgoing("file")


def save_file(
    page: BasePage, title: str, name: str, content: bytes, *, told: Outgoing | None = A_FILE
) -> QFileDialog:
    """Ask where to and save a file called `name`; the page says that it is saved, or why not.

    `title` is the action ("Save as PDF"). No person's name belongs in `name`. `told` is what the activity log says that
    leaves; None when it was told already.
    """
    return ask_file(page, title, name, lambda chosen: write_file(page, chosen, content, told=told))


def ask_file(parent: QWidget, title: str, name: str, chosen: Callable[[Path], object]) -> QFileDialog:
    """Ask where a file called `name` goes; with a folder before the name, that one is offered."""
    dialog = _dialog(parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()
    return dialog


def choose_file(parent: QWidget, title: str, chosen: Callable[[Path], object], *kinds: str) -> QFileDialog:
    """Ask for a file that is there. `kinds` are lines such as "Backups (*.tdbackup)"; all files without any."""
    dialog = _asks(parent, title, QFileDialog.FileMode.ExistingFile, kinds)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()
    return dialog


def choose_files(
    parent: QWidget, title: str, chosen: Callable[[list[Path]], object], *kinds: str
) -> QFileDialog:
    """The same for one file or several."""
    dialog = _asks(parent, title, QFileDialog.FileMode.ExistingFiles, kinds)
    dialog.filesSelected.connect(lambda paths: chosen([Path(path) for path in paths]))
    dialog.open()
    return dialog


def choose_folder(
    parent: QWidget, title: str, chosen: Callable[[Path], object], begin: Path | None = None
) -> QFileDialog:
    """Ask for a folder that is there, at first among those in `begin`."""
    dialog = _asks(parent, title, QFileDialog.FileMode.Directory, ())
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    if begin is not None:
        dialog.setDirectory(str(begin))
    # a folder that is typed comes behind the one it lies in
    dialog.filesSelected.connect(lambda paths: chosen(Path(paths[-1])))
    dialog.open()
    return dialog


def _dialog(parent: QWidget, title: str) -> QFileDialog:
    """A question for a file; it begins where people keep their documents, wherever the program was started."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return QFileDialog(parent, title, documents if Path(documents).is_dir() else str(Path.home()))


def _asks(parent: QWidget, title: str, mode: QFileDialog.FileMode, kinds: Sequence[str]) -> QFileDialog:
    dialog = _dialog(parent, title)
    dialog.setFileMode(mode)
    if kinds:
        dialog.setNameFilters(list(kinds))
    return dialog


def write_file(page: BasePage, path: Path, content: bytes, *, told: Outgoing | None = A_FILE) -> None:
    """Tell the activity log, write a file that only the user may read, and say so on the page."""
    with page.guard():
        tell_log(page, "export", told)
        put_file(path, content)
        page.done(tr("Saved {file}.").format(file=path.name))


def save_large(
    page: BasePage, path: Path, find: Callable[[Db], LargeFileView], *, told: Outgoing, title: str
) -> None:
    """Save a large file of the vault at `path`, in the background: the log is told first, then it is written by parts.

    `find` reads its row; `title` is what the status bar says meanwhile.
    """
    vault = page.desk.vault

    def work(job: Job) -> str:
        with vault.read() as db:
            found = find(db)
        went_out(vault, "export", told)
        with found.open() as source:
            put_stream(path, source, lambda done: job.progress(done, found.size, ""))
        return path.name

    def say(name: str) -> None:
        page.done(tr("Saved {file}.").format(file=name))

    page.desk.jobs.start(work, say, page.job_failed, title)


def open_large(page: BasePage, find: Callable[[Db], LargeFileView], name: str, *, told: Outgoing) -> None:
    """Show a large file of the vault in the program that the computer has for its kind, in the background.

    That program gets a copy of its own, which is taken back when the vault locks. `name` gives its ending.
    """
    vault = page.desk.vault

    def work(job: Job) -> Path:
        with vault.read() as db:
            found = find(db)
        vault.outside.ending(name)  # before the log is told
        went_out(vault, "export", told)
        with found.open() as source:
            copy: Path = vault.outside.lend(
                source, name, found.size, lambda done: job.progress(done, found.size, "")
            )
        return copy

    def show(copy: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(copy))):
            page.show_error(
                UserError(
                    tr("This computer has no program that shows such a file."),
                    tr("Save a copy, and open it where there is one."),
                )
            )
            return
        page.done(tr("Another program shows a copy, which is taken away when TherapyDesk locks."))

    page.desk.jobs.start(work, show, page.job_failed, tr("Opening a file"))


def tell_log(page: BasePage, how: Literal["export", "print"], told: Outgoing | None) -> None:
    """Write into the activity log what leaves the program. Raises UserError, and nothing leaves then."""
    if told is not None and page.desk is not None:
        went_out(page.desk.vault, how, told)
