"""What everybody who meets a person is told: a lead's notice, and risk notes; short, dated, with a day to look again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from therapydesk.api import show_day, today, tr
from therapydesk.plugins.safeguarding.notices import LONGEST_NOTE, LONGEST_NOTICE
from therapydesk.plugins.safeguarding.service import add_risk_note, risk_words, tell_notice
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.page import BasePage

NOTICE_FOR, NOTE_FOR = timedelta(weeks=4), timedelta(weeks=26)  # what the forms offer; our own


def notice_dialog(page: BasePage, person_id: UUID) -> FormDialog:
    """The lead tells everybody something about a person, and nothing of why."""

    def save(values: dict[str, Any]) -> None:
        with page.desk.vault.write("core") as db:
            tell_notice(db, person_id, values["text"], values["review"])
        page.done(tr("Everybody who meets the person sees it now."))

    dialog = FormDialog(page, tr("Tell others something"), tr("Tell them"), save)
    hint = tr("Like: Speak to me before a visit. Nothing of what was said. At most {n} letters.")
    dialog.form.add_text("text", tr("What they are told"), hint.format(n=LONGEST_NOTICE), required=True)
    dialog.form.add_date("review", tr("Looked at again on"), required=True, future=True)
    dialog.form.set_values({"review": show_day(today() + NOTICE_FOR)})
    dialog.open()
    return dialog


def risk_dialog(page: BasePage, person_id: UUID) -> FormDialog:
    """What everybody needs for their own safety when they meet this person."""

    def save(values: dict[str, Any]) -> None:
        with page.desk.vault.write("core") as db:
            add_risk_note(db, person_id, values["kind"], values["text"], values["review"])
        page.done(tr("Everybody who meets the person sees it now."))

    dialog = FormDialog(page, tr("Add a note on safety"), tr("Add note"), save)
    dialog.form.add_choice("kind", tr("What it is about"), list(risk_words().items()))
    hint = tr("Only what others need. Everybody who meets the person reads it. At most {n} letters.")
    dialog.form.add_text(
        "text", tr("What to know"), hint.format(n=LONGEST_NOTE), multiline=True, required=True
    )
    dialog.form.add_date("review", tr("Looked at again on"), required=True, future=True)
    dialog.form.set_values({"review": show_day(today() + NOTE_FOR)})
    dialog.open()
    return dialog
