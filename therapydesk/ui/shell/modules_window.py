"""Settings › Modules: what each adds, on and off, and in one sentence why one is not running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from therapydesk.api import Loaded, hooks, may, ntr, tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.labels import IconMark, Notice, StateMark, button, line, text_label
from therapydesk.ui.kit.messages import confirm

if TYPE_CHECKING:
    from therapydesk.ui.kit.page import BasePage


class ModulesPane(QWidget):
    """One row a module; what is broken comes first."""

    def __init__(self, desk: Desk, page: BasePage) -> None:
        super().__init__()
        self._desk, self._page = desk, page
        self.setProperty("words", "modules plugins switch on off")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 16, 16, 16)
        self._column.setSpacing(style.sp(2))
        self._fill()

    def _fill(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        entries = sorted(self._desk.plugins.loaded.values(), key=lambda e: (not e.trouble, tr(e.info.title)))
        on = sum(e.on for e in entries)
        broken = sum(bool(e.trouble) for e in entries)
        self._column.addWidget(text_label(tr("Modules"), "section"))
        sentence = tr(
            "Turning a module off hides its pages and keeps its data. {on} on, {off} off, {broken} not running."
        )
        text = sentence.format(on=on, off=len(entries) - on - broken, broken=broken)
        self._column.addWidget(text_label(text, tone="text_muted", wrap=True))
        for entry in entries:
            self._column.addWidget(line())
            self._column.addWidget(self._row(entry))
            if entry.trouble:
                self._column.addWidget(self._trouble(entry))
        self._column.addStretch(1)

    def _row(self, entry: Loaded) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(style.sp(4))
        row.addWidget(IconMark(entry.info.icon))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(text_label(tr(entry.info.title), "strong"))
        words.addWidget(text_label(tr(entry.info.summary), "small", "text_muted", wrap=True))
        row.addLayout(words, 3)
        row.addWidget(text_label(self._adds(entry), "small", "text_muted", wrap=True), 2)
        if entry.trouble:
            row.addWidget(StateMark(tr("Not running"), "square", "danger"))
        box = QCheckBox(tr("On") if entry.on else tr("Off"))
        box.setAccessibleName(tr("{module} is on").format(module=tr(entry.info.title)))
        box.setChecked(entry.on)
        box.setEnabled(may(self._desk.user, "modules.switch") and entry.module is not None)
        box.clicked.connect(lambda checked, e=entry: self._switch(e, checked))
        row.addWidget(box)
        return holder

    def _adds(self, entry: Loaded) -> str:
        if entry.found is not None:
            added = tr("Added by you, version {version}").format(version=entry.found.version)
            return added
        pages = sum(p.id.startswith(f"{entry.id}.") for p in self._desk.plugins.collect(hooks.pages))
        tabs = sum(t.id.startswith(f"{entry.id}.") for t in self._desk.plugins.collect(hooks.person_tabs))
        parts = [ntr("1 page", "{n} pages", pages).format(n=pages)] if pages else []
        parts += [ntr("1 person tab", "{n} person tabs", tabs).format(n=tabs)] if tabs else []
        return ", ".join(parts)

    def _trouble(self, entry: Loaded) -> QFrame:
        box = Notice("danger")
        safe = tr("Everything else works and its data is safe.")
        box.row.addWidget(text_label(f"{entry.trouble} {safe}", wrap=True), 1)
        if entry.waiting_for_consent and may(self._desk.user, "modules.switch"):
            box.row.addWidget(button(tr("Allow this module"), lambda: self._ask(entry)))
        copy = f"{entry.id} {entry.found.version if entry.found else ''}\n{entry.trouble}"
        box.row.addWidget(button(tr("Copy details"), lambda: QGuiApplication.clipboard().setText(copy)))
        return box

    def _switch(self, entry: Loaded, on: bool) -> None:
        with self._page.guard():
            self._desk.plugins.switch(entry.id, on)
            self._desk.vault.tell_module("module switched on" if on else "module switched off", entry.id)
            off = set(self._desk.settings.modules_off)
            self._desk.settings.modules_off = sorted(off - {entry.id} if on else off | {entry.id})
            text = tr("{module} is on. Its pages are there after the next unlock.")
            gone = tr("{module} is off after the next unlock. Its data stays.")
            self._page.done((text if on else gone).format(module=tr(entry.info.title)))
        self._fill()

    def _ask(self, entry: Loaded) -> None:
        if entry.found is None:
            return
        found = entry.found
        text = tr(
            "“{name}”, version {version}, by {publisher}, can read everything you can open. TherapyDesk cannot hold it "
            "back. Allow it only if you trust who made it."
        ).format(name=found.package, version=found.version, publisher=found.publisher)
        confirm(
            self,
            tr("Allow this module?"),
            text,
            tr("Allow {name}").format(name=found.package),
            lambda: self._allow(entry),
        )

    def _allow(self, entry: Loaded) -> None:
        if entry.found is not None:
            with self._page.guard():
                found = entry.found
                self._desk.vault.tell_module("module allowed", entry.id, found.version, found.digest)
                allowed = dict(self._desk.settings.modules_allowed)
                self._desk.settings.modules_allowed = {**allowed, entry.id: found.digest}
                self._page.done(tr("Allowed. It starts with the next start of TherapyDesk."))
