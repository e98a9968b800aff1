"""One concern, as a lead reads it: what the person wants first, the clock beside, then facts, actions and the rest."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise, zip_longest
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QScrollArea, QVBoxLayout, QWidget

from therapydesk.api import list_users, local_now, setting, show_time, today, tr, viewed
from therapydesk.plugins.safeguarding.raising import HOURS
from therapydesk.plugins.safeguarding.service import ConcernView, list_leads, mark_read, read_concern
from therapydesk.plugins.safeguarding.ui import concern_cards, more_cards
from therapydesk.plugins.safeguarding.ui.actions_pane import ActionsPane
from therapydesk.plugins.safeguarding.ui.concern_files import ConcernFiles
from therapydesk.plugins.safeguarding.ui.concern_work import ZONE, ConcernWork
from therapydesk.plugins.safeguarding.ui.parts import called
from therapydesk.plugins.safeguarding.ui.raise_cards import first_name, name_list
from therapydesk.plugins.safeguarding.ui.weigh_card import WeighCard, wishes_card
from therapydesk.plugins.safeguarding.ui.words import instant
from therapydesk.ui.kit.cards import Steps
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.in_turn import InTurn
from therapydesk.ui.kit.messages import quiet
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.subject import Subject
from therapydesk.ui.kit.two_columns import TwoColumns

AGAIN_MS = 5 * 60 * 1000  # how far away the decision is, is told anew
SEEN_FIRST = 5  # cards that the window has room for when a concern is opened
Maker = Callable[[], QWidget | None]
Step = tuple[str, str, bool]  # name, when, whether it is done


class ConcernPage(BasePage):
    """Opening it is logged, and the first time the sender is told that it was read. `other_wanted`: another concern."""

    watches = ("safeguarding_concern", "safeguarding_entry", "safeguarding_action")
    help_name = "concern"
    scrolls = True
    other_wanted = Signal(UUID)

    def __init__(self, desk: Desk, view: ConcernView) -> None:
        super().__init__(desk, tr("Concern {n}: {name}").format(n=view.number, name=called(view)))
        self.view = view
        self._opened: set[UUID] = set()
        self._all = False
        self._stale = False  # it was read this moment
        with desk.vault.read() as db:
            self.leads = list_leads(db)
            self.staff = [(user.id, user.name) for user in list_users(db)]
            self._hours = int(setting(db, "safeguarding.decide_hours", HOURS))
        self.work, self.files = ConcernWork(self), ConcernFiles(self)
        self.add_action_button(tr("Chronology"), self._do(self.work.chronology), "document")
        self._add = self.add_action_button(tr("Add to record"), self._do(self.work.add), "add")
        self.decide_button = self.add_action_button(
            tr("Record decision"), self._do(self._primary_work), primary=True, shortcut="Ctrl+Return"
        )
        self._holder = QWidget()
        self._making = InTurn(self, self._order_tabs)
        self._sides: tuple[QBoxLayout, ...] = ()
        self.body.addWidget(self._holder, 1)
        self._show(in_turn=True)
        QTimer.singleShot(0, self._log_opened)
        again = QTimer(self, interval=AGAIN_MS)
        again.timeout.connect(self.mark_stale)
        again.start()

    def subject(self) -> Subject:
        """The person it is about."""
        return Subject(self.view.person_id)

    def _do(self, call: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            with self.guard():
                call()

        return run

    def _primary_work(self) -> object:
        return self.work.reopen() if self.view.state == "closed" else self.work.decide()

    # -- the log -------------------------------------------------------------------------------------------

    def _log_opened(self) -> None:
        """Once it is painted: that it was opened, and the first time that it was read."""
        self.log_view("concern")
        time = show_time(local_now().time())
        quiet.say(tr("Opened {time}, written in the activity log").format(time=time))
        if self.view.read_at is None:
            QTimer.singleShot(0, self, self._tell_read)

    def _tell_read(self) -> None:
        with self.guard(), self.desk.vault.write(ZONE) as db:
            mark_read(db, self.view.id)

    def hideEvent(self, event: QHideEvent) -> None:
        """What the status bar says of it goes with it."""
        super().hideEvent(event)
        quiet.say("")

    def log_view(self, what: str) -> None:
        """Write into the log that this concern, or something of it, was looked at."""
        viewed(self.desk.vault, ZONE, self.view.id, what)

    # -- showing -------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read it afresh; scroll position and focus stay where they were."""
        with self.desk.vault.read() as db:
            self.view = read_concern(db, self.view.id)
        self._show()

    def show_all(self) -> None:
        """Every entry, however many there are."""
        self._all = True
        self._show()

    def _show(self, *, in_turn: bool = False) -> None:
        """Make the cards, those that are seen first at once; `in_turn`: the others while the window answers."""
        view, me = self.view, self.desk.user.id
        others = [first_name(lead.name) for lead in self.leads if lead.id != me and lead.holds_key]
        readers = (
            tr("only you and {names} can open this").format(names=name_list(others))
            if others
            else tr("only you can open this")
        )
        raised = tr("Raised {when} by {who}").format(
            when=instant(view.raised_at, short=False), who=view.raiser
        )
        self.set_summary(f"{raised} · {readers}")
        self.decide_button.setText(tr("Open again") if view.state == "closed" else tr("Record decision"))
        self._add.setVisible(view.state != "closed")
        fresh = self._cards(view, me)
        if not in_turn:  # place and focus are brought back: all of it must be there
            self._making.finish()
        self._swap(fresh)

    def _swap(self, fresh: QWidget) -> None:
        focus = QApplication.focusWidget()
        name = focus.objectName() if focus is not None and self._holder.isAncestorOf(focus) else ""
        if focus is not None and self._holder.isAncestorOf(focus):
            held = focus.parentWidget()
            while not name and held is not None and held is not self._holder:
                name, held = held.objectName(), held.parentWidget()
        area = self.findChild(QScrollArea)
        place = area.verticalScrollBar().value() if area is not None else 0
        self.body.replaceWidget(self._holder, fresh)
        self._holder.hide()
        self._holder.setParent(None)
        self._holder.deleteLater()
        self._holder = fresh
        fresh.show()  # at once: what is not in view yet cannot take the focus
        again: Any = fresh.findChild(QWidget, name) if name else None
        if again is not None:
            again.setFocus()
        elif focus is not None and name:
            self.decide_button.setFocus()
        if area is not None:
            QTimer.singleShot(0, area, lambda: area.verticalScrollBar().setValue(place))

    def _cards(self, view: ConcernView, me: UUID) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self._steps(view, me))
        columns = TwoColumns(76, 33)
        work, rest = self.work, None if self._all else self.show_all
        left = [
            lambda: concern_cards.wants_card(view, me, self._do(lambda: work.add("wants"))),
            lambda: concern_cards.facts_card(view, self._opened, work.beside, rest, work.open_person),
            lambda: ActionsPane(view, me, self._do(work.add_action), work.change_action),
            lambda: concern_cards.decisions_card(view, work.beside),
            lambda: more_cards.talks_card(view, self._do(work.talk), work.answer),
            lambda: more_cards.plans_card(view, self._do(work.plan), self._do(work.safety_plan)),
            lambda: more_cards.body_card(view, self._do(work.marks), work.beside),
            lambda: more_cards.files_card(view, self._do(self.files.attach), self.files.keep_copy),
        ]
        right = [
            lambda: concern_cards.due_card(view, self._hours),
            lambda: WeighCard(view, work.weigh, self._do(work.kinds), today()),
            lambda: concern_cards.knows_card(view, self.leads, me, self._do(work.told)),
            lambda: wishes_card(view, self._do(work.wishes)),
            lambda: more_cards.links_card(
                view,
                self._do(work.name_person),
                self._do(work.link_concern),
                self.other_wanted.emit,
                work.open_source,
            ),
            lambda: concern_cards.council_card(view),
            lambda: concern_cards.law_card(view),
            lambda: more_cards.going_on_card(
                view,
                self._do(work.pass_on),
                self._do(work.close),
                self._do(work.reopen),
                self._do(work.verify),
                self._do(work.tell),
            ),
        ]
        for side in (columns.left, columns.right):
            side.addStretch(1)
        column.addWidget(columns)
        column.addStretch(1)
        pairs = zip_longest(left, right)  # as they stand beside each other, from the top
        self._sides = sides = (columns.left, columns.right)
        makers = [
            (s, make) for pair in pairs for s, make in zip(sides, pair, strict=True) if make is not None
        ]
        for side, make in makers[:SEEN_FIRST]:
            _put(side, make)
        self._making.begin(partial(_put, side, make) for side, make in makers[SEEN_FIRST:])
        return holder

    def _order_tabs(self) -> None:
        """They were made from the top down; the keyboard goes through the left column, then the right."""
        items = [side.itemAt(place) for side in self._sides for place in range(side.count() - 1)]
        cards = [card for item in items if item is not None and (card := item.widget()) is not None]
        inside = [w for card in cards for w in card.findChildren(QWidget)]
        stops = [w for w in inside if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _steps(self, view: ConcernView, me: UUID) -> Steps:
        """What is done stands before what is still to come, so that the marks tell the truth."""
        steps = concern_steps(view, me)
        steps.sort(key=lambda step: not step[2])
        names, details = [step[0] for step in steps], [step[1] for step in steps]
        done = sum(step[2] for step in steps)
        return Steps(names, done, timeline=True, details=details)

    def focus_first(self) -> None:
        """What a lead does first."""
        self.decide_button.setFocus()


def _put(side: QBoxLayout, make: Maker) -> None:
    card = make()
    if card is not None:
        side.insertWidget(side.count() - 1, card)


def concern_steps(view: ConcernView, me: UUID) -> list[Step]:
    """The way of a concern: raised, read, talked about with the person, decided, followed up, closed."""
    raiser, name = first_name(view.raiser), called(view)
    later = tr("not yet")
    reader = tr("you") if view.lead_id == me else first_name(view.lead)
    todo = [a for a in view.actions if a.state == "todo"]
    closed = view.closed_at is not None
    decide = (
        (tr("Decided"), instant(view.decided_at), True)
        if view.decided_at is not None
        else (tr("Decide"), tr("by {when}").format(when=instant(view.due_at)), False)
    )
    followed = view.decided_at is not None and not todo
    act = tr("{n} to do").format(n=len(todo)) if todo else tr("nothing left to do") if followed else later
    return [
        (tr("Raised by {name}").format(name=raiser), instant(view.raised_at), True),
        (
            tr("Read by {name}").format(name=reader) if view.read_at else tr("Read"),
            instant(view.read_at) if view.read_at else tr("now"),
            True,
        ),
        (
            tr("Talked with {name}").format(name=name)
            if view.talked_at
            else tr("Talk with {name}").format(name=name),
            instant(view.talked_at) if view.talked_at else later,
            view.talked_at is not None,
        ),
        decide,
        (tr("Act, follow up"), act, closed or followed),
        (
            tr("Closed") if closed else tr("Close, tell {name}").format(name=raiser),
            instant(view.closed_at) if view.closed_at is not None else later,
            closed,
        ),
    ]
