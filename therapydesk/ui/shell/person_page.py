"""A person: the header that is always the same, and the tabs of the modules."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QWidget

from therapydesk.api import Fact, Link, PersonTab, get_person, hooks, may, person_word, tr, viewed
from therapydesk.ui.kit.cards import PersonHeader
from therapydesk.ui.kit.page import BasePage

if TYPE_CHECKING:
    from therapydesk.ui.kit.desk import Desk


class PersonPage(BasePage):
    """One person. Tabs are built when they are first shown."""

    watches = ("person", "contact_point", "access_need", "episode", "caseload_statement")
    help_name = "person"

    def __init__(self, desk: Desk, person_id: UUID) -> None:
        super().__init__(desk, "")
        self.person_id = person_id
        self.set_back(person_word(2, capital=True), lambda: desk.open_link(Link("caseload.people")))
        self.header = PersonHeader()
        self.head.insertWidget(0, self.header, 1)
        if may(desk.user, "appointments.book"):
            book = Link("diary.diary", person_id, ("new",))
            self.add_action_button(tr("Book session"), lambda: desk.open_link(book), "diary")
        if may(desk.user, "notes.write"):
            note = Link("notes.notes", person_id, ("new",))
            self.add_action_button(tr("Write note"), lambda: desk.open_link(note), "notes", primary=True)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName(tr("Parts of the record"))
        self._tabs = self._offered()
        for tab in self._tabs:
            holder = QWidget()
            layout = QHBoxLayout(holder)
            layout.setContentsMargins(0, 16, 0, 0)
            self.tabs.addTab(holder, tab.title)
        self.body.addWidget(self.tabs, 1)
        self.tabs.currentChanged.connect(self._build)
        self._build(0)
        QTimer.singleShot(0, self._log_view)
