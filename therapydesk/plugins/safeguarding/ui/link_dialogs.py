"""Other people in a concern, and concerns that belong together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from therapydesk.api import UserError, tr
from therapydesk.plugins.safeguarding.service import ConcernRow, role_words
from therapydesk.plugins.safeguarding.ui.person_field import PersonField, Search
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import text_label

LinkPerson = Callable[[str, UUID | None, str, str], object]


def person_dialog(parent: QWidget, search: Search, save: LinkPerson) -> FormDialog:
    """Name somebody: `save(role, person id or None, name, why)`."""
    chosen: list[tuple[UUID | None, str]] = []

    def on_save(values: dict[str, Any]) -> None:
        if not chosen:
            raise UserError(tr("Choose who it is."))
        save(values["role"], chosen[-1][0], chosen[-1][1], values["why"])

    dialog = FormDialog(parent, tr("Name a person in this concern"), tr("Name them"), on_save)
    field = PersonField(tr("Who"), search, tr("Somebody we do not know can be named, too."))
    told = text_label("", "strong", wrap=True)
    told.hide()

    def choose(ref: object, name: str) -> None:
        chosen.append((ref if isinstance(ref, UUID) else None, name))
        told.setText(name if chosen[-1][0] else tr("{name}, not known here").format(name=name))
        told.show()
        field.clear()
        dialog.form.dirty = True
        dialog.form.field("role").setFocus()

    field.chosen.connect(choose)
    dialog.form.add_widget(field)
    dialog.form.add_widget(told)
    dialog.form.add_choice("role", tr("How they belong to it"), list(role_words().items()))
    dialog.form.add_text("why", tr("More about it"))
    dialog.open()
    field.field.setFocus()
    return dialog


def concern_dialog(
    parent: QWidget, rows: Sequence[ConcernRow], save: Callable[[UUID, str], object]
) -> FormDialog:
    """Two concerns belong together."""
    dialog = FormDialog(
        parent,
        tr("Concerns that belong together"),
        tr("Link"),
        lambda values: save(values["other"], values["why"]),
    )
    choices = [(row.id, tr("{n}: {name}").format(n=row.number, name=row.name)) for row in rows]
    dialog.form.add_choice("other", tr("The other concern"), choices, required=True)
    dialog.form.add_text("why", tr("Why"), multiline=True, required=True)
    dialog.open()
    return dialog
