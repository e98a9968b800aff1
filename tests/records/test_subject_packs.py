"""The answer to a request for data as a file: what is in it, what is covered, and that it is whole or not there."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pypdfium2
import pytest

from tests.conftest import PASSPHRASE, USER
from tests.records.subject_world import (
    RECEIVED,
    all_ready,
    asked,
    carys,
    collect,
    ready,
    right_day,
    settle_marks,
    text_of,
)
from therapydesk.api import Job, UserError
from therapydesk.core import audit
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault.vault import Vault
from therapydesk.records import subject_deciding as deciding
from therapydesk.records import subject_requests as requests
from therapydesk.records import subject_review as review
from therapydesk.records.subject_collect import collect_part
from therapydesk.records.subject_pack import packable
from therapydesk.records.subject_zip import make_pack
from therapydesk.testing import add_person

__all__ = ["asked", "carys", "right_day"]


def test_a_request_becomes_a_pack(vault: Vault, asked: UUID, tmp_path: Path) -> None:
    all_ready(vault, asked)
    with vault.read() as db:
        zones = packable(db, asked)
    assert zones == list(ZONES)
    path = tmp_path / "AR-2026-001.zip"
    pack = make_pack(vault, Job(), asked, zones, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(path) as packed:
        assert packed.testzip() is None
        names = packed.namelist()
        assert names[:2] == ["AR-2026-001.pdf", "data.json"]
        assert not any("carys" in name.casefold() for name in names)
        data = json.loads(packed.read("data.json"))
        said = text_of(packed.read("AR-2026-001.pdf"))
    assert sum(len(part["entries"]) for part in data["parts"]) == pack.items > 5
    assert "Carys Bowen" in said
    assert "Notes about your sessions" in said
    assert set(data["log"]) == set(ZONES)
    with vault.write("core") as db:
        requests.mark_sent(db, asked, "post", date(2026, 5, 6))
    with vault.read() as db:
        view = requests.read_request(db, asked)
    assert (view.state, view.how_sent, view.ended_on, view.clock) == ("sent", "post", date(2026, 5, 6), None)


def test_the_log_tells_of_the_pack_with_counts_only_in_the_zone_they_are_of(
    vault: Vault, asked: UUID, tmp_path: Path
) -> None:
    all_ready(vault, asked)
    make_pack(vault, Job(), asked, ZONES, tmp_path / "pack.zip")
    for zone in ZONES:
        with vault.read() as db:
            entry = audit.ENTRIES[zone]
            rows: list[Any] = db.query(entry).filter_by(action="request for data packed").all()
        assert len(rows) == 1
        detail = json.loads(rows[0].detail)
        with vault.read() as db:
            assert detail["count"] == review.review_state(db, asked, zone).items
        assert len(detail["sha256"]) == 64
        assert set(detail["marks"]) == set(ZONES)


def test_names_of_others_are_covered_in_the_pack_and_stand_in_the_records(
    vault: Vault, carys: UUID, asked: UUID, tmp_path: Path, plugins: Plugins
) -> None:
    from therapydesk.plugins.caseload.models import Statement

    with vault.write("clinical") as db:
        db.add(
            Statement(
                person_id=carys,
                kind="matters",
                text="Gareth Lloyd hit the drum, and Carys laughed",
                whose_words="",
                said_on=date(2026, 3, 2),
            )
        )
    ready(vault, asked, "clinical")
    make_pack(vault, Job(), asked, ["clinical"], tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as packed:
        everything = packed.read("data.json").decode() + text_of(packed.read("AR-2026-001.pdf"))
    assert "Gareth" not in everything
    assert "Lloyd" not in everything
    assert "[covered] hit the drum, and Carys laughed" in everything
    with vault.read() as db:
        assert db.query(Statement).filter(Statement.text.contains("Gareth Lloyd")).count() == 1


def test_a_name_that_is_kept_stands_in_the_pack(
    vault: Vault, carys: UUID, asked: UUID, tmp_path: Path
) -> None:
    from therapydesk.plugins.caseload.models import Statement

    with vault.write("clinical") as db:
        row = Statement(person_id=carys, kind="matters", text="Gareth", whose_words="", said_on=RECEIVED)
        db.add(row)
    collect(vault, asked, "clinical")
    with vault.write("clinical") as db:
        assert deciding.decide_name(db, asked, "gareth", "keep", "agreed") == (1, None)
    settle_marks(vault, asked, "clinical")
    with vault.write("clinical") as db:
        deciding.record_decision(db, asked, "none", "Nothing that harms")
        deciding.finish_part(db, asked)
    make_pack(vault, Job(), asked, ["clinical"], tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as packed:
        assert "Gareth" in packed.read("data.json").decode()


def test_what_is_decided_anew_is_packed_anew(vault: Vault, asked: UUID, tmp_path: Path) -> None:
    all_ready(vault, asked)
    make_pack(vault, Job(), asked, ZONES, tmp_path / "pack.zip")
    with vault.read() as db:
        first = review.list_items(db, asked, "clinical", limit=1)[0]
    with vault.write("clinical") as db:
        deciding.decide_item(db, first.id, "withhold", "serious_harm")
    with vault.read() as db:
        part = requests.read_request(db, asked).parts[1]
        assert (part.state, part.packed_on) == ("collected", None)
    with vault.write("core") as db, pytest.raises(UserError, match="Not in a pack yet"):
        requests.mark_sent(db, asked, "post", date(2026, 5, 6))


def test_a_locked_pack_opens_with_its_passphrase_and_tells_nothing_without(
    vault: Vault, asked: UUID, tmp_path: Path
) -> None:
    from therapydesk.records.subject_zip import new_passphrase

    all_ready(vault, asked)
    passphrase = new_passphrase()
    path = tmp_path / "AR-2026-001.pdf"
    make_pack(vault, Job(), asked, ZONES, path, passphrase)
    assert path.stat().st_mode & 0o777 == 0o600
    raw = path.read_bytes()
    assert b"Carys" not in raw
    assert b"AESV3" in raw
    for wrong in (None, "", passphrase[:-1]):
        with pytest.raises(pypdfium2.PdfiumError):
            pypdfium2.PdfDocument(raw, password=wrong)
    opened = pypdfium2.PdfDocument(raw, password=passphrase)
    assert "Carys Bowen" in "\n".join(page.get_textpage().get_text_bounded() for page in opened)
    inside = {
        each.get_name(): bytes(each.get_data())
        for n in range(opened.count_attachments())
        for each in [opened.get_attachment(n)]
    }
    assert json.loads(inside["data.json"])["request"] == "AR-2026-001"
    assert len(passphrase) == 24
    assert new_passphrase() != passphrase


def test_three_people_answer_one_request_each_with_a_pack_of_their_own(
    vault: Vault, asked: UUID, tmp_path: Path
) -> None:
    people: dict[Zone, tuple[str, tuple[str, ...], tuple[Zone, ...]]] = {
        "core": ("Owen Owner", ("owner",), ()),
        "clinical": ("Tomos Therapist", ("therapist",), ("clinical",)),
        "safeguarding": ("Lea Lead", ("lead",), ("clinical", "safeguarding")),
    }
    for name, roles, zones in people.values():
        vault.add_user(name, roles, PASSPHRASE, zones)
    for zone, (name, _roles, _zones) in people.items():
        vault.unlock(name, PASSPHRASE)
        vault.settle()
        ready(vault, asked, zone)
        with vault.read() as db:
            assert packable(db, asked) == [zone]
            for other in ZONES:
                if other != zone:
                    with pytest.raises(UserError):
                        review.list_items(db, asked, other)
        pack = make_pack(vault, Job(), asked, [zone], tmp_path / f"{zone}.zip")
        assert [part.zone for part in pack.parts] == [zone]
    with vault.write("core") as db, pytest.raises(UserError, match="does not include"):
        requests.mark_sent(db, asked, "post", date(2026, 5, 6))
    vault.unlock("Owen Owner", PASSPHRASE)
    with vault.write("core") as db:
        requests.mark_sent(db, asked, "post", date(2026, 5, 6))
    vault.unlock(USER, PASSPHRASE)


def test_withheld_and_empty_look_the_same_on_paper(vault: Vault, tmp_path: Path) -> None:
    said = []
    for name, outcome in (("Kit Lane", "none"), ("Wil Lane", "all")):
        person = add_person(vault, name)
        with vault.write("core") as db:
            request = requests.record_request(db, person, RECEIVED)
        collect(vault, request, "safeguarding")
        with vault.write("safeguarding") as db:
            deciding.record_decision(db, request, outcome, "Talked it through")
            deciding.finish_part(db, request)
        with vault.read() as db:
            number = requests.read_request(db, request).number
        path = tmp_path / f"{number}.zip"
        make_pack(vault, Job(), request, ["safeguarding"], path)
        with zipfile.ZipFile(path) as packed:
            data = json.loads(packed.read("data.json"))
            text = text_of(packed.read(f"{number}.pdf"))
        del data["log"], data["request"]
        said.append((text.replace(name, "X").replace(number, "N"), data))
    assert said[0] == said[1]


def test_who_needs_large_print_gets_it(vault: Vault, carys: UUID, asked: UUID, tmp_path: Path) -> None:
    from therapydesk.api import AccessNeed

    pages = []
    for code in ("", "large_print"):
        if code:
            with vault.write("core") as db:
                db.add(AccessNeed(person_id=carys, code=code))
        ready(vault, asked, "core")
        path = tmp_path / f"{code}.zip"
        make_pack(vault, Job(), asked, ["core"], path)
        with zipfile.ZipFile(path) as packed:
            pages.append(len(pypdfium2.PdfDocument(packed.read("AR-2026-001.pdf"))))
    assert pages[1] > pages[0]


def test_a_pack_on_a_full_disk_leaves_nothing_behind(
    vault: Vault, asked: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    def full(_handle: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    all_ready(vault, asked)
    target = tmp_path / "out"
    target.mkdir()
    with monkeypatch.context() as patch:
        patch.setattr("therapydesk.records.subject_zip.os.fsync", full)
        with pytest.raises(UserError, match="disk is full"):
            make_pack(vault, Job(), asked, ZONES, target / "pack.zip")
    assert os.listdir(target) == []
    with vault.read() as db:
        assert [p.packed_on for p in requests.read_request(db, asked).parts] == [None] * 3


def test_a_pack_into_a_folder_that_is_not_there_is_said_in_a_sentence(
    vault: Vault, asked: UUID, tmp_path: Path
) -> None:
    all_ready(vault, asked)
    with pytest.raises(UserError, match="could not be saved"):
        make_pack(vault, Job(), asked, ZONES, tmp_path / "gone" / "pack.zip")


def test_what_a_killed_pack_left_is_gone_with_the_next_and_nothing_else_is(
    vault: Vault, asked: UUID, tmp_path: Path
) -> None:
    all_ready(vault, asked)
    left, other = tmp_path / ".pack.zip.0123abcd", tmp_path / ".pack.zip.mine"
    for file in (left, other):
        file.write_bytes(b"half")
    make_pack(vault, Job(), asked, ZONES, tmp_path / "pack.zip")
    assert not left.exists()
    assert other.read_bytes() == b"half"


def test_what_was_given_is_kept_and_cannot_be_changed(vault: Vault, asked: UUID, tmp_path: Path) -> None:
    all_ready(vault, asked)
    make_pack(vault, Job(), asked, ZONES, tmp_path / "pack.zip")
    with vault.write("core") as db:
        requests.mark_sent(db, asked, "by_hand", date(2026, 5, 6))
    with vault.read() as db:
        row = review.list_items(db, asked, "clinical", limit=1)[0]
    with pytest.raises(UserError, match="has ended"), vault.write("clinical") as db:
        deciding.decide_item(db, row.id, "withhold", "serious_harm")
    with pytest.raises(UserError, match="has ended"):
        collect_part(vault, asked, "clinical")


def test_a_large_file_is_in_the_zip_and_too_large_for_a_pdf(
    vault: Vault, carys: UUID, asked: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from therapydesk.core.vault.files import sealing
    from therapydesk.records.large_files import add_clinical_file

    sound = os.urandom(3 * 1024 * 1024 + 7)
    with sealing(vault.folder, "clinical", io.BytesIO(sound)) as sealed, vault.write("clinical") as db:
        add_clinical_file(db, sealed, "recording", "Carys sings", "audio/ogg", person_id=carys)
    ready(vault, asked, "clinical")
    make_pack(vault, Job(), asked, ["clinical"], tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as packed:
        files = {name: packed.read(name) for name in packed.namelist() if name.startswith("files/")}
    assert sound in files.values()
    assert not any("sings" in name for name in files)
    monkeypatch.setattr("therapydesk.records.subject_zip.MOST_INSIDE", 1024 * 1024)
    with pytest.raises(UserError, match="too large to lie in a PDF"):
        make_pack(vault, Job(), asked, ["clinical"], tmp_path / "pack.pdf", "pass-phrase")
    assert sorted(path.name for path in tmp_path.glob("*pack*")) == ["pack.zip"]


def test_a_cancelled_pack_leaves_nothing_behind(vault: Vault, asked: UUID, tmp_path: Path) -> None:
    from therapydesk.core.jobs import Cancelled

    all_ready(vault, asked)
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        make_pack(vault, job, asked, ZONES, tmp_path / "pack.zip")
    assert not (tmp_path / "pack.zip").exists()


def test_a_pack_that_the_log_cannot_tell_of_does_not_stay(vault: Vault, asked: UUID, tmp_path: Path) -> None:
    all_ready(vault, asked)

    class Ends(Job):
        """The request ends while the file is written."""

        ended = False

        def progress(self, done: int, total: int = 0, text: str = "") -> None:
            if not self.ended:
                self.ended = True
                with vault.write("core") as db:
                    requests.end_request(db, asked, "cancelled", "taken_back", RECEIVED)

    with pytest.raises(UserError):
        make_pack(vault, Ends(), asked, ZONES, tmp_path / "pack.zip")
    assert list(tmp_path.glob("*pack*")) == []


def test_a_place_that_takes_no_file_is_a_sentence(vault: Vault, asked: UUID, tmp_path: Path) -> None:
    all_ready(vault, asked)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(UserError, match="Choose another folder"):
        make_pack(vault, Job(), asked, ZONES, tmp_path / "file" / "pack.zip")
