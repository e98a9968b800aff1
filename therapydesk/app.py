"""Puts everything together in order; the only module that knows everyone.

Machine settings → window with the unlock page painted → log, the heavy libraries and the modules while the passphrase is
typed → unlock → migrate → settle → desk → first page.
"""

from __future__ import annotations

import therapydesk.ui  # noqa: F401  (first, so that the binding leaves alone what is imported below)

# isort: split
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMenu

from therapydesk.core.errors import DamagedVault, UserError, VaultError, WrongPassphrase
from therapydesk.core.given_input import first_line
from therapydesk.core.settings import MachineSettings
from therapydesk.core.words import set_language, tr
from therapydesk.loader import Loader
from therapydesk.start_options import options as _options
from therapydesk.ui.kit import looks, style
from therapydesk.ui.kit.garbage import collect_on_ui_thread
from therapydesk.ui.shell import crash
from therapydesk.ui.shell.first_paint import FirstPaint
from therapydesk.ui.shell.first_window import raise_first
from therapydesk.ui.shell.lock_watch import LockWatch
from therapydesk.ui.shell.side_windows import SideWindows
from therapydesk.ui.shell.unlock import UnlockPage
from therapydesk.ui.shell.window import MainWindow

if TYPE_CHECKING:
    from therapydesk.core.vault.session import Actor
    from therapydesk.core.vault.vault import Vault
    from therapydesk.demo.making import MadeDemo
    from therapydesk.ui.kit.jobs import Runner
    from therapydesk.ui.shell.first_window import FirstWindow
    from therapydesk.ui.shell.session_lock import SessionLock


def settle_and_erase(vault: Vault) -> None:
    """What waited is carried out; whoever was erased and came back with it goes again."""
    from therapydesk.records.erasure import reapply  # with the heavy libraries, while the passphrase is typed

    vault.settle()
    reapply(vault)


def run_app(argv: list[str]) -> int:
    """Open the window and stay until it is closed; returns the exit status."""
    options = _options().parse_args(argv)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("TherapyDesk")
    app.setDesktopFileName("therapydesk")
    collect_on_ui_thread()
    program = Program(app, options)
    if program.is_second():
        return 0
    program.start()
    return app.exec()


class Program:
    """One run of the program: the window, the vault, and what leads from one to the other."""

    def __init__(self, app: QApplication, options: Namespace) -> None:
        self.app, self.options = app, options
        self.settings = MachineSettings()
        self._wanted = str(
            options.vault or self.settings.last_vault
        )  # the vault that this start is about, if any
        self.loader = Loader(self.settings, contrib=not options.no_plugins)
        self.vault: Vault | None = None
        self.runner: Runner | None = None
        self.unlock_page: UnlockPage | None = None
        self._folder = Path()
        self._session_lock: SessionLock | None = None
        self._first_window: FirstWindow | None = None
        set_language(self.settings.language)
        self.apply_look()
        self.window = MainWindow(self.settings)
        crash.install(self.window, self.loader.start_log)
        self.side = SideWindows(self.window, self.apply_look, self.lock, lambda: self.vault)
        self._connect()

    def _connect(self) -> None:
        self.window.lock_wanted.connect(self.lock)
        self.window.closing.connect(self.close)
        self.window.files_dropped.connect(self.open_files)
        self.window.menus.look_changed.connect(self.apply_look)
        self.window.status.stay_wanted.connect(lambda: self._watch.stay())
        self.window.menus.import_wanted.connect(lambda: self.open_files([]))
        self.window.brought_back.connect(self._brought_back)

    def apply_look(self) -> None:
        """Theme, text size and density from the machine settings."""
        settings = self.settings
        looks.apply_theme(self.app, style.Theme(settings.theme), settings.text_scale, settings.density)

    def is_second(self) -> bool:
        """Whether this vault has a window already; that one comes to the front, and gets the files."""
        return bool(self._wanted) and raise_first(Path(self._wanted), self.options.files)

    def start(self) -> None:
        """Paint the first page; load the rest behind it."""
        from therapydesk.core.vault.place import holds_vault

        folder = self._wanted
        if folder and holds_vault(Path(folder)):
            self._show_unlock(Path(folder))
        else:
            QTimer.singleShot(0, self._first_run)
        FirstPaint(self.window, self._load)
        self.window.show()

    # -- loading ---------------------------------------------------------------------------------------------------

    def _load(self) -> None:
        """After the first paint: the rest of the program; and the passphrase, when it came in a file."""
        self.loader.start()
        self._listen()
        if self.options.passphrase_file and self.unlock_page is not None:
            try:
                passphrase = first_line(self.options.passphrase_file)
            except UserError as error:
                self.unlock_page.say(str(error))
                return
            self.unlock_page.busy(True)
            user = self.options.user or self.unlock_page.user.currentText()
            QTimer.singleShot(0, lambda: self._unlock(user, passphrase))

    def _listen(self) -> None:
        """From now on a second start for this vault brings this window to the front."""
        from therapydesk.ui.shell.first_window import FirstWindow

        if self._first_window is None:
            self._first_window = FirstWindow(self.window)
            self._first_window.asked.connect(self._asked_again)
        if self._folder != Path():
            self._first_window.listen(self._folder)

    def _asked_again(self, files: list[str]) -> None:
        self.window.to_front()
        if self.window.vault_open():
            if files:
                self.open_files(files)
        else:
            self.options.files = [*self.options.files, *files]

    # -- unlock, lock ----------------------------------------------------------------------------------------------

    def _show_unlock(self, folder: Path, sentence: str = "") -> None:
        from therapydesk.core.vault.place import read_card  # small: reads two JSON files, opens nothing

        try:
            card = read_card(folder)
        except VaultError as error:
            self.unlock_page = UnlockPage(folder.name, [])
            self.unlock_page.say(str(error))
        else:
            self.unlock_page = UnlockPage(card.practice, card.users, demo=card.demo, pins=card.pins)
            self.unlock_page.user.setCurrentText(
                self.options.user
            )  # when nobody was named the first one stays
            if sentence:
                self.unlock_page.tell(sentence)
        self._folder = (
            folder  # what is unlocked is what the page shows, whatever else is chosen or remembered
        )
        self.settings.last_vault = str(folder)
        if self._first_window is not None:
            self._listen()
        self.unlock_page.unlock_wanted.connect(self._unlock)
        self.unlock_page.pin_wanted.connect(lambda user, pin: self._unlock(user, pin, by_pin=True))
        self.unlock_page.recovery_wanted.connect(self._recover)
        self.unlock_page.other_vault_wanted.connect(self._first_run)
        self.window.show_full(self.unlock_page)
        self.unlock_page.focus_first()

    def _unlock(self, user: str, secret: str, *, by_pin: bool = False) -> None:
        folder = self._folder
        runner = self._runner()

        def work(_job: object) -> Vault:
            vault = self._vault_in(folder)
            if by_pin:
                vault.unlock_with_pin(user, secret)
            else:
                vault.unlock(user, secret)
            return vault

        runner.start(work, self._opened, self._not_opened)

    def _vault_in(self, folder: Path) -> Vault:
        """The vault in this folder, held by this program."""
        from therapydesk.core.vault import backup_schedule
        from therapydesk.core.vault.vault import Vault

        if self.vault is not None and self.vault.folder != folder:
            self._let_go()
        if self.vault is None:
            self.vault = Vault.open(folder, host=self.loader.loaded())
            backup_schedule.watch(self.vault, self.settings)  # before unlocking: that may bring it up to date
        return self.vault

    def _runner(self) -> Runner:
        if self.runner is None:
            from therapydesk.ui.kit.jobs import Runner

            self.runner = Runner(self.window)
        return self.runner

    def _not_opened(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        if self.unlock_page is None:
            return
        if isinstance(error, DamagedVault):
            self._show_damage(str(error))
        elif self.unlock_page.by_pin and not isinstance(error, WrongPassphrase):
            self.unlock_page.without_pin(str(error))
        else:
            self.unlock_page.say(str(error), float(getattr(error, "wait", 0.0)))

    def _show_damage(self, sentence: str) -> None:
        """What can be done about a vault that does not open, with what was typed to open it."""
        from therapydesk.ui.shell.damage_flow import DamageFlow, card_users
        from therapydesk.ui.shell.damage_page import DamagePage

        folder, before = self._folder, self.unlock_page
        user = before.user.currentText() if before is not None else ""
        typed = before.passphrase.text() if before is not None and not before.by_pin else ""
        page = DamagePage(sentence, card_users(folder), user, typed)
        flow = DamageFlow(page, self._runner(), folder, lambda: self._vault_in(folder))
        flow.opened.connect(self._opened)
        flow.made.connect(self._show_unlock)
        flow.back.connect(lambda: self._show_unlock(folder))
        self.unlock_page = None
        self.window.show_full(page)
        page.focus_first()

    def _opened(self, vault: Vault) -> None:
        """The vault is open: settle what waits, and show the desk."""
        from therapydesk.api import user_title
        from therapydesk.ui.kit.desk import Desk
        from therapydesk.ui.shell.news import tell_news
        from therapydesk.ui.shell.session_lock import SessionLock

        self.vault = vault
        runner = self._runner()
        runner.watch(vault.changes)
        if self.unlock_page is not None:
            self.unlock_page.empty()
        desk = Desk(
            vault,
            vault.user,
            self.settings,
            self.loader.loaded(),
            runner,
            vault.changes,
            self.window.open_link,
        )
        with vault.read() as db:
            title = user_title(db, vault.user.id)
        self.window.show_desk(desk, title)
        self._watch = LockWatch(self.app, self.settings, self.lock, self.window.status.warn_lock)
        if self._session_lock is None:
            self._session_lock = SessionLock(self.app, self.lock)
            self._session_lock.listen()
        if vault.read_only:
            self._tell_reading_only(vault)
            return
        runner.start(lambda _job: settle_and_erase(vault), title="")
        if self.window.keeper is not None:
            self.window.keeper.start()
        if self.window.view is not None and self.window.view.page is not None:
            tell_news(desk, self.window.view.page.messages, self.side.open_settings)
        if self.options.files:
            self.open_files(self.options.files)
            self.options.files = []

    def lock(self) -> None:
        """Save drafts, close everything that shows a name, lock the vault, go to the unlock page."""
        vault = self.vault
        if vault is None or not vault.is_unlocked or not self._watch.watching:
            return
        user: Actor = vault.user
        self._watch.stop()
        try:
            self._keep_drafts()
        finally:  # whatever a page does wrong, what it shows goes, and the keys with it
            self._leave_desk()
            vault.lock()
            self._show_unlock(vault.folder, tr("Locked. Drafts are kept."))
        if self.unlock_page is not None:
            self.unlock_page.user.setCurrentText(user.name)

    def _leave_desk(self) -> None:
        """Nothing of it is in view any more, and no work goes on."""
        self._watch.clear_clipboard()
        self._close_dialogs()
        if self.window.view is not None:
            self.window.view.hide()
        runner = self._runner()
        runner.forget()
        runner.wait_idle(5000)
        runner.unwatch()
        self._close_dialogs()  # the window was alive meanwhile

    def _keep_drafts(self) -> None:
        """Before the vault is locked: every page and every open form keeps what is typed."""
        if self.window.view is not None:
            from therapydesk.ui.kit.form_drafts import keep_all

            keep_all()
            self.window.view.save_drafts()

    def _tell_reading_only(self, vault: Vault) -> None:
        from therapydesk.ui.shell.damage_flow import reading_only

        page = self.window.view.page if self.window.view is not None else None
        if page is not None:
            see = (tr("See the backups"), lambda: self.side.open_settings("backups"))
            page.messages.show_message("danger", reading_only(vault), *see)

    def _brought_back(self, sentence: str) -> None:
        """Everything on screen is of before: lock, and begin anew."""
        vault = self.vault
        if vault is None:
            return
        if vault.is_unlocked:
            self.lock()
        else:  # a damaged vault is locked by bringing it back
            self._watch.stop()
            self._show_unlock(vault.folder)
        if self.unlock_page is not None:
            self.unlock_page.tell(sentence)

    def _close_dialogs(self) -> None:
        """Hidden and thrown away unasked: a form would ask, or give up what is typed. Menus are wanted again."""
        for widget in self.app.topLevelWidgets():
            if widget is not self.window and widget.isVisible():
                widget.hide()
                if not isinstance(widget, QMenu):
                    widget.deleteLater()

    def close(self) -> None:
        """The window closes: lock and let go of the vault."""
        self.lock()
        if self.vault is not None:
            self._runner().close()
            self.vault.close()
            self.vault = None

    # -- windows of the shell --------------------------------------------------------------------------------------

    def _first_run(self) -> None:
        from therapydesk.ui.shell.first_run import FirstRun

        page = FirstRun(self.settings, self._runner(), self.loader.loaded, self.apply_look, self._make_demo)
        page.finished.connect(self._made)
        page.open_existing.connect(lambda folder: self._show_unlock(Path(folder)))
        page.brought_back.connect(lambda folder, told: self._show_unlock(Path(folder), told))
        self.window.show_full(page)
        page.focus_first()

    def _make_demo(self, folder: Path, progress: Callable[[int, int, str], None]) -> MadeDemo:
        from therapydesk.demo.making import make_demo

        return make_demo(folder, plugins=self.loader.loaded(), progress=progress)

    def _made(self, vault: Vault) -> None:
        self._folder = vault.folder
        self._listen()
        self.settings.last_vault = str(vault.folder)
        self._opened(vault)

    def _let_go(self) -> None:
        """Close a locked vault, so that it (or another one) can be opened anew."""
        if self.vault is not None:
            self.vault.close()
            self.vault = None

    def _recover(self) -> None:
        from therapydesk.ui.shell.recover import RecoverDialog

        self._let_go()
        dialog = RecoverDialog(self.window, self._runner(), self._folder, self.loader.loaded)
        dialog.opened.connect(self._opened)
        dialog.open()

    def open_files(self, paths: list[str]) -> None:
        """Open the import on these files; without files the import asks for one."""
        if self.window.view is not None:
            self.window.view.open_import([Path(p) for p in paths])
