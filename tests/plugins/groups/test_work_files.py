"""Files of works as services see them, and programmes that went out."""

from __future__ import annotations

import io
from uuid import UUID

import pytest

from tests.plugins.groups.conftest import Choir
from tests.plugins.groups.test_works import agree, concert, make, maker, withdraw
from therapydesk.api import NotFound, sealing
from therapydesk.plugins.groups import works_files, works_printed
from therapydesk.plugins.groups.works_events import Item

SOUND = b"sound" * 1000


@pytest.fixture
def river(choir: Choir) -> UUID:
    """A work of one maker, who agrees to have it performed."""
    choir.join("Ann Price")
    agree(choir, "Ann Price")
    return make(choir, "Our river", [maker(choir, "Ann Price")])


def keep(choir: Choir, work_id: UUID) -> UUID:
    with (
        sealing(choir.vault.folder, "clinical", io.BytesIO(SOUND)) as sealed,
        choir.vault.write("clinical") as db,
    ):
        return works_files.add_work_file(db, work_id, sealed, "First take.ogg", "audio/ogg")


def titles(choir: Choir, work_id: UUID) -> list[str]:
    with choir.vault.read() as db:
        return [each.title for each in works_files.list_work_files(db, work_id)]


def test_a_file_is_kept_removed_and_put_back(choir: Choir, river: UUID) -> None:
    kept = keep(choir, river)
    with choir.vault.write("clinical") as db:
        removed = works_files.remove_work_file(db, kept)
    assert titles(choir, river) == []
    with pytest.raises(NotFound), choir.vault.write("clinical") as db:
        works_files.remove_work_file(db, kept)
    with choir.vault.write("clinical") as db:
        works_files.put_back_work_file(db, removed)
    assert titles(choir, river) == ["First take.ogg"]
    with choir.vault.read() as db:
        found = works_files.read_work_file(db, kept)
    with found.open() as source:
        assert source.read() == SOUND


def test_a_programme_that_went_out_remembers_whose_work_is_in_it(choir: Choir, river: UUID) -> None:
    event = concert(choir, [Item(work_id=river)])
    choir.do(works_printed.record_printed, event)
    withdraw(choir, "Ann Price")
    with choir.vault.read() as db:
        assert [each.name for each in works_printed.withdrawn_since(db, event)] == ["Ann Price"]
