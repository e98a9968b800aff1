"""A request for data: its clock, its parts and their holders, what is copied and gone through."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import PASSPHRASE, USER
from tests.records.subject_world import (
    RECEIVED,
    asked,
    carys,
    collect,
    right_day,
    settle_marks,
)
from therapydesk.api import Job, UserError
from therapydesk.core import dates
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES
from therapydesk.core.vault.vault import Vault
from therapydesk.records import subject_deciding as deciding
from therapydesk.records import subject_requests as requests
from therapydesk.records import subject_review as review
from therapydesk.records.subject_collect import collect_part
from therapydesk.records.subject_tables import ITEMS
from therapydesk.records.subject_zip import make_pack
from therapydesk.testing import add_person

__all__ = ["asked", "carys", "right_day"]


def test_a_part_is_not_ready_before_all_is_decided(vault: Vault, carys: UUID, asked: UUID) -> None:
    with vault.write("clinical") as db, pytest.raises(UserError, match="Nothing has been collected"):
        deciding.finish_part(db, asked)
    collect(vault, asked, "clinical")
    with vault.write("clinical") as db, pytest.raises(UserError, match="decide on serious harm"):
        deciding.finish_part(db, asked)
    with vault.write("clinical") as db, pytest.raises(UserError, match="Say why"):
        deciding.record_decision(db, asked, "none", "  ")
    with vault.read() as db, pytest.raises(UserError, match="not ready"):
        from therapydesk.records.subject_pack import read_pack

        read_pack(db, asked, ["clinical"])


def test_a_safeguarding_part_that_is_withheld_tells_not_even_how_much(
    vault: Vault, asked: UUID, tmp_path: Path
) -> None:
    collect(vault, asked, "safeguarding")
    with vault.write("safeguarding") as db:
        deciding.record_decision(db, asked, "all", "It would warn somebody who harms")
        deciding.finish_part(db, asked)
    pack = make_pack(vault, Job(), asked, ["safeguarding"], tmp_path / "pack.zip")
    assert (pack.parts[0].items, pack.parts[0].left_out) == ((), 0)


@pytest.mark.parametrize("state", ["cancelled", "refused"])
def test_copies_go_when_nothing_was_given_and_stay_when_it_was(
    vault: Vault, asked: UUID, tmp_path: Path, state: str
) -> None:
    for zone in ZONES:
        collect(vault, asked, zone)
    with vault.write("core") as db:
        requests.end_request(db, asked, state, "slip" if state == "cancelled" else "not_them", RECEIVED)
    with vault.read() as db:
        assert [db.query(ITEMS[zone]).count() for zone in ZONES] == [0, 0, 0]
    with vault.write("core") as db, pytest.raises(UserError, match="has ended"):
        requests.mark_sent(db, asked, "post", RECEIVED)


def test_collecting_again_takes_the_place_of_what_was_there(vault: Vault, asked: UUID) -> None:
    first = collect(vault, asked, "clinical")
    assert first.items > 0
    assert collect(vault, asked, "clinical") == first
    with vault.read() as db:
        assert review.review_state(db, asked, "clinical").items == first.items


def test_the_copies_are_not_among_what_is_copied(vault: Vault, asked: UUID) -> None:
    collect(vault, asked, "core")
    collect(vault, asked, "core")
    with vault.read() as db:
        rows: list[Any] = db.query(ITEMS["core"]).all()
    assert "subject_item" not in {row.source for row in rows}


def test_a_hidden_column_is_in_no_copy(vault: Vault, carys: UUID, asked: UUID) -> None:
    collect(vault, asked, "core")
    with vault.read() as db:
        rows: list[Any] = db.query(ITEMS["core"]).filter_by(source="referrals_referral").all()
        columns = {field[0] for row in rows for field in json.loads(row.fields)}
    assert rows
    assert "received_on" in columns
    assert not columns & {"added", "row_hash", "sender"}


def test_rows_of_a_joined_record_are_found(vault: Vault, carys: UUID, asked: UUID) -> None:
    from therapydesk.api import merge_people

    double = add_person(vault, "Carys Bowen-Lloyd")
    with vault.write("core") as db:
        merge_people(db, carys, double)
    collect(vault, asked, "core")
    with vault.read() as db:
        rows: list[Any] = db.query(ITEMS["core"]).filter_by(source="person").all()
    assert {row.row_id for row in rows} == {carys, double}


def test_a_module_that_fails_stops_the_collection_and_nothing_is_kept(
    vault: Vault, asked: UUID, plugins: Plugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    from therapydesk.core.contributions import Answers, Failure

    def fails(*_args: object, **_named: object) -> Answers[object]:
        return Answers([], [Failure("notes", "Notes", "KeyError")])

    with monkeypatch.context() as patch:
        patch.setattr(plugins, "ask", fails)
        with pytest.raises(UserError, match="“Notes” could not give"):
            collect_part(vault, asked, "clinical")
    with vault.read() as db:
        assert db.query(ITEMS["clinical"]).count() == 0
        assert requests.read_request(db, asked).parts[1].state == "waiting"


def test_what_a_module_adds_is_a_file_to_look_at(
    vault: Vault, asked: UUID, plugins: Plugins, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from therapydesk.core.contributions import Answers, ExportItem

    def adds(*_args: object, db: Any, only: str = "", **_named: object) -> Answers[object]:
        there = only == "notes" and db.holds("clinical")
        return Answers([ExportItem("songs/carys.txt", b"la la")] if there else [])

    with monkeypatch.context() as patch:
        patch.setattr(plugins, "ask", adds)
        collected = collect(vault, asked, "clinical")
    assert collected.files >= 1
    settle_marks(vault, asked, "clinical")
    with vault.write("clinical") as db:
        deciding.record_decision(db, asked, "none", "Nothing that harms")
        deciding.finish_part(db, asked)
    make_pack(vault, Job(), asked, ["clinical"], tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as packed:
        files = [name for name in packed.namelist() if name.startswith("files/")]
        assert b"la la" in [packed.read(name) for name in files]
        assert all(name.removeprefix("files/")[:3].isdigit() for name in files)


def test_nothing_of_a_concern_comes_into_the_other_parts(vault: Vault, carys: UUID, asked: UUID) -> None:
    held = {}
    for zone in ZONES:
        collect(vault, asked, zone)
        with vault.read() as db:
            rows = db.query(ITEMS[zone]).filter(ITEMS[zone].source == "safeguarding.extra").all()
            held[zone] = len(rows)
    assert held["core"] == held["clinical"] == 0
    assert held["safeguarding"] > 0


def test_words_marked_by_hand_are_covered(vault: Vault, carys: UUID, asked: UUID) -> None:
    from therapydesk.plugins.caseload.models import Statement

    with vault.write("clinical") as db:
        db.add(
            Statement(
                person_id=carys, kind="matters", text="the woman next door", whose_words="", said_on=RECEIVED
            )
        )
    collect(vault, asked, "clinical")
    with vault.read() as db:
        rows = review.list_items(db, asked, "clinical", limit=1000)
        item = review.read_item(db, "clinical", next(r.id for r in rows if "next door" in r.words))
    place = next(n for n, field in enumerate(item.fields) if "next door" in field.text)
    with vault.write("clinical") as db:
        after = deciding.add_mark(db, item.id, place, 4, 9)
        with pytest.raises(UserError, match="Choose the words"):
            deciding.add_mark(db, item.id, place, 4, 400)
    from therapydesk.records.subject_marks import given

    here = [mark for mark in after.marks if mark.field == place]
    assert given(after.fields[place].text, here) == "the [covered] next door"


def test_a_mark_of_a_copy_that_changed_meanwhile_is_not_decided_on(
    vault: Vault, carys: UUID, asked: UUID
) -> None:
    from therapydesk.api import StaleRecord
    from therapydesk.plugins.caseload.models import Statement

    with vault.write("clinical") as db:
        words = "the drum of Gareth"
        db.add(Statement(person_id=carys, kind="matters", text=words, whose_words="", said_on=RECEIVED))
    collect(vault, asked, "clinical")
    with vault.read() as db:
        row = next(r for r in review.list_items(db, asked, "clinical", undecided=True) if words in r.words)
        seen = review.read_item(db, "clinical", row.id)
    with vault.write("clinical") as db:
        deciding.add_mark(db, row.id, seen.marks[0].field, 4, 8)  # another reader was quicker
    with pytest.raises(StaleRecord), vault.write("clinical") as db:
        deciding.decide_marks(db, row.id, [0], "keep", "agreed", seen.row_version)
    with vault.read() as db:
        after = review.read_item(db, "clinical", row.id)
    assert [(m.text, m.decision) for m in after.marks] == [("drum", "redact"), ("Gareth", "")]
    with vault.write("clinical") as db:
        kept = deciding.decide_marks(db, row.id, [1], "keep", "agreed", after.row_version)
    assert [(m.decision, m.reason, m.by) for m in kept.marks][1] == ("keep", "agreed", USER)


def test_an_admin_writes_a_request_down_and_sees_the_clock_and_nothing_else(
    vault: Vault, carys: UUID
) -> None:
    vault.add_user("Nia Admin", ("admin",), PASSPHRASE, ())
    vault.unlock("Nia Admin", PASSPHRASE)
    with vault.write("core") as db:
        request = requests.record_request(db, carys, RECEIVED)
    with vault.read() as db:
        view = requests.read_request(db, request)
        assert view.clock is not None
        assert [part.mine for part in view.parts] == [False, False, False]
    for zone in ZONES:
        with pytest.raises(UserError):
            collect_part(vault, request, zone)
    with pytest.raises(UserError), vault.write("core") as db:
        requests.end_request(db, request, "cancelled", "slip", RECEIVED)
    vault.unlock(USER, PASSPHRASE)


def test_nobody_is_erased_while_their_request_is_open(vault: Vault, carys: UUID, asked: UUID) -> None:
    from therapydesk.records.erasure_parts import erasure_obstacles

    with vault.read() as db:
        assert any("AR-2026-001" in said for said in erasure_obstacles(db, carys))
    with vault.write("core") as db:
        requests.end_request(db, asked, "cancelled", "withdrawn", RECEIVED)
    with vault.read() as db:
        assert not any("AR-2026-001" in said for said in erasure_obstacles(db, carys))


Change = Callable[[Vault, UUID], object]


def in_core(call: Callable[..., object], *args: object) -> Change:
    def change(vault: Vault, request: UUID) -> object:
        with vault.write("core") as db:
            return call(db, request, *args)

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (in_core(requests.stop_clock, "identity", date(2026, 5, 7)), "has not come yet"),
        (in_core(requests.stop_clock, "identity", date(2026, 4, 1)), "before the request came"),
        (in_core(requests.stop_clock, "weather", date(2026, 5, 1)), "none of the choices"),
        (in_core(requests.start_clock, date(2026, 5, 1)), "clock is running"),
        (in_core(requests.extend_request, 3, "complex", date(2026, 5, 1)), "one or two months"),
        (in_core(requests.extend_request, 1, "busy", date(2026, 5, 1)), "none of the choices"),
        (in_core(requests.extend_request, 1, "complex", date(2026, 4, 1)), "before the request came"),
        (in_core(requests.mark_sent, "post", date(2026, 5, 6)), "Not in a pack yet"),
        (in_core(requests.end_request, "refused", "slip", date(2026, 5, 6)), "none of the choices"),
        (in_core(requests.end_request, "open", "slip", date(2026, 5, 6)), "none of the choices"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    vault: Vault, asked: UUID, change: Change, message: str
) -> None:
    with pytest.raises(UserError, match=message):
        change(vault, asked)


def test_the_clock_stands_and_runs_again(vault: Vault, asked: UUID) -> None:
    with vault.write("core") as db:
        requests.stop_clock(db, asked, "identity", date(2026, 4, 22))
    with vault.write("core") as db, pytest.raises(UserError, match="stands already"):
        requests.stop_clock(db, asked, "clarification", date(2026, 4, 23))
    with vault.read() as db:
        due = requests.due_requests(db, date(2026, 5, 6))
    assert [(item.text[:9], item.due_on) for item in due] == [("Ask again", date(2026, 5, 6))]
    with vault.write("core") as db:
        requests.start_clock(db, asked, date(2026, 4, 29))
    with vault.read() as db:
        clock = requests.read_request(db, asked).clock
        assert clock is not None
        assert clock.due_on == date(2026, 5, 27)
        assert [item.due_on for item in requests.due_requests(db, date(2026, 5, 6))] == [clock.due_on]


def test_more_time_is_taken_once_and_within_the_first_month(vault: Vault, asked: UUID) -> None:
    with vault.write("core") as db:
        requests.extend_request(db, asked, 2, "complex", date(2026, 5, 5))
    with vault.read() as db:
        clock = requests.read_request(db, asked).clock
    assert clock is not None
    assert clock.due_on == date(2026, 7, 20)
    with vault.write("core") as db, pytest.raises(UserError, match="already"):
        requests.extend_request(db, asked, 1, "complex", date(2026, 5, 5))


def test_more_time_is_refused_after_the_first_month(vault: Vault, asked: UUID) -> None:
    dates.set_clock(lambda: datetime(2026, 5, 21, 10, 2, tzinfo=UTC))
    with vault.write("core") as db, pytest.raises(UserError, match="had to be told by Wed 20 May 2026"):
        requests.extend_request(db, asked, 1, "complex", date(2026, 5, 21))


def test_one_open_request_for_a_person(vault: Vault, carys: UUID, asked: UUID) -> None:
    with vault.write("core") as db, pytest.raises(UserError, match="AR-2026-001"):
        requests.record_request(db, carys, RECEIVED)
    with vault.write("core") as db:
        requests.end_request(db, asked, "cancelled", "withdrawn", RECEIVED)
    with vault.write("core") as db:
        again = requests.record_request(db, carys, RECEIVED)
    with vault.read() as db:
        assert requests.read_request(db, again).number == "AR-2026-002"
        assert requests.find_request(db, "ar-2026-002") == again


def test_a_file_is_read_before_it_is_given(vault: Vault, carys: UUID, asked: UUID) -> None:
    from therapydesk.api import add_document

    with vault.write("core") as db:
        add_document(db, "letter", "Letter", b"%PDF-1.4 words", person_id=carys)
    collect(vault, asked, "core")
    with vault.read() as db:
        row = next(r for r in review.list_items(db, asked, "core", undecided=True, limit=500) if r.is_file)
        kept = review.file_of(db, "core", row.id)
    assert (kept.name, kept.content) == ("Letter", b"%PDF-1.4 words")
