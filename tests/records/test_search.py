"""People are found by any part of a name, in whatever way it is typed, and listed by the name to say."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text

from therapydesk.api import (
    Episode,
    PeopleQuery,
    Person,
    PersonDetails,
    add_person,
    audit,
    count_people,
    edit_person,
    find_people,
    get_person,
    list_people,
    mark_people,
    merge_people,
    new_id,
    now,
    open_episode,
    read_people,
    search,
)
from therapydesk.records import people_lists

NAMES = (
    "Carys Ŵyn Bowen",
    "Siân O'Brien-Jones",
    "Li Na",
    "Bo",
    "Oluwaseun-Alexandria Adeyemi",
    "Harjit Sandhu",
)


@pytest.fixture
def ids(vault) -> dict[str, UUID]:
    with vault.write("core") as db:
        return {name: add_person(db, PersonDetails(name, best_way="ask")).id for name in NAMES}


def found(vault, typed: str) -> list[str]:
    with vault.read() as db:
        return [row.full_name for row in list_people(db, PeopleQuery(typed))]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("carys", ["Carys Ŵyn Bowen"]),
        ("wyn", ["Carys Ŵyn Bowen"]),
        ("ŴYN", ["Carys Ŵyn Bowen"]),
        ("owe", ["Carys Ŵyn Bowen"]),
        ("bowen carys", ["Carys Ŵyn Bowen"]),
        ("sian obrien", ["Siân O'Brien-Jones"]),
        ("Siân O’Brien", ["Siân O'Brien-Jones"]),
        ("b", ["Bo", "Carys Ŵyn Bowen"]),
        ("bo", ["Bo", "Carys Ŵyn Bowen"]),
        ("na", ["Li Na"]),
        ("li n", ["Li Na"]),
        ("oluw ad", ["Oluwaseun-Alexandria Adeyemi"]),
        ("arys b", ["Carys Ŵyn Bowen"]),
        ("ar", []),  # two letters are looked for where a word begins
        ("carys jones", []),
        ('"', []),
        ("'; drop table person --", []),
        ("near*", []),
        ("AND OR NOT", []),
        ("", sorted(NAMES, key=lambda n: n.replace("Ŵ", "W"))),
    ],
)
def test_any_part_of_a_name_finds_it(vault, ids, typed, names) -> None:
    assert found(vault, typed) == names


def test_a_page_that_was_pasted_is_looked_for_by_its_beginning(vault, ids) -> None:
    page = "".join(f" word{n}" for n in range(3_000))
    assert found(vault, page) == []
    assert found(vault, f"Wyn{' ' * 300}{page}") == found(vault, "Wyn") != []


def test_a_name_of_signs_alone_is_found(vault) -> None:
    with vault.write("core") as db:
        add_person(db, PersonDetails("🎵🎶", best_way="ask"))
    assert found(vault, "🎵") == ["🎵🎶"]


def test_a_new_name_is_found_and_the_old_one_is_not(vault, ids) -> None:
    with vault.write("core") as db:
        edit_person(db, ids["Bo"], PersonDetails("Robert Hughes", "Bobby", best_way="ask"))
    assert found(vault, "bobby") == found(vault, "hughes") == ["Robert Hughes"]
    assert "Bo" not in found(vault, "bo")


def test_somebody_joined_or_gone_is_found_no_more(vault, ids) -> None:
    with vault.write("core") as db:
        merge_people(db, ids["Carys Ŵyn Bowen"], ids["Bo"])
        db.delete(db.get_one(Person, ids["Li Na"]))
    assert found(vault, "bo") == ["Carys Ŵyn Bowen"]
    assert found(vault, "li na") == []
    with vault.read() as db:
        assert db.scalar(text("SELECT count(*) FROM person_search WHERE names LIKE '%li%na%'")) == 0


def test_the_full_text_follows_names_as_they_come_change_and_go(vault, ids) -> None:
    with vault.write("core") as db:
        edit_person(db, ids["Bo"], PersonDetails("Robert Hughes", "Bobby", best_way="ask"))
        db.delete(db.get_one(Person, ids["Li Na"]))
        add_person(db, PersonDetails("Zed", best_way="ask"))
    with vault.write("core") as db:  # SQLite compares the full text with the words it was made from
        db.connection().exec_driver_sql(
            "INSERT INTO person_search (person_search, rank) VALUES ('integrity-check', 1)"
        )
        words = db.connection().exec_driver_sql("SELECT person_id, names FROM person_search_words").all()
        people = db.execute(select(Person.id, Person.normal_name)).all()
    assert {(key, names.split()[0]) for key, names in words} == {
        (p.id.hex, p.normal_name.split()[0]) for p in people
    }


def test_rows_written_by_a_statement_are_found_too(vault) -> None:
    row = {
        "id": new_id(),
        "full_name": "Ffion Rees",
        "normal_name": "ffion rees ffi",
        "preferred_name": "Ffi",
    }
    stamps = {"created_at": now(), "changed_at": now(), "row_version": 1}
    with vault.write("core") as db:
        audit.bulk(db, Person, "import", [row["id"]])
        db.execute(insert(Person.__table__), [{**row, **stamps}])
    with vault.read() as db:
        assert db.get_one(Person, row["id"]).sort_name == "ffi  ffion rees"
    assert found(vault, "rees") == ["Ffion Rees"]


def test_numbers_and_addresses_find_who_has_them(vault) -> None:
    with vault.write("core") as db:
        details = PersonDetails(
            "Kit Lane", nhs_number="999 000 0018", phones=("07700 900123",), emails=("kit@lane.example",),
            postcode="ZZ99 3AA",
        )  # fmt: skip
        add_person(db, details)
    for typed in ("9990000018", "07700900123", "kit@lane.example", "zz993aa"):
        assert found(vault, typed) == ["Kit Lane"], typed


def test_the_search_puts_beginnings_first_and_forgives_a_slip(vault, ids) -> None:
    with vault.write("core") as db:
        for name in ("Joanna Price", "Anna Rees", "Hannah Owen"):
            add_person(db, PersonDetails(name, best_way="ask"))
    with vault.read() as db:
        assert [h.title for h in search(db, "anna")] == ["Anna Rees", "Hannah Owen", "Joanna Price"]
        assert [h.title for h in search(db, "harjt")] == ["Harjit Sandhu"]
        assert search(db, "zzzz") == []


def test_the_list_is_by_the_name_to_say_and_by_stage(vault, ids) -> None:
    me = vault.user.id
    with vault.write("core") as db:
        edit_person(db, ids["Li Na"], PersonDetails("Li Na", "Zoe", best_way="ask"))
        open_episode(db, ids["Li Na"], stage="active", therapist_id=me)
        open_episode(db, ids["Bo"], stage="paused", therapist_id=me)
        open_episode(db, ids["Bo"], stage="waiting")
        db.get_one(Episode, open_episode(db, ids["Harjit Sandhu"], stage="closed").id)
    with vault.read() as db:
        assert [r.name for r in list_people(db, PeopleQuery())][-1] == "Zoe"
        still = PeopleQuery(stages=people_lists.OPEN_STAGES)
        rows = list_people(db, still)
        assert [(r.name, r.stage) for r in rows] == [("Bo", "paused"), ("Zoe", "active")]
        assert count_people(db, still) == 2
        assert [r.name for r in list_people(db, PeopleQuery("o", ("closed",)))] == []
        assert [r.name for r in list_people(db, PeopleQuery("harj", ("closed",)))] == ["Harjit Sandhu"]
        assert count_people(db, PeopleQuery(stages=people_lists.OPEN_STAGES, therapist_id=me)) == 2


def test_people_of_one_name_to_say_stand_by_their_full_name(vault) -> None:
    with vault.write("core") as db:
        for full, preferred in (
            ("Ayesha Thomas", "Ayesha"),
            ("Ayesha Ellis", "Ayesha"),
            ("Ayesha Baker", ""),
        ):
            add_person(db, PersonDetails(full, preferred, best_way="ask"))
    assert found(vault, "") == ["Ayesha Ellis", "Ayesha Thomas", "Ayesha Baker"]


def test_windows_join_without_a_gap_wherever_they_begin(vault) -> None:
    with vault.write("core") as db:
        for n in range(57):
            add_person(db, PersonDetails(f"Ann {n % 7}", best_way="ask"))
    with vault.read() as db:
        query = PeopleQuery()
        every = [r.id for r in list_people(db, query, 0, 100)]
        assert len(set(every)) == 57
        marked = find_people(db, query)
        marked.marks.update(mark_people(db, query, 10))
        for people in (find_people(db, query), marked):
            for offset in (40, 0, 10, 20, 50, 30, 37):
                assert [r.id for r in read_people(db, people, offset, 10)] == every[offset : offset + 10]


def test_a_word_in_very_many_names_gives_the_first_of_them(vault, monkeypatch) -> None:
    monkeypatch.setattr(people_lists, "MOST_FOUND", 20)
    with vault.write("core") as db:
        for n in range(30):
            add_person(db, PersonDetails(f"Ann{n:02} Price", best_way="ask"))
    with vault.read() as db:
        people = find_people(db, PeopleQuery("price"))
        assert (people.count, people.more) == (20, True)
        names = [r.full_name for r in read_people(db, people, 0, 50)]
    assert names == [f"Ann{n:02} Price" for n in range(20)]


def test_a_person_of_one_name_and_any_way_to_reach_them_saves(vault) -> None:
    with vault.write("core") as db:
        person = add_person(db, PersonDetails("", "Ziggy", best_way="At the café on Tuesdays")).id
    with vault.read() as db:
        view = get_person(db, person)
        assert (view.name, view.full_name) == ("Ziggy", "Ziggy")
        assert db.scalar(select(Person.born_on).where(Person.id == person)) is None
    assert date(2026, 5, 6)  # no date of birth, no number, no address was asked for
