"""One note: prompts at the left, the last note beside, draft state and Sign in the head."""

from __future__ import annotations

import json
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from therapydesk.api import (
    StaleRecord,
    UserError,
    appointments,
    local_now,
    show_day,
    show_instant,
    show_time,
    tr,
)
from therapydesk.plugins.notes import lists, service
from therapydesk.plugins.notes.service import MusicView, NoteView
from therapydesk.plugins.notes.templates import template
from therapydesk.plugins.notes.ui.addendum import AddendumDialog
from therapydesk.plugins.notes.ui.music_card import MusicCard
from therapydesk.plugins.notes.ui.note_facts import note_facts
from therapydesk.plugins.notes.ui.painful import Cover, ask_warning
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.editor import DraftState, NoteEditor
from therapydesk.ui.kit.labels import text_label
from therapydesk.ui.kit.messages import announce, confirm
from therapydesk.ui.kit.page import MARGIN, BasePage
from therapydesk.ui.kit.read_area import ReadArea
from therapydesk.ui.kit.subject import Subject
from therapydesk.ui.kit.word_hint import add_word_hints

DRAFT = "notes."  # and the note's id: the name of a crash copy
RING = 4  # room for the focus ring around a text


class NoteWindow(BasePage):
    """A draft to write and sign, or a signed note to read and add to. Emits `left` when it is signed."""

    left = Signal()
    help_name = "note"

    def __init__(self, desk: Desk, note: NoteView) -> None:
        super().__init__(desk, note.title)
        self.note, self._name, self._behind = note, note.name, False
        self._about()
        self.state = DraftState()
        self.editor = self._make_editor()
        row = QHBoxLayout()
        row.setSpacing(24)
        self.main = self._scrolling(self.editor)
        row.addWidget(self.main, 62)
        self.side = QVBoxLayout()
        self.side.setSpacing(16)
        beside = QWidget()
        beside.setLayout(self.side)
        self.side.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._scrolling(beside, tr("Beside the note")), 46)
        self.body.setContentsMargins(MARGIN - RING, 0, MARGIN, MARGIN)
        self.body.addLayout(row, 1)
        self.music = MusicCard(self._add_music, self._remove_music) if self._is_written() else MusicCard()
        if self._is_written():
            self._writing()
        else:
            self._reading()
        if note.warning and not self._is_written():
            row.insertWidget(0, Cover(note.warning, self.main), 62, Qt.AlignmentFlag.AlignTop)
        self._show_beside()

    def _is_written(self) -> bool:
        return self.note.state == "draft" and self.note.mine

    def _about(self) -> None:
        """Whose note, and the session it is about: time, which one, kind and room."""
        note, name = self.note, self._name
        if note.appointment_id is None:
            self.set_summary(f"{name} · {show_day(note.happened_on)}")
            return
        with self.desk.vault.read() as db:
            session = appointments.get_session(db, note.appointment_id)
            number = lists.session_number(db, note.person_id, session.starts_at)
        start, end = show_time(session.starts_at.time()), show_time(session.ends_at.time())
        words = [
            name,
            tr("{day}, {start} to {end}").format(day=show_day(note.happened_on), start=start, end=end),
        ]
        words += [tr("session {n}").format(n=number)] if number else []
        words += [appointments.kind_word(session.kind)] + ([session.where] if session.where else [])
        self.set_summary(" · ".join(words))

    def _make_editor(self) -> NoteEditor:
        """The prompts; those of a note that is only read are left out when nothing was written under them."""
        prompts = template(self.note.template).prompts
        hints = {p.id: p.hint for p in prompts}
        titles = {p.id: p.title for p in prompts} if self._is_written() else {}
        shown = [a for a in self.note.answers if self._is_written() or a.text.strip()]
        editor = NoteEditor(
            [(a.prompt, titles.get(a.prompt, a.title)) for a in shown or self.note.answers], hints
        )
        if (layout := editor.layout()) is not None:
            layout.setContentsMargins(RING, RING, RING, RING)
        editor.set_texts({a.prompt: a.text for a in self.note.answers})
        return editor

    @staticmethod
    def _scrolling(widget: QWidget, name: str = "") -> QScrollArea:
        """An area that scrolls; with a name it can be reached by Tab and scrolled by keys."""
        area = ReadArea() if name else QScrollArea()
        area.setWidgetResizable(True)
        area.setAccessibleName(name)
        if not name:
            area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(widget)
        return area

    # -- writing ----------------------------------------------------------------------

    def _writing(self) -> None:
        self.add_head_widget(self.state)
        self.add_action_button(tr("Painful to read"), lambda: ask_warning(self))
        self.add_action_button(tr("Sign note"), self._ask_sign, "tick", primary=True, shortcut="Ctrl+Return")
        self.editor.draft_due.connect(self.keep_draft)
        self.editor.edited.connect(self.state.show_unsaved)
        if getattr(self.desk.settings, "word_hints", True):
            add_word_hints(self.editor)
        self._offer_draft(tr("What you typed before TherapyDesk stopped is back."))

    def subject(self) -> Subject:
        """The person, and the session that the note is about."""
        session = self.note.appointment_id
        return Subject(self.note.person_id, ("appointment", str(session)) if session else ())

    @property
    def draft_key(self) -> str:
        """The name of the crash copy of this note."""
        return f"{DRAFT}{self.note.id}"

    def _offer_draft(self, text: str) -> None:
        """Bring back what was typed and not saved."""
        kept = self.desk.vault.load_draft(self.draft_key)
        if not kept:
            return
        if json.loads(kept) == self._saved():
            return
        self.editor.set_texts(json.loads(kept))
        self.state.show_unsaved()
        self.messages.show_message("warn", text, tr("Leave it out"), self._discard)

    def _discard(self) -> None:
        self.editor.set_texts(self._saved())
        with self.guard():
            self.desk.vault.drop_draft(self.draft_key)

    def _saved(self) -> dict[str, str]:
        return {a.prompt: a.text for a in self.note.answers}

    def keep_draft(self) -> None:
        """Keep a sealed copy of what is typed: every five seconds and when a field is left."""
        vault = self.desk.vault
        if not vault.is_unlocked or self.note.state != "draft" or self.editor.texts() == self._saved():
            return  # saved already, or locked: what was typed until then has been kept
        with self.guard():
            vault.save_draft(self.draft_key, json.dumps(self.editor.texts()))
            self.state.show_saved(local_now().time())

    def save_now(self) -> bool:
        """Save the note's row (Ctrl+S, Back). False when it could not be saved; the draft is kept then."""
        for dialog in self.findChildren(AddendumDialog):
            dialog.keep_draft()
        if not self._is_written():
            return True
        if not self.music.take():
            self.keep_draft()
            return False
        texts = self.editor.texts()
        if texts == self._saved():
            return True
        try:
            with self.desk.vault.write("clinical") as db:
                self.note = service.save_note(db, self.note.id, texts, self.note.row_version)
        except UserError as error:
            self.keep_draft()
            self.show_error(error)
            return False
        self.desk.vault.drop_draft(self.draft_key)
        self.state.show_saved(local_now().time())
        return True

    def show_error(self, error: UserError) -> None:
        """Remember whether Reload has something to read."""
        self._behind = isinstance(error, StaleRecord)
        super().show_error(error)

    def refresh(self) -> None:
        """After a note was saved elsewhere meanwhile: read it again, and bring back what is typed here."""
        if not self._behind:
            return
        with self.desk.vault.read() as db:
            self.note = service.read_note(db, self.note.id)
        self._behind = False
        self.messages.clear()
        self.editor.set_texts(self._saved())
        self.editor.set_read_only(not self._is_written())
        self._show_music(self.note.music)
        self._offer_draft(tr("What you typed is back. Underneath, the note is as it was saved meanwhile."))

    def _ask_sign(self) -> None:
        if self.editor.is_empty():
            self.messages.show_message(
                "warn", tr("There is nothing in this note yet. Write something before you sign it.")
            )
            return
        text = tr("{name}, {day}. After signing the note cannot be changed, only added to.")
        day = show_day(self.note.happened_on)
        dialog = confirm(
            self, tr("Sign this note?"), text.format(name=self._name, day=day), tr("Sign note"), self.sign
        )
        for button in dialog.findChildren(QPushButton):  # Ctrl+Enter, then Enter
            if button.text() == tr("Sign note"):
                button.setDefault(True)
                button.setFocus()

    def sign(self) -> None:
        """Save and sign in one step."""
        if not self.save_now():
            return
        with self.guard():
            with self.desk.vault.write("clinical") as db:
                self.note = service.sign_note(db, self.note.id, self.note.row_version)
            self.desk.vault.drop_draft(self.draft_key)
            announce(self, tr("Note signed"))
            self.left.emit()

    # -- reading ----------------------------------------------------------------------

    def _reading(self) -> None:
        self.editor.set_read_only(True)
        note = self.note
        if note.state == "signed":
            signed = show_instant(note.signed_at) if note.signed_at else ""
            summary = tr("{name} · about {day} · signed by {signer}, {signed}")
            day = show_day(note.happened_on)
            self.set_summary(summary.format(name=self._name, day=day, signer=note.signer_name, signed=signed))
            self.add_action_button(tr("Add to note"), self._ask_addendum, "add", primary=True)
        else:
            self.messages.show_message("info", tr("A colleague is still writing this note."))
        self._show_addenda()

    def _show_addenda(self) -> None:
        if not self.note.addenda:
            return
        card = Card(tr("Added later"))
        card.body.setSpacing(4)
        for each in self.note.addenda:
            card.add_row(
                text_label(f"{each.signer_name}, {show_instant(each.written_at)}", "small", "text_muted")
            )
            card.add_row(text_label(each.text, wrap=True))
        self.side.insertWidget(0, card)

    def _ask_addendum(self) -> None:
        AddendumDialog(self, self.desk.vault, self.note.id, self._add).open()

    def _add(self, text: str) -> None:
        with self.desk.vault.write("clinical") as db:
            self.note = service.add_addendum(db, self.note.id, text)
        self._clear_side()
        self._show_beside()
        self._show_addenda()
        self.done(tr("Added to the note."))

    def _clear_side(self) -> None:
        while (item := self.side.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget is not self.music:
                widget.hide()
                widget.deleteLater()

    # -- beside ----------------------------------------------------------------------

    def _show_beside(self) -> None:
        """The last note, and the music: for a note that is only read if there was any."""
        self._show_last_time()
        self.music.show_music(self.note.music)
        self.side.addWidget(self.music)
        self.music.setVisible(self._is_written() or bool(self.note.music))
        self.side.addWidget(note_facts(self.desk, self.note))
        self.side.addStretch(1)

    def _add_music(self, text: str) -> bool:
        """Kept at once, with the draft; False when it could not be."""
        try:
            with self.desk.vault.write("clinical") as db:
                music = service.add_music(db, self.note.id, text).music
        except UserError as error:
            self.show_error(error)
            return False
        self._show_music(music)
        return True

    def _remove_music(self, each: MusicView) -> None:
        with self.guard():
            with self.desk.vault.write("clinical") as db:
                music = service.remove_music(db, self.note.id, each.id).music
            self._show_music(music)
            text = f"{each.name}, {each.how}" if each.how else each.name
            self.done(tr("{name} is taken out.").format(name=each.name), lambda: self._add_music(text))

    def _show_music(self, music: tuple[MusicView, ...]) -> None:
        """The rest of the note stays as it was read, so that a change in another window is still noticed."""
        self.note = replace(self.note, music=music)
        self.music.show_music(music)

    def _show_last_time(self) -> None:
        with self.desk.vault.read() as db:
            last = service.previous_note(db, self.note.person_id, self.note.happened_on, self.note.id)
        card = Card(tr("Last time"))
        card.body.setSpacing(4)
        if last is None:
            card.add_text(tr("This is the first note."))
        elif last.warning:
            card.add_text(show_day(last.happened_on))
            card.add_text(tr("This note is about: {what}").format(what=last.warning))
        else:
            card.put_at_end(
                text_label(tr("{day}, signed").format(day=show_day(last.happened_on)), "small", "text_muted")
            )
            for answer in [a for a in last.answers if a.text][:3]:
                card.add_row(text_label(answer.title, "strong"))
                card.add_row(text_label(answer.text, wrap=True))
        self.side.addWidget(card)

    def focus_first(self) -> None:
        self.editor.focus_first()

    def leave(self) -> bool:
        """Save before it goes; a note in which nothing was written is not kept. False: it could not be saved."""
        if not self.save_now():
            return False
        if self._is_written() and self.editor.is_empty() and not self.note.music:
            with self.guard(), self.desk.vault.write("clinical") as db:
                service.drop_note(db, self.note.id)
            self.desk.vault.drop_draft(self.draft_key)
        return True
