"""Outside marks: what is kept of a log where whoever changes the files does not reach."""

from __future__ import annotations

import json

import pytest

from tests.conftest import PASSPHRASE, USER
from tests.core.test_audit import add_person, tamper
from therapydesk.core import audit
from therapydesk.core.audit import Head
from therapydesk.core.vault import marks
from therapydesk.core.vault.vault import Vault


def test_the_heads_are_where_each_log_stands(vault: Vault) -> None:
    before = marks.heads(vault)
    assert set(before) == {"core", "clinical", "safeguarding"}
    add_person(vault)
    after = marks.heads(vault)
    assert after["core"].seq == before["core"].seq + 1
    assert after["clinical"] == before["clinical"]


def test_marks_of_an_untouched_log_still_fit_when_it_has_grown(vault: Vault) -> None:
    kept = marks.heads(vault)
    add_person(vault)
    vault.lock()
    vault.unlock(USER, PASSPHRASE)
    assert marks.compare(vault, kept) == []


def test_a_log_cut_below_its_mark_is_noticed(vault: Vault) -> None:
    add_person(vault)
    kept = marks.heads(vault)
    tamper(vault, f"DELETE FROM audit_entry WHERE seq = {kept['core'].seq}")
    (found,) = marks.compare(vault, kept)
    assert (found.zone, found.broken_at) == ("core", kept["core"].seq)
    assert found.why == "it is gone: something older was put back"


def test_a_marked_entry_of_another_hash_is_noticed(vault: Vault) -> None:
    seq = marks.heads(vault)["core"].seq
    (found,) = marks.compare(vault, {"core": Head(seq, "f" * 64, None)})
    assert (found.broken_at, found.why) == (seq, "it is another one than before")


def test_a_log_nothing_was_written_to_has_a_mark_that_is_always_met(vault: Vault) -> None:
    assert marks.compare(vault, {"core": Head(0, audit.START, None)}) == []


def test_marks_come_back_from_json_as_they_were(vault: Vault) -> None:
    kept = marks.heads(vault)
    back = marks.from_plain(json.loads(json.dumps(marks.to_plain(kept))))
    assert {z: (h.seq, h.hash) for z, h in back.items()} == {z: (h.seq, h.hash) for z, h in kept.items()}


@pytest.mark.parametrize(
    "value",
    [None, [], "x", {"core": 3}, {"core": [True, "0" * 64]}, {"core": [1, "0" * 63]}, {"desk": [1, ""]}],
)
def test_what_is_no_mark_is_left_out(value: object) -> None:
    assert marks.from_plain(value) == {}


def test_a_zone_that_is_not_held_is_not_compared(vault: Vault) -> None:
    kept = {**marks.heads(vault), "safeguarding": Head(99, "f" * 64, None)}
    assert len(marks.compare(vault, kept)) == 1
    vault.unlocked.ring.zones.pop("safeguarding")
    assert marks.compare(vault, kept) == []
