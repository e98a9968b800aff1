"""Forms about one member: how far they are in an activity, what was reported of their health."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from therapydesk.api import today, tr
from therapydesk.plugins.groups import members_lives
from therapydesk.plugins.groups.words import LEVELS, REPORTED, level_word, reported_word
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.page import BasePage

Done = Callable[[UUID], object]


def level_dialog(page: BasePage, person_id: UUID, then: Done) -> FormDialog:
    """How far somebody is in an activity; any level will do, and none is asked before they may come."""

    def save(values: dict[str, Any]) -> None:
        with page.desk.vault.write("core") as db:
            day = values["noted_on"] or today()
            made = members_lives.note_level(db, person_id, values["activity"], values["level"], day)
        then(made)

    dialog = FormDialog(page, tr("Write down a level"), tr("Keep"), save, (person_id, "level"))
    form = dialog.form
    form.add_text("activity", tr("In what"), tr("Like: singing, drums, lyrics."), required=True)
    form.add_choice("level", tr("Level"), [(code, level_word(code)) for code in LEVELS])
    form.add_date("noted_on", tr("On"), future=False)
    form.set_values({"noted_on": today()})
    dialog.open()
    return dialog


def report_dialog(page: BasePage, person_id: UUID, then: Done) -> FormDialog:
    """What somebody reported of an admission or of medication, and who said it."""

    def save(values: dict[str, Any]) -> None:
        with page.desk.vault.write("clinical") as db:
            day = values["said_on"] or today()
            said = (values["kind"], values["said_by"], day, values["words"])
            made = members_lives.report(db, person_id, *said)
        then(made)

    dialog = FormDialog(page, tr("Write down what was reported"), tr("Keep"), save, (person_id, "report"))
    form = dialog.form
    form.add_choice("kind", tr("What"), [(code, reported_word(code)) for code in REPORTED])
    hint = tr("Themselves, their partner, a nurse … It is kept as what they said, never as proof.")
    form.add_text("said_by", tr("Who said it"), hint, required=True)
    form.add_date("said_on", tr("On"), future=False)
    form.add_text("words", tr("In their words"), multiline=True)
    form.set_values({"said_on": today()})
    dialog.open()
    return dialog
