"""A short form whose work takes longer than a key press: it runs as a job, and the dialog stays until it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QLineEdit, QWidget

from therapydesk.api import UserError, check_passphrase, tr
from therapydesk.ui.kit.forms import FormDialog

if TYPE_CHECKING:
    from therapydesk.ui.kit.jobs import Runner

Values = dict[str, Any]


class WorkDialog(FormDialog):
    """`work(values)` runs on the worker thread and `then(result)` after it; a UserError is shown and all that was typed
    stays. `check(values)` may refuse first, at once.
    """

    def __init__(
        self,
        parent: QWidget,
        jobs: Runner,
        words: tuple[str, str],
        work: Callable[[Values], Any],
        then: Callable[[Any], object],
    ) -> None:
        title, action = words
        super().__init__(parent, title, action, lambda _values: None)
        self._jobs, self._title, self._work, self._then = jobs, title, work, then
        self._working = False
        self.check: Callable[[Values], None] = lambda _values: None

    def save(self) -> None:
        """Check, then work in the background."""
        if self._working or not self.form.finish():
            return
        values = self.form.values()
        try:
            self.check(values)
        except UserError as error:
            self.form.show_error(error)
            return
        self._set_working(True)
        self._jobs.start(lambda _job: self._work(values), self._finished, self._failed, title=self._title)

    def _set_working(self, working: bool) -> None:
        self._working = working
        for each in (self.save_button, self.cancel_button):
            each.setEnabled(not working)

    def reject(self) -> None:
        if not self._working:
            super().reject()

    def _finished(self, result: Any) -> None:
        self._set_working(False)
        self.accept()
        self._then(result)

    def _failed(self, error: Exception) -> None:
        self._set_working(False)
        if not isinstance(error, UserError):
            raise error
        self.form.show_error(error)


def add_new_passphrase(dialog: WorkDialog, label: str, hint: str = "") -> None:
    """Two fields for a new passphrase, "first" and "again", and the checks of both."""
    for name, text in (("first", label), ("again", tr("The same again"))):
        field = dialog.form.add_text(name, text, hint if name == "first" else "", required=True)
        field.setEchoMode(QLineEdit.EchoMode.Password)

    def check(values: Values) -> None:
        check_passphrase(values["first"])
        if values["first"] != values["again"]:
            raise UserError(tr("The two passphrases are not the same."))

    dialog.check = check
