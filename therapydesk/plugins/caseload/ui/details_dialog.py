"""Change what is known of a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from therapydesk.api import (
    PersonDetails,
    PersonView,
    check_email,
    check_phone,
    check_postcode,
    coded_list,
    parse_birth_date,
    show_phone,
    tr,
)
from therapydesk.plugins.caseload.ui.add_dialog import nhs_problem
from therapydesk.ui.kit.forms import FormDialog


def _several(check: Callable[[str], str]) -> Callable[[str], str]:
    """Check every part of a list with commas; the text stays as it was typed."""

    def each(text: str) -> str:
        for part in _parts(text):
            check(part)
        return text

    return each


def _parts(text: str) -> tuple[str, ...]:
    return tuple(p.strip() for p in text.replace(";", ",").split(",") if p.strip())


def details_dialog(
    parent: QWidget, person: PersonView, save: Callable[[PersonDetails], object]
) -> FormDialog:
    """The form; several phone numbers or addresses are kept apart with commas."""
    d = person.details

    def on_save(values: dict[str, Any]) -> None:
        plain = {k: v for k, v in values.items() if k not in ("phones", "emails", "needs", "born_on")}
        save(
            replace(
                d,
                **plain,
                born_on=values["born_on"] or None,
                phones=_parts(values["phones"]),
                emails=_parts(values["emails"]),
                needs=tuple(values["needs"]),
            )
        )

    dialog = FormDialog(parent, tr("Change details"), tr("Save details"), on_save, person.id)
    form = dialog.form
    form.add_text("full_name", tr("Full name"), required=True)
    form.add_text("preferred_name", tr("Preferred name"), tr("The name to say."))
    form.add_text("pronouns", tr("Pronouns"))
    form.add_text("born_on", tr("Date of birth"), check=parse_birth_date)
    form.add_text("ask_me_about", tr("Ask me about"))
    form.add_choices("needs", tr("What helps them take part"), coded_list("access_needs"))
    commas = tr("Several are kept apart with commas.")
    form.add_text("phones", tr("Phone"), commas, check=_several(check_phone))
    form.add_text("emails", tr("E-mail"), commas, check=_several(check_email))
    form.add_text("best_way", tr("Best way to reach them"))
    form.add_text("address", tr("Address"), multiline=True)
    form.add_text("postcode", tr("Postcode"), check=check_postcode)
    form.add_text("nhs_number", tr("NHS number"))
    form.add_text("preferred_place", tr("Best place"))
    form.add_text("preferred_time", tr("Best time"))
    form.add_text("language", tr("Language"))
    form.edited.connect(lambda: form.set_hint("nhs_number", nhs_problem(form.values().get("nhs_number", ""))))
    values = {k: v for k, v in vars(d).items() if k not in ("phones", "emails", "born_on")}
    born = d.born_on.strftime("%d/%m/%Y") if d.born_on else ""
    phones, emails = ", ".join(show_phone(p) for p in d.phones), ", ".join(d.emails)
    form.set_values({**values, "born_on": born, "phones": phones, "emails": emails})
    form.set_hint("nhs_number", nhs_problem(d.nhs_number))
    dialog.open()
    return dialog
