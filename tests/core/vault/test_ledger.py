"""The erasure ledger: read, added to, joined with another, proved."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import PASSPHRASE, USER
from therapydesk.core.errors import DamagedVault
from therapydesk.core.ids import new_id
from therapydesk.core.vault import ledger
from therapydesk.core.vault.keys import ZoneKeys
from therapydesk.core.vault.ledger import Erased
from therapydesk.core.vault.vault import Vault


def one(basis: str = "request", people: int = 1) -> Erased:
    return Erased(new_id(), tuple(new_id() for _ in range(people)), date(2026, 5, 6), basis, new_id())


def same(a: list[Erased], b: list[Erased]) -> bool:
    return ledger.to_plain(a) == ledger.to_plain(b)


def test_there_is_none_until_somebody_is_erased(tmp_path: Path) -> None:
    assert ledger.read(tmp_path, ZoneKeys.new()) == []
    assert not (tmp_path / ledger.FILE).exists()


def test_what_was_added_is_read_again(tmp_path: Path) -> None:
    core, first = ZoneKeys.new(), one()
    second = Erased(
        new_id(), (new_id(), new_id()), date(2026, 5, 7), "retention", new_id(), ("clinical",), ("clinical",)
    )
    ledger.add(tmp_path, core, first)
    ledger.add(tmp_path, core, second)
    assert same(ledger.read(tmp_path, core), [first, second])
    found = ledger.read(tmp_path, core)[1]
    assert (found.zones, found.classes, found.basis, found.on) == (
        ("clinical",),
        ("clinical",),
        "retention",
        date(2026, 5, 7),
    )


def test_joining_two_keeps_every_line_of_both_once(tmp_path: Path) -> None:
    core, here, both, there = ZoneKeys.new(), one(), one(), one()
    ledger.merge(tmp_path, core, [here, both])
    assert same(ledger.merge(tmp_path, core, [both, there]), [there])
    assert same(ledger.read(tmp_path, core), [here, both, there])
    before = (tmp_path / ledger.FILE).read_bytes()
    assert ledger.merge(tmp_path, core, [both]) == []
    assert (tmp_path / ledger.FILE).read_bytes() == before


def cut(data: dict[str, Any]) -> None:
    data["erased"].pop()


def postpone(data: dict[str, Any]) -> None:
    data["erased"][0]["on"] = "2026-05-07"


def empty(data: dict[str, Any]) -> None:
    data.clear()


def shorten(data: dict[str, Any]) -> None:
    data["erased"][0]["people"] = "nobody"


@pytest.mark.parametrize("change", [cut, postpone, empty, shorten])
def test_a_line_cannot_be_cut_or_changed_unseen(tmp_path: Path, change: Any) -> None:
    core = ZoneKeys.new()
    ledger.merge(tmp_path, core, [one(), one()])
    path = tmp_path / ledger.FILE
    data = json.loads(path.read_bytes())
    path.write_text(json.dumps(data), "utf-8")
    assert len(ledger.read(tmp_path, core)) == 2  # the control: writing it anew changes nothing
    change(data)
    path.write_text(json.dumps(data), "utf-8")
    changed = path.read_bytes()
    with pytest.raises(DamagedVault, match=r"erasure\.json"):
        ledger.read(tmp_path, core)
    with pytest.raises(DamagedVault, match=r"erasure\.json"):
        ledger.add(tmp_path, core, one())
    assert path.read_bytes() == changed


def test_another_key_does_not_prove_it(tmp_path: Path) -> None:
    core = ZoneKeys.new()
    ledger.add(tmp_path, core, one())
    with pytest.raises(DamagedVault, match="outside TherapyDesk"):
        ledger.read(tmp_path, ZoneKeys.new())
    assert len(ledger.read(tmp_path, core)) == 1


def test_it_holds_no_more_than_ids_a_day_and_a_code(tmp_path: Path) -> None:
    core = ZoneKeys.new()
    ledger.add(tmp_path, core, one(people=2))
    (line,) = json.loads((tmp_path / ledger.FILE).read_bytes())["erased"]
    assert set(line) == {"id", "people", "on", "basis", "by", "zones", "classes"}
    assert all(str(UUID(value)) == value for value in (line["id"], line["by"], *line["people"]))


def test_it_is_still_proved_after_core_got_another_key(vault: Vault) -> None:
    ledger.add(vault.folder, vault.unlocked.ring.zone("core"), one())
    vault.rotate("core")
    assert len(ledger.read(vault.folder, vault.unlocked.ring.zone("core"))) == 1
    vault.unlock(USER, PASSPHRASE)
    assert len(ledger.read(vault.folder, vault.unlocked.ring.zone("core"))) == 1
