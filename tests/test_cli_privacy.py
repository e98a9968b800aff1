"""`privacy request` and `privacy collect`: the same rules as the window, and nothing leaves before it was gone through."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
import pypdfium2
import pytest
from click.testing import CliRunner

from tests.conftest import PASSPHRASE, USER
from therapydesk.cli.main import command
from therapydesk.core import dates
from therapydesk.core.command_line import CliContext
from therapydesk.core.errors import UserError
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES
from therapydesk.core.vault.vault import Vault
from therapydesk.records import subject_deciding as deciding
from therapydesk.records import subject_requests as requests
from therapydesk.testing import add_person


@pytest.fixture
def context(vault: Vault, plugins: Plugins) -> CliContext:
    dates.set_clock(lambda: datetime(2026, 5, 6, 10, 2, tzinfo=UTC))
    add_person(vault, "Carys Bowen")
    return CliContext(plugins, json=True, _vault=vault)


def run(context: CliContext, *words: str) -> Any:
    """Run a command; its JSON, or the error it ended with."""
    done = CliRunner().invoke(command(context.plugins), list(words), obj=context, standalone_mode=False)
    if done.exception is not None:
        return done.exception
    return json.loads(done.stdout)


def test_a_request_is_written_down(context: CliContext) -> None:
    said = run(context, "privacy", "request", "Carys Bowen", "--received", "20/4", "--how", "spoken")
    assert (said["number"], said["due_on"]) == ("AR-2026-001", "2026-05-20")
    with context.vault.read() as db:
        view = requests.read_request(db, requests.find_request(db, "AR-2026-001"))
    assert (view.received_on, view.how_received) == (date(2026, 4, 20), "spoken")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("Nobody Here",), "Nobody here is called"),
        (("Carys Bowen", "--received", "2026-06-01"), "."),
        (("00000000-0000-0000-0000-000000000001",), "not here"),
    ],
)
def test_what_cannot_be_is_one_sentence(context: CliContext, words: tuple[str, ...], message: str) -> None:
    error = run(context, "privacy", "request", *words)
    assert isinstance(error, UserError)
    assert message in str(error)
    with context.vault.read() as db:
        assert requests.list_requests(db) == []


def test_an_unknown_way_of_asking_is_refused(context: CliContext) -> None:
    error = run(context, "privacy", "request", "Carys Bowen", "--how", "pigeon")
    assert isinstance(error, click.ClickException)


def test_what_was_not_gone_through_is_not_written(context: CliContext, tmp_path: Path) -> None:
    run(context, "privacy", "request", "Carys Bowen", "--received", "20/4")
    out = tmp_path / "out"
    out.mkdir()
    error = run(context, "privacy", "collect", "AR-2026-001", "--to", str(out))
    assert isinstance(error, UserError)
    assert "no part is ready" in str(error)
    assert list(out.iterdir()) == []
    said = run(context, "privacy", "collect", "AR-2026-001")
    assert [part["state"] for part in said["parts"]] == ["collected"] * 3


def test_what_is_ready_is_written_and_never_over_what_is_there(context: CliContext, tmp_path: Path) -> None:
    run(context, "privacy", "request", "Carys Bowen", "--received", "20/4")
    run(context, "privacy", "collect", "AR-2026-001")
    vault = context.vault
    with vault.read() as db:
        request = requests.find_request(db, "AR-2026-001")
    for zone in ZONES:
        with vault.write(zone) as db:
            if zone != "core":
                deciding.record_decision(db, request, "none", "Nothing that harms")
            deciding.finish_part(db, request)
    for name in ("AR-2026-001.zip", "AR-2026-001-2.zip"):
        said = run(context, "privacy", "collect", "AR-2026-001", "--to", str(tmp_path))
        assert Path(said["file"]).name == name
        assert Path(said["file"]).stat().st_mode & 0o777 == 0o600
        assert [part["packed_on"] for part in said["parts"]] == ["2026-05-06"] * 3


def test_a_locked_pack_tells_its_passphrase_once(context: CliContext, tmp_path: Path) -> None:
    run(context, "privacy", "request", "Carys Bowen", "--received", "20/4")
    run(context, "privacy", "collect", "AR-2026-001")
    with context.vault.read() as db:
        request = requests.find_request(db, "AR-2026-001")
    with context.vault.write("core") as db:
        deciding.finish_part(db, request)
    said = run(context, "privacy", "collect", "AR-2026-001", "--to", str(tmp_path), "--lock")
    assert Path(said["file"]).name == "AR-2026-001.pdf"
    with pypdfium2.PdfDocument(said["file"], password=said["passphrase"]) as opened:
        assert len(opened) > 0


def test_who_holds_core_alone_collects_core_alone(context: CliContext, vault: Vault) -> None:
    run(context, "privacy", "request", "Carys Bowen", "--received", "20/4")
    vault.add_user("Owen Core", ("owner",), PASSPHRASE, ())
    vault.unlock("Owen Core", PASSPHRASE)
    said = run(context, "privacy", "collect", "ar-2026-001")
    assert [(part["mine"], part["state"]) for part in said["parts"]] == [
        (True, "collected"),
        (False, "waiting"),
        (False, "waiting"),
    ]
    vault.unlock(USER, PASSPHRASE)


@pytest.mark.parametrize("role", ["link_worker", "auditor"])
def test_who_has_no_part_in_it_may_not(context: CliContext, vault: Vault, role: str) -> None:
    run(context, "privacy", "request", "Carys Bowen", "--received", "20/4")
    vault.add_user("Ned Vale", (role,), PASSPHRASE, ())
    vault.unlock("Ned Vale", PASSPHRASE)
    error = run(context, "privacy", "collect", "AR-2026-001")
    assert isinstance(error, UserError)
    assert "does not include" in str(error)
