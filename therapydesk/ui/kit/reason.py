"""Ask why something leaves the program, before it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from therapydesk.api import tr
from therapydesk.ui.kit.fields import Choices
from therapydesk.ui.kit.forms import FormDialog


def ask_reason(
    parent: QWidget,
    title: str,
    action: str,
    then: Callable[[str, Any], object],
    *,
    choices: Choices = (),
    label: str = "",
    hint: str = "",
) -> FormDialog:
    """Ask for the reason, and with `choices` for one of them (a kind of file, say); `then(reason, chosen)`."""

    def save(values: dict[str, Any]) -> None:
        then(values["reason"], values.get("choice"))

    dialog = FormDialog(parent, title, action, save, about=title)
    dialog.form.add_text(
        "reason",
        tr("What is it for?"),
        hint or tr("It is written into the activity log. Name nobody whom it is about."),
        required=True,
    )
    if choices:
        dialog.form.add_choice("choice", label, choices)
    dialog.open()
    return dialog
