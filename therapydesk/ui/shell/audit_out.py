"""The activity log on paper and as a file: why is asked first, and the log itself tells that it left."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from therapydesk.api import pdf, tr
from therapydesk.records.activity import LogFound
from therapydesk.records.activity_out import LogCopy, check_printable, copy_log, log_csv, log_json, log_pdf
from therapydesk.ui.kit.files import save_file
from therapydesk.ui.kit.printing import PrintWindow
from therapydesk.ui.kit.reason import ask_reason

if TYPE_CHECKING:
    from therapydesk.core.jobs import Job
    from therapydesk.ui.kit.page import BasePage


def print_log(page: BasePage, found: LogFound) -> None:
    """Ask why, then show the pages. Raises UserError when there are too many entries for paper."""
    check_printable(found)

    def work(job: Job, reason: str) -> tuple[LogCopy, bytes]:
        copy = copy_log(page.desk.vault, "print", found, reason, _steps(job))
        return copy, _pages(page, copy, "normal", names=True)

    def show(made: tuple[LogCopy, bytes]) -> None:
        copy, first = made

        def build(size: pdf.Size) -> bytes:
            return first if size == "normal" else _pages(page, copy, size, names=True)

        def nameless(size: pdf.Size) -> bytes:
            return _pages(page, copy, size, names=False)

        PrintWindow(page, tr("Activity log"), build, nameless, told=None).open()

    def start(reason: str, _choice: Any) -> None:
        page.desk.jobs.start(
            lambda job: work(job, reason), show, page.job_failed, tr("Preparing the activity log")
        )

    ask_reason(page, tr("Print the activity log"), tr("Show the pages"), start)


def _pages(page: BasePage, copy: LogCopy, size: pdf.Size, *, names: bool) -> bytes:
    with page.desk.vault.read() as db:
        return log_pdf(db, copy, size, names=names)


def save_log(page: BasePage, found: LogFound) -> None:
    """Ask why and as what, then where to."""
    kinds: dict[str, tuple[str, Callable[[LogCopy], bytes]]] = {
        "csv": (tr("Table for a spreadsheet (CSV)"), log_csv),
        "json": (tr("For another program (JSON)"), log_json),
    }

    def start(reason: str, kind: Any) -> None:
        make = kinds[kind][1]

        def work(job: Job) -> bytes:
            return make(copy_log(page.desk.vault, "export", found, reason, _steps(job)))

        def save(content: bytes) -> None:
            name = tr("Activity log") + f".{kind}"
            save_file(page, tr("Save the activity log"), name, content, told=None)

        page.desk.jobs.start(work, save, page.job_failed, tr("Preparing the activity log"))

    choices = [(kind, title) for kind, (title, _make) in kinds.items()]
    ask_reason(
        page, tr("Save the activity log"), tr("Choose where to"), start, choices=choices, label=tr("As what")
    )


def _steps(job: Job) -> Callable[[int, int], object]:
    return lambda done, total: job.progress(done, total, "")
