"""What a person agreed to: each purpose with its last answer, and a form to write down another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from therapydesk.api import (
    ConsentView,
    PermissionDenied,
    UserError,
    coded_list,
    list_consents,
    may,
    record_consent,
    restore_consent,
    show_day,
    take_back_consent,
    today,
    tr,
    withdraw_consent,
)
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.icons import State
from therapydesk.ui.kit.labels import StateMark, text_label
from therapydesk.ui.kit.page import BasePage


def consent_state(consent: ConsentView) -> State:
    """The answer as word and shape; one that ran out is neither yes nor no."""
    if consent.state == "yes" and not consent.holds:
        return State(tr("Ran out"), "half", "warn")
    states = {
        "yes": State(tr("Agreed"), "full", "ok"),
        "no": State(tr("Said no"), "square", "text_muted"),
        "withdrawn": State(tr("Does not agree any more"), "ring", "warn"),
    }
    return states.get(consent.state, State(tr("Not asked yet"), "dash"))


def asked_words(consent: ConsentView) -> str:
    """When they were asked, until when it holds, and who wrote it down."""
    asked = show_day(consent.asked_on) if consent.asked_on else tr("day not known")
    until = show_day(consent.expires_on) if consent.expires_on else ""
    if consent.state == "withdrawn":
        words = tr("Asked {day}, withdrawn {until}, written down by {name}")
    elif until:
        words = tr("Asked {day}, until {until}, written down by {name}")
    else:
        words = tr("Asked {day}, written down by {name}")
    return words.format(day=asked, until=until, name=consent.by or tr("an import"))


class ConsentsCard(Card):
    """One part for each purpose that was asked about; `page` says what was done and offers Undo."""

    def __init__(self, page: BasePage, person_id: UUID) -> None:
        super().__init__(tr("What they agreed to"))
        self._page, self._desk, self._person_id = page, page.desk, person_id
        self.answers: dict[str, ConsentView] = {}
        self._reads = may(page.desk.user, "consents.read")
        self._records = may(page.desk.user, "consents.record")
        if self._records:
            self.set_link(tr("Record an answer"), self.ask)

    def refresh(self) -> None:
        """Read the answers afresh; hidden for whoever may neither read nor record them for this person."""
        self.clear_rows()
        self.setVisible(self._reads or self._records)
        if not self._reads:
            self.add_text(tr("Your role can record an answer, and does not show those that are there."))
            return
        try:
            with self._desk.vault.read() as db:
                found = list_consents(db, self._person_id)
        except PermissionDenied:
            self.hide()  # not one of the user's own people
            return
        self.answers = {}
        for each in found:
            self.answers.setdefault(each.purpose, each)
        asked = [each for each in self.answers.values() if each.state != "not_asked"]
        known = {each.purpose for each in asked}
        self.add_row(
            self._parts(asked, [words for code, words in coded_list("consent_purposes") if code not in known])
        )

    def _parts(self, asked: list[ConsentView], open_purposes: list[str]) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.sp(3))
        for each in asked:
            state = consent_state(each)
            part = self._part(state, each.purpose_text, asked_words(each))
            if each.detail:
                part.addWidget(text_label(each.detail, wrap=True))
            column.addLayout(part)
        if open_purposes:
            column.addLayout(self._part(State(tr("Not asked yet"), "dash"), "\n".join(open_purposes)))
        return holder

    def _part(self, state: State, words: str, small: str = "") -> QVBoxLayout:
        part = QVBoxLayout()
        part.setSpacing(style.sp(1))
        part.addWidget(StateMark(state.word, state.shape, state.token))
        part.addWidget(text_label(words, "strong" if small else "", wrap=True))
        if small:
            part.addWidget(text_label(small, "small", "text_muted", wrap=True))
        return part

    # -- writing an answer down ----------------------------------------------------------

    def ask(self) -> FormDialog:
        """Which purpose, what they said, when; and their words, for those who may read them."""
        dialog = FormDialog(self._page, tr("Record an answer"), tr("Record"), self._save)
        form = dialog.form
        form.add_choice("purpose", tr("They were asked whether"), coded_list("consent_purposes"))
        answers = [("yes", tr("They agree")), ("no", tr("They say no"))]
        if self._reads:  # what is withdrawn is found among the answers
            answers.append(("withdrawn", tr("They do not agree any more")))
        choice = form.add_choice("state", tr("Answer"), answers)
        form.add_date("asked_on", tr("Asked on"), required=True, future=False)
        form.add_date("expires_on", tr("Until"), tr("Leave it empty when it has no end."), future=True)
        hint = tr("Only those who may read notes see this.")
        form.add_text("detail", tr("In their words"), hint, multiline=True)

        def fit() -> None:
            state = answers[choice.currentIndex()][0]
            form.set_row_visible("expires_on", state == "yes")
            for name in ("asked_on", "detail"):
                form.set_row_visible(name, state != "withdrawn")

        choice.currentIndexChanged.connect(lambda _index: fit())
        form.set_values({"asked_on": today()})
        fit()
        dialog.open()
        return dialog

    def _save(self, values: dict[str, Any]) -> None:
        purpose, vault = values["purpose"], self._desk.vault
        if values["state"] == "withdrawn":
            self._withdraw(purpose)
            return
        with vault.write("core") as db:
            made = record_consent(
                db,
                self._person_id,
                purpose,
                values["state"],
                asked_on=values["asked_on"],
                expires_on=values.get("expires_on"),
                detail=values["detail"],
            )

        def undo() -> None:
            with vault.write("core") as db:
                take_back_consent(db, made)

        self._page.done(tr("Answer recorded"), undo)

    def _withdraw(self, purpose: str) -> None:
        given, vault = self.answers.get(purpose), self._desk.vault
        if given is None or given.state != "yes":
            raise UserError(
                tr("There is nothing to withdraw: they have not agreed."),
                tr("Choose what they agreed to, or the answer no."),
            )
        consent_id, until = given.id, given.expires_on

        def withdraw() -> None:
            with vault.write("core") as db:
                withdraw_consent(db, consent_id)

        def restore() -> None:
            with vault.write("core") as db:
                restore_consent(db, consent_id, until)

        withdraw()
        self._page.done(tr("Recorded that they do not agree any more"), restore, withdraw)
