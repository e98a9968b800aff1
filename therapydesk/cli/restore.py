"""`therapydesk vault restore|rescue`: bring a vault back from a backup, or everything out of one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from therapydesk.cli.backups import FILE, backup_secret
from therapydesk.core import dates
from therapydesk.core.command_line import CliContext
from therapydesk.core.errors import DamagedVault
from therapydesk.core.settings import MachineSettings
from therapydesk.core.tables import Zone
from therapydesk.core.words import ntr, tr

if TYPE_CHECKING:
    from therapydesk.core.vault.restore_plan import Loss, RestorePlan
    from therapydesk.core.vault.vault import Vault


@click.command("restore")
@click.argument("file", type=FILE)
@click.option(
    "--to", "to", type=FILE, help="Make a new vault of it in this folder, and leave any other alone."
)
@click.option("--code-file", type=FILE, help="With --to: a recovery code instead of a passphrase.")
@click.option("--plan", "only_plan", is_flag=True, help="Only say what would be lost.")
@click.option("--keep-in", type=FILE, help="Where the present state is backed up to first.")
@click.option("--no-backup-first", is_flag=True, help="Do not back up the present state first.")
@click.option(
    "--agree", is_flag=True, help="As an owner: agree that a lead brings back safeguarding from it."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def restore_backup(context: CliContext, /, file: Path, **how: Any) -> None:
    """Bring the vault back from a backup. What would be lost is said first, and backed up."""
    if how["to"] is not None:
        _set_up(context, file, how["to"].absolute(), how["code_file"])
        return
    from therapydesk.core.vault.restore_plan import agree, plan_restore

    vault, damaged = _open(context)
    try:
        if how["agree"]:
            agree(vault, file)
            context.say(
                {"agreed": str(file)}, tr("Noted: a lead can bring back safeguarding from this backup.")
            )
            return
        plan = plan_restore(vault, file)
        if how["only_plan"]:
            context.say(plan_data(plan), plan_words(plan))
            return
        if not how["yes"]:
            click.echo(plan_words(plan), err=True)
            click.confirm(tr("Bring it back?"), abort=True, err=True)
        _restore(
            context,
            vault,
            file,
            plan,
            None if how["no_backup_first"] or damaged else _keep_in(vault, file, how),
        )
    finally:
        vault.close()


def _open(context: CliContext) -> tuple[Vault, bool]:
    """The vault, unlocked; or, where it is damaged, open for reading, which is enough to bring zones back."""
    try:
        return context.vault, False
    except DamagedVault:
        from therapydesk.core.vault.vault import Vault as Real

        if context.passphrase_file == "-":  # standard input was read already
            raise
        vault = Real.open(Path(context.folder), host=context.plugins)
        try:
            vault.open_for_reading(context.user or context.only_user(vault), context.passphrase())
        except DamagedVault as error:  # not even its users can be read
            vault.close()
            text = tr(
                "Nothing was changed. Leave this folder as it is, and make the practice anew in another: --to FOLDER."
            )
            raise DamagedVault(error.message, text) from None
        except BaseException:
            vault.close()
            raise
        return vault, True


def _keep_in(vault: Vault, file: Path, how: dict[str, Any]) -> Path:
    from therapydesk.core.vault import backup_schedule

    set_up = [p for p in backup_schedule.folders(MachineSettings(), vault.unlocked.users.vault) if p.is_dir()]
    chosen: Path | None = how["keep_in"]
    return (chosen or next(iter(set_up), file.parent)).absolute()


def _restore(context: CliContext, vault: Vault, file: Path, plan: RestorePlan, keep_in: Path | None) -> None:
    from therapydesk.core.vault.restore import restore

    done = restore(vault, file, keep_in=keep_in)
    made = dates.show_instant(done.manifest.made)
    lines = [tr("Brought back as of {day}: {zones}.").format(day=made, zones=", ".join(done.zones))]
    if plan.left:
        lines.append(tr("Left as they are: {zones}.").format(zones=", ".join(plan.left)))
    if done.kept is not None:
        lines.append(tr("The state before is in {file}.").format(file=done.kept))
    lines.append(tr("Whoever was erased since then stays erased."))
    data = {"zones": list(done.zones), "left": list(plan.left), "made": done.manifest.made, "kept": done.kept}
    context.say(data, "\n".join(lines))


def _set_up(context: CliContext, file: Path, to: Path, code_file: Path | None) -> None:
    from therapydesk.core.vault.restore_new import set_up_from_backup

    done = set_up_from_backup(file, to, backup_secret(context, code_file))
    text = tr("The vault is in {folder}, as of {day}. Sign in as before.")
    lines = [text.format(folder=to, day=dates.show_instant(done.manifest.made)), *done.sentences]
    data = {"vault": str(to), "made": done.manifest.made, "erasures_known_to": done.known_to}
    context.say({**data, "trouble": done.trouble}, "\n".join(lines))


def plan_data(plan: RestorePlan) -> dict[str, Any]:
    """What a restore would do, for programs."""
    zones = {
        loss.zone: {
            "entries": loss.entries,
            "follows": loss.follows,
            "last": loss.last,
            "lost": [list(row) for row in loss.lost],
            "rows": [list(row) for row in loss.rows],
        }
        for loss in plan.losses
    }
    return {
        "made": plan.manifest.made,
        "zones": zones,
        "left": list(plan.left),
        "files": plan.files,
        "marks": list(plan.marks),
    }


def plan_words(plan: RestorePlan) -> str:
    """What a restore would do, in sentences."""
    lines = [tr("This backup was made on {day}.").format(day=dates.show_instant(plan.manifest.made))]
    lines += [_loss_words(loss) for loss in plan.losses]
    if plan.files:
        text = ntr("{n} large file comes back.", "{n} large files come back.", plan.files)
        lines.append(text.format(n=plan.files))
    if plan.left:
        text = tr("These stay as they are, since you do not hold them or may not bring them back: {zones}.")
        lines.append(text.format(zones=", ".join(plan.left)))
    lines.append(tr("Whoever was erased since then stays erased."))
    return "\n".join([*lines, *plan.marks])


def _done(zone: Zone, action: str, table: str) -> str:
    """What was done, in the words of the Activity log."""
    from therapydesk.records.activity_words import action_words, record_words

    done, what = action_words(zone, action, {"table": table}), record_words(zone, table)
    return f"{done} ({what})" if what else done


def _loss_words(loss: Loss) -> str:
    if loss.entries is None:
        return tr("{zone}: cannot be read now, so what would be lost is not known.").format(zone=loss.zone)
    if not loss.follows:
        text = tr(
            "{zone}: the log now does not lead on from this backup; it was brought back from elsewhere since."
        )
        return text.format(zone=loss.zone)
    if not loss.entries:
        return tr("{zone}: nothing would be lost.").format(zone=loss.zone)
    text = ntr(
        "{zone}: {n} change would be lost, up to {day}: {what}.",
        "{zone}: {n} changes would be lost, up to {day}: {what}.",
        loss.entries,
    )
    what = ", ".join(f"{count} × {_done(loss.zone, action, name)}" for action, name, count in loss.lost[:8])
    day = dates.show_instant(loss.last) if loss.last else "–"
    return text.format(zone=loss.zone, n=loss.entries, day=day, what=what)


@click.command("rescue")
@click.argument("file", type=FILE)
@click.option(
    "--to", "to", required=True, type=FILE, help="A new folder for what comes out; it is not encrypted."
)
@click.option("--code-file", type=FILE, help="A file with a recovery code, instead of a passphrase.")
@click.pass_obj
def rescue_backup(context: CliContext, file: Path, to: Path, code_file: Path | None) -> None:
    """Write everything in a backup as files that any program opens: tables as CSV and JSON, documents as they were.

    Needs no vault and no module. What is damaged is gone round and named.
    """
    from therapydesk.core.vault.rescue import rescue, still_in_it

    found = rescue(file, to.absolute(), backup_secret(context, code_file))
    rows = ntr("One row and", "{n} rows and", found.rows).format(n=found.rows)
    documents = ntr("one document.", "{n} documents.", found.documents).format(n=found.documents)
    lines = [tr("Written to {folder}.").format(folder=to), f"{rows} {documents}"]
    lines += [tr("{zone}: the key was not held, so it stayed shut.").format(zone=z) for z in found.closed]
    lines.append(still_in_it())
    data = {
        "folder": str(to),
        "made": found.made,
        "rows": found.rows,
        "documents": found.documents,
        "closed": list(found.closed),
        "trouble": found.trouble,
    }
    context.say(data, "\n".join([*lines, *found.trouble]))
    if found.trouble:
        raise click.exceptions.Exit(2)
