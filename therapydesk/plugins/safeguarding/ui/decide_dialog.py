"""Record a decision, and what is done next; hand over, close, open again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from therapydesk.api import UserError, ntr, tr
from therapydesk.plugins.safeguarding.packs import Clock, Decision
from therapydesk.plugins.safeguarding.service import ConcernView, LeadView, NewAction, Outcome, Pack, pack
from therapydesk.plugins.safeguarding.ui.actions_pane import by_words, next_working_day, understand_by
from therapydesk.plugins.safeguarding.ui.parts import called
from therapydesk.plugins.safeguarding.ui.raise_cards import first_name
from therapydesk.plugins.safeguarding.ui.record_dialogs import codes
from therapydesk.plugins.safeguarding.ui.words import unsure
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import text_label

Decide = Callable[[str, str, NewAction | None], object]


def decide_dialog(parent: QWidget, view: ConcernView, me: UUID, save: Decide) -> FormDialog:
    """A decision of the nation's list with its reason, and the next step of one's own, if there is one."""
    found = pack(view.nation)
    decisions = found.decisions_on(view.pathway)

    def on_save(values: dict[str, Any]) -> None:
        if not values["decision"]:
            raise UserError(tr("Choose what was decided."))
        step = NewAction(values["step"], values["by"], me) if values["step"] else None
        save(values["decision"], values["reason"], step)

    dialog = FormDialog(parent, tr("Record decision"), tr("Record decision"), on_save)
    form = dialog.form
    if not found.confirmed:
        text = tr(
            "Nobody has confirmed these decisions and times for {nation} yet: check the local procedure."
        )
        form.add_widget(text_label(text.format(nation=found.title), "small", "warn", wrap=True))
    titles = [(d.id, unsure(d.title, confirmed=d.confirmed or not found.confirmed)) for d in decisions]
    choices = [("", tr("Choose")), *titles]
    choice = form.add_choice("decision", tr("What was decided"), choices, required=True)
    form.add_text("reason", tr("Why"), tr("Also when no step is taken."), multiline=True, required=True)
    form.add_text("step", tr("Next step"), tr("You do it. More can be added under Actions."))
    form.add_text("by", tr("By when"), required=True, check=understand_by)
    form.set_values({"by": by_words(next_working_day())})

    def show(at: int) -> None:
        form.set_hint("decision", _follows(decisions[at - 1], found) if at > 0 else "")

    choice.currentIndexChanged.connect(show)
    dialog.open()
    return dialog


def _follows(decision: Decision, found: Pack) -> str:
    """What the decision asks for by the law; each becomes an action."""
    lines = [decision.hint] if decision.hint else []
    for clock in decision.clocks:
        what = clock.text.rstrip(".")
        text = tr("Goes on the list: {what}, {when}").format(what=what, when=_clock_words(clock))
        lines.append(unsure(text, confirmed=clock.confirmed or not found.confirmed))
    return "\n".join(lines)


def _clock_words(clock: Clock) -> str:
    if clock.amount == 0:
        return tr("at once")
    words = {
        "hours": ntr("within one hour", "within {n} hours", clock.amount),
        "days": ntr("within one day", "within {n} days", clock.amount),
        "working_days": ntr("within one working day", "within {n} working days", clock.amount),
    }
    return words[clock.unit].format(n=clock.amount)


def pass_on_dialog(
    parent: QWidget, leads: Sequence[LeadView], save: Callable[[UUID, str], object]
) -> FormDialog:
    """Hand a concern over to another lead."""
    dialog = FormDialog(
        parent,
        tr("Hand over to another lead"),
        tr("Hand over"),
        lambda values: save(values["lead"], values["reason"]),
    )
    dialog.form.add_choice("lead", tr("To whom"), [(lead.id, lead.name) for lead in leads], required=True)
    dialog.form.add_text("reason", tr("Why"), multiline=True, required=True)
    dialog.open()
    return dialog


def close_dialog(parent: QWidget, view: ConcernView, save: Callable[[Outcome], object]) -> FormDialog:
    """How it ended, and whether the person got what they wanted."""
    dialog = FormDialog(
        parent, tr("Close this concern"), tr("Close concern"), lambda values: save(Outcome(**values))
    )
    form = dialog.form
    name = called(view)
    form.add_text("summary", tr("How it ended"), multiline=True, required=True)
    form.add_choice("asked", tr("Was {name} asked what they want?").format(name=name), codes("asked"))
    form.add_choice("achieved", tr("What {name} wanted").format(name=name), codes("achieved"))
    form.add_choice("risk", tr("The risk"), codes("risk"))
    form.add_choice("source_of_risk", tr("Where the risk came from"), codes("source_of_risk"))
    form.add_choice("advocate", tr("Who spoke for them"), codes("advocate"))
    told = tr("Who told {raiser}, and how").format(raiser=first_name(view.raiser))
    form.add_text("told", told)
    form.set_values({"asked": "yes_given" if view.wants else "no"})
    dialog.open()
    return dialog


def reopen_dialog(parent: QWidget, save: Callable[[str], object]) -> FormDialog:
    """Open a closed concern again."""
    dialog = FormDialog(
        parent, tr("Open this concern again"), tr("Open again"), lambda values: save(values["reason"])
    )
    hint = tr("A new decision is then due.")
    dialog.form.add_text("reason", tr("Why"), hint, multiline=True, required=True)
    dialog.open()
    return dialog
