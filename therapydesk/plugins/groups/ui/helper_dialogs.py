"""Forms of helpers: a placement that begins, a course that was finished."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from therapydesk.api import UserError, person_called, person_word, today, tr
from therapydesk.plugins.groups import helpers, roster
from therapydesk.plugins.groups.helpers import Helper
from therapydesk.plugins.groups.rules import PLACEMENT_ROLES
from therapydesk.plugins.groups.ui.hub_dialogs import known_or_new
from therapydesk.plugins.groups.words import roles
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.page import BasePage


def placement_dialog(
    page: BasePage, name: str, groups: Sequence[tuple[str, str]], then: Callable[[UUID, str], object]
) -> FormDialog:
    """Somebody begins to help; a peer navigator needs a training, which can be written down here, too."""
    desk = page.desk

    def save(values: dict[str, Any]) -> None:
        who = values["name"].strip()
        person = known_or_new(desk, who)
        supporter = None
        if helped := values["supported_by"].strip():
            with desk.vault.read() as db:
                supporter = person_called(db, helped)
            if supporter is None:
                raise UserError(tr("Nobody called “{name}” is known here.").format(name=helped))
        with desk.vault.write("core") as db:
            if course := values["course"].strip():
                roster.add_training(db, person, course, values["starts_on"] or today())
            made = helpers.start_placement(
                db,
                person,
                values["role"],
                values["starts_on"] or today(),
                group_id=UUID(values["group"]) if values["group"] else None,
                supported_by=supporter,
            )
        then(made, who)

    dialog = FormDialog(page, tr("Add a helper"), tr("Add"), save, (name, "placement"))
    form = dialog.form
    hint = tr("A name that is not here yet is added to {people}. Members can help, too.")
    form.add_text("name", tr("Name"), hint.format(people=person_word(2)), required=True)
    words = dict(roles())
    form.add_choice("role", tr("Helps as"), [(role, words[role]) for role in PLACEMENT_ROLES])
    form.add_choice("group", tr("In"), [("", tr("The whole practice")), *groups])
    form.add_date("starts_on", tr("Since"))
    form.add_text("supported_by", tr("Turns to"), tr("The person of the team who supports them."))
    form.add_text("course", tr("Training they finished"), tr("A peer navigator needs one."))
    form.set_values({"name": name, "starts_on": today()})
    dialog.open()
    return dialog


def training_dialog(page: BasePage, helper: Helper, then: Callable[[UUID], object]) -> FormDialog:
    """Somebody finished a course."""
    desk = page.desk

    def save(values: dict[str, Any]) -> None:
        with desk.vault.write("core") as db:
            made = roster.add_training(
                db,
                helper.person_id,
                values["course"],
                values["done_on"] or today(),
                values["expires_on"],
            )
        then(made)

    title = tr("A training of {name}").format(name=helper.name)
    dialog = FormDialog(page, title, tr("Keep"), save, (helper.person_id, "training"))
    form = dialog.form
    form.add_text("course", tr("Course"), required=True)
    form.add_date("done_on", tr("Finished on"), future=False)
    form.add_date("expires_on", tr("Runs out on"), tr("Empty when it does not run out."))
    form.set_values({"done_on": today()})
    dialog.open()
    return dialog
