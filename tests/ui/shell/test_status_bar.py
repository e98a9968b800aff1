"""The status bar tells of work whose page is gone."""

from __future__ import annotations

from typing import Any

from therapydesk.api import Job, UserError
from therapydesk.ui.kit.jobs import Runner
from therapydesk.ui.shell.status_bar import StatusBar


def test_a_failure_that_nobody_takes_stands_in_the_status_bar(qtbot: Any) -> None:
    bar, jobs = StatusBar(), Runner()
    qtbot.addWidget(bar)
    bar.watch(jobs)

    def fail(_job: Job) -> None:
        raise UserError("The disk is full.", "Make room.")

    jobs.start(fail, title="Importing")
    jobs.wait_idle()
    assert bar.saved.text() == "Importing: The disk is full. Make room."
    jobs.close()
