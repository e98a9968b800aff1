"""One song: its words with the chords over them, in any key; when it was sung, by whom liked and led; its set lists."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from therapydesk.api import Link, may, ntr, show_day, today, tr
from therapydesk.plugins.groups import music_service, music_sets, music_sung
from therapydesk.plugins.groups.music_chords import MAJOR, MINOR, parse_key
from therapydesk.plugins.groups.music_service import PieceView
from therapydesk.plugins.groups.music_song import in_key
from therapydesk.plugins.groups.music_sung import SungView
from therapydesk.plugins.groups.ui import music_dialogs, music_files, music_print
from therapydesk.plugins.groups.ui.music_card import people_words
from therapydesk.plugins.groups.ui.music_sheet import ChordSheet
from therapydesk.ui.kit.cards import Card, CardRow
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.labels import name_choice, text_label
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.two_columns import TwoColumns

SONGS = "groups.songs"
SHOWN = 6  # sessions, and set lists
REST = timedelta(weeks=6)  # that a song rests with one click


class SongPage(BasePage):
    """The key that is chosen above the words moves their chords, on screen and in what is printed."""

    watches = (
        "groups_piece",
        "groups_piece_tag",
        "groups_sung",
        "groups_sung_person",
        "groups_set_item",
        "groups_piece_copies",
    )
    help_name = "songs"
    scrolls = True

    def __init__(self, desk: Desk, piece_id: UUID) -> None:
        super().__init__(desk, tr("Song"))
        self.piece_id = piece_id
        self.view: PieceView | None = None
        self.words = Card(tr("Words"))
        self.sheet = ChordSheet()
        self.key = QComboBox()
        name_choice(self.key, tr("In the key"))
        self.key.currentIndexChanged.connect(lambda _index: self._show_words())
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.sheet)
        self.words.add_row(holder)
        holder.setContentsMargins(8, 0, 8, 0)
        self.words.put_at_end(self.key)
        self.about, self.sung = Card(tr("About it")), Card(tr("Sung"))
        self.sets = Card(tr("Set lists"))
        beside = TwoColumns(3, 2)
        beside.left.addWidget(self.words)
        beside.left.addStretch(1)
        for card in (self.about, self.sung, self.sets):
            beside.right.addWidget(card)
        beside.right.addStretch(1)
        self.body.addWidget(beside, 1)
        if may(desk.user, "groups.edit"):
            self.end_button = self.add_action_button("", self.end_or_back)
            self.rest_button = self.add_action_button("", self.rest_or_back, "clock")
        self.add_action_button(tr("Save as a file"), self.save_file, "save")
        if may(desk.user, "groups.edit"):
            self.add_action_button(tr("Change"), self.change, "edit")
        self.add_action_button(tr("Print"), self.print_page, "print", primary=True)

    def refresh(self) -> None:
        """Read the song, when it was sung, and the set lists it is on."""
        with self.desk.vault.read() as db:
            (view,) = music_service.get_pieces(db, [self.piece_id])
            sung = music_sung.sung_of(db, self.piece_id)
            sets = music_sets.sets_with(db, self.piece_id)
        self.view = view
        self.set_title(view.title)
        known = [view.details.by, ", ".join(view.details.tags)]
        known.append(tr("not sung any more") if view.ended_on is not None else "")
        self.set_summary(" · ".join(each for each in known if each))
        self._show_keys(view)
        self._show_words()
        self.about.clear_rows()
        for line in about_lines(view):
            self.about.add_text(line)
        self._show_sung(view, sung)
        self.sets.clear_rows()
        for each in sets[:SHOWN]:
            day = show_day(each.on_day, short=True) if each.on_day is not None else ""
            link = Link(SONGS, each.id, ("set",))
            self.sets.add_row(CardRow(each.title, right=day, on_open=partial(self.desk.open_link, link)))
        self.sets.setVisible(bool(sets))
        if may(self.desk.user, "groups.edit"):
            self.rest_button.setText(tr("Sing it again") if view.resting else tr("Let it rest"))
            ended = view.ended_on is not None
            self.end_button.setText(tr("Back to the songs") if ended else tr("Take off the list"))

    def _show_keys(self, view: PieceView) -> None:
        chosen = self.key.currentData()
        own = view.details.key
        self.key.blockSignals(True)
        self.key.clear()
        self.key.addItem(tr("{key}, its own key").format(key=own) if own else tr("As written"), "")
        minor = own.endswith("m")
        for key in [f"{each}m" for each in MINOR] if minor else MAJOR:
            self.key.addItem(key, key)
        self.key.setCurrentIndex(max(0, self.key.findData(chosen)))
        self.key.blockSignals(False)

    def chosen_key(self) -> str:
        """The key above the words; "" is its own."""
        return str(self.key.currentData() or "")

    def _show_words(self) -> None:
        if self.view is None:
            return
        song = music_service.song_of(self.view.details)
        key = self.chosen_key()
        self.sheet.show_song(in_key(song, parse_key(key)) if key else song)
        self.words.setVisible(bool(song.sections))
        self.key.setVisible(bool(song.chords()))

    def _show_sung(self, view: PieceView, sung: list[SungView]) -> None:
        self.sung.clear_rows()
        if not sung:
            self.sung.add_text(tr("It was not sung yet."))
            return
        self.sung.add_text(ntr("Sung once.", "Sung {n} times.", view.times))
        for line in liked_lines(sung):
            self.sung.add_text(line)
        for each in sung[: SHOWN - 2]:
            when = f"{show_day(each.on, short=True)}, {each.group}"
            words = f"{when}, {each.key}" if each.key else when
            row = QWidget()
            inside = QHBoxLayout(row)
            inside.setContentsMargins(0, 4, 0, 0)
            people = people_words(each)
            inside.addWidget(text_label(f"{words} · {people}" if people else words, wrap=True))
            self.sung.add_row(row)
            row.setContentsMargins(8, 0, 8, 0)

    # -- what can be done --------------------------------------------------------------------------------

    def change(self) -> None:
        """All that is written down of it."""
        if self.view is not None:
            music_dialogs.piece_dialog(self, self.view, lambda _made: self._said(tr("Saved.")))

    def _said(self, words: str) -> None:
        self.refresh()
        self.done(words)

    def rest_or_back(self) -> None:
        """Not to be sung for six weeks from now; or to be sung again."""
        if self.view is None:
            return
        before = self.view.details.rests_until
        until = None if self.view.resting else today() + REST

        def put(day: date | None) -> None:
            with self.desk.vault.write("core") as db:
                music_service.rest_piece(db, self.piece_id, day)
            self.refresh()

        with self.guard():
            put(until)
            said = tr("It may be sung again.")
            if until is not None:
                said = tr("It rests until {day}.").format(day=show_day(until))
            self.done(said, lambda: put(before), lambda: put(until))

    def end_or_back(self) -> None:
        """Not sung any more, or sung again; what was sung when stays."""
        if self.view is None:
            return
        before = self.view.ended_on
        ended = today() if before is None else None

        def put(day: date | None) -> None:
            with self.desk.vault.write("core") as db:
                music_service.end_piece(db, self.piece_id, day)
            self.refresh()

        with self.guard():
            put(ended)
            said = tr("It is among the songs again.") if ended is None else tr("Taken off the list of songs.")
            self.done(said, lambda: put(before), lambda: put(ended))

    def save_file(self) -> None:
        """For another program: ChordPro or OpenSong, in its own key."""
        if self.view is not None:
            music_files.ask_kind(self, self.view)

    def print_page(self) -> None:
        """Ctrl+P: a lyric sheet, in the key that is chosen."""
        if self.view is None:
            return
        with self.guard():
            music_print.print_dialog(self, [(self.piece_id, self.chosen_key())], self.view.title)

    def focus_first(self) -> None:
        (self.key if self.key.isVisibleTo(self) else self).setFocus()


def about_lines(view: PieceView) -> list[str]:
    """What is known of a song, a sentence each; what was not said is left out."""
    details = view.details
    told = (
        (tr("Key {text}"), details.key),
        (tr("Capo {text}"), str(details.capo) if details.capo else ""),
        (tr("Tempo {text}"), details.tempo),
        (tr("Time {text}"), details.time),
        (tr("From {text}"), details.range),
        (tr("Language: {text}"), details.language),
        (tr("Mood: {text}"), details.mood),
    )
    first = " · ".join(words.format(text=text) for words, text in told if text)
    lines = [first] if first else []
    if view.resting and details.rests_until is not None:
        lines.append(tr("Rests until {day}.").format(day=show_day(details.rests_until)))
    if details.rights:
        lines.append(tr("Whose it is: {text}").format(text=details.rights))
    if details.own:
        lines.append(tr("The words are our own."))
    elif details.licence:
        lines.append(tr("What allows us to keep the words: {text}").format(text=details.licence))
    if view.copies:
        lines.append(ntr("One copy was printed.", "{n} copies were printed.", view.copies))
    return lines or [tr("Nothing more is written down of it.")]


def liked_lines(sung: list[SungView]) -> list[str]:
    """Who liked it and who led it over all sessions, the most often first."""
    lines = []
    for words, parts in (
        (tr("Liked by {names}."), [name for each in sung for _, name in each.liked]),
        (tr("Led by {names}."), [name for each in sung for _, name in each.led]),
    ):
        names = sorted(dict.fromkeys(parts), key=lambda name: -parts.count(name))
        if names:
            shown = ", ".join(names[:8])
            more = len(names) - 8
            if more > 0:
                shown = tr("{names} and {n} more").format(names=shown, n=more)
            lines.append(words.format(names=shown))
    return lines
