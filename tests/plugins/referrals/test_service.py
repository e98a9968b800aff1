"""Import: exactly the plan, text sealed, and undone without a trace."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import PASSPHRASE, USER
from tests.plugins.referrals.conftest import LIST, Office
from therapydesk.api import (
    ClinicalDocument,
    Episode,
    Organisation,
    PermissionDenied,
    Person,
    Relation,
    StaleRecord,
    UserError,
)
from therapydesk.plugins.referrals import service
from therapydesk.plugins.referrals.models import Batch, Mapping, Reason, Referral


def outcomes(plan: Any) -> dict[int, str]:
    return {row.number: row.outcome for row in plan.rows}


def test_each_row_is_new_same_perhaps_or_refused_and_says_why(office: Office) -> None:
    office.person("Gwen Tudor", nhs_number="9434765919")
    office.person("Harjit S Sandhu", phones=("+447700900999",))
    plan = office.plan(LIST)
    assert outcomes(plan) == {2: "same", 3: "new", 4: "new", 5: "refused", 6: "refused", 7: "refused"}
    why = {row.number: row.why for row in plan.rows}
    assert why[2] == "Adds a phone number"
    assert why[3] == "One name, that is fine"
    assert why[6] == "No name, no contact"
    assert why[7] == "Two people in one row"
    assert all(len(word) <= 25 for word in why.values())
    assert [row.outcome for row in plan.rows][:3] == ["refused"] * 3
    doyle = next(row for row in plan.rows if row.number == 5)
    assert doyle.born == "31/02/1951"
    assert "born_on" in doyle.wrong


def test_a_bad_nhs_number_is_kept_apart_and_told(office: Office) -> None:
    plan = office.plan(LIST)
    assert any(p.row == 4 and "check digit" in p.message and "9434765918" in p.message for p in plan.problems)
    office.carry_out(plan)
    with office.vault.read() as db:
        harjit = db.scalars(select(Person).where(Person.full_name == "Harjit Sandhu")).one()
    assert harjit.nhs_number is None
    assert harjit.nhs_number_unchecked == "9434765918"


def test_planning_writes_nothing(office: Office) -> None:
    before = office.counts()
    office.plan(LIST)
    assert office.counts() == before
    assert not office.all(Batch)


def test_the_import_does_the_plan_and_seals_the_text(office: Office) -> None:
    done = office.carry_out(office.plan(LIST))
    assert (done.written, done.people_added, done.left_out) == (3, 3, 3)
    referrals = {r.source_row: r for r in office.all(Referral)}
    assert {r.state for r in referrals.values()} == {"new", "talk_first"}
    assert referrals[4].agreed == "no"
    assert referrals[4].state == "talk_first"
    reasons = {r.referral_id: r for r in office.all(Reason)}
    gwen = reasons[referrals[2].id]
    assert gwen.would_like == "To sing again"
    assert gwen.reason == "Low mood"
    assert "Reason: Low mood" in gwen.original
    assert gwen.original_from == "Row 2 of list.csv"
    assert json.loads(gwen.sources)["would_like"] == "G"
    documents = office.all(ClinicalDocument)
    assert [d.title for d in documents] == ["list.csv"]
    with office.vault.read() as db:
        assert db.scalars(select(ClinicalDocument)).one().content == LIST.encode()


def test_core_holds_no_word_of_the_reason(office: Office) -> None:
    office.carry_out(office.plan(LIST))
    for table in (Referral, Batch, Mapping, Person):
        for row in office.all(table):
            text = " ".join(str(v) for v in vars(row).values())
            assert "Low mood" not in text
            assert "Stroke" not in text
            assert "list.csv" not in text


def test_undo_leaves_as_many_rows_as_before(office: Office) -> None:
    office.person("Gwen Tudor", nhs_number="9434765919")
    before = office.counts()
    done = office.carry_out(office.plan(LIST))
    assert office.counts() != before
    assert office.undo(done.batch_id) == 3
    assert office.counts() == before
    gwen = office.all(Person)[0]
    assert (gwen.born_on, gwen.postcode) == (None, "")
    assert not office.all(ClinicalDocument)
    assert [b.state for b in office.all(Batch)] == ["undone"]
    assert office.carry_out(office.plan(LIST)).written == 3  # it can be imported again


def test_undo_before_the_text_was_moved_takes_the_sealed_messages_back(office: Office) -> None:
    with office.vault.read() as db:
        plan = service.plan(db, office_source(LIST))
    with office.vault.write("core") as db:
        done = service.carry_out(db, plan)
        service.undo_batch(db, done.batch_id)
    office.vault.settle()
    assert not office.all(Reason)
    assert not office.all(ClinicalDocument)


def office_source(text: str) -> Any:
    from tests.plugins.referrals.conftest import as_read

    return as_read(text)


def test_an_import_with_an_answered_row_is_not_undone(office: Office) -> None:
    done = office.carry_out(office.plan(LIST))
    referral = next(r for r in office.all(Referral) if r.source_row == 2)
    with office.vault.write("core") as db:
        service.triage(db, referral.id, "accept")
    before = office.counts()
    with pytest.raises(UserError, match=r"row 2 \(accepted\)"):
        office.undo(done.batch_id)
    assert office.counts() == before


def test_an_import_whose_person_was_changed_is_not_undone(office: Office) -> None:
    done = office.carry_out(office.plan(LIST))
    with office.vault.write("core") as db:
        db.scalars(select(Person).where(Person.full_name == "Femi")).one().language = "Yoruba"
    with pytest.raises(UserError, match=r"row 3 \(changed since\)"):
        office.undo(done.batch_id)


def test_the_same_file_again_adds_nothing(office: Office) -> None:
    office.carry_out(office.plan(LIST))
    plan = office.plan(LIST)
    assert plan.count("new") == 0
    assert plan.count("same") == 3
    assert plan.to_write() == 0
    assert any("imported on" in p.message for p in plan.problems)
    with pytest.raises(UserError, match="nothing to import"):
        office.carry_out(plan)


def test_a_plan_made_before_somebody_else_imported_is_refused(office: Office) -> None:
    first, second = office.plan(LIST), office.plan(LIST)
    office.carry_out(first)
    with pytest.raises(StaleRecord):
        office.carry_out(second)


def test_nobody_is_joined_unless_it_is_said(office: Office) -> None:
    office.person("Harjit S Sandhu", born_on=__import__("datetime").date(1958, 2, 14), postcode="CF88 2AN")
    plan = office.plan(LIST)
    row = next(r for r in plan.rows if r.number == 4)
    assert row.outcome == "perhaps_same"
    assert plan.to_write() == 2
    people = len(office.all(Person))
    office.carry_out(plan)
    assert len(office.all(Person)) == people + 2
    again = office.plan(LIST)
    done = office.carry_out(again, {row.key: "same"})
    assert done.people_joined == 1
    assert len(office.all(Person)) == people + 2
    joined = next(p for p in office.all(Person) if p.full_name == "Harjit S Sandhu")
    assert joined.postcode == "CF88 2AN"  # what is known is never replaced


def test_two_different_people_may_be_said(office: Office) -> None:
    office.person("Harjit S Sandhu", born_on=__import__("datetime").date(1958, 2, 14))
    plan = office.plan(LIST)
    row = next(r for r in plan.rows if r.number == 4)
    assert office.carry_out(plan, {row.key: "new"}).people_added == 3


def test_the_same_person_twice_in_a_file_is_one_person(office: Office) -> None:
    text = (
        "Name,Born,Phone,Wish\nAnn Price,1/2/1950,07700900123,Song\nAnn Price,01/02/1950,07700 900 123,Drum\n"
    )
    plan = office.plan(text)
    assert outcomes(plan) == {2: "new", 3: "same"}
    done = office.carry_out(plan)
    assert (done.people_added, done.people_joined, len(office.all(Referral))) == (1, 1, 2)


def test_a_row_that_stands_twice_word_for_word_comes_in_once(office: Office) -> None:
    text = "Name,Phone\nAnn Price,07700900123\nAnn Price,07700900123\n"
    office.carry_out(office.plan(text))
    assert len(office.all(Referral)) == 1


def test_carers_and_surgeries_are_linked(office: Office) -> None:
    text = (
        "Pupil,DOB,School,Parent/carer name,Parent contact number,Relationship,GP surgery\n"
        "Cai Rees,1/9/2016,Ysgol Glan Elai,Mair Rees,07700 900125,Mother,Fairwater Surgery\n"
        "Non Rees,1/9/2018,Ysgol Glan Elai,Mair Rees,07700 900125,Mother,Fairwater Surgery\n"
    )
    office.carry_out(office.plan(text))
    assert sorted(p.full_name for p in office.all(Person)) == ["Cai Rees", "Mair Rees", "Non Rees"]
    assert sorted(r.kind for r in office.all(Relation)) == [
        "gp",
        "gp",
        "parent",
        "parent",
        "school",
        "school",
    ]
    assert {o.name for o in office.all(Organisation)} == {"Ysgol Glan Elai", "Fairwater Surgery"}


def test_columns_are_remembered_for_the_sender(office: Office) -> None:
    text = "A1,A2,Organisation\nAnn Price,07700900123,Fairwater\n"
    plan = office.plan(text)
    made = plan.made
    from dataclasses import replace

    table = replace(made.match.tables[0], fields=("name", "phone", "referrer_organisation"), used=True)
    with office.vault.read() as db:
        corrected = service.plan(db, made.source, replace(made.match, tables=(table,)))
    office.carry_out(corrected)
    with office.vault.read() as db:
        match = service.guess_columns(db, office_source("A1,A2,Organisation\nBo Lee,07700900126,Fairwater\n"))
    assert match.remembered
    assert match.sender == "Fairwater"
    assert match.tables[0].fields[0] == "name"


def test_a_file_without_names_is_refused_row_by_row(office: Office) -> None:
    plan = office.plan("Year,Amount\n2000,1\n2001,2\n")
    assert plan.count("refused") == 2
    assert any("names" in p.message for p in plan.problems)


def test_accepting_opens_support_and_declining_does_not(office: Office) -> None:
    office.carry_out(office.plan(LIST))
    by_row = {r.source_row: r.id for r in office.all(Referral)}
    with office.vault.write("core") as db:
        episode = service.triage(db, by_row[2], "accept", priority=1, text="Ring after six")
    with office.vault.write("core") as db:
        assert service.triage(db, by_row[3], "not_for_us", reason_code="no_room") is None
    office.vault.settle()
    (opened,) = office.all(Episode)
    assert opened.id == episode
    assert opened.priority == 1
    assert opened.referral_id == by_row[2]
    with office.vault.read() as db:
        assert service.read_referral(db, by_row[2]).texts["answer"] == "Ring after six"
        assert service.read_referral(db, by_row[3]).row.reason_code == "no_room"
    with office.vault.write("core") as db, pytest.raises(UserError, match="has its answer"):
        service.triage(db, by_row[2], "not_for_us")


def test_somebody_who_has_not_agreed_is_not_accepted(office: Office) -> None:
    office.carry_out(office.plan(LIST))
    harjit = next(r for r in office.all(Referral) if r.agreed == "no")
    with office.vault.write("core") as db, pytest.raises(UserError, match="not agreed"):
        service.triage(db, harjit.id, "accept")
    with office.vault.write("core") as db:
        service.keep(db, harjit.id, {"would_like": "To drum, loudly"}, agreed="yes")
        service.triage(db, harjit.id, "accept")
    office.vault.settle()
    with office.vault.read() as db:
        assert service.read_referral(db, harjit.id).texts["would_like"] == "To drum, loudly"


def test_lists_are_by_waiting_time_and_state(office: Office) -> None:
    office.carry_out(office.plan(LIST))
    with office.vault.read() as db:
        rows = service.list_referrals(db, "open")
        assert [r.name for r in rows] == ["Gwen Tudor", "Femi", "Harjit Sandhu"]
        assert rows[0].sent_by == "Cathays team"
        assert rows[0].matters == "To sing again"
        assert [r.name for r in service.list_referrals(db, "talk_first")] == ["Harjit Sandhu"]
        assert service.count_referrals(db, "open") == 3
        assert service.count_to_answer(db) == 3
        assert service.list_referrals(db, "open", text="sandhu")[0].name == "Harjit Sandhu"
        assert service.list_referrals(db, "open", text="".join(f"word{n} " for n in range(3_000))) == []
        assert service.list_senders(db) == ["Cathays team"]


def test_a_link_worker_seals_what_they_cannot_read_and_sees_what_became_of_it(office: Office) -> None:
    vault, words = office.vault, "plain words for the link worker"
    vault.add_user("Nia Bevan", ["link_worker"], words, ())
    vault.lock()
    vault.unlock("Nia Bevan", words)
    done = office.carry_out(office.plan(LIST))
    with vault.read() as db:
        rows = service.list_referrals(db, "open")
        opened = service.read_referral(db, rows[0].id)
        assert len(rows) == 3
        assert (opened.readable, opened.texts, rows[0].matters) == (False, {}, "")
    with vault.write("core") as db, pytest.raises(PermissionDenied):
        service.triage(db, rows[0].id, "accept")
    vault.lock()
    vault.unlock(USER, PASSPHRASE)
    vault.settle()
    with vault.read() as db:
        assert service.read_referral(db, rows[0].id).texts["reason"] == "Low mood"
    with vault.write("core") as db:
        service.triage(db, rows[0].id, "accept")
    vault.lock()
    vault.unlock("Nia Bevan", words)
    with vault.read() as db:
        assert service.read_referral(db, rows[0].id).row.state == "accepted"
    with vault.write("core") as db, pytest.raises(UserError, match="cannot be undone"):
        service.undo_batch(db, done.batch_id)


def test_a_link_worker_sees_and_undoes_only_their_own(office: Office) -> None:
    done = office.carry_out(office.plan(LIST))
    vault, words = office.vault, "plain words for the link worker"
    vault.add_user("Nia Bevan", ["link_worker"], words, ())
    vault.lock()
    vault.unlock("Nia Bevan", words)
    with vault.read() as db:
        assert service.list_referrals(db) == []
        assert service.list_batches(db) == []
    with vault.write("core") as db, pytest.raises(PermissionDenied, match="Somebody else made this import"):
        service.undo_batch(db, done.batch_id)
