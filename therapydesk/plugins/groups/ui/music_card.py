"""Beside a register: what was sung today. A title adds a song, the cross takes it out."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from therapydesk.api import UserError, may, normal_name, tr
from therapydesk.plugins.groups import music_service, music_sung
from therapydesk.plugins.groups.music_sung import SungView
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.labels import icon_button, text_label
from therapydesk.ui.kit.page import BasePage


class SungCard(Card):
    """What was sung at one session. What it says and undoes is said on the page it stands on."""

    def __init__(self, page: BasePage, appointment_id: UUID) -> None:
        super().__init__(tr("Sung today"))
        self._page, self._session = page, appointment_id
        self._sung: list[SungView] = []
        self._by_title: dict[str, UUID] = {}
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Title of a song"))
        self.field.setAccessibleName(tr("Song that was sung: its title"))
        self.field.returnPressed.connect(self.add)
        self._rows = QWidget()
        self._list = QVBoxLayout(self._rows)
        self._list.setContentsMargins(8, 0, 0, 0)
        self._list.setSpacing(0)
        self.add_row(self._rows)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(8, 4, 8, 4)
        row.addWidget(self.field)
        self.add_row(holder)
        self._holder = holder

    def titles(self) -> list[str]:
        """What is shown, in order."""
        return [each.title for each in self._sung]

    def refresh(self) -> None:
        """Read again what was sung, and which titles there are. Hidden while there is nothing to sing and nothing sung."""
        with self._page.desk.vault.read() as db:
            self._sung = music_sung.list_sung(db, self._session)
            titles = music_service.list_titles(db)
        self._by_title = {normal_name(title): piece for piece, title in titles}
        completer = QCompleter([title for _, title in titles], self.field)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.field.setCompleter(completer)
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        changes = may(self._page.desk.user, "groups.register")
        for each in self._sung:
            self._list.addWidget(self._line(each, changes))
        self._rows.setVisible(bool(self._sung))
        self._holder.setVisible(changes)
        self.setVisible(bool(self._sung) or (changes and bool(titles)))

    def _line(self, each: SungView, changes: bool) -> QWidget:
        line = QWidget()
        inside = QHBoxLayout(line)
        inside.setContentsMargins(0, 0, 0, 0)
        words = tr("{title}, in {key}").format(title=each.title, key=each.key) if each.key else each.title
        inside.addWidget(text_label(words, wrap=True), 1)
        if changes:
            name = tr("Take out {name}").format(name=each.title)
            inside.addWidget(icon_button("close", name, partial(self.take_out, each)))
        return line

    def add(self) -> None:
        """The song in the field was sung."""
        words = normal_name(self.field.text())
        if not words:
            return
        with self._page.guard():
            piece = self._by_title.get(words)
            if piece is None:
                near = [each for title, each in self._by_title.items() if words in title]
                if len(near) != 1:
                    raise UserError(
                        tr("There is no song, or more than one, called “{name}”.").format(
                            name=self.field.text().strip()
                        ),
                        tr("Write its whole title, or add it on the Songs page."),
                    )
                piece = near[0]
            with self._page.desk.vault.write("core") as db:
                made = music_sung.add_sung(db, self._session, piece)
            self.field.clear()
            self.refresh()
            title = next(each.title for each in self._sung if each.id == made)
            self._page.done(tr("Sung: {title}").format(title=title), partial(self._remove, made))

    def take_out(self, each: SungView) -> None:
        """It was not sung after all."""
        with self._page.guard():
            self._remove(each.id)

    def _remove(self, sung_id: UUID) -> None:
        with self._page.desk.vault.write("core") as db:
            music_sung.remove_sung(db, self._session, sung_id)
        self.refresh()


def sung_card(page: BasePage, appointment_id: UUID) -> SungCard:
    """The card for a page about a session; call its `refresh` when the page reads itself."""
    return SungCard(page, appointment_id)
