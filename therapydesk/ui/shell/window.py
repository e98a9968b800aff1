"""The window. It must paint before the heavy libraries are there, so it imports the desk only when one is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from therapydesk.ui.kit import style
from therapydesk.ui.kit.icons import app_icon
from therapydesk.ui.shell.menus import Menus
from therapydesk.ui.shell.status_bar import StatusBar

if TYPE_CHECKING:
    from therapydesk.core.contributions import Link
    from therapydesk.ui.kit.desk import Desk
    from therapydesk.ui.shell.backup_keeper import BackupKeeper
    from therapydesk.ui.shell.desk_view import DeskView

FOLD_BELOW = 1200


class MainWindow(QMainWindow):
    """One window for everything: unlock and first run fill it, then the desk does."""

    closing = Signal()
    lock_wanted = Signal()
    files_dropped = Signal(list)
    brought_back = Signal(str)  # a backup, in the place of what was there: all on screen is old

    def __init__(self, settings: Any) -> None:
        super().__init__()
        self.settings = settings
        self.view: DeskView | None = None
        self.keeper: BackupKeeper | None = None
        self.setWindowTitle("TherapyDesk")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(1024, 680)
        self.setAcceptDrops(True)
        self.status = StatusBar()
        self.setStatusBar(self.status)
        self.menus = Menus(self)
        self.menus.backup_wanted.connect(self._back_up_now)
        self.resize(1366, 768)

    def show_full(self, widget: QWidget) -> None:
        """Fill the window with a page that needs no desk (unlock, first run)."""
        self._drop_view()
        self.setCentralWidget(widget)
        self.menus.without_desk()

    def show_desk(self, desk: Desk, user_title: str, first: Link | None = None) -> None:
        """Show the desk and its first page, Today unless a link is given."""
        from therapydesk.core.contributions import Link
        from therapydesk.ui.shell.backup_keeper import BackupKeeper
        from therapydesk.ui.shell.desk_view import TODAY, DeskView

        self._drop_view()
        self.view = DeskView(desk, user_title)
        self.keeper = BackupKeeper(desk, self)
        self.view.sidebar.lock_wanted.connect(self.lock_wanted)
        self.setCentralWidget(self.view)
        self.view.show()  # at once: what is not in view yet cannot take the focus
        self.status.watch(desk.jobs)
        self.status.set_demo(desk.vault.demo)
        self._fold()
        self.menus.with_desk(self.view)
        self.view.open(first or Link(TODAY))

    def _back_up_now(self) -> None:
        page = self.view.page if self.view is not None else None
        if self.keeper is not None and page is not None:
            self.keeper.back_up_now(page)

    def _drop_view(self) -> None:
        if self.keeper is not None:
            self.keeper.stop()
            self.keeper = None
        if self.view is not None:
            from therapydesk.ui.kit.messages import undo_list

            undo_list.clear()
            self.status.say("")  # of the practice that is open no more
            self.menus.without_desk()
            self.view = None

    def vault_open(self) -> bool:
        """Whether the desk is in view and its vault unlocked."""
        return self.view is not None and bool(self.view.desk.vault.is_unlocked)

    def to_front(self) -> None:
        """Show the window over the others; where the desktop forbids that, it asks for attention."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        QApplication.alert(self)

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
