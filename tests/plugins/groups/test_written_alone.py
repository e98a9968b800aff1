"""Each function that writes about a register, a roster, helpers, meetings and networks, in a unit of work of its own: so
that faults can be tried on it (tests/reliability/test_s5_statement_faults.py).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.plugins.groups.conftest import Choir
from therapydesk.api import add_relation, appointments, today
from therapydesk.plugins.groups import (
    activities,
    helpers,
    lifts,
    measures,
    meetings,
    members_lives,
    networks,
    register,
    register_rest,
    roster,
    service,
    words,
)
from therapydesk.plugins.groups.service import GroupDetails, ProfileDetails
from therapydesk.testing import add_person

DAY = timedelta(days=1)


@pytest.fixture
def session(choir: Choir) -> UUID:
    """Ann and Bea are expected."""
    choir.join("Ann")
    choir.join("Bea")
    (made,) = choir.book()
    choir.open(made)
    return made


def row_of(choir: Choir, session: UUID, name: str) -> register.Row:
    return next(row for row in choir.read(session).rows if row.name == name)


def clinical(choir: Choir, work: Any, *args: Any) -> Any:
    with choir.vault.write("clinical") as db:
        return work(db, *args)


def test_what_somebody_came_for_and_as_what(choir: Choir, session: UUID) -> None:
    heads = choir.do(register.check_in, session, 2)
    choir.do(register.set_activities, heads, ["cafe"])
    with choir.vault.read() as db:
        part = activities.choices(db, "parts")[0][0]
        role = activities.choices(db, "came_as")[0][0]
    assert choir.do(activities.set_part, heads, part) == ""
    assert choir.do(activities.set_part, heads, "") == part
    assert choir.do(activities.set_came_as, heads, role) == ""
    assert choir.do(activities.set_came_as, heads, "") == role


def test_the_rest_of_a_register_is_marked_and_unmarked(choir: Choir, session: UUID) -> None:
    marked = choir.do(register_rest.mark_rest, session)
    assert {row.state for row in choir.read(session).rows} == {"came"}
    choir.do(register_rest.unmark, session, marked)
    assert {row.state for row in choir.read(session).rows} == {"expected"}


def test_an_absence_planned_from_the_register_is_an_apology_in_it(choir: Choir, session: UUID) -> None:
    absence = choir.do(roster.plan_absence, choir.members["Ann"], today(), today() + DAY)
    ann = row_of(choir, session, "Ann")
    assert choir.do(register_rest.apologise, session, ann.attendance_id, absence)
    assert row_of(choir, session, "Ann").state == "sent_apologies"


def test_a_placement_and_a_training_begin_end_and_are_taken_back(choir: Choir) -> None:
    kit = add_person(choir.vault, "Kit Lane")
    made = choir.do(helpers.start_placement, kit, "volunteer", today() - 30 * DAY)
    choir.do(helpers.end_placement, made, today() - DAY)
    choir.do(helpers.drop_placement, made)
    training = choir.do(roster.add_training, kit, "Safeguarding", today() - DAY, today() + 300 * DAY)
    choir.do(helpers.drop_training, training)
    with choir.vault.read() as db:
        assert [
            h for h in helpers.list_helpers(db, today() - DAY, today()) if h.placements or h.trainings
        ] == []


def test_whether_everybody_at_a_session_needs_a_note(choir: Choir, session: UUID) -> None:
    for needs in (False, True):
        choir.do(appointments.set_note_each, [session], needs)
        with choir.vault.read() as db:
            assert db.get_one(appointments.Appointment, session).note_each is needs


def test_a_lift_is_given_and_taken_away(choir: Choir) -> None:
    ann = choir.join("Ann", travel="lift_offered", seats=2)
    bea = choir.join("Bea", travel="lift_needed")
    assert choir.do(lifts.give_lift, bea, ann) is None
    assert choir.do(lifts.give_lift, bea, None) == ann


def test_whom_to_ring_is_one_of_those_around_somebody(choir: Choir) -> None:
    member = choir.join("Ann")
    relation = choir.do(add_relation, choir.people["Ann"], "partner", add_person(choir.vault, "Iolo"))
    assert choir.do(roster.set_emergency, member, relation) is None
    assert choir.do(roster.set_emergency, member, None) == relation


def test_an_answer_to_a_question_is_kept(choir: Choir, session: UUID) -> None:
    choir.mark(session, ann="came", bea="came")
    choir.do(register.finish, session)
    clinical(choir, service.save_profile, choir.group_id, ProfileDetails("dementia", "", "", ()))
    clinical(choir, measures.record_answers, session, "belonging", {choir.people["Ann"]: 7})
    with choir.vault.read() as db:
        assert [a.value for a in measures.answers_at(db, session)] == [7]


def test_what_a_meeting_agreed_is_taken_back(choir: Choir, session: UUID) -> None:
    made = choir.do(meetings.agree, session, meetings.ACTION, "Find an urn", "Ann", today())
    choir.do(meetings.action_done, made, today())
    choir.do(meetings.drop_agreed, made)
    with choir.vault.read() as db:
        assert meetings.list_agreed(db, session) == []


def test_a_level_and_a_report_are_noted_and_taken_back(choir: Choir) -> None:
    choir.join("Ann")
    ann = choir.people["Ann"]
    level = choir.do(members_lives.note_level, ann, "Singing", next(iter(words.LEVELS)), today())
    choir.do(members_lives.drop_level, level)
    kind = next(iter(words.REPORTED))
    said = clinical(choir, members_lives.report, ann, kind, "Her daughter", today(), "She sings at home.")
    clinical(choir, members_lives.drop_report, said)
    with choir.vault.read() as db:
        assert (members_lives.list_levels(db, ann), members_lives.list_reports(db, ann)) == ([], [])


def test_who_was_told_of_a_network_is_counted_and_taken_back(choir: Choir) -> None:
    network = choir.do(service.save_group, GroupDetails("Parents’ network", independent=True))
    made = choir.do(networks.tell_of, network, 3, today())
    choir.do(networks.untell, made)
    with choir.vault.read() as db:
        assert [n.told for n in networks.networks(db, today() - DAY, today())] in ([], [0])
