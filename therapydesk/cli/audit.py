"""`therapydesk audit …`: check the activity log, and take a copy of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from therapydesk.core.command_line import CliContext
from therapydesk.core.dates import parse_days, show_instant
from therapydesk.core.permissions import require_of
from therapydesk.core.secrets import KeyringState, explain
from therapydesk.core.settings import MachineSettings
from therapydesk.core.tables import Zone
from therapydesk.core.words import ntr, tr

if TYPE_CHECKING:
    from therapydesk.core.audit_check import VerifyResult
    from therapydesk.core.log_breaks import LogBreak
    from therapydesk.core.vault.vault import Vault

ZONE = click.Choice(get_args(Zone))
KEYRING_WAIT = 20.0  # seconds for a keyring that may be asking its user
KEYRING = "log marks"  # as in ui/shell/log_watch.py


@click.group("audit")
def audit_group() -> None:
    """Check the activity log, or take a copy of it."""


@audit_group.command("verify")
@click.option("--zone", type=ZONE, help="Only the log of this part of the vault.")
@click.option("--full", is_flag=True, help="All of it, not only what came since it was last signed.")
@click.option("--no-keyring", is_flag=True, help="Do not ask the keyring for the mark of the log.")
@click.pass_obj
def verify_log(context: CliContext, zone: Zone | None, full: bool, no_keyring: bool) -> None:
    """Check that the log fits together, and holds what was marked outside of it. Exit status 2 when it does not."""
    vault = context.vault
    require_of(vault.user, "audit.read")
    held = sorted(vault.zones if zone is None else {zone} & vault.zones)
    results = _walk(vault, held, full=full)
    keyring = "" if no_keyring else _compare(vault, held, results)
    known = _found_before(vault, held, results)
    broken = [*(result for result in results if not result.sound), *known]
    lines = [_sentence(result) for result in results] + [_known_words(found) for found in known]
    if not full:
        lines.append(
            tr("Only what came since the log was last signed was looked at; with --full all of it is.")
        )
    lines += [keyring] if keyring else []
    context.say(
        {
            "sound": not broken,
            "full": full,
            "keyring": keyring,
            "not_explained": [
                {"zone": k.zone, "entry": k.entry, "why": k.why, "found": k.found_at} for k in known
            ],
            "zones": [
                {"zone": r.zone, "entries": r.entries, "head": r.head, "broken_at": r.broken_at, "why": r.why}
                for r in results
            ],
        },
        "\n".join(lines),
    )
    if broken:
        raise click.exceptions.Exit(2)


def _walk(vault: Vault, held: list[Zone], *, full: bool) -> list[VerifyResult]:
    if full:
        return vault.verify_logs(held)
    from therapydesk.core import audit, audit_check

    with vault.read() as db:
        return [audit_check.verify(db, z, since=audit.last_checkpoint(db, z)) for z in held]


def _compare(vault: Vault, held: list[Zone], results: list[VerifyResult]) -> str:
    """Add what does not fit the marks; returns a sentence when the keyring was no help."""
    settings = MachineSettings()
    vault.marks.look(vault, settings.keyrings.get(KEYRING, ""))
    if not vault.marks.wait(KEYRING_WAIT) or vault.marks.answer is None:
        return tr("The keyring of this computer did not answer.")
    answer = vault.marks.answer
    if answer.keyring and settings.keyrings.get(KEYRING) != answer.keyring:
        settings.keyrings = {**settings.keyrings, KEYRING: answer.keyring}
    results += [found for found in answer.findings if found.zone in held]
    if answer.state in (KeyringState.OK, KeyringState.ABSENT):
        return explain(answer.state)
    without = tr("Without it nobody notices an older log that was put back.")
    return f"{explain(answer.state)} {without}"


def _found_before(vault: Vault, held: list[Zone], results: list[VerifyResult]) -> list[LogBreak]:
    """What was found at another time and nobody has explained, where this time did not look at it."""
    from therapydesk.records.activity import log_breaks

    told = {(result.zone, result.broken_at) for result in results}
    with vault.read() as db:
        return [
            found for found in log_breaks(db) if found.zone in held and (found.zone, found.entry) not in told
        ]


def _known_words(found: LogBreak) -> str:
    text = tr("{zone}: entry {n} does not fit: {why}. Found on {day}, and nobody has explained it yet.")
    return text.format(zone=found.zone, n=found.entry, why=found.why, day=show_instant(found.found_at))


def _sentence(result: VerifyResult) -> str:
    if result.sound:
        text = ntr(
            "{zone}: {n} entry checked, it fits.", "{zone}: {n} entries checked, all fit.", result.entries
        )
        return text.format(zone=result.zone, n=result.entries)
    return tr("{zone}: entry {n} does not fit: {why}.").format(
        zone=result.zone, n=result.broken_at, why=result.why
    )


@audit_group.command("export")
@click.option(
    "--to", "target", required=True, type=click.Path(path_type=Path), help="A .csv or .json file (0600)."
)
@click.option("--reason", required=True, help="What it is for; it is written into the log.")
@click.option("--zone", type=ZONE, help="Only the log of this part of the vault.")
@click.option("--from", "first", default="", help="The first day.")
@click.option("--until", "last", default="", help="The last day.")
@click.pass_obj
def export_log(
    context: CliContext, target: Path, reason: str, zone: Zone | None, first: str, last: str
) -> None:
    """Write the entries that you may read into a file, stamped with where the log stood."""
    from therapydesk.core.errors import UserError
    from therapydesk.records.activity import LogQuery, find_log
    from therapydesk.records.activity_out import copy_log, log_csv, log_json

    makers = {".csv": log_csv, ".json": log_json}
    if target.suffix.lower() not in makers:
        raise UserError(
            tr("The file must end in .csv or .json."), tr("What it ends in says how it is written.")
        )
    begins, ends = parse_days(first, last, future=False)
    query = LogQuery(zone=zone, first=begins, last=ends)
    with context.vault.read() as db:
        found = find_log(db, query)
    copy = copy_log(context.vault, "export", found, reason)
    context.save(target, makers[target.suffix.lower()](copy), told=None, entries=len(copy.lines))
