"""The menu bar: every action with its shortcut shown (ux.md §3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from therapydesk.core.words import tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.icons import icon

if TYPE_CHECKING:
    from therapydesk.ui.shell.desk_view import DeskView
    from therapydesk.ui.shell.window import MainWindow

Call = Callable[[], object]
PRIVACY = "privacy"
TEXT_SIZES = (1.0, 1.15, 1.3, 1.5, 1.75, 2.0)


class Menus(QObject):
    """Builds the menus, and enables what the place in view can do."""

    import_wanted = Signal()
    settings_wanted = Signal(str)
    help_wanted = Signal()
    shortcuts_wanted = Signal()
    about_wanted = Signal()
    look_changed = Signal()
    backup_wanted = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._view: DeskView | None = None
        self.actions_: list[QAction] = []
        self._names_undo = False
        bar = window.menuBar()
        titles = (
            ("file", tr("File")),
            ("edit", tr("Edit")),
            ("view", tr("View")),
            ("go", tr("Go")),
            ("person", tr("Person")),
            ("care", tr("Care")),
            ("tools", tr("Tools")),
            ("help", tr("Help")),
        )
        self._bar = bar  # kept: without it the binding gives up the menus with it
        self._menus: dict[str, QMenu] = {key: QMenu(title, bar) for key, title in titles}
        for menu in self._menus.values():
            bar.addMenu(menu)

    def without_desk(self) -> None:
        """Only what works while nothing is open."""
        self._view = None
        self._clear()
        self._add("file", tr("Close TherapyDesk"), self._window.close, "Ctrl+Q")
        self._help()
        self._hide_empty()

    def with_desk(self, view: DeskView) -> None:
        """All menus for an open desk."""
        self._view = view
        self._clear()
        self._file(view)
        self._edit(view)
        self._look()
        self._go(view)
        self._contributed(view)
        self._add(
            "tools",
            tr("Settings"),
            lambda: self.settings_wanted.emit(""),
            "Ctrl+,",
            "settings",
        )
        from therapydesk.core.contributions import Link  # with a desk only: the window paints before
        from therapydesk.core.permissions import may

        if view.sees_privacy:
            self._add("tools", tr("Privacy"), lambda: view.open(Link(PRIVACY)))
        if may(view.desk.user, "audit.read"):
            self._add("tools", tr("Activity log"), lambda: view.open(Link("activity")))
        self._add("tools", tr("Modules"), lambda: self.settings_wanted.emit("modules"))
        self._help()
        self._hide_empty()

    def _clear(self) -> None:
        for action in self.actions_:
            self._window.removeAction(action)
            action.deleteLater()
        self.actions_.clear()
        for menu in self._menus.values():
            menu.clear()

    def _add(self, menu: str, text: str, slot: Call, shortcut: str = "", icon_name: str = "") -> QAction:
        action = QAction(text, self)
        if shortcut:
            action.setShortcuts([QKeySequence(s) for s in shortcut.split("|")])
        if icon_name:
            action.setIcon(icon(icon_name))
        action.triggered.connect(lambda _checked=False: slot())
        self._menus[menu].addAction(action)
        self._window.addAction(action)
        self.actions_.append(action)
        return action

    def _on_page(self, name: str) -> Call:
        def call() -> None:
            page = self._view.page if self._view is not None else None
            method = page.doing(name) if page is not None else None
            if page is not None and method is not None:
                with page.guard():
                    method()

        return call

    def _file(self, view: DeskView) -> None:
        self._add("file", tr("New"), self._on_page("new_record"), "Ctrl+N", "add")
        self._add("file", tr("Import a file"), self.import_wanted.emit, "Ctrl+I", "import")
        self._menus["file"].addSeparator()
        self._add("file", tr("Save now"), self._on_page("save_now"), "Ctrl+S", "save")
        self._add("file", tr("Print"), self._on_page("print_page"), "Ctrl+P", "print")
        self._menus["file"].addSeparator()
        self._add("file", tr("Back up now"), self.backup_wanted.emit, "Ctrl+Shift+B", "backup")
        self._menus["file"].addSeparator()
        self._add("file", tr("Lock"), self._window.lock_wanted.emit, "Ctrl+L", "lock")
        self._add("file", tr("Close TherapyDesk"), self._window.close, "Ctrl+Q")

    def _edit(self, view: DeskView) -> None:
        from therapydesk.ui.kit.messages import (
            undo_list,
        )  # with a desk only: the window paints before it is there

        self._undo = self._add("edit", tr("Undo"), self._on_page("undo"), "Ctrl+Z", "undo")
        self._redo = self._add("edit", tr("Redo"), self._on_page("redo"), "Ctrl+Shift+Z")
        if not self._names_undo:
            undo_list.changed.connect(self._name_undo)
            self._names_undo = True
        self._name_undo()
        self._menus["edit"].addSeparator()
        self._add(
            "edit",
            tr("Filter this list"),
            self._on_page("filter_list"),
            "Ctrl+F",
            "search",
        )

    def _name_undo(self) -> None:
        from therapydesk.ui.kit.messages import undo_list  # see _edit

        if self._view is None:
            return
        text = undo_list.undo_text()
        self._undo.setText(tr("Undo: {what}").format(what=text) if text else tr("Undo"))
        self._undo.setEnabled(undo_list.can_undo())
        self._redo.setEnabled(undo_list.can_redo())

    def _look(self) -> None:
        self._add("view", tr("Text bigger"), lambda: self._text(1), "Ctrl+=|Ctrl++")
        self._add("view", tr("Text smaller"), lambda: self._text(-1), "Ctrl+-")
        self._add("view", tr("Text normal"), lambda: self._text(0), "Ctrl+0")
        self._menus["view"].addSeparator()
        names = ((style.Theme.LIGHT, tr("Light")), (style.Theme.DARK, tr("Dark")))
        for theme, title in (*names, (style.Theme.HIGH_CONTRAST, tr("High contrast"))):
            action = self._add("view", title, partial(self._theme, theme))
            action.setCheckable(True)
            action.setChecked(style.current_theme() == theme)
        self._menus["view"].addSeparator()
        self._add("view", tr("Next area"), lambda: self._area(1), "F6")
        self._add("view", tr("Previous area"), lambda: self._area(-1), "Shift+F6")

    def _text(self, step: int) -> None:
        sizes = list(TEXT_SIZES)
        near = min(range(len(sizes)), key=lambda i: abs(sizes[i] - style.text_scale()))
        at = max(0, min(len(sizes) - 1, near + step)) if step else 0
        self._window.settings.text_scale = sizes[at]
        self.look_changed.emit()

    def _theme(self, theme: style.Theme) -> None:
        self._window.settings.theme = theme.value
        self.look_changed.emit()

    def _area(self, step: int) -> None:
        view = self._view
        if view is None or view.page is None:
            return
        areas = [view.sidebar.list, view.page]
        inside = next(
            (i for i, a in enumerate(areas) if a.isAncestorOf(self._window.focusWidget()) or a.hasFocus()),
            0,
        )
        target = areas[(inside + step) % len(areas)]
        target.setFocus() if target is view.sidebar.list else view.page.focus_first()

    def _go(self, view: DeskView) -> None:
        self._add(
            "go",
            tr("Go to a person, page or command"),
            view.palette_.open,
            "Ctrl+K",
            "search",
        )
        self._add("go", tr("Back"), view.go_back, "Alt+Left", "back")
        self._add(
            "go",
            tr("Forward"),
            lambda: view.go(view.history.forward()),
            "Alt+Right",
            "forward",
        )
        self._menus["go"].addSeparator()
        for page in view.pages:
            shortcut = page.shortcut or ("Ctrl+1" if page.id == "today" else "")
            self._add(
                "go",
                page.title,
                partial(self._open, page.id),
                shortcut,
                page.icon,
            )

    def _open(self, page_id: str) -> None:
        if self._view is not None:
            self._view.sidebar.page_chosen.emit(page_id)

    def _contributed(self, view: DeskView) -> None:
        for command in view.commands:
            run = command.run
            if command.menu and run is not None:
                self._add(
                    command.menu,
                    command.title,
                    partial(run, view.desk),
                    command.shortcut,
                    command.icon,
                )

    def _help(self) -> None:
        self._add("help", tr("Help for this page"), self.help_wanted.emit, "F1", "help")
        self._add("help", tr("Keyboard shortcuts"), self.shortcuts_wanted.emit, "Ctrl+/")
        self._add("help", tr("About TherapyDesk"), self.about_wanted.emit)

    def _hide_empty(self) -> None:
        for menu in self._menus.values():
            menu.menuAction().setVisible(bool(menu.actions()))
