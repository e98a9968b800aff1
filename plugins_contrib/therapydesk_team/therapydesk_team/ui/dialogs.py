"""The short forms of the Team page. Each says on the page what was done, and can take it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from therapydesk.api import UserError, may, person_called, today, tr
from therapydesk.ui.kit.forms import Form, FormDialog
from therapydesk.ui.kit.page import BasePage
from therapydesk_team import lists, rules, service
from therapydesk_team.lists import Held, TeamRow
from therapydesk_team.service import CredentialDetails, HoursDetails, MemberDetails


def edit_member(page: BasePage, row: TeamRow | None = None) -> FormDialog:
    """Ask who somebody is; without `row`, somebody who does not sign in is added."""
    signs_in = row is not None and row.signs_in
    before = _details(row) if row is not None else None

    def put(member_id: UUID | None, details: MemberDetails, seen: int | None = None) -> UUID:
        with page.desk.vault.write("core") as db:
            return service.save_member(db, details, member_id, seen)

    def now(member_id: UUID) -> TeamRow:
        with page.desk.vault.read() as db:
            return lists.find_row(db, member_id)

    def swap(member_id: UUID, old: MemberDetails, new: MemberDetails) -> None:
        there = now(member_id)
        if _details(there) != old:
            raise service.changed_meanwhile()
        put(member_id, new, there.row_version)

    def save(values: dict[str, Any]) -> None:
        name = row.name if row is not None and signs_in else values["name"]
        person_id = _person_called(page, name) if values["known"] else None
        skills, languages = (tuple(rules.words_of(values[part])) for part in ("skills", "languages"))
        details = MemberDetails(name, tuple(values["places"]), skills, languages, person_id)
        if row is None or before is None:
            member_id = put(None, details)
            page.done(tr("{name} added.").format(name=name), lambda: _take_member(page, member_id))
        else:
            member_id = put(row.id, details, row.row_version)
            after = _details(now(member_id))
            undo, redo = partial(swap, member_id, after, before), partial(swap, member_id, before, after)
            page.done(tr("Details of {name} changed.").format(name=name), undo, redo)

    words = (tr("Change details"), tr("Save details")) if row else (tr("Add somebody"), tr("Add to the team"))
    dialog = FormDialog(page, *words, save)
    form = dialog.form
    if not signs_in:
        hint = tr("For somebody who does not sign in. Who signs in is added in Settings, Who works here.")
        form.add_text("name", tr("Name"), hint if row is None else "", required=True)
    form.add_choices("places", tr("What they are here"), rules.places(), required=not signs_in)
    form.add_text("skills", tr("Skills"), tr("With commas: piano, Makaton, grant forms"))
    form.add_text("languages", tr("Languages"), tr("With commas: Welsh, BSL"))
    form.add_check("known", tr("One of our people has this name, and it is them"))
    if row is not None and before is not None:
        form.set_values({**vars(before), "known": before.person_id is not None})
        form.set_values({part: ", ".join(getattr(before, part)) for part in ("skills", "languages")})
        if not signs_in and row.id is not None:
            dialog.add_other_action(*_leaving(page, row.id, row))
    dialog.open()
    return dialog


def _details(row: TeamRow) -> MemberDetails:
    places = tuple(role for role in row.roles if role in dict(rules.places()))
    return MemberDetails(row.name, places, row.skills, row.languages, row.person_id)


def _person_called(page: BasePage, name: str) -> UUID:
    with page.desk.vault.read() as db:
        found = person_called(db, name)
    if found is None:
        raise UserError(
            tr("None of our people has this name."), tr("Write the full name as it is on the page People.")
        )
    return found


def _take_member(page: BasePage, member_id: UUID) -> None:
    with page.desk.vault.write("core") as db:
        service.remove_member(db, member_id)


def _leave(page: BasePage, member_id: UUID, day: date | None, seen: int | None = None) -> None:
    with page.desk.vault.write("core") as db:
        service.set_left(db, member_id, day, seen)


def _leaving(page: BasePage, member_id: UUID, row: TeamRow) -> tuple[str, Any]:
    now, before = (None, today()) if row.left else (today(), None)
    text = tr("They are back") if row.left else tr("They have left")
    said = tr("{name} is back.") if row.left else tr("{name} has left. What is written down stays.")

    def act() -> None:
        with page.guard():
            _leave(page, member_id, now, row.row_version)
            page.done(said.format(name=row.name), lambda: _leave(page, member_id, before))

    return text, act


def edit_credential(page: BasePage, member_id: UUID | None, held: Held | None = None) -> FormDialog:
    """Ask what was given and when; `held` without an id is something missing, with one it is changed."""
    changed = held.id if held is not None else None

    def put(details: CredentialDetails, credential_id: UUID | None, seen: int | None = None) -> UUID:
        with page.desk.vault.write("core") as db:
            return service.save_credential(db, member_id, details, credential_id, seen)

    def now(credential_id: UUID) -> Held | None:
        with page.desk.vault.read() as db:
            there = lists.credentials_of(db, member_id)
        return next((one for one in there if one.id == credential_id), None)

    def back(credential_id: UUID, old: CredentialDetails | None, new: CredentialDetails) -> None:
        there = now(credential_id)
        if there is None or _given(there) != old:
            raise service.changed_meanwhile()
        put(new, credential_id, there.row_version)

    def save(values: dict[str, Any]) -> None:
        details = CredentialDetails(**values)
        saved = put(details, changed, held.row_version if held is not None else None)
        title = rules.kinds()[details.kind].title
        before = _given(held)
        if changed is not None and before is not None:
            undo = partial(back, changed, _given(now(changed)), before)
            page.done(tr("{what} changed.").format(what=title), undo)
        else:
            page.done(tr("{what} written down.").format(what=title), lambda: _take_credential(page, saved))

    words = (tr("Change it"), tr("Save")) if changed else (tr("Add clearance or training"), tr("Write down"))
    dialog = FormDialog(page, *words, save)
    form = dialog.form
    wanted = [k for k in rules.kinds().values() if (rules.PRACTICE in k.needed_by) == (member_id is None)]
    kind = form.add_choice("kind", tr("What"), [(k.id, k.title) for k in wanted], required=True)
    form.add_date("held_on", tr("Given or renewed on"), required=True, future=False)
    form.add_date("ends_on", tr("Last day it counts"), future=True)
    form.add_text("reference", tr("Number"), tr("Of the registration, certificate or policy."))
    form.add_text("remark", tr("Remark"))
    kind.currentIndexChanged.connect(lambda index: _advise(form, wanted[index]))
    if held is not None:
        form.set_values({**vars(held), "kind": held.kind.id})
        if held.id is not None:
            dialog.add_other_action(tr("Take away"), lambda: remove_credential(page, held))
    _advise(form, wanted[kind.currentIndex()])
    dialog.open()
    return dialog


def _given(held: Held | None) -> CredentialDetails | None:
    if held is None or held.held_on is None:
        return None
    return CredentialDetails(held.kind.id, held.held_on, held.ends_on, held.reference, held.remark)


def _advise(form: Form, kind: rules.Kind) -> None:
    usual = tr("Left empty: {n} months after.").format(n=kind.months) if kind.months else ""
    form.set_hint("kind", kind.advice())
    form.set_hint("ends_on", usual or tr("Left empty: it has no end."))


def _take_credential(
    page: BasePage, credential_id: UUID, seen: int | None = None
) -> tuple[UUID | None, CredentialDetails]:
    with page.desk.vault.write("core") as db:
        return service.remove_credential(db, credential_id, seen)


def remove_credential(page: BasePage, held: Held) -> None:
    """Take away what was written down; what is only missing cannot be."""
    if held.id is None:
        return
    with page.guard():
        whose, details = _take_credential(page, held.id, held.row_version)

        def undo() -> None:
            with page.desk.vault.write("core") as db:
                service.save_credential(db, whose, details)

        page.done(tr("{what} taken away.").format(what=held.kind.title), undo)


def add_hours(page: BasePage, member_id: UUID) -> FormDialog:
    """Ask what somebody did and for how long; whoever may write for all can choose others who were there."""
    with page.desk.vault.read() as db:
        team = [(row.id, row.name) for row in lists.list_team(db) if row.id != member_id]

    def save(values: dict[str, Any]) -> None:
        whom = [member_id, *values.pop("others", [])]
        details = HoursDetails(**{**values, "minutes": values["minutes"] or 0})
        with page.desk.vault.write("core") as db:
            made = service.add_hours(db, whom, details)
        page.done(tr("Hours written down."), lambda: _take_hours(page, made))

    dialog = FormDialog(page, tr("Add hours"), tr("Write down"), save)
    form = dialog.form
    form.add_choice("kind", tr("Kind"), rules.hour_kinds(), tr("A learning session counts as CPD."))
    form.add_date("day", tr("Day"), required=True, future=False)
    form.add_text("minutes", tr("How long"), tr("1.5, 1:30 or 45 min"), check=rules.parse_minutes)
    form.add_text("title", tr("What it was about"), required=True)
    form.add_text("with_whom", tr("With"), tr("Supervisor, course or host"))
    form.add_text("remark", tr("What came of it"), tr("No names of those you support."), multiline=True)
    if may(page.desk.user, "team.edit") and team:
        form.add_choices("others", tr("Who else was there"), team)
    form.set_values({"day": today()})
    dialog.open()
    return dialog


def _take_hours(page: BasePage, ids: Sequence[UUID]) -> tuple[list[UUID], HoursDetails]:
    with page.desk.vault.write("core") as db:
        return service.remove_hours(db, ids)


def remove_hours(page: BasePage, ids: Sequence[UUID]) -> None:
    """Take hours away."""
    with page.guard():
        whose, details = _take_hours(page, ids)

        def undo() -> None:
            with page.desk.vault.write("core") as db:
                service.add_hours(db, whose, details)

        page.done(tr("Hours taken away."), undo)
