"""First run: language and text, practice, who you are, passphrase, recovery kit. Back always works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_data_path
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from therapydesk.api import ROLES, NewPractice, UserError, check_passphrase, ntr, role_title, set_language, tr
from therapydesk.core.words import languages
from therapydesk.ui.kit import style
from therapydesk.ui.kit.forms import Form
from therapydesk.ui.kit.icons import app_icon
from therapydesk.ui.kit.labels import button, line, text_label
from therapydesk.ui.kit.later import Later
from therapydesk.ui.kit.messages import MessageBar
from therapydesk.ui.shell.first_steps import Step, StepList, StepStack
from therapydesk.ui.shell.recovery_kit import RecoveryKitStep

if TYPE_CHECKING:
    from therapydesk.core.plugins import Plugins
    from therapydesk.core.vault.vault import Vault
    from therapydesk.ui.kit.jobs import Runner


RING = 4  # room for the ring round a field at the edge


@dataclass
class Choices:
    """What has been answered so far."""

    folder: Path = field(default_factory=Path)
    practice: str = ""
    name: str = ""
    roles: tuple[str, ...] = ()
    passphrase: str = ""


class FirstRun(QWidget):
    """Emits `finished(vault)` with the new vault open, `open_existing(folder)`, or `brought_back(folder, sentence)`."""

    finished = Signal(object)
    open_existing = Signal(str)
    brought_back = Signal(str, str)

    def __init__(
        self,
        settings: Any,
        runner: Runner,
        plugins: Callable[[], Plugins],
        apply_look: Callable[[], None],
        make_demo: Callable[..., Any],
    ) -> None:
        super().__init__()
        self._settings, self._runner, self._plugins, self._apply_look = settings, runner, plugins, apply_look
        self._make_demo = make_demo
        self.choices = Choices(folder=_vaults() / "practice")
        self._vault: Vault | None = None
        names = [
            _first_step(),
            tr("Your practice"),
            tr("Who you are"),
            tr("Passphrase"),
            tr("Recovery kit"),
        ]
        self.steps = StepList(names)
        self.stack = StepStack()
        self.messages = MessageBar()
        self.back = button(tr("Back"), self._go_back)
        self.next = button(tr("Next"), self._go_on, kind="primary")
        self._kit = RecoveryKitStep()
        self._kit.typed_back.connect(lambda right: self.next.setEnabled(right))
        self._left = text_label("", tone="text_muted")
        self._kit.left_to_type.connect(self._show_left)
        pages = (self._language(), self._practice(), self._who(), self._passphrase(), self._kit)
        for page in pages:
            self.stack.addWidget(page)
        self._in_view = Later(self, 0, self._bring_in_view)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.stack.setProperty("part", "body")
        self._area.setWidget(self.stack)
        self._area.verticalScrollBar().rangeChanged.connect(lambda _low, _high: self._in_view.start())
        self._lay_out()
        self._show(0)

    def _lay_out(self) -> None:
        side = QFrame()
        side.setProperty("part", "sidebar")
        side.setMinimumWidth(256)
        column = QVBoxLayout(side)
        column.setContentsMargins(24, 32, 24, 24)
        column.setSpacing(style.sp(5))
        mark = QLabel()
        mark.setPixmap(app_icon().pixmap(QSize(56, 56)))
        column.addWidget(mark)
        column.addWidget(self.steps)
        column.addStretch(1)
        content = QVBoxLayout()
        content.setContentsMargins(32 - RING, 32, 32 - RING, 24)
        content.setSpacing(style.sp(4))
        content.addWidget(self.messages)
        content.addWidget(self._area, 1)
        under = QHBoxLayout()
        under.setContentsMargins(RING, 0, RING, 0)
        under.addWidget(line())
        content.addLayout(under)
        row = QHBoxLayout()
        row.setContentsMargins(RING, 0, RING, 0)
        row.addWidget(self.back)
        row.addStretch(1)
        row.addWidget(self._left)
        row.addSpacing(style.sp(3))
        row.addWidget(self.next)
        content.addLayout(row)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(side)
        outer.addLayout(content, 1)

    # -- the steps -------------------------------------------------------------------------------------------------

    def _language(self) -> Step:
        form = Form()
        form.add_choice("language", tr("Language"), languages())
        form.set_row_visible("language", len(languages()) > 1)
        sizes = [("1.0", tr("Normal")), ("1.3", tr("Large")), ("2.0", tr("Twice as large"))]
        form.add_choice("text", tr("Text size"), sizes, tr("This sentence shows the size."))
        looks = [("light", tr("Light")), ("dark", tr("Dark")), ("high_contrast", tr("High contrast"))]
        form.add_choice("theme", tr("Look"), looks)
        form.set_values({"language": self._settings.language, "text": "1.0", "theme": self._settings.theme})
        form.edited.connect(self._take_look)
        self._look_form = form
        sentence = tr("You can change all of this later, in Settings.")
        return Step(_first_step(), sentence, form)

    def _take_look(self) -> None:
        values = self._look_form.values()
        self._settings.theme, self._settings.text_scale = values["theme"], float(values["text"])
        if "language" in values:
            self._settings.language = values["language"]
            set_language(values["language"])
        self._apply_look()

    def _practice(self) -> Step:
        form = Form()
        kinds = [
            ("new", tr("Start a new practice")),
            ("open", tr("Open one that is on this computer")),
            ("backup", tr("Bring one back from a backup")),
            ("demo", tr("Just look around (made-up people)")),
        ]
        form.add_choices("kind", tr("What would you like to do?"), kinds, exclusive=True, required=True)
        form.add_text("practice", tr("Practice name"))
        form.set_values({"kind": "new"})
        form.edited.connect(lambda: form.set_row_visible("practice", self._kind() == "new"))
        self._practice_form = form
        sentence = tr("Records stay on this computer, encrypted. Nothing is sent anywhere.")
        return Step(tr("Your practice"), sentence, form)

    def _kind(self) -> str:
        value = self._practice_form.values()["kind"]
        return str(value[0] if isinstance(value, list | tuple) and value else value or "new")

    def _who(self) -> Step:
        form = Form()
        form.add_text("name", tr("Your name"), required=True)
        roles = [(r, role_title(r)) for r in ROLES if r != "owner"]
        hint = tr("On your own you do all of it. You can give parts to others later.")
        form.add_choices("roles", tr("What you do here"), roles, hint)
        form.set_values({"roles": [r for r, _title in roles]})
        self._who_form = form
        return Step(tr("Who you are"), tr("Your name stands beside what you write."), form)

    def _passphrase(self) -> Step:
        form = Form()
        hint = tr(
            "At least 12 characters. Four or five words that only you put together are strong and easy to type."
        )
        for name, label in (("first", tr("Passphrase")), ("again", tr("The same again"))):
            text = form.add_text(name, label, hint if name == "first" else "", required=True)
            text.setEchoMode(text.EchoMode.Password)
        self._passphrase_form = form
        sentence = tr(
            "It opens your records. Nobody can look it up for you; the recovery kit is the only other way in."
        )
        return Step(tr("Passphrase"), sentence, form)

    # -- back and on -----------------------------------------------------------------------------------------------

    def _show(self, index: int) -> None:
        self.stack.setCurrentIndex(index)
        self.steps.set_now(index)
        self.messages.clear()
        self.back.setVisible(index not in (0, 4))
        self.next.setText(tr("Finish") if index == 4 else tr("Next"))
        self.next.setEnabled(index != 4)
        self._left.setVisible(index == 4)
        self.focus_first()

    def _show_left(self, groups: int) -> None:
        """What stands between the user and the end."""
        words = ntr("one group to go", "{n} groups to go", groups) if groups else ""
        self._left.setText(words)

    def focus_first(self) -> None:
        page = self.stack.currentWidget()
        if isinstance(page, Step) and page.form is not None:
            page.form.focus_first()
        elif isinstance(page, RecoveryKitStep):
            page.focus_first()
        self._in_view.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses a button, goes to the next line to fill in, and behind the last of them to the next step."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        focus = QApplication.focusWidget()
        lines = [text for text in self.stack.findChildren(QLineEdit) if text.isVisible()]
        if isinstance(focus, QAbstractButton) and not focus.isChecked():
            focus.click()
        elif isinstance(focus, QLineEdit) and focus in lines[:-1]:
            lines[lines.index(focus) + 1].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.next.click()

    def _bring_in_view(self) -> None:
        field = self._area.focusWidget()
        if field is not None and self._area.isAncestorOf(field):
            self._area.ensureWidgetVisible(field, 0, style.line_height())

    def _go_back(self) -> None:
        self._show(self.stack.currentIndex() - 1)

    def _go_on(self) -> None:
        page, index = self.stack.currentWidget(), self.stack.currentIndex()
        if isinstance(page, Step) and page.form is not None and not page.form.finish():
            return
        if index == 1 and self._kind() != "new":
            ways = {"demo": self._look_around, "open": self._open_one, "backup": self._from_backup}
            ways[self._kind()]()
            return
        if index == 3:
            self._make()
        elif index == 4 and self._vault is not None:
            self.finished.emit(self._vault)
        else:
            self._show(index + 1)

    def _open_one(self) -> None:
        from therapydesk.ui.kit.files import choose_folder

        choose_folder(self, tr("Open a practice"), lambda folder: self._chosen(str(folder)), _vaults())

    def _from_backup(self) -> None:
        from therapydesk.ui.shell.from_backup import ask_backup

        ask_backup(self, self.from_backup)

    def from_backup(self, backup: Path) -> QDialog:
        """Ask who opens this backup; the practice out of it is then there to be unlocked."""
        from therapydesk.ui.shell.from_backup import FromBackupDialog

        dialog = FromBackupDialog(self, self._runner, backup, free_folder(_vaults() / tr("practice")))
        dialog.made.connect(lambda folder, told: self.brought_back.emit(str(folder), told))
        dialog.open()
        return dialog

    def _chosen(self, folder: str) -> None:
        from therapydesk.core.vault.place import holds_vault

        if holds_vault(Path(folder)):
            self.open_existing.emit(folder)
        else:
            self.messages.show_message("danger", tr("That folder holds no TherapyDesk practice."))

    def _make(self) -> None:
        values, who = self._passphrase_form.values(), self._who_form.values()
        try:
            check_passphrase(values["first"])
        except UserError as error:
            self._passphrase_form.set_error("first", str(error))
            return
        if values["first"] != values["again"]:
            self._passphrase_form.set_error("again", tr("The two are not the same."))
            return
        practice = self._practice_form.values()["practice"] or tr("My practice")
        new = NewPractice(practice, who["name"], ("owner", *who["roles"]), values["first"])
        folder = free_folder(self.choices.folder)
        self.next.setEnabled(False)

        def work(_job: object) -> Any:
            from therapydesk.core.vault.vault import Vault

            return Vault.create(folder, new, host=self._plugins())

        self._runner.start(
            work, lambda made: self._made(made, practice), self._failed, title=tr("Making the vault")
        )

    def _made(self, made: tuple[Vault, Any], practice: str) -> None:
        self._vault, code = made
        self._kit.show_code(str(code), practice)
        self._show(4)

    def _failed(self, error: Exception) -> None:
        self.next.setEnabled(True)
        if not isinstance(error, UserError):
            raise error
        self.messages.show_message("danger", str(error))

    def _look_around(self) -> None:
        self.next.setEnabled(False)
        folder = free_folder(_vaults() / "demo")

        def work(job: Any) -> Vault:
            from therapydesk.core.vault.vault import Vault

            made = self._make_demo(folder, job.progress)
            vault = Vault.open(made.vault, host=self._plugins())
            vault.unlock(made.user, made.passphrase)
            return vault

        self._runner.start(work, self.finished.emit, self._failed, title=tr("Making the demo practice"))


def _first_step() -> str:
    return tr("Language and text") if len(languages()) > 1 else tr("Text and look")


def _vaults() -> Path:
    """Where new practices go unless another folder is chosen."""
    return user_data_path("therapydesk", appauthor=False)


def free_folder(folder: Path) -> Path:
    """The folder, or the first of its name with a number that is not there yet."""
    if not folder.exists():
        return folder
    return next(p for p in (folder.with_name(f"{folder.name}-{n}") for n in range(2, 1000)) if not p.exists())
