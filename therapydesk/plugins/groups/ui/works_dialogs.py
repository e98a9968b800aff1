"""Forms of works and performances: one of them, somebody who made it or performs, a line of a programme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from therapydesk.api import (
    NotFound,
    UserError,
    list_organisations,
    parse_time,
    person_called,
    show_time,
    tr,
)
from therapydesk.plugins.groups import music_service, service, works_events, works_service
from therapydesk.plugins.groups.works_events import EventDetails, EventView, Item
from therapydesk.plugins.groups.works_rules import CREDITS, KINDS, USES, credit_words, kind_words, use_words
from therapydesk.plugins.groups.works_service import MakerDetails, WorkDetails, WorkView
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.page import BasePage

Done = Callable[[UUID], object]


def work_dialog(
    page: BasePage, view: WorkView | None, then: Done, *, session: tuple[UUID, date] | None = None
) -> FormDialog:
    """Add a work, or change one. Who made it is added on its own page. `session`: the one it came out of, and its day."""
    desk = page.desk
    kept = view.details if view is not None else WorkDetails("")
    if session is not None:
        kept = replace(kept, appointment_id=session[0], made_on=session[1])

    def save(values: dict[str, Any]) -> None:
        details = replace(
            kept,
            title=values["title"],
            kind=values["kind"] or "song",
            made_on=values["made_on"],
            appointment_id=UUID(values["session"]) if values.get("session") else None,
            piece_id=UUID(values["piece"]) if values.get("piece") else None,
            uses=tuple(values["uses"]),
        )
        with desk.vault.write("core") as db:
            made = works_service.save_work(
                db, details, view.id if view is not None else None, view.row_version if view else None
            )
        then(made)

    with desk.vault.read() as db:
        own = [(str(p.id), p.title) for p in music_service.list_pieces(db) if p.details.own]
        sessions = [(str(i), words) for i, words in works_service.recent_sessions(db, kept.appointment_id)]
    title, action = (tr("Add work"), tr("Add")) if view is None else (tr("Change work"), tr("Save"))
    dialog = FormDialog(page, title, action, save, view.id if view is not None else None)
    form = dialog.form
    form.add_text(
        "title", tr("Title"), tr("Everybody can read it: say nothing of health in it."), required=True
    )
    form.add_choice("kind", tr("Kind"), [(kind, kind_words(kind)) for kind in KINDS])
    form.add_date("made_on", tr("Made on"), future=False)
    if sessions:
        form.add_choice("session", tr("It came out of the session"), [("", tr("None")), *sessions])
    if own:
        form.add_choice("piece", tr("It is this song"), [("", tr("None")), *own])
    hint = tr("Each maker is asked for each of them; without their consent it is left out.")
    form.add_choices("uses", tr("It is meant to be used so"), [(u, use_words(u)) for u in USES], hint)
    form.set_values(
        {
            "title": kept.title,
            "kind": kept.kind,
            "made_on": kept.made_on,
            "session": str(kept.appointment_id) if kept.appointment_id else "",
            "piece": str(kept.piece_id) if kept.piece_id else "",
            "uses": list(kept.uses),
        }
    )
    dialog.open()
    return dialog


def event_dialog(page: BasePage, view: EventView | None, then: Done) -> FormDialog:
    """Add a performance, or change one. Its programme and who performs are added on its own page."""
    desk = page.desk

    def save(values: dict[str, Any]) -> None:
        if values["on_day"] is None:
            raise UserError(tr("Write the day of the performance."))
        heads = values["audience"].strip()
        if heads and not heads.isdigit():
            raise UserError(tr("Write how many listened as a number, or leave it empty."))
        kept = view.details if view is not None else EventDetails("", values["on_day"])
        details = replace(
            kept,
            title=values["title"],
            on_day=values["on_day"],
            starts_at=parse_time(values["time"]) if values["time"].strip() else None,
            venue_id=UUID(values["venue"]) if values.get("venue") else None,
            place=values["place"],
            group_id=UUID(values["group"]) if values.get("group") else None,
            audience=int(heads) if heads else None,
        )
        with desk.vault.write("core") as db:
            made = works_events.save_event(
                db, details, view.id if view is not None else None, view.row_version if view else None
            )
        then(made)

    with desk.vault.read() as db:
        groups = [(str(g.id), g.name) for g in service.list_groups(db)]
        venues = [(str(o.id), o.name) for o in list_organisations(db)]
    title = tr("Add performance") if view is None else tr("Change performance")
    action = tr("Add") if view is None else tr("Save")
    dialog = FormDialog(page, title, action, save, view.id if view is not None else None)
    form = dialog.form
    form.add_text(
        "title", tr("Name"), tr("Everybody can read it: say nothing of health in it."), required=True
    )
    form.add_date("on_day", tr("Day"), required=True)
    form.add_text("time", tr("Time"), tr("Like: 15:00 or 3pm."))
    if venues:
        form.add_choice("venue", tr("Venue"), [("", tr("None of these")), *venues])
    form.add_text("place", tr("Where"), tr("A room, or a place that is not in the list."))
    form.add_choice("group", tr("Group"), [("", tr("None")), *groups])
    form.add_text("audience", tr("How many listened"), tr("Afterwards, without those who performed."))
    if view is not None:
        known = view.details
        form.set_values(
            {
                "title": known.title,
                "on_day": known.on_day,
                "time": show_time(known.starts_at) if known.starts_at is not None else "",
                "venue": str(known.venue_id) if known.venue_id else "",
                "place": known.place,
                "group": str(known.group_id) if known.group_id else "",
                "audience": "" if known.audience is None else str(known.audience),
            }
        )
    dialog.open()
    return dialog


def person_dialog(
    page: BasePage,
    title: str,
    people: Sequence[tuple[MakerDetails, str]],
    who: UUID | None,
    keep: Callable[[tuple[MakerDetails, ...]], object],
) -> FormDialog:
    """Add somebody to those who made or perform it, or change how one of them is named; `keep` gets all of them."""
    desk = page.desk
    there = next(((each, name) for each, name in people if each.person_id == who), None)

    def save(values: dict[str, Any]) -> None:
        if there is None:
            with desk.vault.read() as db:
                person_id = person_called(db, values["name"].strip())
            if person_id is None:
                raise NotFound(tr("Nobody of that name is here."), tr("Add them to your people first."))
        else:
            person_id = there[0].person_id
        made = MakerDetails(person_id, values["credit"] or "", values.get("credit_text") or "")
        others = [each for each, _ in people]
        if there is None:
            keep((*others, made))
        else:
            keep(tuple(made if each.person_id == person_id else each for each in others))

    dialog = FormDialog(page, title, tr("Add") if there is None else tr("Save"), save, who)
    form = dialog.form
    if there is None:
        form.add_text("name", tr("Name"), required=True)
    choice = form.add_choice(
        "credit", tr("How they want to be named"), [(c, credit_words(c)) for c in CREDITS]
    )
    form.add_text("credit_text", tr("The name they chose"))

    def fit(index: int) -> None:
        form.set_row_visible("credit_text", CREDITS[index] == "chosen")

    choice.currentIndexChanged.connect(fit)
    fit(0)
    if there is not None:
        form.set_values({"credit": there[0].credit, "credit_text": there[0].credit_text})
        fit(CREDITS.index(there[0].credit))
        left = tuple(each for each, _ in people if each.person_id != there[0].person_id)

        def take_away() -> None:
            with page.guard():
                keep(left)

        dialog.add_other_action(tr("Take away"), take_away)
    dialog.open()
    return dialog


def line_dialog(
    page: BasePage, items: Sequence[Item], at: int | None, keep: Callable[[tuple[Item, ...]], object]
) -> FormDialog:
    """Add a line to a programme, or with `at` (from 0) move or take away one; `keep` gets all lines."""
    desk = page.desk
    with desk.vault.read() as db:
        works = [(f"work:{v.id}", v.title) for v in works_service.list_works(db)]
        songs = [(f"song:{v.id}", v.title) for v in music_service.list_pieces(db)]

    def save(values: dict[str, Any]) -> None:
        others = [item for index, item in enumerate(items) if index != at]
        place = values["place"].strip()
        if place and not (place.isdigit() and int(place)):
            raise UserError(tr("Write the place in the programme as a number."))
        item = items[at] if at is not None else _chosen(values)
        index = int(place) - 1 if place else len(others)
        keep((*others[:index], item, *others[index:]))

    title = tr("Add to the programme") if at is None else tr("Line of the programme")
    dialog = FormDialog(page, title, tr("Add") if at is None else tr("Save"), save)
    form = dialog.form
    if at is None:
        form.add_choice("what", tr("Work or song"), [("", tr("Words of your own")), *works, *songs])
        form.add_text("words", tr("Words"), tr("Like: Interval. For what is neither a work nor a song."))
    form.add_text("place", tr("Place in the programme"), tr("Empty for the end."))
    if at is not None:
        form.set_values({"place": str(at + 1)})

        def take_away() -> None:
            with page.guard():
                keep(tuple(item for index, item in enumerate(items) if index != at))

        dialog.add_other_action(tr("Take away"), take_away)
    dialog.open()
    return dialog


def _chosen(values: dict[str, Any]) -> Item:
    what, words = values["what"] or "", values["words"].strip()
    if what and words:
        raise UserError(tr("Choose a work or a song, or write words; not both."))
    if not what and not words:
        raise UserError(tr("Choose a work or a song, or write words."))
    kind, _, ref = what.partition(":")
    if kind == "work":
        return Item(work_id=UUID(ref))
    return Item(piece_id=UUID(ref)) if kind else Item(words=words)
