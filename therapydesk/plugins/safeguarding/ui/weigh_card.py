"""What is weighed up: adult or child, the parts of the law's test in the words of the practice's nation, categories."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from therapydesk.api import UserError, tr
from therapydesk.plugins.safeguarding.rules import all_met, child_on
from therapydesk.plugins.safeguarding.service import ConcernView, Weighed, coded_choices, pack
from therapydesk.plugins.safeguarding.ui.parts import empty, inset, put
from therapydesk.plugins.safeguarding.ui.words import unsure
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.labels import button, text_label
from therapydesk.ui.kit.links import LinkLabel
from therapydesk.ui.kit.segments import SegmentedButtons

Record = Callable[[Weighed], object]


class WeighCard(Card):
    """Ticks are recorded together, by a button that appears when something was changed: each record is an entry."""

    def __init__(
        self, view: ConcernView, record: Record, choose_categories: Callable[[], object], today: date
    ) -> None:
        super().__init__(tr("To weigh up"))
        self._view, self._record = view, record
        self._pack = pack(view.nation)
        open_ = view.state != "closed"
        self._pathway = view.pathway or _likely(view, today)
        options = [(way.id, way.title) for way in self._pack.pathways]
        self.ways = SegmentedButtons(options, tr("Pathway"))
        self.ways.setObjectName("pathway")
        self.ways.choose(self._pathway)
        self.ways.chosen.connect(self._choose)
        self.ways.setEnabled(open_)
        self._boxes: dict[str, QCheckBox] = {}
        self._says = text_label("", "small", "text_muted", wrap=True)
        self.record_button = button(tr("Record what was weighed up"), self.record)
        put(self, inset(self.ways))
        self._holder = QWidget()
        put(self, self._holder)
        self._fill(view.ticked)
        self._add_categories(choose_categories, open_=open_)

    def _add_categories(self, choose: Callable[[], object], *, open_: bool) -> None:
        if not self._view.pathway:
            return
        titles = {c.id: c.title for c in self._pack.pathway(self._view.pathway).categories}
        words = ", ".join(titles[c] for c in self._view.categories if c in titles)
        label = text_label(
            tr("Kind: {words}").format(words=words) if words else tr("Kind: not chosen yet"), wrap=True
        )
        label.setContentsMargins(8, 8, 8, 0)
        put(self, label)
        if open_:
            link = LinkLabel(tr("Choose kinds"), choose)
            link.setObjectName("kinds")
            put(self, inset(link))

    def _fill(self, ticked: frozenset[str]) -> None:
        fresh = QWidget()
        column = QVBoxLayout(fresh)
        column.setContentsMargins(8, 8, 8, 0)
        column.setSpacing(4)
        test = self._pack.pathway(self._pathway).test
        self._boxes = {}
        column.addWidget(
            text_label(unsure(test.title, confirmed=test.confirmed), "small", "text_muted", wrap=True)
        )
        for question in test.questions:
            box = QCheckBox(question.text)
            box.setObjectName(f"part-{question.id}")
            box.setChecked(question.id in ticked)
            box.setMinimumHeight(style.line_height() + 8)
            box.setEnabled(self._view.state != "closed")
            box.toggled.connect(lambda _on: self._changed())
            self._boxes[question.id] = box
            column.addWidget(box)
        self._says = text_label("", "small", "text_muted", wrap=True)
        self._says.setToolTip(test.source)
        column.addWidget(self._says)
        self.record_button = button(tr("Record what was weighed up"), self.record)
        self.record_button.setObjectName("weigh")
        column.addWidget(self.record_button)
        self.body.replaceWidget(self._holder, fresh)
        self._holder.hide()
        self._holder.setParent(None)
        self._holder.deleteLater()
        self._holder = fresh
        fresh.show()
        self._changed()

    def ticked(self) -> frozenset[str]:
        """The parts of the test that are ticked."""
        return frozenset(key for key, box in self._boxes.items() if box.isChecked())

    def _choose(self, pathway: str) -> None:
        self._pathway = pathway
        self._fill(self._view.ticked if pathway == self._view.pathway else frozenset())

    def _changed(self) -> None:
        test = self._pack.pathway(self._pathway).test
        met = all_met(self._boxes, self.ticked())
        missing = tr("{n} of {total} ticked").format(n=len(self.ticked()), total=len(self._boxes))
        self._says.setText(unsure(test.says, confirmed=test.confirmed) if met else missing)
        style.set_tone(self._says, "warn" if met else "text_muted")
        new = self.ticked() != self._view.ticked or self._pathway != self._view.pathway
        self.record_button.setVisible(new and self._view.state != "closed")

    def record(self) -> None:
        """Write down what is ticked now."""
        kept = self._view.categories if self._pathway == self._view.pathway else ()
        self._record(Weighed(self._pathway, self.ticked(), kept))


def _likely(view: ConcernView, today: date) -> str:
    """Adult or child, by the date of birth; adult where it is not known."""
    return "child" if child_on(view.born_on, today) else "adult"


def wishes_card(view: ConcernView, ask: Callable[[], object]) -> Card:
    """What was found about agreement and capacity, each as last recorded."""
    card = Card(tr("Agreement and capacity"))
    if view.state != "closed":
        card.set_link(tr("Record"), ask)
    lines = []
    for name, code in (("consent", view.consent), ("capacity", view.capacity)):
        titles = {c.id: c.title for c in coded_choices(name)}
        if code:
            lines.append(titles.get(code, code))
    if not lines:
        empty(card, tr("Not looked at yet."))
    for line in lines:
        label = text_label(line, wrap=True)
        label.setContentsMargins(8, 2, 8, 2)
        put(card, label)
    reason = next((e.text for e in reversed(view.of_kind("consent")) if e.text), "")
    if lines and reason:
        label = text_label(reason, "small", "text_muted", wrap=True)
        label.setContentsMargins(8, 2, 8, 2)
        put(card, label)
    return card


def need_pathway(view: ConcernView) -> str:
    """The pathway. Raises UserError while it is not recorded."""
    if not view.pathway:
        raise UserError(tr("Record first whether it is about an adult or a child."))
    return view.pathway
