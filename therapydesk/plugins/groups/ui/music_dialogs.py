"""Forms of songs: a song, and what is said of all songs of an import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from therapydesk.api import UserError, may, ntr, tr
from therapydesk.plugins.groups import music_service
from therapydesk.plugins.groups.music_importing import Wanted
from therapydesk.plugins.groups.music_service import PieceDetails, PieceView
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.page import BasePage

FIRST = ("title", "by", "key", "text", "licence")
MORE = ("tempo", "range", "language", "mood", "rights")


def piece_dialog(page: BasePage, view: PieceView | None, then: Callable[[UUID], object]) -> FormDialog:
    """Add a song, or change one. Who may not change songs reads it."""
    kept = view.details if view is not None else PieceDetails("")

    def save(values: dict[str, Any]) -> None:
        first = {name: values[name] for name in FIRST}
        tags = tuple(values["tags"].split(","))
        then(_save(page, replace(kept, **first, own=values["own"], tags=tags), view))

    title = tr("Add song") if view is None else tr("Change song")
    about = view.id if view is not None else None
    dialog = FormDialog(page, title, tr("Add") if view is None else tr("Save"), save, about)
    form = dialog.form
    form.add_text("title", tr("Title"), required=True)
    form.add_text("by", tr("By"), tr("Who wrote words and music."))
    form.add_text("key", tr("Key"), tr("Of the chords below. Like: G, Bb or F#m."))
    form.add_text(
        "text",
        tr("Words"),
        tr(
            "An empty line ends a verse. Chords stand in brackets before their word: [G]Down by the [C]river."
        ),
        multiline=True,
    )
    form.add_check("own", tr("The words are our own, or our members’"))
    form.add_text("licence", tr("What allows us to keep the words"), tr("Like: in the public domain."))
    form.add_text(
        "tags",
        tr("Tags"),
        tr("What it is good for, with commas. Everybody can read them: say nothing of health."),
    )
    form.set_values(
        {**{name: getattr(kept, name) for name in FIRST}, "own": kept.own, "tags": ", ".join(kept.tags)}
    )
    if view is not None:
        dialog.add_other_action(tr("More about it"), lambda: more_dialog(page, view, then))
    dialog.open()
    return dialog


def more_dialog(page: BasePage, view: PieceView, then: Callable[[UUID], object]) -> FormDialog:
    """What else is known of a song, and whether it rests."""
    kept = view.details

    def save(values: dict[str, Any]) -> None:
        capo = values["capo"].strip() or "0"
        if not capo.isdecimal():
            raise UserError(tr("Write the fret of the capo as a number, or leave it empty."))
        more = {name: values[name] for name in MORE}
        then(_save(page, replace(kept, **more, capo=int(capo), rests_until=values["rests_until"]), view))

    dialog = FormDialog(
        page, tr("More about “{title}”").format(title=view.title), tr("Save"), save, (view.id, "more")
    )
    form = dialog.form
    form.add_text("tempo", tr("Tempo"), tr("Like: 84, or slow."))
    form.add_text("capo", tr("Capo"), tr("The fret, or empty."))
    form.add_text("range", tr("Range"), tr("From the lowest to the highest note. Like: A3 to D5."))
    form.add_text("language", tr("Language"))
    form.add_text("mood", tr("Mood"))
    form.add_text("rights", tr("Whose it is"), tr("It is printed under the words."))
    form.add_date("rests_until", tr("Rests until"))
    form.set_values(
        {
            **{name: getattr(kept, name) for name in MORE},
            "capo": str(kept.capo) if kept.capo else "",
            "rests_until": kept.rests_until,
        }
    )
    dialog.open()
    return dialog


def _save(page: BasePage, details: PieceDetails, view: PieceView | None) -> UUID:
    if not may(page.desk.user, "groups.edit"):
        raise UserError(tr("You can read songs and not change them."))
    with page.desk.vault.write("core") as db:
        if view is None:
            return music_service.save_piece(db, details)
        return music_service.save_piece(db, details, view.id, view.row_version)


def import_dialog(
    page: BasePage, paths: Sequence[Path], then: Callable[[Sequence[Path], Wanted], object]
) -> FormDialog:
    """What is said of all songs of an import."""

    def take(values: dict[str, Any]) -> None:
        then(paths, Wanted(values["licence"], values["own"], tuple(values["tags"].split(","))))

    title = ntr("Import songs from one file", "Import songs from {n} files", len(paths))
    dialog = FormDialog(page, title, tr("Import"), take)
    form = dialog.form
    form.add_check("own", tr("The words are our own, or our members’"))
    form.add_text(
        "licence",
        tr("What allows us to keep the words"),
        tr("For songs whose file does not say. Like: in the public domain."),
    )
    form.add_text("tags", tr("Tags"), tr("For all of them, with commas."))
    dialog.open()
    return dialog
