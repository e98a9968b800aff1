"""Two records of one person become one, and become two again with every row as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Mapped

from therapydesk.api import (
    Base,
    CoreBase,
    Erase,
    NotFound,
    PeopleQuery,
    PersonDetails,
    Privacy,
    Stamped,
    UserError,
    add_person,
    add_relation,
    appointments,
    compare_people,
    edit_person,
    find_or_add_organisation,
    get_person,
    list_people,
    list_relations,
    merge_people,
    open_episode,
    unmerge_people,
)
from therapydesk.core.vault.outbox import CoreOutbox
from therapydesk.plugins.caseload import service
from therapydesk.records.merging import person_tables
from therapydesk.records.people import Person

STAMPS = {"changed_at", "changed_by", "row_version"}


pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def pair(vault) -> tuple[UUID, UUID]:
    """Carys twice: both with contacts, support, sessions and statements."""
    ids = []
    for n, name in enumerate(("Carys Bowen", "Karys Bowen")):
        with vault.write("core") as db:
            details = PersonDetails(
                name,
                born_on=date(1968, 3, 1) if n else None,
                phones=(f"07700 90012{n}",),
                postcode=f"ZZ99 3A{'AB'[n]}",
                needs=("large_print",) if n else (),
            )
            person = add_person(db, details).id
            open_episode(db, person, therapist_id=vault.user.id, stage="active")
            at = datetime(2026, 5, 7 + n, 14, 0)
            appointments.book(db, appointments.Booking(at, person_ids=(person,), therapist_id=vault.user.id))
        with vault.write("clinical") as db:
            service.save_statement(db, person, service.StatementDetails("enjoys", f"Hymn {n}"))
        ids.append(person)
    return ids[0], ids[1]


def rows(vault: Any) -> dict[str, list[dict[str, Any]]]:
    """Every row about people in both zones, without its stamps."""
    found = {}
    with vault.read() as db:
        for table in (*person_tables(db, "core"), *person_tables(db, "clinical"), Person.__table__):
            every = db.connection().execute(select(table).order_by(table.c.id)).mappings()
            found[table.fullname] = [{k: v for k, v in r.items() if k not in STAMPS} for r in every]
    return found


def merge(vault: Any, kept: UUID, gone: UUID, take: frozenset[str] = frozenset()) -> UUID:
    with vault.write("core") as db:
        made = merge_people(db, kept, gone, take)
    vault.settle()
    return made


def test_both_are_compared_field_by_field(vault, pair) -> None:
    with vault.read() as db:
        states = {p.field: p.state for p in compare_people(db, *pair)}
    assert (states["full_name"], states["postcode"]) == ("differs", "differs")
    assert (states["born_on"], states["address"]) == ("adds", "same")


def test_everything_goes_to_the_one_that_stays(vault, pair) -> None:
    kept, gone = pair
    merge(vault, kept, gone, frozenset({"postcode"}))
    with vault.read() as db:
        person = get_person(db, gone)
        assert person.id == kept
        assert [r.id for r in list_people(db, PeopleQuery("bowen"))] == [kept]
        assert len(appointments.sessions_of(db, kept, 10)) == 2
        assert {s.text for s in service.statements(db, kept)} == {"Hymn 0", "Hymn 1"}
    assert person.full_name == "Carys Bowen"
    assert (person.details.postcode, person.details.born_on) == ("ZZ99 3AB", date(1968, 3, 1))
    assert set(person.details.phones) == {"+447700900120", "+447700900121"}


def test_tables_of_a_module_that_is_not_loaded_are_passed_by(vault, pair) -> None:
    class Absent(Stamped, CoreBase):
        __tablename__ = "absent_thing"
        privacy = Privacy("Things", "contact", Erase.DELETE, "for a test")
        person_id: Mapped[UUID | None]

    try:
        with vault.write("core") as db:
            assert "absent_thing" not in {table.name for table in person_tables(db, "core")}
            merge_people(db, *pair)
    finally:
        Base.metadata.remove(Absent.__table__)
        Base.registry._dispose_cls(Absent)


def test_undone_every_row_is_as_it_was(vault, pair) -> None:
    before = rows(vault)
    assert before["clinical.caseload_statement"]
    assert before["appointment" if "appointment" in before else "attendance"]
    made = merge(vault, *pair, frozenset({"full_name", "postcode"}))
    assert rows(vault) != before
    with vault.write("core") as db:
        unmerge_people(db, made)
    vault.settle()
    after = rows(vault)
    for table in before.keys() - {"merge"}:
        assert after[table] == before[table], table


def test_what_was_added_after_joining_stays_with_the_one_that_stays(vault, pair) -> None:
    kept, gone = pair
    made = merge(vault, kept, gone)
    with vault.write("clinical") as db:
        service.save_statement(db, kept, service.StatementDetails("enjoys", "Later"))
    with vault.write("core") as db:
        unmerge_people(db, made)
    vault.settle()
    with vault.read() as db:
        assert {s.text for s in service.statements(db, kept)} == {"Hymn 0", "Later"}
        assert {s.text for s in service.statements(db, gone)} == {"Hymn 1"}


def test_it_is_undone_once_and_not_with_itself(vault, pair) -> None:
    kept, gone = pair
    with vault.write("core") as db, pytest.raises(UserError, match="same record"):
        merge_people(db, kept, kept)
    made = merge(vault, kept, gone)
    with vault.write("core") as db, pytest.raises(UserError, match="joined with another"):
        merge_people(db, gone, kept)
    with vault.write("core") as db:
        unmerge_people(db, made)
    with vault.write("core") as db, pytest.raises(NotFound, match="undone already"):
        unmerge_people(db, made)


def test_needs_come_along_and_what_both_say_is_not_doubled(vault, pair) -> None:
    kept, gone = pair
    with vault.write("core") as db:
        surgery = find_or_add_organisation(db, "Station Surgery")
        for person in pair:
            add_relation(db, person, "gp", organisation_id=surgery)
        edit_person(db, gone, replace(get_person(db, gone).details, phones=("07700 900120", "07700 900199")))
        add_relation(db, gone, "friend", other_person_id=kept)
    made = merge(vault, kept, gone)
    with vault.read() as db:
        person = get_person(db, kept)
        assert person.details.needs == ("large_print",)
        assert person.details.phones == ("+447700900120", "+447700900199")
        assert [r.kind for r in list_relations(db, kept)] == ["gp"]
    with vault.write("core") as db:
        unmerge_people(db, made)
    with vault.read() as db:
        assert get_person(db, kept).details.needs == ()
        assert get_person(db, gone).details.needs == ("large_print",)
        assert [r.kind for r in list_relations(db, gone)] == ["friend", "gp"]


def test_who_is_somebodys_carer_stays_their_carer(vault, pair) -> None:
    kept, gone = pair
    with vault.write("core") as db:
        child = add_person(db, PersonDetails("Osian", best_way="ask")).id
        add_relation(db, child, "carer", other_person_id=gone)
    made = merge(vault, kept, gone)
    with vault.read() as db:
        assert [r.other_person_id for r in list_relations(db, child)] == [kept]
    with vault.write("core") as db:
        unmerge_people(db, made)
    with vault.read() as db:
        assert [r.other_person_id for r in list_relations(db, child)] == [gone]


def test_a_field_changed_after_joining_keeps_the_change(vault, pair) -> None:
    kept, gone = pair
    made = merge(vault, kept, gone, frozenset({"postcode"}))
    with vault.write("core") as db:
        edit_person(db, kept, replace(get_person(db, kept).details, postcode="ZZ99 9ZZ"))
    with vault.write("core") as db:
        unmerge_people(db, made)
    with vault.read() as db:
        person = get_person(db, kept)
    assert (person.details.postcode, person.details.born_on) == ("ZZ99 9ZZ", None)


def test_only_joining_travels_to_the_other_zones(vault) -> None:
    with vault.write("core") as db:
        add_person(db, PersonDetails("Carys", best_way="ask"))
        assert not [row for row in db.new if isinstance(row, CoreOutbox) and row.target == "safeguarding"]
        db.flush()
        assert db.scalar(select(func.count()).where(CoreOutbox.target == "safeguarding")) == 0
