"""Beside a register and after a session: what was sung, by whom liked and led."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from therapydesk.api import Link, appointments, may, ntr, show_day, today, tr
from therapydesk.plugins.groups import music_service, music_sets, music_sung, register, works_service
from therapydesk.plugins.groups.music_sets import SetView
from therapydesk.plugins.groups.music_sung import SungView
from therapydesk.plugins.groups.ui import works_dialogs
from therapydesk.plugins.groups.ui.music_field import SongField
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import button, icon_button, text_label
from therapydesk.ui.kit.page import BasePage

GROUPS, SUNG = "groups.groups", "sung"
NARROW_ROWS = 3  # beside a register


class SungCard(Card):
    """What was sung at one session: a title adds a song, the cross takes it out. What it does is said on its page."""

    def __init__(self, page: BasePage, appointment_id: UUID, *, narrow: bool = False) -> None:
        super().__init__(tr("Sung today"))
        self._page, self._session, self._narrow = page, appointment_id, narrow
        self._sung: list[SungView] = []
        self._set: SetView | None = None
        self.field = SongField(tr("Song that was sung: its title"))
        self.field.returnPressed.connect(self.add)
        self._rows = QWidget()
        self._list = QVBoxLayout(self._rows)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self.add_row(self._rows)
        self.all_button = button(tr("Add the set list"), self.add_set)
        self.made_button = button(tr("Add what was made"), self.add_work, kind="link")
        self._holder = QWidget()
        column = QVBoxLayout(self._holder)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addWidget(self.all_button)
        column.addWidget(self.made_button, 0, Qt.AlignmentFlag.AlignLeft)
        shows_made = may(page.desk.user, "groups.edit") and not narrow
        self.made_button.setVisible(shows_made)  # only now: it would be a window of its own
        self.add_row(self._holder)

    def titles(self) -> list[str]:
        """What is shown, in order."""
        return [each.title for each in self._sung]

    def refresh(self) -> None:
        """Read again what was sung, and which titles there are. Hidden while there is nothing to sing and nothing sung."""
        with self._page.desk.vault.read() as db:
            self._sung = music_sung.list_sung(db, self._session)
            titles = music_service.list_titles(db)
            self._set = music_sets.set_of_session(db, self._session)
        self.field.set_titles(titles)
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        changes = may(self._page.desk.user, "groups.register")
        if self._narrow:
            self._show_narrow()
        else:
            for each in self._sung:
                self._list.addWidget(self._line(each, changes))
        self._rows.setVisible(bool(self._sung))
        self._holder.setVisible(changes)
        left = self._left()
        self.all_button.setVisible(bool(left))
        told = ntr("One song of the set list", "{n} songs of the set list", len(left)) if left else ""
        self.all_button.setAccessibleDescription(told)
        self.setVisible(bool(self._sung) or (changes and bool(titles)))

    def _show_narrow(self) -> None:
        """The last ones in the order sung, who led in small; all of them, with who liked them, have a page of their own."""
        if self._sung:
            link = Link(GROUPS, None, (SUNG, str(self._session)))
            words = tr("All {n}").format(n=len(self._sung))
            self.set_link(words, partial(self._page.desk.open_link, link))
        elif self._link is not None:
            self._link.hide()
        first = max(0, len(self._sung) - NARROW_ROWS)
        for number, each in enumerate(self._sung[first:], start=first + 1):
            line = QWidget()
            inside = QHBoxLayout(line)
            inside.setContentsMargins(0, 0, 0, 0)
            inside.setSpacing(4)
            place = text_label(str(number), "", "text_muted")
            place.setMinimumWidth(style.chars(2))
            inside.addWidget(place)
            inside.addWidget(_Cut(each.title), 1)
            if each.led:
                led = tr("{name} led").format(name=each.led[0][1].split()[0])
                inside.addWidget(text_label(led, "small", "text_muted"))
            self._list.addWidget(line)

    def _left(self) -> list[UUID]:
        """What is on the set list of this session and was not said to be sung."""
        there = {each.piece_id for each in self._sung}
        items = self._set.items if self._set is not None else ()
        return [piece for piece in dict.fromkeys(each for each, _, _ in items) if piece not in there]

    def _line(self, each: SungView, changes: bool) -> QWidget:
        line = QWidget()
        inside = QHBoxLayout(line)
        inside.setContentsMargins(0, 0, 0, 0)
        words = tr("{title}, in {key}").format(title=each.title, key=each.key) if each.key else each.title
        told = QVBoxLayout()
        told.setSpacing(0)
        told.addWidget(text_label(words, wrap=True))
        people = people_words(each)
        if people:
            told.addWidget(text_label(people, "small", "text_muted", wrap=True))
        inside.addLayout(told, 1)
        if changes:
            name = tr("Who liked or led {name}").format(name=each.title)
            inside.addWidget(icon_button("people", name, partial(self.ask_people, each)))
            name = tr("Take out {name}").format(name=each.title)
            inside.addWidget(icon_button("close", name, partial(self.take_out, each)))
        return line

    def add(self) -> None:
        """The song in the field was sung."""
        with self._page.guard():
            piece = self.field.pick()
            if piece is None:
                return
            with self._page.desk.vault.write("core") as db:
                made = music_sung.add_sung(db, self._session, piece)
            self.field.clear()
            self.refresh()
            title = next(each.title for each in self._sung if each.id == made)
            self._page.done(tr("Sung: {title}").format(title=title), partial(self._remove, [made]))

    def add_set(self) -> None:
        """All of the set list that was made for this session was sung."""
        if self._set is None:
            return
        with self._page.guard():
            with self._page.desk.vault.write("core") as db:
                made = music_sung.add_sung_set(db, self._session, self._set.id)
            self.refresh()
            self.field.setFocus()
            words = ntr(
                "One song of the set list was sung.", "{n} songs of the set list were sung.", len(made)
            )
            self._page.done(words, partial(self._remove, made))

    def add_work(self) -> FormDialog:
        """Something was made at this session; who made it is said on its own page."""
        with self._page.desk.vault.read() as db:
            day = appointments.get_session(db, self._session).starts_at.date()

        def made(work_id: UUID) -> None:
            self._page.desk.open_link(Link(works_service.PAGE, work_id))

        return works_dialogs.work_dialog(self._page, None, made, session=(self._session, min(day, today())))

    def take_out(self, each: SungView) -> None:
        """It was not sung after all; undo says that it was, with who liked and led it."""

        def back() -> None:
            with self._page.desk.vault.write("core") as db:
                sung = music_sung.add_sung(db, self._session, each.piece_id, each.key)
                for part, people in (("liked", each.liked), ("led", each.led)):
                    music_sung.set_people(db, self._session, sung, part, [person for person, _ in people])
            self.refresh()

        with self._page.guard():
            self._remove([each.id])
            self._page.done(tr("Taken out: {title}").format(title=each.title), back)

    def _remove(self, sung_ids: Sequence[UUID]) -> None:
        with self._page.desk.vault.write("core") as db:
            for sung_id in sung_ids:
                music_sung.remove_sung(db, self._session, sung_id)
        self.refresh()

    def ask_people(self, each: SungView) -> FormDialog:
        """Who of those who came liked the song, and who led it."""
        with self._page.desk.vault.read() as db:
            found = register.open_register(db, self._session)
        people = {row.person_id: row.name for row in found.rows if row.person_id is not None and row.came}
        if not people:  # nobody is marked yet
            people = {row.person_id: row.name for row in found.rows if row.person_id is not None}
        people = {**dict([*each.led, *each.liked]), **people}
        names = [(str(person), name) for person, name in people.items()]

        def save(values: dict[str, Any]) -> None:
            with self._page.desk.vault.write("core") as db:
                for part in music_sung.PARTS:
                    wanted = [UUID(person) for person in values[part]]
                    music_sung.set_people(db, self._session, each.id, part, wanted)
            self.refresh()
            self._page.done(tr("Saved."))

        title = tr("Who liked or led “{title}”").format(title=each.title)
        dialog = FormDialog(self._page, title, tr("Save"), save, each.id)
        dialog.form.add_choices("led", tr("Led it"), names)
        dialog.form.add_choices("liked", tr("Liked it"), names)
        dialog.form.set_values(
            {
                "led": [str(person) for person, _ in each.led],
                "liked": [str(person) for person, _ in each.liked],
            }
        )
        dialog.open()
        return dialog


def people_words(each: SungView) -> str:
    """Who led and liked it, in a line."""
    parts = []
    if each.led:
        parts.append(tr("Led by {names}").format(names=", ".join(name for _, name in each.led)))
    if each.liked:
        parts.append(tr("Liked by {names}").format(names=", ".join(name for _, name in each.liked)))
    return " · ".join(parts)


class _Cut(QLabel):
    """A title on one line, cut at its end where there is too little room; a screen reader has all of it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._text = text
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setText(self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width()))


class SungPage(BasePage):
    """What was sung at one session, in full; beside the register there is not room for it."""

    watches = ("groups_sung", "groups_sung_person", "groups_set_item", "groups_piece")
    help_name = "songs"
    scrolls = True

    def __init__(self, desk: Desk, appointment_id: UUID) -> None:
        super().__init__(desk, tr("Sung today"))
        self._session = appointment_id
        self.sung = SungCard(self, appointment_id)
        self.sung.setMaximumWidth(style.chars(100))
        self.body.addWidget(self.sung)
        self.body.addStretch(1)
        self.add_action_button(tr("Register"), self.open_register, primary=True)

    def refresh(self) -> None:
        """Read the session, and what was sung."""
        with self.desk.vault.read() as db:
            session = appointments.get_session(db, self._session)
        self.set_title(tr("Sung at {group}").format(group=session.heading))
        self.set_summary(show_day(session.starts_at.date()))
        self.sung.refresh()

    def open_register(self) -> None:
        """Back to who came."""
        self.desk.open_link(Link(GROUPS, None, ("register", str(self._session))))

    def focus_first(self) -> None:
        self.sung.field.setFocus()


def sung_card(page: BasePage, appointment_id: UUID, *, narrow: bool = False) -> SungCard:
    """The card for a page about a session; call its `refresh` when the page reads itself. `narrow`: beside something else,
    where there is room for the last song alone.
    """
    return SungCard(page, appointment_id, narrow=narrow)
