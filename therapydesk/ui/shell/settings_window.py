"""Settings: one page, groups at the left, applied at once; each says its default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from therapydesk.api import Setting, may, normal_name, put_setting, setting, tr
from therapydesk.core.words import languages
from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.filter_bar import SearchField
from therapydesk.ui.kit.forms import Form
from therapydesk.ui.kit.group_list import GroupList
from therapydesk.ui.kit.in_turn import InTurn
from therapydesk.ui.kit.labels import key_words
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.shell.backup_keeper import BackupKeeper
from therapydesk.ui.shell.modules_window import ModulesPane
from therapydesk.ui.shell.settings_backups import BackupsPane
from therapydesk.ui.shell.settings_users import UsersPane
from therapydesk.ui.shell.settings_you import YouPane

LOCK_MINUTES = (1, 2, 5, 10, 15)
YOU, USERS, BACKUPS, MODULES = "you", "users", "backups", "modules"  # groups that a link or a menu goes to


def practice_settings() -> list[Setting]:
    """The practice's own settings; modules add theirs."""
    words = (
        ("person", tr("person, people")),
        ("client", tr("client, clients")),
        ("member", tr("member, members")),
        ("patient", tr("patient, patients")),
    )
    nations = (
        ("england", tr("England")),
        ("wales", tr("Wales")),
        ("scotland", tr("Scotland")),
        ("northern-ireland", tr("Northern Ireland")),
    )
    return [
        Setting("practice.name", tr("Practice name"), "text", "", tr("Stands on invoices and letters.")),
        Setting("practice.legal_name", tr("Legal name"), "text", "", tr("At the foot of invoices.")),
        Setting("practice.address", tr("Address"), "long_text", ""),
        Setting("practice.phone", tr("Phone"), "text", ""),
        Setting("practice.email", tr("E-mail"), "text", ""),
        Setting(
            "practice.nation", tr("Nation"), "choice", "england", tr("Bank holidays follow it."), nations
        ),
        Setting("practice.person_word", tr("Our word for a person"), "choice", "person", "", words),
    ]


class SettingsWindow(BasePage):
    """A page, though it is reached from the Tools menu."""

    help_name = "settings"

    def __init__(
        self,
        desk: Desk,
        apply_look: Callable[[], None],
        lock: Callable[[], None],
        group: str = "",
        keeper: BackupKeeper | None = None,
    ) -> None:
        super().__init__(desk, tr("Settings"))
        self._apply_look, self._lock, self._keeper = apply_look, lock, keeper
        self.search = SearchField(tr("Search settings"), key_words("Ctrl+F"))
        self.search.setFixedWidth(style.chars(36))
        self.search.textChanged.connect(self._search)
        self.add_head_widget(self.search)
        self.groups = GroupList(tr("Groups of settings"))
        self.stack = QStackedWidget()
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.groups)
        row.addWidget(self.stack, 1)
        self.body.addLayout(row, 1)
        self._words: list[str] = []
        self._rows: dict[str, int] = {}
        self._areas: list[QScrollArea] = []
        self._makers: dict[int, Callable[[], QWidget]] = {}
        self._build()
        self._rest = InTurn(self, lambda: None)
        self.groups.currentRowChanged.connect(self._show)
        self.groups.setCurrentRow(self._rows.get(group, 0))
        self._rest.begin([partial(self._make, at) for at in self._makers])

    def _build(self) -> None:
        offered = [*practice_settings(), *self.desk.plugins.settings()]
        values: dict[str, Any] = {}
        with self.guard(), self.desk.vault.read() as db:
            values = {s.id: setting(db, s.id, s.default) for s in offered}
        titles = {s.group: None for s in offered}
        for title in titles:
            of_group = [s for s in offered if s.group == title]
            self._add(tr(title), partial(_PracticePane, self.desk, self, of_group, values))
        self._add(tr("You"), lambda: YouPane(self.desk, self), YOU)
        self._add(tr("Look"), self._look_pane)
        self._add(tr("Privacy and lock"), self._lock_pane)
        self._add(tr("Who works here"), lambda: UsersPane(self.desk, self, self._lock), USERS)
        keeper = self._keeper
        if keeper is not None:
            self._add(tr("Backups"), lambda: BackupsPane(keeper, self), BACKUPS)
        self._add(tr("Modules"), lambda: ModulesPane(self.desk, self), MODULES)

    def _add(self, title: str, make: Callable[[], QWidget], group: str = "") -> None:
        """A group whose pane is made when it is shown, or else when the window has nothing else to do."""
        if group:
            self._rows[group] = self.stack.count()
        area = QScrollArea()
        area.setProperty("part", "card")
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._makers[len(self._areas)] = make
        self._areas.append(area)
        self.groups.add_group(title)
        self.stack.addWidget(area)
        self._words.append(normal_name(title))

    def _make(self, at: int) -> None:
        if at not in self._makers or not self.desk.vault.is_unlocked:
            return
        pane = self._makers.pop(at)()
        pane.setProperty("part", "body")
        self._areas[at].setWidget(pane)
        self._words[at] += f" {normal_name(pane.property('words') or '')}"

    def _show(self, at: int) -> None:
        self._make(at)
        self.stack.setCurrentIndex(at)

    def _search(self, text: str) -> None:
        self._rest.finish()
        wanted = normal_name(text)
        hits = [i for i, words in enumerate(self._words) if wanted in words]
        for i in range(self.groups.count()):
            self.groups.item(i).setHidden(i not in hits)
        if hits and self.groups.currentRow() not in hits:
            self.groups.setCurrentRow(hits[0])

    def filter_list(self) -> None:
        """Ctrl+F goes to the search field."""
        self.search.setFocus()

    def focus_first(self) -> None:
        self.groups.setFocus()

    def _look_pane(self) -> QWidget:
        form = _pane_form()
        looks = [("light", tr("Light")), ("dark", tr("Dark")), ("high_contrast", tr("High contrast"))]
        form.add_choice("theme", tr("Look"), looks, tr("Light, unless you choose another."))
        sizes = [(str(s), tr("{n} %").format(n=round(s * 100))) for s in (1.0, 1.15, 1.3, 1.5, 1.75, 2.0)]
        form.add_choice(
            "text_scale",
            tr("Text size"),
            sizes,
            tr("100 % unless you choose another. Ctrl+= and Ctrl+- too."),
        )
        densities = [("comfortable", tr("Comfortable")), ("compact", tr("Compact"))]
        form.add_choice("density", tr("Rows"), densities, tr("Comfortable, unless you choose another."))
        form.add_choice("language", tr("Language"), languages(), tr("From the next start."))
        form.set_row_visible("language", len(languages()) > 1)
        form.add_check("single_keys", tr("Single letters work as keys (A, M, N in Referrals)"))
        hint = tr(
            "A dotted line under words such as “suffers from”, with another to choose. Nothing is counted."
        )
        form.add_check("word_hints", tr("Offer other words in notes"), hint)
        self._fill(form, ("theme", "density", "language", "single_keys", "word_hints"))
        form.set_values({"text_scale": str(self.desk.settings.text_scale)})
        form.edited.connect(lambda: self._take(form, self._apply_look))
        return _framed(form, "theme dark light contrast text size rows density language keys words wording")

    def _lock_pane(self) -> QWidget:
        form = _pane_form()
        minutes = [(str(m), tr("{n} minutes").format(n=m)) for m in LOCK_MINUTES]
        form.add_choice(
            "lock_minutes", tr("Lock when nothing was typed for"), minutes, tr("5 minutes. It cannot be off.")
        )
        form.set_values({"lock_minutes": str(self.desk.settings.lock_minutes)})
        form.edited.connect(lambda: self._take(form, lambda: None))
        return _framed(form, "lock minutes privacy")

    def _fill(self, form: Form, names: tuple[str, ...]) -> None:
        form.set_values({n: getattr(self.desk.settings, n) for n in names})

    def _take(self, form: Form, then: Callable[[], None]) -> None:
        for name, value in form.values().items():
            old = getattr(self.desk.settings, name)
            new: Any = type(old)(value) if not isinstance(old, bool) else bool(value)
            if new != old:
                setattr(self.desk.settings, name, new)
        then()


class _PracticePane(QWidget):
    """Practice settings of one group, saved as each field is left; read-only for who may not change them.

    `values` are those of all settings; none when they cannot be read now.
    """

    def __init__(
        self, desk: Desk, page: BasePage, settings: list[Setting], values: Mapping[str, Any]
    ) -> None:
        super().__init__()
        self._desk, self._page, self._settings = desk, page, settings
        self.setProperty("words", " ".join(s.title for s in settings))
        self.form = _pane_form()
        for each in settings:
            self._add(each)
        self._before = {s.id: values.get(s.id, s.default) for s in settings}
        self.form.set_values(self._before)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(self.form)
        column.addStretch(1)
        self.form.setEnabled(bool(values) and may(desk.user, "settings.edit"))
        for each in settings:
            field = self.form.field(each.id)
            signal = getattr(field, "editingFinished", None) or getattr(field, "activated", None)
            (signal or self.form.edited).connect(lambda *_args: self._save())

    def _add(self, each: Setting) -> None:
        if each.kind == "choice":
            self.form.add_choice(each.id, each.title, list(each.choices), each.help)
        elif each.kind == "check":
            self.form.add_check(each.id, each.title, each.help)
        else:
            self.form.add_text(each.id, each.title, each.help, multiline=each.kind == "long_text")

    def _save(self) -> None:
        values = self.form.values()
        changed = {s.id: values[s.id] for s in self._settings if values.get(s.id) != self._before.get(s.id)}
        if not changed:
            return
        with self._page.guard():
            with self._desk.vault.write("core") as db:
                for name, value in changed.items():
                    put_setting(db, name, value)
            self._before.update(changed)
            self._page.done(tr("Saved."))


def _pane_form() -> Form:
    form = Form()
    form.setMaximumWidth(style.chars(72))
    return form


def _framed(form: Form, words: str) -> QWidget:
    pane = QWidget()
    pane.setProperty("words", words)
    column = QVBoxLayout(pane)
    column.setContentsMargins(16, 16, 16, 16)
    column.addWidget(form)
    column.addStretch(1)
    return pane
