"""A song in front of the list: its words in any key, who liked and led it, rest; the same from a session and a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtWidgets import QLabel

from tests.plugins.groups.conftest import Choir, once_read
from therapydesk.api import today
from therapydesk.plugins.groups import music_service, music_sets, music_sung
from therapydesk.plugins.groups.music_service import PieceDetails
from therapydesk.plugins.groups.ui.after_page import AfterPage
from therapydesk.plugins.groups.ui.groups_page import GroupsPage
from therapydesk.plugins.groups.ui.music_card import SungPage
from therapydesk.plugins.groups.ui.music_song_page import REST, SongPage, about_lines
from therapydesk.plugins.groups.ui.register_page import RegisterPage
from therapydesk.plugins.groups.ui.works_tab import WorksTab
from therapydesk.testing import open_page, sign_in
from therapydesk.ui.kit.cards import Card, CardRow
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.links import LinkLabel
from therapydesk.ui.kit.messages import undo_list

__all__ = ["open_page"]
RIVER = PieceDetails(
    "Our river", "Midweek Choir", "G", tempo="96", own=True, text="[G]Down by the [C]Taff", tags=("slow",)
)


@pytest.fixture
def river(choir: Choir) -> UUID:
    made = choir.do(music_service.save_piece, RIVER)
    assert isinstance(made, UUID)
    return made


def texts(card: Card) -> list[str]:
    return [label.text() for label in card.findChildren(QLabel)]


def chords(page: SongPage) -> list[str]:
    return [name for row in page.sheet._rows if row is not None for _, name in row.chords]


def test_the_words_are_shown_with_chords_over_them_in_any_key(
    desk: Any, open_page: Callable[..., Any], river: UUID
) -> None:
    page = open_page(SongPage(desk, river))
    assert chords(page) == ["G", "C"]
    assert page.sheet.accessibleDescription() == "Down by the Taff"
    page.key.setCurrentIndex(page.key.findData("A"))
    assert chords(page) == ["A", "D"]
    page.refresh()
    assert page.chosen_key() == "A"
    page.print_page()
    (form,) = [each.form for each in page.findChildren(FormDialog) if each.isVisible()]
    assert form.values()["key"] == "A"


def test_a_song_without_words_shows_what_is_known(
    choir: Choir, desk: Any, open_page: Callable[..., Any]
) -> None:
    made = choir.do(music_service.save_piece, PieceDetails("Hum"))
    page = open_page(SongPage(desk, made))
    assert not page.words.isVisibleTo(page)
    with choir.vault.read() as db:
        (view,) = music_service.get_pieces(db, [made])
    assert about_lines(view) == ["Nothing more is written down of it."]
    assert "It was not sung yet." in texts(page.sung)


def test_who_liked_and_led_it_is_said_from_the_session_and_shown_on_the_song_and_the_person(
    choir: Choir, desk: Any, open_page: Callable[..., Any], river: UUID
) -> None:
    for name in ("Ann Price", "Bea Lloyd", "Cai Pugh"):
        choir.join(name)
    (session,) = choir.book()
    choir.hold(session, cai="no_word")
    choir.do(music_sung.add_sung, session, river)
    songs = open_page(SungPage(desk, session))
    (sung,) = songs.sung._sung
    dialog = songs.sung.ask_people(sung)
    ann, bea = (str(choir.people[name]) for name in ("Ann Price", "Bea Lloyd"))
    offered = {button.text() for button in dialog.form.field("liked").buttons()}
    assert offered == {"Ann Price", "Bea Lloyd"}  # Cai did not come
    dialog.form.set_values({"liked": [ann, bea], "led": [bea]})
    dialog.save()
    said = "Led by Bea Lloyd · Liked by Ann Price, Bea Lloyd"
    assert said in texts(songs.sung)
    page = open_page(SongPage(desk, river))
    assert {"Sung once.", "Liked by Ann Price, Bea Lloyd.", "Led by Bea Lloyd."} <= set(texts(page.sung))
    tab = open_page(WorksTab(desk, choir.people["Bea Lloyd"]))
    row = tab.songs.model.row(0)
    assert (row.title, row.liked, row.led, row.last_on) == ("Our river", 1, 1, today())
    assert open_page(WorksTab(desk, choir.people["Cai Pugh"])).songs.row_count() == 0


def test_taking_a_song_out_of_a_session_can_be_undone_with_who_liked_it(
    choir: Choir, desk: Any, open_page: Callable[..., Any], river: UUID
) -> None:
    choir.join("Ann Price")
    (session,) = choir.book()
    made = choir.do(music_sung.add_sung, session, river, "A")
    choir.do(music_sung.set_people, session, made, "liked", [choir.people["Ann Price"]])
    page = open_page(SungPage(desk, session))
    page.sung.take_out(page.sung._sung[0])
    assert page.sung.titles() == []
    undo_list.undo()
    with choir.vault.read() as db:
        (found,) = music_sung.list_sung(db, session)
    assert (found.key, found.liked) == ("A", ((choir.people["Ann Price"], "Ann Price"),))


def test_the_songs_of_a_person_are_counted_the_most_liked_first(choir: Choir, river: UUID) -> None:
    choir.join("Ann Price")
    ann = choir.people["Ann Price"]
    other = choir.do(music_service.save_piece, PieceDetails("A hum"))
    first, last = choir.book(weeks_ago=2)[0], choir.book(weeks_ago=1)[0]
    for session, piece in ((first, river), (last, river), (last, other)):
        sung = choir.do(music_sung.add_sung, session, piece)
        choir.do(music_sung.set_people, session, sung, "liked", [ann])
    with choir.vault.read() as db:
        found = music_sung.songs_of(db, ann)
    assert [(f.title, f.liked, f.led) for f in found] == [("Our river", 2, 0), ("A hum", 1, 0)]
    assert found[0].last_on == today() - timedelta(weeks=1)


def test_a_song_rests_and_leaves_the_list_with_one_click_each_and_undo(
    choir: Choir, desk: Any, open_page: Callable[..., Any], river: UUID
) -> None:
    page = open_page(SongPage(desk, river))
    page.rest_or_back()
    assert page.view.details.rests_until == today() + REST
    assert page.rest_button.text() == "Sing it again"
    undo_list.undo()
    assert page.view.details.rests_until is None
    page.end_or_back()
    assert "not sung any more" in page.summary()
    with choir.vault.read() as db:
        assert music_service.list_pieces(db) == []
    undo_list.undo()
    assert page.view.ended_on is None


def test_a_song_names_its_set_lists_and_leads_there(
    choir: Choir, desk: Any, open_page: Callable[..., Any], river: UUID
) -> None:
    made = choir.do(music_sets.save_set, "Summer", [(river, "")], on_day=today())
    page = open_page(SongPage(desk, river))
    (row,) = [each for each in page.sets.rows() if isinstance(each, CardRow)]
    row.click()
    assert (desk_links(desk)[-1].ref, desk_links(desk)[-1].args) == (made, ("set",))


def desk_links(desk: Any) -> list[Any]:
    return list(desk.open_link.__self__)


def test_a_link_worker_reads_a_song_and_changes_nothing(
    desk: Any, open_page: Callable[..., Any], river: UUID
) -> None:
    page = open_page(SongPage(sign_in(desk, "Lee Link", "link_worker"), river))
    assert chords(page) == ["G", "C"]
    assert not hasattr(page, "rest_button")


def test_after_the_session_it_is_said_what_was_sung_and_who_liked_it(
    choir: Choir, desk: Any, open_page: Callable[..., Any], river: UUID
) -> None:
    choir.join("Ann Price")
    (session,) = choir.book()
    choir.hold(session)
    page = open_page(AfterPage(desk, session))
    page.sung.field.setText("Our river")
    page.sung.add()
    dialog = page.sung.ask_people(page.sung._sung[0])
    dialog.form.set_values({"liked": [str(choir.people["Ann Price"])]})
    dialog.save()
    with choir.vault.read() as db:
        (found,) = music_sung.list_sung(db, session)
    assert found.liked == ((choir.people["Ann Price"], "Ann Price"),)


def test_the_register_has_room_for_the_last_songs_and_leads_to_all(
    choir: Choir, desk: Any, open_page: Callable[..., Any], river: UUID
) -> None:
    (session,) = choir.book()
    choir.join("Ann Price")
    titles = ["A hum", "B hum", "C hum", "D hum"]
    for title in titles:
        piece = choir.do(music_service.save_piece, PieceDetails(title))
        sung = choir.do(music_sung.add_sung, session, piece)
    choir.do(music_sung.set_people, session, sung, "led", [choir.people["Ann Price"]])
    page = once_read(open_page(RegisterPage(desk, session)))
    assert texts(page.sung)[1:] == ["2", "B hum", "3", "C hum", "4", "D hum", "Ann led"]
    (link,) = [each for each in page.sung.findChildren(LinkLabel) if each.text() == "All 4"]
    link.click()
    groups = open_page(GroupsPage(desk))
    groups.open_ref(desk_links(desk)[-1])
    assert isinstance(groups.record, SungPage)
    assert groups.record.sung.titles() == titles
    groups.record.open_register()
    assert desk_links(desk)[-1].args == ("register", str(session))
