"""Short forms over the diary: change a session, cancel it, name a room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from therapydesk.api import UserError, appointments, ntr, parse_time, show_time, tr
from therapydesk.plugins.diary.ui.add_line import session_words
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import text_label
from therapydesk.ui.kit.page import BasePage

Rooms = Sequence[appointments.RoomView]


def read_minutes(text: str) -> int:
    """A length in minutes. Raises UserError."""
    bare = text.lower().replace("minutes", "").replace("min", "").strip()
    if not bare.isdigit():
        raise UserError(
            tr("“{text}” is not a number of minutes.").format(text=text[:20]), tr("Write it like 45.")
        )
    return int(bare)


def _add_scope(dialog: FormDialog, view: appointments.AppointmentView, following: int) -> None:
    if view.series_id is None:
        return
    after = ntr("This and the one after it", "This and the {n} after it", following)
    choices = [("this", tr("Only this session")), ("following", after), ("all", tr("All that are booked"))]
    dialog.form.add_choices("scope", tr("Which sessions"), choices, exclusive=True, required=True)
    dialog.form.set_values({"scope": "this"})


def _about(dialog: FormDialog, view: appointments.AppointmentView) -> None:
    dialog.form.add_widget(text_label(session_words(view), "", "text_muted", wrap=True))


def change_dialog(
    parent: QWidget,
    view: appointments.AppointmentView,
    rooms: Rooms,
    following: int,
    save: Callable[[appointments.Change, appointments.Scope], object],
) -> FormDialog:
    """Change when, how long and where."""
    choices: list[tuple[UUID | None, str]] = [(None, tr("No room")), *((r.id, r.name) for r in rooms)]
    if view.room_id is not None and all(r.id != view.room_id for r in rooms):
        choices.append((view.room_id, view.room))

    def on_save(values: dict[str, Any]) -> None:
        at: time = values["time"]
        wanted = appointments.Change(
            starts_at=datetime.combine(values["day"], at),
            minutes=values["minutes"],
            room_id=values["room"],
            no_room=values["room"] is None,
            place=values["place"],
        )
        save(wanted, values.get("scope", "this"))

    dialog = FormDialog(parent, tr("Change session"), tr("Save changes"), on_save, view.id)
    _about(dialog, view)
    form = dialog.form
    form.add_date("day", tr("Day"), required=True)
    form.add_text("time", tr("Time"), required=True, check=parse_time)
    form.add_text("minutes", tr("Minutes"), required=True, check=read_minutes)
    form.add_choice("room", tr("Room"), choices)
    form.add_text("place", tr("Other place"), tr("Where, when it is not one of your rooms."))
    _add_scope(dialog, view, following)
    form.set_values(
        {
            "day": view.starts_at.date(),
            "time": show_time(view.starts_at.time()),
            "minutes": str(view.minutes),
            "room": view.room_id,
            "place": view.place,
            "scope": "this",
        }
    )
    dialog.open()
    return dialog


def cancel_dialog(
    parent: QWidget,
    view: appointments.AppointmentView,
    following: int,
    save: Callable[[str, appointments.Scope], object],
) -> FormDialog:
    """Cancel, with a neutral reason."""
    reasons = [(r.code, r.title) for r in appointments.absence_reasons("cancel")]

    def on_save(values: dict[str, Any]) -> None:
        save(values["reason"], values.get("scope", "this"))

    dialog = FormDialog(parent, tr("Cancel session"), tr("Cancel session"), on_save, view.id)
    dialog.cancel_button.setText(tr("Keep session"))
    _about(dialog, view)
    hint = tr("Everybody in the practice can see this. Write anything personal in the notes.")
    dialog.form.add_choice(
        "reason", tr("Reason"), [("", tr("Choose a reason")), *reasons], hint, required=True
    )
    _add_scope(dialog, view, following)
    if view.stopped:
        dialog.form.set_values({"reason": "person_died", "scope": "following"})
    dialog.open()
    return dialog


def room_dialog(page: BasePage) -> FormDialog:
    """Add a room, or rename or close one."""
    vault = page.desk.vault
    with vault.read() as db:
        rooms = appointments.list_rooms(db, closed=True)
    choices: list[tuple[UUID | None, str]] = [(None, tr("New room")), *((r.id, r.name) for r in rooms)]

    def on_save(values: dict[str, Any]) -> None:
        with vault.write("core") as db:
            appointments.save_room(db, values["name"], room_id=values["room"], closed=values["closed"])
        page.done(tr("{name} is saved.").format(name=values["name"]))

    dialog = FormDialog(page, tr("Rooms"), tr("Save room"), on_save)
    which = dialog.form.add_choice("room", tr("Which room"), choices)
    dialog.form.add_text("name", tr("Name"), required=True)
    dialog.form.add_check("closed", tr("Not used any more"))

    def show(index: int) -> None:
        room = rooms[index - 1] if index > 0 else None
        dialog.form.set_values(
            {"name": room.name if room is not None else "", "closed": room is not None and room.closed}
        )

    which.currentIndexChanged.connect(show)
    dialog.open()
    return dialog
