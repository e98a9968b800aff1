"""The window: sidebar, pages, status bar, and the way between them. It knows hooks and no module."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QWidget

from therapydesk.api import Link, Page, UserError, hooks, may, tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.icons import app_icon
from therapydesk.ui.kit.messages import undo_list
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.shell.command_palette import CommandPalette
from therapydesk.ui.shell.dashboard import TodayPage
from therapydesk.ui.shell.history import History
from therapydesk.ui.shell.menus import Menus
from therapydesk.ui.shell.palette_entries import find_entries, offered_commands
from therapydesk.ui.shell.person_page import PersonPage
from therapydesk.ui.shell.sidebar import Sidebar
from therapydesk.ui.shell.status_bar import StatusBar

if TYPE_CHECKING:
    from therapydesk.ui.kit.desk import Desk

FOLD_BELOW = 1200
TODAY = "today"
PERSON = "person"


class DeskView(QWidget):
    """What is shown while the vault is unlocked: sidebar and page. Thrown away at lock, with all models."""

    def __init__(self, desk: Desk, user_title: str, window: MainWindow) -> None:
        super().__init__()
        self.desk, self._window = desk, window
        self.history = History()
        self.pages = [Page(TODAY, tr("Today"), "", "dashboard.read", TodayPage, icon="today", order=0)]
        self.pages += [p for p in desk.plugins.collect(hooks.pages) if may(desk.user, p.permission)]
        self.commands = offered_commands(self)
        self.sidebar = Sidebar(self.pages, desk.user.name, user_title)
        self.stack = QStackedWidget()
        self.stack.setMinimumWidth(0)
        self._built: dict[str, BasePage] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addWidget(self.stack, 1)
        self.sidebar.page_chosen.connect(lambda page_id: self.open(Link(page_id)))
        self.palette_ = CommandPalette(self, lambda text: find_entries(self, text))
        self.sidebar.palette_wanted.connect(self.palette_.open)
        self._badges = QTimer(self, singleShot=True, interval=200)
        self._badges.timeout.connect(self._count_badges)
        desk.jobs.changed.connect(lambda _changed: self._badges.start())
        self._badges.start()

    @property
    def page(self) -> BasePage | None:
        """The page in view."""
        found = self.stack.currentWidget()
        return found if isinstance(found, BasePage) else None

    def open(self, link: Link, *, visit: bool = True) -> None:
        """Go to a link. A page the user may not open is refused with a sentence on the page in view."""
        try:
            page = self._person(link) if link.page == PERSON else self._page(link)
        except UserError as error:
            if self.page is not None:
                self.page.show_error(error)
            return
        if visit:
            self.history.visit(link)
        before = self.page
        if page is not before:
            self.stack.setCurrentWidget(page)
            if isinstance(before, PersonPage):
                self.stack.removeWidget(before)
                before.deleteLater()
        self.sidebar.select("caseload.people" if link.page == PERSON else link.page)
        opener: Callable[[Link], None] | None = getattr(page, "open_ref", None)
        if opener is not None and (link.ref is not None or link.args):
            with page.guard():
                opener(link)
        else:
            QTimer.singleShot(0, page.focus_first)

    def _page(self, link: Link) -> BasePage:
        found = next((p for p in self.pages if p.id == link.page), None)
        if found is None:
            raise UserError(tr("That page is not open to you, or its module is switched off."))
        if found.id not in self._built:
            page: BasePage = found.build(self.desk)
            self._built[found.id] = page
            self.stack.addWidget(page)
        return self._built[found.id]

    def _person(self, link: Link) -> BasePage:
        if link.ref is None:
            raise UserError(tr("That person is not here."))
        page = self.page
        tab = link.args[0] if link.args else ""
        if isinstance(page, PersonPage) and page.person_id == link.ref:
            page.show_tab(tab)
            return page
        made = PersonPage(self.desk, link.ref, tab)
        self.stack.addWidget(made)
        return made

    def go(self, link: Link | None) -> None:
        """Back or forward: go without adding to the history."""
        if link is not None:
            self.open(link, visit=False)

    def _count_badges(self) -> None:
        counted = [p for p in self.pages if p.badge is not None]
        if not counted or not self._window.vault_open():
            return
        with self.desk.vault.read() as db:
            self.sidebar.model.set_badges({p.id: p.badge(db) for p in counted if p.badge is not None})

    def current_person(self) -> UUID | None:
        """The person in view, if a person is."""
        return self.page.person_id if isinstance(self.page, PersonPage) else None


class MainWindow(QMainWindow):
    """One window for everything: unlock and first run fill it, then the desk does."""

    closing = Signal()
    lock_wanted = Signal()
    files_dropped = Signal(list)

    def __init__(self, settings: Any) -> None:
        super().__init__()
        self.settings = settings
        self.view: DeskView | None = None
        self.setWindowTitle("TherapyDesk")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(1024, 680)
        self.setAcceptDrops(True)
        self.status = StatusBar()
        self.setStatusBar(self.status)
        self.menus = Menus(self)
        self.resize(1366, 768)

    def show_full(self, widget: QWidget) -> None:
        """Fill the window with a page that needs no desk (unlock, first run)."""
        self._drop_view()
        self.setCentralWidget(widget)
        self.menus.without_desk()

    def show_desk(self, desk: Desk, user_title: str, first: Link | None = None) -> None:
        """Show the desk and its first page."""
        self._drop_view()
        self.view = DeskView(desk, user_title, self)
        self.view.sidebar.lock_wanted.connect(self.lock_wanted)
        self.setCentralWidget(self.view)
        self.status.watch(desk.jobs)
        self.status.set_demo(desk.vault.demo)
        self._fold()
        self.menus.with_desk(self.view)
        self.view.open(first or Link(TODAY))

    def _drop_view(self) -> None:
        if self.view is not None:
            undo_list.clear()
            self.menus.without_desk()
            self.view = None

    def vault_open(self) -> bool:
        """Whether the desk is in view and its vault unlocked."""
        return self.view is not None and bool(self.view.desk.vault.is_unlocked)

    def open_link(self, link: Link) -> None:
        """Go to a link, if a desk is open."""
        if self.view is not None:
            self.view.open(link)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        if self.view is not None:
            narrow = self.width() < FOLD_BELOW or style.text_scale() > 1.5
            if self.view.sidebar.delegate.folded != narrow:
                self.view.sidebar.fold(narrow)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.vault_open() and event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [u.toLocalFile() for u in event.mimeData().urls() if u.isLocalFile()]
        if paths:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.files_dropped.emit(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)
