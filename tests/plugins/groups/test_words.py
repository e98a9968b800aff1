"""A copy for somebody who asked for their data says in words what the tables of groups keep as codes."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from importlib import resources
from typing import Any

from sqlalchemy import String

from tests.plugins.groups.conftest import Choir
from therapydesk.api import Privacy, today
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import Base
from therapydesk.plugins.groups import helpers, members_lives, rules, words, works_rules
from therapydesk.records import subject_requests
from therapydesk.records.appointment_words import KINDS, STATES, absence_reasons
from therapydesk.records.subject_collect import _code_words, _parents, collect_part
from therapydesk.records.subject_labels import QUIET
from therapydesk.records.subject_tables import CoreSubjectItem

SHORT = 60  # a code fits into this; longer columns hold what somebody wrote
WRITTEN = {"groups_member.skill", "groups_skill.activity", "groups_shift.role", "groups_sung.key"}


def listed(name: str) -> list[str]:
    text = resources.files("therapydesk.plugins.groups").joinpath(f"{name}.csv").read_text("utf-8")
    return [row["code"] for row in csv.DictReader(text.splitlines())]


CODES: dict[str, Iterable[str]] = {
    "appointment.kind": KINDS,
    "appointment.state": STATES,
    "appointment.cancel_reason": [reason.code for reason in absence_reasons("cancel")],
    "groups_agreed.kind": ("decision", "action"),
    "groups_group.shape": rules.SHAPES,
    "groups_maker.credit": works_rules.CREDITS[1:],
    "groups_measure.measure": listed("measures"),
    "groups_measure.said_by": ("themselves", "supporter", "staff"),
    "groups_member.role": rules.ROLES,
    "groups_member.state": rules.STATES,
    "groups_member.travel": rules.TRAVEL,
    "groups_member.voice": rules.VOICES,
    "groups_performer.credit": works_rules.CREDITS[1:],
    "groups_placement.role": rules.PLACEMENT_ROLES,
    "groups_programme_name.use": works_rules.USES,
    "groups_reported.kind": words.REPORTED,
    "groups_ring.outcome": ("reached", "left_word", "no_answer"),
    "groups_skill.at": ("start", "review"),
    "groups_skill.level": words.LEVELS,
    "groups_sung_person.part": ("liked", "led"),
    "groups_waiting.activity": listed("activities"),
    "groups_work.kind": works_rules.KINDS,
    "groups_work.uses": works_rules.USES,
}


def copied_columns() -> dict[str, Any]:
    """Each column of a table about people that may hold a code, and of what its rows hang on, with what says it in words."""
    found: dict[str, Any] = {}
    for mapper in Base.registry.mappers:
        table: Any = mapper.local_table
        if not table.name.startswith("groups_") or not isinstance(mapper.class_.privacy, Privacy):
            continue
        say = _code_words(table)
        for at, prefix in ((table, ""), *((parent, f"{parent.name}.") for _key, parent in _parents(table))):
            for column in at.c:
                short = isinstance(column.type, String) and (column.type.length or SHORT + 1) <= SHORT
                if short and column.name not in QUIET:
                    found[f"{at.name}.{column.name}"] = say.get(f"{prefix}{column.name}")
    return found


def test_every_code_of_every_table_of_groups_is_said_in_words(plugins: Plugins) -> None:
    columns = {name: say for name, say in copied_columns().items() if name not in WRITTEN}
    assert set(columns) == set(CODES)
    raw = [
        f"{name}: {code}"
        for name, codes in CODES.items()
        for code in codes
        if columns[name] is None or columns[name](code) in ("", code)
    ]
    assert raw == []


def test_a_code_that_nobody_knows_stays_and_what_was_not_chosen_says_nothing(plugins: Plugins) -> None:
    """A practice's own words are codes, too; an older file may hold a code that is gone."""
    columns = copied_columns()
    for name in ("groups_waiting.activity", "groups_member.role", "groups_ring.outcome", "groups_work.kind"):
        assert columns[name]("Stroke café") == "Stroke café"
    assert columns["groups_member.voice"]("") == ""


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
