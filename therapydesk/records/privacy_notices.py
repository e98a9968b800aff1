""" "What we hold and why": a sheet for one person, made from `privacy` on the tables, and the day they were told (OT18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from therapydesk.core import dates
from therapydesk.core.errors import NotFound, UserError
from therapydesk.core.pdf import Column, Size
from therapydesk.core.permissions import allowed
from therapydesk.core.tables import Base, Privacy
from therapydesk.core.vault.session import Db
from therapydesk.core.words import ntr, tr
from therapydesk.records.coded_lists import coded_list, in_words
from therapydesk.records.consent_lists import is_live
from therapydesk.records.consents import Consent
from therapydesk.records.erasure_tables import PrivacyNotice
from therapydesk.records.people_details import find_person
from therapydesk.records.practice import practice_sheet
from therapydesk.records.retention import confirmed_rules
from therapydesk.records.retention_rules import CLASSES, rules
from therapydesk.records.users import User

POINTS = 72 / 25.4  # in a millimetre


@dataclass(frozen=True)
class NoticeView:
    """A day on which a person was told, how, and by whom it was written down."""

    id: UUID
    told_on: date
    how: str
    by: str


@dataclass(frozen=True)
class HeldLine:
    """One kind of thing that is held: of which retention class, what, why, how long."""

    keep: str
    what: str
    why: str
    how_long: str


@allowed("privacy.tell", person="person_id")
def record_told(db: Db, person_id: UUID, told_on: date, how: str) -> UUID:
    """Write down that a person was told what is held and why. `how`: a code of told_ways.csv. Raises UserError."""
    if how not in dict(coded_list("told_ways")):
        raise UserError(tr("There is no such way."), tr("Choose one from the list."))
    if told_on > dates.today():
        raise UserError(tr("That day is still to come."), tr("Check when they were told."))
    person = find_person(db, person_id)
    row = PrivacyNotice(person_id=person.id, told_on=told_on, how=how, large_print=how == "large")
    db.add(row)
    db.flush()
    return row.id


def _person_of(db: Db, notice_id: UUID) -> UUID | None:
    return db.scalar(select(PrivacyNotice.person_id).where(PrivacyNotice.id == notice_id))


@allowed("privacy.tell", person=_person_of)
def take_back_told(db: Db, notice_id: UUID) -> None:
    """Writing it down was a slip. Raises NotFound."""
    row = db.get(PrivacyNotice, notice_id)
    if row is None:
        raise NotFound(tr("That is not here any more."))
    db.delete(row)
    db.flush()


@allowed("privacy.tell", person="person_id")
def list_told(db: Db, person_id: UUID) -> list[NoticeView]:
    """When a person was told, the last time first."""
    query = select(PrivacyNotice, User.name).outerjoin(User, User.id == PrivacyNotice.created_by)
    rows = db.execute(
        query.where(PrivacyNotice.person_id == person_id).order_by(
            PrivacyNotice.told_on.desc(), PrivacyNotice.id.desc()
        )
    )
    return [NoticeView(r.id, r.told_on, in_words("told_ways", r.how), name or "") for r, name in rows]


def held_lines(kind: str) -> list[HeldLine]:
    """Every kind of thing that may be held, each once, in the order of the classes. What safeguarding holds is told in
    one general line: a sheet must not tell whether there is anything.
    """
    marks = [m.class_.privacy for m in Base.registry.mappers]
    lines: dict[str, HeldLine] = {}
    for keep in CLASSES:
        for mark in sorted(
            (m for m in marks if isinstance(m, Privacy) and m.keep == keep), key=lambda m: m.title
        ):
            if keep == "safeguarding":
                what = tr("Notes to keep you and others safe, if there is a worry")
                line = HeldLine(keep, what, tr("the law asks us to keep people safe"), how_long(keep, kind))
            else:
                line = HeldLine(keep, tr(mark.title), tr(mark.reason), how_long(keep, kind))
            lines.setdefault(line.what, line)
    return list(lines.values())


def how_long(keep: str, kind: str) -> str:
    """How long a class is kept, said to the person."""
    years = {code: rule.years for code, rule in rules().items()}
    if keep == "clinical":
        base = years["mental_health" if kind == "mental_health" else "adult"]
        care = ntr("{n} year after we last met", "{n} years after we last met", base).format(n=base)
        child = tr("{care}; for somebody who was a child then, at least to their {n}th birthday")
        return child.format(care=care, n=years["child"])
    if keep == "financial":
        n = years["financial"]
        return ntr("{n} year after the tax year", "{n} years after the tax year", n).format(n=n)
    if keep == "safeguarding":
        return tr("until the safeguarding lead decides")
    return tr("as long as anything else about you is kept")


@allowed("privacy.tell", person="person_id")
def held_sheet(db: Db, person_id: UUID, size: Size = "normal") -> bytes:
    """The sheet "What we hold and why" for one person, as a PDF. Title and file name hold no name."""
    person = find_person(db, person_id)
    sheet = practice_sheet(db, tr("What we hold and why"), size=size)
    story: list[Any] = [
        sheet.text(tr("For {name}, {day}").format(name=person.name, day=dates.show_day(dates.today()))),
        sheet.text(tr("This is what we may write down about you, why we need it, and how long we keep it.")),
        *_held(held_lines(confirmed_rules(db).kind), sheet),
        sheet.section(tr("What you agreed to")),
        *_agreed(db, person.id, sheet),
        sheet.section(tr("What you can ask for")),
        *(sheet.text(words) for words in _rights()),
    ]
    return bytes(sheet.build(story))


def _held(lines: list[HeldLine], sheet: Any) -> list[Any]:
    """A section for each class, with how long it is kept said once; what has the same reason stands together."""
    titles = {
        "contact": tr("Who you are and how to reach you"),
        "clinical": tr("Your support from us"),
        "financial": tr("Money"),
        "safeguarding": tr("Keeping people safe"),
    }
    story: list[Any] = []
    for keep, title in titles.items():
        reasons: dict[str, list[str]] = {}
        for line in (line for line in lines if line.keep == keep):
            reasons.setdefault(line.why, []).append(line.what)
        if not reasons:
            continue
        lasts = next(line.how_long for line in lines if line.keep == keep)
        rows = [["; ".join(what), why[:1].upper() + why[1:]] for why, what in reasons.items()]
        story += [sheet.section(title), sheet.text(tr("We keep this {time}.").format(time=lasts), leads=True)]
        story.append(sheet.table([Column(tr("What")), Column(tr("Why"), 62 * POINTS)], rows))
    return story


def _agreed(db: Db, person_id: UUID, sheet: Any) -> list[Any]:
    last: dict[str, Consent] = {}
    query = select(Consent).where(Consent.person_id == person_id).order_by(Consent.asked_on, Consent.id)
    for row in db.scalars(query):
        last[row.purpose] = row
    live = [row for row in last.values() if is_live(row)]
    if not live:
        return [sheet.text(tr("Nothing is written down that needs your agreement."))]
    pairs = []
    for row in live:
        day = dates.show_day(row.asked_on) if row.asked_on else ""
        until = tr("{day}, until {until}") if row.expires_on else "{day}"
        shown = until.format(day=day, until=dates.show_day(row.expires_on) if row.expires_on else "")
        pairs.append((in_words("consent_purposes", row.purpose), shown))
    return [sheet.pairs(pairs, label_width=100 * POINTS)]


def _rights() -> list[str]:
    return [
        tr("To see what we hold, or to have a copy. We answer within one month. It costs nothing."),
        tr("To have something put right. We add what you say; what was written stays beside it."),
        tr("To stop agreeing to something. We stop it from that day on."),
        tr("To have your record erased. We tell you what we must keep, and why."),
        tr("To complain: to us, or to the Information Commissioner, ico.org.uk."),
    ]
