"""`therapydesk privacy erase` and `therapydesk privacy due`."""

from __future__ import annotations

from uuid import UUID

import click

from therapydesk.core.command_line import CliContext, text_table
from therapydesk.core.dates import show_day
from therapydesk.core.errors import UserError
from therapydesk.core.words import tr
from therapydesk.records.coded_lists import coded_list
from therapydesk.records.people_details import find_person
from therapydesk.records.people_lists import person_called

BASES = [code for code, _words in coded_list("erasure_bases") if code != "retention"]


@click.command("erase")
@click.argument("person")
@click.option("--basis", required=True, type=click.Choice(BASES), help="Why.")
@click.option("--yes", is_flag=True, help="Erase; without it, only say what would go and what is kept.")
@click.pass_obj
def erase(context: CliContext, person: str, basis: str, yes: bool) -> None:
    """Say what erasing PERSON (name or id) would do; with --yes, do it. It cannot be undone.

    Exit status 2: something stands against it (a legal hold, sessions that are booked, support that is open).
    """
    from therapydesk.records.erasure import erase_person, reapply
    from therapydesk.records.erasure_lists import list_erasures
    from therapydesk.records.erasure_parts import erasure_obstacles, look_at_erasure

    reapply(context.vault)
    with context.vault.read() as db:
        person_id = _id(person) or person_called(db, person)
        if person_id is None:
            raise UserError(tr("Nobody here is called {name}.").format(name=person))
        person_id = find_person(db, person_id).id
        against = erasure_obstacles(db, person_id)
        found = look_at_erasure(db, person_id)
    if against:
        raise UserError(tr("This person cannot be erased now."), " ".join(against))
    plan = {
        zone: {
            "goes": {**outcome.gone, **outcome.blanked},
            "kept": {title: {"rows": n, "why": why} for title, (n, why) in outcome.kept.items()},
        }
        for zone, outcome in found.items()
    }
    going = {z: {**o.gone, **o.blanked} for z, o in found.items()}
    rows = [[z, tr("goes"), t, str(n), ""] for z, titles in going.items() for t, n in titles.items()]
    rows += [[z, tr("kept"), t, str(n), why] for z, o in found.items() for t, (n, why) in o.kept.items()]
    heads = [tr("Part"), "", tr("What"), tr("Rows"), tr("Why")]
    if not yes:
        said = [text_table(heads, rows), tr("Nothing was erased. Add --yes to do it.")]
        context.say({"erased": False, "plan": plan}, "\n".join(said))
        return
    first, *_more = erase_person(context.vault, person_id, basis)
    with context.vault.read() as db:
        view = next(v for v in list_erasures(db) if v.id == first.erasure_id)
    parts = {part.zone: part.state for part in view.parts}
    waits = [zone for zone, state in parts.items() if state == "waiting"]
    still = tr("Backups made before still hold them; whoever brings one back erases them again.")
    said = [text_table(heads, rows), tr("Erased."), still]
    if waits:
        said.append(tr("Waits for who holds it: {parts}.").format(parts=", ".join(waits)))
    context.say({"erased": True, "erasure": str(view.id), "parts": parts, "plan": plan}, "\n".join(said))


@click.command("due")
@click.option("--held", is_flag=True, help="What is kept though its time is over, and why.")
@click.pass_obj
def due(context: CliContext, held: bool) -> None:
    """List what of whose record is due to be destroyed. Destroys nothing, whatever it lists."""
    from therapydesk.records.retention import list_due

    with context.vault.read() as db:
        views = list_due(db, held=held)
    rows = [
        [v.name, v.due.keep, show_day(v.due.due_on) if v.due.due_on else "", v.due.rule, v.why] for v in views
    ]
    heads = [tr("Whose"), tr("What"), tr("Due since"), tr("Rule"), tr("Why it is held")]
    data = [
        {
            "person": str(v.person_id),
            "class": v.due.keep,
            "due_on": v.due.due_on,
            "rule": v.due.rule,
            "counted_from": v.due.counted_from,
            "why": v.why,
        }
        for v in views
    ]
    context.say(data, text_table(heads, rows) if rows else tr("Nothing."))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
