"""Who needs a lift, who drives, and whose car somebody goes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from therapydesk.api import Db, NotFound, UserError, allowed, ntr, tr
from therapydesk.plugins.groups.models import Member
from therapydesk.plugins.groups.roster import GOES, MemberView, list_members
from therapydesk.plugins.groups.rules import TEAM_ROLES


@dataclass(frozen=True)
class Car:
    """Somebody who takes others along: how many seats they have, and who goes with them."""

    driver: MemberView
    riders: tuple[MemberView, ...]

    @property
    def free(self) -> int:
        """Seats that nobody has yet."""
        return max(0, self.driver.seats - len(self.riders))


@dataclass(frozen=True)
class Lifts:
    """The lifts of a group. `waiting` need one and have none; `fetched` come by transport that somebody else runs."""

    cars: tuple[Car, ...]
    waiting: tuple[MemberView, ...]
    fetched: tuple[MemberView, ...]

    @property
    def free(self) -> int:
        """Seats that nobody has yet, over all cars."""
        return sum(car.free for car in self.cars)


@allowed("groups.read")
def list_lifts(db: Db, group_id: UUID) -> Lifts:
    """The lifts of those who come, by name of the driver."""
    return lifts_of(list_members(db, group_id))


def lifts_of(members: Sequence[MemberView]) -> Lifts:
    """The lifts on a roster. Who left or waits for a place neither drives nor rides."""
    here = {m.id: m for m in members if m.state in GOES or m.role in TEAM_ROLES}
    driving = {m.id: m for m in here.values() if m.travel == "lift_offered"}
    riders: dict[UUID, list[MemberView]] = {driver: [] for driver in driving}
    waiting = []
    for member in here.values():
        if member.travel != "lift_needed":
            continue
        if member.lift_with in riders:
            riders[member.lift_with].append(member)
        else:
            waiting.append(member)
    cars = [Car(m, tuple(riders[m.id])) for m in driving.values()]
    by_name = sorted(cars, key=lambda car: car.driver.name.casefold())
    fetched = [m for m in here.values() if m.travel == "transport"]
    return Lifts(tuple(by_name), tuple(waiting), tuple(fetched))


@allowed("groups.edit_roster")
def give_lift(db: Db, member_id: UUID, driver_id: UUID | None) -> UUID | None:
    """Somebody goes in a driver's car; None: in nobody's. Returns the driver before, for undo.

    Raises UserError when the car is full, or one of them is not of this group any more.
    """
    member = db.get(Member, member_id)
    if member is None:
        raise NotFound(tr("They are not on the roster any more."))
    before = member.lift_with
    if driver_id is not None:
        car = next((c for c in list_lifts(db, member.group_id).cars if c.driver.id == driver_id), None)
        if car is None or driver_id == member_id:
            raise UserError(tr("They take nobody along."), tr("Say on the roster that they offer a lift."))
        if member_id not in [rider.id for rider in car.riders] and not car.free:
            raise UserError(
                ntr(
                    "{name} has one seat, and it is taken.",
                    "{name} has {n} seats, and they are taken.",
                    car.driver.seats,
                ).format(name=car.driver.name)
            )
        member.travel = "lift_needed"
    member.lift_with = driver_id
    db.flush()
    return before


def in_words(members: Sequence[MemberView]) -> dict[UUID, str]:
    """How somebody comes, by person: whose lift they have, that they need one, whom they take along."""
    names = {m.id: m.name for m in members}
    lifts = lifts_of(members)
    found: dict[UUID, str] = {}
    for car in lifts.cars:
        for rider in car.riders:
            found[rider.person_id] = tr("Lift with {name}").format(name=names[car.driver.id])
        if car.riders:
            takes = ", ".join(rider.name for rider in car.riders)
            found[car.driver.person_id] = tr("Takes {names} along").format(names=takes)
    found |= {m.person_id: tr("Needs a lift") for m in lifts.waiting}
    return found | {m.person_id: tr("Comes by transport") for m in lifts.fetched}


def beside(needs: Mapping[UUID, str], members: Sequence[MemberView]) -> dict[UUID, str]:
    """What helps each person, with how they come."""
    found = dict(needs)
    for person_id, words in in_words(members).items():
        found[person_id] = ", ".join(part for part in (found.get(person_id, ""), words) if part)
    return found
