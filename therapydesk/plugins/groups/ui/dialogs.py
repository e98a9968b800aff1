"""Forms of groups: a group, somebody on its roster, its sessions, a planned absence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from therapydesk.api import (
    UserError,
    parse_money,
    parse_time,
    show_day,
    show_time,
    today,
    tr,
)
from therapydesk.plugins.groups import service, sessions
from therapydesk.plugins.groups.kinds import kind, kinds
from therapydesk.plugins.groups.service import GroupDetails, GroupView, ProfileDetails
from therapydesk.plugins.groups.words import shapes
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.page import BasePage

Done = Callable[[UUID], object]
LOOSE = 60  # days back from which sessions of the diary are offered to a group


def group_dialog(page: BasePage, view: GroupView | None, then: Done) -> FormDialog:
    """Add a group, or change one. What it is for is asked of those who may write it."""
    desk = page.desk
    writes = desk.vault.allows("groups.write_profile")

    def save(values: dict[str, Any]) -> None:
        details = _details(values, view)
        with desk.vault.write("core") as db:
            group_id = service.save_group(
                db,
                details,
                view.id if view is not None else None,
                view.row_version if view is not None else None,
            )
        if writes:
            aims = tuple(line for line in values["aims"].splitlines() if line.strip())
            with desk.vault.write("clinical") as db:
                service.save_profile(
                    db,
                    group_id,
                    ProfileDetails(values["kind"], own_name(view), values["warning_signs"], aims),
                )
        then(group_id)

    title = tr("Add group") if view is None else tr("Change group")
    dialog = FormDialog(page, title, tr("Add") if view is None else tr("Save"), save)
    form = dialog.form
    form.add_text(
        "name",
        tr("Name"),
        tr("Everybody can read it: say nothing of health in it."),
        required=True,
    )
    if writes:
        chosen = form.add_choice(
            "kind",
            tr("Kind"),
            [(k.id, k.title) for k in kinds()],
            tr("Only those who may read notes see it."),
        )
    shape = form.add_choice("shape", tr("How people come"), shapes())
    form.add_text("place", tr("Where"))
    form.add_text(
        "access", tr("Getting in"), tr("Like: step-free by the side door; hearing loop in the hall.")
    )
    form.add_text("capacity", tr("Room for"), tr("Empty when there is no limit."))
    form.add_text("fee", tr("Fee"), tr("Empty when it is free."))
    each = form.add_check(
        "note_each",
        tr("Everybody who came needs a note of their own"),
        tr("Leave it empty for drop-ins, and where the team writes one note for all."),
    )
    if writes:
        form.add_text(
            "aims", tr("Aims"), tr("One on a line. They are rated after each session."), multiline=True
        )
        form.add_text("warning_signs", tr("Watch for"), tr("One on a line."), multiline=True)
    form.set_values(_begin(writes) if view is None else _values(view))
    shape.currentIndexChanged.connect(
        lambda index: each.setChecked(shapes()[index][0] not in ("hub", "meeting"))
    )

    def begin(index: int) -> None:
        usual = kinds()[index]
        shape.setCurrentIndex([code for code, _words in shapes()].index(usual.shape))
        each.setChecked(usual.note_each)

    if writes and view is None:
        chosen.currentIndexChanged.connect(begin)
    dialog.open()
    return dialog


def own_name(view: GroupView | None) -> str:
    """The own name of a hidden group, as far as this user sees it; "" when it has none."""
    return view.name if view is not None and view.name != view.details.name else ""


def _values(view: GroupView) -> dict[str, Any]:
    details = view.details
    return {
        "name": details.name,
        "kind": view.kind.id if view.kind is not None else "own",
        "shape": details.shape,
        "place": details.place,
        "access": details.access,
        "capacity": "" if details.capacity is None else str(details.capacity),
        "fee": "" if details.fee is None else str(details.fee),
        "note_each": details.notes_for_each,
        "aims": "\n".join(text for _, text in view.aims),
        "warning_signs": view.warning_signs,
    }


def _details(values: dict[str, Any], view: GroupView | None) -> GroupDetails:
    given = values["capacity"].strip()
    if given and not given.isdigit():
        raise UserError(tr("Write how many there is room for as a number, or leave it empty."))
    usual = kind(values["kind"]).helpers if values.get("kind") else 0
    kept = view.details if view is not None else GroupDetails("", helpers_needed=usual)
    return GroupDetails(
        **{
            **{name: getattr(kept, name) for name in GroupDetails.__dataclass_fields__},
            "name": values["name"],
            "shape": values["shape"] or "single",
            "place": values["place"].strip(),
            "access": values["access"].strip(),
            "note_each": bool(values["note_each"]),
            "capacity": int(given) if given else None,
            "fee": parse_money(values["fee"]) if values["fee"].strip() else None,
        }
    )


def _begin(writes: bool) -> dict[str, Any]:
    """How a new group begins: as the first kind is."""
    usual = kinds()[0]
    return (
        {"kind": usual.id, "shape": usual.shape, "note_each": usual.note_each}
        if writes
        else {"note_each": True}
    )


def book_dialog(page: BasePage, view: GroupView, then: Callable[[list[UUID]], object]) -> FormDialog:
    """Book the group's sessions; whoever is on the roster is expected."""
    desk = page.desk

    def save(values: dict[str, Any]) -> None:
        if values["day"] is None:
            raise UserError(tr("Write the day of the first session."))
        at = datetime.combine(values["day"], parse_time(values["time"]))
        weeks, minutes = values["weeks"].strip() or "1", values["minutes"].strip() or "90"
        if not (weeks.isdigit() and minutes.isdigit()):
            raise UserError(tr("Write weeks and minutes as numbers."))
        with desk.vault.write("core") as db:
            made = service.book_sessions(db, view.id, at, int(minutes), weeks=int(weeks))
        then(made)

    dialog = FormDialog(page, tr("Book sessions of the group"), tr("Book"), save)
    dialog.form.add_date("day", tr("First session"))
    dialog.form.add_text("time", tr("Time"), tr("Like: 15:00 or 3pm."), required=True)
    dialog.form.add_text("minutes", tr("Minutes"))
    dialog.form.add_text("weeks", tr("Weeks in a row"))
    dialog.form.set_values({"minutes": "90", "weeks": "10"})
    dialog.open()
    return dialog


def adopt_dialog(page: BasePage, view: GroupView, then: Callable[[list[UUID]], object]) -> FormDialog | None:
    """A session of the diary, with its series, becomes one of the group; None, and said so, when there is none to take."""
    desk = page.desk
    with desk.vault.read() as db:
        loose = sessions.loose_sessions(db, today() - timedelta(days=LOOSE))
    if not loose:
        page.messages.show_message("info", tr("The diary has no group session that belongs to no group."))
        return None
    words = tr("{day}, {time}, {title}")
    choices = [
        (
            str(session_id),
            words.format(day=show_day(at.date(), short=True), time=show_time(at.time()), title=title),
        )
        for session_id, at, title in loose
    ]

    def save(values: dict[str, Any]) -> None:
        with desk.vault.write("core") as db:
            made = sessions.adopt_session(db, view.id, UUID(values["session"]))
        then(made)

    dialog = FormDialog(page, tr("Take over sessions"), tr("Take over"), save, (view.id, "adopt"))
    dialog.form.add_choice(
        "session", tr("Session in the diary"), choices, tr("With the others of its series.")
    )
    dialog.open()
    return dialog
