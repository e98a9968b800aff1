"""One request for data: its clock, its parts, the pack, and how it ended."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from therapydesk.api import Job, Link, UserError, Zone, may, ntr, show_day, today, tr
from therapydesk.records import subject_requests as requests
from therapydesk.records import subject_words as words
from therapydesk.records.subject_collect import Collected, collect_part
from therapydesk.records.subject_pack import Pack
from therapydesk.records.subject_requests import PartView, RequestView
from therapydesk.records.subject_zip import make_pack, new_passphrase
from therapydesk.ui.kit.cards import Card, FlowLayout
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.files import ask_file
from therapydesk.ui.kit.labels import StateMark, button, text_label
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.two_columns import TwoColumns
from therapydesk.ui.shell import privacy_dialogs as dialogs
from therapydesk.ui.shell.privacy_requests import request_state, time_left


class RequestPage(BasePage):
    """What can be done next is the primary button; what is somebody else's is said in words."""

    help_name = "asked-for-data"
    scrolls = True
    watches = ("subject_request", "subject_pause", "subject_part")

    def __init__(self, desk: Desk, request_id: UUID) -> None:
        super().__init__(desk, "")
        self.request_id = request_id
        self.view: RequestView | None = None
        self.set_back(tr("Privacy"), lambda: desk.open_link(Link("privacy", args=("requests",))))
        self.may_run = may(desk.user, "subject_access.run")
        self.end_button = self.add_action_button(tr("End without an answer"), self.end)
        self.next_button = self.add_action_button("", self.next_step, primary=True)
        columns = TwoColumns(60, 40)
        self.clock_card, self.parts_card = Card(tr("Clock")), Card(tr("Parts of the answer"))
        columns.left.addWidget(self.parts_card)
        columns.left.addStretch(1)
        columns.right.addWidget(self.clock_card)
        columns.right.addStretch(1)
        self.body.addWidget(columns, 1)

    def read(self) -> RequestView:
        """The request as it is now."""
        with self.desk.vault.read() as db:
            return requests.read_request(db, self.request_id)

    def refresh(self) -> None:
        """Read the request and show it; the focus stays with what it was on."""
        held = self.focusWidget()
        name = held.accessibleName() if held is not None and self.isAncestorOf(held) else ""
        self.view = view = self.read()
        self.set_title(tr("Request {number}").format(number=view.number))
        told = [view.name, tr("Received {day}").format(day=show_day(view.received_on))]
        told.append(words.received_words()[view.how_received])
        told += [words.asker_words()[view.asked_by]] if view.asked_by != "self" else []
        self.set_summary(" · ".join(told))
        self._show_clock(view)
        self._show_parts(view)
        step = self._step(view)
        self.next_button.setText(step)
        self.next_button.setVisible(bool(step))
        self.end_button.setVisible(self.may_run and view.state == "open")
        again = next((b for b in self.findChildren(QPushButton) if name and b.accessibleName() == name), None)
        if again is not None:
            again.setFocus()

    def focus_first(self) -> None:
        if self.next_button.isVisible():
            self.next_button.setFocus()
        else:
            super().focus_first()

    # -- clock -------------------------------------------------------------------------------------------

    def _show_clock(self, view: RequestView) -> None:
        card = self.clock_card
        card.clear_rows()
        state = request_state(view)
        card.add_row(_padded(StateMark(state.word, state.shape, state.token)))
        for sentence in _clock_sentences(view):
            card.add_row(text_label(sentence, wrap=True))
        if view.clock is None or not self.may_run:
            return
        holder = QWidget()
        row = FlowLayout(holder, spacing=8)
        row.setContentsMargins(8, 8, 8, 0)  # the card puts rows in by the same
        if view.clock.stopped_since is None:
            row.addWidget(_named(button(tr("Stop the clock"), self.stop)))
        else:
            row.addWidget(_named(button(tr("The answer came"), self.start)))
        if not view.more_months and today() <= view.clock.tell_by:
            row.addWidget(_named(button(tr("Take more time"), self.extend)))
        card.body.addWidget(holder)

    def stop(self) -> None:
        """Wait for an answer."""
        dialogs.stop_clock(self)

    def start(self) -> None:
        """The answer came."""
        dialogs.start_clock(self)

    def extend(self) -> None:
        """Take more time."""
        dialogs.extend(self)

    # -- parts -------------------------------------------------------------------------------------------

    def _show_parts(self, view: RequestView) -> None:
        card = self.parts_card
        card.clear_rows()
        for part in view.parts:
            card.add_row(self._part_row(view, part))
        told = tr(
            "Each part is collected by whoever holds its key. Nobody else sees what is in it, nor whether there is anything."
        )
        card.body.addSpacing(8)
        card.add_row(text_label(told, "small", "text_muted", wrap=True))

    def _part_row(self, view: RequestView, part: PartView) -> QWidget:
        holder, row = QWidget(), QHBoxLayout()
        holder.setLayout(row)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(12)
        title = words.part_words()[part.zone]
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(text_label(title, "strong", wrap=True))
        said.addWidget(text_label(_part_sentence(part), "small", "text_muted", wrap=True))
        row.addLayout(said, 1)
        mark = {
            "ready": (tr("Ready"), "tick", "ok"),
            "collected": (tr("To go through"), "half", "info"),
            "waiting": (tr("Waiting"), "ring", "text_muted"),
        }[part.state]
        row.addWidget(StateMark(*mark))
        if part.mine and view.state in ("open", "sent"):
            if view.state == "sent":
                text, slot = tr("See what was given"), self.go_through
            elif part.state == "waiting":
                text, slot = tr("Collect"), self.collect
            else:
                text, slot = tr("Go through"), self.go_through
            made = button(text, lambda: slot(part.zone))
            made.setAccessibleName(tr("{action}: {part}").format(action=text, part=title))
            row.addWidget(made)
        return holder

    def collect(self, zone: Zone) -> None:
        """Copy what stands about the person in one zone, as a job."""

        def work(job: Job) -> Collected:
            return collect_part(self.desk.vault, self.request_id, zone, job.progress)

        self.desk.jobs.start(
            work, lambda found: self._collected(zone, found), self.job_failed, tr("Collecting what we hold")
        )

    def _collected(self, zone: Zone, found: Collected) -> None:
        self.done(ntr("{n} entry collected.", "{n} entries collected.", found.items).format(n=found.items))
        self.mark_stale()
        self.go_through(zone)

    def go_through(self, zone: Zone) -> None:
        """Review one part."""
        self.desk.open_link(Link("privacy", self.request_id, ("review", zone)))

    # -- what is next ------------------------------------------------------------------------------------

    def _mine(self, view: RequestView, *states: str) -> list[Zone]:
        return [p.zone for p in view.parts if p.mine and p.state in states]

    def _step(self, view: RequestView) -> str:
        """What can be done next: collect, go through, pack, send; empty when it is for others."""
        if view.state != "open":
            return ""
        if self._mine(view, "waiting"):
            return tr("Collect")
        if self._mine(view, "collected"):
            return tr("Go through")
        if self._unpacked(view):
            return tr("Make the pack")
        everything = all(p.state == "ready" and p.packed_on is not None for p in view.parts)
        return tr("Mark as sent") if everything and self.may_run else ""

    def _unpacked(self, view: RequestView) -> bool:
        return any(p.mine and p.state == "ready" and p.packed_on is None for p in view.parts)

    def next_step(self) -> None:
        """Do what is next."""
        view = self.view
        if view is None or view.state != "open":
            return
        waiting, collected = self._mine(view, "waiting"), self._mine(view, "collected")
        if waiting:
            self.collect(waiting[0])
        elif collected:
            self.go_through(collected[0])
        elif self._unpacked(view):
            self.make_pack()
        else:
            dialogs.mark_sent(self)

    def make_pack(self) -> None:
        """Ask whether it is to be locked, then where to, then write it as a job."""
        dialogs.make_pack(self)

    def ask_where(self, *, locked: bool) -> None:
        """Ask where the pack goes."""
        name = f"{self.read().number}{'.pdf' if locked else '.zip'}"
        passphrase = new_passphrase() if locked else ""
        ask_file(
            self, tr("Make the pack"), str(Path.home() / name), lambda path: self.write_pack(path, passphrase)
        )

    def write_pack(self, path: Path, passphrase: str = "") -> None:
        """Write the pack of every part that is ready and this user's."""
        with self.guard():
            zones = self._mine(self.read(), "ready")
            if not zones:
                raise UserError(tr("No part is ready yet."))
            self.desk.jobs.start(
                lambda job: make_pack(self.desk.vault, job, self.request_id, zones, path, passphrase),
                lambda pack: self._packed(pack, path, passphrase),
                self.job_failed,
                tr("Making the pack"),
            )

    def _packed(self, pack: Pack, path: Path, passphrase: str) -> None:
        count = ntr("{n} entry", "{n} entries", pack.items).format(n=pack.items)
        self.done(tr("Saved {file}: {entries}.").format(file=path.name, entries=count))
        self.mark_stale()
        if passphrase:
            dialogs.show_passphrase(self, passphrase)

    def end(self) -> None:
        """End it without an answer."""
        dialogs.end(self)


def _named(made: QPushButton) -> QPushButton:
    made.setAccessibleName(made.text())
    return made


def _padded(widget: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 4)
    row.addWidget(widget)
    row.addStretch(1)
    return holder


def _clock_sentences(view: RequestView) -> list[str]:
    if view.clock is None:
        day = show_day(view.ended_on) if view.ended_on is not None else ""
        reasons = {**words.cancel_words(), **words.refusal_words()}
        how = words.sent_words().get(view.how_sent) or reasons.get(view.end_reason, "")
        return [tr("{how}, {day}.").format(how=how, day=day)]
    due = show_day(view.clock.due_on)
    if view.clock.stopped_since is not None:
        said = [
            tr("The clock stands since {day}.").format(day=show_day(view.clock.stopped_since)),
            tr("If the answer came today, ours would be due by {day}.").format(day=due),
        ]
    else:
        said = [tr("Answer by {day}: {left}.").format(day=due, left=time_left(view))]
    if view.more_months and view.extension_told_on is not None:
        said.append(
            tr("{months} more, because: {reason}. They were told on {day}.").format(
                months=ntr("{n} month", "{n} months", view.more_months).format(n=view.more_months),
                reason=words.extension_words()[view.extension_reason],
                day=show_day(view.extension_told_on),
            )
        )
    elif today() <= view.clock.tell_by:
        said.append(
            tr("If it is complex or one of many, you can take more time: tell them by {day}.").format(
                day=show_day(view.clock.tell_by)
            )
        )
    return said


def _part_sentence(part: PartView) -> str:
    if part.packed_on is not None:
        return tr("In a pack since {day}.").format(day=show_day(part.packed_on))
    if part.mine:
        return {
            "waiting": tr("Nothing has been collected yet."),
            "collected": tr("Collected; go through it before it is given."),
            "ready": tr("Gone through; not in a pack yet."),
        }[part.state]
    return tr("For {role}.").format(role=words.part_holder_words()[part.zone])
