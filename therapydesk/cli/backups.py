"""`therapydesk vault backup|verify|backups|export-copy`: make backups, see that they can be read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from therapydesk.core import dates
from therapydesk.core.command_line import CliContext, text_table
from therapydesk.core.errors import UserError
from therapydesk.core.settings import MachineSettings
from therapydesk.core.words import ntr, tr

if TYPE_CHECKING:
    from therapydesk.core.vault.backup import Outcome
    from therapydesk.core.vault.backup_verify import Verified

FILE = click.Path(path_type=Path)


@click.command("backup")
@click.option("--to", "folders", multiple=True, type=FILE, help="A folder to back up to; may be given twice.")
@click.option("--remember", is_flag=True, help="Use these folders from now on, on this computer.")
@click.pass_obj
def make_backup(context: CliContext, folders: tuple[Path, ...], remember: bool) -> None:
    """Back up all zones, and read the backup again from where it lies."""
    from therapydesk.core.vault import backup, backup_schedule

    vault, settings = context.vault, MachineSettings()
    vault_id = vault.unlocked.users.vault
    chosen = [folder.absolute() for folder in folders] or backup_schedule.folders(settings, vault_id)
    if not chosen:
        raise UserError(
            tr("No folder for backups is set up on this computer."),
            tr("Give --to DIR, and --remember to keep it."),
        )
    outcomes = backup.back_up_to(vault, chosen)
    if remember:
        backup_schedule.set_folders(settings, vault_id, chosen)
    context.say([_outcome(o) for o in outcomes], "\n".join(_words(o) for o in outcomes))
    if any(o.made is None for o in outcomes):
        raise click.exceptions.Exit(2)


def _outcome(outcome: Outcome) -> dict[str, Any]:
    made = outcome.made
    if made is None:
        return {"folder": str(outcome.folder), "error": str(outcome.error)}
    return {
        "folder": str(outcome.folder),
        "file": str(made.path),
        "bytes": made.size,
        "verified": list(made.verified.zones),
        "unverified": list(made.verified.wait),
        "removed": [path.name for path in made.removed],
    }


def _words(outcome: Outcome) -> str:
    made = outcome.made
    if made is None:
        return " ".join(str(outcome.error).split())
    return tr("Backed up: {file}").format(file=made.path) + "\n" + verified_words(made.verified)


def verified_words(verified: Verified) -> str:
    """Which zones were opened and checked, and which wait for somebody who holds them."""
    text = tr("Opened and checked: {zones}.").format(zones=", ".join(verified.zones))
    if verified.wait:
        text += " " + tr("Waiting for somebody who holds the key: {zones}.").format(
            zones=", ".join(verified.wait)
        )
    return text


@click.command("verify")
@click.argument("file", type=FILE)
@click.pass_obj
def verify_backup(context: CliContext, file: Path) -> None:
    """Open a backup from where it lies and check all that your keys open.

    Without --vault you sign in to the backup itself, with the passphrase of then.
    """
    from therapydesk.core.vault import backup_verify

    if context.folder:
        verified = backup_verify.verify_backup(context.vault, file)
    else:
        from therapydesk.core.vault.backup_keys import verify_alone

        verified = verify_alone(file, backup_secret(context))
    made = tr("Made on {day}.").format(day=dates.show_instant(verified.manifest.made))
    data = {
        "file": str(file),
        "made": verified.manifest.made,
        "verified": list(verified.zones),
        "unverified": list(verified.wait),
    }
    context.say(data, f"{made} {verified_words(verified)}")


def backup_secret(context: CliContext, code_file: Path | None = None) -> Any:
    """How to sign in to a backup by itself: --user and the passphrase, or a recovery code from a file."""
    from therapydesk.core.vault.backup_keys import by_passphrase, by_recovery
    from therapydesk.core.vault.recovery import RecoveryCode

    if code_file is not None:
        try:
            text = code_file.read_text("utf-8")
        except OSError as error:
            raise UserError(
                tr("The file with the recovery code cannot be read ({why}).").format(why=error.strerror)
            ) from error
        return by_recovery(RecoveryCode.parse(text))
    if not context.user:
        raise UserError(tr("Say who you are with --user."), tr("Or give a recovery code with --code-file."))
    return by_passphrase(context.user, context.passphrase())


@click.command("backups")
@click.option(
    "--in", "folders", multiple=True, type=FILE, help="Folders to look into, instead of those set up."
)
@click.pass_obj
def list_backups(context: CliContext, folders: tuple[Path, ...]) -> None:
    """List the backups of this vault, and how old the last verified one of each zone is."""
    from therapydesk.core.vault import backup_schedule, backup_targets

    vault, settings = context.vault, MachineSettings()
    vault_id = vault.unlocked.users.vault
    places = list(folders) or backup_schedule.folders(settings, vault_id)
    found = [kept for place in places for kept in backup_targets.list_backups(place, vault_id)]
    ages = backup_schedule.ages(vault.folder, settings)
    rows = [
        [
            dates.show_instant(k.made) if k.made else "–",
            f"{k.size / 1e6:.1f} MB",
            k.why or k.trouble,
            str(k.path),
        ]
        for k in found
    ]
    lines = [_age_words(age.zone, age.days) for age in ages.zones]
    lines += [f"{f.folder}: {f.message}" for f in ages.failures]
    data = {
        "level": ages.level,
        "ages": {age.zone: {"days": age.days, "level": age.level} for age in ages.zones},
        "failures": [{"folder": f.folder, "at": f.at, "message": f.message} for f in ages.failures],
        "backups": [
            {"file": str(k.path), "made": k.made, "bytes": k.size, "why": k.why, "trouble": k.trouble}
            for k in found
        ],
    }
    listed = (
        text_table([tr("Made"), tr("Size"), tr("Why"), tr("File")], rows)
        if rows
        else tr("There are no backups there.")
    )
    context.say(data, "\n".join([listed, "", *lines]))


def _age_words(zone: str, days: int | None) -> str:
    if days is None:
        return tr("{zone}: no backup was verified yet.").format(zone=zone)
    text = ntr("{zone}: last verified {n} day ago.", "{zone}: last verified {n} days ago.", days)
    return text.format(zone=zone, n=days)


@click.command("export-copy")
@click.option("--to", "to", required=True, type=FILE, help="A new folder.")
@click.pass_obj
def export_copy(context: CliContext, to: Path) -> None:
    """Copy the vault's folder as it should be copied: locked, and whole. The copy opens like the vault."""
    from therapydesk.core.vault.vault_copy import export_copy as copy

    size = copy(context.vault, to.absolute())
    context.say({"folder": str(to), "bytes": size}, tr("The vault was copied to {folder}.").format(folder=to))
