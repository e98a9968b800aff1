"""Groups side by side: what each comes to in a period, who stayed, by kind; which group suits a need, a place and a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    Db,
    allowed,
    appointments,
    csv_file,
    local_now,
    normal_name,
    pdf,
    practice_sheet,
    show_day,
    show_time,
    tr,
)
from therapydesk.plugins.groups import counting, service
from therapydesk.plugins.groups.models import GroupSession
from therapydesk.plugins.groups.rules import CAME, Count
from therapydesk.plugins.groups.service import GroupView

EDGE = 3  # sessions at the beginning and at the end of a period that retention compares


@dataclass(frozen=True)
class GroupFigures:
    """What a group comes to in a period. `kind` is "" for who may not know it; `stayed` of `began` came at the end, too."""

    group_id: UUID
    name: str
    kind: str
    count: Count
    began: int
    stayed: int

    @property
    def id(self) -> UUID:
        return self.group_id

    @property
    def retention(self) -> float | None:
        """Of those who came at the beginning, how many came at the end: 0 to 1; None with too few sessions."""
        return self.stayed / self.began if self.began else None


@allowed("groups.read")
def figures(db: Db, since: date, until: date) -> list[GroupFigures]:
    """Each group that met in a period, by name; days are inclusive.

    Retention: of the different people who came to one of the first three finished sessions, how many came to one of the last
    three. With fewer than six sessions there is none, since beginning and end would overlap.
    """
    views = {view.id: view for view in service.list_groups(db, ended=True)}
    kept = _retention(db, since, until)
    found = []
    for each in counting.rates(db, since, until):
        view = views[each.group_id]
        kind = view.kind.title if view.kind is not None else ""
        found.append(
            GroupFigures(each.group_id, view.name, kind, each.count, *kept.get(each.group_id, (0, 0)))
        )
    return found


def _retention(db: Db, since: date, until: date) -> dict[UUID, tuple[int, int]]:
    booked, attended = appointments.Appointment, appointments.Attendance
    within = (
        select(GroupSession.group_id, booked.id)
        .join(booked, booked.id == GroupSession.appointment_id)
        .where(
            booked.state == "completed",
            booked.starts_at >= datetime.combine(since, time()),
            booked.starts_at <= datetime.combine(until, time.max),
        )
        .order_by(booked.starts_at, booked.id)
    )
    sessions: dict[UUID, list[UUID]] = {}
    for group, session in db.execute(within):
        sessions.setdefault(group, []).append(session)
    edges: dict[UUID, tuple[UUID, bool]] = {}
    for group, ids in sessions.items():
        if len(ids) >= 2 * EDGE:
            edges |= dict.fromkeys(ids[:EDGE], (group, True))
            edges |= dict.fromkeys(ids[-EDGE:], (group, False))
    there: dict[tuple[UUID, bool], set[UUID]] = {}
    came = select(attended.appointment_id, attended.person_id).where(
        attended.appointment_id.in_(edges),
        attended.state.in_(CAME),
        attended.role == "person",
        attended.person_id.is_not(None),
    )
    for session, person in db.execute(came):
        if person is not None:
            there.setdefault(edges[session], set()).add(person)
    groups = {group for group, _ in there}
    return {
        group: (
            len(there.get((group, True), set())),
            len(there.get((group, True), set()) & there.get((group, False), set())),
        )
        for group in groups
    }


@allowed("groups.read")
def figures_csv(db: Db, since: date, until: date) -> bytes:
    """The figures of a period as CSV, a row for each group; the kind only for who may read it. No name of a person."""
    rows = figures(db, since, until)
    kinds = any(row.kind for row in rows)
    heads = [
        *(
            tr("Group"),
            *((tr("Kind"),) if kinds else ()),
            tr("From"),
            tr("Until"),
            tr("Sessions"),
            tr("People"),
        ),
        *(tr("With them"), tr("Pairs"), tr("No name"), tr("Visits"), tr("Rate"), tr("Stayed")),
    ]
    period = [show_day(since), show_day(until)]
    return csv_file(
        heads,
        (
            [
                *(row.name, *((row.kind,) if kinds else ()), *period, row.count.sessions, row.count.people),
                *(row.count.carers, row.count.pairs, row.count.anonymous, row.count.visits),
                *(percent(row.count.rate), percent(row.retention)),
            ]
            for row in rows
        ),
    )


def percent(share: float | None) -> str:
    """A share from 0 to 1 as "83%"; empty without one."""
    return "" if share is None else f"{share:.0%}"


# --- which group suits somebody (AH11) ---


@dataclass(frozen=True)
class Offer:
    """A group with the days of the week it meets on (0 is Monday) and when it meets next."""

    view: GroupView
    weekdays: tuple[int, ...]

    @property
    def id(self) -> UUID:
        return self.view.id

    @property
    def name(self) -> str:
        return self.view.name


@allowed("groups.read")
def weekdays_of(db: Db) -> dict[UUID, set[int]]:
    """The days of the week of each group's sessions that are still to come; 0 is Monday."""
    booked = appointments.Appointment
    coming = (
        select(GroupSession.group_id, booked.starts_at)
        .join(booked, booked.id == GroupSession.appointment_id)
        .where(booked.state == "booked", booked.starts_at >= local_now().replace(tzinfo=None))
    )
    days: dict[UUID, set[int]] = {}
    for group, at in db.execute(coming):
        days.setdefault(group, set()).add(at.weekday())
    return days


@allowed("groups.read")
def find_groups(db: Db, need: str = "", place: str = "", weekday: int | None = None) -> list[Offer]:
    """Groups that run, with `need` in their name or what they are for, `place` in where they meet, on a day of the week.

    The days are those of sessions that are still to come. What a group is for is looked at only for who may read it.
    """
    days = weekdays_of(db)
    wanted, where = normal_name(need).split(), normal_name(place).split()
    found = []
    for view in service.list_groups(db):
        kind = (view.kind.title, view.kind.text) if view.kind is not None else ()
        about = normal_name(" ".join((view.name, *kind, *(text for _, text in view.aims))))
        at_place = normal_name(f"{view.where} {view.details.access}")
        offer = Offer(view, tuple(sorted(days.get(view.id, ()))))
        if (
            all(word in about for word in wanted)
            and all(word in at_place for word in where)
            and (weekday is None or weekday in offer.weekdays)
        ):
            found.append(offer)
    return found


def weekday_words(days: Sequence[int]) -> str:
    """Days of the week in words."""
    words = weekdays()
    return ", ".join(words[day] for day in days)


def weekdays() -> list[str]:
    """The days of the week, from Monday."""
    return [
        *(tr("Mondays"), tr("Tuesdays"), tr("Wednesdays"), tr("Thursdays"), tr("Fridays"), tr("Saturdays")),
        tr("Sundays"),
    ]


@allowed("groups.read")
def offers_pdf(db: Db, group_ids: Sequence[UUID], size: pdf.Size = "normal") -> bytes:
    """A sheet of groups to hand to somebody: when, where, getting in, what it costs, whether there is room.

    Neutral names only, and no kind: it leaves the practice and may lie on a table.
    """
    rows = {offer.id: offer for offer in find_groups(db)}
    sheet = practice_sheet(db, tr("Groups you can come to"), size=size)
    story = []
    for group_id in group_ids:
        offer = rows.get(group_id)
        if offer is None:
            continue
        details = offer.view.details
        story.append(sheet.section(details.name))
        story.append(sheet.pairs(_offer_lines(offer), whole=True))
    if not story:
        story.append(sheet.text(tr("There is no group like that just now.")))
    return sheet.build(story)


def _offer_lines(offer: Offer) -> list[tuple[str, str]]:
    view = offer.view
    when = weekday_words(offer.weekdays)
    if view.next_at is not None:
        words = tr("{days}; next on {day} at {time}")
        when = words.format(days=when, day=show_day(view.next_at.date()), time=show_time(view.next_at.time()))
    fee = str(view.details.fee) if view.details.fee is not None else tr("Free")
    room = tr("Full just now; there is a waiting list") if view.full else tr("There is room")
    lines = [
        (tr("When"), when or tr("Ask us")),
        (tr("Where"), view.where or tr("Ask us")),
        (tr("Getting in"), view.details.access),
        (tr("Cost"), fee),
        (tr("Places"), room),
    ]
    return [(head, text) for head, text in lines if text]
