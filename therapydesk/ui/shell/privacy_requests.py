"""Privacy › Requests for data: who asked for what is held about them, and how much time is left."""

from __future__ import annotations

from typing import Any

from therapydesk.api import Link, may, ntr, show_day, today, tr
from therapydesk.records import subject_requests as requests
from therapydesk.records import subject_words as words
from therapydesk.records.subject_requests import RequestView
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.icons import State
from therapydesk.ui.kit.list_states import StateText
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.tables import Column, ListTable
from therapydesk.ui.shell.privacy_part import Part
from therapydesk.ui.shell.privacy_whom import add_whom, whom

SOON = 7


def request_state(view: RequestView) -> State:
    """The state of a request, with its shape and colour."""
    if view.clock is None:
        shape, token = {"sent": ("tick", "ok"), "refused": ("square", "text_muted")}.get(
            view.state, ("ring", "text_muted")
        )
        return State(words.state_words()[view.state], shape, token)
    if view.clock.stopped_since is not None:
        return State(tr("Clock stands"), "ring", "warn")
    if view.clock.days_left < 0:
        return State(tr("Late"), "square", "danger")
    return State(words.state_words()["open"], "half", "warn" if view.clock.days_left <= SOON else "info")


def time_left(view: RequestView) -> str:
    """How much time there is, in words."""
    if view.clock is None:
        return ""
    if view.clock.stopped_since is not None:
        return tr("stands since {day}").format(day=show_day(view.clock.stopped_since, short=True))
    left = view.clock.days_left
    if left < 0:
        return ntr("{n} day late", "{n} days late", -left).format(n=-left)
    return ntr("{n} day left", "{n} days left", left).format(n=left) if left else tr("today")


def due_day(view: RequestView) -> object:
    """The last day for the answer; None once the request has ended."""
    return view.clock.due_on if view.clock is not None else None


class RequestsPart(Part):
    """The list, and the form that writes a request down."""

    watches = ("subject_request", "subject_pause", "subject_part")

    def __init__(self, page: BasePage) -> None:
        super().__init__(page)
        if may(self.desk.user, "subject_access.record"):
            self.add_head_button(tr("Write down a request"), self.new_record, "add")
        self.table = ListTable(
            [
                Column(tr("Request"), "number", width=12, strong=True),
                Column(tr("From"), "name"),
                Column(tr("Received"), "received_on", kind="date", priority=1),
                Column(tr("Answer by"), due_day, kind="date", second=time_left, width=12),
                Column(tr("State"), request_state, kind="state"),
            ],
            tr("Requests for data"),
            two_line=True,
        )
        self.table.opened.connect(self._open)
        self.setFocusProxy(self.table)
        self.table.set_states(empty=self._nothing_yet())
        self.body.addWidget(self.table, 1)

    def _nothing_yet(self) -> StateText:
        sentence = tr("Nobody has asked for their data.")
        if not may(self.desk.user, "subject_access.record"):
            return sentence
        return (sentence, tr("Write down a request"), self.new_record)

    def refresh(self) -> None:
        """Read the requests."""
        with self.desk.vault.read() as db:
            rows = requests.list_requests(db)
        open_ones = sum(row.state == "open" for row in rows)
        told = tr("One calendar month from the day a request comes. It may be spoken, and needs no form.")
        count = ntr("{n} open request.", "{n} open requests.", open_ones).format(n=open_ones)
        self.tell(f"{count} {told}")
        self.table.show_rows(rows)

    def _open(self, row: RequestView) -> None:
        self.desk.open_link(Link("privacy", row.id, ("requests",)))

    def new_record(self) -> None:
        """Write down that somebody asked."""
        if not may(self.desk.user, "subject_access.record"):
            return

        def save(values: dict[str, Any]) -> None:
            with self.desk.vault.read() as db:
                person_id = whom(db, values)
            with self.desk.vault.write("core") as db:
                made = requests.record_request(
                    db, person_id, values["received_on"], values["how_received"], values["asked_by"]
                )
            self.desk.open_link(Link("privacy", made, ("requests",)))

        dialog = FormDialog(self, tr("Write down a request for data"), tr("Write it down"), save)
        form = dialog.form
        add_whom(form, tr("Whose data"))
        form.add_date(
            "received_on",
            tr("Received on"),
            tr("The clock runs from this day, whoever took it."),
            required=True,
            future=False,
        )
        form.add_choice("how_received", tr("How it came"), list(words.received_words().items()))
        form.add_choice(
            "asked_by",
            tr("Who asked"),
            list(words.asker_words().items()),
            tr("A child who understands asks for themselves; in Scotland that is presumed from 12."),
        )
        form.set_values({"received_on": show_day(today())})
        dialog.open()
