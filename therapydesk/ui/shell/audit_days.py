"""Which days of the activity log: some that are often wanted, or two that are typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from PySide6.QtWidgets import QWidget

from therapydesk.api import UserError, show_day, today, tr
from therapydesk.ui.kit.fields import Choices
from therapydesk.ui.kit.forms import FormDialog

Days = tuple[date | None, date | None]
CHOOSE = "choose"
BACK = {"today": 0, "week": 6, "month": 29, "year": 364}


def day_choices(typed: Days | None) -> Choices:
    """What to choose from; days that were typed stand last, as they are."""
    choices: list[tuple[Any, str]] = [
        ("", tr("All days")),
        ("today", tr("Today")),
        ("week", tr("Last 7 days")),
        ("month", tr("Last 30 days")),
        ("year", tr("Last 365 days")),
    ]
    if typed is not None:
        choices.append(("typed", days_words(typed)))
    return [*choices, (CHOOSE, tr("Other days …"))]


def days_words(days: Days) -> str:
    """Two days in words; either may be open."""
    first, last = days
    if first is not None and last is not None:
        return tr("{first} to {last}").format(first=show_day(first), last=show_day(last))
    if first is not None:
        return tr("From {day}").format(day=show_day(first))
    return tr("Until {day}").format(day=show_day(last)) if last is not None else tr("All days")


def days_of(choice: str, typed: Days | None) -> Days:
    """The first and the last day that a choice means; None where it is open."""
    if choice == "typed" and typed is not None:
        return typed
    if choice in BACK:
        return today() - timedelta(days=BACK[choice]), today()
    return None, None


def ask_days(parent: QWidget, then: Callable[[Days], object], left: Callable[[], object]) -> FormDialog:
    """Ask for two days, either of which may be left out; `left` is called when it is given up."""

    def save(values: dict[str, Any]) -> None:
        first, last = values["first"], values["last"]
        if first is not None and last is not None and last < first:
            raise UserError(tr("The last day is before the first."))
        then((first, last))

    dialog = FormDialog(parent, tr("Which days"), tr("Show these days"), save, about="days of the log")
    dialog.form.add_date("first", tr("From"), tr("Leave it empty to begin at the beginning."), future=False)
    dialog.form.add_date("last", tr("To"), tr("Leave it empty to go on to today."), future=False)
    dialog.rejected.connect(left)
    dialog.open()
    return dialog
