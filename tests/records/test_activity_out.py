"""The activity log as a file or on paper: with why, stamped, and told in the log itself."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest

from tests.core.test_audit import add_person, tamper
from therapydesk.core import audit
from therapydesk.core.audit import Head
from therapydesk.core.errors import PermissionDenied, UserError
from therapydesk.core.vault import marks
from therapydesk.core.vault.vault import Vault
from therapydesk.records import activity_out
from therapydesk.records.activity import LogFound, LogQuery, find_log
from therapydesk.records.activity_out import LogCopy, copy_log, log_csv, log_json, log_pdf


def found(vault: Vault, **asked: Any) -> LogFound:
    with vault.read() as db:
        return find_log(db, LogQuery(**asked))


def copied(vault: Vault, reason: str = "an inspection") -> LogCopy:
    return copy_log(vault, "export", found(vault), reason)


def test_the_copy_is_stamped_and_the_log_tells_of_it(vault: Vault) -> None:
    add_person(vault, "Siân Puw")
    copy = copied(vault)
    assert copy.heads == marks.heads(vault)
    (last,) = copy_log(vault, "print", found(vault, group="out"), "a look").lines
    assert (last.what, last.about, last.reason) == ("Saved as a file", "Activity log", "an inspection")
    assert [line.person for line in copy.lines if line.person] == ["Siân Puw"]


def test_a_stamp_on_paper_shows_later_that_the_log_was_cut(vault: Vault) -> None:
    head = copied(vault).heads["core"]
    assert marks.compare(vault, {"core": Head(head.seq, head.hash, None)}) == []
    tamper(vault, f"DELETE FROM audit_entry WHERE seq = {head.seq}")
    assert len(marks.compare(vault, {"core": Head(head.seq, head.hash, None)})) == 1


def test_the_csv_file_opens_as_a_table_with_its_stamp_below(vault: Vault) -> None:
    copy = copied(vault, "=1+1")
    rows = list(csv.reader(io.StringIO(log_csv(copy).decode("utf-8-sig"))))
    assert rows[0][0] == "Part"
    assert len(rows[1]) == len(rows[0])
    assert rows[len(copy.lines) + 2] == ["For", "'=1+1"]
    assert rows[-1][0] == "The log stood at"
    assert copy.heads["safeguarding"].hash in rows[-1][1]


def test_the_json_file_holds_the_same(vault: Vault) -> None:
    copy = copied(vault)
    data = json.loads(log_json(copy))
    assert len(data["entries"]) == len(copy.lines)
    assert data["heads"]["core"] == {"entry": copy.heads["core"].seq, "hash": copy.heads["core"].hash}
    assert data["reason"] == "an inspection"


@pytest.mark.parametrize("size", ["normal", "large", "extra_large"])
def test_it_can_be_printed_with_and_without_names(vault: Vault, size: Any) -> None:
    add_person(vault, "Siân Puw")
    copy = copied(vault)
    with vault.read() as db:
        whole, nameless = log_pdf(db, copy, size), log_pdf(db, copy, size, names=False)
    assert "Siân Puw" in text_of(whole)
    assert "Siân Puw" not in text_of(nameless)
    assert copy.heads["core"].hash[:30] in text_of(whole).replace("\r\n", "").replace(" ", "")


def text_of(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    said = " ".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return said


def test_without_a_reason_nothing_leaves(vault: Vault) -> None:
    before = marks.heads(vault)
    with pytest.raises(UserError, match="what the copy is for"):
        copied(vault, "  ")
    assert marks.heads(vault) == before


def test_too_much_for_paper_is_said_so(vault: Vault) -> None:
    many = found(vault)
    many.lines.extend(range(activity_out.MOST_PRINTED))
    with pytest.raises(UserError, match="too many to print"):
        activity_out.check_printable(many)


def test_stopping_half_way_leaves_an_entry_that_it_was_begun(vault: Vault) -> None:
    class StopError(Exception):
        pass

    def stop(_done: int, _of: int) -> None:
        raise StopError

    with pytest.raises(StopError):
        copy_log(vault, "export", found(vault), "an inspection", stop)
    assert len(found(vault, group="out").lines) == 1


def test_a_therapist_takes_no_copy(vault: Vault) -> None:
    every = found(vault)
    with vault.write("core") as db:
        db.info["user"] = db.user = replace(vault.user, roles=frozenset({"therapist"}))
        with pytest.raises(PermissionDenied):
            activity_out.tell_log_copy(db, "export", every.count, "curious")
        audit.record(db, "probe")
