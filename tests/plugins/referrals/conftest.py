"""Files of referrals, made on the spot, and short ways to plan and import them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from therapydesk.api import (
    AccessNeed,
    BatchResult,
    Choice,
    Consent,
    ContactPoint,
    ImportPlan,
    Organisation,
    Parsed,
    Person,
    ReadFile,
    Relation,
    new_id,
    normal_name,
)
from therapydesk.core.parsing.csvfile import read_csv
from therapydesk.plugins.referrals import importers, service
from therapydesk.plugins.referrals.models import Batch, Reason, Referral

LIST = """\
NHS number,Name,Date of birth,Postcode,Phone,Reason,Would like,Consent,Referrer,Organisation
943 476 5919,Gwen Tudor,17/03/1971,CF10 1AA,07700 900123,Low mood,To sing again,Yes,Nia Bevan,Cathays team
,Femi,,,07700 900124,Lonely since moving,Company,Yes,Nia Bevan,Cathays team
9434765918,Harjit Sandhu,14/02/1958,CF88 4QD,07700 900218,Stroke,To drum again,No,Nia Bevan,Cathays team
,Alan Doyle,31/02/1951,,,,,,Nia Bevan,Cathays team
,,,,,Nobody,,,Nia Bevan,Cathays team
,"Ann, Bob Tully",02/11/1949,,,,,,,
"""


def as_read(text: str | bytes, name: str = "list.csv", parsed: Parsed | None = None) -> ReadFile:
    """The text as if it had come through the worker."""
    data = text.encode() if isinstance(text, str) else text
    return ReadFile(name, hashlib.sha256(data).hexdigest(), data, parsed or read_csv(data))


@dataclass
class Office:
    """Plans and imports on one vault."""

    vault: Any

    def plan(self, text: str | bytes, name: str = "list.csv") -> ImportPlan:
        with self.vault.read() as db:
            return service.plan(db, as_read(text, name))

    def read(self, path: Path) -> ImportPlan:
        with self.vault.read() as db:
            return service.plan(db, importers.read(path))

    def carry_out(self, plan: ImportPlan, choices: Mapping[int, Choice] | None = None) -> BatchResult:
        with self.vault.write("core") as db:
            done = service.carry_out(db, plan, choices)
        self.vault.settle()
        return done

    def undo(self, batch_id: UUID) -> int:
        with self.vault.write("core") as db:
            n = service.undo_batch(db, batch_id)
        self.vault.settle()
        return n

    def person(self, name: str, phones: tuple[str, ...] = (), **more: Any) -> UUID:
        with self.vault.write("core") as db:
            person = Person(id=new_id(), full_name=name, normal_name=normal_name(name), **more)
            person.contacts = [ContactPoint(id=new_id(), kind="phone", value=phone) for phone in phones]
            db.add(person)
        return person.id

    def counts(self) -> dict[str, int]:
        tables = (Person, ContactPoint, AccessNeed, Relation, Consent, Organisation, Referral, Reason)
        with self.vault.read() as db:
            return {t.__name__: db.scalar(select(func.count()).select_from(t)) or 0 for t in tables}

    def all(self, table: type[Any]) -> list[Any]:
        with self.vault.read() as db:
            return list(db.scalars(select(table)))


@pytest.fixture
def office(vault: Any) -> Office:
    return Office(vault)


__all__ = ["LIST", "Batch", "Office", "as_read"]
