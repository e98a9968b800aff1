"""Capability rows of the first practice (KC), each shown as its row in capabilities.md says. Music is in another file."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import event, insert

from tests.plugins.groups.conftest import Choir, once_read
from therapydesk.api import (
    Appointment,
    Attendance,
    Base,
    PeopleQuery,
    add_relation,
    audit,
    list_people,
    list_relations,
    new_id,
    put_setting,
    today,
)
from therapydesk.core.plugins import Plugins
from therapydesk.plugins.groups import (
    activities,
    helpers,
    hub,
    hub_day,
    members_lives,
    register,
    roster,
    service,
)
from therapydesk.plugins.groups.models import GroupSession
from therapydesk.plugins.groups.service import GroupDetails
from therapydesk.plugins.groups.ui.hub_page import HubPage
from therapydesk.records.people import Person
from therapydesk.testing import add_person, desk_at, open_page
from therapydesk.ui.kit.forms import Form
from therapydesk.ui.shell.settings_window import SettingsWindow

__all__ = ["open_page"]
DAY = timedelta(days=1)


def hub_of(choir: Choir) -> UUID:
    """A hub day, open."""
    choir.do(service.save_group, GroupDetails("Tuneful Wednesdays", shape="hub"), choir.group_id)
    (day,) = choir.book()
    choir.do(hub_day.open_day, day)
    return day


def tallies(choir: Choir, name: Any) -> dict[str, tuple[int, int]]:
    """Visits and people by word."""
    with choir.vault.read() as db:
        found = activities.tally(db, name, today() - 30 * DAY, today())
    return {each.words: (each.visits, each.people) for each in found}


def test_kc15_activity_and_participation_level_are_pick_lists_the_practice_can_edit_and_reports_count_both(
    choir: Choir, plugins: Plugins, tmp_path: Path, open_page: Any
) -> None:
    with desk_at(choir.vault, plugins, tmp_path) as desk:
        window = open_page(SettingsWindow(desk, lambda: None, lambda: None))
        window.search.setText("activit")
        (form,) = [f for f in window.findChildren(Form) if "groups.activities" in f.names()]
        form.field("groups.activities").setPlainText("DJing\nMCing\nCafé\n\nJust listening")
        form.field("groups.parts").setPlainText("Looked on\nHeld the room")
    day = hub_of(choir)
    with desk_at(choir.vault, plugins, tmp_path) as desk:
        page = once_read(open_page(HubPage(desk, day)))
        kit = add_person(choir.vault, "Kit Lane")
        choir.do(hub_day.arrive, day, kit)
        page.refresh()
        assert page.for_card.codes == [
            "DJing",
            "MCing",
            "cafe",
            "Just listening",
        ]  # a word of ours keeps its code
        first, second = page.for_card.activities.buttons()[:2]
        first.click()
        second.click()
        page.for_card.part.buttons()[1].click()
    heads = choir.do(register.check_in, day, 4)
    choir.do(register.set_activities, heads, ["Just listening"])
    choir.do(activities.set_part, heads, "Looked on")
    choir.do(hub_day.close_day, day)
    assert tallies(choir, "activities") == {"Just listening": (4, 0), "DJing": (1, 1), "MCing": (1, 1)}
    assert tallies(choir, "parts") == {"Looked on": (4, 0), "Held the room": (1, 1)}  # one visit, once
    choir.do(put_setting, "groups.parts", "Something else")
    assert tallies(choir, "parts") == {"Looked on": (4, 0), "Held the room": (1, 1)}  # what was said stays


def test_kc16_level_is_recorded_at_start_and_review_without_becoming_an_entry_test(choir: Choir) -> None:
    choir.join("Maggie Lloyd")  # nobody asked for a level before she could come
    maggie = choir.people["Maggie Lloyd"]
    choir.do(members_lives.note_level, maggie, "Singing", "beginner", today() - 200 * DAY)
    choir.do(members_lives.note_level, maggie, "Drums", "professional", today() - 100 * DAY)
    choir.do(members_lives.note_level, maggie, "singing", "improving", today())
    with choir.vault.read() as db:
        found = members_lives.list_levels(db, maggie)
    assert [(s.activity, s.level, s.at) for s in found] == [
        ("Singing", "beginner", "start"),
        ("Drums", "professional", "start"),
        ("singing", "improving", "review"),
    ]
    (session,) = choir.book()
    assert [row.name for row in choir.open(session).rows] == ["Maggie Lloyd"]


def test_kc19_a_person_can_be_member_and_volunteer_at_once_with_placement_hours_and_support_contacts(
    choir: Choir,
) -> None:
    choir.join("Maggie Lloyd")
    maggie, tom = choir.people["Maggie Lloyd"], add_person(choir.vault, "Tom Team")
    sister = add_person(choir.vault, "Sian Lloyd")
    choir.do(add_relation, maggie, "sibling", sister, may_contact=True)
    choir.do(helpers.start_placement, maggie, "volunteer", today() - 60 * DAY, supported_by=tom)
    first, second = choir.book(weeks_ago=2, weeks=2)
    choir.hold(first)
    choir.do(hub.put_on_shift, first, maggie, "tea")
    choir.do(hub.put_on_shift, second, maggie, "tea", 45)
    with choir.vault.read() as db:
        (found,) = helpers.list_helpers(db, today() - 90 * DAY, today())
        around = [relation.name for relation in list_relations(db, maggie)]
    assert (found.member, found.roles, found.minutes) == (True, ("volunteer",), 90 + 45)
    assert (found.supporters(today()), around) == (["Tom Team"], ["Sian Lloyd"])
    assert choir.read(first).count.people == 1  # a volunteer who came as a member is counted as one


def test_kc22_a_drop_in_register_takes_names_or_a_headcount_and_several_activities_per_attendance(
    choir: Choir,
) -> None:
    day = hub_of(choir)
    kit = add_person(choir.vault, "Kit Lane")
    visit = choir.do(hub_day.arrive, day, kit)
    choir.do(register.set_activities, visit, ["cafe", "open_mic", "advice"])
    heads = choir.do(register.check_in, day, 7)
    choir.do(register.set_activities, heads, ["cafe", "music_making"])
    choir.do(hub_day.close_day, day)
    found = choir.read(day)
    assert (found.count.people, found.count.anonymous, found.count.visits) == (1, 7, 8)
    assert tallies(choir, "activities") == {
        "Café": (8, 1),
        "Making music": (7, 0),
        "Open mic": (1, 1),
        "Advice": (1, 1),
    }


def test_kc36_3000_people_and_30000_attendances_list_and_search_with_the_same_few_questions(
    choir: Choir,
) -> None:
    """The seconds are measured in bench/, beside their limit; here: all of them are found, and no question is asked for each
    row, however many there are.
    """
    few = questions(choir)
    with choir.vault.write("core") as db:
        people = [Person(id=new_id(), full_name=f"Singer Number{n}") for n in range(3000)]
        db.add_all(people)
        db.flush()
        start = datetime.combine(today() - 100 * DAY, time(15))
        rows = [
            Appointment(
                id=new_id(), starts_at=start + n * DAY / 2, minutes=60, kind="group", state="completed"
            )
            for n in range(100)
        ]
        db.add_all(rows)
        db.flush()
        db.add_all([GroupSession(appointment_id=row.id, group_id=choir.group_id) for row in rows])
        for n, row in enumerate(rows):
            came = [(new_id(), p.id) for p in people[n * 30 % 2730 :][:300]]
            same = {"appointment_id": row.id, "role": "person", "headcount": 1, "state": "came", "reason": ""}
            made = [{**same, "id": i, "person_id": p, "position": k} for k, (i, p) in enumerate(came)]
            db.execute(insert(Base.metadata.tables["attendance"]), made)
            audit.bulk(db, Attendance, "create", [i for i, _ in came])
    assert questions(choir) < few + 5  # a few are not asked of a practice that is empty
    with choir.vault.read() as db:
        from therapydesk.plugins.groups import counting

        (found,) = counting.rates(db)
        hits = list_people(db, PeopleQuery("Number2999"), 0, 10)
    assert (found.count.visits, found.count.people) == (30_000, 3000)
    assert [row.name for row in hits] == ["Singer Number2999"]


def questions(choir: Choir) -> int:
    """How many questions the list of groups, a search and the rates ask of the database."""
    from therapydesk.plugins.groups import counting

    asked: list[str] = []
    with choir.vault.read() as db:
        connection = db.connection()

        def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            asked.append(statement)

        event.listen(connection, "before_cursor_execute", note)
        service.list_groups(db)
        list_people(db, PeopleQuery("Number1"), 0, 50)
        counting.rates(db)
        event.remove(connection, "before_cursor_execute", note)
    return len(asked)


def test_kc37_a_person_can_carry_a_role_model_role_with_dates_used_when_building_groups(choir: Choir) -> None:
    choir.join("Rhys Role", role="role_model")
    rhys, kit = choir.people["Rhys Role"], add_person(choir.vault, "Kit Lane")
    choir.do(helpers.start_placement, rhys, "role_model", today() - 400 * DAY)
    old = choir.do(helpers.start_placement, kit, "role_model", today() - 400 * DAY)
    choir.do(helpers.end_placement, old, today() - 100 * DAY)
    other = choir.do(service.save_group, GroupDetails("New group"))
    with choir.vault.read() as db:
        offered = [
            helper.person_id
            for helper in helpers.list_helpers(db, today(), today())
            if "role_model" in helper.roles
        ]
        dates = [(p.starts_on, p.ends_on) for p in helpers.list_placements(db, person_id=kit)]
    assert offered == [rhys]
    assert dates == [(today() - 400 * DAY, today() - 100 * DAY)]
    choir.do(roster.add_member, other, offered[0], roster.MemberDetails(role="role_model"))
    with choir.vault.read() as db:
        assert [m.role for m in roster.list_members(db, other)] == ["role_model"]
