"""Today: the cards that the modules offer, in a wide and a narrow column."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from therapydesk.api import (
    Answers,
    Card,
    Db,
    DueItem,
    Link,
    appointments,
    due_on_records,
    hooks,
    local_now,
    may,
    ntr,
    person_word,
    relative,
    show_day,
    show_time,
    today,
    tr,
)
from therapydesk.ui.kit import cards
from therapydesk.ui.kit.in_turn import InTurn
from therapydesk.ui.kit.labels import text_label
from therapydesk.ui.kit.newest import Newest
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.two_columns import TwoColumns

if TYPE_CHECKING:
    from therapydesk.ui.kit.desk import Desk

WIDE, NARROW = 162, 100
EXPLICIT = Qt.WidgetAttribute.WA_WState_ExplicitShowHide
RECORDS = (
    "appointment",
    "attendance",
    "episode",
    "subject_request",
    "subject_pause",
)  # and whatever the modules keep
ELSEWHERE = (
    "note",
    "invoice",
    "referral",
    "concern",
    "concern_action",
    "safeguarding_task",
)  # these have a card of their own


class TodayPage(BasePage):
    """The first page. What a module could not answer is named; the rest is shown."""

    help_name = "today"
    scrolls = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, tr("Today"))
        self.watches = (*RECORDS, *(model.__tablename__ for model in desk.plugins.models()))
        beside = TwoColumns(WIDE, NARROW)
        self._columns = (beside.left, beside.right)
        self.body.addWidget(beside, 1)
        self._add_actions()
        self._due = DueCard(desk)
        self._reading = Newest(self, desk.jobs, self._show_due, self.job_failed)
        self._columns[0].addWidget(self._due, 1)
        self._columns[1].addStretch(1)
        self._focus_wanted = False
        self._making = InTurn(
            self, self._all_made
        )  # each card reads for itself: the window answers in between
        self._making.begin(partial(self._add_card, card) for card in self._cards())
        self._cards_are_new = True

    def _add_card(self, card: Card) -> None:
        if not self.desk.vault.is_unlocked:
            return  # locked meanwhile: the page goes
        widget = self.desk.plugins.build(card, self.desk)
        if widget is None:
            self._say_failed(card.title)
            return
        column = self._columns[card.column]
        column.insertWidget(column.count() - 1, widget)
        if not widget.testAttribute(EXPLICIT):  # a card may have hidden itself
            widget.show()  # at once: what is not in view yet cannot take the focus

    def _all_made(self) -> None:
        if self.desk.vault.is_unlocked:
            self._reading.start(self._read_due)
        self._order_tabs()
        wanted, self._focus_wanted = self._focus_wanted, False
        if wanted and self.isVisible():
            self.focus_first()

    def _say_failed(self, title: str) -> None:
        self.messages.show_message(
            "warn", tr("“{card}” could not be shown. See Settings, Modules.").format(card=title)
        )

    def _cards(self) -> list[Card]:
        found = self.desk.plugins.offered(hooks.dashboard_cards, self.desk.vault)
        mine = [c for c in found if c.place == "today"]
        return sorted(mine, key=lambda c: c.order)

    def _add_actions(self) -> None:
        user = self.desk.user
        if may(user, "appointments.book"):
            to_diary = Link("diary.diary", args=("new",))
            self.add_action_button(tr("New session"), lambda: self.desk.open_link(to_diary), "add")
        if self.desk.vault.allows("notes.write"):
            self._make_primary(tr("Write note"), "notes", Link("notes.notes", args=("new",)))
            return
        if any(
            self.desk.vault.allows(importer.permission)
            for importer in self.desk.plugins.collect(hooks.importers)
        ):
            self.add_action_button(tr("Import a file"), lambda: self.desk.open_link(Link("import")), "import")
        if may(user, "people.add"):
            text = tr("Add {person}").format(person=person_word())
            self._make_primary(text, "add", Link("caseload.people", args=("new",)))

    def _make_primary(self, text: str, icon: str, link: Link) -> None:
        """What this user makes most often; Ctrl+N does the same."""
        self.add_action_button(text, lambda: self.desk.open_link(link), icon, primary=True)
        self.new_record = lambda: self.desk.open_link(link)

    def refresh(self) -> None:
        """Read the day; the cards read for themselves, and what is due comes when it was read beside the window."""
        with self.desk.vault.read() as db:
            self.set_summary(self._day_in_words(db))
        if not self._making.busy:  # else when the cards are there: both at once would keep the window waiting
            self._reading.start(self._read_due)
        if not self._cards_are_new:
            self._keeping_the_place(self._read_cards)
        self._cards_are_new = False
        self._order_tabs()

    def _read_due(self) -> Answers[DueItem]:
        """What is due of every module and of the records: it looks among all people."""
        with self.desk.vault.read() as db:
            answers: Answers[DueItem] = self.desk.plugins.ask(hooks.due_items, db=db, today=today())
            answers.values.extend(due_on_records(db, today()))
        return answers

    def _show_due(self, answers: Answers[DueItem]) -> None:
        self._keeping_the_place(lambda: self._due.show_items(answers))
        self._order_tabs()

    def _keeping_the_place(self, make_anew: Callable[[], object]) -> None:
        """Make rows anew; the focus stays at the place where it was."""
        stops, held = self._stops(), QApplication.focusWidget()
        place = stops.index(held) if held in stops else -1
        if held is not None and place >= 0:
            held.clearFocus()  # or it would wander through the rows that go
        make_anew()
        stops = self._stops()
        if place >= 0 and stops:
            _focus(stops[min(place, len(stops) - 1)] if held not in stops else held)

    def _read_cards(self) -> None:
        for column in self._columns:
            for i in range(column.count()):
                item = column.itemAt(i)
                widget = item.widget() if item is not None else None
                if widget is not None and hasattr(widget, "refresh"):
                    widget.refresh()

    def _order_tabs(self) -> None:
        """Rows that were made anew stand at the end of the tab order: put all in the order of reading."""
        stops = self._stops()
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _stops(self) -> list[QWidget]:
        """What takes the focus, card by card."""
        found: list[QWidget] = []
        for column in self._columns:
            for place in range(column.count()):
                item = column.itemAt(place)
                card = item.widget() if item is not None else None
                inside = card.findChildren(QWidget) if card is not None else []
                found += [
                    w for w in inside if w.focusPolicy() & Qt.FocusPolicy.TabFocus and not _put_away(w, self)
                ]
        return found

    def _day_in_words(self, db: Db) -> str:
        """ "Wed 6 May 2026 · 5 sessions, Carys is next at 11:15"."""
        day = show_day(today())
        if not may(self.desk.user, "appointments.read"):
            return day
        mine = [s for s in appointments.day(db, today(), self.desk.user.id) if s.state != "cancelled"]
        sessions = ntr("{n} session", "{n} sessions", len(mine)).format(n=len(mine))
        coming = next((s for s in mine if s.state == "booked" and s.starts_at >= local_now()), None)
        if coming is None:
            return f"{day} · {sessions}"
        text = tr("{name} is next at {time}").format(
            name=coming.heading, time=show_time(coming.starts_at.time())
        )
        return f"{day} · {sessions}, {text}"

    def focus_first(self) -> None:
        """The next session, when a card marks one; else the first control. Once all cards are there."""
        if self._making.busy:
            self._focus_wanted = True
            return
        for column in self._columns:
            for i in range(column.count()):
                item = column.itemAt(i)
                widget: Any = item.widget() if item is not None else None
                if widget is not None and hasattr(widget, "focus_next") and widget.focus_next():
                    return
        stops = self._stops()
        if stops:
            _focus(stops[0])
        else:
            super().focus_first()


def _put_away(widget: QWidget, page: QWidget) -> bool:
    """Whether it, or what it stands in, was hidden, as rows are that others took the place of."""
    held: QWidget | None = widget
    while held is not None and held is not page:
        if held.isHidden() and held.testAttribute(EXPLICIT):
            return True
        held = held.parentWidget()
    return False


def _focus(widget: QWidget) -> None:
    """Focus a row that was made this moment: it must be shown to take the focus."""
    widget.show()
    widget.setFocus(Qt.FocusReason.OtherFocusReason)


class DueCard(QWidget):
    """What is to be done by a day, from every module."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._card = cards.Card(tr("What is due"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._card)
        self._card.add_row(text_label(tr("Looking …"), tone="text_muted"))

    def show_items(self, answers: Answers[DueItem]) -> None:
        """At most seven, the soonest first."""
        self._card.clear_rows()
        items = sorted((i for i in answers.values if i.kind not in ELSEWHERE), key=lambda i: i.due_on)
        for item in items[:7]:
            when = f"{show_day(item.due_on, short=True)}, {relative(item.due_on, today())}"
            link = item.link
            opened = (lambda link=link: self._desk.open_link(link)) if link is not None else None
            self._card.add_row(cards.CardRow(item.text, right=when, on_open=opened))
        if not items:
            self._card.add_row(text_label(tr("Nothing is due."), tone="text_muted", wrap=True))
        for failure in answers.failures:
            sentence = tr("{module} could not answer.").format(module=failure.title)
            self._card.add_row(text_label(sentence, tone="warn", wrap=True))
