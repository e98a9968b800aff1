"""What the tests of the screens of safeguarding share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QApplication, QLabel

from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import service
from therapydesk.ui.kit.forms import FormDialog


def texts(widget: Any) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]


def dialog() -> Any:
    found = QApplication.activeModalWidget()
    assert isinstance(found, FormDialog)
    return found


def fill(**values: Any) -> None:
    """Fill the form in view and finish it; it closes when it was right."""
    made = dialog()
    for name, value in values.items():
        made.form._rows[name].box.set_raw(value)
    made.save()
    assert not made.isVisible(), made.form.errors or made.messages.text()


def within(page: Any, kind: Any, name: str) -> Any:
    """What has this object name on the page."""
    found = page.findChild(kind, name)
    assert found is not None, name
    return found


def read(vault: Vault, concern_id: UUID) -> service.ConcernView:
    with vault.read() as db:
        return service.read_concern(db, concern_id)
