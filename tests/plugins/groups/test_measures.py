"""What members say of themselves, and what is worth a look after a session."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtTest import QTest

from tests.plugins.groups.conftest import Choir
from therapydesk.api import NotFound, UserError, today
from therapydesk.plugins.groups import after, hub, looks, measures, service
from therapydesk.plugins.groups.kinds import kinds
from therapydesk.plugins.groups.service import GroupDetails, ProfileDetails
from therapydesk.plugins.groups.ui.after_page import AfterPage
from therapydesk.plugins.groups.ui.group_page import GroupPage
from therapydesk.testing import add_person, desk_at, open_page

__all__ = ["open_page"]


@pytest.fixture
def sessions(choir: Choir) -> list[UUID]:
    """Three sessions of Rafiq with Nasreen, and Maggie."""
    choir.join("Rafiq Aziz")
    choir.join("Nasreen Aziz", comes_with="Rafiq Aziz")
    choir.join("Maggie Lloyd")
    made = choir.book(weeks_ago=3, weeks=3)
    for session in made:
        choir.hold(session)
    profile = ProfileDetails("dementia", "", "Goes out to smoke", ("Mood", "Taking part"))
    clinical(choir, service.save_profile, choir.group_id, profile)
    return made


def clinical(choir: Choir, work: Any, *args: Any) -> Any:
    with choir.vault.write("clinical") as db:
        return work(db, *args)


def answer(choir: Choir, session: UUID, code: str, **values: int | None) -> None:
    people = {name.split()[0].lower(): person for name, person in choir.people.items()}
    answers = {people[name]: value for name, value in values.items()}
    clinical(choir, measures.record_answers, session, code, answers)


def told(choir: Choir, session: UUID) -> list[str]:
    with choir.vault.read() as db:
        return [look.text for look in looks.worth_a_look(db, session)]


def test_every_kind_asks_questions_that_there_are(choir: Choir) -> None:
    known = {each.code for each in measures.questions()}
    for kind in kinds():
        assert set(kind.measures) <= known
    assert [q.code for q in measures.questions(("voice", "wellbeing"))][:2] == ["voice", "wellbeing"]


def test_an_answer_is_kept_once_for_each_person_and_session_and_taken_away(
    choir: Choir, sessions: list[UUID]
) -> None:
    answer(choir, sessions[0], "belonging", rafiq=5, maggie=7)
    answer(choir, sessions[0], "belonging", rafiq=6, maggie=None)
    with choir.vault.read() as db:
        (found,) = measures.answers_at(db, sessions[0])
    assert (found.person_id, found.value, found.before) == (choir.people["Rafiq Aziz"], 6, None)
    with pytest.raises(UserError, match="from 0 to 10"):
        answer(choir, sessions[0], "belonging", rafiq=11)
    with pytest.raises(NotFound, match="no question called"):
        answer(choir, sessions[0], "happiness", rafiq=1)
    stranger = add_person(choir.vault, "Stranger")
    with pytest.raises(NotFound, match="not at this session"):
        clinical(choir, measures.record_answers, sessions[0], "belonging", {stranger: 3})


def test_a_period_compares_first_and_last_answers_of_the_same_people(
    choir: Choir, sessions: list[UUID]
) -> None:
    answer(choir, sessions[0], "belonging", rafiq=4, maggie=6)
    answer(choir, sessions[2], "belonging", rafiq=8)
    answer(choir, sessions[2], "carer_wellbeing", nasreen=5)
    with choir.vault.read() as db:
        belonging, carer = measures.changes(db, choir.group_id, today() - timedelta(days=60), today())
        earlier = measures.changes(
            db, choir.group_id, today() - timedelta(days=600), today() - timedelta(days=60)
        )
    assert (belonging.first, belonging.last, belonging.people, belonging.answers) == (4.0, 8.0, 1, 3)
    assert (carer.first, carer.last, carer.people, carer.answers) == (None, None, 0, 1)
    assert earlier == []


def test_a_low_answer_and_one_that_fell_are_worth_a_look_and_others_are_not(
    choir: Choir, sessions: list[UUID]
) -> None:
    answer(choir, sessions[0], "wellbeing", rafiq=8, maggie=5)
    assert told(choir, sessions[0]) == []
    answer(choir, sessions[1], "wellbeing", rafiq=5, maggie=3)
    assert told(choir, sessions[1]) == [
        "Rafiq Aziz: “I have felt well this week.” went from 8 to 5.",
        "Maggie Lloyd: “I have felt well this week.” is 3 of 10.",
    ]


def test_few_who_came_aims_that_were_not_reached_and_too_few_helpers_are_worth_a_look(choir: Choir) -> None:
    choir.do(service.save_group, GroupDetails("Tuneful Wednesdays", helpers_needed=2), choir.group_id)
    for name in ("Ann", "Bea", "Cai", "Dot"):
        choir.join(name)
    first, second, third = choir.book(weeks_ago=3, weeks=3)
    choir.hold(first)
    assert told(choir, first) == []
    pia = add_person(choir.vault, "Pia Peer")
    choir.do(hub.put_on_shift, second, pia, "tea")
    choir.hold(second, bea="no_word", cai="sent_apologies", dot="no_word")
    clinical(choir, service.save_profile, choir.group_id, ProfileDetails("own", aims=("Mood",)))
    with choir.vault.read() as db:
        (mood,) = after.list_aims(db, choir.group_id)
    clinical(choir, after.rate_aims, second, {mood.id: 1})
    assert told(choir, second) == [
        "Fewer than half of those expected came.",
        "No aim was reached more than a little.",
        "One helper was on; 2 are needed.",
    ]
    choir.hold(third, bea="no_word")
    assert told(choir, third) == ["Bea missed 2 in a row without a word: ring them."]


def test_the_page_after_shows_what_to_look_at_and_keeps_each_answer(
    choir: Choir, sessions: list[UUID], plugins: Any, tmp_path: Path, open_page: Any
) -> None:
    answer(choir, sessions[0], "wellbeing", maggie=9)
    with desk_at(choir.vault, plugins, tmp_path) as desk:
        page = open_page(AfterPage(desk, sessions[1]))
        assert page.measures.ask.currentData() == "wellbeing"  # what this kind of group asks first
        words = " ".join(label.text() for label in page.looks.findChildren(type(page.warning)))
        assert "Nothing stands out." in words
        assert "Leaves the room alone" in words
        assert "Goes out to smoke" in words
        boxes = {
            box.accessibleName(): box for box in page.measures._rows.findChildren(type(page.measures.ask))
        }
        assert set(boxes) == {"Rafiq Aziz", "Maggie Lloyd"}
        boxes["Maggie Lloyd"].setCurrentIndex(3)
        assert told(choir, sessions[1]) == ["Maggie Lloyd: “I have felt well this week.” went from 9 to 2."]
        words = " ".join(label.text() for label in page.looks.findChildren(type(page.warning)))
        assert "went from 9 to 2" in words
        page.measures.ask.setCurrentIndex(page.measures.ask.findData("carer_wellbeing"))
        QTest.qWait(50)
        shown = [
            b.accessibleName()
            for b in page.measures._rows.findChildren(type(page.measures.ask))
            if not b.isHidden()
        ]
        assert shown == ["Nasreen Aziz"]
        front = open_page(GroupPage(desk, choir.group_id, lambda _session: None))
        said = " ".join(label.text() for label in front.counts.findChildren(type(page.warning)))
        assert "“I have felt well this week.”: 9.0 at first, 2.0 last, of one person" in said
