"""Plans: the lead's, with steps that go on the list; and the one that the person makes for themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from therapydesk.api import UserError, show_day, today, tr
from therapydesk.plugins.safeguarding.service import ConcernView, NewAction, Plan, SafetyPlan
from therapydesk.plugins.safeguarding.ui.actions_pane import understand_by
from therapydesk.plugins.safeguarding.ui.parts import called
from therapydesk.ui.kit.forms import FormDialog

REVIEW = timedelta(weeks=4)  # what a form offers; our own, no source says when


def understand_steps(text: str, me: UUID) -> list[NewAction]:
    """One step a line, each with its day after the last comma: "Ring the bank, tomorrow".

    Raises UserError, naming the line, where the day is missing or over.
    """
    steps = []
    for number, line in enumerate(filter(str.strip, text.splitlines()), 1):
        what, comma, by = line.rpartition(",")
        if not comma or not what.strip():
            raise UserError(tr("Line {n} needs a comma and a day after the step.").format(n=number))
        try:
            steps.append(NewAction(what.strip(), understand_by(by.strip()), me))
        except UserError as error:
            raise UserError(tr("Line {n}: {problem}").format(n=number, problem=error)) from error
    return steps


def plan_dialog(parent: QWidget, view: ConcernView, me: UUID, save: Callable[[Plan], object]) -> FormDialog:
    """A safeguarding plan."""

    def on_save(values: dict[str, Any]) -> None:
        save(Plan(values["aim"], values["steps"], values["review"], values["with"]))

    dialog = FormDialog(parent, tr("Safeguarding plan"), tr("Record plan"), on_save)
    form = dialog.form
    form.add_text("aim", tr("What it is for"), multiline=True, required=True)
    hint = tr("One a line, with a day after the last comma: “Ring the bank with her, tomorrow”. You do them.")
    form.add_text(
        "steps", tr("Steps"), hint, True, required=True, check=lambda text: understand_steps(text, me)
    )
    form.add_text("with", tr("Made with"))
    form.add_date("review", tr("Looked at again on"), required=True, future=True)
    form.set_values({"with": view.name, "review": show_day(today() + REVIEW)})
    dialog.open()
    return dialog


def safety_plan_dialog(
    parent: QWidget, view: ConcernView, save: Callable[[SafetyPlan], object]
) -> FormDialog:
    """A safety plan: made with the person, in their words."""
    name = called(view)

    def on_save(values: dict[str, Any]) -> None:
        save(
            SafetyPlan(
                values["agreed"],
                today(),
                values["signs"].splitlines(),
                values["tell"].splitlines(),
                values["helps"].splitlines(),
                values["not_tell"].splitlines(),
                values["words"],
                view.name,
                values["review"],
            )
        )

    dialog = FormDialog(
        parent, tr("Safety plan, made with {name}").format(name=name), tr("Record plan"), on_save
    )
    form = dialog.form
    one = tr("One a line.")
    agreed = [("yes", tr("Yes")), ("partly", tr("Partly")), ("no", tr("No"))]
    form.add_choice("agreed", tr("Does {name} agree to this plan?").format(name=name), agreed)
    form.add_text("signs", tr("What {name} notices first").format(name=name), one, True, required=True)
    form.add_text("helps", tr("What helps then"), one, multiline=True)
    form.add_text(
        "tell",
        tr("Whom {name} wants told").format(name=name),
        tr("One a line. If nobody, write it."),
        True,
        True,
    )
    form.add_text("not_tell", tr("Whom not"), one, multiline=True)
    form.add_text("words", tr("In {name}’s own words").format(name=name), multiline=True)
    form.add_date("review", tr("Looked at again on"), future=True)
    form.set_values({"review": show_day(today() + REVIEW)})
    dialog.open()
    return dialog
