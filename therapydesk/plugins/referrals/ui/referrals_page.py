"""Referrals: the list, and beside it the one that is open: what was sent, and what we will keep."""

from __future__ import annotations

import json
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QTextEdit

from therapydesk.api import Link, UserError, local_now, may, tr
from therapydesk.plugins.referrals import service
from therapydesk.plugins.referrals.lists import ReferralRow, ReferralView
from therapydesk.plugins.referrals.ui.answer_dialog import answer_dialog
from therapydesk.plugins.referrals.ui.imports_dialog import ImportsDialog
from therapydesk.plugins.referrals.ui.kept_pane import KeptPane
from therapydesk.plugins.referrals.ui.original_pane import OriginalPane
from therapydesk.plugins.referrals.ui.outcome_pane import OutcomePane
from therapydesk.plugins.referrals.ui.page_parts import (
    answered_words,
    duplicate_of,
    key_hints,
    next_to_answer,
    referral_filter,
    save_original,
    sender_choices,
    summary,
)
from therapydesk.plugins.referrals.ui.referral_list import FoldedList, full_table
from therapydesk.plugins.referrals.words import OPEN, Decision, state_word
from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.segments import SegmentedButtons
from therapydesk.ui.kit.viewing import Viewing

NARROW = 1000
MOST = 2_000
DRAFT = "referrals."
KEYS = {
    Qt.Key.Key_A: Decision.ACCEPT,
    Qt.Key.Key_M: Decision.ASK_MORE,
    Qt.Key.Key_N: Decision.NOT_FOR_US,
    Qt.Key.Key_T: Decision.TALK_FIRST,
}


class ReferralsPage(BasePage):
    """With nothing open the list is the whole page; opening one folds it."""

    watches = ("referrals_referral", "referrals_reason", "person", "organisation")
    help_name = "referrals"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, tr("Referrals"))
        self.may_answer = may(desk.user, "referrals.triage")
        self.view: ReferralView | None = None
        self._draft_of: UUID | None = None
        self._build_actions()
        self.filter, self.hints = referral_filter(self.may_answer), key_hints()
        self.filter.add_widget(self.hints)
        self.filter_list = self.filter.focus_search
        clinical = desk.vault.allows("referrals.read_reason")
        self.table, self.folded = full_table(clinical), FoldedList()
        self._viewing = Viewing(self, desk.vault, "reason")
        self.original, self.kept, self.outcome = OriginalPane(), KeptPane(), OutcomePane()
        for table in (self.table, self.folded):
            table.set_states(
                empty=(
                    tr("No referrals yet. Bring in a list or a letter from a file."),
                    tr("Import a file"),
                    self.import_file,
                ),
                filtered=(tr("No referral is like this."), tr("Clear filters"), self.filter.clear_filters),
            )
        self.sides = SegmentedButtons(
            [("sent", tr("What was sent")), ("kept", tr("What we will keep"))], tr("What to show")
        )
        self.sides.chosen.connect(lambda _side: self._fold())
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.table, 1)
        row.addWidget(self.folded)
        row.addWidget(self.original, 100)
        row.addWidget(self.kept, 108)
        row.addWidget(self.outcome, 108)
        self.body.setSpacing(12)
        self.body.addWidget(self.filter)
        self.body.addWidget(self.sides, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addLayout(row, 1)
        self._connect()
        self._fold()

    def _build_actions(self) -> None:
        self.imports = self.add_action_button(tr("Import a file"), self.import_file, primary=True)
        self.answers: dict[Decision, Any] = {}
        words = {
            Decision.TALK_FIRST: tr("Talk first"),
            Decision.NOT_FOR_US: tr("Not for us just now"),
            Decision.ASK_MORE: tr("Ask for more"),
        }
        for decision, text in words.items():
            self.answers[decision] = self.add_action_button(text, partial(self.answer, decision))
        accept = self.add_action_button(tr("Accept"), lambda: self.answer(Decision.ACCEPT), primary=True)
        self.answers[Decision.ACCEPT] = accept
        self.again = self.add_action_button(tr("Open again"), self.reopen)

    def _connect(self) -> None:
        self.filter.changed.connect(self.mark_stale)
        self.filter.down_pressed.connect(self.focus_list)
        self.table.opened.connect(lambda row: self.open_referral(row.id))
        self.folded.opened.connect(lambda _row: self.kept.form.focus_first())
        self.folded.current_changed.connect(self._on_folded)
        self.kept.draft_due.connect(self.keep_draft)
        self.kept.left.connect(self.focus_list)
        self.kept.field_entered.connect(self._mark)
        self.kept.compare_wanted.connect(self._compare)
        self.original.open_file.clicked.connect(lambda _checked=False: save_original(self, self.view))

    # -- the list -----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the list, and the referral that is open."""
        state = self.filter.value("state")
        text, sender = self.filter.text(), self.filter.value("sender")
        with self.desk.vault.read() as db:
            rows = service.list_referrals(
                db, None if state == "all" else state, text=text, sender=sender, limit=MOST
            )
            open_, answer = service.count_referrals(db, "open"), service.count_to_answer(db)
            senders = service.list_senders(db)
        self.filter.set_choices("sender", sender_choices(senders))
        filtered = self.filter.is_filtered()
        self.table.show_rows(rows, filtered)
        self.folded.blockSignals(True)
        self.folded.show_rows(rows, filtered)
        self.folded.blockSignals(False)
        self.set_summary(summary(open_, answer, self.may_answer))
        if self.view is not None:
            self._reload(self.view.row.id, rows)

    def _reload(self, key: UUID, rows: list[ReferralRow]) -> None:
        if all(row.id != key for row in rows):
            self.close_referral()
        elif not self.kept.changed():
            self.open_referral(key, focus=False)

    def focus_list(self) -> None:
        """The list, folded or full."""
        (self.folded if self.view is not None else self.table).view.setFocus()

    focus_first = focus_list

    # -- one referral -------------------------------------------------------------------------------------

    def open_ref(self, link: Link) -> None:
        """A link: to one referral, to the list of imports, or to answer the one that is open."""
        if link.ref is not None:
            self._refresh_now()
            if self.table.model.find(link.ref) < 0:
                self.filter.set_value("state", "all")
                self._refresh_now()
            self.open_referral(link.ref)
        elif link.args == ("imports",):
            ImportsDialog(self.desk, self).open()
        elif link.args[:1] == ("do",):
            self.answer(Decision(link.args[1]))

    def open_referral(self, key: UUID, focus: bool = True) -> None:
        """Open a referral beside the list; what was typed for the one before is kept."""
        self.save_kept()
        with self.desk.vault.read() as db:
            view = service.read_referral(db, key)
            duplicate = duplicate_of(db, view) if view.row.state in OPEN else None
        self.view = view
        with QSignalBlocker(self.folded):
            self.folded.select_key(key)
        self.table.select_key(key)
        self.original.show_view(view)
        may_edit = self.may_answer and view.row.state in OPEN and view.readable
        draft = self.desk.vault.load_draft(f"{DRAFT}{key}") if may_edit else None
        self.kept.show_view(view, draft, may_edit)
        self.outcome.show_view(view)
        self._viewing.look(view.row.id if view.readable else None, view.row.person_id)
        if duplicate is not None:
            self.kept.alike.show_duplicate(duplicate)
        self._fold()
        if focus:
            alone = self.folded.isHidden() and not self.original.isHidden()  # in a narrow window
            beside = self.kept.form.focus_first if may_edit else self.folded.view.setFocus
            self.original.text.setFocus() if alone else beside()

    def _on_folded(self, row: ReferralRow | None) -> None:
        if row is not None and self.view is not None and row.id != self.view.row.id:
            with self.guard():
                self.open_referral(row.id, focus=False)

    def close_referral(self) -> None:
        """Back to the whole list."""
        self.save_kept()
        self.view = None
        self._viewing.look(None)
        self._fold()
        self.table.view.setFocus()

    def _fold(self) -> None:
        """Show what belongs on the page: the whole list, or folded list and panes, or at small width one pane."""
        view = self.view
        open_ = view is not None
        narrow = self.width() < NARROW * style.text_scale()
        answered = view is not None and view.row.state not in OPEN
        side = self.sides.value()
        self.table.setVisible(not open_)
        self.folded.setVisible(open_ and not narrow)
        self.sides.setVisible(open_ and narrow)
        keeps = view is not None and self.may_answer and not answered and view.readable
        self.original.setVisible(open_ and (not narrow or side == "sent"))
        second = open_ and (not narrow or side == "kept")
        self.kept.setVisible(second and keeps)
        self.outcome.setVisible(second and not keeps)
        answers = view is not None and self.may_answer and not answered
        for decision, made in self.answers.items():
            made.setVisible(answers and (decision is not Decision.TALK_FIRST or self._may_talk_first()))
        self.again.setVisible(answered and self.may_answer)
        self.imports.setVisible(not open_ and may(self.desk.user, "referrals.import"))
        self.hints.setVisible(answers and not narrow)

    def _may_talk_first(self) -> bool:
        return self.view is not None and self.view.row.agreed != "yes" and self.view.row.state != "talk_first"

    def _mark(self, field: str) -> None:
        self.original.mark_words(str(self.kept.values().get(field) or ""))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    # -- keeping what is typed ----------------------------------------------------------------------------

    def keep_draft(self) -> None:
        """Keep a crash copy of the form."""
        if self.view is not None and self.kept.changed():
            self.desk.vault.save_draft(f"{DRAFT}{self.view.row.id}", json.dumps(self.kept.values()))
            self.kept.state.setVisible(True)
            self.kept.state.show_saved(local_now().time())

    def save_now(self) -> None:
        """Before the lock: a crash copy is enough, the text stays sealed to its author."""
        self.keep_draft()

    def save_kept(self) -> None:
        """Keep what the form says, when anything in it was changed."""
        view = self.view
        if view is None or not self.kept.isEnabled() or not self.kept.changed() or not self.may_answer:
            return
        values = self.kept.values()
        with self.guard():
            with self.desk.vault.write("core") as db:
                service.keep(
                    db,
                    view.row.id,
                    self.kept.texts(),
                    agreed=values["agreed"],
                    best_way=self.kept.best_way(),
                    priority=values["priority"],
                )
            self.kept.taken()
            self.desk.vault.drop_draft(f"{DRAFT}{view.row.id}")
            self.kept.state.setVisible(False)

    # -- answering ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        typing = isinstance(self.focusWidget(), QLineEdit | QPlainTextEdit | QTextEdit)
        decision = KEYS.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self.view is not None:
            self.close_referral()
        elif decision is not None and not event.modifiers() and not typing:
            self.answer(decision)
        else:
            super().keyPressEvent(event)

    def answer(self, decision: Decision) -> None:
        """Answer the referral that is open, or the current one of the list."""
        with self.guard():
            row = self.view.row if self.view is not None else self.table.current_row()
            if row is None or not self.may_answer:
                raise UserError(tr("Choose a referral first."))
            if self.view is None:
                self.open_referral(row.id, focus=False)
            if row.state not in OPEN:
                raise UserError(
                    tr("This referral has its answer: {state}.").format(state=state_word(row.state))
                )
            self.save_kept()
            if decision is Decision.ACCEPT:
                self._decide(decision)
            else:
                dialog = answer_dialog(
                    self, decision, row.name, lambda code, text: self._decide(decision, code, text), row.id
                )
                dialog.open()

    def _decide(self, decision: Decision, code: str = "", text: str = "") -> None:
        view = self.view
        if view is None:
            return
        priority = int(self.kept.values()["priority"] or view.row.priority)
        with self.desk.vault.write("core") as db:
            service.triage(db, view.row.id, decision, priority, code, text)
        self.desk.vault.drop_draft(f"{DRAFT}{view.row.id}")
        self.done(answered_words(decision, view.row.name), lambda: self._take_back(view.row.id))
        self._go_on(view.row.id)

    def _take_back(self, key: UUID) -> None:
        with self.desk.vault.write("core") as db:
            service.reopen(db, key)

    def reopen(self) -> None:
        """Open an answered referral again."""
        if self.view is not None:
            with self.guard():
                key = self.view.row.id
                self._take_back(key)
                self.open_referral(key, focus=False)

    def _go_on(self, answered: UUID) -> None:
        """To the next open referral below, so that a morning's referrals are answered one after the other."""
        rows: list[ReferralRow] = [self.folded.model.row(n) for n in range(self.folded.row_count())]
        later = next_to_answer(rows, answered)
        self.view = None
        self.refresh()
        if later is not None:
            self.open_referral(later, focus=False)
        self._fold()
        self.focus_list()

    # -- elsewhere ----------------------------------------------------------------------------------------

    def _compare(self, other: UUID) -> None:
        if self.view is not None:
            self.save_kept()
            self.desk.open_link(Link("caseload.people", other, ("same",)))

    def import_file(self) -> None:
        """Open the import; the shell asks for the file."""
        self.desk.open_link(Link("import"))
