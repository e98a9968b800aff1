"""`therapydesk groups sheet …`: the sheet of a register as a file, and a filled one taken in."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

from therapydesk.api import CliContext, Outgoing, tr
from therapydesk.plugins.groups import hub_day, register, sheet_csv, sheet_plan
from therapydesk.plugins.groups.sheet_plan import CHANGES, REFUSED


@click.group("sheet")
def sheet() -> None:
    """The sheet of a register as a file."""


@sheet.command("save")
@click.argument("session", type=click.UUID)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def save(context: CliContext, session: UUID, file: Path) -> None:
    """Save the sheet of SESSION (its id) as the CSV file FILE."""
    with context.vault.read() as db:
        content = sheet_csv.sheet_csv(db, session)
    context.save(file, content, told=Outgoing("register", ref=session), session=str(session))


@sheet.command("take-in")
@click.argument("session", type=click.UUID)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--plan", "only_plan", is_flag=True, help="Say what it would do, and write nothing.")
@click.pass_obj
def take_in(context: CliContext, session: UUID, file: Path, only_plan: bool) -> int:
    """Take the filled sheet FILE (CSV, XLSX, ODS) into the register of SESSION. Rows that cannot be read are named."""
    if not only_plan:
        with context.vault.write("core") as db:
            start = hub_day.open_day if hub_day.is_hub(db, session) else register.start_register
            start(db, session)
    with context.vault.read() as db:
        found = register.open_register(db, session)
    lines = sheet_csv.read_sheet(file, found)
    with context.vault.read() as db:
        planned = sheet_plan.plan_sheet(db, session, lines)
    if not only_plan and any(each.what in CHANGES for each in planned):
        with context.vault.write("core") as db:
            sheet_plan.carry_out(db, session, planned)
    data = [
        {
            "row": each.id,
            "name": each.name,
            "what": each.what,
            "mark": each.line.state or None,
            "heads": each.heads or None,
            "refused": each.why or None,
        }
        for each in planned
    ]
    text = [
        tr("Row {n}, {name}: {why}").format(n=each.id, name=each.name or tr("without a name"), why=each.why)
        for each in planned
        if each.what == REFUSED
    ]
    context.say(data, "\n".join([*text, sheet_plan.in_words(planned)]))
    return 2 if any(each.what == REFUSED for each in planned) else 0
