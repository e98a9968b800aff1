"""After a session of a group: what stands out, aims rated, what members say, the shared note, what goes to one person."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from therapydesk.api import UserError, show_day, tr
from therapydesk.plugins.groups import after, measures, register, service
from therapydesk.plugins.groups import looks as worth_a_look
from therapydesk.plugins.groups.register import Register
from therapydesk.plugins.groups.ui.besides import Besides
from therapydesk.plugins.groups.ui.measures_card import MeasuresCard
from therapydesk.plugins.groups.ui.music_card import sung_card
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.growing_text import GrowingText
from therapydesk.ui.kit.labels import button, name_choice, text_label
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.segments import SegmentedButtons
from therapydesk.ui.kit.viewing import Viewing


def rating_words() -> list[tuple[str, str]]:
    """0 to 4 in words, and that nobody said yet."""
    words = (tr("Not at all"), tr("A little"), tr("Partly"), tr("Mostly"), tr("Fully"))
    return [("", tr("Not rated")), *((str(n), word) for n, word in enumerate(words))]


class AfterPage(BasePage):
    """What is typed is kept with every save and when the page is left; signing closes it."""

    help_name = "groups"
    scrolls = True

    def __init__(self, desk: Desk, appointment_id: UUID) -> None:
        super().__init__(desk, tr("After the session"))
        self.appointment_id = appointment_id
        self.found: Register | None = None
        self.excerpts: dict[UUID, str] = {}
        self.names: dict[UUID, str] = {}
        self.note_id: UUID | None = None
        self.signed = False
        self._viewing = Viewing(self, desk.vault, "group note")
        self.looks = Card(tr("Worth a look"))
        self.measures = MeasuresCard(self.answer)
        self.aims, self.note_card = Card(tr("Aims")), Card(tr("Note of the group"))
        self.members = Card(tr("For single members"))
        self.sung = sung_card(self, appointment_id)
        self.text = GrowingText()
        self.text.setAccessibleName(tr("Note of the group"))
        self.text.setPlaceholderText(tr("What happened, without more names than it needs"))
        self.note_card.add_row(_inset(self.text))
        self.who = QComboBox()
        name_choice(self.who, tr("Member"))
        self.excerpt = GrowingText()
        self.excerpt.setAccessibleName(tr("What goes into their record"))
        self.add_button = button(tr("Put into their record"), self.add_excerpt, "add")
        self.warning = text_label("", tone="warn", wrap=True)
        self._lay_out_members()
        self.besides = Besides(desk, tr("Besides the session"), "appointment", appointment_id)
        for card in (
            self.looks,
            self.aims,
            self.sung,
            self.measures,
            self.note_card,
            self.members,
            self.besides,
        ):
            card.setMaximumWidth(style.chars(100))
            self.body.addWidget(card)
        self.body.addStretch(1)
        self.sign_button = self.add_action_button(
            tr("Sign note"), self.sign, "tick", primary=True, shortcut="Ctrl+Return"
        )

    def _lay_out_members(self) -> None:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.addWidget(self.who)
        row.addStretch(1)
        row.addWidget(self.add_button)
        column.addLayout(row)
        column.addWidget(self.excerpt)
        column.addWidget(self.warning)
        self.warning.hide()
        self._kept = QVBoxLayout()
        self._kept.setSpacing(style.sp(1))
        column.addLayout(self._kept)
        self.members.add_row(holder)

    def refresh(self) -> None:
        """Read the session, its ratings and its note."""
        with self.desk.vault.read() as db:
            found = register.open_register(db, self.appointment_id)
            aims = after.list_aims(db, found.group_id)
            ratings = after.ratings_of(db, self.appointment_id)
            note = after.find_note(db, self.appointment_id)
            kind = service.get_group(db, found.group_id).kind
            answers = measures.answers_at(db, self.appointment_id)
        self.found = found
        self.sung.refresh()
        self._show_looks()
        self.measures.show_answers(
            measures.questions(kind.measures if kind is not None else ()),
            [
                (row.person_id, row.name, "supporter" if row.role == "carer" else "member")
                for row in found.rows
                if row.person_id is not None and row.came and row.role != "worker"
            ],
            {(each.measure, each.person_id): each.value for each in answers},
            writes=self.desk.vault.allows("groups.write_notes"),
        )
        self.set_title(tr("After {group}").format(group=found.name))
        self.set_summary(show_day(found.starts_at.date()))
        self.aims.clear_rows()
        for aim in aims:
            self.aims.add_row(self._aim_row(aim, ratings.get(aim.id)))
        if not aims:
            self.aims.add_text(tr("This group has no aims yet. They are written down with the group."))
        came = [row for row in found.rows if row.person_id is not None and row.came]
        self.names = {row.person_id: row.name for row in came if row.person_id is not None}
        self.who.clear()
        for person_id, name in self.names.items():
            self.who.addItem(name, person_id)
        if note is not None:
            self.note_id, self.signed = note.id, note.signed_at is not None
            self.text.setPlainText(note.text)
            self._viewing.look(note.id)
            self.excerpts = {e.person_id: e.text for e in note.excerpts}
            self.names |= {e.person_id: e.name for e in note.excerpts}
        self._show_excerpts()
        writes = self.desk.vault.allows("groups.write_notes") and not self.signed
        self.text.setReadOnly(not writes)
        for widget in (self.who, self.excerpt, self.add_button, self.sign_button):
            widget.setVisible(writes)

    def _show_looks(self) -> None:
        """What stands out, and what to watch for with this kind of group."""
        if self.found is None:
            return
        with self.desk.vault.read() as db:
            looks = worth_a_look.worth_a_look(db, self.appointment_id)
            signs = worth_a_look.watch_for(db, self.found.group_id)
        self.looks.clear_rows()
        for look in looks:
            self.looks.add_row(text_label(look.text, tone="warn", wrap=True))
        if not looks:
            self.looks.add_text(tr("Nothing stands out."))
        if signs:
            self.looks.add_text(tr("Watch for: {signs}.").format(signs="; ".join(signs)))

    def answer(self, code: str, person: UUID, value: int | None) -> None:
        """What somebody answered is kept at once."""
        with self.guard():
            with self.desk.vault.write("clinical") as db:
                measures.record_answers(db, self.appointment_id, code, {person: value})
            self._show_looks()

    def _aim_row(self, aim: after.AimView, rating: int | None) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(4)
        mean = (
            ""
            if aim.mean is None
            else tr("so far {n} of 4 over {m}").format(n=f"{aim.mean:.1f}", m=aim.ratings)
        )
        column.addWidget(text_label(f"{aim.text} · {mean}" if mean else aim.text, "strong", wrap=True))
        choice = SegmentedButtons(rating_words(), aim.text)
        if rating is not None:
            choice.choose(str(rating))
        choice.chosen.connect(partial(self._rate, aim.id))
        choice.setEnabled(self.desk.vault.allows("groups.write_notes"))
        column.addWidget(choice)
        return holder

    def _rate(self, aim_id: UUID, value: str) -> None:
        if not value:
            return
        with self.guard():
            with self.desk.vault.write("clinical") as db:
                after.rate_aims(db, self.appointment_id, {aim_id: int(value)})
            self._show_looks()

    # -- the note ----------------------------------------------------------------------------------------

    def add_excerpt(self) -> None:
        """What is written goes to one member; names of others in it are pointed out, not refused."""
        person = self.who.currentData()
        words = self.excerpt.toPlainText().strip()
        if self.found is None or not isinstance(person, UUID) or not words:
            return
        with self.guard():
            with self.desk.vault.read() as db:
                others = after.names_in(db, self.found.group_id, person, words)
            self.excerpts[person] = f"{self.excerpts[person]}\n{words}" if person in self.excerpts else words
            self.excerpt.clear()
            self.save_now()
            text = tr("Other members are named in it: {names}. Look whether it should stand there.")
            self.warning.setText(text.format(names=", ".join(others)))
            self.warning.setVisible(bool(others))
            self._show_excerpts()

    def _show_excerpts(self) -> None:
        while (item := self._kept.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for person, words in self.excerpts.items():
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(text_label(f"{self.names.get(person, '')}: {words}", wrap=True), 1)
            if not self.signed:
                out = button(tr("Take out"), partial(self._take_out, person), kind="link")
                out.setAccessibleName(
                    tr("Take out what is written of {name}").format(name=self.names.get(person, ""))
                )
                row.addWidget(out)
            self._kept.addWidget(line)

    def _take_out(self, person: UUID) -> None:
        self.excerpts[person] = ""
        self.save_now()
        del self.excerpts[person]
        self._show_excerpts()

    def save_now(self) -> None:
        """Ctrl+S, leaving, locking: keep what is typed."""
        if self.signed or not self.desk.vault.allows("groups.write_notes"):
            return
        if not self.text.toPlainText().strip() and not self.excerpts and self.note_id is None:
            return
        with self.guard(), self.desk.vault.write("clinical") as db:
            self.note_id = after.save_note(db, self.appointment_id, self.text.toPlainText(), self.excerpts)

    def leave(self) -> bool:
        """Back: what was typed is kept."""
        self.save_now()
        return True

    def sign(self) -> None:
        """Close the note."""
        with self.guard():
            self.save_now()
            if self.note_id is None:
                raise UserError(tr("There is nothing in this note to sign."))
            with self.desk.vault.write("clinical") as db:
                after.sign_note(db, self.note_id)
            self.refresh()
            self.done(tr("Note signed."))

    def new_record(self) -> None:
        """Ctrl+N: something for one member's record."""
        self.excerpt.setFocus()

    def focus_first(self) -> None:
        """The first aim, which is in view; without aims the note."""
        aim = None if self.signed else self.aims.findChild(SegmentedButtons)
        (aim or self.text).setFocus()


def _inset(widget: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 8)
    row.addWidget(widget)
    return holder
