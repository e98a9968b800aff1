"""Files of a concern: taken in from outside, large ones by parts, and saved as a copy that is no longer sealed."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog

from therapydesk.api import LARGE, Job, Outgoing, UserError, sealing, tr
from therapydesk.plugins.safeguarding import service
from therapydesk.plugins.safeguarding.service import EntryView
from therapydesk.ui.kit.files import ask_file, choose_file, save_file, save_large
from therapydesk.ui.kit.forms import FormDialog

if TYPE_CHECKING:
    from therapydesk.plugins.safeguarding.ui.concern_page import ConcernPage


class ConcernFiles:
    """What can be done with the files of one concern page."""

    def __init__(self, page: ConcernPage) -> None:
        self._page = page
        self._vault = page.desk.vault

    def attach(self) -> QFileDialog:
        """Ask for a file, then for its title."""
        return choose_file(self._page, tr("Attach a file"), self.attach_file)

    def attach_file(self, path: Path) -> FormDialog | None:
        """Title and reason; then the file is kept in the record."""
        with self._page.guard():
            size = _size(path)
            if not size:
                raise UserError(tr("That file is empty."))
            dialog = FormDialog(
                self._page,
                tr("Attach a file"),
                tr("Attach file"),
                lambda values: self._keep(path, size, values),
            )
            dialog.form.add_text("title", tr("Title"), required=True)
            dialog.form.add_text("why", tr("What it shows, and where it comes from"))
            hint = tr("Shown beside it. Leave it empty if nothing is.")
            dialog.form.add_text("warning", tr("What is painful in it"), hint)
            dialog.form.set_values({"title": path.name})
            dialog.open()
            return dialog
        return None

    def _keep(self, path: Path, size: int, values: dict[str, Any]) -> None:
        media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        concern = self._page.view.id
        more = {"why": values["why"], "warning": values["warning"]}
        if size <= LARGE:
            content = _read(path)
            with self._vault.write("safeguarding") as db:
                service.attach_file(db, concern, values["title"], content, media, **more)
            self._say_kept(None)
            return
        vault = self._vault

        def work(job: Job) -> None:
            try:
                source = path.open("rb")
            except OSError as error:
                raise _unread() from error

            def tell(done: int) -> None:
                job.progress(done, size, "")

            with (
                source,
                sealing(vault.folder, "safeguarding", source, tell) as sealed,
                vault.write("safeguarding") as db,
            ):
                service.attach_large_file(db, concern, values["title"], sealed, media, **more)

        self._page.desk.jobs.start(work, self._say_kept, self._page.job_failed, tr("Attaching a file"))

    def _say_kept(self, _done: None) -> None:
        self._page.done(tr("The file is in the record. The one outside is not deleted."))

    def keep_copy(self, entry: EntryView) -> None:
        """Save a copy of a file outside; it is then no longer sealed. That it was taken out is logged."""
        with self._page.guard():
            title = tr("Save a copy, which is not sealed")
            suffix = mimetypes.guess_extension(str(entry.detail.get("media_type", ""))) or ""
            name = tr("Concern {n}, file {m}").format(n=self._page.view.number, m=entry.seq) + suffix
            if entry.detail.get("large"):
                ask_file(self._page, title, name, lambda target: self._copy_large(entry, target))
                return
            with self._vault.read() as db:
                document = service.read_attachment(db, entry.id)
            self._page.log_view("file")
            told = Outgoing("file", "safeguarding", ref=entry.id)
            save_file(self._page, title, name, bytes(document.content or b""), told=told)

    def _copy_large(self, entry: EntryView, target: Path) -> None:
        self._page.log_view("file")
        told = Outgoing("file", "safeguarding", ref=entry.id)
        save_large(
            self._page,
            target,
            lambda db: service.read_large_attachment(db, entry.id),
            told=told,
            title=tr("Saving a copy"),
        )


def _unread() -> UserError:
    return UserError(tr("That file could not be read. Nothing was attached."))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise _unread() from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unread() from error
