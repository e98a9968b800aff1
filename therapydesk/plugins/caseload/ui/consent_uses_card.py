"""What rests on a person's consents, and whether it may be used today."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from therapydesk.api import (
    PermissionDenied,
    UseView,
    coded_list,
    end_consent_use,
    list_consent_uses,
    may,
    put_back_consent_use,
    rest_on_consent,
    show_day,
    tr,
)
from therapydesk.plugins.caseload.ui.consent_words import use_state
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card, FlowLayout
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import StateMark, text_label
from therapydesk.ui.kit.links import LinkLabel
from therapydesk.ui.kit.page import BasePage

SHOWN = 20


class ConsentUsesCard(Card):
    """What must not be used stands first. Modules tie their things by themselves; what hangs on a wall is put in here."""

    def __init__(self, page: BasePage, person_id: UUID) -> None:
        super().__init__(tr("What rests on it"))
        self._page, self._desk, self._person_id = page, page.desk, person_id
        self.uses: list[UseView] = []
        self._rests = may(page.desk.user, "consents.rest")
        if self._rests:
            self.set_link(tr("Add something"), self.ask)

    def refresh(self) -> None:
        """Read the uses afresh; hidden for whoever may not read this person's consents."""
        self.clear_rows()
        self.setVisible(may(self._desk.user, "consents.read"))
        if self.isHidden():
            return
        try:
            with self._desk.vault.read() as db:
                self.uses = list_consent_uses(db, self._person_id)
        except PermissionDenied:
            self.hide()  # not one of the user's own people
            return
        if not self.uses:
            self.add_text(
                tr("Nothing yet: no picture, recording or piece of work needs their agreement to be shown.")
            )
            return
        self.add_row(self._parts(self.uses[:SHOWN]))
        if len(self.uses) > SHOWN:
            self.add_text(tr("And {n} more.").format(n=len(self.uses) - SHOWN))

    def _parts(self, uses: list[UseView]) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.sp(3))
        for use in uses:
            state = use_state(use)
            part = QVBoxLayout()
            part.setSpacing(style.sp(1))
            part.addWidget(StateMark(state.word, state.shape, state.token))
            part.addWidget(text_label(use.label, "strong", wrap=True))
            said = tr("{purpose}. Since {day}.").format(purpose=use.purpose_text, day=show_day(use.since))
            part.addWidget(text_label(f"{said} {use.why}".strip(), "small", "text_muted", wrap=True))
            links = self._links(use)
            if links is not None:
                part.addWidget(links)
            column.addLayout(part)
        return holder

    def _links(self, use: UseView) -> QWidget | None:
        holder = QWidget()
        flow = FlowLayout(holder, spacing=8)
        if use.link is not None:
            link = use.link
            opened = LinkLabel(tr("Open"), lambda: self._desk.open_link(link))
            opened.setAccessibleName(tr("Open {what}").format(what=use.label))
            flow.addWidget(opened)
        if self._rests and use.link is None:
            ended = LinkLabel(tr("It was taken down"), lambda: self.end(use))
            ended.setAccessibleName(tr("It was taken down: {what}").format(what=use.label))
            flow.addWidget(ended)
        if not flow.count():
            holder.deleteLater()
            return None
        return holder

    def end(self, use: UseView) -> None:
        """It does not rest on the consent any more."""
        vault = self._desk.vault

        def end() -> None:
            with vault.write("core") as db:
                end_consent_use(db, use.id)

        def put_back() -> None:
            with vault.write("core") as db:
                put_back_consent_use(db, use.id)

        with self._page.guard():
            end()
            self._page.done(tr("Taken off the list"), put_back, end)

    def ask(self) -> FormDialog:
        """Something that no module knows of: a poster, a leaflet, a wall."""
        about = f"consent_use.{self._person_id}"
        dialog = FormDialog(self._page, tr("Something that rests on a consent"), tr("Add"), self._save, about)
        hint = tr("Say what it is, not whom it is about: everybody here can read it.")
        dialog.form.add_text("label", tr("What it is"), hint, required=True)
        dialog.form.add_choice("purpose", tr("It needs their agreement that"), coded_list("consent_purposes"))
        dialog.form.set_values({"purpose": "publish"})
        dialog.open()
        return dialog

    def _save(self, values: dict[str, Any]) -> None:
        vault = self._desk.vault
        with vault.write("core") as db:
            made = rest_on_consent(db, self._person_id, values["purpose"], values["label"])

        def undo() -> None:
            with vault.write("core") as db:
                end_consent_use(db, made)

        self._page.done(tr("Added"), undo)
