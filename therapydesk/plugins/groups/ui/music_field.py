"""A field for the title of a song that is here: a part that fits one song only is enough."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit

from therapydesk.api import UserError, normal_name, tr


class SongField(QLineEdit):
    """`name` is what a screen reader calls it. `left_down`: the down arrow in an empty field, for the list under it."""

    left_down = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._by_title: dict[str, UUID] = {}
        self._titles = QStringListModel(self)
        completer = QCompleter(self._titles, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompleter(
            completer
        )  # for good: one that is replaced while its list is open takes the program with it
        self.setPlaceholderText(tr("Title of a song"))
        self.setAccessibleName(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and not self.text():
            self.left_down.emit()
        else:
            super().keyPressEvent(event)

    def set_titles(self, titles: Sequence[tuple[UUID, str]]) -> None:
        """Which songs there are to choose from."""
        self._by_title = {normal_name(title): piece for piece, title in titles}
        wanted = [title for _, title in titles]
        if wanted != self._titles.stringList():
            self._titles.setStringList(wanted)

    def pick(self) -> UUID | None:
        """The song whose title, or a part of it, stands in the field; None when it is empty. Raises UserError."""
        words = normal_name(self.text())
        if not words:
            return None
        found = self._by_title.get(words)
        if found is not None:
            return found
        near = [each for title, each in self._by_title.items() if words in title]
        if len(near) != 1:
            said = tr("There is no song, or more than one, called “{name}”.")
            raise UserError(
                said.format(name=self.text().strip()),
                tr("Write its whole title, or add it on the Songs page."),
            )
        return near[0]
