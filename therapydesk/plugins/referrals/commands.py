"""Referrals on the command line: plan, import, undo, list, accept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from therapydesk.api import (
    CliContext,
    ImportPlan,
    UserError,
    put_file,
    show_day,
    tr,
)
from therapydesk.plugins.referrals import importers, service
from therapydesk.plugins.referrals.planning import check_made
from therapydesk.plugins.referrals.rules.draft import RowDraft
from therapydesk.plugins.referrals.words import state_word

FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
SHOWN = 20


@click.group("referrals")
def referrals() -> None:
    """Referrals: plan an import, carry it out, undo it, list and accept."""


@referrals.command("plan")
@FILES
@click.pass_obj
def plan(context: CliContext, files: tuple[Path, ...]) -> None:
    """Show what importing each FILE would do. Writes nothing. With --json: one line of JSON a file."""
    vault = context.vault  # a vault that does not open is said before any file is read
    refusals = []
    for path in files:
        try:
            made = _plan(vault, path)
        except UserError as error:
            refusals.append(str(error))
            if context.json:
                click.echo(json.dumps(_unread_data(path, error), ensure_ascii=False))
        else:
            click.echo(json.dumps(plan_data(made), ensure_ascii=False) if context.json else _plan_text(made))
    if refusals:
        raise UserError("\n".join(refusals))


def _plan(vault: Any, path: Path) -> ImportPlan:
    source = importers.read(path)
    with vault.read() as db:
        return service.plan(db, source)


@referrals.command("import")
@FILES
@click.option("--only-good", is_flag=True, help="Import what can be read and leave the rest.")
@click.option(
    "--perhaps",
    type=click.Choice(["leave", "same", "new"]),
    default="leave",
    show_default=True,
    help="What to do with rows about somebody who is perhaps here already.",
)
@click.option(
    "--unread", type=click.Path(path_type=Path), help="Where to save rows that cannot be read (CSV)."
)
@click.pass_obj
def import_(
    context: CliContext, files: tuple[Path, ...], only_good: bool, perhaps: Any, unread: Path | None
) -> None:
    """Import each FILE, one batch a file. A file with rows that cannot be read needs --only-good."""
    done, texts = [], []
    for path in files:
        made = _plan(context.vault, path)
        refused = made.count("refused")
        if refused and unread is not None:
            put_file(unread, importers.unread_csv(made))
        if refused and not only_good:
            raise UserError(_cannot_be_read(made), tr("Give --only-good to import the other rows."))
        choices = {row.key: perhaps for row in made.rows if row.outcome == "perhaps_same"}
        context.vault.prepare_for("before an import")
        with context.vault.write("core") as db:
            result = service.carry_out(db, made, choices)
        context.vault.settle()
        done.append(
            {
                "file": str(path),
                "batch": str(result.batch_id),
                "imported": result.written,
                "people_added": result.people_added,
                "people_joined": result.people_joined,
                "left_out": result.left_out,
            }
        )
        text = tr(
            "{file}: {n} referrals imported, {left} rows left out. To take them back: referrals undo {id}"
        )
        texts.append(text.format(file=path.name, n=result.written, left=result.left_out, id=result.batch_id))
    context.say(done, "\n".join(texts))


def _cannot_be_read(made: ImportPlan) -> str:
    refused = sorted((row for row in made.rows if row.outcome == "refused"), key=lambda row: row.key)
    first = refused[0]
    sentence = tr("“{file}”: {n} of {all} rows cannot be read, first row {row}: {why} Nothing was imported.")
    return sentence.format(
        file=made.file, n=len(refused), all=len(made.rows), row=first.number, why=first.sentence
    )


@referrals.command("undo")
@click.argument("batch", type=click.UUID)
@click.pass_obj
def undo(context: CliContext, batch: UUID) -> None:
    """Take a whole import back."""
    with context.vault.write("core") as db:
        number = service.undo_batch(db, batch)
    context.vault.settle()
    context.say({"batch": str(batch), "undone": number}, tr("{n} referrals taken back.").format(n=number))


@referrals.command("list")
@click.option(
    "--state",
    type=click.Choice(["open", "new", "asked", "talk_first", "accepted", "declined", "all"]),
    default="open",
    show_default=True,
)
@click.pass_obj
def list_(context: CliContext, state: str) -> None:
    """List referrals, longest waiting first."""
    with context.vault.read() as db:
        rows = service.list_referrals(db, None if state == "all" else state, limit=100_000)
    data = [
        {
            "id": str(row.id),
            "person_id": str(row.person_id),
            "name": row.name,
            "received_on": row.received_on.isoformat(),
            "from": row.sent_by,
            "state": row.state,
            "agreed": row.agreed,
            "priority": row.priority,
            "batch": str(row.batch_id) if row.batch_id else "",
            "episode": str(row.episode_id) if row.episode_id else "",
        }
        for row in rows
    ]
    lines = [
        "  ".join((show_day(row.received_on), row.name, row.sent_by, state_word(row.state), str(row.id)))
        for row in rows
    ]
    context.say(data, "\n".join(lines) or tr("No referrals."))


@referrals.command("accept")
@click.argument("referral", type=click.UUID)
@click.option(
    "--priority", type=click.IntRange(1, 3), default=2, show_default=True, help="1 soon, 3 can wait."
)
@click.pass_obj
def accept(context: CliContext, referral: UUID, priority: int) -> None:
    """Accept a referral: the person goes on the waiting list."""
    with context.vault.write("core") as db:
        episode = service.triage(db, referral, service.Decision.ACCEPT, priority)
    context.vault.settle()
    with context.vault.read() as db:
        row = service.read_referral(db, referral).row
    data = {
        "id": str(referral),
        "state": "accepted",
        "episode": str(episode),
        "person_id": str(row.person_id),
    }
    context.say(data, tr("Accepted: {name} is on the waiting list.").format(name=row.name))


# --- What plan prints ---


def plan_data(made: ImportPlan) -> dict[str, Any]:
    """The plan of one file for machines."""
    drafts = check_made(made).drafts
    return {
        "file": made.file,
        "format": made.format,
        "rows": len(made.rows),
        "new": made.count("new"),
        "same": made.count("same"),
        "perhaps_same": made.count("perhaps_same"),
        "refused": made.count("refused"),
        "people": [_person(draft) for draft in drafts if draft.name or draft.nhs_number],
        "problems": [{"row": p.row, "column": p.column, "message": p.message} for p in made.problems],
    }


def _person(draft: RowDraft) -> dict[str, Any]:
    return {
        "name": draft.name,
        "nhs_number": draft.nhs_number or draft.nhs_number_unchecked,
        "nhs_number_ok": bool(draft.nhs_number),
        "born_on": draft.born_on.isoformat() if draft.born_on else "",
        "postcode": draft.postcode,
        "phone": next(iter((*draft.phones, *draft.other_ways)), ""),
        "email": next(iter(draft.emails), ""),
        "reason": draft.texts.get("reason", ""),
        "referrer": ", ".join(part for part in (draft.referrer, draft.organisation) if part),
        "row": draft.number,
    }


def _unread_data(path: Path, error: UserError) -> dict[str, Any]:
    counts = dict.fromkeys(("rows", "new", "same", "perhaps_same", "refused"), 0)
    problem = {"row": None, "column": "", "message": str(error)}
    return {"file": path.name, "format": "", **counts, "people": [], "problems": [problem]}


def _plan_text(made: ImportPlan) -> str:
    head = tr(
        "{file} ({format}): {n} rows. New {new}, same person {same}, perhaps the same {perhaps}, "
        "cannot be read {refused}."
    )
    lines = [
        head.format(
            file=made.file,
            format=made.format,
            n=len(made.rows),
            new=made.count("new"),
            same=made.count("same"),
            perhaps=made.count("perhaps_same"),
            refused=made.count("refused"),
        )
    ]
    for problem in made.problems[:SHOWN]:
        place = tr("row {n}").format(n=problem.row) if problem.row is not None else tr("file")
        column = tr(", column {column}").format(column=problem.column) if problem.column else ""
        lines.append(f"  {place}{column}: {problem.message}")
    if len(made.problems) > SHOWN:
        lines.append("  " + tr("and {n} more").format(n=len(made.problems) - SHOWN))
    return "\n".join(lines)
