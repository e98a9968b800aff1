"""`therapydesk vault …`: make a vault, check one, change a key; with backups and what follows from them."""

from __future__ import annotations

from pathlib import Path

import click

from therapydesk.cli.backups import export_copy, list_backups, make_backup, verify_backup
from therapydesk.cli.restore import rescue_backup, restore_backup
from therapydesk.cli.salvage import salvage_vault
from therapydesk.core.command_line import CliContext
from therapydesk.core.file_out import put_file
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.words import tr


@click.group("vault")
def vault_group() -> None:
    """Make a vault, check it, back it up, bring it back."""


for _command in (
    make_backup,
    verify_backup,
    list_backups,
    restore_backup,
    rescue_backup,
    export_copy,
    salvage_vault,
):
    vault_group.add_command(_command)


@vault_group.command("create")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--practice", default="", help="The practice's name.")
@click.option(
    "--kit-file",
    type=click.Path(path_type=Path),
    help="Where to write the recovery code (0600).",
)
@click.pass_obj
def create_vault(context: CliContext, folder: Path, practice: str, kit_file: Path | None) -> None:
    """Make a new, empty vault. The recovery code is shown once."""
    from therapydesk.core.permissions import ROLES
    from therapydesk.core.vault.vault import NewPractice, Vault

    user = context.user or str(click.prompt(tr("Your name"), err=True))
    new = NewPractice(practice or tr("My practice"), user, ROLES, context.passphrase())
    vault, code = Vault.create(folder, new, host=context.plugins)
    vault.close()
    if kit_file is not None:
        put_file(kit_file, f"{code}\n".encode())
    shown = str(kit_file) if kit_file is not None else str(code)
    context.say(
        {"vault": str(folder), "user": user, "recovery_code": shown},
        tr("The vault is made. Recovery code (write it down, it is not shown again): {code}").format(
            code=shown
        ),
    )


@vault_group.command("check")
@click.pass_obj
def check_vault(context: CliContext) -> None:
    """Check that the vault is sound: files, records, links between zones, and the log."""
    from therapydesk.core.vault import weekly

    findings = context.vault.check()
    before = weekly.last_checked(context.vault)
    for zone in set(before) - {f.zone for f in findings if f.kind == "file"}:
        weekly.write_down(context.vault, zone)
    text = "\n".join(str(f) for f in findings) or tr("The vault is sound.")
    last = {zone: None if at is None else at.isoformat() for zone, at in before.items()}
    context.say({"sound": not findings, "findings": [str(f) for f in findings], "checked_before": last}, text)
    if findings:
        raise click.exceptions.Exit(2)


@vault_group.command("rotate")
@click.argument("zone", type=click.Choice(ZONES))
@click.pass_obj
def rotate_zone(context: CliContext, zone: Zone) -> None:
    """Change the key of a zone; everybody who holds it goes on holding it. A key that was kept opens nothing new."""
    from therapydesk.core.permissions import require_of

    require_of(context.vault.user, "backup.rotate")
    context.vault.rotate(zone)
    context.say({"zone": zone}, tr("The key of {zone} was changed.").format(zone=zone))
