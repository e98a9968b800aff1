"""Forms of a group: where it is and who pays, and what is to be looked at there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from therapydesk.api import Db, UserError, appointments, find_or_add_organisation, tr
from therapydesk.plugins.groups import service, venue_checks
from therapydesk.plugins.groups.service import GroupView
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.page import BasePage

Done = Callable[[], object]
MOST_MONTHS = 120


def place_dialog(page: BasePage, view: GroupView, then: Done) -> FormDialog:
    """Venue, room and payer. The room is taken for sessions that are booked from now on."""
    desk = page.desk

    def save(values: dict[str, Any]) -> None:
        room = values.get("room")
        with desk.vault.write("core") as db:
            details = replace(
                view.details,
                venue_id=_organisation(db, values["venue"], "is_setting"),
                payer_id=_organisation(db, values["payer"], "is_payer"),
                room_id=UUID(room) if room else None,
            )
            service.save_group(db, details, view.id, view.row_version)
        then()

    dialog = FormDialog(page, tr("Place and payer"), tr("Save"), save, (view.id, "place"))
    form = dialog.form
    new = tr("An organisation. A name that is not here yet is added.")
    form.add_text("venue", tr("Venue"), new)
    with desk.vault.read() as db:
        rooms = [(str(r.id), r.name) for r in appointments.list_rooms(db)]
    if rooms:
        hint = tr("Nobody else can book it while the group is there.")
        form.add_choice("room", tr("Room"), [("", tr("None of these")), *rooms], hint)
    form.add_text("payer", tr("Who pays"), new)
    form.set_values(
        {"venue": view.venue, "payer": view.payer, "room": str(view.details.room_id or "")},
    )
    dialog.open()
    return dialog


def _organisation(db: Db, name: str, flag: str) -> UUID | None:
    """The organisation of that name, which is one of these now; None for no name."""
    return find_or_add_organisation(db, name, "", **{flag: True}) if name.strip() else None


def check_dialog(page: BasePage, group_id: UUID, then: Callable[[str, UUID], object]) -> FormDialog:
    """Something about the place or the kit that is to be looked at; `then` is told what, and its id."""
    desk = page.desk

    def save(values: dict[str, Any]) -> None:
        months = values["every"].strip() or "0"
        if not (months.isascii() and months.isdigit() and int(months[:6]) <= MOST_MONTHS):
            raise UserError(tr("Write a number from 0 to {n}, or leave it empty.").format(n=MOST_MONTHS))
        with desk.vault.write("core") as db:
            made = venue_checks.add_check(db, group_id, values["what"], values["due_on"], int(months))
        then(values["what"].strip(), made)

    dialog = FormDialog(page, tr("Add a check"), tr("Add"), save, (group_id, "check"))
    form = dialog.form
    form.add_text(
        "what", tr("What is to be looked at"), tr("Like: fire exits, the ramp, piano castors."), required=True
    )
    form.add_date("due_on", tr("By"), required=True)
    form.add_text("every", tr("Again after so many months"), tr("Empty when once is enough."))
    dialog.open()
    return dialog
