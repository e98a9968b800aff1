"""A therapist who has only their own diary writes nothing about a session, or a group, of somebody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.plugins.groups.conftest import Choir
from therapydesk.api import PermissionDenied, today
from therapydesk.core.permissions import SERVICES
from therapydesk.plugins.groups import (
    activities,
    hub,
    hub_day,
    meetings,
    music_service,
    music_sets,
    music_sung,
    networks,
    papers,
    register,
    register_rest,
    roster,
    service,
    sheet_csv,
    sheet_plan,
)
from therapydesk.plugins.groups.service import GroupDetails
from therapydesk.testing import PASSPHRASE, add_person

OF_ALL = {"needs_of", "grab_sheet", "to_ring"}  # read what each therapist may read of every roster


class Theirs:
    """A session of the first therapist with something of everything on it."""

    def __init__(self, choir: Choir) -> None:
        do, self.choir = choir.do, choir
        self.ann = choir.join("Ann")
        self.person, self.new = choir.people["Ann"], add_person(choir.vault, "New Person")
        (self.session,) = choir.book()
        choir.open(self.session)
        self.row = next(r.attendance_id for r in choir.read(self.session).rows if r.person_id is not None)
        self.head = do(register.check_in, self.session, 2)
        do(register.set_activities, self.head, ["cafe"])
        self.shift = do(hub.put_on_shift, self.session, self.person, "Welcomes")
        self.waiting = do(hub.wait_for, self.session, "cafe", name="Blue scarf")
        self.action = do(meetings.agree, self.session, "action", "Book the hall", "Ann", today())
        self.absence = do(roster.plan_absence, self.ann, today(), today() + timedelta(days=3))
        self.piece = do(music_service.save_piece, music_service.PieceDetails("Calon Lân"))
        self.set = do(music_sets.save_set, "Today", [(self.piece, "")])
        self.sung = do(music_sung.add_sung, self.session, self.piece)
        lead = choir.vault.user.id
        self.network = do(service.save_group, GroupDetails("Allotment", independent=True, therapist_id=lead))
        self.told = do(networks.tell_of, self.network, 2, today())


TRIES: dict[Callable[..., Any], Callable[[Theirs], tuple[Any, ...]]] = {
    activities.set_part: lambda t: (t.head, ""),
    activities.set_came_as: lambda t: (t.head, ""),
    hub.put_on_shift: lambda t: (t.session, t.new, "Makes the tea"),
    hub.take_off_shift: lambda t: (t.shift,),
    hub.wait_for: lambda t: (t.session, "cafe"),  # nobody is named: refused before that is asked
    hub.seen: lambda t: (t.waiting,),
    hub_day.wait_again: lambda t: (t.waiting,),
    hub_day.drop_waiting: lambda t: (t.waiting,),
    hub_day.open_day: lambda t: (t.session,),
    hub_day.arrive: lambda t: (t.session, t.new),
    hub_day.leave_out: lambda t: (t.session, t.head),
    hub_day.claim: lambda t: (t.session, t.head, t.new),
    hub_day.unclaim: lambda t: (t.session, t.row),
    hub_day.close_day: lambda t: (t.session,),
    meetings.agree: lambda t: (t.session, "decision", "We go on"),
    meetings.action_done: lambda t: (t.action, today()),
    meetings.list_owners: lambda t: (t.session,),
    meetings.drop_agreed: lambda t: (t.action,),
    music_sung.add_sung: lambda t: (t.session, t.piece),
    music_sung.add_sung_set: lambda t: (t.session, t.set),
    music_sung.remove_sung: lambda t: (t.session, t.sung),
    music_sung.mark_person: lambda t: (t.session, t.sung, t.person, "liked"),
    music_sung.set_people: lambda t: (t.session, t.sung, "liked", [t.person]),
    networks.tell_of: lambda t: (t.network, 3, today()),
    networks.untell: lambda t: (t.told,),
    papers.register_pdf: lambda t: (t.session, {}),
    register.open_register: lambda t: (t.session,),
    register.start_register: lambda t: (t.session,),
    register.mark: lambda t: (t.session, t.row, "came"),
    register.add_walk_in: lambda t: (t.session, t.new),
    register.check_in: lambda t: (t.session, 1),
    register.take_out: lambda t: (t.session, t.head),
    register.claim: lambda t: (t.session, t.head, t.new),
    register.set_activities: lambda t: (t.head, []),
    register.finish: lambda t: (t.session,),
    register.reopen: lambda t: (t.session,),
    register_rest.mark_rest: lambda t: (t.session,),
    register_rest.unmark: lambda t: (t.session, [t.row]),
    register_rest.apologise: lambda t: (t.session, t.row, t.absence),
    sheet_csv.sheet_csv: lambda t: (t.session,),
    sheet_plan.plan_sheet: lambda t: (t.session, []),
    sheet_plan.carry_out: lambda t: (t.session, []),
    sheet_plan.take_back: lambda t: (t.session, sheet_plan.Done((), ())),
}


@pytest.fixture
def theirs(choir: Choir) -> Theirs:
    return Theirs(choir)


def test_every_function_about_a_register_is_tried() -> None:
    known = {
        name.rpartition("plugins.groups.")[2]
        for name, s in SERVICES.items()
        if s.permission == "groups.register" and s.function.__name__ not in OF_ALL
    }
    tried = {f"{f.__module__}.{f.__qualname__}".rpartition("plugins.groups.")[2] for f in TRIES}
    assert tried == known


@pytest.mark.parametrize("work", TRIES, ids=lambda f: f"{f.__module__.rpartition('.')[2]}.{f.__name__}")
def test_what_belongs_to_another_therapist_is_refused(theirs: Theirs, work: Callable[..., Any]) -> None:
    theirs.choir.vault.add_user("Other Therapist", ["therapist"], PASSPHRASE, ["clinical"])
    theirs.choir.vault.unlock("Other Therapist", PASSPHRASE)
    with pytest.raises(PermissionDenied):
        theirs.choir.do(work, *TRIES[work](theirs))


@pytest.mark.parametrize("work", [hub.take_off_shift, hub_day.drop_waiting, meetings.drop_agreed])
def test_taking_back_is_done_once_however_often_it_is_asked_for(theirs: Theirs, work: Any) -> None:
    row: UUID = TRIES[work](theirs)[0]
    theirs.choir.do(work, row)
    theirs.choir.do(work, row)
    with theirs.choir.vault.read() as db:
        left = [*hub.list_shift(db, theirs.session), *hub.list_waiting(db, theirs.session)]
        left += meetings.list_agreed(db, theirs.session)
    assert len(left) == 2
