"""Write down what somebody said: the kind, the words, whose they are and when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from therapydesk.api import UserError, today, tr
from therapydesk.plugins.caseload import service
from therapydesk.plugins.caseload.service import StatementDetails, StatementView
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import button


def statement_dialog(
    parent: QWidget,
    name: str,
    said: StatementView | None,
    kind: str,
    save: Callable[[StatementDetails], object],
    end: Callable[[], object],
) -> FormDialog:
    """Add a statement of this kind, or change `said`, or say that it no longer holds."""

    def on_save(values: dict[str, Any]) -> None:
        details = StatementDetails(
            values["kind"],
            values["text"],
            values["whose_words"] or service.OWN_WORDS,
            values["said_on"],
            values.get("shared", False),
            values["review_on"],
        )
        save(details)

    title = tr("Add what was said") if said is None else tr("Change what was said")
    dialog = FormDialog(parent, title, tr("Save"), on_save, None if said is None else said.id)
    form = dialog.form
    kinds = [(k, service.kind_words(k)) for k in service.KINDS]
    choice = form.add_choice("kind", tr("About"), kinds)
    form.add_text("text", tr("Words"), multiline=True, required=True)
    form.add_text(
        "whose_words", tr("Whose words"), tr("Leave it empty when {name} said it.").format(name=name)
    )
    form.add_date("said_on", tr("Said on"), future=False)
    form.add_date("review_on", tr("Look at it again on"), future=True)
    form.add_check("shared", tr("{name} agreed that this is shown to the practice").format(name=name))

    def show_shared() -> None:
        form.set_row_visible("shared", kinds[choice.currentIndex()][0] == "alert")

    choice.currentIndexChanged.connect(lambda _index: show_shared())
    form.set_values(_values(said, kind))
    show_shared()
    if said is not None:

        def on_end() -> None:
            try:
                end()
            except UserError as error:
                form.show_error(error)
                return
            form.dirty = False
            dialog.reject()

        form.add_widget(button(tr("No longer holds"), on_end))
    dialog.open()
    if said is None:
        form.field("text").setFocus()
    return dialog


def _values(said: StatementView | None, kind: str) -> dict[str, Any]:
    if said is None:
        return {"kind": kind, "said_on": today()}
    whose = "" if said.whose_words == service.OWN_WORDS else said.whose_words
    return {
        "kind": said.kind,
        "text": said.text,
        "whose_words": whose,
        "said_on": said.said_on,
        "review_on": said.review_on,
        "shared": said.shared,
    }
