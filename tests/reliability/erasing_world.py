"""A practice with somebody who will be erased, marked in every place that may tell of them."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import String, Text, Uuid, text, update

from tests.reliability.decrypted import decrypted
from therapydesk.core import hookspecs
from therapydesk.core.ids import new_id
from therapydesk.core.tables import ZONES, Erase, Zone
from therapydesk.core.vault import files, generations
from therapydesk.core.vault.keys import ZoneKeys
from therapydesk.core.vault.vault import Vault
from therapydesk.records.consents import ConsentDetail
from therapydesk.records.documents import ClinicalDocument
from therapydesk.records.erasing_looks import marked_tables
from therapydesk.records.merging import merge_people
from therapydesk.records.people import Person
from therapydesk.records.people_details import PersonDetails, add_person
from therapydesk.records.relations import Relation

GOES, STAYS = "Zqxjvw", "Wyvqzk"
TRIGRAMS = (b"zqx", b"qxj", b"xjv")


def fill(vault: Vault, mark: str) -> UUID:
    """A person with rows in every table of every module, and the mark in every text of theirs that erasing takes away."""
    with vault.write("core") as db:
        person_id = add_person(db, PersonDetails(f"{mark} Marked", best_way=f"{mark} way")).id
        twin = add_person(db, PersonDetails(f"{mark} Marked Twice", best_way=f"{mark} way")).id
        other = add_person(db, PersonDetails("Carer Unmarked", best_way="phone")).id
        db.add(Relation(person_id=other, other_person_id=person_id, kind="carer", leads_on=f"{mark} leads"))
    for zone in ZONES:
        with vault.write(zone) as db:
            vault.host.ask(hookspecs.sample_data, db=db, person_id=person_id, seed=3)  # type: ignore[attr-defined]  # the plugin host
    vault.settle()
    with vault.write("core") as db:
        db.execute(text("UPDATE appointment SET state = 'completed'"))
        db.execute(text("UPDATE episode SET stage = 'closed'"))
        db.info.setdefault("told", set()).update({"appointment", "episode"})
        merge_people(db, person_id, twin)
    with vault.write("clinical") as db:
        db.add(ConsentDetail(consent_id=new_id(), person_id=person_id, text=f"{mark} said " * 2000))
    vault.settle()
    for zone in ZONES:
        _write_marks(vault, zone, (person_id, twin), mark)
    _large_file(vault, person_id, mark)
    vault.save_draft(f"notes.{person_id}", f"{mark} is being typed")
    return person_id


def _write_marks(vault: Vault, zone: Zone, people: tuple[UUID, ...], mark: str) -> None:
    with vault.write(zone) as db:
        for table, privacy in marked_tables(db, zone):
            told_once = table.name == "safeguarding_entry"  # triggers refuse changing it
            if told_once or (privacy.on_erase is Erase.KEEP and zone != "safeguarding"):
                continue
            texts = [
                c.name
                for c in table.columns
                if isinstance(c.type, (String, Text))
                and not isinstance(c.type, Uuid)
                and not c.primary_key
                and (not privacy.blank or c.name in privacy.blank)
                and c.name not in ("nhs_number", "normal_name", "sort_name", "moved", "before", "added")
            ]
            own = table.c.id if table is Person.__table__ else table.c.person_id
            if texts:
                values: Any = {
                    name: f"{mark} {name}"[: getattr(table.c[name].type, "length", None) or 60]
                    for name in texts
                }
                db.execute(update(table).where(own.in_(people)).values(values))
                db.info.setdefault("told", set()).add(table.fullname)
        if zone == "core":  # as the program does it whenever a name is written
            for person in people:
                row = db.get(Person, person)
                assert row is not None
                row.preferred_name = f"{mark} Known"


def _large_file(vault: Vault, person_id: UUID, mark: str) -> None:
    source = io.BytesIO(f"{mark} sings. ".encode() * 100_000)
    with files.sealing(vault.folder, "clinical", source) as sealed, vault.write("clinical") as db:
        row = ClinicalDocument(id=sealed.id, person_id=person_id, kind="recording", title=f"{mark} sings")
        row.media_type, row.sha256, row.content = "audio/flac", sealed.sha256, b""
        row.file_size, row.file_key = sealed.size, sealed.key
        db.add(row)


def keys_of(vault: Vault) -> dict[Zone, ZoneKeys]:
    """Copies of the zone keys, for looking into the files once the vault is closed."""
    return {zone: ZoneKeys(bytearray(keys.secret)) for zone, keys in vault.unlocked.ring.zones.items()}


def found(folder: Path, keys: dict[Zone, ZoneKeys], mark: str) -> list[str]:
    """In which files of a closed vault the mark stands, whatever the generation; and in which the trigrams of a name."""
    where = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        zone = path.relative_to(folder).parts[0]
        if path.name.endswith("-wal") and path.with_name(path.name[:-4]).exists():
            continue  # looked at with its file
        content = decrypted(path, keys[zone]) if path.name.startswith("zone.db") else path.read_bytes()  # type: ignore[index]  # a zone
        name = str(path.relative_to(folder))
        where += [name] if mark.encode() in content or mark.lower().encode() in content else []
        told = [t.decode() for t in TRIGRAMS if t in content]
        if (
            mark == GOES and path.name == "zone.db" and len(told) > 1
        ):  # one alone stands in random bytes now and then
            where += [f"{name}: {', '.join(told)}"]
    return where


def keep_older(folder: Path, to: Path) -> None:
    """A copy of a closed vault, as an old backup would bring it back."""
    shutil.copytree(folder, to)


def put_back(folder: Path, older: Path, zones: tuple[Zone, ...]) -> None:
    """The zone files of an older copy become the next generation of a closed vault. `erasure.json` stays."""
    current, before = generations.read_current(folder), generations.read_current(older)
    for zone in zones:
        name = f"g{int(current[zone][1:]) + 1}"
        shutil.copytree(older / zone / before[zone], folder / zone / name)
        current[zone] = name
    lying = older / files.FOLDER
    if lying.is_dir():
        shutil.copytree(lying, folder / files.FOLDER, dirs_exist_ok=True)
    generations.switch(folder, current)
