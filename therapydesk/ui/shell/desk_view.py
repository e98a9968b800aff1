"""What is shown while the vault is unlocked: sidebar and pages, and the way between them. It knows hooks, no module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from therapydesk.api import Link, Page, UserError, hooks, may, tr
from therapydesk.ui.kit.newest import Newest
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.shell.anywhere import Anywhere
from therapydesk.ui.shell.command_palette import CommandPalette
from therapydesk.ui.shell.covering import Covering
from therapydesk.ui.shell.dashboard import TodayPage
from therapydesk.ui.shell.history import History
from therapydesk.ui.shell.palette_entries import find_entries, offered_commands
from therapydesk.ui.shell.person_page import PersonPage
from therapydesk.ui.shell.privacy_window import may_see_privacy, privacy_page
from therapydesk.ui.shell.sidebar import Sidebar

if TYPE_CHECKING:
    from therapydesk.ui.kit.desk import Desk

TODAY = "today"
PERSON = "person"
IMPORT = "import"
PRIVACY = "privacy"
ACTIVITY = "activity"


class DeskView(QWidget):
    """What is shown while the vault is unlocked: sidebar and page. Thrown away at lock, with all models."""

    def __init__(self, desk: Desk, user_title: str) -> None:
        super().__init__()
        self.desk = desk
        self.history = History()
        self.pages = [
            Page(
                TODAY,
                tr("Today"),
                "",
                "dashboard.read",
                TodayPage,
                icon="today",
                order=0,
            )
        ]
        offered = desk.plugins.offered(hooks.pages, desk.vault)
        self.pages += [p for p in offered if p.in_sidebar]
        self._over = {p.id: p for p in offered if not p.in_sidebar}
        self.commands = offered_commands(self)
        self.sees_privacy = may_see_privacy(desk.user)
        self.sidebar = Sidebar(self.pages, desk.user.name, user_title)
        self.stack = QStackedWidget()
        self.stack.setMinimumWidth(0)
        self.covering = Covering(desk, self.stack)
        self._anywhere = Anywhere(self, self.commands)
        self._built: dict[str, BasePage] = {}
        self._passing: list[BasePage] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addWidget(self.stack, 1)
        self.sidebar.page_chosen.connect(lambda page_id: self.open(Link(page_id)))
        self.palette_ = CommandPalette(self, lambda text: find_entries(self, text))
        self.sidebar.palette_wanted.connect(self.palette_.open)
        self._counting = Newest(self, desk.jobs, self.sidebar.model.set_badges, self._not_counted)
        self._badges = QTimer(self, singleShot=True, interval=200)
        self._badges.timeout.connect(self._count_badges)
        desk.jobs.changed.connect(self._count_soon)
        self._badges.start()

    @property
    def page(self) -> BasePage | None:
        """The page in view."""
        found = self.stack.currentWidget()
        return found if isinstance(found, BasePage) else None

    def open(self, link: Link, *, visit: bool = True) -> None:
        """Go to a link. A page the user may not open is refused with a sentence on the page in view."""
        if link.page == IMPORT:
            self.open_import([Path(name) for name in link.args])
            return
        if link.page == PRIVACY:
            self._open_privacy(link, visit=visit)
            return
        if link.page == ACTIVITY:
            self._open_activity(link, visit=visit)
            return
        try:
            if link.page in self._over and self.page is not None:
                self.covering.open(self._over[link.page], link, self.page)
                return
            page = self._person(link) if link.page == PERSON else self._page(link)
        except UserError as error:
            if self.page is not None:
                self.page.show_error(error)
            return
        self.covering.uncover()
        if visit:
            self.history.visit(link)
        before = self.page
        if page is not before:
            self.stack.setCurrentWidget(page)
            if before is not None and (isinstance(before, PersonPage) or before in self._passing):
                self._drop(before)
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
            page: BasePage | None = self.desk.plugins.build(found, self.desk)
            if page is None:
                raise UserError(
                    tr("“{page}” could not be opened.").format(page=found.title), tr("See Settings, Modules.")
                )
            self._built[found.id] = page
            self.stack.addWidget(page)
        return self._built[found.id]

    def _person(self, link: Link) -> BasePage:
        if link.ref is None:
            raise UserError(tr("That person is not here."))
        page = self.covering.beneath or self.page
        tab = link.args[0] if link.args else ""
        if isinstance(page, PersonPage) and page.person_id == link.ref:
            page.show_tab(tab)
            return page
        made = PersonPage(self.desk, link.ref, tab)
        self.stack.addWidget(made)
        return made

    def go_back(self) -> None:
        """Alt+Left: from a page that lies over another to that one, else to where one was before."""
        if self.covering.page is not None:
            self.covering.page.leave()
        else:
            self.go(self.history.back())

    def go(self, link: Link | None) -> None:
        """Back or forward: go without adding to the history."""
        if link is not None:
            self.open(link, visit=False)

    def _count_soon(self, _changed: object) -> None:
        self._badges.start()

    def _count_badges(self) -> None:
        """Beside the window: what waits may have to be looked for among very many."""
        counted = {p.id: p.badge for p in self.pages if p.badge is not None}
        if counted and self.desk.vault.is_unlocked:
            self._counting.start(lambda: self._read_badges(counted))

    def _read_badges(self, counted: Mapping[str, Callable[[Any], int]]) -> dict[str, int]:
        with self.desk.vault.read() as db:
            return {page_id: count(db) for page_id, count in counted.items()}

    def _not_counted(self, error: Exception) -> None:
        """While a key is changed nothing can be read: the next change counts anew."""
        if not isinstance(error, UserError):
            raise error

    def show_page(self, page: BasePage) -> None:
        """Show a page that is not in the sidebar (settings, import); it goes when another page is opened.

        No row of the sidebar is then marked.
        """
        self.covering.uncover()
        before = self.page
        self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)
        if isinstance(before, PersonPage) or before in self._passing:
            self._drop(before)
        self._passing.append(page)
        self.sidebar.select("")
        QTimer.singleShot(0, page.focus_first)

    def _open_privacy(self, link: Link, *, visit: bool) -> None:
        """Privacy, or one record of a part of it; it has no row in the sidebar."""
        with self.page.guard() if self.page is not None else nullcontext():
            if not self.sees_privacy:
                raise UserError(tr("That page is not open to you, or its module is switched off."))
            page = privacy_page(self.desk, link)
            if visit:
                self.history.visit(link)
            self.show_page(page)

    def _open_activity(self, link: Link, *, visit: bool) -> None:
        """The activity log, for who may read any of it."""
        with self.page.guard() if self.page is not None else nullcontext():
            if not may(self.desk.user, "audit.read"):
                raise UserError(tr("That page is not open to you, or its module is switched off."))
            from therapydesk.ui.shell.audit_window import ActivityLogPage  # rarely wanted: not at the start

            if visit:
                self.history.visit(link)
            self.show_page(ActivityLogPage(self.desk))

    def _drop(self, page: QWidget) -> None:
        if isinstance(page, BasePage) and page in self._passing:
            self._passing.remove(page)
        self.stack.removeWidget(page)
        page.deleteLater()

    def open_import(self, paths: list[Path]) -> None:
        """Open the import on these files; without files it asks for one."""
        from therapydesk.ui.shell.import_wizard import ImportWizard

        wizard = ImportWizard(self.desk)
        self.show_page(wizard)
        done = wizard.importer.done if wizard.importer is not None else None
        self.sidebar.select(done.page if done is not None else "")
        if paths:
            wizard.open_files(paths)
        else:
            wizard.choose_files()

    def save_drafts(self) -> None:
        """Before the vault is locked: every page keeps what is typed."""
        over = [self.covering.page] if self.covering.page is not None else []
        for page in [*self._built.values(), *self._passing, *over]:
            save = getattr(page, "save_now", None)
            if save is not None:
                with page.guard():
                    save()
