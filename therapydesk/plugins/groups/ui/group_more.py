"""More forms of a group: who may see its name, whose it is, how it ends, its terms, who was told of a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from therapydesk.api import UserError, today, tr
from therapydesk.plugins.groups import networks, service, terms
from therapydesk.plugins.groups.service import GroupView, ProfileDetails
from therapydesk.plugins.groups.ui import dialogs
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.page import BasePage

Done = Callable[[], object]


def _number(values: dict[str, Any], name: str, most: int = 500) -> int:
    text = (values.get(name) or "").strip() or "0"
    if not (text.isascii() and text.isdigit() and int(text[:6]) <= most):
        raise UserError(tr("Write a number from 0 to {n}, or leave it empty.").format(n=most))
    return int(text)


def more_dialog(page: BasePage, view: GroupView, then: Done) -> FormDialog:
    """Who may see the group, whose it is, helpers and taster places. The own name of a hidden group is clinical."""
    desk = page.desk
    writes = desk.vault.allows("groups.write_profile") and view.kind is not None

    def save(values: dict[str, Any]) -> None:
        details = replace(
            view.details,
            hidden=bool(values["hidden"]),
            independent=bool(values["independent"]),
            lent=(values.get("lent") or "").strip() if values["independent"] else "",
            helpers_needed=_number(values, "helpers"),
            taster_places=_number(values, "tasters"),
        )
        if details.independent and view.members:
            raise UserError(tr("There are people on its roster."), tr("They have to leave it first."))
        with desk.vault.write("core") as db:
            service.save_group(db, details, view.id, view.row_version)
        if writes and view.kind is not None:
            aims = tuple(text for _, text in view.aims)
            own = (values.get("own_name") or "").strip() if values["hidden"] else ""
            with desk.vault.write("clinical") as db:
                service.save_profile(db, view.id, ProfileDetails(view.kind.id, own, view.warning_signs, aims))
        then()

    dialog = FormDialog(page, tr("More about the group"), tr("Save"), save, (view.id, "more"))
    form = dialog.form
    hint = tr(
        "Others see a neutral name and no kind. Only who leads it, and the safeguarding lead, see more."
    )
    hidden = form.add_check("hidden", tr("Hide its own name and kind"), hint)
    if writes:
        form.add_text(
            "own_name", tr("Its own name"), tr("The name under “Change group” has to be neutral then.")
        )
    own = form.add_check("independent", tr("Others run it in our space"), tr("We keep none of its people."))
    form.add_text("lent", tr("What we lend it"), tr("Like: the small hall, six chairs, the urn."))
    form.add_text("helpers", tr("Helpers needed"))
    form.add_text("tasters", tr("Sessions to try it"))
    form.set_values(
        {
            "hidden": view.details.hidden,
            "own_name": dialogs.own_name(view),
            "independent": view.details.independent,
            "lent": view.details.lent,
            "helpers": str(view.details.helpers_needed or ""),
            "tasters": str(view.details.taster_places or ""),
        }
    )

    def fit() -> None:
        if writes:
            form.set_row_visible("own_name", hidden.isChecked())
        form.set_row_visible("lent", own.isChecked())

    hidden.toggled.connect(lambda _on: fit())
    own.toggled.connect(lambda _on: fit())
    fit()
    dialog.open()
    return dialog


def end_dialog(page: BasePage, view: GroupView, then: Done) -> FormDialog:
    """The group ends, or what came of it is written down; its sessions, roster and counts stay (OT22)."""
    desk = page.desk

    def save(values: dict[str, Any]) -> None:
        with desk.vault.write("core") as db:
            service.end_group(db, view.id, values["ended_on"] or today(), values["result"])
        then()

    dialog = FormDialog(page, tr("End the group"), tr("End it"), save, (view.id, "end"))
    dialog.form.add_date("ended_on", tr("Last day"))
    hint = tr("Like: a mural and an open-air concert for two hundred people.")
    dialog.form.add_text("result", tr("What came of it"), hint, multiline=True)
    dialog.form.set_values({"ended_on": view.ended_on or today(), "result": view.details.result})
    dialog.open()
    return dialog


def term_dialog(page: BasePage, view: GroupView, then: Done) -> FormDialog:
    """A term: a stretch of sessions that is looked back on together."""
    desk = page.desk

    def save(values: dict[str, Any]) -> None:
        if values["starts_on"] is None or values["ends_on"] is None:
            raise UserError(tr("Write both days."))
        with desk.vault.write("core") as db:
            terms.save_term(db, view.id, values["title"], values["starts_on"], values["ends_on"])
        then()

    dialog = FormDialog(page, tr("Add a term"), tr("Add"), save, (view.id, "term"))
    dialog.form.add_text("title", tr("Name"), tr("Like: Spring 2026."), required=True)
    dialog.form.add_date("starts_on", tr("From"))
    dialog.form.add_date("ends_on", tr("Until"))
    dialog.open()
    return dialog


def tell_dialog(page: BasePage, group_id: UUID, then: Callable[[UUID], object]) -> FormDialog:
    """So many people were told of a network; no name is asked (OT11)."""
    desk = page.desk

    def save(values: dict[str, Any]) -> None:
        day: date = values["day"] or today()
        with desk.vault.write("core") as db:
            made = networks.tell_of(db, group_id, _number(values, "people"), day)
        then(made)

    dialog = FormDialog(page, tr("Told somebody of it"), tr("Count them"), save, (group_id, "tell"))
    dialog.form.add_text(
        "people", tr("How many"), tr("A number, and no name: they are the network’s people.")
    )
    dialog.form.add_date("day", tr("On"), future=False)
    dialog.form.set_values({"people": "1", "day": today()})
    dialog.open()
    return dialog
