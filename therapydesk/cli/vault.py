"""`therapydesk vault …`: make a vault, check one, change a key; with backups and what follows from them."""

from __future__ import annotations

from pathlib import Path

import click

from therapydesk.cli.backups import export_copy, list_backups, make_backup, verify_backup
from therapydesk.cli.restore import rescue_backup, restore_backup
from therapydesk.cli.salvage import salvage_vault
from therapydesk.core.command_line import CliContext, ask_passphrase
from therapydesk.core.errors import UserError
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
    made = {"vault": str(folder), "user": user}
    shown = tr("The vault is made. Recovery code (write it down, it is not shown again): {code}")
    if kit_file is None:
        context.say({**made, "recovery_code": str(code)}, shown.format(code=code))
        return
    try:
        put_file(kit_file, f"{code}\n".encode())
    except UserError as error:  # the vault is there, and nobody could ever read the code again
        context.say(
            {**made, "recovery_code": str(code), "trouble": str(error)}, f"{error}\n{shown.format(code=code)}"
        )
        return
    text = tr(
        "The vault is made. The recovery code is in {file}: print it, keep it apart, and delete the file."
    )
    context.say({**made, "recovery_code": str(kit_file)}, text.format(file=kit_file))


@vault_group.command("check")
@click.pass_obj
def check_vault(context: CliContext) -> None:
    """Check that the vault is sound: files, records, links between zones, and the log."""
    from therapydesk.core.vault import weekly

    findings = context.vault.check()
    before = weekly.last_checked(context.vault)
    for zone in set(before) - {f.zone for f in findings if f.kind == "file"}:
        weekly.write_down(context.vault, zone)
    shut = [zone for zone in ZONES if zone not in context.vault.zones]
    lines = [str(f) for f in findings] or [tr("The vault is sound.")]
    if shut:
        lines += [tr("Not looked at, since you do not hold the key: {zones}.").format(zones=", ".join(shut))]
    if shut and not findings:
        lines[0] = tr("What your keys open is sound.")
    last = {zone: None if at is None else at.isoformat() for zone, at in before.items()}
    found = {"sound": not findings, "findings": [str(f) for f in findings], "not_looked_at": shut}
    context.say({**found, "checked_before": last}, "\n".join(lines))
    if findings:
        raise click.exceptions.Exit(2)


@vault_group.command("rotate")
@click.argument("zone", type=click.Choice(ZONES))
@click.option("--owner", default="", help="For a safeguarding lead: the owner who stands by and agrees.")
@click.option(
    "--owner-passphrase-file", default="", metavar="FILE", help="That owner's passphrase, else asked for."
)
@click.pass_obj
def rotate_zone(context: CliContext, zone: Zone, owner: str, owner_passphrase_file: str) -> None:
    """Change the key of a zone; everybody who holds it goes on holding it. A key that was kept opens nothing new."""
    from therapydesk.records import key_renewal

    vault, word = context.vault, None
    key_renewal.check_renewal(vault, zone)
    if key_renewal.needs_owner(vault):
        name = owner or _only_owner([each.name for each in key_renewal.owners_to_ask(vault)])
        ask = tr("Passphrase of {name}").format(name=name)
        given = ask_passphrase(owner_passphrase_file, "--owner-passphrase-file", ask)
        word = key_renewal.OwnersWord(name, given)
    key_renewal.renew_key(vault, zone, word)
    agreed = None if word is None else word.name
    context.say({"zone": zone, "agreed": agreed}, tr("The key of {zone} was changed.").format(zone=zone))


def _only_owner(names: list[str]) -> str:
    if len(names) != 1:
        raise UserError(tr("An owner has to agree to this."), tr("Say which with --owner NAME."))
    return names[0]
