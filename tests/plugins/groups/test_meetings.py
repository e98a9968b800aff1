"""Whose an action of a meeting is: a user, somebody of the group or its helpers, or an outsider with a name alone."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.plugins.groups.conftest import Choir
from therapydesk.api import UserError, list_users, today
from therapydesk.core import migrations
from therapydesk.core.plugins import Plugins
from therapydesk.plugins.groups import answers, helpers, meetings
from therapydesk.plugins.groups.meetings import ACTION, DECISION, AgreedView
from therapydesk.plugins.groups.placement_models import Agreed
from therapydesk.records import subject_requests
from therapydesk.records.erasure import erase_person
from therapydesk.records.subject_collect import collect_part
from therapydesk.records.subject_tables import CoreSubjectItem
from therapydesk.testing import add_person


@pytest.fixture
def meeting(choir: Choir) -> UUID:
    choir.join("Ann Expert")
    (session,) = choir.book(weeks_ago=1)
    return session


def read(choir: Choir, meeting: UUID) -> list[AgreedView]:
    with choir.vault.read() as db:
        return meetings.list_agreed(db, meeting)


def test_an_action_is_of_a_user_of_somebody_known_here_or_of_an_outsider(choir: Choir, meeting: UUID) -> None:
    with choir.vault.read() as db:
        user = list_users(db)[0]
    helper = add_person(choir.vault, "Huw Helper")
    choir.do(helpers.start_placement, helper, "volunteer", today())
    stranger = add_person(choir.vault, "Gareth Lloyd")  # on the caseload, and nothing to this group
    for name in (user.name, "ann expert", "Huw Helper", "Gareth Lloyd"):
        choir.do(meetings.agree, meeting, ACTION, "Ask about the hall", name)
    found = [(a.owner, a.user_id, a.person_id) for a in read(choir, meeting)]
    assert found == [
        (user.name, user.id, None),
        ("Ann Expert", None, choir.people["Ann Expert"]),
        ("Huw Helper", None, helper),
        ("Gareth Lloyd", None, None),
    ]
    with choir.vault.read() as db:
        offered = meetings.list_owners(db, meeting)
    assert {owner.person_id for owner in offered} >= {choir.people["Ann Expert"], helper}
    assert stranger not in {owner.person_id for owner in offered}


def test_one_of_several_of_a_name_is_asked_for(choir: Choir, meeting: UUID) -> None:
    choir.join("Ann Expert")
    with pytest.raises(UserError, match="Several people here are called “Ann Expert”"):
        choir.do(meetings.agree, meeting, ACTION, "Find an urn", "Ann Expert")
    assert read(choir, meeting) == []


def test_a_decision_is_nobodys(choir: Choir, meeting: UUID) -> None:
    choir.do(meetings.agree, meeting, DECISION, "The concert is on 3 July", "Ann Expert")
    (agreed,) = read(choir, meeting)
    assert (agreed.owner, agreed.person_id) == ("", None)


def test_erasing_whose_an_action_is_takes_the_name_and_leaves_what_was_agreed(
    choir: Choir, meeting: UUID
) -> None:
    choir.do(meetings.agree, meeting, ACTION, "Find an urn", "Ann Expert")
    choir.do(meetings.agree, meeting, ACTION, "Open the hall", "The caretaker")
    choir.hold(meeting)
    erase_person(choir.vault, choir.people["Ann Expert"], "request")
    assert [(a.text, a.owner, a.person_id) for a in read(choir, meeting)] == [
        ("Find an urn", "", None),
        ("Open the hall", "The caretaker", None),
    ]
    with choir.vault.read() as db:
        assert db.query(Agreed).filter(Agreed.person_id.is_not(None)).count() == 0
        assert not any("Ann" in item.text for item in answers.due(db, today()))


def test_a_request_for_data_shows_what_somebody_took_on_and_nothing_of_others(
    choir: Choir, meeting: UUID
) -> None:
    choir.do(meetings.agree, meeting, ACTION, "Find an urn", "Ann Expert", today())
    choir.do(meetings.agree, meeting, ACTION, "Open the hall", "The caretaker")
    request = choir.do(subject_requests.record_request, choir.people["Ann Expert"], today())
    collect_part(choir.vault, request, "core")
    with choir.vault.read() as db:
        items = db.query(CoreSubjectItem).filter_by(source=Agreed.__tablename__).all()
    (item,) = items
    told = [words for _column, _label, words, *_ in map(tuple, map(_plain, json.loads(item.fields)))]
    assert item.title == "What you took on at a meeting"
    assert "Find an urn" in told
    assert "Open the hall" not in str(told)


def _plain(field: object) -> list[str]:
    assert isinstance(field, list)
    return [str(part) for part in field]


def test_what_was_typed_before_stays(choir: Choir, meeting: UUID, plugins: Plugins) -> None:
    """The revision before kept a name alone; there and back it stays what was typed."""
    owner = next(each for each in plugins.owners() if each.id == "groups")
    with migrations.scratch("core") as connection:
        migrations.upgrade(connection, plugins.owners()[0], "core")
        migrations.upgrade(connection, owner, "core", "0007")
        connection.execute(text("PRAGMA foreign_keys=OFF"))
        connection.execute(
            text(
                "INSERT INTO groups_agreed (id, appointment_id, kind, text, owner, created_at, changed_at, row_version)"
                " VALUES ('a', 'b', 'action', 'Find an urn', 'Ann of the council', '2026-01-01', '2026-01-01', 1)"
            )
        )
        migrations.upgrade(connection, owner, "core")
        kept = connection.execute(text("SELECT text, owner, user_id, person_id FROM groups_agreed")).one()
    assert tuple(kept) == ("Find an urn", "Ann of the council", None, None)
