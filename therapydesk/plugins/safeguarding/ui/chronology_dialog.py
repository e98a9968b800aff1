"""A chronology: over which concerns and people, for whom, who asked and why; looked at, printed, saved, and logged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from therapydesk.api import UserError, pdf, tr
from therapydesk.plugins.safeguarding.service import (
    Chronology,
    ChronologyWish,
    ConcernView,
    chronology_pdf,
    list_concerns,
    log_chronology,
    read_chronology,
)
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.printing import PrintWindow

if TYPE_CHECKING:
    from therapydesk.plugins.safeguarding.ui.concern_page import ConcernPage

ZONE = "safeguarding"
MOST = 20  # concerns to choose from: those about the same person, and those linked


def chronology_dialog(page: ConcernPage, view: ConcernView) -> FormDialog:
    """Ask what is wanted, log it with the reason, show the pages."""
    concerns = _offered(page, view)
    people = [(link.person_id, link.name) for link in view.links if link.person_id is not None]

    def on_save(values: dict[str, Any]) -> None:
        wish = ChronologyWish(
            values.get("concerns", [view.id]),
            values["holder"],
            values["reason"],
            values["asked_by"],
            values.get("people", ()),
            values["whole"],
        )
        with page.desk.vault.read() as db:
            made = read_chronology(db, wish)
        with page.desk.vault.write(ZONE) as db:
            log_chronology(db, made, "view")
        show(page, made)

    dialog = FormDialog(page, tr("Chronology"), tr("Show chronology"), on_save)
    form = dialog.form
    if len(concerns) > 1:
        form.add_choices("concerns", tr("Over which concerns"), concerns, required=True)
    if people:
        hint = tr("All concerns about them are taken in.")
        form.add_choices("people", tr("And over which people"), people, hint)
    form.add_text("holder", tr("For whom is this copy"), tr("One person, by name and place."), required=True)
    form.add_text("asked_by", tr("Who asked for it"))
    form.add_text("reason", tr("Why it is made"), required=True)
    form.add_check("whole", tr("With the steps of the lead, such as what was weighed up"))
    form.set_values({"concerns": [view.id]})
    dialog.open()
    form.field("holder").setFocus()
    return dialog


def _offered(page: ConcernPage, view: ConcernView) -> list[tuple[UUID, str]]:
    """This concern, the others about the same person, and those linked with it."""
    numbers = {view.id: str(view.number)}
    with page.desk.vault.read() as db:
        if view.person_id is not None:
            for row in list_concerns(db, "all", person_id=view.person_id, limit=MOST):
                numbers[row.id] = str(row.number)
    numbers |= {link.concern_id: link.name for link in view.links if link.concern_id is not None}
    return [(key, tr("Concern {n}").format(n=number)) for key, number in numbers.items()]


class ChronologyWindow(PrintWindow):
    """The pages; printing and saving are written into the log, each with whom it is for and why."""

    def __init__(self, page: ConcernPage, made: Chronology) -> None:
        self._made, self._concern = made, page

        def build(size: pdf.Size) -> bytes:
            with page.desk.vault.read() as db:
                return chronology_pdf(db, made, size=size)

        super().__init__(page, made.title, build, told=None)  # it is told below, with whom it is for

    def save(self) -> None:
        """Log it, then ask where to."""
        if self._log("save"):
            super().save()

    def print(self) -> None:
        """Log it, then ask for a printer."""
        if self._log("print"):
            super().print()

    def _log(self, how: str) -> bool:
        """False when it could not be logged: then nothing leaves."""
        try:
            with self._concern.desk.vault.write(ZONE) as db:
                log_chronology(db, self._made, how)
        except UserError as error:
            self._concern.show_error(error)
            return False
        return True


def show(page: ConcernPage, made: Chronology) -> None:
    """Show it; when a record does not hold together, that is said first."""
    if not made.whole:
        broken = made.broken[0]
        number = broken.broken.seq if broken.broken is not None else 0
        text = tr("A record is not whole: entry {n}. The print says so.")
        page.messages.show_message("danger", text.format(n=number))
    ChronologyWindow(page, made).open()
