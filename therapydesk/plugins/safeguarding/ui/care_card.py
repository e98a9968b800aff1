"""On a person's page: what the lead chose to tell, and notes on safety for everybody who meets them."""

from __future__ import annotations

from datetime import date
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QWidget

from therapydesk.api import Link, may, show_day, today, tr
from therapydesk.plugins.safeguarding.service import (
    end_notice,
    end_risk_note,
    list_notices,
    list_risk_notes,
    renew_notice,
    renew_risk_note,
    risk_words,
)
from therapydesk.plugins.safeguarding.ui.notice_dialogs import (
    NOTE_FOR,
    NOTICE_FOR,
    notice_dialog,
    risk_dialog,
)
from therapydesk.plugins.safeguarding.ui.parts import TAG_CHARS, empty, fact_row, inset, named_link, put
from therapydesk.ui.kit import cards, style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.messages import confirm
from therapydesk.ui.kit.person_tab import PersonTabPage


class CareCard(PersonTabPage):
    """Each says until when it is sure; what is due can be kept for longer or ended."""

    watches = ("safeguarding_notice", "safeguarding_risk_note")

    def __init__(self, desk: Desk, person_id: UUID) -> None:
        super().__init__(desk, person_id, tr("To take care of"))
        self._card = cards.Card(tr("To take care of"))
        self._tells = may(desk.user, "safeguarding.tell_notice")
        self._notes = may(desk.user, "safeguarding.write_risk_notes")
        if self._notes:
            self._card.put_at_end(
                named_link(tr("Add note"), self.add_note, "add-note", tr("Add a note on safety"))
            )
        if self._tells:
            self._card.put_at_end(
                named_link(tr("Tell others"), self.tell, "tell", tr("Tell others something"))
            )
        self.body.addWidget(self._card)

    def tell(self) -> None:
        """A notice of the lead."""
        notice_dialog(self, self.subject_id)

    def add_note(self) -> None:
        """A note on safety."""
        risk_dialog(self, self.subject_id)

    def refresh(self) -> None:
        """Read again."""
        while (item := self._card.body.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        with self.desk.vault.read() as db:
            notices, notes = list_notices(db, [self.subject_id]), list_risk_notes(db, [self.subject_id])
        words = risk_words()
        for notice in notices:
            text, until = tr("Told by {lead}").format(lead=notice.lead), notice.review_on
            row = fact_row(tr("Lead"), notice.text, self._until(text, until))
            put(self._card, row)
            if self._tells:
                put(self._card, self._ways(notice.id, notice.text, is_notice=True))
        for note in notes:
            text = tr("{who}, {day}").format(who=note.author, day=show_day(note.noted_on, short=True))
            row = fact_row(words.get(note.kind, note.kind), note.text, self._until(text, note.review_on))
            put(self._card, row)
            if self._notes:
                put(self._card, self._ways(note.id, note.text, is_notice=False))
        if not notices and not notes:
            empty(self._card, tr("Nothing to take care of."))
        if may(self.desk.user, "safeguarding.raise"):
            put(self._card, inset(named_link(tr("Raise a concern"), self.raise_concern, "raise")))

    def raise_concern(self) -> None:
        """About this person."""
        self.desk.open_link(Link("safeguarding.raise", self.subject_id))

    @staticmethod
    def _until(text: str, day: date) -> str:
        if day <= today():
            return tr("{text} · to be looked at again since {day}").format(
                text=text, day=show_day(day, short=True)
            )
        return tr("{text} · looked at again on {day}").format(text=text, day=show_day(day, short=True))

    def _ways(self, key: UUID, text: str, *, is_notice: bool) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(8 + style.chars(TAG_CHARS) + 12, 0, 8, 0)
        row.setSpacing(16)
        keep, end = partial(self._keep, key, is_notice), partial(self._ask_end, key, is_notice, text)
        row.addWidget(
            named_link(tr("Still holds"), keep, f"keep-{key}", tr("Still holds: {text}").format(text=text))
        )
        row.addWidget(named_link(tr("Ends now"), end, f"end-{key}", tr("Ends now: {text}").format(text=text)))
        row.addStretch(1)
        return holder

    def _keep(self, key: UUID, is_notice: bool) -> None:
        with self.guard():
            with self.desk.vault.write("core") as db:
                if is_notice:
                    renew_notice(db, key, today() + NOTICE_FOR)
                else:
                    renew_risk_note(db, key, today() + NOTE_FOR)
            self.done(tr("It is looked at again later."))

    def _ask_end(self, key: UUID, is_notice: bool, text: str) -> None:
        sentence = tr("“{text}” is then shown to nobody any more. It cannot be brought back.").format(
            text=text
        )
        confirm(self, tr("End this note?"), sentence, tr("End it"), lambda: self._end(key, is_notice))

    def _end(self, key: UUID, is_notice: bool) -> None:
        with self.guard():
            with self.desk.vault.write("core") as db:
                (end_notice if is_notice else end_risk_note)(db, key)
            self.done(tr("It is ended."))
