"""Raise a concern: a page that lies over wherever one is, and goes back there. After sending nothing of it remains."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from therapydesk.api import Hit, Link, UserError, get_person, local_now, may, search, setting, show_time, tr
from therapydesk.plugins.safeguarding.raising import target_hours
from therapydesk.plugins.safeguarding.service import Source, list_leads, raise_concern
from therapydesk.plugins.safeguarding.ui.person_field import PersonField
from therapydesk.plugins.safeguarding.ui.raise_cards import (
    beside,
    first_name,
    next_card,
    talk_card,
    to_whom,
    who_card,
)
from therapydesk.plugins.safeguarding.ui.raise_form import WIDTH_CHARS, RaiseForm
from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.flow import FlowLayout
from therapydesk.ui.kit.form_drafts import DraftKeeper
from therapydesk.ui.kit.labels import Notice, OneLine, text_label
from therapydesk.ui.kit.links import LinkLabel
from therapydesk.ui.kit.messages import quiet
from therapydesk.ui.kit.over_page import OverPage
from therapydesk.ui.kit.two_columns import TwoColumns

DRAFT = "safeguarding.raise"  # one at a time: the name of what is being written
POLICE = "101"
SHORT_NAME = 24  # letters of a name that fits into a question


class RaisePage(OverPage):
    """A link to it may name a person, and a kind and id of the record it is raised from."""

    help_name = "raise-a-concern"
    scrolls = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, tr("Raise a concern"))
        self._person: UUID | None = None
        self._name = ""
        self._source: Source | None = None
        with desk.vault.read() as db:
            self._leads = list_leads(db)
            hours = target_hours(db)
            numbers = self._numbers(db)
        self._add_about()
        self.add_action_button(tr("Cancel"), self.cancel)
        who = to_whom(self._leads, desk.user.id)
        send = tr("Send to {name} and seal").format(name=who) if who else tr("Send and seal")
        self.send_button = self.add_action_button(
            send, self.send, "lock", primary=True, shortcut="Ctrl+Return"
        )
        self._add_danger_note()
        columns = TwoColumns(71, 36, space=32)
        self.form = RaiseForm()
        self._add_who(columns.left)
        columns.left.addWidget(self.form)
        columns.left.addStretch(1)
        cards = [who_card(self._leads, desk.user.id), next_card(self._leads, desk.user.id, hours)]
        beside([*cards, talk_card(numbers)], columns.right)
        self.body.addWidget(columns, 1)
        self._keeper = DraftKeeper(self, desk.vault, DRAFT, tr("Raise a concern"))
        self._keeper.typed, self._keeper.failed = self._typed, self.show_error
        self._keeper.done = self._say_kept
        self.form.edited.connect(self._keeper.touched)
        self.form.left.connect(self._keep)

    def _numbers(self, db: Any) -> list[tuple[str, str]]:
        """Whom to ring, as the practice has set it; what is not set is left out."""

        def kept(name: str, default: str = "") -> str:
            return str(setting(db, f"safeguarding.{name}", default) or default)

        lead = to_whom(self._leads, self.desk.user.id) or tr("Safeguarding lead")
        council = kept("council_name") or tr("Council")
        night = tr("{council}, out of hours").format(council=council)
        found = [
            (lead, kept("lead_phone")),
            (council, kept("council_phone")),
            (night, kept("council_night")),
            (tr("Police, not urgent"), kept("police_phone", POLICE)),
        ]
        return [(whose, number) for whose, number in found if number]

    # -- whom it is about ----------------------------------------------------------------------------------

    def _add_about(self) -> None:
        self._about = QWidget()
        row = FlowLayout(self._about, spacing=8, level="middle")
        row.addWidget(text_label(tr("About"), "", "text_muted"))
        self._about_name = OneLine("")
        self._about_name.setProperty("role", "strong")
        row.addWidget(self._about_name)
        row.addWidget(LinkLabel(tr("Someone else"), self.choose_other))
        self._about.hide()
        self.add_title_widget(self._about)

    def _add_danger_note(self) -> None:
        note = Notice("danger")
        words = QWidget()
        line = FlowLayout(words, spacing=6)
        first = OneLine(tr("If someone is in danger now, ring 999 first."))
        first.setProperty("role", "strong")
        line.addWidget(first)
        line.addWidget(OneLine(tr("You can write this afterwards.")))
        note.row.addWidget(words, 1)
        note.setAccessibleName(
            tr("If someone is in danger now, ring 999 first. You can write this afterwards.")
        )
        self.body.addWidget(note)

    def _add_who(self, column: QVBoxLayout) -> None:
        """A field for whom it is about, until somebody is chosen; and what identifies somebody we do not know."""
        self.who = PersonField(
            tr("Who is it about?"),
            self._find,
            tr("Part of a name. Somebody who is not here can be named, too."),
        )
        self.who.chosen.connect(self.choose)
        self._details = QWidget()
        inside = QVBoxLayout(self._details)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(4)
        self.details = QLineEdit()
        question = tr("How can they be found? Age, address, family: what you know.")
        label = text_label(question, "strong", wrap=True)
        label.setBuddy(self.details)
        self.details.setAccessibleName(question)
        self.details.textChanged.connect(lambda _text: self._keeper.touched())
        inside.addWidget(label)
        inside.addWidget(self.details)
        self._details.hide()
        column.addWidget(self.who)
        column.addWidget(self._details)
        self._fit()
        style.signals.theme_changed.connect(self._fit)

    def _fit(self) -> None:
        """As wide as the questions."""
        for widget in (self.who, self._details):
            widget.setMaximumWidth(style.chars(WIDTH_CHARS))

    def _find(self, text: str, most: int) -> list[Hit]:
        if not may(self.desk.user, "people.read"):
            return []
        with self.guard(), self.desk.vault.read() as db:
            return search(db, text, most)
        return []

    def choose(self, person_id: UUID | None, name: str) -> None:
        """It is about this person, or about somebody of this name whom we do not know."""
        self._person, self._name = person_id, name
        called = name
        if person_id is not None:
            with self.guard(), self.desk.vault.read() as db:
                person = get_person(db, person_id)
                self._name, called = person.full_name, person.name
        self._about_name.setText(self._name)
        self._about.show()
        self.set_summary("")
        self.who.hide()
        self.who.clear()
        self._details.setVisible(person_id is None)
        known = first_name(called)
        self.form.call_them(known if person_id is not None else name if len(name) <= SHORT_NAME else "")
        self._keeper.touched()
        if self.isVisible():
            self.focus_first()

    def choose_other(self) -> None:
        """Someone else: ask who."""
        self._person, self._name, self._source = None, "", None
        self._about.hide()
        self._details.hide()
        self.form.call_them("")
        self.who.show()
        self.who.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_ref(self, link: Link) -> None:
        """About whom, and from where. What was being written before a lock or a crash comes back first."""
        kept = self._keeper.kept()
        if kept:
            self._bring_back(kept)
            text = tr("What you wrote before, and did not send, is back.")
            self.messages.show_message("info", text, tr("Throw it away"), lambda: self._throw_away(link))
        else:
            self._begin(link)

    def _begin(self, link: Link) -> None:
        if len(link.args) == 2:
            self._source = Source(link.args[0], UUID(link.args[1]))
        if link.ref is not None:
            self.choose(link.ref, "")

    # -- keeping -------------------------------------------------------------------------------------------

    def _typed(self) -> dict[str, Any]:
        typed = self.form.typed()
        if not typed and not self.details.text().strip():
            return {}
        source: list[str] = [self._source.kind, str(self._source.ref)] if self._source is not None else []
        about = {"person": str(self._person or ""), "name": self._name, "details": self.details.text()}
        return {**typed, **about, "source": source}

    def _bring_back(self, kept: dict[str, Any]) -> None:
        self.form.bring_back(kept)
        person, name = str(kept.get("person", "")), str(kept.get("name", ""))
        if person or name:
            self.choose(UUID(person) if person else None, name)
        self.details.setText(str(kept.get("details", "")))
        source = kept.get("source")
        if isinstance(source, list) and len(source) == 2:
            self._source = Source(str(source[0]), UUID(str(source[1])))

    def _throw_away(self, link: Link) -> None:
        self.form.clear()
        self.details.clear()
        self._keeper.drop()
        self.choose_other()
        self._begin(link)
        self.focus_first()

    def _keep(self) -> None:
        self._keeper.keep()

    def _say_kept(self) -> None:
        quiet.say(
            tr("Draft kept on this computer, sealed, {time}").format(time=show_time(local_now().time()))
        )

    def save_now(self) -> None:
        """Ctrl+S, and before a lock or another page."""
        self._keeper.keep()

    def cancel(self) -> None:
        """Go back; what was written is thrown away, after a question."""
        if not self._typed():
            self.left.emit("")
            return
        text = tr("This was not sent. With the link back, it is kept sealed until you come again.")
        self.messages.show_message("warn", text, tr("Throw it away"), self.throw_away)

    def throw_away(self) -> None:
        """Go back; nothing of it is kept."""
        self.form.clear()
        self.details.clear()
        self._keeper.drop()
        quiet.say("")
        self.left.emit("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancel()
        else:
            super().keyPressEvent(event)

    # -- sending -------------------------------------------------------------------------------------------

    def send(self) -> None:
        """Seal it to the leads. Nothing of the text stays on screen or among what is kept."""
        with self.guard():
            if self._person is None and not self._name:
                self.who.look()
                self.who.field.setFocus()
                raise UserError(tr("Say who this is about: choose a person, or “Somebody we do not know”."))
            new = replace(
                self.form.concern(),
                person_id=self._person,
                about_name=self._name,
                about_details=self.details.text().strip(),
                source=self._source,
            )
            with self.desk.vault.write("core") as db:
                sent = raise_concern(db, new)
            self.form.clear()
            self.details.clear()
            self._keeper.drop()
            self._settle()
            quiet.say("")
            self.left.emit(self._with_whom(sent.number))

    def _settle(self) -> None:
        """For a lead who is the sender it arrives at once; for others the next lead who unlocks takes it in."""
        vault = self.desk.vault
        self.desk.jobs.start(lambda _job: vault.settle(), title="")

    def _with_whom(self, number: int) -> str:
        names = [first_name(lead.name) for lead in self._leads]
        if len(names) == 1 and self._leads[0].id == self.desk.user.id:
            return tr("Concern {n} is in your safeguarding records.").format(n=number)
        who = to_whom(self._leads, self.desk.user.id)
        if who:
            return tr("Concern {n} is with {name}.").format(n=number, name=who)
        return tr("Concern {n} is sealed for the safeguarding lead.").format(n=number)

    def focus_first(self) -> None:
        """Whom it is about, when that is open; else the first question."""
        first = self.who.field if self.who.isVisibleTo(self) else self.form.text("wants")
        first.setFocus(Qt.FocusReason.OtherFocusReason)
