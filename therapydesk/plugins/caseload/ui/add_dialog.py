"""Add a person: a short form, the people who may be the same, and no wall in front of who has only a name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from therapydesk.api import (
    Duplicate,
    Link,
    PersonDetails,
    UserError,
    add_person,
    check_email,
    check_nhs_number,
    check_phone,
    check_postcode,
    find_duplicates,
    may,
    open_episode,
    parse_birth_date,
    person_word,
    show_day,
    tr,
)
from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import button, text_label
from therapydesk.ui.kit.messages import announce
from therapydesk.ui.kit.page import BasePage


def scroll_form(dialog: FormDialog) -> None:
    """Let a form that is taller than the screen scroll; its buttons stay in view."""
    layout = dialog.layout()
    if layout is None:
        return
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    layout.replaceWidget(dialog.form, area)
    dialog.form.setContentsMargins(4, 4, 12, 4)
    area.setWidget(dialog.form)
    screen = QApplication.primaryScreen().availableGeometry()
    wanted = dialog.form.sizeHint()
    area.setMinimumHeight(min(wanted.height() + 8, screen.height() - 8 * style.line_height()))
    if isinstance(layout, QVBoxLayout):
        layout.setStretchFactor(area, 1)


def nhs_problem(text: str) -> str:
    """What to say under an NHS number that does not check out; it may stay, kept apart."""
    if not text.strip():
        return ""
    try:
        check_nhs_number(text)
    except UserError:
        return tr("This number does not check out. It is kept apart until somebody corrects it.")
    return ""


class AddPersonDialog(FormDialog):
    """Asks once when somebody like that is here already; then "Add anyway" adds another person."""

    def __init__(self, page: BasePage, desk: Desk) -> None:
        title = tr("Add {person}").format(person=person_word())
        super().__init__(page, title, title, self._add)
        self._desk = desk
        self._sure = False
        form = self.form
        form.add_text("full_name", tr("Name"), tr("One name is enough."), required=True)
        form.add_text("preferred_name", tr("Preferred name"), tr("The name to say."))
        form.add_text("born_on", tr("Date of birth"), check=parse_birth_date)
        form.add_text("phone", tr("Phone"), check=check_phone)
        form.add_text("email", tr("E-mail"), check=check_email)
        form.add_text("postcode", tr("Postcode"), check=check_postcode)
        form.add_text("nhs_number", tr("NHS number"))
        form.add_text("best_way", tr("Other way to reach them"), tr("Like: ask at the café, Tuesdays."))
        if may(desk.user, "episodes.open"):
            form.add_check("with_me", tr("Start support with me now"))
        self.duplicates = DuplicatesBox(self._open)
        form.layout_.insertWidget(1, self.duplicates)  # right under the sentence that says so
        form.edited.connect(self._edited)
        self._title = title
        scroll_form(self)

    def _edited(self) -> None:
        self._sure = False
        self.duplicates.hide()
        self.save_button.setText(self._title)
        self.form.set_hint("nhs_number", nhs_problem(self.form.values().get("nhs_number", "")))

    def _details(self, values: dict[str, Any]) -> PersonDetails:
        return PersonDetails(
            values["full_name"],
            values["preferred_name"],
            born_on=values["born_on"] or None,
            nhs_number=values["nhs_number"],
            postcode=values["postcode"],
            best_way=values["best_way"],
            phones=(values["phone"],) if values["phone"] else (),
            emails=(values["email"],) if values["email"] else (),
        )

    def _add(self, values: dict[str, Any]) -> None:
        details = self._details(values)
        ways = (details.phones, details.emails, details.best_way, details.postcode)
        if not any(ways):
            raise UserError(tr("There is no way to reach them yet."), tr("One is enough, in any words."))
        if not self._sure:
            self._look_for_same(details)
        with self._desk.vault.write("core") as db:
            person_id = add_person(db, details).id
            if values.get("with_me"):
                open_episode(db, person_id, therapist_id=self._desk.user.id, stage="active")
        self._desk.open_link(Link("person", person_id))

    def _look_for_same(self, details: PersonDetails) -> None:
        with self._desk.vault.read() as db:
            found = find_duplicates(db, details)
        if not found:
            return
        self._sure = True
        self.duplicates.show_people(found)
        self.save_button.setText(tr("Add anyway"))
        raise UserError(tr("Somebody like that is here already."), tr("Open them, or choose “Add anyway”."))

    def _open(self, person_id: UUID) -> None:
        self.form.dirty = False
        self.reject()
        self._desk.open_link(Link("person", person_id))


class DuplicatesBox(QFrame):
    """The people who may be the same, each with why and a way to open them."""

    def __init__(self, on_open: Callable[[UUID], None]) -> None:
        super().__init__()
        self.setProperty("part", "warn")
        self._on_open = on_open
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(12, 8, 12, 8)
        self._rows.setSpacing(8)
        self.hide()

    def show_people(self, found: list[Duplicate]) -> None:
        """Show them in place of those before."""
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for each in found:
            self._rows.addWidget(self._line(each))
        self.show()
        announce(self, ", ".join(d.name for d in found))

    def _line(self, each: Duplicate) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        born = tr("born {day}").format(day=show_day(each.born_on)) if each.born_on else ""
        words = [each.name, born, each.postcode, each.why]
        row.addWidget(text_label(", ".join(w for w in words if w), wrap=True), 1)
        made = button(tr("Open"), lambda: self._on_open(each.person_id))
        made.setAccessibleName(tr("Open {name}").format(name=each.name))
        row.addWidget(made)
        return line


def add_person_dialog(page: BasePage, desk: Desk) -> AddPersonDialog:
    """Open the form over a page."""
    dialog = AddPersonDialog(page, desk)
    dialog.open()
    return dialog
