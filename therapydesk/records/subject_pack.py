"""The answer to a request as one file: a letter and everything in one PDF, the same as JSON, and the files.

Made in two steps: `read_pack` reads what is given, `pack_file` (subject_zip) writes it, and `record_pack` says in the
logs that it was made. A pack holds the parts that its maker may do; the parts of others are packs of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from therapydesk.core import audit
from therapydesk.core.dates import today
from therapydesk.core.errors import NotFound, UserError
from therapydesk.core.pdf import Sheet, Size
from therapydesk.core.permissions import allowed
from therapydesk.core.tables import ZONES, Privacy, Zone
from therapydesk.core.vault.outbox import publish
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.events import SubjectPartMoved
from therapydesk.records.people import Person
from therapydesk.records.practice import practice_sheet
from therapydesk.records.subject_collect import Progress, require_part
from therapydesk.records.subject_files import KeptFile, ending, kept_file
from therapydesk.records.subject_marks import given
from therapydesk.records.subject_requests import RequestView, open_request, part, read_request
from therapydesk.records.subject_review import given_items, item_row, review_state
from therapydesk.records.subject_sources import personal_tables

EVERY = 100
LARGE_PRINT = "large_print"  # the code of access_needs.csv


@dataclass(frozen=True)
class PackItem:
    """One copy as it is given: pairs of column, label and text; `file` is its name in the pack, or empty."""

    title: str
    day: date | None
    fields: tuple[tuple[str, str, str], ...]
    file: str = ""


@dataclass(frozen=True)
class PackFile:
    """A file of a pack: its name in there, and the copy that it belongs to. It is read when it is written."""

    name: str
    zone: Zone
    item_id: UUID


@dataclass(frozen=True)
class PackPart:
    """What is given of one zone. `covered` places were made unreadable, `left_out` copies withheld."""

    zone: Zone
    items: tuple[PackItem, ...]
    files: tuple[PackFile, ...]
    covered: int
    left_out: int


@dataclass(frozen=True)
class Pack:
    """Everything that goes into one answer."""

    request: RequestView
    sheet: Sheet
    name: str
    address: str
    made_on: date
    parts: tuple[PackPart, ...]
    purposes: tuple[tuple[str, str], ...]
    size: Size = "normal"

    @property
    def items(self) -> int:
        """How many copies there are."""
        return sum(len(p.items) for p in self.parts)


@allowed("subject_access.review")
def packable(db: Db, request_id: UUID) -> list[Zone]:
    """The parts that are ready and that this user may put into a pack."""
    return [p.zone for p in read_request(db, request_id).parts if p.mine and p.state == "ready"]


@allowed("subject_access.review")
def read_pack(db: Db, request_id: UUID, zones: Sequence[Zone], progress: Progress = lambda *_: None) -> Pack:
    """Read what is given of these parts. Raises UserError when one of them is not ready."""
    open_request(db, request_id)
    view = read_request(db, request_id)
    if not zones:
        raise UserError(tr("No part is ready yet."), tr("Collect the parts and go through them first."))
    parts: list[PackPart] = []
    for zone in zones:
        require_part(db, zone)
        if part(db, request_id, zone).state != "ready":
            raise UserError(tr("A part is not ready yet."), tr("Go through it and call it ready first."))
        parts.append(_part(db, request_id, zone, progress, sum(len(done.files) for done in parts)))
    person = db.get(Person, view.person_id)
    if person is None:
        raise NotFound(tr("That person is not here."))
    return Pack(
        view,
        practice_sheet(db, view.number),
        person.full_name,
        "\n".join(line for line in (person.address or "", person.postcode or "") if line),
        today(),
        tuple(parts),
        _purposes(parts),
        "large" if any(need.code == LARGE_PRINT for need in person.needs) else "normal",
    )


def _part(db: Db, request_id: UUID, zone: Zone, progress: Progress, numbered: int) -> PackPart:
    state = review_state(db, request_id, zone)
    if state.decision is not None and state.decision.outcome == "all":
        return PackPart(zone, (), (), 0, 0)  # how much there is, or whether, is not told
    items: list[PackItem] = []
    files: list[PackFile] = []
    covered = 0
    for row, fields, marks in given_items(db, request_id, zone):
        name = ""
        if row.file_name:
            name = f"{numbered + len(files) + 1:03}{ending(db, zone, row)}"
            files.append(PackFile(name, zone, row.id))
        texts = []
        for number, each in enumerate(fields):
            here = [mark for mark in marks if mark.field == number]
            covered += len([mark for mark in here if mark.decision != "keep"])
            texts.append((each.column, tr(each.label), given(each.text, here)))
        items.append(PackItem(tr(row.title), row.happened_on, tuple(texts), name))
        if len(items) % EVERY == 0:
            progress(len(items), state.items, "")
    return PackPart(zone, tuple(items), tuple(files), covered, state.withheld)


@allowed("subject_access.review")
def file_of_pack(db: Db, file: PackFile) -> KeptFile:
    """A file of a pack, to be read. Raises NotFound, UserError."""
    require_part(db, file.zone)
    return kept_file(db, file.zone, item_row(db, file.zone, file.item_id))


def _purposes(parts: Sequence[PackPart]) -> tuple[tuple[str, str], ...]:
    """What is given, and why it is kept, by the words on the tables; what is not given is not named."""
    told: dict[str, str] = {}
    for part_ in parts:
        titles = {item.title for item in part_.items}
        for source in personal_tables(part_.zone):
            if isinstance(source.privacy, Privacy) and tr(source.title) in titles:
                told.setdefault(tr(source.title), tr(source.privacy.reason))
    return tuple(sorted(told.items()))


@allowed("subject_access.review")
def record_pack(db: Db, request_id: UUID, about: dict[str, object]) -> None:
    """Say in the log of the zone that `db` writes that its part was put into a pack; once for each zone of it.

    `about`: counts of this part, SHA-256 of the file, marks of the logs, whether it is encrypted.
    """
    zone = next(z for z in ZONES if z == db.zone)
    require_part(db, zone)
    open_request(db, request_id)
    if part(db, request_id, zone).state != "ready":
        raise UserError(tr("A part is not ready yet."), tr("Go through it and call it ready first."))
    audit.record(db, "request for data packed", request_id, about)
    publish(db, SubjectPartMoved(request_id, zone, "packed"))


def counts(pack: PackPart) -> dict[str, object]:
    """The counts that the log of a part's own zone keeps; no other log may have them."""
    return {
        "count": len(pack.items),
        "files": len(pack.files),
        "covered": pack.covered,
        "withheld": pack.left_out,
    }
