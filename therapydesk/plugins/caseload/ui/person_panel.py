"""The chosen person beside the list: who they are, their sessions, what they work towards."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from therapydesk.api import Fact, Link, NotFound, PersonView, get_person, hooks, may, tr
from therapydesk.plugins.caseload.ui.facts_rows import empty_layout, fact_row, titled
from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.labels import button, text_label

WIDTH = 304
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
        self._note.setVisible(may(desk.user, "notes.write"))
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
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self.refresh)
        self._fit()
        style.signals.theme_changed.connect(self._fit)

    def _fit(self) -> None:
        self.setFixedWidth(round(WIDTH * style.line_height() / 22))

    def show_person(self, person_id: UUID | None) -> None:
        """Show this person, a moment later."""
        self._person_id = person_id
        self._timer.start()

    def refresh(self) -> None:
        """Read the person afresh; nothing is read while the panel is hidden."""
        self._timer.stop()
        empty_layout(self._facts)
        for each in (self.name, self.rest, self._open, self._note):
            each.setVisible(self._person_id is not None)
        if self._person_id is None or not self.isVisible():
            return
        try:
            with self._desk.vault.read() as db:
                person = get_person(db, self._person_id)
                answers = self._desk.plugins.ask(hooks.person_facts, db=db, person_ids=[person.id])
        except NotFound:
            return  # somebody else took the record away; the list follows in a moment
        facts = [f for each in answers.values for f in each.get(person.id, [])]
        self._show(person, sorted(facts, key=lambda f: f.order))

    def _show(self, person: PersonView, facts: list[Fact]) -> None:
        self.setAccessibleName(person.name)
        self.name.setText(person.name)
        full = person.full_name if person.full_name != person.name else ""
        self.rest.setText(" · ".join(p for p in (full, person.pronouns, person.age_text) if p))
        self._open.setText(tr("Open {name}").format(name=person.name))
        self._note.setVisible(may(self._desk.user, "notes.write") and person.died_on is None)
        if person.ask_me_about:
            self._facts.addWidget(
                fact_row("music", tr("Ask me about {what}").format(what=person.ask_me_about))
            )
        if person.needs_text:
            self._facts.addWidget(fact_row("access", person.needs_text))
        for fact in facts:
            if fact.kind in ("alert", "died"):
                self._facts.addWidget(fact_row("warn" if fact.kind == "alert" else "info", fact.text))
        for fact in facts:
            if fact.kind == "next_session":
                self._facts.addWidget(titled(tr("Next session"), fact.text))
            if fact.kind == "working_towards":
                self._facts.addWidget(titled(tr("Working towards"), fact.text[:1].upper() + fact.text[1:]))
        self._facts.addStretch(1)

    def _on_open(self) -> None:
        self._desk.open_link(Link("person", self._person_id))

    def _on_note(self) -> None:
        self._desk.open_link(Link("notes.notes", self._person_id, ("new",)))
