"""Changing a key although nobody left: which part, and for a lead the owner who stands by and types their passphrase."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QLineEdit, QWidget

from therapydesk.api import UserError, tr, zone_heading, zone_title
from therapydesk.records.key_renewal import (
    OwnersWord,
    needs_owner,
    owners_to_ask,
    renew_key,
    renewable_keys,
)
from therapydesk.ui.kit.labels import text_label
from therapydesk.ui.shell.work_dialog import WorkDialog

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault
    from therapydesk.ui.kit.desk import Desk


def may_change_a_key(vault: Vault) -> bool:
    """Whether there is a key that the signed-in user may change."""
    return bool(renewable_keys(vault))


def ask_for_key(parent: QWidget, desk: Desk, then: Callable[[str], object]) -> WorkDialog:
    """Ask which key, and change it in a job; `then(sentence)` is called when it is done."""
    vault = desk.vault
    zones, owners = renewable_keys(vault), owners_to_ask(vault) if needs_owner(vault) else []

    def work(values: dict[str, Any]) -> str:
        zone = next(each for each in zones if each == values.get("zone", zones[0]))
        word = None
        if needs_owner(vault):
            word = OwnersWord(_named(owners, values["owner"]), values["passphrase"])
        renew_key(vault, zone, word)
        return tr("The key to {part} is changed.").format(part=zone_title(zone))

    only = tr("Change the key to {part}").format(part=zone_title(zones[0]))
    words = only if len(zones) == 1 else tr("Change a key"), tr("Change the key now")
    dialog = WorkDialog(parent, desk.jobs, words, work, then)
    why = tr(
        "Do this when somebody may know a key who should not, after a laptop was lost for instance. Everybody who works "
        "here and holds it gets the new one. A copy that was taken before stays as it was."
    )
    dialog.form.add_widget(text_label(why, wrap=True))
    if len(zones) > 1:
        choices = [(zone, zone_heading(zone)) for zone in zones]
        dialog.form.add_choices("zone", tr("The key to"), choices, exclusive=True, required=True)
    if needs_owner(vault):
        _add_owner(dialog, [(str(each.id), each.name) for each in owners])
    dialog.open()
    return dialog


def _add_owner(dialog: WorkDialog, owners: list[tuple[str, str]]) -> None:
    hint = tr("An owner of the practice agrees to it. The activity log names both of you.")
    choices = owners if len(owners) == 1 else [("", tr("Choose")), *owners]
    dialog.form.add_choice("owner", tr("Who agrees"), choices, hint, required=True)
    hint = tr("They type it here themselves. It is not kept.")
    field = dialog.form.add_text("passphrase", tr("The owner’s passphrase"), hint, required=True)
    field.setEchoMode(QLineEdit.EchoMode.Password)


def _named(owners: list[Any], wanted: str) -> str:
    for each in owners:
        if str(each.id) == wanted:
            return str(each.name)
    raise UserError(tr("Choose who agrees."))
