"""`therapydesk notes …`."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import click

from therapydesk.api import CliContext, Db, UserError, appointments, parse_day, show_day, show_instant, tr
from therapydesk.plugins.notes import lists, service
from therapydesk.plugins.notes.service import NoteView
from therapydesk.plugins.notes.templates import template


@click.group("notes")
def notes() -> None:
    """Notes: write, sign, add, list."""


@notes.command("sign")
@click.argument("session", type=click.UUID, required=False)
@click.option("--person", type=click.UUID, help="The person, when several came.")
@click.option("--note", "note_id", type=click.UUID, help="A draft to sign as it is.")
@click.option("--on", "day", default="", help="The day, for a note without a session.")
@click.option("--text", multiple=True, help="PROMPT=TEXT, or TEXT for the first prompt.")
@click.option("--music", multiple=True, help="A song, piece or instrument; after a comma how it was used.")
@click.pass_obj
def sign(
    context: CliContext,
    session: UUID | None,
    person: UUID | None,
    note_id: UUID | None,
    day: str,
    text: tuple[str, ...],
    music: tuple[str, ...],
) -> None:
    """Write the note of SESSION (its id) and sign it."""
    with context.vault.write("clinical") as db:
        if note_id is None:
            person_id, happened = _whom(db, session, person, day)
            note = service.start_note(db, person_id, happened, appointment_id=session)
        else:
            note = service.read_note(db, note_id)
        if text:
            note = service.save_note(db, note.id, _answers(text, note.template), note.row_version)
        for each in music:
            service.add_music(db, note.id, each)
        signed = service.sign_note(db, note.id)
    data = {
        "id": str(signed.id),
        "state": signed.state,
        "signed_at": signed.signed_at,
        "signer": signed.signer_name,
    }
    context.say(data, tr("Signed by {name}.").format(name=signed.signer_name))


def _whom(db: Db, session: UUID | None, person: UUID | None, day: str) -> tuple[UUID, date]:
    if session is None:
        if person is None:
            raise UserError(
                tr("Which session, or which person?"), tr("Give the session’s id, or --person and --on.")
            )
        return person, parse_day(day or "today")
    view = appointments.get_session(db, session)
    people = [a.person_id for a in view.attendees if a.person_id and a.role == "person"]
    if person is None and len(people) != 1:
        raise UserError(tr("Several people came to this session."), tr("Say whose note it is with --person."))
    return person or people[0], view.starts_at.date()


def _answers(texts: tuple[str, ...], template_id: str) -> dict[str, str]:
    prompts = [p.id for p in template(template_id).prompts]
    answers: dict[str, str] = {}
    for text in texts:
        key, mark, rest = text.partition("=")
        answers.update({key: rest} if mark and key in prompts else {prompts[0]: text})
    return answers


@notes.command("show")
@click.argument("note_id", metavar="NOTE", type=click.UUID)
@click.pass_obj
def show(context: CliContext, note_id: UUID) -> None:
    """One note, with what was added to it."""
    with context.vault.read() as db:
        note = service.read_note(db, note_id)
    context.say(_data(note), _text(note))


@notes.command("add")
@click.argument("note_id", metavar="NOTE", type=click.UUID)
@click.argument("text")
@click.pass_obj
def add(context: CliContext, note_id: UUID, text: str) -> None:
    """Add TEXT to a signed note, under your name and today's date."""
    with context.vault.write("clinical") as db:
        note = service.add_addendum(db, note_id, text)
    context.say(_data(note), tr("Added to the note."))


def _data(note: NoteView) -> dict[str, Any]:
    return {
        "id": str(note.id),
        "person": note.name,
        "on": str(note.happened_on),
        "state": note.state,
        "signed_at": note.signed_at,
        "signer": note.signer_name,
        "answers": {a.prompt: a.text for a in note.answers},
        "music": [{"name": m.name, "how": m.how} for m in note.music],
        "addenda": [{"text": a.text, "signer": a.signer_name, "at": a.written_at} for a in note.addenda],
    }


def _text(note: NoteView) -> str:
    lines = [f"{note.title}, {note.name}, {show_day(note.happened_on)}"]
    if note.signed_at is not None:
        signed = show_instant(note.signed_at)
        lines.append(tr("Signed by {name}, {when}").format(name=note.signer_name, when=signed))
    for answer in note.answers:
        lines += ["", answer.title, answer.text]
    if note.music:
        lines += ["", tr("Music used")]
        lines += [f"{m.name}, {m.how}" if m.how else m.name for m in note.music]
    for each in note.addenda:
        lines += [
            "",
            tr("Added by {name}, {when}").format(name=each.signer_name, when=show_instant(each.written_at)),
        ]
        lines.append(each.text)
    return "\n".join(lines)


@notes.command("list")
@click.option("--name", "--words", "text", default="", help="What must be in the name or in the note.")
@click.pass_obj
def list_(context: CliContext, text: str) -> None:
    """Notes, newest first."""
    if text.strip():
        context.vault.count_search()
    with context.vault.read() as db:
        rows = lists.list_notes(db, text)
    data = [
        {"id": str(r.id), "person": r.name, "on": str(r.happened_on), "kind": r.kind, "state": r.state}
        for r in rows
    ]
    context.say(data, "\n".join(f"{r.happened_on}  {r.name}  {r.kind}  {r.state}" for r in rows))
