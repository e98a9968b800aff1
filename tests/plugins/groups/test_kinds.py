"""Kinds of group are data: every code in them is one that the program knows."""

from __future__ import annotations

from therapydesk.api import coded_list
from therapydesk.plugins.groups import measures
from therapydesk.plugins.groups.kinds import about, domains, kind, kinds, needs
from therapydesk.plugins.groups.rules import SHAPES


def test_every_code_of_a_kind_is_known() -> None:
    known = {code for code, _words in coded_list("access_needs")}
    for each in kinds():
        assert each.shape in SHAPES
        assert set(each.ask) <= known
        assert set(each.domains) <= set(domains())
        assert [measures.question(code).code for code in each.measures] == list(each.measures)


def test_a_choir_of_many_and_an_open_door_ask_for_no_note_on_each() -> None:
    assert {each.id for each in kinds() if not each.note_each} == {
        "community_choir",
        "project",
        "meeting",
        "hub",
    }


def test_what_a_kind_needs_is_said_in_words_and_what_nobody_checked_is_said_to_be_so() -> None:
    lines = about(kind("dementia"))
    assert "Ask about: Step-free way in, Large print, Quiet room, Hearing loop" in lines
    assert needs(kind("own")) == ""
    assert "3 helpers are usual" in lines
    assert "Public health: health improvement, population healthcare" in lines
    assert lines[-1] == "Nobody has checked this yet: go by what you know."
    assert not any("_" in line for each in kinds() for line in about(each))
