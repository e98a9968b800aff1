"""`therapydesk people …`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import click

from therapydesk.api import (
    CliContext,
    Db,
    Duplicate,
    PeopleQuery,
    PermissionDenied,
    PersonDetails,
    PersonRow,
    PersonView,
    UserError,
    add_person,
    count_people,
    episodes_of,
    find_duplicates,
    get_person,
    list_people,
    ntr,
    open_episode,
    parse_birth_date,
    show_day,
    show_nhs_number,
    tr,
)
from therapydesk.plugins.caseload import service

STAGES = ("waiting", "active", "paused", "closed")


@click.group("people")
def people() -> None:
    """People: list, show, search, add."""


@people.command("list")
@click.option(
    "--stage", "stages", multiple=True, type=click.Choice(STAGES), help="May be given more than once."
)
@click.option("--mine", is_flag=True, help="Only people with you.")
@click.option("--offset", default=0, show_default=True, type=click.IntRange(0))
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1, 10_000))
@click.pass_obj
def list_(context: CliContext, stages: tuple[str, ...], mine: bool, offset: int, limit: int) -> None:
    """List people by the name to say."""
    with context.vault.read() as db:
        query = PeopleQuery("", stages, db.user.id if mine else None)
        rows = list_people(db, query, offset, limit)
        total = count_people(db, query)
    lines = [_line(row) for row in rows]
    if total > len(rows):
        lines.append(tr("{n} of {total} shown").format(n=len(rows), total=total))
    context.say([_row(row) for row in rows], "\n".join(lines) or tr("Nobody here yet."))


@people.command("search")
@click.argument("text", nargs=-1, required=True)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@click.pass_obj
def search(context: CliContext, text: tuple[str, ...], limit: int) -> None:
    """Find people by TEXT: part of a name, an NHS number, a phone number or an e-mail address."""
    typed = " ".join(text)
    with context.vault.read() as db:
        rows = list_people(db, PeopleQuery(typed), 0, limit)
    nobody = tr("Nobody is called “{text}”.").format(text=typed)
    context.say([_row(row) for row in rows], "\n".join(_line(row) for row in rows) or nobody)


@people.command("show")
@click.argument("person", nargs=-1, required=True)
@click.pass_obj
def show(context: CliContext, person: tuple[str, ...]) -> None:
    """Show PERSON: a name or an id."""
    with context.vault.read() as db:
        view = get_person(db, _person_id(db, " ".join(person)))
        said = _said(db, view.id)
        supports = episodes_of(db, view.id)
    data = _person(view)
    data["statements"] = [_statement(s) for s in said]
    data["episodes"] = [
        {"id": str(e.id), "stage": e.stage, "opened_on": e.opened_on.isoformat(), "therapist": e.therapist}
        for e in supports
    ]
    context.say(data, _text(view, said))


@people.command("add")
@click.argument("name", nargs=-1)
@click.option("--name", "named", default="", help="The full name; the same as NAME.")
@click.option("--preferred", default="", help="The name to say.")
@click.option("--pronouns", default="")
@click.option("--born", default="", help="Date of birth, day first.")
@click.option("--phone", "phones", multiple=True)
@click.option("--email", "emails", multiple=True)
@click.option("--address", default="")
@click.option("--postcode", default="")
@click.option("--nhs-number", default="")
@click.option("--best-way", default="", help="How to reach them, in words.")
@click.option("--with-me", is_flag=True, help="Open support for them, with you.")
@click.option("--anyway", is_flag=True, help="Add also when somebody like that is here already.")
@click.pass_obj
def add(context: CliContext, /, name: tuple[str, ...], named: str, **options: Any) -> None:
    """Add a person called NAME. One name and a way to reach them is enough."""
    details = PersonDetails(
        " ".join(name) or named or options["preferred"],
        options["preferred"],
        options["pronouns"],
        parse_birth_date(options["born"]) if options["born"] else None,
        options["nhs_number"],
        address=options["address"],
        postcode=options["postcode"],
        best_way=options["best_way"],
        phones=options["phones"],
        emails=options["emails"],
    )
    with context.vault.write("core") as db:
        found = [] if options["anyway"] else find_duplicates(db, details)
        if found:
            raise UserError(_known(found), tr("Use --anyway to add another person."))
        person_id = add_person(db, details).id
        if options["with_me"]:
            open_episode(db, person_id, therapist_id=db.user.id, stage="active")
    with context.vault.read() as db:
        view = get_person(db, person_id)
    text = tr("Added: {name}  {id}").format(name=view.name, id=view.id)
    if view.nhs_number_unchecked:
        text += "\n" + tr("The NHS number does not check out. It is kept apart until somebody corrects it.")
    context.say(_person(view), text)


def _known(found: list[Duplicate]) -> str:
    names = ", ".join(f"{d.name} ({d.person_id})" for d in found)
    return tr("Somebody like that is here already: {names}.").format(names=names)


def _person_id(db: Db, typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        rows = list_people(db, PeopleQuery(typed), 0, 6)
    exact = [r for r in rows if typed.casefold() in (r.name.casefold(), r.full_name.casefold())]
    rows = exact or rows
    if len(rows) == 1:
        return rows[0].id
    if not rows:
        raise UserError(tr("Nobody is called “{text}”.").format(text=typed), tr("Try a part of the name."))
    names = ", ".join(r.full_name for r in rows[:5])
    raise UserError(
        ntr("One person fits: {names}.", "{n} people fit: {names}.", len(rows)).format(names=names),
        tr("Write more of the name, or give the id."),
    )


def _said(db: Db, person_id: UUID) -> list[service.StatementView]:
    if not db.holds("clinical"):
        return []
    try:
        return service.statements(db, person_id)
    except PermissionDenied:
        return []  # not one of the user's own people: the rest of the record is shown


def _line(row: PersonRow) -> str:
    parts = [row.name, row.full_name if row.full_name != row.name else "", row.stage_text, row.therapist]
    return "  ".join(p for p in (*parts, str(row.id)) if p)


def _row(row: PersonRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "name": row.name,
        "full_name": row.full_name,
        "born_on": row.born_on.isoformat() if row.born_on else None,
        "died_on": row.died_on.isoformat() if row.died_on else None,
        "stage": row.stage,
        "therapist": row.therapist,
        "next_session": row.next_at.isoformat(timespec="minutes") if row.next_at else None,
    }


def _person(view: PersonView) -> dict[str, Any]:
    d = view.details
    checked = "" if view.nhs_number_unchecked else d.nhs_number
    return {
        "id": str(view.id),
        "name": view.name,
        "full_name": view.full_name,
        "pronouns": d.pronouns,
        "born_on": d.born_on.isoformat() if d.born_on else None,
        "died_on": view.died_on.isoformat() if view.died_on else None,
        "nhs_number": checked,
        "nhs_number_unchecked": view.nhs_number_unchecked,
        "ask_me_about": d.ask_me_about,
        "address": d.address,
        "postcode": d.postcode,
        "best_way": d.best_way,
        "phones": list(d.phones),
        "emails": list(d.emails),
        "needs": list(d.needs),
        "stage": view.stage,
    }


def _statement(said: service.StatementView) -> dict[str, Any]:
    return {
        "id": str(said.id),
        "kind": said.kind,
        "text": said.text,
        "whose_words": said.whose_words,
        "said_on": said.said_on.isoformat(),
        "shared": said.shared,
    }


def _text(view: PersonView, said: list[service.StatementView]) -> str:
    d = view.details
    number = view.nhs_number_unchecked or (show_nhs_number(d.nhs_number) if d.nhs_number else "")
    parts = [
        (tr("Full name"), view.full_name),
        (tr("State"), view.stage_text),
        (tr("Date of birth"), show_day(d.born_on) if d.born_on else ""),
        (tr("NHS number"), number + (tr(" (does not check out)") if view.nhs_number_unchecked else "")),
        (tr("Phone"), ", ".join(d.phones)),
        (tr("E-mail"), ", ".join(d.emails)),
        (tr("Address"), ", ".join(p for p in (d.address, d.postcode) if p)),
        (tr("Best way"), d.best_way),
        (tr("What helps them take part"), view.needs_text),
        (tr("Id"), str(view.id)),
    ]
    lines = [view.name, *(f"{title}: {value}" for title, value in parts if value)]
    lines += [f"{service.kind_words(s.kind)}: {s.text}" for s in said]
    return "\n".join(lines)
