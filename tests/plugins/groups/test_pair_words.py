"""What those who come along are to whom they come with: beside the name, on paper, and not for everybody."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import PASSPHRASE
from tests.plugins.groups.conftest import Choir, once_read
from tests.plugins.groups.test_papers import text
from therapydesk.api import Person, add_relation
from therapydesk.plugins.groups import pair_words, papers
from therapydesk.plugins.groups.pair_words import NEAREST, beside_name
from therapydesk.plugins.groups.ui.register_page import RegisterPage
from therapydesk.testing import open_page

__all__ = ["open_page"]


@pytest.fixture
def pair(choir: Choir) -> Choir:
    choir.join("Margaret Rees")
    choir.join("Iolo Rees", comes_with="Margaret Rees")
    choir.join("Maggie Prys")
    return choir


def relate(choir: Choir, whose: str, kind: str, other: str) -> None:
    choir.do(add_relation, choir.people[whose], kind, choir.people[other])


def called(choir: Choir, name: str, pronouns: str) -> None:
    with choir.vault.write("core") as db:
        person = db.get(Person, choir.people[name])
        assert person is not None
        person.pronouns = pronouns


def relations(choir: Choir) -> dict[str, str]:
    (session,) = choir.book()
    return {row.name: row.relation for row in choir.open(session).rows if row.relation}


def test_nothing_stands_there_where_nothing_is_known(pair: Choir) -> None:
    relate(pair, "Maggie Prys", "friend", "Iolo Rees")  # not whom he comes with
    relate(pair, "Margaret Rees", "payer", "Iolo Rees")  # who pays is no relation of people
    assert relations(pair) == {}


@pytest.mark.parametrize(
    ("pronouns", "words"),
    [
        ("she/her", "her partner"),
        ("He / him", "his partner"),
        ("they/them", "their partner"),
        ("", "their partner"),
    ],
)
def test_it_goes_by_the_pronouns_of_whom_they_come_with(pair: Choir, pronouns: str, words: str) -> None:
    called(pair, "Margaret Rees", pronouns)
    called(pair, "Iolo Rees", "he/him")
    relate(pair, "Margaret Rees", "partner", "Iolo Rees")
    assert relations(pair) == {"Iolo Rees": words}


@pytest.mark.parametrize(
    ("kind", "words"),
    [("partner", "her partner"), ("parent", "her son or daughter"), ("sibling", "her sibling")],
)
def test_it_may_be_written_on_the_record_of_either(pair: Choir, kind: str, words: str) -> None:
    called(pair, "Margaret Rees", "she/her")
    relate(pair, "Iolo Rees", kind, "Margaret Rees")
    assert relations(pair) == {"Iolo Rees": words}


def test_whose_carer_somebody_is_is_not_turned_round(pair: Choir) -> None:
    relate(pair, "Iolo Rees", "carer", "Margaret Rees")
    assert relations(pair) == {}


def test_of_several_the_nearest_is_said(pair: Choir) -> None:
    for kind in ("carer", "partner", "supporter"):
        relate(pair, "Margaret Rees", kind, "Iolo Rees")
    assert relations(pair) == {"Iolo Rees": "their partner"}


def test_every_kind_has_its_words() -> None:
    said = {beside_name(kind, pronouns) for kind in (*NEAREST, "child") for pronouns in ("she", "he", "")}
    assert len(said) == 3 * (len(NEAREST) + 1)


def test_the_register_says_it_beside_the_name_and_to_a_screen_reader(
    pair: Choir, desk: Any, open_page: Any
) -> None:
    relate(pair, "Margaret Rees", "partner", "Iolo Rees")
    (session,) = pair.book()
    page = once_read(open_page(RegisterPage(desk, session)))
    assert [line.called for line in page.lines] == [
        "Margaret Rees",
        "Iolo Rees, their partner",
        "Maggie Prys",
    ]
    assert page.table.model.cell(1, 3).spoken() == "Iolo Rees, their partner"
    assert page.lines[1].name == "Iolo Rees"  # what is done is said by name


def test_sheets_say_it_too_and_not_where_names_are_left_out(pair: Choir) -> None:
    relate(pair, "Margaret Rees", "partner", "Iolo Rees")
    (session,) = pair.book()
    pair.open(session)
    with pair.vault.read() as db:
        named = text(papers.register_pdf(db, session, {}))
        nameless = text(papers.register_pdf(db, session, {}, names=False))
        grab = text(papers.grab_sheet(db, pair.group_id, {}))
    for said in (named, grab):
        assert "Iolo Rees, their partner, with Margaret Rees" in said
    assert "partner" not in nameless


def test_who_may_not_read_relations_is_not_told(pair: Choir) -> None:
    relate(pair, "Margaret Rees", "partner", "Iolo Rees")
    pairs = {pair.people["Iolo Rees"]: pair.people["Margaret Rees"]}
    for name, role in (("Sam Admin", "admin"), ("Lin Worker", "link_worker")):
        pair.vault.add_user(name, [role], PASSPHRASE, [])
    pair.vault.unlock("Sam Admin", PASSPHRASE)
    with pair.vault.read() as db:
        assert pair_words.relations_of(db, pairs)  # the control
    pair.vault.unlock("Lin Worker", PASSPHRASE)
    with pair.vault.read() as db:
        assert pair_words.relations_of(db, pairs) == {}
