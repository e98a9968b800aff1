"""Printing a register, and the grab sheet of a group."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from therapydesk.api import Fact, Outgoing, hooks, pdf, show_day, tr
from therapydesk.plugins.groups import overview, papers, roster
from therapydesk.plugins.groups.register import Register
from therapydesk.plugins.groups.ui.register_table import Line
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.printing import PrintWindow


def print_register(page: BasePage, found: Register, lines: Sequence[Line]) -> PrintWindow:
    """The sheet of a session to tick by hand."""
    know = {line.row.person_id: line.know for line in lines if line.row.person_id is not None}

    def build(size: pdf.Size, *, names: bool = True) -> bytes:
        with page.desk.vault.read() as db:
            return papers.register_pdf(db, found.appointment_id, know, size, names=names)

    title = tr("Register, {day}").format(day=show_day(found.starts_at.date()))
    told = Outgoing("register", ref=found.appointment_id)
    window = PrintWindow(page, title, build, told=told)
    window.open()
    return window


def print_grab_sheet(page: BasePage, group_id: UUID) -> PrintWindow:
    """What to take along to a hall."""

    def build(size: pdf.Size) -> bytes:
        with page.desk.vault.read() as db:
            ids = [m.person_id for m in roster.list_members(db, group_id)]
            answers = page.desk.plugins.ask(hooks.person_facts, db=db, person_ids=ids)
            needs: dict[UUID, list[Fact]] = {}
            for each in answers.values:
                for person, said in each.items():
                    needs.setdefault(person, []).extend(
                        f for f in said if f.kind in ("access", "alert", "notice")
                    )
            words = {person: ". ".join(f.text for f in said) for person, said in needs.items()}
            return papers.grab_sheet(db, group_id, words, size)

    window = PrintWindow(page, tr("Grab sheet"), build, told=Outgoing("grab sheet", ref=group_id))
    window.open()
    return window


def print_offers(page: BasePage, group_ids: Sequence[UUID]) -> PrintWindow:
    """Groups to choose from, to hand to somebody."""

    def build(size: pdf.Size) -> bytes:
        with page.desk.vault.read() as db:
            return overview.offers_pdf(db, group_ids, size)

    told = Outgoing("group list", count=len(group_ids))
    window = PrintWindow(page, tr("Groups you can come to"), build, told=told)
    window.open()
    return window
