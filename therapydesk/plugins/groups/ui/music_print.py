"""Printing songs: what goes on paper, a look first, and the copies counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from therapydesk.api import Outgoing, UserError, may, ntr, pdf, tr
from therapydesk.plugins.groups import music_pdf, music_service, music_sung
from therapydesk.plugins.groups.music_chords import key_name
from therapydesk.plugins.groups.music_pdf import Wish
from therapydesk.plugins.groups.music_service import PieceView
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.printing import PrintWindow


def print_dialog(page: BasePage, views: Sequence[PieceView]) -> FormDialog:
    """Ask how these songs are printed; then show the pages."""
    if not views:
        raise UserError(tr("There is no song in the list to print."))
    counts = may(page.desk.user, "groups.edit")
    ids = [view.id for view in views]

    def show(values: dict[str, Any]) -> None:
        copies = values.get("copies", "").strip()
        if copies and not copies.isdecimal():
            raise UserError(tr("Write how many copies as a number, or leave it empty."))
        key = key_name(values.get("key", ""))
        if copies:
            with page.desk.vault.write("core") as db:
                music_service.count_copies(db, ids, int(copies))
        if values.get("keep"):
            with page.desk.vault.write("core") as db:
                music_sung.save_set(db, values["title"], [(piece, key) for piece in ids])
        open_pages(
            page, values["title"] or tr("Song book"), [(piece, key) for piece in ids], values["chords"]
        )

    title = ntr("Print one song", "Print {n} songs", len(views))
    dialog = FormDialog(page, title, tr("Show the pages"), show)
    form = dialog.form
    form.add_text("title", tr("Title"), tr("It stands over the contents, and names nobody."), required=True)
    form.add_check("chords", tr("Chords over the words"))
    if len(views) == 1:
        form.add_text("key", tr("In the key"), tr("Empty is its own."))
    if counts:
        form.add_text("copies", tr("How many copies"), tr("A licence may ask for it. Empty counts none."))
        if len(views) > 1:
            form.add_check("keep", tr("Keep it as a set list"))
    form.set_values({"title": views[0].title if len(views) == 1 else tr("Song book")})
    dialog.open()
    return dialog


def open_pages(page: BasePage, title: str, wanted: Sequence[tuple[UUID, str]], chords: bool) -> PrintWindow:
    """The pages in a print window; its sizes are 11, 18 and 24 points."""

    def build(size: pdf.Size) -> bytes:
        with page.desk.vault.read() as db:
            made = music_pdf.print_songs(db, title, wanted, Wish(size, chords, contents=len(wanted) > 1))
        if made.told:
            page.done(" ".join(made.told))
        return made.data

    window = PrintWindow(page, title, build, told=Outgoing("songs", count=len(wanted)))
    window.sizes.choose("large")
    window.show_size("large")
    window.open()
    return window
