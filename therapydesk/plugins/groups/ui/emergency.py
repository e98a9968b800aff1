"""Whom to ring for somebody on a roster: each of a pair has their own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from therapydesk.api import UserError, list_relations, tr
from therapydesk.plugins.groups import roster
from therapydesk.plugins.groups.roster import MemberView
from therapydesk.ui.kit.forms import FormDialog

if TYPE_CHECKING:
    from therapydesk.plugins.groups.ui.group_page import GroupPage


def ask_emergency(page: GroupPage, member: MemberView) -> FormDialog:
    """Choose one of the people around somebody; it can be taken back."""
    with page.desk.vault.read() as db:
        around = [r for r in list_relations(db, member.person_id) if r.other_person_id is not None]
    words = tr("{name}, {relation}, {phone}")
    choices = [
        (str(r.id), words.format(name=r.name, relation=r.kind_text, phone=r.phone or tr("no telephone")))
        for r in around
    ]

    def save(values: dict[str, Any]) -> None:
        if not choices:
            raise UserError(
                tr("Nobody around them is written down yet."), tr("Add them on the person’s page.")
            )
        chosen = UUID(values["relation"]) if values["relation"] else None
        with page.desk.vault.write("core") as db:
            before = roster.set_emergency(db, member.id, chosen)
        said = tr("Whom to ring for {name} is kept").format(name=member.name)
        page.done_with(said, partial(roster.set_emergency, member_id=member.id, relation_id=before))

    title = tr("Whom to ring for {name}").format(name=member.name)
    dialog = FormDialog(page, title, tr("Keep"), save, (member.id, "emergency"))
    first = ("", tr("As the person’s record says"))
    dialog.form.add_choice(
        "relation", tr("Ring first"), [first, *choices], tr("It stands on the grab sheet.")
    )
    dialog.form.set_values({"relation": str(member.emergency_id or "")})
    dialog.open()
    return dialog
