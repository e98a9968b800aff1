"""Bringing a vault back: what would be lost, what comes back, what stays, and who may."""

from __future__ import annotations

import json
import os
import shutil
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.conftest import PASSPHRASE, USER, opened_copy
from tests.core.vault.conftest import Listening
from tests.core.vault.test_admin import actions
from tests.keyrings import Memory
from therapydesk.core import audit, migrations
from therapydesk.core.errors import (
    DamagedVault,
    NewerFormat,
    VaultError,
)
from therapydesk.core.ids import new_id
from therapydesk.core.plugins import Plugins
from therapydesk.core.secrets import Secret, read_secret, write_secret
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations, mark_keeper, marks, restore_finish
from therapydesk.core.vault.backup import back_up
from therapydesk.core.vault.backup_keys import by_passphrase
from therapydesk.core.vault.backup_state import State
from therapydesk.core.vault.backup_verify import verify_backup
from therapydesk.core.vault.mark_keeper import entry_name
from therapydesk.core.vault.restore import restore
from therapydesk.core.vault.restore_new import set_up_from_backup
from therapydesk.core.vault.restore_plan import plan_restore
from therapydesk.core.vault.vault import Vault
from therapydesk.records.consents import ConsentDetail
from therapydesk.records.people import Person
from therapydesk.testing import add_person


def people(vault: Vault) -> list[str]:
    with vault.read() as db:
        return sorted(db.scalars(select(Person.full_name)))


def details(vault: Vault) -> list[str]:
    with vault.read() as db:
        return sorted(db.scalars(select(ConsentDetail.text)))


def add_detail(vault: Vault, text: str, person: UUID | None = None) -> None:
    with vault.write("clinical") as db:
        db.add(ConsentDetail(consent_id=new_id(), person_id=person or new_id(), text=text))


def unsound(vault: Vault) -> list[str]:
    """What is wrong with the vault, but for the details above, which are about nobody."""
    return [str(finding) for finding in vault.check() if finding.kind != "link"]


def current(vault: Vault) -> dict[Zone, str]:
    return generations.read_current(vault.folder)


# --- What would be lost, and what happens ---


def test_the_plan_says_what_would_be_lost_and_changes_nothing(vault: Vault, target: Path) -> None:
    add_person(vault, "Before")
    made = back_up(vault, target)
    add_person(vault, "After one")
    add_person(vault, "After two")
    before = current(vault)
    plan = plan_restore(vault, made.path)
    assert (plan.zones, plan.left, plan.marks) == (ZONES, (), ())
    core = plan.losses[0]
    assert (core.entries, core.follows) == (2, True)
    assert core.lost == (("create", "person", 2),)
    assert ("person", 3, 1) in core.rows
    assert [loss.entries for loss in plan.losses[1:]] == [0, 0]
    assert current(vault) == before
    assert people(vault) == ["After one", "After two", "Before"]


def test_all_zones_held_come_back_in_one_step_and_the_state_before_is_kept(
    vault: Vault, target: Path
) -> None:
    add_person(vault, "Before")
    add_detail(vault, "before")
    made = back_up(vault, target)
    add_person(vault, "After")
    add_detail(vault, "after")
    done = restore(vault, made.path, keep_in=target)
    assert (people(vault), details(vault)) == (["Before"], ["before"])
    assert current(vault) == dict.fromkeys(ZONES, "g2")
    assert unsound(vault) == []
    assert done.kept is not None
    restore(vault, done.kept, keep_in=None)  # and back again
    assert (people(vault), details(vault)) == (["After", "Before"], ["after", "before"])
    assert not (vault.folder / restore_finish.FILE).exists()


def test_the_logs_say_where_they_stood_and_no_break_is_found(vault: Vault, target: Path) -> None:
    made = back_up(vault, target)
    add_person(vault)
    head = marks.heads(vault)["core"]
    restore(vault, made.path, keep_in=None)
    entry = audit.AuditEntry
    with vault.read() as db:
        detail = json.loads(db.scalars(select(entry.detail).where(entry.action == "restored")).one())
    assert detail["before"] == [head.seq, head.hash]
    vault.unlock(USER, PASSPHRASE)
    assert vault.log_findings == []
    assert all(result.sound for result in vault.verify_logs())


def test_a_mark_from_outside_that_the_backup_does_not_hold_is_told(vault: Vault, target: Path) -> None:
    add_person(vault)
    made = back_up(vault, target)
    now = marks.heads(vault)["core"]
    other = audit.Head(3, "f" * 64, None)
    assert plan_restore(vault, made.path, marks={"core": other}).marks != ()
    assert (
        plan_restore(vault, made.path, marks={"core": now}).marks == ()
    )  # younger than the backup: it is lost


def test_a_backup_that_the_log_now_does_not_lead_on_from_is_told(vault: Vault, target: Path) -> None:
    first = back_up(vault, target)
    add_person(vault, "On one way")
    second = back_up(vault, target)
    restore(vault, first.path, keep_in=None)
    for _ in range(5):
        add_person(vault, "On another")
    assert plan_restore(vault, second.path).losses[0].follows is False
    assert plan_restore(vault, first.path).losses[0].follows is True


# --- What goes wrong ---


def test_a_backup_of_another_practice_is_refused(
    vault: Vault, plugins: Plugins, tmp_path: Path, target: Path
) -> None:
    from therapydesk.core.vault.keys import Kdf
    from therapydesk.core.vault.vault import NewPractice

    new = NewPractice("Another", USER, ("owner", "lead", "therapist"), PASSPHRASE)
    other, _code = Vault.create(tmp_path / "other", new, host=plugins, kdf=Kdf.minimum())
    foreign = back_up(other, target)
    other.close()
    for attempt in (plan_restore, verify_backup, lambda v, p: restore(v, p, keep_in=None)):
        with pytest.raises(VaultError, match="another practice"):
            attempt(vault, foreign.path)


def test_a_damaged_backup_is_refused_and_the_vault_stays_as_it_was(vault: Vault, target: Path) -> None:
    add_person(vault, "Before")
    made = back_up(vault, target)
    content = bytearray(made.path.read_bytes())
    content[len(content) // 2] ^= 1
    made.path.write_bytes(content)
    add_person(vault, "After")
    with pytest.raises(VaultError, match="damaged"):
        restore(vault, made.path, keep_in=None)
    assert people(vault) == ["After", "Before"]
    assert current(vault) == dict.fromkeys(ZONES, "g1")
    assert State.read(vault.folder).verified  # what was verified before stays known


def test_the_present_state_that_cannot_be_kept_stops_the_restore(vault: Vault, target: Path) -> None:
    made = back_up(vault, target)
    add_person(vault, "After")
    with pytest.raises(VaultError, match="not there"):
        restore(vault, made.path, keep_in=target / "gone")
    assert people(vault) == ["After"]


REVISION = '''"""A column more."""
import sqlalchemy as sa
from alembic import op
revision = "{rev}"
down_revision = "{down}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("extra", sa.String()))
'''


class Newer:
    """The program with one revision more."""

    def __init__(self, plugins: Plugins, folder: Path) -> None:
        core, *rest = plugins.owners()
        shutil.copytree(core.migrations, folder, ignore=shutil.ignore_patterns("__pycache__"))
        down = migrations.newest(core, "core") or ""
        self.rev = f"{int(down) + 1:04}"
        (folder / "core" / f"{self.rev}_more.py").write_text(REVISION.format(rev=self.rev, down=down))
        self._owners = [replace(core, migrations=folder), *rest]

    def owners(self) -> Any:
        return self._owners

    def listeners(self, _zone: Zone) -> Any:
        return []


def columns(vault: Vault) -> set[str]:
    path = generations.zone_file(vault.folder, "core", current(vault)["core"])
    with closing(generations.connect_alone(path, vault.unlocked.ring.zones["core"])) as raw:
        return {row[1] for row in raw.execute("PRAGMA table_info(person)")}


def test_a_backup_of_an_older_version_is_brought_up_to_date(
    vault: Vault, target: Path, plugins: Plugins, tmp_path: Path
) -> None:
    add_person(vault, "Carys Bowen")
    made = back_up(vault, target)
    vault.close()
    newer = Vault.open(vault.folder, host=Newer(plugins, tmp_path / "revisions"))
    newer.unlock(USER, PASSPHRASE)
    assert "extra" in columns(newer)
    assert current(newer) == {"core": "g2", "clinical": "g1", "safeguarding": "g1"}
    restore(newer, made.path, keep_in=None)
    assert "extra" in columns(newer)
    assert current(newer) == {"core": "g3", "clinical": "g2", "safeguarding": "g2"}
    newer.close()


def test_a_backup_of_a_newer_version_is_refused_and_the_vault_stays_as_it_was(
    vault: Vault, target: Path, plugins: Plugins, tmp_path: Path, template: Path
) -> None:
    vault.close()
    newer = Vault.open(vault.folder, host=Newer(plugins, tmp_path / "revisions"))
    newer.unlock(USER, PASSPHRASE)
    made = back_up(newer, target)
    newer.close()
    older = opened_copy(template, tmp_path / "older", plugins)
    older.unlock(USER, PASSPHRASE)
    add_person(older, "Stays")
    with pytest.raises(NewerFormat, match="newer version"):
        restore(older, made.path, keep_in=None)
    assert people(older) == ["Stays"]
    assert sorted(p.name for p in (older.folder / "core").iterdir()) == ["g1"]
    assert not (older.folder / restore_finish.FILE).exists()
    older.close()


# --- Large files ---


def test_large_files_that_are_gone_come_back_and_the_others_stay(vault: Vault, target: Path) -> None:
    folder = vault.folder / "files" / "clinical"
    folder.mkdir(parents=True, exist_ok=True)
    gone, stays, later = (folder / str(new_id()) for _ in range(3))
    gone.write_bytes(os.urandom(2_000_000))
    stays.write_bytes(b"as it is")
    content = gone.read_bytes()
    made = back_up(vault, target)
    gone.unlink()
    later.write_bytes(b"later")
    assert plan_restore(vault, made.path).files == 1
    restore(vault, made.path, keep_in=None)
    assert gone.read_bytes() == content
    assert (stays.read_bytes(), later.read_bytes()) == (b"as it is", b"later")


# --- Erasure, and what is left to do after the switch ---


def test_the_erased_are_erased_again_before_anything_is_shown(
    vault: Vault, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(restore_finish, "_reapply", [lambda v: asked.append(people(v))])
    add_person(vault, "Erased since")
    made = back_up(vault, target)
    restore(vault, made.path, keep_in=None)
    assert asked == [["Erased since"]]


def test_what_a_power_cut_left_out_after_the_switch_is_done_at_the_next_unlock(
    vault: Vault, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = back_up(vault, target)
    asked: list[str] = []

    def dies(_vault: Vault) -> None:
        raise DamagedVault("the power went")

    monkeypatch.setattr(restore_finish, "_reapply", [dies])
    with pytest.raises(DamagedVault):
        restore(vault, made.path, keep_in=None)
    with pytest.raises(DamagedVault):
        vault.unlock(USER, PASSPHRASE)  # it is not shown half done
    monkeypatch.setattr(restore_finish, "_reapply", [lambda _v: asked.append("again")])
    vault.unlock(USER, PASSPHRASE)
    assert asked == ["again"]
    assert "restored" in actions(vault, "core")
    vault.unlock(USER, PASSPHRASE)
    assert asked == ["again"]


def test_each_zone_is_finished_by_whoever_holds_it(
    team: Vault, target: Path, tmp_path: Path, host: Listening
) -> None:
    team.unlock(USER, PASSPHRASE)
    made = back_up(team, target)
    folder = tmp_path / "new"
    set_up_from_backup(made.path, folder, by_passphrase("Nia Admin", PASSPHRASE))
    fresh = Vault.open(folder, host=host)
    fresh.unlock("Nia Admin", PASSPHRASE)
    assert set(json.loads((folder / restore_finish.FILE).read_text())["zones"]) == {
        "clinical",
        "safeguarding",
    }
    fresh.unlock("Siân Lead", PASSPHRASE)
    assert not (folder / restore_finish.FILE).exists()
    for zone in ("clinical", "safeguarding"):
        assert "restored" in actions(fresh, zone)
    fresh.close()


# --- Marks of the computer's keyring ---


def put_mark(vault: Vault, keyring: Memory, **heads: audit.Head) -> None:
    """What the keyring of this computer holds."""
    plain = json.dumps(marks.to_plain(heads))  # type: ignore[arg-type]  # zones
    write_secret(entry_name(vault.unlocked.users.vault), plain)


def test_the_marks_in_the_keyring_are_held_against_the_backup(
    vault: Vault, target: Path, keyring: Memory
) -> None:
    add_person(vault)
    made = back_up(vault, target)
    vault.marks.look(vault)
    vault.marks.wait(10)
    assert plan_restore(vault, made.path).marks == ()  # the control: these marks are of this log
    put_mark(vault, keyring, core=audit.Head(3, "f" * 64, None))
    (said,) = plan_restore(vault, made.path).marks
    assert "does not hold entry 3, which was marked outside the vault" in said
    put_mark(vault, keyring, core=audit.Head(3_000, "f" * 64, None))
    assert plan_restore(vault, made.path).marks == (), "younger than the backup: it is lost, and that is said"


def test_a_keyring_that_does_not_answer_keeps_nobody_from_a_restore(
    vault: Vault, target: Path, keyring: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = back_up(vault, target)
    put_mark(vault, keyring, core=audit.Head(3, "f" * 64, None))
    asked, answered = threading.Event(), threading.Event()

    def asks_its_user(name: str, expect: str = "") -> Secret:
        asked.set()
        answered.wait(20)
        return read_secret(name, expect=expect)

    monkeypatch.setattr(mark_keeper, "read_secret", asks_its_user)
    monkeypatch.setattr(mark_keeper.MarkKeeper.known, "__defaults__", (0.2,))
    assert plan_restore(vault, made.path).marks == ()
    assert asked.is_set()
    answered.set()
    assert vault.marks.wait(10)
    assert len(plan_restore(vault, made.path).marks) == 1  # the control: once it answers, it is compared
