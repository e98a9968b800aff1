"""Who came to a group needs a note of their own, or does not: what Notes asks for."""

from __future__ import annotations

from uuid import UUID

from tests.plugins.groups.conftest import Choir
from therapydesk.plugins.groups import hub_day, register, service, sessions
from therapydesk.plugins.groups.models import GroupSession
from therapydesk.plugins.groups.service import GroupDetails
from therapydesk.plugins.notes import lists
from therapydesk.testing import add_person


def asked_for(choir: Choir) -> list[str]:
    """Of whom Notes says "No note yet"."""
    with choir.vault.read() as db:
        return [each.name for each in lists.unwritten(db)]


def led(choir: Choir, **more: object) -> GroupDetails:
    """The group, led by this user."""
    with choir.vault.read() as db:
        return GroupDetails("Tuneful Wednesdays", therapist_id=db.user.id, **more)  # type: ignore[arg-type]  # by name


def drop_in(choir: Choir) -> UUID:
    (day,) = choir.book()
    kit = add_person(choir.vault, "Kit Lane")
    choir.do(hub_day.open_day, day)
    choir.do(hub_day.arrive, day, kit)
    choir.do(register.check_in, day, 3)
    choir.do(hub_day.close_day, day)
    return day


def test_a_named_drop_in_at_a_hub_needs_no_note(choir: Choir) -> None:
    choir.do(service.save_group, led(choir, shape="hub"), choir.group_id)
    drop_in(choir)
    assert asked_for(choir) == []


def test_it_does_when_the_hub_says_so_also_afterwards(choir: Choir) -> None:
    choir.do(service.save_group, led(choir, shape="hub", note_each=True), choir.group_id)
    drop_in(choir)
    assert asked_for(choir) == ["Kit Lane"]
    choir.do(service.save_group, led(choir, shape="hub", note_each=False), choir.group_id)
    assert asked_for(choir) == []
    choir.do(service.save_group, led(choir, shape="hub", note_each=True), choir.group_id)
    assert asked_for(choir) == ["Kit Lane"]


def test_members_of_other_groups_do_unless_its_team_writes_one_note_for_all(choir: Choir) -> None:
    choir.do(service.save_group, led(choir), choir.group_id)
    choir.join("Maggie")
    (session,) = choir.book()
    choir.hold(session)
    assert asked_for(choir) == ["Maggie"]
    choir.do(service.save_group, led(choir, note_each=False), choir.group_id)
    assert asked_for(choir) == []


def test_a_session_of_the_diary_goes_by_the_group_it_is_said_to_belong_to(choir: Choir) -> None:
    other = choir.do(service.save_group, GroupDetails("Open door", shape="hub"))
    choir.do(service.save_group, led(choir), choir.group_id)
    choir.join("Maggie")
    (session,) = choir.book()
    choir.hold(session)
    with choir.vault.write("core") as db:
        db.delete(db.get(GroupSession, session))
    choir.do(sessions.adopt_session, other, session)
    assert asked_for(choir) == []
