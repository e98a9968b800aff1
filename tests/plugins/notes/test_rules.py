"""What is empty, where a note begins, and the templates as data."""

from __future__ import annotations

import pytest

from therapydesk.api import NotFound
from therapydesk.plugins.notes.rules import first_words, is_empty, split_music
from therapydesk.plugins.notes.templates import template, templates


def test_spaces_and_line_ends_are_nothing() -> None:
    assert is_empty(["", "  \n\t"])
    assert is_empty([])
    assert not is_empty(["", "We sang."])


def test_a_list_shows_the_first_text_on_one_line_cut_at_a_word() -> None:
    assert first_words(["", "We sang\n\n Calon Lân."]) == "We sang Calon Lân."
    assert first_words(["one two three"], 9) == "one two …"
    assert first_words(["onetwothree"], 6) == "onetwo …"
    assert first_words([" "]) == ""


@pytest.mark.parametrize(
    ("line", "name", "how"),
    [
        ("Calon Lân, sung together, F major", "Calon Lân", "sung together, F major"),
        ("  Djembe ", "Djembe", ""),
        ("Humming  on an open fifth ,", "Humming on an open fifth", ""),
        (", improvised", "", "improvised"),
        ("  ", "", ""),
    ],
)
def test_a_line_of_music_is_a_name_and_after_the_comma_how(line: str, name: str, how: str) -> None:
    assert split_music(line) == (name, how)


def test_every_template_has_prompts_with_ids_of_their_own() -> None:
    assert [t.id for t in templates()][0] == "session"
    for each in templates():
        ids = [p.id for p in each.prompts]
        assert ids
        assert len(set(ids)) == len(ids)
        assert all(p.title for p in each.prompts)
    with pytest.raises(NotFound, match="no note template"):
        template("nothing")
