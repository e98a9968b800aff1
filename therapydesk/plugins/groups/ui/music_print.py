"""Printing songs: what goes on paper, a look first, and the copies counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from therapydesk.api import Outgoing, UserError, may, ntr, pdf, tr
from therapydesk.plugins.groups import music_pdf, music_service, music_sets
from therapydesk.plugins.groups.music_chords import key_name
from therapydesk.plugins.groups.music_pdf import Wish
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.printing import PrintWindow


def print_dialog(
    page: BasePage, songs: Sequence[tuple[UUID, str]], title: str = "", *, is_set: bool = False
) -> FormDialog:
    """Ask how these songs are printed, each in the key beside it ("" is its own); then show the pages."""
    if not songs:
        raise UserError(tr("There is no song in the list to print."))
    counts, one = may(page.desk.user, "groups.edit"), len(songs) == 1

    def show(values: dict[str, Any]) -> None:
        copies = values.get("copies", "").strip()
        if copies and not copies.isdecimal():
            raise UserError(tr("Write how many copies as a number, or leave it empty."))
        key = key_name(values.get("key", ""))
        wanted = [(piece, key if one else own) for piece, own in songs]
        if copies or values.get("keep"):
            with page.desk.vault.write("core") as db:
                if copies:
                    music_service.count_copies(db, [piece for piece, _ in wanted], int(copies))
                if values.get("keep"):
                    music_sets.save_set(db, values["title"], wanted)
        open_pages(page, values["title"], wanted, values["chords"])

    heading = ntr("Print one song", "Print {n} songs", len(songs))
    dialog = FormDialog(page, heading, tr("Show the pages"), show)
    form = dialog.form
    form.add_text("title", tr("Title"), tr("It stands over the contents, and names nobody."), required=True)
    form.add_check("chords", tr("Chords over the words"))
    if one:
        form.add_text("key", tr("In the key"), tr("Empty is its own."))
    if counts:
        form.add_text("copies", tr("How many copies"), tr("A licence may ask for it. Empty counts none."))
        if not one and not is_set:
            form.add_check("keep", tr("Keep it as a set list"))
    form.set_values({"title": title or tr("Song book"), **({"key": songs[0][1]} if one else {})})
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
