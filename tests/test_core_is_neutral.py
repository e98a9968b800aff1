"""Everybody holds the key of core, so nothing in it says what ails somebody: neither a condition nor what a group is for."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import DemoPractice
from therapydesk.core import dates
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import Zone
from therapydesk.core.vault import generations
from therapydesk.core.vault.opening import files_of
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.groups.kinds import kinds

pytestmark = pytest.mark.timeout(120)  # the demo is made first
CONDITIONS = (
    r"stroke|aphasi|parkinson|dementia|alzheimer|mental.health|depress|anxi|psycho(sis|tic)|schizo|bipolar|autis|adhd"
    r"|learning.disab|brain.injur|cancer|palliative|trauma|bereave|sclerosis|epilep|self.harm|suicid|diagnos|relapse"
)
# What a ward calls itself and whom a bill goes to; a song and its tags are of nobody.
OF_OTHERS = {"organisation", "invoicing_invoice", "groups_piece", "groups_piece_tag"}


def told(vault: Vault, zone: Zone, words: re.Pattern[str]) -> list[tuple[str, str]]:
    """Table and column of each cell of a zone in which one of the words stands; log and search tables, too."""
    state, found = vault.unlocked, []
    path, keys = files_of(vault.folder, state.current, state.ring)[zone]
    with closing(generations.connect_alone(path, keys)) as raw:
        tables = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = raw.execute(f'SELECT * FROM "{table}"')
            heads = [column[0] for column in rows.description]
            for row in rows:
                cells = zip(heads, row, strict=True)
                found += [
                    (table, head) for head, cell in cells if isinstance(cell, str) and words.search(cell)
                ]
    return found


@pytest.fixture
def demo(demo_practice: DemoPractice, plugins: Plugins, tmp_path: Path) -> Vault:
    dates.set_clock(None)
    copy = demo_practice.copy(tmp_path / "demo")
    vault = Vault.open(copy.folder, host=plugins)
    vault.unlock(copy.user, copy.passphrase)
    return vault


def test_core_of_the_demo_names_no_condition_and_no_kind_of_group(demo: Vault) -> None:
    plain = {"hub", "meeting", "project", "community_choir"}  # say nothing of health
    of_groups = [re.escape(kind.id) for kind in kinds() if kind.id not in plain]
    words = re.compile(rf"{CONDITIONS}|\b({'|'.join(of_groups)})\b", re.IGNORECASE)
    assert {cell for cell in told(demo, "core", words) if cell[0] not in OF_OTHERS} == set()
    assert told(demo, "clinical", words), "the control: the clinical part has such words"
    demo.close()
