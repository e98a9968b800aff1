"""Say who or what is around a person: another person we know, or an organisation, old or new."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from therapydesk.api import (
    PersonDetails,
    add_person,
    find_or_add_organisation,
    person_called,
    relation_words,
    tr,
)
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.forms import FormDialog

PEOPLE = ("carer", "parent", "partner", "sibling", "friend", "supporter", "worker")
PLACES = ("gp", "school", "care_home", "payer")
Save = Callable[[str, UUID | None, UUID | None, bool, str], object]


def relation_dialog(parent: QWidget, desk: Desk, save: Save) -> FormDialog:
    """Kind and name are enough. A name that we do not know yet is added."""

    def on_save(values: dict[str, Any]) -> None:
        kind, name = values["kind"], values["name"]
        rest = (values["may_contact"], values["leads_on"])
        if kind in PLACES:
            with desk.vault.write("core") as db:
                place = find_or_add_organisation(db, name)
            save(kind, None, place, *rest)
        else:
            save(kind, _person(desk, name, values.get("reach", "")), None, *rest)

    dialog = FormDialog(parent, tr("Add person or place"), tr("Add"), on_save)
    form = dialog.form
    kinds = [(k, relation_words(k)) for k in (*PEOPLE, *PLACES)]
    choice = form.add_choice("kind", tr("Is their"), kinds)
    form.add_text("name", tr("Name"), tr("A name that is not here yet is added."), required=True)
    form.add_text("reach", tr("How to reach them"), tr("For somebody new: a phone number, or in words."))
    form.add_text("leads_on", tr("Leads on"), tr("Like: words, money, the school day."))
    form.add_check("may_contact", tr("We may contact them"))
    choice.currentIndexChanged.connect(lambda index: form.set_row_visible("reach", kinds[index][0] in PEOPLE))
    dialog.open()
    return dialog


def _person(desk: Desk, name: str, reach: str) -> UUID:
    """The one person of that name, or a new one. Raises UserError when several have it."""
    with desk.vault.read() as db:
        found = person_called(db, name)
    if found is not None:
        return found
    with desk.vault.write("core") as db:
        return add_person(db, PersonDetails(name, best_way=reach or ""), reached_by_others=True).id
