"""Song files on screen: what comes in and what became of it, what goes out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QFileDialog

from therapydesk.api import Job, Outgoing, ntr, tr
from therapydesk.plugins.groups import music_importing, music_service
from therapydesk.plugins.groups.music_importing import Incoming, Wanted
from therapydesk.plugins.groups.music_service import PieceView
from therapydesk.plugins.groups.ui import music_dialogs
from therapydesk.ui.kit import style
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.files import choose_files, save_file
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.list_dialog import ListDialog
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.tables import ListTable

Done = Sequence[tuple[Incoming, UUID | None]]


class SongFiles:
    """What the page of songs does with files."""

    def __init__(self, page: BasePage) -> None:
        self._page = page

    def choose(self) -> QFileDialog:
        """Ask which song files, then what holds for all of them."""
        kinds = " ".join(f"*{each}" for each in music_importing.FILE_TYPES)
        songs = tr("Songs")
        return choose_files(
            self._page,
            tr("Import songs"),
            lambda paths: music_dialogs.import_dialog(self._page, paths, self.take_in),
            f"{songs} ({kinds})",
            tr("All files (*)"),
        )

    def take_in(self, paths: Sequence[Path], wanted: Wanted) -> None:
        """Read each file in the limited worker and add what could be read, in the background."""
        vault = self._page.desk.vault

        def work(job: Job) -> Done:
            def stopped() -> bool:
                job.progress(0, 0, "")  # raises when it was
                return False

            incoming = music_importing.read_songs(paths, wanted, stopped)
            with vault.write("core") as db:
                return music_importing.add_songs(db, incoming)

        self._page.desk.jobs.start(work, self._taken_in, self._page.job_failed, tr("Reading songs"))

    def _taken_in(self, done: Done) -> None:
        """Say how many came in, offer to take them back, and list the files of which there is more to say."""
        ids = [made for _, made in done if made is not None]
        self._page.mark_stale()
        words = ntr("One song was taken in.", "{n} songs were taken in.", len(ids))
        if ids:
            self._page.done(words, lambda: self._take_back(ids))
        else:
            self._page.done(words)
        told = [(each, made) for each, made in done if made is None or each.notes]
        if told:
            ImportedDialog(self._page, told, words).open()

    def _take_back(self, ids: Sequence[UUID]) -> None:
        with self._page.desk.vault.write("core") as db:
            gone = music_service.remove_pieces(db, ids)
        self._page.mark_stale()
        kept = len(ids) - gone
        if kept:
            words = ntr(
                "One song stays: it was changed or used since.",
                "{n} songs stay: they were changed or used since.",
                kept,
            )
            self._page.messages.show_message("info", words)

    def save_table(self, ids: Sequence[UUID]) -> None:
        """These songs as a CSV file."""
        with self._page.desk.vault.read() as db:
            content = music_importing.songs_csv(db, ids)
        told = Outgoing("songs", count=len(ids))
        save_file(self._page, tr("Save songs"), "songs.csv", content, told=told)


class ImportedDialog(ListDialog):
    """The files, and rows of tables, that did not come in, or not as they were; each with a sentence."""

    def __init__(self, page: BasePage, told: Done, sentence: str) -> None:
        what = tr("What became of the files")
        columns = [Column(tr("File"), lambda row: row[0].source, strong=True, second=_became)]
        table = ListTable(columns, what, two_line=True, row_key=lambda row: row[0].source)
        table.show_rows(list(told))
        super().__init__(page, tr("Import songs"), sentence, table)
        self.setMinimumWidth(min(style.chars(100), page.window().width()))


def _became(row: tuple[Incoming, UUID | None]) -> str:
    incoming, made = row
    first = incoming.why if made is None else tr("Taken in.")
    return " ".join((first, *incoming.notes))


def ask_kind(page: BasePage, view: PieceView) -> FormDialog:
    """Ask as what a song is saved, then where to."""

    def save(values: dict[str, Any]) -> None:
        content = music_importing.song_file(view.details, values["kind"])
        told = Outgoing("songs", count=1)
        name = tr("song")
        save_file(page, tr("Save as a file"), f"{name}{values['kind']}", content, told=told)

    dialog = FormDialog(page, tr("Save as a file"), tr("Choose where to"), save, (view.id, "file"))
    kinds = [(".cho", tr("ChordPro")), (".xml", tr("OpenSong"))]
    dialog.form.add_choice("kind", tr("As what"), kinds)
    dialog.form.set_values({"kind": ".cho"})
    dialog.open()
    return dialog
