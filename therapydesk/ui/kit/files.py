"""Files that leave the program: where to, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from therapydesk.api import put_file, tr
from therapydesk.ui.kit.page import BasePage


def save_file(page: BasePage, title: str, name: str, content: bytes) -> QFileDialog:
    """Ask where to and save a file called `name`; the page says that it is saved, or why not.

    `title` is the action ("Save as PDF"). No person's name belongs in `name`.
    """
    return ask_file(page, title, name, lambda chosen: write_file(page, chosen, content))


def ask_file(parent: QWidget, title: str, name: str, chosen: Callable[[Path], object]) -> QFileDialog:
    """Ask where a file called `name` goes; with a folder before the name, that one is offered."""
    dialog = QFileDialog(parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()
    return dialog


def write_file(page: BasePage, path: Path, content: bytes) -> None:
    """Write a file that only the user may read, and say so on the page."""
    with page.guard():
        put_file(path, content)
        page.done(tr("Saved {file}.").format(file=path.name))
