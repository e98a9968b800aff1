"""People: what is enough to begin, what is checked, who may be the same, and a death."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from therapydesk.api import (
    NotFound,
    PeopleQuery,
    PersonDetails,
    StaleRecord,
    UserError,
    add_person,
    add_relation,
    count_people,
    edit_person,
    end_relation,
    find_duplicates,
    find_or_add_organisation,
    get_person,
    list_people,
    list_relations,
    open_episode,
    person_called,
    record_death,
)

GOOD = "999 900 0002"


pytestmark = pytest.mark.usefixtures("stopped_clock")


def add(vault, name: str, **details) -> UUID:
    details.setdefault("best_way", "ask")
    with vault.write("core") as db:
        return add_person(db, PersonDetails(name, **details)).id


def get(vault, person_id: UUID):
    with vault.read() as db:
        return get_person(db, person_id)


def test_one_name_and_one_way_to_reach_them_is_enough(vault) -> None:
    zed = get(vault, add(vault, "  Zed ", phones=("07700 900123",)))
    assert (zed.name, zed.full_name, zed.details.phones) == ("Zed", "Zed", ("+447700900123",))
    assert (zed.stage, zed.age_text) == ("", "")
    with vault.write("core") as db, pytest.raises(UserError, match="name is missing"):
        add_person(db, PersonDetails("  "))


def test_somebody_whom_nobody_can_reach_is_not_added(vault) -> None:
    with vault.write("core") as db, pytest.raises(UserError, match="no way to reach them"):
        add_person(db, PersonDetails("Zed", best_way=" "))
    with vault.write("core") as db:
        assert add_person(db, PersonDetails("Zed"), reached_by_others=True).full_name == "Zed"


def test_a_preferred_name_alone_is_a_name(vault) -> None:
    assert get(vault, add(vault, "", preferred_name="Zed")).full_name == "Zed"


def test_an_nhs_number_that_does_not_check_out_is_kept_apart(vault) -> None:
    good = get(vault, add(vault, "Carys", nhs_number=GOOD))
    bad = get(vault, add(vault, "Kit", nhs_number="999 900 0003"))
    assert (good.details.nhs_number, good.nhs_number_unchecked) == ("9999000002", "")
    assert bad.nhs_number_unchecked == "999 900 0003"
    with vault.write("core") as db:
        edit_person(db, bad.id, replace(bad.details, nhs_number=GOOD))
    assert get(vault, bad.id).nhs_number_unchecked == ""


def test_contacts_are_kept_in_their_order_and_once(vault) -> None:
    carys = add(vault, "Carys", phones=("07700 900124", "07700 900123", "+44 7700 900124"))
    before = get(vault, carys)
    assert before.details.phones == ("+447700900124", "+447700900123")
    with vault.write("core") as db:
        edit_person(db, carys, replace(before.details, phones=("07700 900123",), needs=("large_print",)))
    after = get(vault, carys)
    assert after.details.phones == ("+447700900123",)
    assert after.needs_text == "Large print"


def test_details_changed_meanwhile_are_not_written_over(vault) -> None:
    carys = add(vault, "Carys")
    details = get(vault, carys).details
    with vault.write("core") as db, pytest.raises(StaleRecord):
        edit_person(db, carys, details, row_version=99)


def test_a_birth_still_to_come_is_refused(vault) -> None:
    with vault.write("core") as db, pytest.raises(UserError, match="still to come"):
        add_person(db, PersonDetails("Zed", born_on=date(2027, 1, 1)))


@pytest.mark.parametrize("typed", ["wyn", "Ŵyn", "BOWEN", "carys bow", "9999000002", "07700 900123"])
def test_a_person_is_found_by_any_part_of_a_name_or_a_number(vault, typed) -> None:
    carys = add(vault, "Carys Ŵyn Bowen", nhs_number=GOOD, phones=("07700 900123",))
    add(vault, "Kit Lane")
    with vault.read() as db:
        assert [r.id for r in list_people(db, PeopleQuery(typed))] == [carys]
        assert count_people(db, PeopleQuery(typed)) == 1


def test_a_list_is_by_stage_and_therapist(vault) -> None:
    carys, kit = add(vault, "Carys"), add(vault, "Kit")
    with vault.write("core") as db:
        open_episode(db, carys, therapist_id=vault.user.id, stage="active")
        open_episode(db, kit)
    with vault.read() as db:
        mine = list_people(db, PeopleQuery("", ("active", "waiting"), vault.user.id))
        waiting = list_people(db, PeopleQuery("", ("waiting",)))
    assert [r.name for r in mine] == ["Carys"]
    assert [(r.name, r.stage) for r in waiting] == [("Kit", "waiting")]


def test_duplicates_are_found_and_strangers_are_not(vault) -> None:
    carys = add(vault, "Carys Bowen", born_on=date(1968, 3, 1), phones=("07700 900123",))
    add(vault, "Kit Lane", born_on=date(1990, 1, 1))
    same = [
        PersonDetails("Karys Bowen", born_on=date(1968, 3, 1)),
        PersonDetails("Carys Bowen", phones=("+44 7700 900123",)),
    ]
    with vault.read() as db:
        for details in same:
            assert [d.person_id for d in find_duplicates(db, details)] == [carys]
        assert find_duplicates(db, PersonDetails("Gwilym Jones", born_on=date(1968, 3, 1))) == []


def test_a_death_is_recorded_once_taken_back_and_never_in_the_future(vault) -> None:
    carys = add(vault, "Carys", born_on=date(1968, 3, 1))
    with vault.write("core") as db, pytest.raises(UserError, match="still to come"):
        record_death(db, carys, date(2026, 5, 7))
    with vault.write("core") as db, pytest.raises(UserError, match="before the date of birth"):
        record_death(db, carys, date(1960, 1, 1))
    with vault.write("core") as db:
        record_death(db, carys, date(2026, 5, 1))
    assert get(vault, carys).stage_text == "Died Fri 1 May 2026"
    with vault.write("core") as db, pytest.raises(UserError, match="has died"):
        open_episode(db, carys)
    with vault.write("core") as db:
        record_death(db, carys, None)
    assert get(vault, carys).died_on is None


def test_relations_name_a_person_or_an_organisation(vault) -> None:
    carys, gwen = add(vault, "Carys"), add(vault, "Gwen")
    with vault.write("core") as db:
        school = find_or_add_organisation(db, "Elmbridge school", is_setting=True)
        assert find_or_add_organisation(db, "elmbridge  School", is_payer=True) == school
        made = add_relation(db, carys, "sibling", gwen, may_contact=True, leads_on="news")
        add_relation(db, carys, "school", organisation_id=school)
        with pytest.raises(UserError, match="same person"):
            add_relation(db, carys, "sibling", carys)
        with pytest.raises(UserError, match="a person or an organisation"):
            add_relation(db, carys, "sibling")
    with vault.read() as db:
        found = {r.kind: (r.name, r.may_contact, r.leads_on) for r in list_relations(db, carys)}
    assert found == {"sibling": ("Gwen", True, "news"), "school": ("Elmbridge school", False, "")}
    with vault.write("core") as db:
        end_relation(db, made)
        with pytest.raises(NotFound):
            end_relation(db, made)


def test_the_one_person_of_a_name_is_found_whatever_its_accents(vault) -> None:
    with vault.write("core") as db:
        sian = add_person(db, PersonDetails("Siân Rees", preferred_name="Siani", best_way="ask")).id
        for way in ("at the café", "at the hall"):
            add_person(db, PersonDetails("Ann Price", best_way=way))
    with vault.read() as db:
        assert person_called(db, "sian rees") == person_called(db, "SIANI") == sian
        assert person_called(db, "Sian") is None
        assert person_called(db, " ") is None
        with pytest.raises(UserError, match="Several people"):
            person_called(db, "ann price")
