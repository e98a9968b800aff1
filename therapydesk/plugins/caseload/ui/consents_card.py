"""What a person agreed to: each purpose with its last answer, and a form to write down another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from therapydesk.api import (
    ConsentView,
    PermissionDenied,
    UserError,
    coded_list,
    list_consent_uses,
    list_consents,
    may,
    ntr,
    record_consent,
    take_back_consent,
    today,
    tr,
    withdraw_consent,
)
from therapydesk.plugins.caseload.ui.consent_dialogs import AffectedDialog, ConsentHistory
from therapydesk.plugins.caseload.ui.consent_words import asked_words, consent_state, given_words
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card, FlowLayout
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.icons import State
from therapydesk.ui.kit.labels import StateMark, text_label
from therapydesk.ui.kit.links import LinkLabel
from therapydesk.ui.kit.page import BasePage


class ConsentsCard(Card):
    """One part for each purpose that was asked about; `page` says what was done and offers Undo."""

    def __init__(self, page: BasePage, person_id: UUID) -> None:
        super().__init__(tr("What they agreed to"))
        self._page, self._desk, self._person_id = page, page.desk, person_id
        self.answers: dict[str, ConsentView] = {}
        self.history: dict[str, list[ConsentView]] = {}
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
        self.answers, self.history = {}, {}
        for each in found:
            self.answers.setdefault(each.purpose, each)
            self.history.setdefault(each.purpose, []).append(each)
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
            part = self._part(consent_state(each), each.purpose_text, asked_words(each))
            for words in (given_words(each), each.detail):
                if words:
                    part.addWidget(text_label(words, wrap=True))
            self._add_links(part, each)
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

    def _add_links(self, part: QVBoxLayout, consent: ConsentView) -> None:
        holder = QWidget()
        flow = FlowLayout(holder, spacing=8)
        earlier = len(self.history[consent.purpose]) - 1
        if earlier:
            text = ntr("{n} earlier answer", "{n} earlier answers", earlier).format(n=earlier)
            flow.addWidget(self._answer_link(text, consent, lambda: self.show_history(consent.purpose)))
        if consent.state == "yes" and self._records:
            slot = lambda: self.ask(purpose=consent.purpose, state="withdrawn")  # noqa: E731  (short)
            flow.addWidget(self._answer_link(tr("They do not agree any more"), consent, slot))
        if flow.count():
            part.addWidget(holder)

    @staticmethod
    def _answer_link(text: str, consent: ConsentView, slot: Callable[[], object]) -> LinkLabel:
        link = LinkLabel(text, slot)
        link.setAccessibleName(f"{text}: {consent.purpose_text}")
        return link

    def show_history(self, purpose: str) -> ConsentHistory:
        """All answers about one purpose, the newest first."""
        shown = ConsentHistory(self._page, self.history[purpose])
        shown.open()
        return shown

    # -- writing an answer down ----------------------------------------------------------

    def ask(self, **given: Any) -> FormDialog:
        """Which purpose, what they said, when; and their words, for those who may read them. `given`: values to begin
        with.
        """
        about = f"consent.{self._person_id}"
        dialog = FormDialog(self._page, tr("Record an answer"), tr("Record"), self._save, about)
        form = dialog.form
        form.add_choice("purpose", tr("They were asked whether"), coded_list("consent_purposes"))
        answers = [("yes", tr("They agree")), ("no", tr("They say no"))]
        if self._reads:  # what is withdrawn is found among the answers
            answers.append(("withdrawn", tr("They do not agree any more")))
        choice = form.add_choice("state", tr("Answer"), answers)
        form.add_choice("answered_by", tr("Who answered"), coded_list("consent_answerers"))
        form.add_choice("how", tr("How"), coded_list("consent_ways"))
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
        form.set_values({"asked_on": today(), **given})
        fit()
        dialog.open()
        return dialog

    def _save(self, values: dict[str, Any]) -> None:
        purpose, vault = values["purpose"], self._desk.vault
        if values["state"] == "withdrawn":
            self._withdraw(purpose, values["answered_by"], values["how"])
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
                answered_by=values["answered_by"],
                how=values["how"],
            )
        self._page.done(tr("Answer recorded"), lambda: self._take_back(made))

    def _take_back(self, consent_id: UUID) -> None:
        with self._desk.vault.write("core") as db:
            take_back_consent(db, consent_id)

    def _withdraw(self, purpose: str, answered_by: str, how: str) -> None:
        given, vault = self.answers.get(purpose), self._desk.vault
        if given is None or given.state != "yes":
            raise UserError(
                tr("There is nothing to withdraw: they have not agreed."),
                tr("Choose what they agreed to, or the answer no."),
            )
        consent_id, made = given.id, list[UUID]()

        def withdraw() -> None:
            with vault.write("core") as db:
                made[:] = [withdraw_consent(db, consent_id, answered_by=answered_by, how=how)]

        withdraw()
        said = tr("Recorded that they do not agree any more")
        self._page.done(said, lambda: self._take_back(made[0]), withdraw)
        with vault.read() as db:
            uses = list_consent_uses(db, self._person_id, purpose)
        if uses:
            AffectedDialog(self._page, given.purpose_text, uses).open()
