"""The short forms of going through a part: why something stays readable or is left out, and the decision on the whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QDialog, QVBoxLayout

from therapydesk.api import Job, Zone, tr
from therapydesk.records import subject_deciding as deciding
from therapydesk.records import subject_review as review
from therapydesk.records import subject_words as words
from therapydesk.records.subject_files import KeptFile
from therapydesk.records.subject_marks import Mark
from therapydesk.records.subject_review import FoundName, ItemView
from therapydesk.records.subject_zip import put_parts
from therapydesk.ui.kit import style
from therapydesk.ui.kit.files import A_FILE, ask_file, tell_log
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.icons import app_icon
from therapydesk.ui.kit.pdfview import PdfView

if TYPE_CHECKING:
    from therapydesk.ui.shell.privacy_review import ReviewPage

PDF = b"%PDF-"


def keep(page: ReviewPage, item: ItemView, mark: Mark) -> FormDialog:
    """Why a place stays readable; perhaps every place of the name."""

    def save(values: dict[str, Any]) -> None:
        if values["everywhere"]:
            page.decide_name(mark.name, "keep", values["reason"])
            return
        number = item.marks.index(mark)
        seen, reason = item.row_version, values["reason"]
        page.decide(lambda db: deciding.decide_marks(db, item.id, [number], "keep", reason, seen))

    dialog = FormDialog(page, tr("Leave it readable"), tr("Leave it readable"), save, item.id)
    dialog.form.add_choice("reason", tr("Why"), list(words.keep_words().items()))
    dialog.form.add_check("everywhere", tr("Everywhere in this part"))
    dialog.open()
    return dialog


def keep_name(page: ReviewPage, name: FoundName) -> FormDialog:
    """Why a name stays readable everywhere."""

    def save(values: dict[str, Any]) -> None:
        page.decide_name(name.name, "keep", values["reason"])

    dialog = FormDialog(page, tr("Leave it readable"), tr("Leave it readable"), save, page.request_id)
    dialog.form.add_choice("reason", tr("Why"), list(words.keep_words().items()))
    dialog.open()
    return dialog


def withhold(page: ReviewPage, item: ItemView) -> FormDialog:
    """Why an entry is left out."""

    def save(values: dict[str, Any]) -> None:
        page.decide(lambda db: deciding.decide_item(db, item.id, "withhold", values["reason"]))

    dialog = FormDialog(page, tr("Leave this entry out"), tr("Leave it out"), save, item.id)
    dialog.form.add_choice("reason", tr("Why"), list(words.withhold_words().items()))
    dialog.open()
    return dialog


def outcome_words(zone: Zone) -> dict[str, str]:
    """The outcomes of the decision on a part."""
    return words.harm_words() if zone == "clinical" else words.release_words()


def decide_whole(page: ReviewPage) -> FormDialog:
    """The decision of a health professional or a safeguarding lead, with the reason."""
    zone = page.zone
    title = tr("Decide on serious harm") if zone == "clinical" else tr("Decide what is given")

    def save(values: dict[str, Any]) -> None:
        with page.desk.vault.write(zone) as db:
            deciding.record_decision(db, page.request_id, values["outcome"], values["reason"])
        page.done(tr("Decided. It is kept with your name, role and the day."))

    dialog = FormDialog(page, title, tr("Decide"), save, page.request_id)
    form = dialog.form
    form.add_choice("outcome", tr("Decision"), list(outcome_words(zone).items()))
    hint = (
        tr(
            "To the physical or mental health of this person or of anybody else. Decide as the professional who cares."
        )
        if zone == "clinical"
        else tr("Think of who could be put at risk, and of what others have told you.")
    )
    form.add_text("reason", tr("Why"), hint, multiline=True, required=True)
    dialog.open()
    return dialog


def _save(page: ReviewPage, kept: KeptFile, path: Path) -> None:
    """Write a file where somebody may look at it, part by part, as a job."""

    def work(job: Job) -> None:
        with kept.open() as source:
            put_parts(path, source, lambda: job.progress(0, 0, ""))

    with page.guard():
        tell_log(page, "export", A_FILE)
        said = tr("Saved {file}.").format(file=path.name)
        page.desk.jobs.start(work, lambda _done: page.done(said), page.job_failed, tr("Saving the file"))


def look(page: ReviewPage, item: ItemView) -> QDialog | None:
    """Show a PDF or a text in a window of its own, from memory; another kind of file is saved where one says."""
    with page.desk.vault.read() as db:
        kept = review.file_of(db, page.zone, item.id)
    if not kept.content.startswith(PDF):
        title = tr("Save the file to look at it")
        ask_file(page, title, kept.name, lambda path: _save(page, kept, path))
        return None
    content = kept.content
    dialog = QDialog(page)
    dialog.setWindowTitle(tr("File of an entry"))
    dialog.setWindowIcon(app_icon())
    dialog.setModal(True)
    dialog.resize(style.chars(90), style.line_height() * 32)
    column = QVBoxLayout(dialog)
    column.addWidget(PdfView(content))
    dialog.open()
    return dialog
