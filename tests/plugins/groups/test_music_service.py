"""The repertoire: what is found, what was sung when, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.conftest import PASSPHRASE
from tests.plugins.groups.conftest import Choir
from therapydesk.api import PermissionDenied, StaleRecord, UserError, today
from therapydesk.plugins.groups import music_answers, music_service, music_sets, music_sung, service
from therapydesk.plugins.groups.music_models import SungPerson
from therapydesk.plugins.groups.music_service import PieceDetails, PieceQuery
from therapydesk.plugins.groups.service import GroupDetails
from therapydesk.records import subject_requests
from therapydesk.records.erasure import erase_person
from therapydesk.records.subject_collect import collect_part
from therapydesk.records.subject_tables import CoreSubjectItem
from therapydesk.testing import add_person

CALON = PieceDetails(
    "Calon Lân",
    "Daniel James",
    "Bb",
    licence="In the public domain",
    text="[Bb]Nid wy'n [Eb]gofyn bywyd moethus",
    tags=("Welsh", "slow"),
)
OWN = PieceDetails("Our river", key="G", own=True, text="[G]Down by the [C]Taff", tags=("slow",))


def add(choir: Choir, details: PieceDetails) -> UUID:
    made = choir.do(music_service.save_piece, details)
    assert isinstance(made, UUID)
    return made


def titles(choir: Choir, **wanted: object) -> list[str]:
    with choir.vault.read() as db:
        return [v.title for v in music_service.list_pieces(db, PieceQuery(**wanted))]  # type: ignore[arg-type]


def test_songs_are_found_by_word_tag_and_key(choir: Choir) -> None:
    add(choir, CALON)
    add(choir, OWN)
    assert titles(choir) == ["Calon Lân", "Our river"]
    assert titles(choir, text="calon lan") == ["Calon Lân"]
    assert titles(choir, text="taff") == ["Our river"]
    assert titles(choir, tag="SLOW") == ["Calon Lân", "Our river"]
    assert titles(choir, tag="welsh") == ["Calon Lân"]
    assert titles(choir, key="b♭") == ["Calon Lân"]
    assert titles(choir, key="Am") == []
    with choir.vault.read() as db:
        assert music_service.list_tags(db) == ["slow", "Welsh"]


def test_songs_not_sung_for_six_weeks_are_found(choir: Choir) -> None:
    calon, own = add(choir, CALON), add(choir, OWN)
    never = add(choir, replace(OWN, title="Never"))
    long_ago = choir.book(weeks_ago=7)[0]
    lately = choir.book(weeks_ago=2)[0]
    choir.do(music_sung.add_sung, long_ago, calon)
    choir.do(music_sung.add_sung, long_ago, own)
    choir.do(music_sung.add_sung, lately, own)
    assert titles(choir, not_sung_weeks=6) == ["Calon Lân", "Never"]
    assert titles(choir, not_sung_weeks=8) == ["Never"]
    with choir.vault.read() as db:
        seen = {v.id: (v.times, v.last_on) for v in music_service.list_pieces(db)}
    assert seen[own] == (2, today() - timedelta(weeks=2))
    assert seen[never] == (0, None)


def test_what_was_sung_at_a_session_with_who_led_and_liked_it(choir: Choir) -> None:
    calon, own = add(choir, CALON), add(choir, OWN)
    choir.join("Carys Bowen")
    (session,) = choir.book()
    first = choir.do(music_sung.add_sung, session, own, "A")
    choir.do(music_sung.add_sung, session, calon)
    assert choir.do(music_sung.add_sung, session, own) == first
    carys = choir.people["Carys Bowen"]
    for part in ("liked", "led", "led"):
        choir.do(music_sung.mark_person, session, first, carys, part)
    with choir.vault.read() as db:
        found = music_sung.list_sung(db, session)
        assert [(v.title, v.key) for v in found] == [("Our river", "A"), ("Calon Lân", "Bb")]
        assert found[0].liked == found[0].led == ((carys, "Carys Bowen"),)
        assert [v.on for v in music_sung.sung_of(db, own)] == [today()]
    choir.do(music_sung.remove_sung, session, first)
    with choir.vault.read() as db:
        assert [v.title for v in music_sung.list_sung(db, session)] == ["Calon Lân"]


def test_a_copy_for_who_asked_for_their_data_names_the_song_that_they_liked(choir: Choir) -> None:
    choir.join("Carys Bowen")
    carys = choir.people["Carys Bowen"]
    (session,) = choir.book()
    choir.do(
        music_sung.mark_person,
        session,
        choir.do(music_sung.add_sung, session, add(choir, CALON)),
        carys,
        "liked",
    )
    request = choir.do(subject_requests.record_request, carys, today())
    collect_part(choir.vault, request, "core")
    with choir.vault.read() as db:
        items = db.query(CoreSubjectItem).filter_by(request_id=request, source="groups_sung_person").all()
        (fields,) = [item.fields for item in items]
    assert "Calon Lân" in fields
    assert "moethus" not in fields  # the words of a song are not about them


def test_who_liked_a_song_goes_with_the_person_and_the_song_stays(choir: Choir) -> None:
    guest = add_person(choir.vault, "Gwen Pugh")
    (session,) = choir.book()
    sung = choir.do(music_sung.add_sung, session, add(choir, OWN))
    choir.do(music_sung.mark_person, session, sung, guest, "liked")
    query = select(func.count()).select_from(SungPerson)
    with choir.vault.read() as db:
        assert db.scalar(query) == 1
    erase_person(choir.vault, guest, "request")
    with choir.vault.read() as db:
        assert db.scalar(query) == 0
        assert [v.title for v in music_sung.list_sung(db, session)] == ["Our river"]


def test_words_of_others_need_a_licence_note(choir: Choir) -> None:
    with pytest.raises(UserError, match="what allows us"):
        add(choir, replace(CALON, licence=""))
    assert add(choir, replace(CALON, licence="", text=""))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"title": " "}, "needs a title"),
        ({"title": "x" * 201}, "longer than 200"),
        ({"key": "H"}, "is not a key"),
        ({"capo": 12}, "capo"),
        ({"text": "[G open"}, "not closed"),
        ({"tags": ("x" * 61,)}, "at most 60"),
    ],
)
def test_what_cannot_be_kept_is_refused(choir: Choir, change: dict[str, object], why: str) -> None:
    with pytest.raises(UserError, match=why):
        add(choir, replace(OWN, **change))  # type: ignore[arg-type]
    assert titles(choir) == []


def test_changing_a_song_changes_its_tags_and_not_a_newer_copy(choir: Choir) -> None:
    made = add(choir, OWN)
    choir.do(music_service.save_piece, replace(OWN, tags=("warm-up", "Slow")), made, 1)
    with choir.vault.read() as db:
        assert music_service.get_pieces(db, [made])[0].details.tags == ("Slow", "warm-up")
    with pytest.raises(StaleRecord):
        choir.do(music_service.save_piece, OWN, made, 1)


def test_a_song_that_is_not_sung_any_more_leaves_the_list_and_keeps_its_past(choir: Choir) -> None:
    made = add(choir, OWN)
    (session,) = choir.book()
    choir.do(music_sung.add_sung, session, made)
    choir.do(music_service.end_piece, made, today())
    assert titles(choir) == []
    assert titles(choir, ended=True) == ["Our river"]
    with choir.vault.read() as db:
        assert [v.title for v in music_sung.list_sung(db, session)] == ["Our river"]


def test_copies_are_counted(choir: Choir) -> None:
    made = add(choir, OWN)
    choir.do(music_service.count_copies, [made, made], 14)
    choir.do(music_service.count_copies, [made], 1)
    with choir.vault.read() as db:
        assert music_service.get_pieces(db, [made])[0].copies == 15
    with pytest.raises(UserError, match="how many copies"):
        choir.do(music_service.count_copies, [made], 0)


def test_a_set_list_keeps_its_order_and_its_keys(choir: Choir) -> None:
    calon, own = add(choir, CALON), add(choir, OWN)
    made = choir.do(music_sets.save_set, "Summer", [(own, "A"), (calon, ""), (own, "")])
    choir.do(music_sets.save_set, "Summer concert", [(calon, ""), (own, "a")], set_id=made)
    with choir.vault.read() as db:
        (found,) = music_sets.list_sets(db)
    assert (found.title, found.items) == (
        "Summer concert",
        ((calon, "Calon Lân", ""), (own, "Our river", "A")),
    )
    choir.do(music_sets.remove_set, made)
    with choir.vault.read() as db:
        assert music_sets.list_sets(db) == []


def test_an_auditor_sees_no_song_and_a_link_worker_changes_none(choir: Choir) -> None:
    made = add(choir, OWN)
    (session,) = choir.book()
    choir.vault.add_user("Sam Auditor", ["auditor"], PASSPHRASE, [])
    choir.vault.add_user("Lin Worker", ["link_worker"], PASSPHRASE, [])
    choir.vault.unlock("Lin Worker", PASSPHRASE)
    assert titles(choir) == ["Our river"]
    for work, *more in (
        (music_service.save_piece, OWN),
        (music_service.count_copies, [made], 1),
        (music_sung.add_sung, session, made),
        (music_sets.save_set, "Summer", [(made, "")]),
    ):
        with pytest.raises(PermissionDenied):
            choir.do(work, *more)
    choir.vault.unlock("Sam Auditor", PASSPHRASE)
    with pytest.raises(PermissionDenied):
        titles(choir)


def test_a_therapist_says_what_was_sung_in_their_own_groups_only(choir: Choir) -> None:
    made = add(choir, OWN)
    (session,) = choir.book()
    me = choir.vault.user.id
    choir.do(service.save_group, GroupDetails("Tuneful Wednesdays", therapist_id=me), choir.group_id)
    choir.vault.add_user("Other Therapist", ["therapist"], PASSPHRASE, [])
    choir.vault.unlock("Other Therapist", PASSPHRASE)
    with pytest.raises(PermissionDenied, match="somebody else"):
        choir.do(music_sung.add_sung, session, made)
    with choir.vault.read() as db:
        assert music_sung.list_sung(db, session) == []


def test_a_song_rests_until_a_day_and_may_be_sung_again(choir: Choir) -> None:
    made = add(choir, OWN)
    for until in (today() + timedelta(10), None):
        choir.do(music_service.rest_piece, made, until)
        with choir.vault.read() as db:
            (view,) = music_service.get_pieces(db, [made])
        assert (view.details.rests_until, view.resting) == (until, until is not None)


def test_an_import_is_taken_back_but_for_what_was_used_since(choir: Choir) -> None:
    untouched, sung = add(choir, CALON), add(choir, OWN)
    choir.do(music_sung.add_sung, choir.book()[0], sung)
    assert choir.do(music_service.remove_pieces, [untouched, sung]) == 1
    assert titles(choir) == ["Our river"]


def test_who_liked_a_song_is_exactly_who_is_named(choir: Choir) -> None:
    for name in ("Ann Price", "Bea Lloyd"):
        choir.join(name)
    ann, bea = choir.people["Ann Price"], choir.people["Bea Lloyd"]
    (session,) = choir.book()
    sung = choir.do(music_sung.add_sung, session, add(choir, OWN))
    for people in ([ann], [bea], [ann, bea], []):
        choir.do(music_sung.set_people, session, sung, "liked", people)
        with choir.vault.read() as db:
            (found,) = music_sung.list_sung(db, session)
        assert {person for person, _ in found.liked} == set(people)


def test_a_set_list_is_copied_and_sung_as_a_whole(choir: Choir) -> None:
    calon, own = add(choir, CALON), add(choir, OWN)
    made = choir.do(music_sets.save_set, "Summer", [(own, "A"), (calon, "")], group_id=choir.group_id)
    copied = choir.do(music_sets.copy_set, made, today())
    (session,) = choir.book()
    with choir.vault.read() as db:
        found = music_sets.set_of_session(db, session)
    assert found is not None
    assert (found.id, found.keys) == (copied, [(own, "A"), (calon, "")])
    assert len(choir.do(music_sung.add_sung_set, session, copied)) == 2
    with choir.vault.read() as db:
        assert [(each.title, each.key) for each in music_sung.list_sung(db, session)] == [
            ("Our river", "A"),
            ("Calon Lân", "Bb"),
        ]


def test_a_search_finds_songs_and_set_lists_by_title(choir: Choir) -> None:
    own = choir.do(music_service.save_piece, PieceDetails("Summer rain", own=True, text="Rain"))
    made = choir.do(music_sets.save_set, "Summer concert", [(own, "")])
    with choir.vault.read() as db:
        found = music_answers.hits(db, "SUMMER", 8)
        assert [(hit.title, hit.link.ref) for hit in found] == [
            ("Summer rain", own),
            ("Summer concert", made),
        ]
        assert [hit.title for hit in music_answers.hits(db, "concert", 8)] == ["Summer concert"]
        assert music_answers.hits(db, "winter", 8) == music_answers.hits(db, "", 8) == []
