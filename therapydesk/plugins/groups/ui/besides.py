"""What other modules say of a session beside a page that shows its register anyhow."""

from __future__ import annotations

from therapydesk.api import Fact
from therapydesk.ui.kit.record_facts import RecordFacts


class Besides(RecordFacts):
    """The facts and offers of a record, without the summary of its register."""

    def shows(self, fact: Fact) -> bool:
        """Whether a fact is told here."""
        return fact.kind != "register"
