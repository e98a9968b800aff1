"""What came of something that a lead gave to somebody who is none: sealed back to the leads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from therapydesk.api import NotFound, tr
from therapydesk.plugins.safeguarding.service import TaskView, finish_task, list_tasks
from therapydesk.plugins.safeguarding.ui.words import instant
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import text_label
from therapydesk.ui.kit.page import BasePage


def open_task(page: BasePage, task_id: UUID) -> FormDialog:
    """Ask what came of a task of whoever is signed in. Raises NotFound for one that is not there any more."""
    with page.desk.vault.read() as db:
        task = next((each for each in list_tasks(db) if each.id == task_id), None)
    if task is None:
        raise NotFound(tr("That was done already, or the safeguarding lead has changed it."))
    return task_dialog(page, task)


def task_dialog(page: BasePage, task: TaskView) -> FormDialog:
    """Ask what came of it; afterwards it is gone from Today, and only leads can read the answer."""

    def save(values: dict[str, Any]) -> None:
        vault = page.desk.vault
        with vault.write("core") as db:
            finish_task(db, task.id, values["result"])
        page.desk.jobs.start(lambda _job: vault.settle(), title="")
        page.done(tr("It is with the safeguarding lead, sealed."))

    dialog = FormDialog(page, tr("What came of it"), tr("Send and seal"), save, task.id)
    dialog.form.add_widget(text_label(task.text, wrap=True))
    by = tr("By {when}").format(when=instant(task.due_at))
    dialog.form.add_widget(text_label(by, "small", "text_muted", wrap=True))
    hint = tr("Only the safeguarding leads can read it.")
    dialog.form.add_text("result", tr("What came of it"), hint, multiline=True, required=True)
    dialog.open()
    return dialog
