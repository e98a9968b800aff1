"""The chronology: what happened, over chosen concerns and people, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select

from therapydesk.api import (
    Db,
    Person,
    UserError,
    allowed,
    audit,
    now,
    ntr,
    pdf,
    practice_sheet,
    show_day,
    show_instant,
    tr,
)
from therapydesk.plugins.safeguarding.chain import RecordCheck, check_records, need_text
from therapydesk.plugins.safeguarding.models import Concern, Entry, PersonLink
from therapydesk.plugins.safeguarding.rules import record_check
from therapydesk.plugins.safeguarding.views import WISHES, EntryView, entry_view

BESIDE = ("correction", "addition", "answer", "withdrawn")
LONGEST_LINE, MOST_NAMED = 300, 8
LOGGED_AS = {"view": "view", "print": "print", "save": "export"}
QUIET = ("weighed", "consent", "told", "person", "concern", "action_moved")


@dataclass(frozen=True)
class ChronologyWish:
    """What is asked for: concerns, and people (all concerns about them, or that name them).

    `holder` is the one person whom the copy is for, `asked_by` who asked for it, `reason` why it is made. `whole` also
    takes the lead's own steps, such as what was weighed up.
    """

    concern_ids: Collection[UUID]
    holder: str
    reason: str
    asked_by: str = ""
    person_ids: Collection[UUID] = ()
    whole: bool = False


@dataclass(frozen=True)
class ChronologyRow:
    """One entry. `happened` reads "About …" before a day that is not exact; `written` is when it was written.

    `impact` is empty when nobody asked. `concern` is the number; `beside` holds corrections and additions.
    """

    number: int
    concern: int
    happened: str
    says: str
    what: str
    impact: str
    done: str
    written: str
    entry: EntryView = field(repr=False)


@dataclass(frozen=True)
class Chronology:
    """A chronology with what its head and foot say. `about` has a line for each person; `check` stands for the records.

    `whole` is False when a record does not hold together; `broken` are the checks that failed.
    """

    wish: ChronologyWish
    numbers: tuple[int, ...]
    about: tuple[str, ...]
    wants: tuple[tuple[str, str], ...]
    rows: tuple[ChronologyRow, ...]
    made_at: datetime
    made_by: str
    check: str
    checks: tuple[RecordCheck, ...]

    def number_of(self, concern_id: UUID) -> int:
        """The number of one of the concerns."""
        return next(
            n for n, check in zip(self.numbers, self.checks, strict=True) if check.concern_id == concern_id
        )

    @property
    def whole(self) -> bool:
        """Whether every record holds together."""
        return all(check.whole for check in self.checks)

    @property
    def broken(self) -> tuple[RecordCheck, ...]:
        """The records that do not."""
        return tuple(check for check in self.checks if not check.whole)

    @property
    def title(self) -> str:
        """The title of the print and the name of its file; nobody's name."""
        if len(self.numbers) == 1:
            return tr("Chronology, concern {n}").format(n=self.numbers[0])
        if len(self.numbers) > MOST_NAMED:
            return tr("Chronology, {n} concerns").format(n=len(self.numbers))
        return tr("Chronology, concerns {n}").format(n=", ".join(map(str, self.numbers)))

    @property
    def short_title(self) -> str:
        """What stands at the foot of each page."""
        if len(self.numbers) > MOST_NAMED:
            return tr("{n} concerns").format(n=len(self.numbers))
        numbers = ", ".join(map(str, self.numbers))
        return ntr("Concern {numbers}", "Concerns {numbers}", len(self.numbers)).format(numbers=numbers)


def when_words(entry: EntryView) -> str:
    """When something happened, in words: "About Mon 6 Apr 2026", "Wed 6 May 2026 15:50"."""
    text = f"{show_day(entry.happened_on)} {entry.happened_time}".strip()
    return text if entry.exact else tr("About {when}").format(when=text)


@allowed("safeguarding.read")
def read_chronology(db: Db, wish: ChronologyWish) -> Chronology:
    """The chronology; nothing is written. Whoever shows or prints it then calls `log_chronology`.

    Raises UserError without a holder, a reason or a concern.
    """
    need_text(wish.holder, tr("Write whom this copy is for."))
    need_text(wish.reason, tr("Write why it is made."))
    if max(len(wish.holder), len(wish.reason), len(wish.asked_by)) > LONGEST_LINE:
        raise UserError(
            tr("Holder, reason and who asked have at most {n} letters each.").format(n=LONGEST_LINE)
        )
    concerns = _concerns(db, wish)
    if not concerns:
        raise UserError(tr("Choose at least one concern."))
    by_id = {c.id: c.number for c in concerns}
    query = select(Entry).where(Entry.concern_id.in_(by_id))
    found = [(entry_view(row), by_id[row.concern_id]) for row in db.scalars(query)]
    checks = tuple(check_records(db, by_id))
    rows = _rows(found, whole=wish.whole)
    return Chronology(
        wish,
        tuple(by_id.values()),
        _about(db, concerns),
        _wants(found, concerns),
        rows,
        now(),
        db.user.name,
        record_check(c.head for c in concerns),
        checks,
    )


def _concerns(db: Db, wish: ChronologyWish) -> Sequence[Concern]:
    named = select(PersonLink.concern_id).where(PersonLink.person_id.in_(list(wish.person_ids)))
    chosen = or_(
        Concern.id.in_(list(wish.concern_ids)),
        Concern.person_id.in_(list(wish.person_ids)),
        Concern.id.in_(named),
    )
    return db.scalars(select(Concern).where(chosen).order_by(Concern.number)).all()


def _rows(found: Sequence[tuple[EntryView, int]], *, whole: bool) -> tuple[ChronologyRow, ...]:
    beside: dict[UUID, list[EntryView]] = {}
    for entry, _number in sorted(found, key=lambda pair: pair[0].seq):
        if entry.about_id is not None:
            beside.setdefault(entry.about_id, []).append(entry)
    shown = [
        (entry, number)
        for entry, number in found
        if entry.kind not in BESIDE and (whole or entry.kind not in QUIET)
    ]
    shown.sort(key=lambda pair: (pair[0].happened_on, pair[0].happened_time, pair[0].at, pair[0].seq))
    return tuple(
        _row(place, number, entry, beside.get(entry.id, ())) for place, (entry, number) in enumerate(shown, 1)
    )


def _row(place: int, number: int, entry: EntryView, beside: Sequence[EntryView]) -> ChronologyRow:
    where = str(entry.detail.get("where", ""))
    what = [text for text in (entry.text, where) if text]
    what += [_beside_words(each) for each in beside if each.kind != "answer"]
    done = [entry.done] if entry.done else []
    done += [tr("Answer: {text}").format(text=each.text) for each in beside if each.kind == "answer"]
    written = f"{entry.author}\n{show_instant(entry.at)}"
    return ChronologyRow(
        place,
        number,
        when_words(entry),
        entry.says,
        "\n".join(what),
        entry.impact,
        "\n".join(done),
        written,
        entry,
    )


def _beside_words(entry: EntryView) -> str:
    words = {
        "correction": tr("Correction, {who}, {when}: {text}"),
        "addition": tr("Added, {who}, {when}: {text}"),
        "withdrawn": tr("Does not hold, {who}, {when}: {text}"),
    }
    return words[entry.kind].format(who=entry.author, when=show_instant(entry.at), text=entry.text)


def _about(db: Db, concerns: Sequence[Concern]) -> tuple[str, ...]:
    ids = [c.person_id for c in concerns if c.person_id is not None]
    query = select(Person).where(Person.id.in_(ids), Person.merged_into.is_(None))
    people = {p.id: p for p in db.scalars(query)}
    lines = []
    for concern in concerns:
        person = people.get(concern.person_id) if concern.person_id is not None else None
        name = person.full_name if person is not None else concern.about_name
        born: date | None = person.born_on if person is not None else None
        line = tr("{name}, born {day}").format(name=name, day=show_day(born)) if born else name
        if line not in lines:
            lines.append(line)
    return tuple(lines)


def _wants(
    found: Sequence[tuple[EntryView, int]], concerns: Sequence[Concern]
) -> tuple[tuple[str, str], ...]:
    """For each concern its person's name and what they last said they want; empty when nobody asked."""
    last: dict[int, str] = {}
    gone = {entry.about_id for entry, _number in found if entry.kind == "withdrawn"}
    for entry, number in sorted(found, key=lambda pair: pair[0].seq):
        if entry.kind in WISHES and entry.impact and entry.id not in gone:
            last[number] = entry.impact
    return tuple((c.about_name, last.get(c.number, "")) for c in concerns)


@allowed("safeguarding.write")
def log_chronology(db: Db, chronology: Chronology, how: str) -> None:
    """Write into the log that a chronology was looked at, printed or saved (`how`: view, print, save), for whom and why.

    Raises UserError for another `how`.
    """
    if how not in LOGGED_AS:
        raise UserError(tr("A chronology is looked at, printed or saved."))
    wish = chronology.wish
    detail = {
        "what": "chronology",
        "concerns": list(chronology.numbers),
        "holder": wish.holder,
        "reason": wish.reason,
        "asked_by": wish.asked_by,
        "check": chronology.check,
    }
    audit.record(db, LOGGED_AS[how], None, detail)


@allowed("safeguarding.read")
def chronology_pdf(
    db: Db, chronology: Chronology, *, size: pdf.Size = "normal", on_screen: bool = False
) -> bytes:
    """The print: landscape with a table; in large print portrait with a block for each entry.

    Screen copies have no line for a signature.
    """
    from therapydesk.plugins.safeguarding.documents import draw_chronology  # reportlab only for paper

    sheet = practice_sheet(db, chronology.title, size=size, landscape=size == "normal")
    return draw_chronology(sheet, chronology, on_screen=on_screen)
