"""The chosen person beside the list: who they are, their sessions, what they work towards."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from therapydesk.api import (
    Db,
    Fact,
    Link,
    PermissionDenied,
    PersonView,
    UserError,
    appointments,
    get_person,
    hooks,
    local_now,
    rhythm,
    show_day,
    show_time,
    tr,
    viewed,
)
from therapydesk.plugins.caseload.ui.facts_rows import empty_layout, fact_row, titled
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import RhythmLine
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.labels import button, text_label
from therapydesk.ui.kit.later import Later
from therapydesk.ui.kit.newest import Newest

Read = tuple[PersonView, list[Fact], list[appointments.AppointmentView]]
WIDTH = 304
BEFORE, AFTER = 8, 1
SEEN_MS = 1000
DELAY_MS = 60  # so that holding an arrow key in the list reads only the person it stops at


class PersonPanel(QFrame):
    """Shows one person; empty while none is chosen."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self._desk = desk
        self._person_id: UUID | None = None
        self.name = text_label("", "section", wrap=True)
        self.rest = text_label("", "", "text_muted", wrap=True)
        self._open = button(tr("Open"), self._on_open)
        self._note = button(tr("Write note"), self._on_note, "notes")
        inside = QWidget()
        inside.setProperty("part", "body")
        self._facts = QVBoxLayout(inside)
        self._facts.setContentsMargins(0, 0, 0, 0)
        self._facts.setSpacing(style.sp(2))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(0)
        column.addWidget(self.name)
        column.addWidget(self.rest)
        column.addSpacing(style.sp(3))
        column.addWidget(area, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._open)
        buttons.addWidget(self._note)
        buttons.addStretch(1)
        column.addLayout(buttons)
        self._note.setVisible(
            desk.vault.allows("notes.write")
        )  # only now: before, it would be a window of its own
        self._timer = Later(self, DELAY_MS, self.refresh)
        self._reading = Newest(self, desk.jobs, self._show_read, self._not_read)
        self._logged: set[UUID] = set()
        self._seen = Later(self, SEEN_MS, self._log_view)
        self._logs = desk.vault.allows("caseload.read_statements")
        self._fit()
        style.signals.theme_changed.connect(self._fit)

    def _fit(self) -> None:
        self.setFixedWidth(round(WIDTH * style.line_height() / 22))

    def show_person(self, person_id: UUID | None) -> None:
        """Show this person, a moment later."""
        self._person_id = person_id
        self._reading.forget()
        self._timer.start()

    def refresh(self) -> None:
        """Read the person afresh, in a job; nothing is read while the panel is hidden."""
        self._timer.stop()
        self._seen.stop()
        person_id = self._person_id
        if person_id is None or not self.isVisible():
            self._reading.forget()
            self._clear()
        else:
            self._reading.start(lambda: self._read(person_id))

    def _clear(self) -> None:
        empty_layout(self._facts)
        for each in (self.name, self.rest, self._open, self._note):
            each.setVisible(self._person_id is not None)

    def _read(self, person_id: UUID) -> Read:
        with self._desk.vault.read() as db:
            person = get_person(db, person_id)
            answers = self._desk.plugins.ask(hooks.person_facts, db=db, person_ids=[person.id])
            sessions = self._sessions(db, person.id)
        facts = [f for each in answers.values for f in each.get(person.id, [])]
        return person, sorted(facts, key=lambda f: f.order), sessions

    def _show_read(self, read: Read) -> None:
        self._clear()
        self._show(*read)
        if self._logs:
            self._seen.start()

    def _not_read(self, error: Exception) -> None:
        """Somebody else took the record away, and the list follows in a moment; or the vault was locked."""
        if not isinstance(error, UserError):
            raise error
        self._clear()

    def _sessions(self, db: Db, person_id: UUID) -> list[appointments.AppointmentView]:
        """The last eight sessions and the next; none where they are not for the user to see."""
        try:
            return appointments.sessions_around(db, person_id, local_now(), BEFORE, AFTER)
        except PermissionDenied:
            return []

    def _log_view(self) -> None:
        """Whoever stays at a person has seen what is clinical about them: that is written down, once each."""
        person_id = self._person_id
        if person_id is None or person_id in self._logged:
            return
        self._logged.add(person_id)
        viewed(self._desk.vault, "clinical", person_id, "person")

    def _show(
        self, person: PersonView, facts: list[Fact], sessions: list[appointments.AppointmentView]
    ) -> None:
        self.setAccessibleName(person.name)
        self.name.setText(person.name)
        full = person.full_name if person.full_name != person.name else ""
        self.rest.setText(" · ".join(p for p in (full, person.pronouns, person.age_text) if p))
        self._open.setText(tr("Open {name}").format(name=person.name))
        self._note.setVisible(self._desk.vault.allows("notes.write") and person.died_on is None)
        if person.ask_me_about:
            self._facts.addWidget(
                fact_row("music", tr("Ask me about {what}").format(what=person.ask_me_about))
            )
        if person.needs_text:
            self._facts.addWidget(fact_row("access", person.needs_text))
        for fact in facts:
            if fact.kind in ("alert", "died"):
                self._facts.addWidget(fact_row("warn" if fact.kind == "alert" else "info", fact.text))
        if sessions:
            self._facts.addWidget(self._rhythm(person.id, sessions))
        titles = {"working_towards": tr("Working towards"), "last_note": tr("Last note")}
        for fact in facts:
            if fact.kind in titles:
                self._facts.addWidget(titled(titles[fact.kind], fact.text[:1].upper() + fact.text[1:]))
        self._facts.addStretch(1)

    def _rhythm(self, person_id: UUID, sessions: list[appointments.AppointmentView]) -> QWidget:
        """The sessions as notes on a line; the sentence below says the same, and when the next one is."""
        now = local_now()
        sentence = rhythm.sentence(sessions, person_id, now)
        coming = next((v for v in sessions if v.state == "booked" and v.ends_at > now), None)
        if coming is not None:
            day, time = show_day(coming.starts_at.date(), short=True), show_time(coming.starts_at.time())
            sentence = tr("{sessions}. Next {day}, {time}").format(sessions=sentence, day=day, time=time)
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(text_label(tr("Sessions"), "small", "text_muted"))
        line = RhythmLine(rhythm.marks_of(sessions, person_id, now), sentence)
        column.addWidget(line, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(text_label(sentence, "small", "text_muted", wrap=True))
        return part

    def _on_open(self) -> None:
        self._desk.open_link(Link("person", self._person_id))

    def _on_note(self) -> None:
        self._desk.open_link(Link("notes.notes", self._person_id, ("new",)))
