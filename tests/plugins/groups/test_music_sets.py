"""Set lists: made, put in order by keys and by buttons, copied to another day, printed, sung; rest periods."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.plugins.groups.conftest import Choir, once_read
from therapydesk.api import Link, NotFound, StaleRecord, UserError, today
from therapydesk.plugins.groups import music_service, music_sets, music_sung
from therapydesk.plugins.groups.music_service import PieceDetails
from therapydesk.plugins.groups.music_sets import SetView
from therapydesk.plugins.groups.ui import music_set_dialogs
from therapydesk.plugins.groups.ui.music_card import SungCard
from therapydesk.plugins.groups.ui.music_page import SongsPage
from therapydesk.plugins.groups.ui.music_set_page import SetPage
from therapydesk.plugins.groups.ui.music_sets_page import SetsPage
from therapydesk.plugins.groups.ui.register_page import RegisterPage
from therapydesk.testing import open_page, sign_in
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.messages import undo_list

__all__ = ["open_page"]
TITLES = ("Calon Lân", "Our river", "Suo Gân")


@pytest.fixture
def songs(choir: Choir) -> dict[str, UUID]:
    return {t: choir.do(music_service.save_piece, PieceDetails(t, key="G", own=True)) for t in TITLES}


@pytest.fixture
def summer(choir: Choir, songs: dict[str, UUID]) -> UUID:
    made = choir.do(music_sets.save_set, "Summer", [(songs[t], "") for t in TITLES], group_id=choir.group_id)
    assert isinstance(made, UUID)
    return made


def read(choir: Choir, set_id: UUID) -> SetView:
    with choir.vault.read() as db:
        return music_sets.get_set(db, set_id)


def order(choir: Choir, set_id: UUID) -> list[str]:
    return [title for _, title, _ in read(choir, set_id).items]


def show(desk: Any, open_page: Callable[..., Any], set_id: UUID) -> SetPage:
    page = open_page(SetsPage(desk))
    page.open_set(set_id)
    assert isinstance(page.record, SetPage)
    return page.record


def fill(page: Any, **values: Any) -> None:
    dialog = page.findChildren(FormDialog)[-1]
    dialog.form.set_values(values)
    dialog.save()
    assert dialog.result(), dialog.form.summary.accessibleName()


def act(page: SetPage, keys: str) -> None:
    """The action of these keys; that the keys reach it is shown in tests/journeys/test_set_list.py."""
    next(each for each in page.table.menu_actions if each.shortcut().toString() == keys).trigger()


def test_a_copy_for_another_day_has_the_same_songs_and_keys(choir: Choir, songs: dict[str, UUID]) -> None:
    wanted = [(songs["Our river"], "A"), (songs["Calon Lân"], "")]
    made = choir.do(music_sets.save_set, "Wednesdays", wanted, group_id=choir.group_id, on_day=today())
    copied = choir.do(music_sets.copy_set, made, today() + timedelta(7))
    found, before = read(choir, copied), read(choir, made)
    assert (found.title, found.group_id, found.keys) == ("Wednesdays", choir.group_id, wanted)
    assert (found.on_day, before.on_day) == (today() + timedelta(7), today())


def test_lists_to_come_stand_first_and_a_gone_song_or_list_is_said(
    choir: Choir, summer: UUID, songs: dict[str, UUID]
) -> None:
    for days in (-7, 14, -14, 7):
        choir.do(music_sets.save_set, str(days), [], on_day=today() + timedelta(days))
    with choir.vault.read() as db:
        assert [view.title for view in music_sets.list_sets(db)] == ["Summer", "7", "14", "-7", "-14"]
        assert [view.title for view in music_sets.sets_with(db, songs["Our river"])] == ["Summer"]
    choir.do(music_sets.remove_set, summer)
    with pytest.raises(NotFound, match="set list"):
        read(choir, summer)
    with pytest.raises(NotFound, match="song"):
        choir.do(music_sets.save_set, "x", [(summer, "")])


@pytest.mark.parametrize(
    ("title", "many", "why"), [(" ", 1, "title"), ("x" * 101, 1, "title"), ("x", 301, "at most 300")]
)
def test_what_is_no_set_list_is_refused(
    choir: Choir, songs: dict[str, UUID], title: str, many: int, why: str
) -> None:
    with pytest.raises(UserError, match=why):
        choir.do(music_sets.save_set, title, [(songs["Our river"], "")] * many)


def test_an_older_copy_does_not_win(choir: Choir, summer: UUID, songs: dict[str, UUID]) -> None:
    version = read(choir, summer).row_version
    choir.do(music_sets.save_set, "Summer", [], set_id=summer, row_version=version)
    with pytest.raises(StaleRecord):
        choir.do(
            music_sets.save_set, "Summer", [(songs["Our river"], "")], set_id=summer, row_version=version
        )


def test_alt_and_arrows_move_a_song_and_undo_puts_each_step_back(
    choir: Choir, desk: Any, open_page: Callable[..., Any], summer: UUID
) -> None:
    page = show(desk, open_page, summer)
    page.table.select_key(0)
    act(page, "Alt+Down")
    assert order(choir, summer) == ["Our river", "Calon Lân", "Suo Gân"]
    act(page, "Alt+Down")
    assert order(choir, summer) == ["Our river", "Suo Gân", "Calon Lân"]
    act(page, "Alt+Down")  # it is the last one
    assert page.table.current_row().title == "Calon Lân"
    act(page, "Alt+Up")
    assert order(choir, summer) == ["Our river", "Calon Lân", "Suo Gân"]
    for expected in (
        ["Our river", "Suo Gân", "Calon Lân"],
        ["Our river", "Calon Lân", "Suo Gân"],
        list(TITLES),
    ):
        undo_list.undo()
        assert order(choir, summer) == expected
    undo_list.redo()
    assert order(choir, summer) == ["Our river", "Calon Lân", "Suo Gân"]


def test_buttons_move_and_take_out_and_a_title_adds(
    choir: Choir, desk: Any, open_page: Callable[..., Any], summer: UUID
) -> None:
    page = show(desk, open_page, summer)
    page.table.select_key(2)
    page.up_button.click()
    assert order(choir, summer) == ["Calon Lân", "Suo Gân", "Our river"]
    page.out_button.click()
    assert order(choir, summer) == ["Calon Lân", "Our river"]
    page.field.setText("suo")
    QTest.keyClick(page.field, Qt.Key.Key_Return)
    assert order(choir, summer) == ["Calon Lân", "Our river", "Suo Gân"]
    page.field.setText("Not here")
    QTest.keyClick(page.field, Qt.Key.Key_Return)
    assert "no song" in page.messages.text()
    undo_list.undo()
    assert order(choir, summer) == ["Calon Lân", "Our river"]


def test_undo_does_not_overwrite_what_somebody_else_did(
    choir: Choir, desk: Any, open_page: Callable[..., Any], summer: UUID, songs: dict[str, UUID]
) -> None:
    page = show(desk, open_page, summer)
    page.table.select_key(0)
    page.shift(1)
    choir.do(music_sets.save_set, "Summer", [(songs["Our river"], "")], set_id=summer)
    page.undo()
    assert order(choir, summer) == ["Our river"]
    assert "changed meanwhile" in page.messages.text()


def test_the_key_title_day_and_copy_of_a_list(
    choir: Choir, desk: Any, open_page: Callable[..., Any], summer: UUID
) -> None:
    page = show(desk, open_page, summer)
    page.change_key(page.table.model.row(1))
    fill(page, key="bb")
    assert read(choir, summer).items[1][2] == "Bb"
    page.change()
    fill(page, title="Autumn", on_day=today())
    assert page.title() == "Autumn"
    assert "Tuneful Wednesdays" in page.summary()
    page.copy()
    fill(page, on_day=today() + timedelta(7), title="Winter")
    with choir.vault.read() as db:
        assert {view.title for view in music_sets.list_sets(db)} == {"Autumn", "Winter"}


def test_a_list_is_made_printed_and_removed_and_undo_brings_it_back(
    choir: Choir, desk: Any, open_page: Callable[..., Any], songs: dict[str, UUID]
) -> None:
    lists = open_page(SetsPage(desk))
    lists.new_record()
    fill(lists, title="Harvest", group=str(choir.group_id))
    page = lists.record
    assert isinstance(page, SetPage)
    page.field.setText("Suo Gân")
    QTest.keyClick(page.field, Qt.Key.Key_Return)
    page.print_page()
    (form,) = [each.form for each in page.findChildren(FormDialog) if each.isVisible()]
    assert form.values()["title"] == "Harvest"
    page.remove()
    assert lists.record is None
    assert lists.table.row_count() == 0
    undo_list.undo()
    lists.refresh()
    row = lists.table.model.row(0)
    assert (row.title, row.keys) == ("Harvest", [(songs["Suo Gân"], "")])


def test_a_song_that_rests_on_that_day_is_marked(
    choir: Choir, desk: Any, open_page: Callable[..., Any], summer: UUID, songs: dict[str, UUID]
) -> None:
    choir.do(music_service.rest_piece, songs["Our river"], today() + timedelta(10))
    page = show(desk, open_page, summer)
    states = [page.table.model.row(n).state for n in range(3)]
    assert [state is not None and "Rests until" in str(state) for state in states] == [False, True, False]
    music_set_dialogs.set_dialog(page, page.view, lambda _made: page.refresh())
    fill(page, on_day=today() + timedelta(11))
    assert page.table.model.row(1).state is None


def test_links_lead_to_a_list_and_to_all_of_them(
    choir: Choir, desk: Any, open_page: Callable[..., Any], summer: UUID
) -> None:
    page = open_page(SongsPage(desk))
    page.open_ref(Link("groups.songs", None, ("sets",)))
    assert isinstance(page.record, SetsPage)
    page.open_ref(Link("groups.songs", summer, ("set",)))
    assert isinstance(page.record, SetsPage)
    assert isinstance(page.record.record, SetPage)


def test_who_may_not_change_songs_reads_a_list(
    choir: Choir, desk: Any, open_page: Callable[..., Any], summer: UUID
) -> None:
    page = show(sign_in(desk, "Lee Link", "link_worker"), open_page, summer)
    assert page.table.row_count() == 3
    assert not page.field.isVisibleTo(page)
    page.shift(1)
    assert order(choir, summer) == list(TITLES)


def test_the_list_of_a_session_is_offered_on_its_register_and_sung_with_one_click(
    choir: Choir, desk: Any, open_page: Callable[..., Any], songs: dict[str, UUID]
) -> None:
    (session,) = choir.book()
    choir.do(music_sung.add_sung, session, songs["Suo Gân"])
    wanted = [(songs["Our river"], "A"), (songs["Suo Gân"], "")]
    choir.do(music_sets.save_set, "Today", wanted, group_id=choir.group_id, on_day=today())
    choir.do(music_sets.save_set, "Other day", wanted, group_id=choir.group_id, on_day=today() + timedelta(1))
    page = once_read(open_page(RegisterPage(desk, session)))
    card = page.sung
    assert isinstance(card, SungCard)
    assert card.all_button.accessibleDescription() == "One song of the set list"
    card.all_button.click()
    with choir.vault.read() as db:
        found = music_sung.list_sung(db, session)
    assert [(each.title, each.key) for each in found] == [("Suo Gân", "G"), ("Our river", "A")]
    assert not card.all_button.isVisibleTo(card)
    undo_list.undo()
    assert card.titles() == ["Suo Gân"]
