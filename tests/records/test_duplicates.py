"""Who may be the same person is named with the reason; two different people are not."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from therapydesk.api import (
    Person,
    PersonDetails,
    Sought,
    add_person,
    find_duplicates,
    match_many,
    merge_people,
)

BORN = date(1968, 3, 1)


@pytest.fixture
def carys(vault) -> UUID:
    with vault.write("core") as db:
        details = PersonDetails(
            "Carys Wyn Bowen", "Carys", born_on=BORN, nhs_number="999 000 0018", postcode="ZZ99 3AA",
            phones=("07700 900123",), emails=("carys@bowen.example",),
        )  # fmt: skip
        add_person(db, PersonDetails("Harjit Sandhu", born_on=BORN, best_way="ask"))
        return add_person(db, details).id


@pytest.mark.parametrize(
    ("details", "score", "why"),
    [
        (PersonDetails("Somebody Else", nhs_number="9990000018"), 100, "Same NHS number"),
        (PersonDetails("carys bowen", born_on=BORN), 94, "Like name, same birth date"),
        (PersonDetails("Karys Wyn Bowen", born_on=BORN), 86, "Like name, same birth date"),
        (PersonDetails("Bowen, Carys Wyn", phones=("07700900123",)), 88, "same way to reach them"),
        (PersonDetails("Carys Wyn-Bowen", postcode="zz993aa"), 88, "same way to reach them"),
        (PersonDetails("Carys", emails=("carys@bowen.example",)), 80, "same way to reach them"),
        (PersonDetails("Carys Wyn Bowen"), 75, "Same name"),
        (
            PersonDetails("Carys Wyn Bowen", nhs_number="99900", phones=("0770",), postcode="ZZ"),
            75,
            "Same name",
        ),
    ],
)
def test_the_likeness_is_told_with_its_reason(vault, carys, details, score, why) -> None:
    with vault.read() as db:
        (found,) = find_duplicates(db, details)
    assert (found.person_id, found.score, found.full_name) == (carys, score, "Carys Wyn Bowen")
    assert why in found.why


@pytest.mark.parametrize(
    "details",
    [
        PersonDetails("Carys"),  # one name only may be anybody's
        PersonDetails("Carys Wyn Bowen", born_on=date(1999, 1, 1)),
        PersonDetails("Gwen Bowen", phones=("07700 900123",)),  # a shared telephone
        PersonDetails("Amara Obi", born_on=BORN),  # a shared birthday
        PersonDetails("Carys Wyn Bowen", nhs_number="9990000026"),
        PersonDetails(""),
    ],
)
def test_different_people_are_not_named(vault, carys, details) -> None:
    with vault.read() as db:
        assert find_duplicates(db, details) == []


def test_a_record_that_was_joined_is_not_named(vault, carys) -> None:
    with vault.write("core") as db:
        twin = add_person(db, PersonDetails("Karys Bowen", best_way="ask")).id
        merge_people(db, carys, twin)
    with vault.read() as db:
        assert [d.person_id for d in find_duplicates(db, PersonDetails("Karys Bowen"))] == []


def test_many_rows_need_a_handful_of_queries(vault, carys, monkeypatch) -> None:
    start = date(1950, 1, 1)
    rows = [
        Sought(f"Newby{n} Person{n}", start + timedelta(days=n), "", f"ZZ9 {n % 9}AA", (f"+447700{n:06}",))
        for n in range(3000)
    ]
    rows[1500] = Sought("Carys Bowen", BORN)
    asked = []
    with vault.read() as db:
        connection = db.connection()
        run = type(connection).execute
        monkeypatch.setattr(
            type(connection), "execute", lambda self, *a, **k: asked.append(a) or run(self, *a, **k)
        )
        found = match_many(db, rows)
    assert [(m.row, m.person_id) for m in found] == [(1500, carys)]
    assert len(asked) <= 6


def test_a_telephone_that_very_many_share_names_nobody_by_itself(vault, carys) -> None:
    rows = [Sought(f"Other{n} Name{n}", None, "", "", ("+447700900123",)) for n in range(200)]
    with vault.read() as db:
        assert match_many(db, rows) == []
        assert db.get_one(Person, carys).name == "Carys"
