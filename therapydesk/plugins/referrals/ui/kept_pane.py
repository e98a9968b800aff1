"""What we will keep: the person's wish first, strengths next, then what makes it hard; kept as it is typed."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from therapydesk.api import Duplicate, coded_list, show_day, tr
from therapydesk.plugins.referrals.lists import ReferralView
from therapydesk.plugins.referrals.words import AGREED, PRIORITIES
from therapydesk.ui.kit.cards import Pane
from therapydesk.ui.kit.editor import DraftState
from therapydesk.ui.kit.forms import Form
from therapydesk.ui.kit.labels import IconMark, button, text_label

TEXTS = ("would_like", "enjoys", "matters", "hard", "helps")
DRAFT_MS = 5_000


class KeptPane(Pane):
    """The form. `draft_due` asks the page to keep a draft; `field_entered` names the field with the focus."""

    draft_due = Signal()
    left = Signal()
    field_entered = Signal(str)
    compare_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__(tr("What we will keep"), flush=True)
        self.state = DraftState()
        self.add_tool(self.state)
        self.form = Form(labels="left")
        titles = (
            tr("Would like"),
            tr("Enjoys, does well"),
            tr("What matters"),
            tr("Makes it hard"),
            tr("What helps"),
        )
        for name, title in zip(TEXTS, titles, strict=True):
            self.form.add_text(name, title, multiline=True).set_lines(1, 3)
        self.form.add_text("best_way", tr("Best way to reach"))
        self.access = self.form.add_text("access", tr("Access"))
        self.access.setReadOnly(True)
        self.form.add_choice("agreed", tr("Agreed to this"), [(k, tr(v)) for k, v in AGREED.items()])
        self.form.add_choice("priority", tr("How soon"), [(k, tr(v)) for k, v in PRIORITIES.items()])
        self.alike = _Alike()
        self.alike.compare_wanted.connect(self.compare_wanted)
        inside = QWidget()
        inside.setProperty("part", "body")
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 4, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.form)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        self.body.addWidget(area, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 12, 16, 16)
        foot.addWidget(self.alike)
        self.body.addLayout(foot)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self._timer = QTimer(self, singleShot=True, interval=DRAFT_MS)
        self._timer.timeout.connect(self.draft_due)
        self.form.edited.connect(self._on_edited)
        self._saved: dict[str, Any] = {}
        for name in (*TEXTS, "best_way", "agreed", "priority"):
            field = self.form.field(name)
            field.setProperty("field", name)
            field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self.field_entered.emit(str(watched.property("field")))
        elif event.type() == QEvent.Type.FocusOut and self._timer.isActive():
            self._timer.stop()
            self.draft_due.emit()
        elif event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]  # a QKeyEvent
            self.left.emit()
            return True
        return super().eventFilter(watched, event)

    def _on_edited(self) -> None:
        self.state.show_unsaved()
        self._timer.start()

    def show_view(self, view: ReferralView, draft: str | None, may_edit: bool) -> None:
        """Show what is kept; a draft that was not saved comes back."""
        self._timer.stop()
        named = dict(coded_list("access_needs"))
        ways = [value for kind, value in view.contacts if kind == "phone"] or [v for _, v in view.contacts]
        values: dict[str, Any] = {name: view.texts.get(name, "") for name in TEXTS}
        values["best_way"] = view.best_way or (tr("Phone: {number}").format(number=ways[0]) if ways else "")
        values["access"] = " · ".join(named.get(code, code) for code in view.needs) or tr("Not recorded")
        values["agreed"], values["priority"] = view.row.agreed, view.row.priority
        self._shown_way = values["best_way"]
        self._saved = dict(values)
        if draft is not None:
            values.update({k: v for k, v in json.loads(draft).items() if k in values})
        self.form.set_values(values)
        self.form.setEnabled(may_edit)
        self.state.setVisible(draft is not None)
        self.alike.hide()

    def values(self) -> dict[str, Any]:
        """What stands in the form."""
        return self.form.values()

    def changed(self) -> bool:
        """Whether anything differs from what is kept."""
        return any(value != self._saved.get(name) for name, value in self.values().items())

    def taken(self) -> None:
        """What stands in the form is kept now."""
        self._saved = self.values()

    def texts(self) -> dict[str, str]:
        """The texts for the clinical zone that were changed."""
        return {n: v for n, v in self.values().items() if n in TEXTS and v != self._saved.get(n)}

    def best_way(self) -> str | None:
        """How to reach the person, when it was changed."""
        way = str(self.values()["best_way"])
        return way if way != self._saved.get("best_way") else None


class _Alike(QFrame):
    """Somebody who is perhaps the same: checked before Accept, and never in its way."""

    compare_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("part", "warn")
        self._person: UUID | None = None
        self._words = text_label("", "", wrap=False)
        self._name = text_label("", "strong", wrap=False)
        self._compare = button(tr("Compare"), self._on_compare, kind="link")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(8)
        row.addWidget(IconMark("people", "warn"))
        row.addWidget(self._words)
        row.addWidget(self._name)
        row.addWidget(self._compare)
        row.addStretch(1)
        self.hide()

    def show_duplicate(self, found: Duplicate) -> None:
        """Name who it may be and why."""
        self._person = found.person_id
        born = tr(", born {day}").format(day=show_day(found.born_on)) if found.born_on else ""
        self._words.setText(tr("Perhaps here already:"))
        self._name.setText(found.name)
        self.setToolTip(f"{found.why}{born}")
        self.setAccessibleName(
            tr("Perhaps here already: {name}, {why}").format(name=found.name, why=found.why)
        )
        self.show()

    def _on_compare(self) -> None:
        self.compare_wanted.emit(self._person)
