"""`therapydesk groups …`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import click

from therapydesk.api import CliContext, Db, UserError, normal_name, parse_days, show_day, text_table, tr
from therapydesk.plugins.groups import counting, register, service
from therapydesk.plugins.groups.rules import Count
from therapydesk.plugins.groups.sheet_commands import sheet


@click.group("groups")
def groups() -> None:
    """Groups: what there is, registers, what they come to."""


groups.add_command(sheet)


@groups.command("list")
@click.option("--ended", is_flag=True, help="Those that have ended, too.")
@click.pass_obj
def list_groups(context: CliContext, ended: bool) -> None:
    """List the groups."""
    with context.vault.read() as db:
        found = service.list_groups(db, ended=ended)
    data = [
        {
            "id": str(g.id),
            "name": g.name,
            "shape": g.details.shape,
            "members": g.members,
            "waiting": g.waiting,
            "next": g.next_at.isoformat() if g.next_at is not None else None,
            **({"kind": g.kind.id} if g.kind is not None else {}),
        }
        for g in found
    ]
    rows = [
        [g.name, str(g.members), str(g.waiting), show_day(g.next_at.date()) if g.next_at else ""]
        for g in found
    ]
    context.say(data, text_table([tr("Group"), tr("Roster"), tr("Waiting"), tr("Next session")], rows))


def find_group(db: Db, words: str) -> UUID:
    """The group with this id or name. Raises UserError when there is none, or more than one."""
    views = service.list_groups(db, ended=True)
    wanted = normal_name(words)
    exact = [v.id for v in views if str(v.id) == words or normal_name(v.name) == wanted]
    found = exact or [v.id for v in views if wanted and wanted in normal_name(v.name)]
    if len(found) != 1:
        raise UserError(tr("There is no group, or more than one, called “{name}”.").format(name=words))
    return found[0]


@groups.command("register")
@click.argument("session", type=click.UUID)
@click.option("--came", multiple=True, help="Who came, by name or id; all: whoever is not marked.")
@click.option("--apologies", multiple=True, help="Who sent apologies.")
@click.option("--no-word", "no_word", multiple=True, help="Who did not come and said nothing.")
@click.option("--heads", type=click.IntRange(1, 2000), help="More who came and gave no name.")
@click.option("--finish", is_flag=True, help="Close the register.")
@click.pass_obj
def take_register(
    context: CliContext,
    session: UUID,
    came: tuple[str, ...],
    apologies: tuple[str, ...],
    no_word: tuple[str, ...],
    heads: int | None,
    finish: bool,
) -> None:
    """Show the register of SESSION (its id), and mark who came."""
    changes = bool(came or apologies or no_word or heads or finish)
    if changes:
        with context.vault.write("core") as db:
            register.start_register(db, session)
            _mark(db, session, {"came": came, "sent_apologies": apologies, "no_word": no_word})
            if heads:
                register.check_in(db, session, heads)
            if finish:
                register.finish(db, session)
    with context.vault.read() as db:
        found = register.open_register(db, session)
    rows = [
        [row.name or tr("{n} without a name").format(n=row.headcount), row.state, str(row.attendance_id)]
        for row in found.rows
    ]
    data = {
        "session": str(session),
        "group": found.name,
        "finished": found.finished,
        "rows": [
            {
                "id": str(row.attendance_id),
                "name": row.name,
                "role": row.role,
                "state": row.state,
                "headcount": row.headcount,
            }
            for row in found.rows
        ],
        **counted(found.count),
    }
    context.say(data, text_table([tr("Name"), tr("Mark"), tr("Id")], rows))


def _mark(db: Db, session: UUID, wanted: dict[str, tuple[str, ...]]) -> None:
    rows = [row for row in register.open_register(db, session).rows if row.person_id is not None]
    for state, names in wanted.items():
        for name in names:
            found = [
                r for r in rows if str(r.attendance_id) == name or normal_name(r.name) == normal_name(name)
            ]
            if name == "all":
                found = [r for r in rows if not r.marked]
            elif len(found) != 1:
                raise UserError(
                    tr("There is nobody, or more than one, called “{name}” on it.").format(name=name)
                )
            for row in found:
                register.mark(db, session, row.attendance_id, state)


def counted(found: Count) -> dict[str, Any]:
    """The figures of a count, by the names that are promised."""
    return {
        "sessions": found.sessions,
        "people": found.people,
        "carers": found.carers,
        "pairs": found.pairs,
        "anonymous": found.anonymous,
        "visits": found.visits,
        "rate": found.rate,
    }


@groups.command("rates")
@click.argument("group", required=False)
@click.option("--since", default="", help="From this day on.")
@click.option("--until", default="", help="To this day.")
@click.pass_obj
def rates(context: CliContext, group: str | None, since: str, until: str) -> None:
    """What the groups come to: people, those who come along, pairs, heads without a name, visits, and the rate."""
    first, last = parse_days(since, until)
    with context.vault.read() as db:
        wanted = find_group(db, group) if group else None
        found = counting.rates(db, first, last, wanted)
    data = [{"group": each.name, **counted(each.count)} for each in found]
    heads = [
        tr("Group"),
        tr("Sessions"),
        tr("People"),
        tr("With them"),
        tr("Pairs"),
        tr("No name"),
        tr("Visits"),
        tr("Rate"),
    ]
    rows = [
        [each.name, *(str(n) for n in list(counted(each.count).values())[:-1]), _percent(each.count.rate)]
        for each in found
    ]
    context.say(data, text_table(heads, rows))


def _percent(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.0%}"
