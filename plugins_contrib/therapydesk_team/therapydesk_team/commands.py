"""`therapydesk team …`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from therapydesk.api import CliContext, parse_day, today
from therapydesk_team import documents, lists, rules


@click.group("team")
def team() -> None:
    """Team: who works here, what they hold, their hours."""


@team.command("list")
@click.option("--words", default="", help="Part of a name, a skill or a language.")
@click.pass_obj
def list_(context: CliContext, words: str) -> None:
    """Who works here."""
    with context.vault.read() as db:
        rows = [row for row in lists.list_team(db) if not words or row.answers(words)]
    data = [
        {"id": str(r.id), "name": r.name, "roles": r.roles, "skills": r.skills, "languages": r.languages}
        for r in rows
    ]
    context.say(
        data, "\n".join(f"{r.name}  {rules.role_words(r.roles)}  {', '.join(r.skills)}" for r in rows)
    )


@team.command("due")
@click.pass_obj
def due(context: CliContext) -> None:
    """What has expired, ends within 60 days or is missing."""
    with context.vault.read() as db:
        rows = lists.overview(db, today().year)
    found = [
        (row.name, held.kind.title, held.standing, held.ends_on)
        for row in rows
        for held in (row.held or {}).values()
        if held.standing != "held"
    ]
    data = [{"name": n, "what": k, "standing": s, "ends_on": e and str(e)} for n, k, s, e in found]
    context.say(data, "\n".join(f"{s:8} {str(e or ''):10}  {n}  {k}" for n, k, s, e in found))


@team.command("trained")
@click.option("--from", "start", required=True, help="The first day.")
@click.option("--to", "end", default="today", help="The last day.")
@click.pass_obj
def trained(context: CliContext, start: str, end: str) -> None:
    """How many people were given each training."""
    first, last = _day(start), _day(end)
    with context.vault.read() as db:
        found = lists.count_trained(db, first, last)
    data = [{"training": kind.title, "people": count} for kind, count in found]
    context.say(data, "\n".join(f"{count:4}  {kind.title}" for kind, count in found))


@team.command("hours")
@click.argument("year", type=int)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def hours(context: CliContext, year: int, file: Path) -> None:
    """Save everybody's hours of YEAR as the CSV file FILE."""
    with context.vault.read() as db:
        content = documents.hours_csv(db, year)
    context.save(file, content)


def _day(text: str) -> date:
    return parse_day(text, future=False)
