"""The practice's own settings and its card."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from therapydesk.core.pdf import Letterhead, Sheet, Size
from therapydesk.core.permissions import allowed
from therapydesk.core.vault.session import Db
from therapydesk.records.users import PracticeSetting


@dataclass(frozen=True)
class PracticeCard:
    """What stands on letters and invoices. `address` may have several lines; `nation` chooses bank holidays
    and law.
    """

    name: str
    legal_name: str
    address: str
    phone: str
    email: str
    nation: str

    @property
    def letterhead(self) -> Letterhead:
        """What stands at the head of everything the practice prints, the address on one line."""
        address = ", ".join(part.strip(" ,") for part in self.address.splitlines() if part.strip(" ,"))
        contact = tuple(line for line in (self.phone, self.email) if line)
        return Letterhead(self.name, self.legal_name, (address,) if address else (), contact)


@allowed("settings.read")
def setting(db: Db, name: str, default: Any = None) -> Any:
    """The value of a practice setting, or the default."""
    found = db.scalar(select(PracticeSetting.value).where(PracticeSetting.name == name))
    return default if found is None else json.loads(found)


@allowed("settings.edit")
def put_setting(db: Db, name: str, value: Any) -> None:
    """Set a practice setting; any value that JSON can hold."""
    row = db.scalars(select(PracticeSetting).where(PracticeSetting.name == name)).first()
    if row is None:
        db.add(PracticeSetting(name=name, value=json.dumps(value)))
    else:
        row.value = json.dumps(value)
    db.flush()


@allowed("settings.read")
def practice_card(db: Db) -> PracticeCard:
    """Name, address and so on of the practice."""
    wanted = ("name", "legal_name", "address", "phone", "email", "nation")
    names = [f"practice.{each}" for each in wanted]
    query = select(PracticeSetting.name, PracticeSetting.value).where(PracticeSetting.name.in_(names))
    values = {name.split(".")[1]: json.loads(value) for name, value in db.execute(query).all()}
    name = str(values.get("name") or getattr(db.info.get("vault"), "practice", ""))
    rest = {each: values.get(each, "") for each in ("address", "phone", "email")}
    return PracticeCard(
        name, values.get("legal_name") or name, nation=values.get("nation", "england"), **rest
    )


@allowed("settings.read")
def practice_sheet(db: Db, title: str, *, size: Size = "normal", landscape: bool = False) -> Sheet:
    """A print under the practice's letterhead; in a demo practice each page says so. No person's name in `title`."""
    card = practice_card(db)
    demo = bool(getattr(db.info.get("vault"), "demo", False))
    return Sheet(card.letterhead, title, card.name, demo, size, landscape=landscape)
