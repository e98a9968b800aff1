"""The short forms of a request for data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLineEdit, QVBoxLayout

from therapydesk.api import show_day, today, tr
from therapydesk.records import subject_requests as requests
from therapydesk.records import subject_words as words
from therapydesk.ui.kit import style
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.icons import app_icon
from therapydesk.ui.kit.labels import button, text_label

if TYPE_CHECKING:
    from therapydesk.ui.shell.privacy_request import RequestPage

Save = Callable[[Any, dict[str, Any]], object]


def _dialog(page: RequestPage, title: str, action: str, save: Save, done: str) -> FormDialog:
    """A form whose values are saved in one unit of work in core; the page says what was done."""

    def on_save(values: dict[str, Any]) -> None:
        with page.desk.vault.write("core") as db:
            save(db, values)
        page.done(done)

    return FormDialog(page, title, action, on_save, page.request_id)


def stop_clock(page: RequestPage) -> FormDialog:
    """Why, and since when."""
    dialog = _dialog(
        page,
        tr("Stop the clock"),
        tr("Stop the clock"),
        lambda db, v: requests.stop_clock(db, page.request_id, v["why"], v["asked_on"]),
        tr("The clock stands until they answer."),
    )
    dialog.form.add_choice("why", tr("What we wait for"), list(words.pause_words().items()))
    dialog.form.add_date("asked_on", tr("Asked on"), required=True, future=False)
    return _open(dialog, {"asked_on": show_day(today())})


def start_clock(page: RequestPage) -> FormDialog:
    """Since when."""
    dialog = _dialog(
        page,
        tr("The answer came"),
        tr("Start the clock"),
        lambda db, v: requests.start_clock(db, page.request_id, v["answered_on"]),
        tr("The clock runs again."),
    )
    dialog.form.add_date("answered_on", tr("It came on"), required=True, future=False)
    return _open(dialog, {"answered_on": show_day(today())})


def extend(page: RequestPage) -> FormDialog:
    """How much, why, and when they were told."""
    dialog = _dialog(
        page,
        tr("Take more time"),
        tr("Take more time"),
        lambda db, v: requests.extend_request(
            db, page.request_id, int(v["months"]), v["reason"], v["told_on"]
        ),
        tr("There is more time now."),
    )
    months = [("1", tr("One month")), ("2", tr("Two months"))]
    dialog.form.add_choice("months", tr("How much more"), months)
    dialog.form.add_choice("reason", tr("Why"), list(words.extension_words().items()))
    dialog.form.add_date(
        "told_on",
        tr("They were told, and why, on"),
        tr("Tell them first. It has to be within the first month."),
        required=True,
        future=False,
    )
    return _open(dialog, {"told_on": show_day(today())})


def make_pack(page: RequestPage) -> FormDialog:
    """Locked or not; where to is asked next."""

    def save(values: dict[str, Any]) -> None:
        locked = values["kind"] == "locked"
        QTimer.singleShot(0, page, lambda: page.ask_where(locked=locked))  # once this form is gone

    dialog = FormDialog(page, tr("Make the pack"), tr("Choose where to"), save, page.request_id)
    kinds = [
        ("locked", tr("A PDF that asks for a passphrase, the rest inside it")),
        ("zip", tr("A zip file that anybody can open")),
    ]
    hint = tr("Nobody can read it on the way when it is locked. A zip is for handing over in person.")
    dialog.form.add_choice("kind", tr("What it is"), kinds, hint)
    dialog.open()
    return dialog


def show_passphrase(page: RequestPage, passphrase: str) -> QDialog:
    """The passphrase of a pack, once; it is kept nowhere."""
    dialog = QDialog(page)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    title = tr("The passphrase of the pack")
    dialog.setWindowTitle(title)
    dialog.setWindowIcon(app_icon())
    dialog.setModal(True)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(24, 24, 24, 24)
    column.setSpacing(12)
    column.addWidget(text_label(title, "section", wrap=True))
    told = text_label(
        tr("It is shown once and kept nowhere. Tell it to them another way than you send the pack."),
        wrap=True,
    )
    told.setMinimumWidth(style.chars(56))
    column.addWidget(told)
    field = QLineEdit(passphrase)
    field.setReadOnly(True)
    field.setAccessibleName(title)
    column.addWidget(field)
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addStretch(1)
    row.addWidget(button(tr("Copy"), lambda: QGuiApplication.clipboard().setText(passphrase)))
    done = button(tr("I have written it down"), dialog.accept, kind="primary")
    done.setDefault(True)
    row.addWidget(done)
    column.addLayout(row)
    dialog.open()
    field.setFocus()
    field.selectAll()
    return dialog


def mark_sent(page: RequestPage) -> FormDialog:
    """How, and when."""
    dialog = _dialog(
        page,
        tr("Mark as sent"),
        tr("Mark as sent"),
        lambda db, v: requests.mark_sent(db, page.request_id, v["how"], v["sent_on"]),
        tr("The request is answered. What was given is kept as it was given."),
    )
    dialog.form.add_choice("how", tr("How it was sent"), list(words.sent_words().items()))
    dialog.form.add_date("sent_on", tr("Sent on"), required=True, future=False)
    return _open(dialog, {"sent_on": show_day(today())})


def end(page: RequestPage) -> FormDialog:
    """Taken back or refused, and why."""
    dialog = _dialog(
        page,
        tr("End without an answer"),
        tr("End the request"),
        lambda db, v: requests.end_request(db, page.request_id, v["state"], v["reason"], v["ended_on"]),
        tr("The request has ended. The copies made for it are removed."),
    )
    form = dialog.form
    states = [("cancelled", tr("Nobody wants an answer any more")), ("refused", tr("We refuse it"))]
    state = form.add_choice("state", tr("What happened"), states)
    form.add_choice(
        "reason",
        tr("Why"),
        list(words.cancel_words().items()),
        tr("If you refuse, tell them why within the month, and that they can complain to the ICO."),
    )
    form.add_date("ended_on", tr("On"), required=True, future=False)
    _follow(state, lambda row: form.set_choices("reason", _reasons(states[row][0])))
    return _open(dialog, {"ended_on": show_day(today())})


def _reasons(state: str) -> list[tuple[str, str]]:
    return list((words.cancel_words() if state == "cancelled" else words.refusal_words()).items())


def _follow(box: QComboBox, then: Callable[[int], object]) -> None:
    box.currentIndexChanged.connect(then)


def _open(dialog: FormDialog, values: dict[str, Any]) -> FormDialog:
    dialog.form.set_values(values)
    dialog.open()
    return dialog
