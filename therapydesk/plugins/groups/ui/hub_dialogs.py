"""Forms of a hub day: who is on, who waits, a name for somebody, a short conversation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from therapydesk.api import PersonDetails, UserError, add_person, person_called, person_word, tr
from therapydesk.plugins.groups import activities, hub
from therapydesk.plugins.groups.hub import ShiftView
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.page import BasePage

Done = Callable[[UUID], object]


def known_or_new(desk: Desk, name: str) -> UUID:
    """The person of that name, added when there is none yet. Raises UserError for several of that name."""
    with desk.vault.read() as db:
        found = person_called(db, name)
    if found is not None:
        return found
    with desk.vault.write("core") as db:
        return add_person(db, PersonDetails(name), reached_by_others=True).id


def _activities(desk: Desk) -> list[tuple[str, str]]:
    with desk.vault.read() as db:
        return activities.choices(db, "activities")


def shift_dialog(page: BasePage, session: UUID, team: Sequence[tuple[str, str]], then: Done) -> FormDialog:
    """Somebody is on, as what; `team` are names of the roster's team with what they do."""
    desk = page.desk

    def save(values: dict[str, Any]) -> None:
        name = (values["name"] or "").strip() or (values.get("known") or "")
        if not name:
            raise UserError(tr("Say who is on."))
        role = values["role"].strip() or dict(team).get(name, "")
        if not role:
            raise UserError(tr("Say as what they are on."))
        person = known_or_new(desk, name)
        with desk.vault.write("core") as db:
            made = hub.put_on_shift(db, session, person, role)
        then(made)

    dialog = FormDialog(page, tr("Who is on"), tr("Put on"), save, session)
    if team:
        names = [("", tr("Somebody else")), *((name, name) for name, _role in team)]
        choice = dialog.form.add_choice("known", tr("Of the team"), names)
        choice.currentIndexChanged.connect(
            lambda index: dialog.form.set_values({"role": dict(team).get(names[index][0], "")})
        )
    hint = tr("A name that is not here yet is added to {people}.").format(people=person_word(2))
    dialog.form.add_text("name", tr("Name"), hint)
    dialog.form.add_text("role", tr("As"), tr("Like: occupational therapist, peer navigator, outreach."))
    dialog.open()
    return dialog


def wait_dialog(page: BasePage, session: UUID, person: UUID | None, name: str, then: Done) -> FormDialog:
    """Somebody waits quietly for something. A name that only they would know is enough."""
    desk = page.desk

    def save(values: dict[str, Any]) -> None:
        typed = values["name"].strip()
        same = person is not None and typed == name
        with desk.vault.write("core") as db:
            made = hub.wait_for(
                db,
                session,
                values["activity"] or "",
                person_id=person if same else None,
                name="" if same else typed,
            )
        then(made)

    dialog = FormDialog(page, tr("Somebody waits"), tr("Put on the list"), save, (session, "wait"))
    hint = tr("The list can be seen by others: what they want to be called by is enough.")
    dialog.form.add_text("name", tr("Who"), hint, required=True)
    dialog.form.add_choice("activity", tr("For"), [("", tr("Not said")), *_activities(desk)])
    dialog.form.set_values({"name": name, "activity": ""})
    dialog.open()
    return dialog


def claim_dialog(page: BasePage, attendance: UUID, on_claim: Callable[[UUID, str], object]) -> FormDialog:
    """Somebody who came without a name says who they are."""

    def save(values: dict[str, Any]) -> None:
        name = values["name"].strip()
        on_claim(known_or_new(page.desk, name), name)

    dialog = FormDialog(page, tr("Who was it?"), tr("Give the name"), save, attendance)
    hint = tr("One of those without a name gets it. How many were here stays the same.")
    dialog.form.add_text("name", tr("Name"), hint, required=True)
    dialog.open()
    return dialog


def talk_dialog(
    page: BasePage,
    session: UUID,
    person: UUID | None,
    name: str,
    shift: Sequence[ShiftView],
    then: Done,
) -> FormDialog:
    """A short conversation: strengths first, then what they want; what is hard may stay empty (OT08)."""
    desk = page.desk

    def save(values: dict[str, Any]) -> None:
        worker = values.get("worker")
        with desk.vault.write("clinical") as db:
            made = hub.record_conversation(
                db,
                session,
                values["strengths"],
                values["wants"],
                values["hard"],
                person_id=person,
                worker_id=UUID(worker) if worker else None,
            )
        then(made)

    title = tr("Conversation with {name}").format(name=name) if name else tr("Conversation without a name")
    dialog = FormDialog(page, title, tr("Keep"), save, (session, person))
    dialog.form.add_text("strengths", tr("What they are good at"), required=True)
    dialog.form.add_text("wants", tr("What they want"), required=True)
    dialog.form.add_text("hard", tr("What is hard"), tr("May stay empty."))
    dialog.form.add_choice("worker", tr("Who talked with them"), [(str(s.person_id), s.name) for s in shift])
    dialog.open()
    return dialog
