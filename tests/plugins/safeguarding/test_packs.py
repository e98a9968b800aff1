"""What the law of each nation says is data with its source; what nobody looked up says so."""

from __future__ import annotations

import pytest

from therapydesk.core import words
from therapydesk.core.errors import UserError
from therapydesk.plugins.safeguarding import packs

UNSURE = ("general knowledge, not looked up", "our own suggestion, no source")


def facts_of(pack: packs.Pack) -> list[tuple[str, bool]]:
    found = [(f.source, f.confirmed) for way in pack.pathways for f in way.laws]
    found += [(c.source, c.confirmed) for way in pack.pathways for c in way.categories]
    found += [(way.test.source, way.test.confirmed) for way in pack.pathways]
    found += [(c.source, c.confirmed) for way in pack.pathways for c in way.council]
    found += [(d.source, d.confirmed) for d in pack.decisions]
    return found + [(c.source, c.confirmed) for d in pack.decisions for c in d.clocks]


@pytest.mark.parametrize("nation", packs.NATIONS)
def test_each_nation_has_both_pathways_a_test_and_decisions_with_clocks(nation: str) -> None:
    pack = packs.pack(nation)
    assert pack.nation == nation
    assert [way.id for way in pack.pathways] == ["adult", "child"]
    assert all(way.laws and way.categories and way.test.questions and way.test.says for way in pack.pathways)
    ids = [d.id for d in pack.decisions]
    assert len(set(ids)) == len(ids)
    assert {"monitor", "no_action", "early_help", "police"} <= set(ids)
    assert any(d.clocks for d in pack.decisions)


@pytest.mark.parametrize("nation", packs.NATIONS)
def test_a_fact_is_confirmed_only_with_a_source(nation: str) -> None:
    facts = facts_of(packs.pack(nation))
    assert all(source for source, _confirmed in facts)
    assert not [source for source, confirmed in facts if confirmed and source in UNSURE]


def test_wales_scotland_and_northern_ireland_are_wholly_unconfirmed() -> None:
    for nation in packs.NATIONS[1:]:
        pack = packs.pack(nation)
        assert not pack.confirmed
        assert not any(confirmed for _source, confirmed in facts_of(pack)), nation
    assert packs.pack("england").confirmed


def test_england_knows_the_ten_categories_of_the_care_act_and_the_designated_officers_day() -> None:
    england = packs.pack("england")
    assert len([c for c in england.pathway("adult").categories if c.confirmed]) >= 10
    clock = england.decision("lado").clocks[0]
    assert (clock.amount, clock.unit, clock.confirmed) == (1, "working_days", True)
    assert not england.decision("fgm").clocks[0].confirmed
    assert [q.id for q in england.pathway("adult").test.questions] == ["needs", "risk", "protect"]


def test_the_decisions_of_a_pathway_are_its_own() -> None:
    england = packs.pack("england")
    adult = {d.id for d in england.decisions_on("adult")}
    child = {d.id for d in england.decisions_on("child")}
    assert "section42" in adult - child
    assert "lado" in child - adult
    assert {d.id for d in england.decisions_on("")} == adult | child
    with pytest.raises(UserError, match="section99"):
        england.decision("section99")


def test_a_nation_that_has_no_pack_gets_englands() -> None:
    assert packs.pack("atlantis").nation == "england"
    assert packs.pack("Northern Ireland").nation == "northern_ireland"


def test_packs_speak_the_language_that_is_set() -> None:
    words.set_language("pseudo")
    try:
        shown = packs.pack("england")
        titles = [shown.title, *(d.title for d in shown.decisions), shown.pathway("adult").test.says]
        titles += [c.title for c in packs.coded_choices("capacity")]
    finally:
        words.set_language("en")
    assert not [title for title in titles if "ŵ" not in title]


def test_making_safeguarding_personal_has_its_lists() -> None:
    for name in ("asked", "achieved", "risk", "source_of_risk", "advocate", "capacity", "consent"):
        assert packs.coded_choices(name)
    with pytest.raises(UserError):
        packs.check_code("risk", "gone")
