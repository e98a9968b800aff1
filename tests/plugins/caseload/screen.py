"""Ways to look at a page and to fill in its forms."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton

from therapydesk.api import (
    PeopleQuery,
    list_people,
)
from therapydesk.ui.kit.forms import FormDialog


def labels(widget: Any) -> list[str]:
    QApplication.processEvents()  # what was just put into a layout shows now
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]


def press(widget: Any, text: str) -> None:
    QApplication.processEvents()
    (found,) = (b for b in widget.findChildren(QPushButton) if b.text() == text and b.isVisibleTo(widget))
    found.click()


def dialog(page: Any) -> Any:
    (found,) = (d for d in page.findChildren(QDialog) if d.isVisible())
    return found


def fill(form: FormDialog, **values: Any) -> None:
    form.form.set_values(values)
    form.form.edited.emit()


def named(vault: Any, text: str) -> list[Any]:
    with vault.read() as db:
        return list_people(db, PeopleQuery(text))
