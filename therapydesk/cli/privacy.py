"""`therapydesk privacy …`: what people may ask of what is kept about them."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

from therapydesk.core.command_line import CliContext
from therapydesk.core.dates import parse_day, show_day, today
from therapydesk.core.errors import UserError
from therapydesk.core.jobs import Job
from therapydesk.core.words import tr
from therapydesk.records import subject_requests as requests
from therapydesk.records.people_lists import person_called
from therapydesk.records.subject_requests import RequestView
from therapydesk.records.subject_words import asker_words, part_words, received_words


@click.group("privacy")
def privacy_group() -> None:
    """Requests for data: write one down, collect the answer."""


@privacy_group.command("request")
@click.argument("person")
@click.option("--received", default="", help="The day it was received (today).")
@click.option("--how", default="letter", type=click.Choice(list(received_words())), help="How it came.")
@click.option("--asked-by", default="self", type=click.Choice(list(asker_words())), help="Who asked.")
@click.pass_obj
def request_data(context: CliContext, person: str, received: str, how: str, asked_by: str) -> None:
    """Write down that PERSON (name or id) asked for their data. The clock runs from the day it was received."""
    day = parse_day(received, future=False) if received else today()
    with context.vault.read() as db:
        person_id = _id(person) or person_called(db, person)
    if person_id is None:
        raise UserError(tr("Nobody here is called {name}.").format(name=person))
    with context.vault.write("core") as db:
        made = requests.record_request(db, person_id, day, how, asked_by)
    with context.vault.read() as db:
        view = requests.read_request(db, made)
    due = view.clock.due_on if view.clock is not None else day
    text = tr("Request {number} is written down. Answer by {day}.")
    context.say(
        {"id": str(made), "number": view.number, "received_on": day, "due_on": due},
        text.format(number=view.number, day=show_day(due)),
    )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@privacy_group.command("collect")
@click.argument("request")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Where to write the pack of the parts that are ready.",
)
@click.option("--lock", is_flag=True, help="A PDF that asks for a passphrase, which is shown once.")
@click.pass_obj
def collect_data(context: CliContext, request: str, folder: Path | None, lock: bool) -> None:
    """Collect what you hold for REQUEST (its number or id); with --to, write the parts that are ready as a pack.

    Nothing leaves before somebody has gone through it in the window, Tools › Privacy. Exit status 2: nothing is ready.
    """
    from therapydesk.records.subject_collect import collect_part
    from therapydesk.records.subject_pack import packable
    from therapydesk.records.subject_zip import free_name, make_pack, new_passphrase

    with context.vault.read() as db:
        request_id = _id(request) or requests.find_request(db, request)
        view = requests.read_request(db, request_id)
    for part in view.parts:
        if part.mine and part.state == "waiting":
            collect_part(context.vault, request_id, part.zone)
    with context.vault.read() as db:
        view, ready = requests.read_request(db, request_id), packable(db, request_id)
    if folder is None:
        context.say(_about(view, ""), _in_words(view))
        return
    if not ready:
        raise UserError(
            tr("Nothing was written: no part is ready."),
            tr("Go through what was collected in the window, under Tools, Privacy, and call it ready."),
        )
    passphrase = new_passphrase() if lock else ""
    path = free_name(folder, view.number, ".pdf" if lock else ".zip")
    make_pack(context.vault, Job(), request_id, ready, path, passphrase)
    with context.vault.read() as db:
        view = requests.read_request(db, request_id)
    inside = ", ".join(part_words()[zone] for zone in ready)
    told = [
        _in_words(view),
        tr("Written: {file}").format(file=path),
        tr("In it: {parts}").format(parts=inside),
    ]
    if passphrase:
        told.append(tr("Passphrase (it is not shown again): {passphrase}").format(passphrase=passphrase))
    about = {**_about(view, str(path)), "packed": list(ready)}
    context.say({**about, **({"passphrase": passphrase} if lock else {})}, "\n".join(told))


def _about(view: RequestView, file: str) -> dict[str, object]:
    parts = [{"part": p.zone, "state": p.state, "packed_on": p.packed_on, "mine": p.mine} for p in view.parts]
    return {"number": view.number, "state": view.state, "parts": parts, **({"file": file} if file else {})}


def _in_words(view: RequestView) -> str:
    states = {
        "waiting": tr("waits for whoever holds it"),
        "collected": tr("collected, to be gone through in the window"),
        "ready": tr("ready"),
    }
    return "\n".join(f"{part_words()[p.zone]}: {states.get(p.state, p.state)}" for p in view.parts)
