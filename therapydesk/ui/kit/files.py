"""Which files come in, and where those go that leave the program. No question stops the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtWidgets import QFileDialog, QWidget

from therapydesk.api import Outgoing, put_file, tr, went_out
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
    dialog = QFileDialog(parent, title)
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


def choose_folder(parent: QWidget, title: str, chosen: Callable[[Path], object]) -> QFileDialog:
    """Ask for a folder that is there."""
    dialog = _asks(parent, title, QFileDialog.FileMode.Directory, ())
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()
    return dialog


def _asks(parent: QWidget, title: str, mode: QFileDialog.FileMode, kinds: Sequence[str]) -> QFileDialog:
    dialog = QFileDialog(parent, title)
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


def tell_log(page: BasePage, how: Literal["export", "print"], told: Outgoing | None) -> None:
    """Write into the activity log what leaves the program. Raises UserError, and nothing leaves then."""
    if told is not None and page.desk is not None:
        went_out(page.desk.vault, how, told)
