"""What is painful to read stands behind a warning that names it (LW30)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from therapydesk.api import tr
from therapydesk.plugins.notes.service import set_warning
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.forms import FormDialog

if TYPE_CHECKING:
    from therapydesk.plugins.notes.ui.note_editor import NoteWindow


def about_words(warning: str) -> str:
    """The sentence that stands for a note until one asks for it."""
    return tr("This note is about: {what}").format(what=warning)


class Cover(Card):
    """In the place of a note, until one asks for it."""

    def __init__(self, warning: str, hidden: QWidget) -> None:
        super().__init__(tr("Painful to read"))
        self._hidden = hidden
        hidden.hide()
        self.add_text(about_words(warning))
        self.add_link(tr("Show the note"), self.uncover)

    def uncover(self) -> None:
        """Show the note; it stays open as long as it is on screen."""
        self.hide()
        self._hidden.show()
        self._hidden.setFocus()


def ask_warning(page: NoteWindow) -> None:
    """Name what is painful in the note that is being written; it then opens behind that warning."""

    def keep(values: dict[str, Any]) -> None:
        with page.desk.vault.write("clinical") as db:
            made = set_warning(db, page.note.id, values["warning"])
        page.note = replace(page.note, warning=made.warning, row_version=made.row_version)
        kept, gone = tr("This note opens behind a warning."), tr("This note opens without a warning.")
        page.done(kept if made.warning else gone)

    if not page.save_now():
        return
    dialog = FormDialog(page, tr("Painful to read"), tr("Keep"), keep, page.note.id)
    hint = tr("A few words, such as “loss of a child”. Shown before the note opens; empty for none.")
    dialog.form.add_text("warning", tr("What is painful in it"), hint)
    dialog.form.set_values({"warning": page.note.warning})
    dialog.open()
