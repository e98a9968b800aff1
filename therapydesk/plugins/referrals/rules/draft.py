"""One referred person as read from a row, before it is compared with anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True)
class RowDraft:
    """What a row says, checked. `refused` is the sentence why it cannot be taken in, `why` the same in 25
    letters.

    `phones` and `emails` hold checked values; what could not be checked is in `other_ways` as it was written.
    `texts` (wishes, reason, notes …) are for the clinical zone. `sources` tells the column of each field.
    """

    number: int
    table: str = ""
    name: str = ""
    preferred_name: str = ""
    born_on: date | None = None
    born_text: str = ""
    died_on: date | None = None
    nhs_number: str = ""
    nhs_number_unchecked: str = ""
    pronouns: str = ""
    address: str = ""
    postcode: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    other_ways: tuple[str, ...] = ()
    language: str = ""
    best_way: str = ""
    preferred_place: str = ""
    preferred_time: str = ""
    needs: tuple[str, ...] = ()
    agreed: str = "unknown"
    priority: int = 2
    referred_on: date | None = None
    external_id: str = ""
    referrer: str = ""
    organisation: str = ""
    organisation_ods: str = ""
    gp: str = ""
    gp_ods: str = ""
    school: str = ""
    carer: str = ""
    carer_relation: str = ""
    carer_phone: str = ""
    carer_email: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    heads: Sequence[str] = ()
    cells: Sequence[str] = ()
    sources: dict[str, str] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)
    problems: list[tuple[str, str]] = field(default_factory=list)
    refused: str = ""
    why: str = ""

    def refuse(self, why: str, sentence: str, column: str = "") -> None:
        """The row cannot be taken in; the first reason stays."""
        if not self.refused:
            self.refused, self.why = sentence, why
        self.problems.append((column, sentence))

    def doubt(self, field_id: str, sentence: str) -> None:
        """Something that was kept apart and that somebody should look at."""
        self.wrong.add(field_id)
        self.problems.append((self.sources.get(field_id, ""), sentence))

    @property
    def original(self) -> list[tuple[str, str]]:
        """The filled cells as they were sent, each with its heading."""
        return [(head, cell) for head, cell in zip(self.heads, self.cells, strict=True) if cell]

    @property
    def reachable(self) -> bool:
        """Whether anything says how to reach the person."""
        ways = (self.phones, self.emails, self.other_ways, self.address, self.carer_phone, self.carer_email)
        return any(ways) or bool(self.referrer or self.organisation or self.best_way)
