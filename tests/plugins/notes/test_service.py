"""What may be done with a note, and what never."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from therapydesk.api import NotFound, PermissionDenied, StaleRecord, UserError, new_id
from therapydesk.core import dates
from therapydesk.plugins.notes import lists, plugin, service

WORDS = "seven brass bells ringing"


def add_colleague(vault, name: str, *roles: str) -> UUID:
    zones = ("clinical",) if "therapist" in roles else ()
    return vault.add_user(name, roles, WORDS, zones).id


def test_a_note_is_begun_once_for_a_person_and_a_session(practice) -> None:
    first = practice.draft("Carys Bowen")
    again = practice.draft("Carys Bowen", first.appointment_id)
    assert again.id == first.id
    assert (first.state, first.name, first.mine) == ("draft", "Carys Bowen", True)
    assert [a.title for a in first.answers][0] == "What happened"


def test_a_note_about_tomorrow_or_somebody_else_is_refused(practice, vault) -> None:
    session = practice.session("Carys Bowen")
    other = practice.person("Kit Lane")
    with vault.write("clinical") as db, pytest.raises(PermissionDenied, match="own people"):
        service.start_note(db, other, date(2026, 5, 6), appointment_id=session)
    practice.session("Kit Lane", at=datetime(2026, 5, 5, 9, 0))
    with vault.write("clinical") as db, pytest.raises(UserError, match="not on that session"):
        service.start_note(db, other, date(2026, 5, 6), appointment_id=session)
    with vault.write("clinical") as db, pytest.raises(UserError, match="still to come"):
        service.start_note(db, practice.people["Carys Bowen"], date(2026, 5, 7))


def test_what_was_typed_is_kept_by_prompt(practice) -> None:
    note = practice.draft("Carys Bowen", happened="We sang.", next="Hymn book")
    assert {a.prompt: a.text for a in practice.get(note.id).answers} == {
        "happened": "We sang.",
        "took_part": "",
        "noticed": "",
        "next": "Hymn book",
    }


def test_a_note_saved_elsewhere_meanwhile_is_not_written_over(practice, vault) -> None:
    note = practice.draft("Carys Bowen", happened="First")
    with vault.write("clinical") as db:
        service.save_note(db, note.id, {"happened": "Second"}, note.row_version)
    with vault.write("clinical") as db, pytest.raises(StaleRecord, match="another window"):
        service.save_note(db, note.id, {"happened": "Third"}, note.row_version)
    assert practice.get(note.id).answers[0].text == "Second"


def test_signing_says_who_and_when(practice, vault) -> None:
    signed = practice.signed("Carys Bowen")
    assert (signed.state, signed.signer_name) == ("signed", vault.user.name)
    assert signed.signed_at == datetime(2026, 5, 6, 12, 6, tzinfo=UTC)


def test_an_empty_note_cannot_be_signed(practice, vault) -> None:
    note = practice.draft("Carys Bowen")
    with vault.write("clinical") as db, pytest.raises(UserError, match="nothing in this note"):
        service.sign_note(db, note.id)
    assert practice.get(note.id).state == "draft"


def test_a_signed_note_cannot_be_changed_signed_again_or_dropped(practice, vault) -> None:
    note = practice.signed("Carys Bowen")
    calls = (
        lambda db: service.save_note(db, note.id, {"happened": "Other"}, note.row_version),
        lambda db: service.sign_note(db, note.id),
        lambda db: service.drop_note(db, note.id),
    )
    for call in calls:
        with vault.write("clinical") as db, pytest.raises(UserError, match="is signed"):
            call(db)
    assert replace(practice.get(note.id), row_version=0) == replace(note, row_version=0)


def test_only_the_author_changes_and_signs(practice, vault) -> None:
    note = practice.draft("Carys Bowen", happened="Mine")
    bethan = add_colleague(vault, "Bethan Price", "therapist")
    practice.session("Carys Bowen", at=datetime(2026, 5, 5, 9, 0), therapist_id=bethan)
    vault.unlock("Bethan Price", WORDS)
    with vault.write("clinical") as db, pytest.raises(PermissionDenied, match="Only the person who wrote"):
        service.save_note(db, note.id, {"happened": "Not mine"}, note.row_version)
    with vault.write("clinical") as db, pytest.raises(PermissionDenied, match="Only the person who wrote"):
        service.sign_note(db, note.id)
    assert practice.get(note.id).answers[0].text == "Mine"
    assert not practice.get(note.id).mine


def test_a_therapist_without_the_person_and_an_admin_are_refused(practice, vault) -> None:
    note = practice.signed("Carys Bowen")
    add_colleague(vault, "Bethan Price", "therapist")
    add_colleague(vault, "Mair Ellis", "admin")
    vault.unlock("Bethan Price", WORDS)
    with vault.read() as db, pytest.raises(PermissionDenied, match="own people"):
        service.read_note(db, note.id)
    with vault.read() as db:
        assert lists.list_notes(db) == []
    vault.unlock("Mair Ellis", WORDS)
    with vault.read() as db, pytest.raises(PermissionDenied, match="does not include"):
        service.read_note(db, note.id)


def test_an_addition_stands_below_with_signer_and_its_own_date(practice, vault) -> None:
    note = practice.signed("Carys Bowen")
    dates.set_clock(lambda: datetime(2026, 5, 8, 9, 0, tzinfo=UTC))
    with vault.write("clinical") as db:
        after = service.add_addendum(db, note.id, "  Her son rang: she slept well.  ")
    (added,) = after.addenda
    assert (added.text, added.signer_name) == ("Her son rang: she slept well.", vault.user.name)
    assert added.written_at == datetime(2026, 5, 8, 9, 0, tzinfo=UTC)
    assert after.signed_at == datetime(2026, 5, 6, 12, 6, tzinfo=UTC)
    assert after.answers == note.answers


def test_nothing_is_added_to_a_draft_and_no_empty_text(practice, vault) -> None:
    draft = practice.draft("Carys Bowen", happened="x")
    with vault.write("clinical") as db, pytest.raises(UserError, match="not signed yet"):
        service.add_addendum(db, draft.id, "More")
    with vault.write("clinical") as db:
        service.sign_note(db, draft.id)
    with vault.write("clinical") as db, pytest.raises(UserError, match="nothing to add"):
        service.add_addendum(db, draft.id, "  ")


def test_the_note_before_is_the_last_signed_one_up_to_that_day(practice, vault) -> None:
    old = practice.signed("Carys Bowen", practice.session("Carys Bowen", at=datetime(2026, 4, 29, 11, 15)))
    practice.draft(
        "Carys Bowen", practice.session("Carys Bowen", at=datetime(2026, 5, 1, 9, 0)), happened="x"
    )
    now = practice.draft("Carys Bowen")
    with vault.read() as db:
        before = service.previous_note(db, now.person_id, now.happened_on, now.id)
        first = service.previous_note(db, now.person_id, date(2026, 4, 1))
        assert service.count_notes(db, now.person_id) == 3
    assert before is not None
    assert before.id == old.id
    assert first is None


def test_unwritten_are_ones_own_sessions_that_took_place_without_a_signed_note(practice, vault) -> None:
    early = practice.session("Carys Bowen", at=datetime(2026, 5, 4, 9, 0))
    late = practice.session("Kit Lane", "Osian Lane")
    practice.session("Pearl Adeyemi", at=datetime(2026, 5, 5, 9, 0), state="no_word")
    practice.session("Rhys Ash", at=datetime(2026, 2, 5, 9, 0))
    draft = practice.draft("Kit Lane", late, happened="x")
    with vault.read() as db:
        found = lists.unwritten(db)
    assert [(u.name, u.appointment_id, u.note_id) for u in found] == [
        ("Carys Bowen", early, None),
        ("Kit Lane", late, draft.id),
        ("Osian Lane", late, None),
    ]
    practice.signed("Carys Bowen", early)
    with vault.read() as db:
        assert [u.name for u in lists.unwritten(db)] == ["Kit Lane", "Osian Lane"]
        assert lists.count_unwritten(db) == 2


def test_all_that_is_unwritten_counts(practice, vault) -> None:
    names = [f"Person {n}" for n in range(51)]
    practice.session(*names)
    with vault.read() as db:
        assert len(lists.unwritten(db)) == lists.count_unwritten(db) == 51


def test_the_list_shows_newest_first_and_filters(practice, vault) -> None:
    signed = practice.signed("Carys Bowen", practice.session("Carys Bowen", at=datetime(2026, 5, 4, 9, 0)))
    practice.draft("Kit Lane", happened="Drum\nand song")
    with vault.write("clinical") as db:
        service.add_addendum(db, signed.id, "More")
    with vault.read() as db:
        rows = lists.list_notes(db)
        assert [(r.name, r.state, r.first_words) for r in rows] == [
            ("Kit Lane", "draft", "Drum and song"),
            ("Carys Bowen", "added_to", "We sang."),
        ]
        assert [r.name for r in lists.list_notes(db, "carys")] == ["Carys Bowen"]
        assert [r.name for r in lists.list_notes(db, state="draft")] == ["Kit Lane"]
        assert (lists.count_listed(db), lists.count_listed(db, "nobody")) == (2, 0)
        assert [r.name for r in lists.list_notes(db, offset=1, limit=1)] == ["Carys Bowen"]


def test_sessions_are_counted_up_to_the_one_shown(practice, vault) -> None:
    for day in (1, 2, 3):
        practice.session(
            "Carys Bowen", at=datetime(2026, 5, day, 9, 0), state="no_word" if day == 2 else "came"
        )
    with vault.read() as db:
        person = practice.people["Carys Bowen"]
        assert lists.session_number(db, person, datetime(2026, 5, 3, 9, 0)) == 2


def test_a_note_that_is_gone_says_so(vault) -> None:
    with vault.read() as db, pytest.raises((NotFound, PermissionDenied)):
        service.read_note(db, new_id())


def test_the_last_note_is_a_fact_where_few_people_are_shown(practice, vault) -> None:
    older = practice.session("Carys", at=datetime(2026, 4, 22, 11, 15))
    newer = practice.session("Carys", at=datetime(2026, 4, 29, 11, 15))
    practice.signed("Carys", newer, happened="Sang the whole second verse.")
    practice.signed("Carys", older, happened="Hummed.")
    carys, amara = practice.person("Carys"), practice.person("Amara")
    with vault.read() as db:
        facts = plugin.person_facts(db, [carys, amara])
        assert plugin.person_facts(db, [carys] * 21) == {}
    (fact,) = facts.pop(carys)
    assert facts == {}
    assert (fact.kind, fact.text) == ("last_note", "Wed 29 Apr, signed. “Sang the whole second verse.”")


def test_the_last_note_is_no_fact_for_who_may_not_read_it(practice, vault) -> None:
    practice.signed("Carys")
    carys = practice.person("Carys")
    vault.add_user("Dele", ("therapist",), WORDS, ("clinical",))
    vault.add_user("Marged", ("admin",), WORDS, ("clinical",))
    for name in ("Dele", "Marged"):
        vault.unlock(name, WORDS)
        with vault.read() as db:
            assert plugin.person_facts(db, [carys]) == {}


def test_music_is_kept_in_order_and_leaves_the_version_of_the_note_alone(practice, vault) -> None:
    note = practice.draft("Carys Bowen", happened="We sang.")
    with vault.write("clinical") as db:
        service.add_music(db, note.id, "Calon Lân, sung together, F major")
        kept = service.add_music(db, note.id, "Djembe")
    assert [(m.name, m.how) for m in kept.music] == [("Calon Lân", "sung together, F major"), ("Djembe", "")]
    with vault.write("clinical") as db:
        service.remove_music(db, note.id, kept.music[0].id)
        service.add_music(db, note.id, "Move On Up, listened")
    assert [m.name for m in practice.get(note.id).music] == ["Djembe", "Move On Up"]
    assert practice.get(note.id).row_version == note.row_version


def test_music_without_a_name_too_long_or_gone_is_refused(practice, vault) -> None:
    note = practice.draft("Carys Bowen")
    with vault.write("clinical") as db, pytest.raises(UserError, match="Name the song"):
        service.add_music(db, note.id, " , improvised")
    for text in ("a" * 201, "Song, " + "b" * 201):
        with vault.write("clinical") as db, pytest.raises(UserError, match="too long"):
            service.add_music(db, note.id, text)
    with vault.write("clinical") as db, pytest.raises(NotFound):
        service.remove_music(db, note.id, new_id())
    assert practice.get(note.id).music == ()


def test_the_music_of_a_signed_note_or_of_a_colleague_stays_as_it_is(practice, vault) -> None:
    note = practice.draft("Carys Bowen", happened="We sang.")
    with vault.write("clinical") as db:
        music = service.add_music(db, note.id, "Calon Lân").music
        service.sign_note(db, note.id)
    with vault.write("clinical") as db, pytest.raises(UserError, match="signed"):
        service.add_music(db, note.id, "Djembe")
    with vault.write("clinical") as db, pytest.raises(UserError, match="signed"):
        service.remove_music(db, note.id, music[0].id)
    assert practice.get(note.id).music == music


def test_a_draft_with_music_in_it_is_not_empty_and_goes_with_it(practice, vault) -> None:
    note = practice.draft("Carys Bowen")
    with vault.write("clinical") as db:
        music = service.add_music(db, note.id, "Calon Lân").music
    with vault.write("clinical") as db, pytest.raises(UserError, match="something in this note"):
        service.drop_note(db, note.id)
    with vault.write("clinical") as db:
        service.remove_music(db, note.id, music[0].id)
        service.drop_note(db, note.id)
