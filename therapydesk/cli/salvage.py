"""`therapydesk vault salvage`: save what can be read of a damaged vault."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from therapydesk.core.command_line import CliContext
from therapydesk.core.errors import UserError
from therapydesk.core.words import ntr, tr

if TYPE_CHECKING:
    from therapydesk.core.vault.salvage import SalvageReport, ZoneSaved


@click.command("salvage")
@click.pass_obj
def salvage_vault(context: CliContext) -> None:
    """Save what can be read of a damaged vault into new files. The damaged files are kept as they are.

    Restoring a backup is better where there is one: it brings back everything up to its day.
    """
    from therapydesk.core.vault.salvage import salvage
    from therapydesk.core.vault.vault import Vault

    if not context.folder:
        raise UserError(tr("No vault was named."), tr("Give --vault DIR, or set THERAPYDESK_VAULT."))
    vault = Vault.open(Path(context.folder), host=context.plugins)
    try:
        report = salvage(vault, context.user or context.only_user(vault), context.passphrase())
    finally:
        vault.close()
    context.say(_data(report), "\n".join([*map(_line, report.zones), _kept(report)]))
    if not report.opens:
        raise click.exceptions.Exit(2)


def _line(saved: ZoneSaved) -> str:
    texts = {
        "sound": tr("{zone}: sound, nothing was done."),
        "closed": tr("{zone}: you do not hold its key, so it was left alone."),
        "unreadable": tr("{zone}: nothing can be saved. {why} Only a backup helps."),
        "rebuilt": tr("{zone}: saved into a new file."),
    }
    line = texts[saved.outcome].format(zone=saved.zone, why=saved.why)
    if saved.outcome != "rebuilt":
        return line
    lost = [t for t in saved.tables if not t.whole]
    told = ", ".join(f"{t.name} {t.lost + t.loose}" + ("" if t.exact else "+") for t in lost)
    parts = [line]
    if told:
        text = ntr("{n} row is lost: {tables}.", "{n} rows are lost: {tables}.", saved.lost)
        parts.append(text.format(n=saved.lost, tables=told))
    else:
        parts.append(tr("No row is lost."))
    if saved.unsaved_lately:
        parts.append(tr("What was saved last, in the write-ahead log, could not be used."))
    return " ".join(parts)


def _kept(report: SalvageReport) -> str:
    return tr("The files as they were are kept in {folder}.").format(folder=report.kept)


def _data(report: SalvageReport) -> dict[str, object]:
    zones = {
        each.zone: {
            "outcome": each.outcome,
            "why": each.why,
            "lost": {t.name: t.lost + t.loose for t in each.tables if not t.whole},
            "unlinked": {t.name: t.unlinked for t in each.tables if t.unlinked},
            "at_least": [t.name for t in each.tables if not t.exact],
            "saved": sum(t.saved for t in each.tables),
            "latest_lost": each.unsaved_lately,
        }
        for each in report.zones
    }
    return {"opens": report.opens, "kept": str(report.kept), "zones": zones}
