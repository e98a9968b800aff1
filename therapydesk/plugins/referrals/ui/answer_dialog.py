"""The short form behind Ask for more, Not for us and Talk first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from therapydesk.api import tr
from therapydesk.plugins.referrals.words import Decision, answer_reasons
from therapydesk.ui.kit.forms import FormDialog


def answer_dialog(
    parent: QWidget,
    decision: Decision,
    name: str,
    on_save: Callable[[str, str], object],
    about: UUID | None = None,
) -> FormDialog:
    """A dialog that asks for the reason and, if wanted, words; `on_save(reason code, text)`. `about`: the referral."""
    titles = {
        Decision.ASK_MORE: tr("Ask for more about {name}"),
        Decision.NOT_FOR_US: tr("Not for us just now: {name}"),
        Decision.TALK_FIRST: tr("Talk first with {name}"),
    }
    actions = {
        Decision.ASK_MORE: tr("Ask for more"),
        Decision.NOT_FOR_US: tr("Not for us just now"),
        Decision.TALK_FIRST: tr("Talk first"),
    }
    labels = {
        Decision.ASK_MORE: (tr("What is missing"), tr("What you ask the sender")),
        Decision.NOT_FOR_US: (tr("Reason"), tr("What you tell the sender")),
        Decision.TALK_FIRST: (tr("Reason"), tr("What to talk about")),
    }

    def save(values: dict[str, Any]) -> None:
        on_save(values["reason"], values["text"])

    made = FormDialog(
        parent, titles[decision].format(name=name), actions[decision], save, about and f"{decision} {about}"
    )
    reason, text = labels[decision]
    made.form.add_choice("reason", reason, [(r.code, r.title) for r in answer_reasons(decision)])
    made.form.add_text("text", text, tr("Only therapists and leads can read this."), multiline=True)
    return made
