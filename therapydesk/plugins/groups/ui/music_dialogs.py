"""Forms of songs: a song, and what is said of all songs of an import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from therapydesk.api import UserError, may, ntr, show_day, tr
from therapydesk.plugins.groups import music_service, music_sung
from therapydesk.plugins.groups.music_importing import Wanted
from therapydesk.plugins.groups.music_service import PieceDetails, PieceView
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.page import BasePage

PLAIN = ("title", "by", "key", "tempo", "time", "range", "language", "mood", "rights", "licence", "text")


def piece_dialog(page: BasePage, view: PieceView | None, then: Callable[[UUID], object]) -> FormDialog:
    """Add a song, or change one. Who may not change songs reads it."""
    desk = page.desk

    def save(values: dict[str, Any]) -> None:
        if not may(desk.user, "groups.edit"):
            raise UserError(tr("You can read songs and not change them."))
        with desk.vault.write("core") as db:
            made = music_service.save_piece(
                db,
                _details(values),
                view.id if view is not None else None,
                view.row_version if view is not None else None,
            )
        then(made)

    title = tr("Add song") if view is None else tr("Change song")
    dialog = FormDialog(page, title, tr("Add") if view is None else tr("Save"), save)
    form = dialog.form
    form.add_text("title", tr("Title"), _past(page, view), required=True)
    form.add_text("by", tr("By"), tr("Who wrote words and music."))
    form.add_text("key", tr("Key"), tr("Of the chords below. Like: G, Bb or F#m."))
    form.add_text("capo", tr("Capo"), tr("The fret, or empty."))
    form.add_text("tempo", tr("Tempo"), tr("Like: 84, or slow."))
    form.add_text("range", tr("Range"), tr("From the lowest to the highest note. Like: A3 to D5."))
    form.add_text("language", tr("Language"))
    form.add_text("mood", tr("Mood"))
    form.add_text(
        "tags",
        tr("Tags"),
        tr(
            "What it is good for and who sings it, with commas. Everybody can read them: say nothing of health."
        ),
    )
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
    form.add_text("rights", tr("Whose it is"), tr("It is printed under the words."))
    form.add_date("rests_until", tr("Rests until"))
    if view is not None:
        form.set_values(_values(view.details))
    dialog.open()
    return dialog


def _past(page: BasePage, view: PieceView | None) -> str:
    """When it was sung, who liked it, how many copies there are."""
    if view is None:
        return ""
    with page.desk.vault.read() as db:
        sung = music_sung.sung_of(db, view.id)
    parts = []
    if sung:
        last = f"{show_day(sung[0].on)}, {sung[0].group}"
        parts.append(tr("Sung last on {when}.").format(when=last))
        liked = list(dict.fromkeys(name for each in sung for _, name in each.liked))
        if liked:
            parts.append(tr("Liked by {names}.").format(names=", ".join(liked[:8])))
    if view.copies:
        parts.append(ntr("One copy was printed.", "{n} copies were printed.", view.copies))
    return " ".join(parts)


def _values(details: PieceDetails) -> dict[str, Any]:
    return {
        **{name: getattr(details, name) for name in PLAIN if name != "time"},
        "capo": str(details.capo) if details.capo else "",
        "tags": ", ".join(details.tags),
        "own": details.own,
        "rests_until": details.rests_until,
    }


def _details(values: dict[str, Any]) -> PieceDetails:
    capo = values["capo"].strip() or "0"
    if not capo.isdecimal():
        raise UserError(tr("Write the fret of the capo as a number, or leave it empty."))
    return PieceDetails(
        **{name: values[name] for name in PLAIN if name != "time"},
        capo=int(capo),
        own=values["own"],
        rests_until=values["rests_until"],
        tags=tuple(values["tags"].split(",")),
    )


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
