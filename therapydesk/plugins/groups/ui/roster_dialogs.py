"""Forms of a roster: somebody on it, how they come, a planned absence, whose lift they have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from therapydesk.api import PersonDetails, UserError, add_person, person_called, person_word, today, tr
from therapydesk.plugins.groups import lifts, roster
from therapydesk.plugins.groups.lifts import Lifts
from therapydesk.plugins.groups.roster import MemberDetails, MemberView, details_of
from therapydesk.plugins.groups.words import roles, voices, ways
from therapydesk.ui.kit.forms import Form, FormDialog
from therapydesk.ui.kit.page import BasePage

Done = Callable[[UUID], object]


def _add_since(form: Form) -> None:
    form.add_date("joined_on", tr("Comes since"), tr("Registers of earlier days do not expect them."))


def member_dialog(page: BasePage, group_id: UUID, members: list[MemberView], then: Done) -> FormDialog:
    """Put somebody on the roster: a name is enough, known or new."""
    desk = page.desk

    def save(values: dict[str, Any]) -> None:
        name = values["name"].strip()
        with desk.vault.read() as db:
            person = person_called(db, name)
        if person is None:
            with desk.vault.write("core") as db:
                person = add_person(db, PersonDetails(name), reached_by_others=True).id
        comes_with = values.get("with_member") if values["role"] == "supporter" else None
        details = MemberDetails(
            role=values["role"],
            state="waiting" if values.get("waits") else "member",
            with_member=UUID(comes_with) if comes_with else None,
            voice=values.get("voice") or "",
            skill=(values.get("skill") or "").strip(),
            joined_on=values.get("joined_on"),
        )
        with desk.vault.write("core") as db:
            made = roster.add_member(db, group_id, person, details)
        then(made)

    dialog = FormDialog(page, tr("Add to the roster"), tr("Add"), save)
    form = dialog.form
    hint = tr("A name that is not here yet is added to {people}.").format(people=person_word(2))
    form.add_text("name", tr("Name"), hint, required=True)
    choice = form.add_choice("role", tr("Comes as"), roles())
    heads = [(str(m.id), m.name) for m in members if m.pair_id is None and m.role in ("member", "role_model")]
    form.add_choice("with_member", tr("Comes with"), heads)
    form.add_choice("voice", tr("Sings"), voices())
    form.add_text("skill", tr("Does"), tr("Like: piano, tea, welcomes people."))
    _add_since(form)
    form.add_check("waits", tr("Put on the waiting list"))
    form.set_values({"joined_on": today()})

    def fit(index: int) -> None:
        role = roles()[index][0]
        form.set_row_visible("with_member", role == "supporter" and bool(heads))
        form.set_row_visible("voice", role in ("member", "role_model", "supporter"))
        form.set_row_visible("skill", role not in ("member", "supporter"))
        form.set_row_visible("waits", role in ("member", "role_model"))

    choice.currentIndexChanged.connect(fit)
    fit(0)
    dialog.open()
    return dialog


def change_member_dialog(page: BasePage, member: MemberView, found: Lifts, then: Done) -> FormDialog:
    """Change what somebody on the roster comes as and how, or give them a place from the waiting list."""
    desk = page.desk

    def save(values: dict[str, Any]) -> None:
        role, travel = values["role"], values["travel"] or ""
        seats = (values.get("seats") or "").strip() or "0"
        if not (seats.isascii() and seats.isdigit()):
            raise UserError(tr("Write the seats as a number."))
        driver = values.get("lift_with") if travel == "lift_needed" else None
        details = replace(
            details_of(member),
            role=role,
            state=values["state"],
            with_member=member.pair_id if role == "supporter" else None,
            voice=values["voice"] or "",
            skill=values["skill"].strip(),
            travel=travel,
            seats=int(seats) if travel == "lift_offered" else 0,
            lift_with=None,
            joined_on=values["joined_on"] or member.joined_on,
        )
        with desk.vault.write("core") as db:
            roster.change_member(db, member.id, details)
            if driver:
                lifts.give_lift(db, member.id, UUID(driver))
        then(member.id)

    title = tr("Change {name} on the roster").format(name=member.name)
    dialog = FormDialog(page, title, tr("Save"), save, member.id)
    form = dialog.form
    form.add_choice("role", tr("Comes as"), roles())
    states = [("member", tr("On the roster")), ("taster", tr("Trying it")), ("waiting", tr("Waiting"))]
    form.add_choice("state", tr("State"), states)
    form.add_choice("voice", tr("Sings"), voices())
    form.add_text("skill", tr("Does"), tr("Like: piano, tea, welcomes people."))
    _add_since(form)
    travel = form.add_choice("travel", tr("How they come"), ways())
    form.add_text("seats", tr("Seats for others"))
    form.add_choice("lift_with", tr("Lift with"), [("", tr("Nobody yet")), *cars(found, member)])
    form.set_values(
        {
            "role": member.role,
            "state": member.state,
            "voice": member.voice,
            "skill": member.skill,
            "joined_on": member.joined_on,
            "travel": member.travel,
            "seats": str(member.seats) if member.seats else "",
            "lift_with": str(member.lift_with) if member.lift_with is not None else "",
        }
    )

    def fit(index: int) -> None:
        way = ways()[index][0]
        form.set_row_visible("seats", way == "lift_offered")
        form.set_row_visible("lift_with", way == "lift_needed")

    travel.currentIndexChanged.connect(fit)
    fit(travel.currentIndex())
    dialog.open()
    return dialog


def cars(found: Lifts, member: MemberView) -> list[tuple[str, str]]:
    """The cars that somebody could go in: the one they are in, and those with a seat left."""
    words = tr("{name}, {n} of {m} seats taken")
    return [
        (str(car.driver.id), words.format(name=car.driver.name, n=len(car.riders), m=car.driver.seats))
        for car in found.cars
        if car.driver.id != member.id and (car.free or member.id in [rider.id for rider in car.riders])
    ]


def lift_dialog(
    page: BasePage, member: MemberView, found: Lifts, then: Callable[[str, UUID | None], object]
) -> FormDialog:
    """Whose lift somebody has; `then` is told the driver's name and the driver before."""
    desk = page.desk
    choices = cars(found, member)

    def save(values: dict[str, Any]) -> None:
        if not values["lift_with"]:
            raise UserError(tr("Nobody with a seat left was chosen."))
        driver = UUID(values["lift_with"])
        with desk.vault.write("core") as db:
            before = lifts.give_lift(db, member.id, driver)
        then(next(car.driver.name for car in found.cars if car.driver.id == driver), before)

    title = tr("A lift for {name}").format(name=member.name)
    dialog = FormDialog(page, title, tr("Give them the seat"), save, (member.id, "lift"))
    none = tr("Nobody has a seat left. Say on the roster who takes others along.")
    dialog.form.add_choice("lift_with", tr("Lift with"), choices, "" if choices else none)
    dialog.open()
    return dialog


def absence_dialog(page: BasePage, member: MemberView, then: Done) -> FormDialog:
    """Somebody said that they will be away."""
    desk = page.desk

    def save(values: dict[str, Any]) -> None:
        if values["from_on"] is None or values["until_on"] is None:
            raise UserError(tr("Write both days."))
        with desk.vault.write("core") as db:
            made = roster.plan_absence(db, member.id, values["from_on"], values["until_on"])
        then(made)

    dialog = FormDialog(page, tr("Planned absence"), tr("Keep"), save, member.id)
    dialog.form.add_date("from_on", tr("From"))
    dialog.form.add_date("until_on", tr("Until"))
    dialog.open()
    return dialog
