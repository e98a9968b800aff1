"""A copy for somebody who asked for their data says in words what the tables of groups keep as codes."""

from __future__ import annotations

import json

from tests.plugins.groups.conftest import Choir
from therapydesk.api import today
from therapydesk.plugins.groups import helpers, members_lives
from therapydesk.records import subject_requests
from therapydesk.records.subject_collect import collect_part
from therapydesk.records.subject_tables import CoreSubjectItem


def test_the_copy_of_a_member_says_it_as_the_screens_do(choir: Choir) -> None:
    choir.join("Ann Expert", voice="alto", travel="lift_needed")
    ann = choir.people["Ann Expert"]
    choir.do(helpers.start_placement, ann, "role_model", today(), group_id=choir.group_id)
    choir.do(members_lives.note_level, ann, "Singing", "improving", today())
    choir.hold(*choir.book(weeks_ago=1))
    request = choir.do(subject_requests.record_request, ann, today())
    collect_part(choir.vault, request, "core")
    with choir.vault.read() as db:
        items = db.query(CoreSubjectItem).filter(CoreSubjectItem.request_id == request).all()
    told = {item.source: {str(part) for field in json.loads(item.fields) for part in field} for item in items}
    assert told["groups_member"] >= {
        "Member",
        "On the roster",
        "Alto",
        "Needs a lift",
        "Everybody for themselves",
    }
    assert told["groups_placement"] >= {"Role model"}
    assert told["groups_skill"] >= {"Getting on", "At the start", "Singing"}
    assert told["attendance"] >= {"Came", "For themselves", "Group", "Completed"}
    for source in ("groups_member", "groups_placement", "groups_skill", "attendance"):
        assert not told[source] & {
            "member",
            "alto",
            "lift_needed",
            "role_model",
            "improving",
            "came",
            "single",
        }
