"""What groups answer when others ask: what is due, what happened to a person, what is found, who is away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import (
    Db,
    DueItem,
    Fact,
    Hit,
    Link,
    Moment,
    may,
    show_day,
    to_utc,
    today,
    tr,
)
from therapydesk.plugins.groups import after, helpers, meetings, register_rest, service, venue_checks
from therapydesk.plugins.groups.models import Group, GroupSession, Member, PlannedAbsence

PAGE = "groups.groups"
NOTES_SINCE = timedelta(days=28)


def group_link(group_id: UUID, *args: str) -> Link:
    """To a group; with "register" and the id of a session, to that register."""
    return Link(PAGE, group_id, args)


def due(db: Db, day: date) -> list[DueItem]:
    """Checks of venues, actions of meetings, trainings that run out, notes of groups to write."""
    user = db.info["user"]
    items = []
    if may(user, "groups.edit"):
        items += [
            DueItem(
                tr("{group}: {what}").format(group=name, what=check.what),
                check.due_on,
                link=group_link(check.group_id),
            )
            for check, name in venue_checks.checks_due(db, day)
        ]
    if may(user, "groups.register"):
        words = tr("{group}: {what} ({who})")
        items += [
            DueItem(
                words.format(group=action.group, what=action.text, who=action.owner),
                action.due_on or day,
                link=group_link(action.group_id, "meeting", str(action.appointment_id)),
            )
            for action in meetings.open_actions(db, until=day)
        ]
    if may(user, "groups.edit_roster"):
        items += [_training(training, name, day) for training, name in helpers.trainings_due(db, day)]
    if db.allows("groups.write_notes"):
        items += [
            DueItem(
                tr("{group}: group note to write").format(group=name),
                on,
                link=group_link(group, "after", str(session)),
            )
            for session, group, name, on in _unwritten(db, day)
        ]
    return items


def _training(training: helpers.TrainingView, name: str, day: date) -> DueItem:
    words = (
        tr("{course} of {name} has run out") if training.expired(day) else tr("{course} of {name} runs out")
    )
    link = Link(PAGE, None, ("helpers",))
    text = words.format(course=training.course, name=name)
    return DueItem(text, training.expires_on or day, training.person_id, link)


def _unwritten(db: Db, day: date) -> list[tuple[UUID, UUID, str, date]]:
    rows = after.unwritten(db, day - NOTES_SINCE)
    query = select(GroupSession.appointment_id, GroupSession.group_id)
    group_of = dict(db.execute(query.where(GroupSession.appointment_id.in_([i for i, _, _ in rows]))).all())
    return [(i, group_of[i], name, on) for i, name, on in rows]


def facts(db: Db, person_ids: Sequence[UUID]) -> dict[UUID, list[Fact]]:
    """Who is away by plan today, so that nobody rings them. One query for all."""
    query = select(PlannedAbsence.person_id, func.max(PlannedAbsence.until_on)).where(
        PlannedAbsence.person_id.in_(person_ids),
        PlannedAbsence.from_on <= today(),
        PlannedAbsence.until_on >= today(),
    )
    found: dict[UUID, list[Fact]] = {}
    for person_id, until in db.execute(query.group_by(PlannedAbsence.person_id)):
        text = tr("Away until {day}").format(day=show_day(until, short=True))
        found[person_id] = [Fact("away", text, order=60)]
    return found


def moments(db: Db, person_id: UUID, since: datetime) -> list[Moment]:
    """Joining and leaving groups; what signed notes of groups say of this person."""
    if not may(db.info["user"], "groups.read"):
        return []
    query = (
        select(Member, Group).join(Group, Group.id == Member.group_id).where(Member.person_id == person_id)
    )
    names = {view.id: view.name for view in service.list_groups(db, ended=True)}
    found = []
    for member, group in db.execute(query):
        name = names.get(group.id, group.name)
        for day, words in ((member.joined_on, tr("Joined {group}")), (member.left_on, tr("Left {group}"))):
            if day is not None:
                at = to_utc(datetime.combine(day, time(12)))
                found.append(Moment(at, "group", words.format(group=name), group_link(group.id)))
    if db.allows("groups.read_notes"):
        for day, group_id, text in after.excerpts_of(db, person_id, since.date()):
            at = to_utc(datetime.combine(day, time(18)))
            words = tr("{group}: {text}").format(group=names.get(group_id, ""), text=text)
            found.append(Moment(at, "group", words, group_link(group_id)))
    return [moment for moment in found if moment.at >= since]


def about_session(db: Db, kind: str, ref: UUID) -> list[Fact]:
    """What the register of a group's session comes to, beside a note or whatever else is open about that session."""
    if kind != "appointment" or not may(db.info["user"], "groups.read"):
        return []
    link = db.get(GroupSession, ref)
    words = register_rest.summary(db, ref)
    if link is None or not words:
        return []
    return [Fact("register", words, order=40, link=group_link(link.group_id, "register", str(ref)))]


def hits(db: Db, text: str, limit: int) -> list[Hit]:
    """Groups by name."""
    if not may(db.info["user"], "groups.read"):
        return []
    return [
        Hit(
            view.name,
            tr("Group, {n} on the roster").format(n=view.members),
            group_link(view.id),
            60,
            "groups",
        )
        for view in service.find_groups(db, text, limit)
    ]
