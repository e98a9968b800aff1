"""Add a person: a short form, the people who may be the same, and no wall in front of who has only a name."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from therapydesk.api import (
    Duplicate,
    Link,
    PersonDetails,
    PersonView,
    UserError,
    add_person,
    check_email,
    check_new_person,
    check_nhs_number,
    check_phone,
    check_postcode,
    find_duplicates,
    get_person,
    may,
    open_episode,
    parse_birth_date,
    person_word,
    tr,
)
from therapydesk.plugins.caseload.ui.duplicates_box import DuplicatesBox
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.later import Later
from therapydesk.ui.kit.page import BasePage

LOOK_MS = 350


def nhs_problem(text: str) -> str:
    """What to say under an NHS number that does not check out; it may stay, kept apart."""
    if not text.strip():
        return ""
    try:
        check_nhs_number(text)
    except UserError:
        return tr("This number does not check out. It is kept apart until somebody corrects it.")
    return ""


def _check_way(text: str) -> str:
    """An e-mail address is checked, other words are taken as they are."""
    way = text.strip()
    return check_email(way) if "@" in way and " " not in way else way


class AddPersonDialog(FormDialog):
    """Shows who may be the same while one types, and asks once when somebody like that is here already; then
    "Add anyway" adds another person.
    """

    def __init__(self, page: BasePage, desk: Desk) -> None:
        title = tr("Add {person}").format(person=person_word())
        super().__init__(page, title, title, self._add)
        self._desk = desk
        self._sure = False
        form = self.form
        form.add_text("full_name", tr("Name"), tr("One name is enough."), required=True)
        form.add_text("phone", tr("Phone"), check=check_phone)
        form.add_text("postcode", tr("Postcode"), check=check_postcode)
        hint = tr("An e-mail, or in words: ask at the café, Tuesdays.")
        form.add_text("best_way", tr("Other way to reach them"), hint, check=_check_way)
        form.add_text("preferred_name", tr("Preferred name"), tr("The name to say."))
        form.add_text("born_on", tr("Date of birth"), check=parse_birth_date)
        form.add_text("nhs_number", tr("NHS number"))
        if may(desk.user, "episodes.open"):
            form.add_check("with_me", tr("Start support with me now"))
        self.duplicates = DuplicatesBox(self._open, self._read)
        form.layout_.insertWidget(1, self.duplicates)  # right under the sentence that says so
        form.edited.connect(self._edited)
        self._title = title
        self._looking = Later(self, LOOK_MS, self.look)

    def _edited(self) -> None:
        self._sure = False
        self.save_button.setText(self._title)
        self.form.set_hint("nhs_number", nhs_problem(self.form.values().get("nhs_number", "")))
        self._looking.start()

    def look(self) -> list[Duplicate]:
        """Look for people like the one typed so far, and show them beside it."""
        self._looking.stop()
        details = self._details(self.form.values())
        with self._desk.vault.read() as db:
            found = find_duplicates(db, details)
        self.duplicates.show_people(found, details)
        return found

    def _read(self, person_id: UUID) -> PersonView:
        with self._desk.vault.read() as db:
            return get_person(db, person_id)

    def _details(self, values: dict[str, Any]) -> PersonDetails:
        """What is typed; a date that cannot be understood yet is left out."""
        born_on, way = values["born_on"], str(values["best_way"] or "").strip()
        mail = "@" in way and " " not in way
        return PersonDetails(
            values["full_name"],
            values["preferred_name"],
            born_on=born_on if isinstance(born_on, date) else None,
            nhs_number=values["nhs_number"],
            postcode=values["postcode"] or "",
            best_way="" if mail else way,
            phones=(values["phone"],) if values["phone"] else (),
            emails=(way,) if mail else (),
        )

    def _add(self, values: dict[str, Any]) -> None:
        details = self._details(values)
        check_new_person(details)
        if not self._sure and self.look():
            self._sure = True
            self.save_button.setText(tr("Add anyway"))
            raise UserError(
                tr("Somebody like that is here already."), tr("Open them, or choose “Add anyway”.")
            )
        with self._desk.vault.write("core") as db:
            person_id = add_person(db, details).id
            if values.get("with_me"):
                open_episode(db, person_id, therapist_id=self._desk.user.id, stage="active")
        self._desk.open_link(Link("person", person_id))

    def _open(self, person_id: UUID) -> None:
        self.form.dirty = False
        self.reject()
        self._desk.open_link(Link("person", person_id))


def add_person_dialog(page: BasePage, desk: Desk) -> AddPersonDialog:
    """Open the form over a page."""
    dialog = AddPersonDialog(page, desk)
    dialog.open()
    return dialog
