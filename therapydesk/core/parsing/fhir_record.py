"""A referral while it is being put together from several resources."""

from __future__ import annotations

from dataclasses import dataclass, field

from therapydesk.core.parsing.fhir_bundle import Bundle
from therapydesk.core.parsing.fhir_tree import Node
from therapydesk.core.parsing.types import ImportProblem, MappedRecord

FIELDS = (
    *(
        "name",
        "preferred_name",
        "given",
        "family",
        "title",
        "nhs_number",
        "nhs_number_status",
        "born_on",
        "died_on",
    ),
    *(
        "pronouns",
        "gender",
        "address",
        "postcode",
        "phone",
        "email",
        "language",
        "interpreter",
        "access_needs",
    ),
    *("reason", "would_like", "priority", "referred_on", "referral_id", "referrer", "referrer_organisation"),
    *(
        "referrer_ods",
        "gp",
        "gp_ods",
        "carer",
        "carer_relation",
        "carer_phone",
        "agreed",
        "flags",
        "sensitive",
        "notes",
    ),
)
_LISTS = {"reason", "would_like", "access_needs", "flags", "notes"}


@dataclass
class Draft:
    """One person: what is known so far, where it came from, and what is doubtful."""

    row: int
    bundle: Bundle
    today: str
    keys: set[str] = field(default_factory=set)
    fields: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    problems: list[ImportProblem] = field(default_factory=list)

    def put(self, name: str, value: str, source: str) -> None:
        """Fill a field; the first value stays, fields that are lists gather all, a line each."""
        if not value:
            return
        if name in _LISTS and name in self.fields:
            if value not in self.fields[name].split("\n"):
                self.fields[name] += f"\n{value}"
                self.sources[name] += f", {source}"
        elif name not in self.fields:
            self.fields[name] = value
            self.sources[name] = source

    def about(self, kind: str, *path: str) -> list[Node]:
        """The resources of a type whose Reference at the path means this person."""
        by_key = self.bundle.about(kind, *path)
        found = {id(node): node for key in sorted(self.keys) for node in by_key.get(key, ())}
        return list(found.values())

    def doubt(self, column: str, message: str) -> None:
        """Something about this person that somebody should look at."""
        self.problems.append(ImportProblem(self.row, column, message))

    def finish(self) -> MappedRecord:
        """The record, with every field, empty ones as ""."""
        return MappedRecord(
            self.row, {name: self.fields.get(name, "") for name in FIELDS}, dict(self.sources)
        )
