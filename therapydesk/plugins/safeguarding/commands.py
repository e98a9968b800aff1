"""`therapydesk concerns raise`. The rest of safeguarding has no command line, on purpose."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import click

from therapydesk.api import CliContext, UserError, parse_day, standard_input, today, tr
from therapydesk.plugins.safeguarding.chain import LONGEST, When
from therapydesk.plugins.safeguarding.raising import DANGER, NewConcern, raise_concern
from therapydesk.plugins.safeguarding.rules import read_letter

MOST_BYTES = 4 * LONGEST


@click.group("concerns")
def concerns() -> None:
    """Safeguarding: hand a concern over to the leads. Reading is not possible here."""


@concerns.command("raise")
@click.option(
    "--about", default="", help="The name of somebody the practice does not know; better in the text."
)
@click.option("--person", type=click.UUID, help="The person's id.")
@click.option(
    "--file", "source", type=click.Path(path_type=Path), help="Where the text is; else standard input."
)
@click.option("--on", "day", default="", help="The day it happened; today without it.")
@click.option("--time", "at", default="", help="The time, such as 15:50.")
@click.option("--roughly", is_flag=True, help="Day and time are not exact.")
@click.option("--danger", type=click.Choice(DANGER), required=True, help="Whether anyone is in danger now.")
@click.pass_obj
def raise_(
    context: CliContext,
    about: str,
    person: UUID | None,
    source: Path | None,
    day: str,
    at: str,
    roughly: bool,
    danger: str,
) -> None:
    """Hand over what was seen, heard or told. If someone is in danger now, ring 999 first.

    The text is read from a file or from standard input, since command lines are kept in histories. Lines that begin with
    "About:", "Wants:", "Where:" or "Done:" say whom it is about, what the person wants, where it was, and what was done.
    """
    vault: Any = context.vault
    parts = read_letter(_text(source))
    new = NewConcern(
        parts["seen"],
        person_id=person,
        about_name=about or parts.get("about", ""),
        wants=parts.get("wants", ""),
        when=When(parse_day(day, future=False) if day else today(), at, not roughly),
        where=parts.get("where", ""),
        danger=danger,
        done=parts.get("done", ""),
    )
    with vault.write("core") as db:
        made = raise_concern(db, new)
    vault.settle()
    text = tr("Concern {n} was handed over to the safeguarding leads.").format(n=made.number)
    context.say({"number": made.number, "state": made.state, "sent_at": made.sent_at}, text)


def _text(source: Path | None) -> str:
    try:
        if source is None:
            data = standard_input().read(MOST_BYTES + 1)
        else:
            with open(source, "rb") as file:
                data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UserError(
            tr("“{file}” cannot be read: {why}").format(file=source, why=error.strerror)
        ) from error
    if len(data) > MOST_BYTES:
        raise UserError(tr("This text is too long."), tr("Write what matters; files are attached by a lead."))
    try:
        return str(data, "utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(tr("This is not plain text in UTF-8.")) from None
