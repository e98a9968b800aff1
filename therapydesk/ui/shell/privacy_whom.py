"""Whose record a form of the Privacy page is about: by name, and by the date of birth where two share one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Db, Person, UserError, normal_name, person_called, tr
from therapydesk.ui.kit.forms import Form


def add_whom(form: Form, label: str) -> None:
    """The two fields."""
    form.add_text("name", label, tr("The name as it stands in People."), required=True)
    form.add_date("born_on", tr("Born on"), tr("Only where two people have the same name."), future=False)


def whom(db: Db, values: dict[str, Any]) -> UUID:
    """Who is meant. Raises UserError when it is nobody, or more than one."""
    born_on = values.get("born_on")
    if born_on is not None:
        query = select(Person.id, Person.normal_name).where(
            Person.born_on == born_on, Person.merged_into.is_(None)
        )
        wanted = set(normal_name(values["name"]).split())
        found: list[UUID] = [row.id for row in db.execute(query) if wanted <= set(row.normal_name.split())]
        if len(found) == 1:
            return found[0]
        if not found:
            raise UserError(tr("Nobody here has this name and this date of birth."))
    person_id = person_called(db, values["name"])
    if person_id is None:
        raise UserError(tr("Nobody here is called {name}.").format(name=values["name"]))
    return person_id
