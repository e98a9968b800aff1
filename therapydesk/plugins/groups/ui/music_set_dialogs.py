"""Forms of set lists: one of them, a copy for another day, the key of one of its songs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from therapydesk.api import tr
from therapydesk.plugins.groups import music_sets, service
from therapydesk.plugins.groups.music_chords import key_name
from therapydesk.plugins.groups.music_sets import SetView
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.page import BasePage


def set_dialog(page: BasePage, view: SetView | None, then: Callable[[UUID], object]) -> FormDialog:
    """Make a set list, or rename one and say which group and day it is for."""
    desk = page.desk

    def save(values: dict[str, Any]) -> None:
        group = UUID(values["group"]) if values.get("group") else None
        with desk.vault.write("core") as db:
            made = music_sets.save_set(
                db,
                values["title"],
                view.keys if view is not None else (),
                set_id=view.id if view is not None else None,
                group_id=group,
                on_day=values["on_day"],
                row_version=view.row_version if view is not None else None,
            )
        then(made)

    with desk.vault.read() as db:
        groups = [(str(g.id), g.name) for g in service.list_groups(db)]
    known = (str(view.group_id), view.group) if view is not None and view.group else None
    if known is not None and known not in groups:  # it has ended
        groups.append(known)
    title = tr("Add set list") if view is None else tr("Change set list")
    action = tr("Add") if view is None else tr("Save")
    dialog = FormDialog(page, title, action, save, view.id if view is not None else None)
    form = dialog.form
    form.add_text("title", tr("Title"), tr("It stands over the contents, and names nobody."), required=True)
    form.add_choice("group", tr("Group"), [("", tr("None")), *groups])
    form.add_date("on_day", tr("Day"), tr("The register of that session then offers its songs."))
    if view is not None:
        group = str(view.group_id) if view.group else ""
        form.set_values({"title": view.title, "group": group, "on_day": view.on_day})
    dialog.open()
    return dialog


def copy_dialog(page: BasePage, view: SetView, then: Callable[[UUID], object]) -> FormDialog:
    """The same songs for another day."""

    def save(values: dict[str, Any]) -> None:
        with page.desk.vault.write("core") as db:
            made = music_sets.copy_set(db, view.id, values["on_day"], values["title"])
        then(made)

    dialog = FormDialog(page, tr("Copy to another day"), tr("Copy"), save, (view.id, "copy"))
    dialog.form.add_date("on_day", tr("Day"), required=True)
    dialog.form.add_text("title", tr("Title"), required=True)
    dialog.form.set_values({"title": view.title})
    dialog.open()
    return dialog


def key_dialog(page: BasePage, title: str, key: str, then: Callable[[str], object]) -> FormDialog:
    """The key in which a song of a set list is sung."""
    dialog = FormDialog(
        page,
        tr("Key of “{title}”").format(title=title),
        tr("Save"),
        lambda values: then(key_name(values["key"])),
    )
    dialog.form.add_text("key", tr("In the key"), tr("Like: G, Bb or F#m. Empty is its own."))
    dialog.form.set_values({"key": key})
    dialog.open()
    return dialog
