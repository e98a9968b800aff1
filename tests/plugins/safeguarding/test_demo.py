"""The demo practice has three concerns at different steps, and core tells nothing of them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tests.conftest import DemoPractice
from therapydesk.core import dates
from therapydesk.core.plugins import Plugins
from therapydesk.core.vault import generations
from therapydesk.core.vault.opening import files_of
from therapydesk.core.vault.vault import Vault
from therapydesk.demo import safeguarding as made_up
from therapydesk.plugins.safeguarding import service


def test_three_concerns_stand_at_different_steps_and_core_tells_nothing_of_them(
    demo_practice: DemoPractice, plugins: Plugins, tmp_path: Path
) -> None:
    dates.set_clock(None)
    copy = demo_practice.copy(tmp_path / "demo")
    vault = Vault.open(copy.folder, host=plugins)
    vault.unlock(copy.user, copy.passphrase)
    with vault.read() as db:
        states = [row.state for row in service.list_concerns(db, "all")]
        assert sorted(states) == ["closed", "decided", "new"]
        assert service.list_actions(db)
        assert all(check.whole for check in service.verify_records(db))
    state = vault.unlocked
    path, keys = files_of(vault.folder, state.current, state.ring)["core"]
    with closing(generations.connect_alone(path, keys)) as raw:
        names = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        core = repr([raw.execute(f'SELECT * FROM "{name}"').fetchall() for name in names])
    for new in made_up.CONCERNS:
        for text in (new.seen, new.wants, new.done, new.about_name, new.about_details):
            assert not text or text[:30] not in core
    assert "Speak to the safeguarding lead" in core  # the control: what the lead chose to tell is there
    vault.close()
