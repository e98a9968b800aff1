"""A person: the header that is always the same, and the tabs of the modules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from therapydesk.api import (
    Fact,
    Link,
    PersonTab,
    PersonView,
    get_person,
    hooks,
    may,
    person_word,
    tr,
    viewed,
)
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import FlowLayout
from therapydesk.ui.kit.labels import IconMark, OneLine, StateMark, text_label
from therapydesk.ui.kit.page import MARGIN, BasePage
from therapydesk.ui.kit.subject import Subject
from therapydesk.ui.kit.tabs import Tabs

if TYPE_CHECKING:
    from therapydesk.ui.kit.desk import Desk

FACT_ICONS = {"ask_me_about": "music", "access": "access", "alert": "warn", "notice": "warn", "risk": "warn"}
IN_HEADER = ("alert", "died", "notice", "risk")
STATES = {
    "active": ("full", "ok"),
    "waiting": ("half", "warn"),
    "paused": ("ring", "text_muted"),
    "closed": ("dash", "text_muted"),
}


class PersonPage(BasePage):
    """One person. Tabs are built when they are first shown."""

    watches = (
        "person",
        "contact_point",
        "access_need",
        "episode",
        "caseload_statement",
        "safeguarding_notice",
        "safeguarding_risk_note",
    )
    help_name = "person"

    def __init__(self, desk: Desk, person_id: UUID, tab: str = "") -> None:
        super().__init__(desk, "")
        self.person_id = person_id
        self.set_back(
            person_word(2, capital=True),
            lambda: desk.open_link(Link("caseload.people")),
        )
        self.header = PersonHeader()
        self.add_title_widget(self.header)
        self._add_actions()
        self.tabs = Tabs(tr("Parts of the record"))
        self.tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the bar alone takes the focus
        self.tabs.tabBar().setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._offered = self._find_tabs()
        for offered in self._offered:
            self.tabs.add_tab(_Holder(offered.title), offered.title)
        self.body.addWidget(self.tabs, 1)
        self.body.setContentsMargins(MARGIN, 0, MARGIN, 0)  # what scrolls goes on to the foot of the window
        self.tabs.currentChanged.connect(self._build)
        self.show_tab(tab)
        self._build(self.tabs.currentIndex())
        QTimer.singleShot(0, self._log_view)

    def _find_tabs(self) -> list[PersonTab]:
        return sorted(self.desk.plugins.offered(hooks.person_tabs, self.desk.vault), key=lambda t: t.order)

    def _add_actions(self) -> None:
        user, open_link = self.desk.user, self.desk.open_link
        if may(user, "appointments.book"):
            book = Link("diary.diary", self.person_id, ("new",))
            self.add_action_button(tr("Book session"), lambda: open_link(book), "diary")
        if self.desk.vault.allows("notes.write"):
            note = Link("notes.notes", self.person_id, ("new",))
            self.add_action_button(tr("Write note"), lambda: open_link(note), "notes", primary=True)

    def subject(self) -> Subject:
        """The person."""
        return Subject(self.person_id)

    def show_tab(self, tab_id: str) -> None:
        """Go to a tab by its id; the first when it is not there."""
        ids = [t.id for t in self._offered]
        self.tabs.setCurrentIndex(ids.index(tab_id) if tab_id in ids else 0)

    def _build(self, index: int) -> None:
        holder = self.tabs.widget(index)
        if isinstance(holder, _Holder) and not holder.built:
            with self.guard():
                offered = self._offered[index]
                widget = self.desk.plugins.build(offered, self.desk, self.person_id)
                failed = tr("“{tab}” could not be shown. See Settings, Modules.").format(tab=offered.title)
                holder.put(widget if widget is not None else text_label(failed, tone="warn", wrap=True))

    def _log_view(self) -> None:
        """Write down, after the page has painted, that the record was opened."""
        if self.desk.vault.is_unlocked and "clinical" in self.desk.vault.zones:
            viewed(self.desk.vault, "clinical", self.person_id, "person")

    def refresh(self) -> None:
        with self.desk.vault.read() as db:
            person = get_person(db, self.person_id)
            answers = self.desk.plugins.ask(hooks.person_facts, db=db, person_ids=[self.person_id])
        facts = [f for each in answers.values for f in each.get(self.person_id, [])]
        self.header.show_person(person, sorted(facts, key=lambda f: f.order))
        self.setAccessibleName(person.name)
        self.set_summary("")
        for failure in answers.failures:
            self.messages.show_message("warn", tr("{module} could not answer.").format(module=failure.title))

    def focus_first(self) -> None:
        self.tabs.tabBar().setFocus()


class _Holder(QWidget):
    """An empty tab until it is first shown."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.built = False
        self.setAccessibleName(name)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 16, 0, 0)

    def put(self, widget: QWidget) -> None:
        self.built = True
        scrolls = isinstance(widget, BasePage) and widget.scrolls
        self._layout.setContentsMargins(0, 16, 0, 0 if scrolls else MARGIN)
        self._layout.addWidget(widget)


def _on_baseline(widget: QWidget) -> QWidget:
    """Body text lifted so that it stands on the line of a title beside it."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    title, body = QFontMetrics(style.title_font()), QFontMetrics(style.body_font())
    row.setContentsMargins(0, 0, 0, title.descent() - body.descent())
    row.addWidget(widget)
    return holder


class PersonHeader(QWidget):
    """Name line (name, full name, pronouns, age, state) and facts line (ask me about, access needs, alert)."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.sp(1))
        line = QWidget()
        self._names = names = FlowLayout(line, spacing=style.sp(3), down=0, level="foot")
        self.name = text_label("", "title")
        self.rest = OneLine("")
        style.set_tone(self.rest, "text_muted")
        self.state = StateMark("", "full", "ok")
        names.addWidget(self.name)
        for small in (self.rest, self.state):
            names.addWidget(_on_baseline(small))
        self._facts = QWidget()
        self._flow = FlowLayout(self._facts, spacing=style.sp(5), down=style.sp(1))
        column.addWidget(line)
        column.addWidget(self._facts)

    def sizeHint(self) -> QSize:
        """With each line unbroken; asked of the lines themselves, as the column learns of new parts too late."""
        widest = max(flow.sizeHint().width() for flow in (self._names, self._flow))
        return QSize(widest, super().sizeHint().height())

    def show_person(self, person: PersonView, facts: Sequence[Fact]) -> None:
        """Show the person; diagnosis is never here."""
        self.name.setText(person.name)
        full = person.full_name if person.full_name != person.name else ""
        parts = [full, person.pronouns, person.age_text]
        self.rest.setText(" · ".join(p for p in parts if p))
        shape, token = STATES.get(person.stage, ("dash", "text_muted"))
        self.state.setVisible(bool(person.stage_text))
        self.state.set_state(person.stage_text, shape, token)
        self._show_facts(person, facts)

    def _show_facts(self, person: PersonView, facts: Sequence[Fact]) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        if person.ask_me_about:
            self._add_fact("music", tr("Ask me about {what}").format(what=person.ask_me_about))
        if person.needs_text:
            self._add_fact("access", person.needs_text)
        for fact in facts:
            if fact.kind in IN_HEADER:
                self._add_fact(
                    FACT_ICONS.get(fact.kind, "info"),
                    fact.text,
                    box=fact.level == "warn",
                )

    def _add_fact(self, icon_name: str, text: str, *, box: bool = False) -> None:
        part = QFrame()
        if box:
            part.setProperty("part", "warn")
        row = QHBoxLayout(part)
        row.setContentsMargins(8 if box else 0, 2, 8 if box else 0, 2)
        row.setSpacing(style.sp(2))
        row.addWidget(IconMark(icon_name, "warn" if box else "text_muted"))
        row.addWidget(OneLine(text), 1)
        self._flow.addWidget(part)
        part.show()  # what is hidden is not counted in the width that the page asks for
