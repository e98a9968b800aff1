"""What modules have to say about a record that is open, and what they offer to do about it (hook `record_facts`)."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtGui import QShowEvent

from therapydesk.api import Fact, Failure, Link, hooks, tr
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.labels import text_label


class RecordFacts(Card):
    """A card beside a record. It reads whenever it comes into view, so also after Back, and hides with nothing to say.

    `kind` and `ref` name the record ("appointment", "note"); `person_id` is whom it is about, if that is one person.
    """

    def __init__(self, desk: Desk, title: str, kind: str, ref: UUID, person_id: UUID | None = None) -> None:
        super().__init__(title)
        self._desk, self._kind, self._ref, self._person_id = desk, kind, ref, person_id
        self._shown: tuple[list[Fact], list[Failure]] | None = None
        self.refresh()

    def refresh(self) -> None:
        """Ask the modules again."""
        with self._desk.vault.read() as db:
            answers = self._desk.plugins.ask(
                hooks.record_facts, db=db, kind=self._kind, ref=self._ref, person_id=self._person_id
            )
        facts: list[Fact] = sorted(filter(self.shows, answers.values), key=lambda fact: fact.order)
        if (facts, answers.failures) == self._shown:
            return  # a link that has the focus keeps it
        self._shown = (facts, answers.failures)
        self.clear_rows()
        for fact in facts:
            self._add_fact(fact)
        for failure in answers.failures:
            self.add_text(tr("{module} could not answer.").format(module=failure.title))
        there = bool(facts or answers.failures)
        if (
            self.parentWidget() is not None or not there
        ):  # alone it would be a window for a moment, and take the keyboard
            self.setVisible(there)

    def shows(self, fact: Fact) -> bool:
        """Whether a fact is told; a page that shows the same itself leaves it out."""
        return True

    def _add_fact(self, fact: Fact) -> None:
        if fact.link is None:
            self.add_row(text_label(fact.text, tone="warn" if fact.level == "warn" else "", wrap=True))
            return
        link: Link = fact.link
        self.add_link(fact.text, lambda: self._desk.open_link(link))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._desk.vault.is_unlocked:
            self.refresh()
