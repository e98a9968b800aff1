"""Go through one part of an answer: what of others is covered, what is left out, and the decision on the whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from therapydesk.api import Db, Job, Link, Zone, ntr, tr, viewed
from therapydesk.records import subject_deciding as deciding
from therapydesk.records import subject_requests as requests
from therapydesk.records import subject_review as review
from therapydesk.records import subject_words as words
from therapydesk.records.subject_marks import Mark
from therapydesk.records.subject_review import DECIDES, FoundName, ItemRow, ItemView, PartState
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import SegmentedButtons
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.labels import text_label
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.tables import ListTable
from therapydesk.ui.shell import privacy_review_dialogs as dialogs
from therapydesk.ui.shell.privacy_copy import CopyPane
from therapydesk.ui.shell.privacy_review_columns import copy_columns, name_columns

UNDECIDED, EVERYTHING, NAMES = "undecided", "all", "names"
KEYS = {Qt.Key.Key_C: "cover", Qt.Key.Key_R: "keep", Qt.Key.Key_O: "withhold", Qt.Key.Key_D: "whole"}
NARROW = 110  # average letters; a page narrower than so many has the text under the list
Decide = Callable[[Db], ItemView | None]


class ReviewPage(BasePage):
    """The copies at the left (or the names found in them), the text of one beside it."""

    help_name = "asked-for-data"

    def __init__(self, desk: Desk, request_id: UUID, zone: Zone) -> None:
        super().__init__(desk, words.part_words()[zone])
        self.request_id, self.zone = request_id, zone
        self.watches = ("subject_item", "subject_decision")
        self.item: ItemView | None = None
        self.pane = CopyPane(keys=bool(getattr(desk.settings, "single_keys", True)))
        self.state: PartState | None = None
        self._told, self._first = False, True
        to_request = Link("privacy", request_id, ("requests",))
        self.set_back(tr("Request"), lambda: desk.open_link(to_request))
        if zone in DECIDES:
            text = tr("Decide on serious harm") if zone == "clinical" else tr("Decide what is given")
            self.add_action_button(text, lambda: dialogs.decide_whole(self))
        self.ready_button = self.add_action_button(
            tr("This part is ready"), self.finish, primary=True, shortcut="Ctrl+Return"
        )
        self.decision = text_label("", "", "text_muted", wrap=True)
        self.mode = SegmentedButtons(
            [(UNDECIDED, tr("To decide")), (EVERYTHING, tr("All entries")), (NAMES, tr("Names"))],
            tr("What is listed"),
        )
        self.mode.chosen.connect(lambda _value: self._turn())
        self._value = UNDECIDED
        self.copies = ListTable(
            copy_columns(),
            tr("Entries"),
            two_line=True,
        )
        self.copies.current_changed.connect(lambda row: self._show_row(row))
        self.copies.opened.connect(lambda _row: self._open_pane())
        self.copies.set_states(
            empty=tr("Nothing here waits for a decision."), loading=tr("Reading the entries …")
        )
        self.names = ListTable(
            name_columns(),
            tr("Names of others"),
            row_key="name",
        )
        self.names.set_states(empty=tr("No name of anybody else was found."))
        self.names.current_changed.connect(lambda row: self._show_name(row))
        self.names.opened.connect(lambda _row: self._open_pane())
        self.pane.wanted.connect(self.act)
        self.pane.left.connect(self._close_pane)
        self.pane.text.cursorPositionChanged.connect(self._say_place)
        self._lay_out()

    def _lay_out(self) -> None:
        self._left = QWidget()
        column = QVBoxLayout(self._left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.sp(3))
        column.addWidget(self.decision)
        column.addWidget(self.mode)
        column.addWidget(self.copies, 1)
        column.addWidget(self.names, 1)
        self.names.hide()
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._left, 1)
        row.addWidget(self.pane, 1)
        self.body.addLayout(row, 1)
        self._opened = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is too little room for both, the text takes the place of the list once it is opened."""
        narrow = self.width() < style.chars(NARROW)
        self._left.setVisible(not narrow or not self._opened)
        self.pane.setVisible(not narrow or self._opened)
        self.pane.back.setVisible(narrow)
        in_place = narrow and self._opened  # then the text has the room of title and summary, too
        self._title.setVisible(not in_place)
        self._summary.setVisible(not in_place)
        self.pane.show_hints(not in_place)

    def _open_pane(self) -> None:
        self._opened = True
        self._fit()
        if self._value == NAMES:
            self.pane.cover.setFocus()
        else:
            self.pane.text.setFocus()

    def _close_pane(self) -> None:
        self._opened = False
        self._fit()
        self.focus_first()

    # -- reading -----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read how far the part is, and the list that is chosen."""
        with self.desk.vault.read() as db:
            view = requests.read_request(db, self.request_id)
            self.state = state = review.review_state(db, self.request_id, self.zone)
        if not self._told:
            self._told = True
            viewed(self.desk.vault, self.zone, self.request_id, "request for data", view.person_id)
        counted = ntr("{n} entry", "{n} entries", state.items).format(n=state.items)
        waiting = ntr("{n} to decide", "{n} to decide", state.to_decide).format(n=state.to_decide)
        left_out = ntr("{n} left out", "{n} left out", state.withheld).format(n=state.withheld)
        self.set_summary(f"{view.number} · {view.name} · {counted} · {waiting} · {left_out}")
        self._say_decision(state)
        self.ready_button.setEnabled(view.state == "open")
        if self._first:
            self._first = False
            if not state.to_decide and state.items:
                self.mode.buttons()[1].setChecked(True)
                return
        if self._value == NAMES:
            self._read_names()
            return
        undecided = self._value == UNDECIDED
        count = state.to_decide if undecided else state.items
        self.copies.show_source(count, lambda at, n: self._fetch(undecided, at, n))
        self._show_row(self.copies.current_row())

    def _say_decision(self, state: PartState) -> None:
        if self.zone not in DECIDES:
            self.decision.hide()
            return
        made = state.decision
        if made is None:
            text = (
                tr("Nobody has decided yet whether something could do serious harm.")
                if self.zone == "clinical"
                else tr("Nobody has decided yet what is given.")
            )
        else:
            outcome = dialogs.outcome_words(self.zone)[made.outcome]
            text = tr("{outcome} – {name}, {role}").format(
                outcome=outcome, name=made.decided_by, role=made.decided_as
            )
        self.decision.setText(text)

    def _fetch(self, undecided: bool, offset: int, limit: int) -> list[ItemRow]:
        with self.desk.vault.read() as db:
            return review.list_items(
                db, self.request_id, self.zone, undecided=undecided, offset=offset, limit=limit
            )

    def _read_names(self) -> None:
        """By a job: every copy is looked through."""

        def work(_job: Job) -> list[FoundName]:
            with self.desk.vault.read() as db:
                return review.found_names(db, self.request_id, self.zone)

        self.desk.jobs.start(work, self._show_names, self.job_failed)

    def _show_names(self, found: list[FoundName]) -> None:
        self.names.show_rows(found)
        now: Any = self.names.current_row()
        if found and now is not None and not now.undecided:
            self.names.select_key(found[0].name)  # the first that waits, if any does
        self._show_name(self.names.current_row())

    def _turn(self) -> None:
        values = (UNDECIDED, EVERYTHING, NAMES)
        self._value = next(v for v, b in zip(values, self.mode.buttons(), strict=True) if b.isChecked())
        in_list = self.copies.view.hasFocus() or self.names.view.hasFocus()
        self.copies.setVisible(self._value != NAMES)
        self.names.setVisible(self._value == NAMES)
        if in_list:
            self.focus_first()
        self.mark_stale()

    def _show_row(self, row: ItemRow | None) -> None:
        if self._value == NAMES:
            return
        with self.guard():
            self.item = None
            if row is not None:
                with self.desk.vault.read() as db:
                    self.item = review.read_item(db, self.zone, row.id)
            self.pane.show_item(self.item, self._first_mark())

    def _say_place(self) -> None:
        if self.pane.text.hasFocus():
            self.pane.say_place(self.mark())

    def _show_name(self, row: FoundName | None) -> None:
        if self._value == NAMES:
            self.pane.show_name(row)

    def mark(self) -> Mark | None:
        """The place that is to be decided: the one that the cursor was put into, else the first that waits."""
        here = self.pane.text.at_cursor() if self.pane.text.hasFocus() else None
        return here if here is not None else self._first_mark()

    def _first_mark(self) -> Mark | None:
        if self.item is None or not self.item.marks:
            return None
        return next((m for m in self.item.marks if not m.decision), self.item.marks[0])

    def focus_first(self) -> None:
        shown = self.names if self._value == NAMES else self.copies
        (shown if shown.model.rowCount() else self.mode).setFocus()

    # -- deciding ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._opened:
            self._close_pane()
            return
        wanted = KEYS.get(Qt.Key(event.key()))
        allowed = bool(getattr(self.desk.settings, "single_keys", True)) and not event.modifiers()
        if wanted is not None and allowed and not isinstance(self.focusWidget(), QLineEdit):
            self.act(wanted)
        else:
            super().keyPressEvent(event)

    def act(self, wanted: str) -> None:
        """Do what a button or a key asks for."""
        if wanted == "whole":
            if self.zone in DECIDES:
                dialogs.decide_whole(self)
            return
        if self._value == NAMES:
            self._act_on_name(wanted)
            return
        item, mark = self.item, self.mark()
        if item is None:
            return
        with self.guard():
            if wanted == "cover" and mark is not None:
                number = item.marks.index(mark)
                seen = item.row_version
                self.decide(
                    lambda db: deciding.decide_marks(db, item.id, [number], "redact", "third_party", seen)
                )
            elif wanted == "keep" and mark is not None:
                dialogs.keep(self, item, mark)
            elif wanted == "choose":
                self._cover_chosen(item)
            elif wanted == "give":
                self.decide(lambda db: deciding.decide_item(db, item.id, "give"))
            elif wanted == "look":
                dialogs.look(self, item)
            elif wanted == "withhold" and item.decision == review.WITHHOLD:
                self.decide(lambda db: deciding.decide_item(db, item.id, "give"))
            elif wanted == "withhold":
                dialogs.withhold(self, item)

    def _act_on_name(self, wanted: str) -> None:
        row: Any = self.names.current_row()
        if row is None or wanted not in ("cover", "keep"):
            return
        if wanted == "cover":
            self.decide_name(row.name, "redact", "third_party")
        else:
            dialogs.keep_name(self, row)

    def _cover_chosen(self, item: ItemView) -> None:
        place = self.pane.text.chosen()
        if place is None:
            self.messages.show_message("info", tr("Choose words of one line of the text first."))
            return
        self.decide(lambda db: deciding.add_mark(db, item.id, *place))

    def decide(self, call: Decide) -> None:
        """Carry out one decision."""
        with self.desk.vault.write(self.zone) as db:
            call(db)

    def decide_name(self, name: str, decision: str, reason: str) -> None:
        """Every place of a name that nobody has decided on, by a job."""

        def work(job: Job) -> int:
            return deciding.decide_name_everywhere(
                self.desk.vault, job, self.request_id, self.zone, name, decision, reason
            )

        def told(count: int) -> None:
            self.done(ntr("{n} place decided.", "{n} places decided.", count).format(n=count))

        self.desk.jobs.start(work, told, self.job_failed, tr("Deciding on a name"))

    def finish(self) -> None:
        """Call the part ready, and go back to the request."""
        with self.guard():
            with self.desk.vault.write(self.zone) as db:
                deciding.finish_part(db, self.request_id)
            self.desk.open_link(Link("privacy", self.request_id, ("requests",)))
