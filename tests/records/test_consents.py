"""What a person agreed to is in core as codes; their words are sealed, and withdrawing is told to all."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, text

from therapydesk.api import (
    PersonDetails,
    UserError,
    add_person,
    coded_list,
    list_consents,
    record_consent,
    take_back_consent,
    withdraw_consent,
)
from therapydesk.records.consents import ConsentDetail

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def person(vault):
    with vault.write("core") as db:
        return add_person(db, PersonDetails("Carys", best_way="ask")).id


def test_the_words_go_to_the_clinical_zone_only(vault, person) -> None:
    with vault.write("core") as db:
        made = record_consent(db, person, "share_gp", "yes", detail="Only about the choir,\nnot the rest.")
    vault.settle()
    with vault.read() as db:
        detail = db.scalars(select(ConsentDetail)).one()
        assert (detail.consent_id, detail.person_id) == (made, person)
        assert detail.text == "Only about the choir,\nnot the rest."
        assert db.scalar(text("SELECT count(*) FROM inbox")) == 0
        (view,) = list_consents(db, person)
    assert (view.purpose_text, view.holds) == (dict(coded_list("consent_purposes"))["share_gp"], True)


def test_a_consent_runs_out_and_can_be_withdrawn(vault, person) -> None:
    with vault.write("core") as db:
        record_consent(db, person, "contact", "yes", asked_on=date(2026, 1, 1), expires_on=date(2026, 5, 5))
        made = record_consent(db, person, "hold", "yes")
        record_consent(db, person, "share_family", "no")
    with vault.write("core") as db:
        withdraw_consent(db, made)
    with vault.read() as db:
        states = {v.purpose: (v.state, v.holds) for v in reversed(list_consents(db, person))}
    assert states == {
        "contact": ("yes", False),
        "hold": ("withdrawn", False),
        "share_family": ("no", False),
    }
    with vault.write("core") as db, pytest.raises(UserError, match="nothing to withdraw"):
        withdraw_consent(db, made)


@pytest.mark.parametrize(
    ("purpose", "state", "asked"),
    [("mail", "yes", None), ("hold", "perhaps", None), ("hold", "yes", date(2026, 5, 7))],
)
def test_what_is_not_known_is_refused(vault, person, purpose, state, asked) -> None:
    with vault.write("core") as db, pytest.raises(UserError):
        record_consent(db, person, purpose, state, asked_on=asked)


def test_an_answer_tells_who_wrote_it_down_and_its_words_only_to_whoever_holds_clinical(
    vault, person
) -> None:
    with vault.write("core") as db:
        record_consent(db, person, "share_gp", "yes", detail="Only about the choir.")
    vault.settle()
    with vault.read() as db:
        (view,) = list_consents(db, person)
    assert (view.by, view.detail) == (vault.user.name, "Only about the choir.")
    vault.add_user("Nia Bevan", ("admin",), "seven brass bells ringing", ())
    vault.unlock("Nia Bevan", "seven brass bells ringing")
    with vault.read() as db:
        (view,) = list_consents(db, person)
    assert (view.by != "Nia Bevan", view.detail) == (True, "")


@pytest.mark.parametrize("settled", [True, False])
def test_an_answer_that_was_a_slip_goes_with_its_words(vault, person, settled: bool) -> None:
    with vault.write("core") as db:
        made = record_consent(db, person, "share_gp", "yes", detail="Only about the choir.")
    if settled:
        vault.settle()
    with vault.write("core") as db:
        take_back_consent(db, made)
    vault.settle()
    with vault.read() as db:
        assert list_consents(db, person) == []
        assert db.scalars(select(ConsentDetail)).all() == []
        assert db.scalar(text("SELECT count(*) FROM inbox")) == 0
        assert db.scalar(text("SELECT count(*) FROM outbox")) == 0


def test_withdrawing_by_a_slip_is_taken_back_and_the_answer_before_counts_again(vault, person) -> None:
    with vault.write("core") as db:
        made = record_consent(db, person, "contact", "yes", expires_on=date(2026, 9, 1))
        slip = withdraw_consent(db, made)
    with vault.read() as db:
        assert [(v.state, v.holds) for v in list_consents(db, person)] == [
            ("withdrawn", False),
            ("yes", True),
        ]
    with vault.write("core") as db:
        take_back_consent(db, slip)
    with vault.read() as db:
        (view,) = list_consents(db, person)
    assert (view.state, view.expires_on, view.holds) == ("yes", date(2026, 9, 1), True)


def test_every_answer_stays_with_who_gave_it_and_how(vault, person) -> None:
    with vault.write("core") as db:
        for state, who, how, day in (
            ("yes", "parent", "signed", 1),
            ("no", "person", "shown", 3),
            ("yes", "together", "", 5),
        ):
            record_consent(
                db, person, "publish", state, asked_on=date(2026, 5, day), answered_by=who, how=how
            )
    with vault.read() as db:
        views = list_consents(db, person)
    assert [(v.state, v.answered_by, v.how) for v in views] == [
        ("yes", "The person, with somebody who supports them", ""),
        ("no", "The person", "Showed it, by sign, picture or gesture"),
        ("yes", "A parent or guardian", "Signed a form"),
    ]
    with vault.write("core") as db, pytest.raises(UserError, match="no such consent"):
        record_consent(db, person, "publish", "yes", answered_by="the dog")


def test_only_the_answer_that_counts_can_be_withdrawn(vault, person) -> None:
    with vault.write("core") as db:
        first = record_consent(db, person, "publish", "yes", asked_on=date(2026, 5, 1))
        record_consent(db, person, "publish", "no", asked_on=date(2026, 5, 2))
        with pytest.raises(UserError, match="nothing to withdraw"):
            withdraw_consent(db, first)
