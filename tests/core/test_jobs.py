from __future__ import annotations

import pytest

from therapydesk.core.jobs import Cancelled, Job


def test_progress_is_reported_until_cancelled_and_then_raises() -> None:
    told: list[tuple[int, int, str]] = []
    job = Job("Import", lambda done, total, text: told.append((done, total, text)))
    job.progress(1, 3, "row 1")
    job.cancel()
    with pytest.raises(Cancelled):
        job.progress(2, 3, "row 2")
    assert told == [(1, 3, "row 1")]
    assert job.cancelled


def test_cancelled_is_not_swallowed_by_handlers_of_errors() -> None:
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        try:
            job.progress(1)
        except Exception:  # noqa: BLE001  (what work might do by mistake)
            pytest.fail("an error handler swallowed the cancelling")
