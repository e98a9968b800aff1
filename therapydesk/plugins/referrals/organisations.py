"""Organisations that an import names: found among those known, else added, all with one query."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Db, Organisation, new_id, normal_name


@dataclass
class Organisations:
    """The organisations of the practice by name and ODS code; `made` are those added here."""

    db: Db
    by_name: dict[str, UUID] = field(default_factory=dict)
    by_code: dict[str, UUID] = field(default_factory=dict)
    made: list[UUID] = field(default_factory=list)

    @classmethod
    def load(cls, db: Db) -> Organisations:
        """All that are known."""
        found = cls(db)
        for key, name, code in db.execute(
            select(Organisation.id, Organisation.normal_name, Organisation.ods_code).order_by(Organisation.id)
        ):
            found.by_name.setdefault(name, key)
            if code:
                found.by_code.setdefault(code, key)
        return found

    def find_or_add(self, name: str, ods_code: str, kind: str) -> UUID | None:
        """The organisation of this code, else of this name, else a new one; None when nothing is named.

        `kind` "" is a referrer of unknown kind.
        """
        code, normal = ods_code.upper(), normal_name(name)[:200]
        if not normal and not code:
            return None
        known = self.by_code.get(code) if code else None
        known = known or self.by_name.get(normal)
        if known is None:
            row = Organisation(
                id=new_id(),
                name=(name or code)[:200],
                normal_name=normal or normal_name(code),
                kind=kind,
                is_referrer=kind != "school",
                is_setting=kind == "school",
                ods_code=code,
            )
            self.db.add(row)
            known = row.id
            self.made.append(known)
            self.by_name[row.normal_name] = known
        if code:
            self.by_code[code] = known
        return known
