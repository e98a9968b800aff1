"""Statements: whose words, what no longer holds, who may read; and what the caseload answers to hooks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from therapydesk.api import (
    NotFound,
    PeopleQuery,
    PermissionDenied,
    StaleRecord,
    UserError,
    episodes_of,
    move_episode,
    record_death,
    set_review,
)
from therapydesk.plugins.caseload import answers, service
from therapydesk.plugins.caseload.lists import PeopleList


def test_a_statement_keeps_whose_words_they_are_and_when(practice) -> None:
    carys = practice.person("Carys Bowen")
    practice.say(carys, "matters", "  I want to stand with the altos. ")
    practice.say(carys, "helps", "Wait ten seconds.", whose_words="Marta", said_on=date(2026, 4, 2))
    first, second = practice.said(carys)
    assert (first.kind, first.whose_words, first.said_on) == ("helps", "Marta", date(2026, 4, 2))
    assert (second.text, second.whose_words) == ("I want to stand with the altos.", "person")
    assert second.said_on == date(2026, 5, 6)


@pytest.mark.parametrize(
    ("details", "words"),
    [
        (service.StatementDetails("dreams", "x"), "no kind called"),
        (service.StatementDetails("enjoys", "  "), "words are missing"),
        (service.StatementDetails("enjoys", "x", said_on=date(2026, 5, 7)), "still to come"),
    ],
)
def test_a_statement_that_says_nothing_is_refused(practice, vault, details, words) -> None:
    carys = practice.person("Carys Bowen")
    with vault.write("clinical") as db, pytest.raises(UserError, match=words):
        service.save_statement(db, carys, details)
    assert practice.said(carys) == []


def test_only_an_alert_can_be_shared(practice) -> None:
    carys = practice.person("Carys Bowen")
    practice.say(carys, "enjoys", "Hymns", shared=True)
    practice.say(carys, "alert", "Seizure plan", shared=True)
    assert {s.kind: s.shared for s in practice.said(carys)} == {"enjoys": False, "alert": True}


def test_what_no_longer_holds_stays_in_the_record_and_can_come_back(practice, vault) -> None:
    carys = practice.person("Carys Bowen")
    made = practice.say(carys, "enjoys", "Hymns")
    with vault.write("clinical") as db:
        service.end_statement(db, made)
    assert practice.said(carys) == []
    assert practice.said(carys, ended=True)[0].ended_on == date(2026, 5, 6)
    with vault.write("clinical") as db:
        service.restore_statement(db, made)
    assert len(practice.said(carys)) == 1


def test_a_change_meanwhile_is_not_written_over(practice, vault) -> None:
    carys, kit = practice.person("Carys Bowen"), practice.person("Kit Lane")
    made = practice.say(carys, "enjoys", "Hymns")
    before = practice.said(carys)[0].row_version
    details = service.StatementDetails("enjoys", "Psalms")
    with vault.write("clinical") as db, pytest.raises(StaleRecord):
        service.save_statement(db, carys, details, made, before + 1)
    with vault.write("clinical") as db, pytest.raises(NotFound):
        service.save_statement(db, kit, details, made)
    with vault.write("clinical") as db:
        assert service.save_statement(db, carys, details, made, before) == made
    assert [s.text for s in practice.said(carys)] == ["Psalms"]


def test_a_therapist_reads_their_own_people_and_an_admin_nobody(practice, vault) -> None:
    carys = practice.person("Carys Bowen")
    practice.say(carys, "working_towards", "Singing with the choir")
    practice.sign_in("Bethan Price", "therapist")
    kit = practice.person("Kit Lane")
    practice.say(kit, "working_towards", "Winding down")
    with vault.read() as db:
        with pytest.raises(PermissionDenied, match="own people"):
            service.statements(db, carys)
        found = service.statements_of_many(db, [carys, kit], ("working_towards",))
        assert set(found) == {kit}
        assert set(answers.facts(db, [carys, kit])) == {kit}
    practice.sign_in("Nia Bevan", "admin")
    with vault.read() as db:
        with pytest.raises(PermissionDenied):
            service.statements_of_many(db, [kit], ("working_towards",))
        assert answers.facts(db, [carys, kit]) == {}


def test_facts_are_shared_alerts_what_is_worked_towards_and_that_somebody_died(practice, vault) -> None:
    carys, kit = practice.person("Carys Bowen"), practice.person("Kit Lane")
    practice.say(carys, "alert", "Seizure plan. See Documents.", shared=True)
    practice.say(carys, "alert", "Not for the header.")
    practice.say(carys, "working_towards", "Singing with the choir")
    with vault.write("core") as db:
        record_death(db, kit, date(2026, 5, 1))
    with vault.read() as db:
        found = answers.facts(db, [carys, kit])
    assert [(f.kind, f.text, f.level) for f in found[carys]] == [
        ("alert", "Seizure plan", "warn"),
        ("working_towards", "Singing with the choir", "info"),
    ]
    assert [(f.kind, f.text) for f in found[kit]] == [("died", "Died Fri 1 May 2026")]


def test_reviews_are_due_on_their_day(practice, vault) -> None:
    carys = practice.person("Carys Bowen")
    practice.say(carys, "alert", "Seizure plan", shared=True, review_on=date(2026, 5, 6))
    with vault.write("core") as db:
        set_review(db, episodes_of(db, carys)[0].id, date(2026, 5, 7))
    with vault.read() as db:
        texts = [[i.text for i in answers.due(db, date(2026, 5, 5) + timedelta(days=n))] for n in range(3)]
    again = "Carys Bowen: look again at “Alert”"
    assert texts == [[], [again], ["Carys Bowen: review together", again]]


def test_the_timeline_tells_the_steps_of_support(practice, vault) -> None:
    carys = practice.person("Carys Bowen")
    with vault.write("core") as db:
        move_episode(db, episodes_of(db, carys)[0].id, "paused", on=date(2026, 5, 6))
    with vault.read() as db:
        found = answers.moments(db, carys, datetime(2026, 1, 1, tzinfo=UTC))
        later = answers.moments(db, carys, datetime(2026, 5, 7, tzinfo=UTC))
    assert [m.text for m in found] == ["Support opened: Active", "Active → Paused"]
    assert later == []


def test_the_list_is_read_in_windows_with_what_each_works_towards(practice, vault) -> None:
    names = [f"Person {n:03}" for n in range(12)]
    ids = [practice.person(name) for name in names]
    practice.say(ids[7], "working_towards", "singing")
    people = PeopleList(vault, PeopleQuery("", ("active",)), with_towards=True)
    assert people.count == 12
    rows = [*people.fetch(0, 5), *people.fetch(5, 5), *people.fetch(10, 5)]
    assert [r.name for r in rows] == names
    assert [r.towards for r in rows if r.towards] == ["Singing"]
    assert {r.therapist for r in rows} == {vault.user.name.split()[0]}


def test_people_of_one_name_are_told_apart(practice, vault) -> None:
    for full in ("Carys Bowen", "Carys Osei", "Kit Lane"):
        practice.person(full, preferred_name=full.split()[0])
    rows = PeopleList(vault, PeopleQuery(), with_towards=False).fetch(0, 10)
    assert [(r.name, r.more) for r in rows] == [
        ("Carys", "Carys Bowen"),
        ("Carys", "Carys Osei"),
        ("Kit", ""),
    ]


def test_views_are_frozen(practice) -> None:
    carys = practice.person("Carys Bowen")
    practice.say(carys, "enjoys", "Hymns")
    view = practice.said(carys)[0]
    with pytest.raises(AttributeError):
        view.text = "Other"
    assert replace(view, text="Other").text == "Other"
