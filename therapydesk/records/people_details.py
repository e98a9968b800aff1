"""Add, change and show a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from therapydesk.core import dates, text
from therapydesk.core.errors import NotFound, StaleRecord, UserError
from therapydesk.core.permissions import allowed
from therapydesk.core.vault.outbox import publish
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.coded_lists import in_words
from therapydesk.records.episodes import Episode, stage_titles
from therapydesk.records.events import PersonAdded, PersonDied
from therapydesk.records.people import AccessNeed, ContactPoint, Person
from therapydesk.records.users import User

STAGE_ORDER = ("active", "paused", "waiting", "closed")


@dataclass(frozen=True)
class PersonDetails:
    """What is known of a person. One name and a way to reach them is enough. Numbers as typed; they are
    checked here.
    """

    full_name: str
    preferred_name: str = ""
    pronouns: str = ""
    born_on: date | None = None
    nhs_number: str = ""
    ask_me_about: str = ""
    language: str = ""
    address: str = ""
    postcode: str = ""
    best_way: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    preferred_place: str = ""
    preferred_time: str = ""


@dataclass(frozen=True)
class PersonView:
    """A person as shown. `stage_text` says stage and with whom; `needs_text` the access needs in words,
    `other_ways` contact points that are neither phone nor e-mail."""

    id: UUID
    name: str
    full_name: str
    details: PersonDetails
    age_text: str
    died_on: date | None
    nhs_number_unchecked: str
    stage: str
    stage_text: str
    needs_text: str
    row_version: int
    other_ways: tuple[str, ...] = ()

    @property
    def pronouns(self) -> str:
        """As the person says them."""
        return self.details.pronouns

    @property
    def ask_me_about(self) -> str:
        """Interests and songs."""
        return self.details.ask_me_about


def stage_words(stage: str, therapist: str = "") -> str:
    """The stage in words, with the therapist's first name."""
    word = stage_titles().get(stage, "")
    return (
        tr("{stage}, with {name}").format(stage=word, name=therapist.split()[0])
        if word and therapist
        else word
    )


@allowed("people.add")
def add_person(db: Db, details: PersonDetails, *, reached_by_others: bool = False) -> Person:
    """Add a person; one name and a way to reach them is enough. Raises UserError without these, or for a number that
    cannot be one.

    `reached_by_others`: they are known through somebody else, like a carer, and need no way of their own.
    """
    check_new_person(details, reached_by_others=reached_by_others)
    person = Person(full_name="", normal_name="")
    _fill(person, details)
    db.add(person)
    db.flush()
    publish(db, PersonAdded(person.id))
    return person


def check_new_person(details: PersonDetails, *, reached_by_others: bool = False) -> None:
    """Raise UserError when `add_person` would, for the name, the date of birth or the ways to reach them."""
    _check(details)
    ways = (*details.phones, *details.emails, details.best_way, details.address, details.postcode)
    if not reached_by_others and not any(way.strip() for way in ways):
        raise UserError(tr("There is no way to reach them yet."), tr("One is enough, in any words."))


@allowed("people.edit", person="person_id")
def edit_person(db: Db, person_id: UUID, details: PersonDetails, row_version: int | None = None) -> None:
    """Change a person's details. Raises StaleRecord when somebody changed them meanwhile."""
    person = find_person(db, person_id)
    if row_version is not None and person.row_version != row_version:
        raise StaleRecord(tr("Somebody changed these details meanwhile."), tr("Reload to see them."))
    _check(details)
    _fill(person, details)
    db.flush()


@allowed("people.record_death", person="person_id")
def record_death(db: Db, person_id: UUID, died_on: date | None) -> None:
    """Record a death once (None takes a mistaken entry back). Bookings, invoices and mailings then stop and
    ask.
    """
    person = find_person(db, person_id)
    if died_on is not None and died_on > dates.today():
        raise UserError(tr("That day is still to come."), tr("Check the date."))
    if died_on is not None and person.born_on is not None and died_on < person.born_on:
        raise UserError(tr("That day is before the date of birth."), tr("Check both dates."))
    person.died_on = died_on
    db.flush()
    if died_on is not None:
        publish(db, PersonDied(person_id))


def find_person(db: Db, person_id: UUID | None) -> Person:
    """The person's row; a merged one leads to the kept one. Raises NotFound."""
    person = db.get(Person, person_id) if person_id is not None else None
    while person is not None and person.merged_into is not None:
        erased = person.merged_into == person.id
        person = None if erased else db.get(Person, person.merged_into)
    if person is None:
        raise NotFound(tr("That person is not here."))
    return person


def _check(details: PersonDetails) -> None:
    if not text.tidy(details.full_name) and not text.tidy(details.preferred_name):
        raise UserError(tr("A name is missing."), tr("One name is enough."))
    if details.born_on is not None and details.born_on > dates.today():
        raise UserError(tr("That date of birth is still to come."), tr("Check the year."))


def _fill(person: Person, details: PersonDetails) -> None:
    full = text.tidy(details.full_name) or text.tidy(details.preferred_name)
    person.full_name, person.preferred_name = full, text.tidy(details.preferred_name)
    person.pronouns, person.born_on = details.pronouns.strip(), details.born_on
    typed = details.nhs_number.strip()
    good = bool(typed) and text.nhs_number_ok(typed)
    person.nhs_number = text.check_nhs_number(typed) if good else None
    person.nhs_number_unchecked = "" if good else typed[:40]
    person.ask_me_about, person.language = details.ask_me_about.strip(), details.language
    person.address, person.postcode = details.address.strip(), _postcode(details.postcode)
    person.best_way = details.best_way.strip()
    person.preferred_place = details.preferred_place.strip()
    person.preferred_time = details.preferred_time.strip()
    _fill_contacts(person, details.phones, details.emails)
    there = {need.code: need for need in person.needs}
    person.needs = [there.get(code) or AccessNeed(code=code) for code in dict.fromkeys(details.needs)]


def _postcode(typed: str) -> str:
    return text.check_postcode(typed) if typed.strip() else ""


def _fill_contacts(person: Person, phones: Sequence[str], emails: Sequence[str]) -> None:
    there = {(c.kind, c.value): c for c in person.contacts}
    typed = [("phone", p, text.check_phone) for p in phones] + [
        ("email", e, text.check_email) for e in emails
    ]
    wanted = [
        (kind, value if (kind, value) in there else check(value))
        for kind, value, check in typed
        if value.strip()
    ]
    others = [c for c in person.contacts if c.kind not in ("phone", "email")]
    kept = [there.get(way) or ContactPoint(kind=way[0], value=way[1]) for way in dict.fromkeys(wanted)]
    for position, contact in enumerate(kept):
        contact.position = position
    person.contacts = [*kept, *others]


@allowed("people.read")
def get_person(db: Db, person_id: UUID) -> PersonView:
    """One person, ready to be shown. Raises NotFound."""
    person = find_person(db, person_id)
    details = PersonDetails(
        person.full_name,
        person.preferred_name,
        person.pronouns,
        person.born_on,
        person.nhs_number or person.nhs_number_unchecked,
        person.ask_me_about,
        person.language,
        person.address,
        person.postcode,
        person.best_way,
        tuple(c.value for c in person.contacts if c.kind == "phone"),
        tuple(c.value for c in person.contacts if c.kind == "email"),
        tuple(n.code for n in person.needs),
        person.preferred_place,
        person.preferred_time,
    )
    stage, therapist = _stage(db, person.id)
    until = person.died_on or dates.today()
    age = str(dates.age(person.born_on, until)) if person.born_on is not None else ""
    needs = ". ".join(in_words("access_needs", n.code) for n in person.needs)
    return PersonView(
        person.id,
        person.name,
        person.full_name,
        details,
        age,
        person.died_on,
        person.nhs_number_unchecked,
        stage,
        tr("Died {day}").format(day=dates.show_day(person.died_on))
        if person.died_on
        else stage_words(stage, therapist),
        needs,
        person.row_version,
        tuple(c.value for c in person.contacts if c.kind not in ("phone", "email")),
    )


def _stage(db: Db, person_id: UUID) -> tuple[str, str]:
    query = (
        select(Episode.stage, User.name)
        .outerjoin(User, User.id == Episode.therapist_id)
        .where(Episode.person_id == person_id)
    )
    found = sorted(
        db.execute(query).all(), key=lambda row: STAGE_ORDER.index(row[0]) if row[0] in STAGE_ORDER else 9
    )
    return (found[0][0], found[0][1] or "") if found else ("", "")
