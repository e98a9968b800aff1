"""`therapydesk vault salvage`: save what can be read of a damaged vault."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from therapydesk.core.command_line import CliContext
from therapydesk.core.errors import UserError
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from therapydesk.core.vault.salvage import SalvageReport


@click.command("salvage")
@click.pass_obj
def salvage_vault(context: CliContext) -> None:
    """Save what can be read of a damaged vault into new files. The damaged files are kept as they are.

    Restoring a backup is better where there is one: it brings back everything up to its day.
    """
    from therapydesk.core.vault.salvage import salvage
    from therapydesk.core.vault.vault import Vault
    from therapydesk.records.salvage_words import salvage_lines

    if not context.folder:
        raise UserError(tr("No vault was named."), tr("Give --vault DIR, or set THERAPYDESK_VAULT."))
    vault = Vault.open(Path(context.folder), host=context.plugins)
    try:
        report = salvage(vault, context.user or context.only_user(vault), context.passphrase())
    finally:
        vault.close()
    context.say(_data(report), "\n".join(salvage_lines(report)))
    if not report.opens:
        raise click.exceptions.Exit(2)


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
    return {"opens": report.opens, "kept": str(report.kept) if report.kept else None, "zones": zones}
