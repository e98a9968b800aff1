"""What the caseload answers to hooks: alerts, reviews, the steps of support; and made-up data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    Db,
    DueItem,
    EpisodeChange,
    Fact,
    Link,
    Moment,
    PermissionDenied,
    Person,
    User,
    allowed,
    reviews_due,
    show_day,
    stage_words,
    to_utc,
    today,
    tr,
)
from therapydesk.plugins.caseload import service
from therapydesk.plugins.caseload.models import Statement

ALERT_ORDER, DIED_ORDER, TOWARDS_ORDER = 10, 5, 20


def facts(db: Db, person_ids: Sequence[UUID]) -> dict[UUID, list[Fact]]:
    """That somebody died; shared alerts; and the last thing they said they work towards."""
    found: dict[UUID, list[Fact]] = {}
    died = select(Person.id, Person.died_on).where(Person.id.in_(person_ids), Person.died_on.is_not(None))
    for person_id, day in db.execute(died):
        text = tr("Died {day}").format(day=show_day(day)) if day is not None else ""
        found.setdefault(person_id, []).append(Fact("died", text, order=DIED_ORDER))
    for person_id, said in _said(db, person_ids).items():
        alerts = [s for s in said if s.kind == "alert" and s.shared]
        towards = [s for s in said if s.kind == "working_towards"]
        new = [Fact("alert", first_sentence(s.text), "warn", order=ALERT_ORDER) for s in alerts]
        new += [Fact("working_towards", s.text, order=TOWARDS_ORDER) for s in towards[:1]]
        if new:
            found.setdefault(person_id, []).extend(new)
    return found


def _said(db: Db, person_ids: Sequence[UUID]) -> dict[UUID, list[service.StatementView]]:
    if not db.allows("caseload.read_statements") or not person_ids:
        return {}  # a role without statements sees the rest
    return service.statements_of_many(db, person_ids, ("alert", "working_towards"))


def first_sentence(text: str) -> str:
    """The first sentence of an alert, without its full stop: "Seizure plan"."""
    return text.strip().split("\n")[0].split(". ")[0].removesuffix(".")


MOST_REVIEWS = 50  # of those that are due; Today has room for seven


def due(db: Db, on: date) -> list[DueItem]:
    """Reviews that are due: of the user's own support (or of nobody's), and of statements."""
    items: list[DueItem] = []
    try:
        for e in reviews_due(db, on, db.user.id, MOST_REVIEWS):
            text = tr("{name}: review together").format(name=e.name)
            items.append(DueItem(text, e.review_on or on, e.person_id, Link("person", e.person_id), "review"))
        if db.holds("clinical"):
            for r in service.statement_reviews(db, on):
                text = tr("{name}: look again at “{kind}”").format(
                    name=r.name, kind=service.kind_words(r.kind)
                )
                items.append(DueItem(text, r.review_on, r.person_id, Link("person", r.person_id), "review"))
    except PermissionDenied:
        return items
    return items


@allowed("episodes.read")
def read_moves(db: Db, person_id: UUID) -> list[tuple[date, str]]:
    """The dated steps of a person's support in words, the earliest first; one query for the steps, one for names."""
    query = (
        select(EpisodeChange)
        .where(EpisodeChange.person_id == person_id)
        .order_by(EpisodeChange.happened_on, EpisodeChange.id)
    )
    changes = list(db.scalars(query))
    names = {str(i): name for i, name in db.execute(select(User.id, User.name))}
    return [(c.happened_on, _move_words(c.what, c.before, c.after, names)) for c in changes]


def _move_words(what: str, before: str, after: str, names: dict[str, str]) -> str:
    if what == "therapist":
        return (
            tr("Support is now with {name}").format(name=names.get(after, tr("somebody who has left")))
            if after
            else tr("Back on the waiting list")
        )
    if not before:
        return tr("Support opened: {stage}").format(stage=stage_words(after))
    return tr("{before} → {after}").format(before=stage_words(before), after=stage_words(after))


def moments(db: Db, person_id: UUID, since: datetime) -> list[Moment]:
    """The steps of the person's support."""
    try:
        moves = read_moves(db, person_id)
    except PermissionDenied:
        return []
    made = [Moment(to_utc(datetime.combine(day, time(12))), "support", text) for day, text in moves]
    return [m for m in made if m.at >= since]


def add_sample(db: Db, person_id: UUID, seed: int) -> None:
    """One statement of each kind, in the clinical zone."""
    if db.zone != "clinical":
        return
    said = today() - timedelta(days=seed % 90)
    for kind in service.KINDS:
        db.add(
            Statement(
                person_id=person_id,
                kind=kind,
                text=tr("Sings along to the radio."),
                said_on=said,
                shared=kind == "alert",
            )
        )
