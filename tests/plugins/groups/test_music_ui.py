"""The Songs page, its form, and the card of a register."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.plugins.groups.conftest import Choir, once_read
from therapydesk.plugins.groups import music_service, music_sets, music_sung
from therapydesk.plugins.groups.music_service import PieceDetails
from therapydesk.plugins.groups.ui import music_dialogs, music_print
from therapydesk.plugins.groups.ui.music_page import SongsPage
from therapydesk.plugins.groups.ui.register_page import RegisterPage
from therapydesk.testing import open_page
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.messages import undo_list

__all__ = ["open_page"]


def add(choir: Choir, title: str, **more: Any) -> Any:
    return choir.do(
        music_service.save_piece, PieceDetails(title, own=True, text=f"[G]{title} [C]words", **more)
    )


def shown(page: SongsPage) -> list[str]:
    return [page.table.model.row(n).title for n in range(page.table.model.rowCount())]


def test_a_song_is_added_found_and_changed(choir: Choir, desk: Any, open_page: Any) -> None:
    page = open_page(SongsPage(desk))
    dialog = music_dialogs.piece_dialog(page, None, page._saved)
    dialog.form.set_values(
        {"title": "Our river", "key": "g", "text": "[G]Down", "own": True, "tags": "slow, river"}
    )
    dialog.save()
    with choir.vault.read() as db:
        (view,) = music_service.list_pieces(db)
    assert (view.title, view.details.key, view.details.tags) == ("Our river", "G", ("river", "slow"))
    dialog = music_dialogs.piece_dialog(page, view, page._saved)
    dialog.form.set_values({"key": "H"})
    dialog.save()
    assert dialog.isVisible()
    dialog.form.set_values({"key": "A"})
    dialog.save()
    with choir.vault.read() as db:
        (view,) = music_service.get_pieces(db, [view.id])
    assert view.details.key == "A"
    dialog = music_dialogs.more_dialog(page, view, page._saved)
    dialog.form.set_values({"capo": "2", "mood": "calm"})
    dialog.save()
    with choir.vault.read() as db:
        (view,) = music_service.get_pieces(db, [view.id])
    assert (view.details.capo, view.details.mood, view.details.tags) == (2, "calm", ("river", "slow"))


def test_songs_not_sung_lately_and_by_key(choir: Choir, desk: Any, open_page: Any) -> None:
    lately = add(choir, "Lately", key="G")
    add(choir, "Never", key="A")
    choir.do(music_sung.add_sung, choir.book(weeks_ago=1)[0], lately)
    page = open_page(SongsPage(desk))
    assert "2 songs" in page.summary()
    page.filter.set_value("weeks", 6)
    page.refresh()
    assert shown(page) == ["Never"]
    page.filter.set_value("weeks", 0)
    page.filter.set_value("key", "G")
    page.refresh()
    assert shown(page) == ["Lately"]


def test_the_list_is_printed_counted_and_kept_as_a_set_list(choir: Choir, desk: Any, open_page: Any) -> None:
    first, second = add(choir, "A song"), add(choir, "B song")
    page = open_page(SongsPage(desk))
    dialog = music_print.print_dialog(page, [(second, "A"), (first, "")])
    dialog.form.set_values({"title": "Summer", "copies": "14", "keep": True, "chords": True})
    dialog.save()
    with choir.vault.read() as db:
        assert [v.copies for v in music_service.list_pieces(db)] == [14, 14]
        (kept,) = music_sets.list_sets(db)
    assert [(piece, key) for piece, _, key in kept.items] == [(second, "A"), (first, "")]
    page.refresh()
    assert shown(page) == ["A song", "B song"]
    page.print_list()
    (form,) = [each.form for each in page.findChildren(FormDialog) if each.isVisible()]
    assert form.values()["title"] == "Song book"


def test_songs_are_found_by_tag(choir: Choir, desk: Any, open_page: Any) -> None:
    add(choir, "Slow one", tags=("slow breath",))
    add(choir, "Quick one")
    page = open_page(SongsPage(desk))
    page.filter.set_value("tag", "slow breath")
    page.refresh()
    assert shown(page) == ["Slow one"]


def test_what_is_sung_is_said_on_the_register(choir: Choir, desk: Any, open_page: Any) -> None:
    add(choir, "Calon Lân")
    choir.join("Carys Bowen")
    (session,) = choir.book()
    page = once_read(open_page(RegisterPage(desk, session)))
    page.sung.field.setText("calon lan")
    QTest.keyClick(page.sung.field, Qt.Key.Key_Return)
    with choir.vault.read() as db:
        assert [v.title for v in music_sung.list_sung(db, session)] == ["Calon Lân"]
    assert page.sung.titles() == ["Calon Lân"]
    page.sung.field.setText("Not here")
    QTest.keyClick(page.sung.field, Qt.Key.Key_Return)
    assert page.sung.field.text() == "Not here"
    undo_list.undo()
    assert page.sung.titles() == []
