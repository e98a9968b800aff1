"""What is typed in a form comes back after a lock or a crash (security §3).

`FormDialog` does this by itself. A `Form` inside a page calls `keep_drafts` once, and `saved` when its text is stored.
Anything else that takes long text makes a `DraftKeeper` of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol
from uuid import UUID

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from therapydesk.api import UserError

KEEP_MS = 5000
PREFIX = "form."  # the names of these drafts begin with it


class DraftVault(Protocol):
    """What is needed of the vault."""

    @property
    def is_unlocked(self) -> bool: ...
    def save_draft(self, key: str, text: str) -> None: ...
    def load_draft(self, key: str) -> str | None: ...
    def drop_draft(self, key: str) -> None: ...


def vault_of(widget: QWidget) -> DraftVault | None:
    """The vault of the page that a widget stands on, if it stands on one."""
    vault = getattr(getattr(page_of(widget), "desk", None), "vault", None)
    return vault if hasattr(vault, "load_draft") else None


def page_of(widget: QWidget) -> QWidget | None:
    """The nearest widget around this one that has a desk."""
    around: QWidget | None = widget
    while around is not None and getattr(around, "desk", None) is None:
        around = around.parentWidget()
    return around


def name_of_draft(widget: QWidget, *parts: object) -> str:
    """The name that a form's draft is kept under: the page, what it is about, and `parts`. It tells nothing to read."""
    page = page_of(widget)
    kinds = [f"{type(each).__module__}.{type(each).__qualname__}" for each in (page, widget)]
    told = json.dumps([*kinds, *_records_around(widget), *map(str, parts)])
    return PREFIX + hashlib.sha256(told.encode()).hexdigest()


def _records_around(widget: QWidget) -> list[str]:
    """Which records the pages and tabs around a widget are about: every id that they keep, and of every record they show.

    Rather too many than too few: with another id, text does not come back, and with one too few it might about another.
    """
    found: list[str] = []
    around = widget.parentWidget()
    while around is not None:
        kept = [value for name, value in vars(around).items() if name != "desk"]
        ids = [value if isinstance(value, UUID) else getattr(value, "id", None) for value in kept]
        found += sorted(str(each) for each in ids if isinstance(each, UUID))
        around = around.parentWidget()
    return found


def title_of(kept: str) -> str:
    """The title of the form that a kept text belongs to; empty for a text that no form kept."""
    found = _read(kept)
    return str(found.get("title", ""))


class DraftKeeper(QObject):
    """Keeps what `typed()` gives (plain values by field name; empty: nothing is typed) sealed under a name.

    Call `touched` with each change. It is kept five seconds later, and by `keep_all` before a lock.
    """

    def __init__(self, owner: QWidget, vault: DraftVault, name: str, title: str) -> None:
        super().__init__(owner)
        self.typed: Callable[[], dict[str, Any]] = dict
        self.failed: Callable[[UserError], object] = lambda _error: None
        self.done: Callable[[], object] = lambda: None  # it is kept now
        self._vault, self._name, self._title = vault, name, title
        self._kept = self._new = False
        self._soon = QTimer(self, singleShot=True, interval=KEEP_MS)
        self._soon.timeout.connect(self.keep)

    def kept(self) -> dict[str, Any]:
        """What was kept before, by field name; empty when there is nothing."""
        text = None
        with suppress(UserError):  # while a key is changed nothing can be read; it is there the next time
            text = self._vault.load_draft(self._name)
        self._kept = text is not None
        values = _read(text or "{}").get("values")
        return values if isinstance(values, dict) else {}

    def touched(self) -> None:
        """Something was typed."""
        self._new = True
        if not self._soon.isActive():
            self._soon.start()

    def keep(self) -> None:
        """Keep it now, if there is something new."""
        if not self._new or not self._vault.is_unlocked:
            return
        self._soon.stop()
        self._new = False
        typed = self.typed()
        try:
            if typed:
                self._vault.save_draft(self._name, json.dumps({"title": self._title, "values": typed}))
                self._kept = True
                self.done()
            else:
                self.drop()
        except UserError as error:
            self.failed(error)

    def drop(self) -> None:
        """Forget it: it is stored, or was given up."""
        self._soon.stop()
        self._new = False
        if self._kept and self._vault.is_unlocked:
            self._kept = False
            with suppress(
                UserError
            ):  # the zone is being written: an old text that is offered again does no harm
                self._vault.drop_draft(self._name)


def keep_all() -> None:
    """Before the vault is locked: keep what is typed in every form of every window."""
    for window in QApplication.topLevelWidgets():
        for keeper in window.findChildren(DraftKeeper):
            keeper.keep()


def _read(kept: str) -> dict[str, Any]:
    try:
        found = json.loads(kept)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
