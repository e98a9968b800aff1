"""Users, grants, changed keys, recovery kits."""

from __future__ import annotations

import shutil
import threading
import unicodedata
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.conftest import PASSPHRASE, USER
from tests.core.vault.conftest import Listening
from therapydesk.core.audit import ENTRIES
from therapydesk.core.errors import DamagedVault, NotFound, UserError, WrongPassphrase, ZoneClosed
from therapydesk.core.events import HandedOver
from therapydesk.core.ids import new_id
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations
from therapydesk.core.vault.keys import Kdf, ZoneKeys, seal
from therapydesk.core.vault.outbox import Inbox
from therapydesk.core.vault.recovery import RecoveryCode
from therapydesk.core.vault.vault import Vault
from therapydesk.records.consents import ConsentDetail
from therapydesk.records.users import User

NEW = "another set of plain words"


def id_of(vault: Vault, name: str) -> UUID:
    return vault.unlocked.users.named(name).id


def new_kit(vault: Vault) -> RecoveryCode:
    kit = vault.make_kit()
    vault.keep_kit(kit)
    return kit.code


def actions(vault: Vault, zone: Zone) -> list[str]:
    with vault.read() as db:
        entry = ENTRIES[zone].__table__
        return list(db.scalars(select(entry.c.action).order_by(entry.c.seq)))


def test_a_user_added_can_sign_in_and_has_a_record(vault: Vault) -> None:
    actor = vault.add_user("Nia", ["admin"], NEW, [])
    with vault.read() as db:
        assert {r.role for r in db.get_one(User, actor.id).roles} == {"admin"}
    assert vault.unlock("Nia", NEW) == actor
    assert vault.zones == {"core"}


def test_it_does_not_matter_how_an_accent_is_typed(vault: Vault) -> None:
    vault.add_user("Siân Rees", ["admin"], "café ŵyn au lait", [])
    typed = [unicodedata.normalize("NFD", text) for text in (" Siân  rees ", "café ŵyn au lait")]
    assert vault.unlock(*typed).name == "Siân Rees"


def test_names_are_used_once_and_passphrases_are_checked(vault: Vault) -> None:
    with pytest.raises(UserError, match="already"):
        vault.add_user(USER.upper(), ["admin"], NEW, [])
    with pytest.raises(UserError, match="12 characters"):
        vault.add_user("Nia", ["admin"], "short", [])
    assert vault.user_names() == [USER]


def test_nobody_gives_a_zone_that_they_do_not_hold(team: Vault) -> None:
    team.unlock("Tomos Therapist", PASSPHRASE)
    with pytest.raises(ZoneClosed):
        team.grant("safeguarding", team.user.id)
    with pytest.raises(ZoneClosed):
        team.add_user("New", ["lead"], NEW, ["safeguarding"])
    assert "New" not in team.user_names()
    team.grant("clinical", id_of(team, "Nia Admin"))
    assert actions(team, "clinical")[-1] == "zone granted"
    team.unlock("Nia Admin", PASSPHRASE)
    assert team.zones == {"core", "clinical"}


def test_roles_change_at_the_next_unlock(team: Vault) -> None:
    team.unlock(USER, PASSPHRASE)
    nia = id_of(team, "Nia Admin")
    team.set_roles(nia, ["auditor"])
    with team.read() as db:
        assert {r.role for r in db.get_one(User, nia).roles} == {"auditor"}
    assert team.unlock("Nia Admin", PASSPHRASE).roles == {"auditor"}


def test_a_change_that_cannot_be_written_changes_nothing(
    team: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    from therapydesk.core.vault import users
    from therapydesk.core.vault.durable import disk_full

    team.unlock(USER, PASSPHRASE)

    def full(*_: Any) -> None:
        raise disk_full()

    with monkeypatch.context() as patch:
        patch.setattr(users, "write_json", full)
        with pytest.raises(UserError, match="full"):
            team.set_roles(id_of(team, "Nia Admin"), ["owner"])
    assert team.unlock("Nia Admin", PASSPHRASE).roles == {"admin"}


def test_a_key_kept_after_revoking_opens_nothing_new(team: Vault, tmp_path: Path) -> None:
    team.unlock("Tomos Therapist", PASSPHRASE)
    kept = ZoneKeys(bytearray(team.unlocked.ring.zones["clinical"].secret))
    team.unlock("Siân Lead", PASSPHRASE)
    with team.write("clinical") as db:
        db.add(ConsentDetail(consent_id=new_id(), person_id=new_id(), text="before"))
    team.revoke("clinical", id_of(team, "Tomos Therapist"))
    with team.write("clinical") as db:
        db.add(ConsentDetail(consent_id=new_id(), person_id=new_id(), text="after"))
    with team.read() as db:
        assert sorted(d.text for d in db.scalars(select(ConsentDetail))) == ["after", "before"]
    assert "zone revoked" in actions(team, "clinical")
    assert team.unlocked.current == {"core": "g1", "clinical": "g2", "safeguarding": "g1"}
    new_file = generations.zone_file(team.folder, "clinical", "g2")
    with pytest.raises(DamagedVault):
        generations.connect_alone(new_file, kept)
    with closing(
        generations.connect_alone(generations.zone_file(team.folder, "clinical", "g1"), kept)
    ) as raw:
        assert raw.execute("SELECT text FROM consent_detail").fetchall() == [("before",)]
    team.unlock("Tomos Therapist", PASSPHRASE)
    assert team.zones == {"core"}
    team.unlock(USER, PASSPHRASE)
    assert team.zones == set(ZONES)
    assert [str(f) for f in team.check() if f.kind != "link"] == []


@pytest.mark.parametrize("zone", ZONES)
def test_changing_a_key_keeps_everything_else(team: Vault, zone: Zone) -> None:
    team.unlock("Siân Lead", PASSPHRASE)
    before = actions(team, zone)
    team.rotate(zone)
    assert actions(team, zone)[: len(before)] == before
    assert team.check() == []
    for name in (USER, "Nia Admin", "Siân Lead"):
        team.unlock(name, PASSPHRASE)


def test_a_message_sealed_to_the_former_key_still_opens(team: Vault, host: Listening) -> None:
    seen: list[str] = []

    def take(_db: Any, event: Any) -> None:
        assert isinstance(event, HandedOver)
        seen.append(event.content["text"])

    team.unlock("Siân Lead", PASSPHRASE)
    old = team.unlocked.public_key("clinical")
    team.rotate("clinical")
    team.rotate("clinical")
    assert team.unlocked.public_key("clinical") != old
    message = b'{"kind": "probe.text", "ref": "%s", "content": {"text": "late"}}' % str(new_id()).encode()
    with team.write("core") as db:
        db.add(Inbox(target="clinical", by=team.user.id, sealed=seal(old, message)))
    host.handlers["clinical"] = [("probe", take)]
    assert team.settle() == 1
    assert seen == ["late"]


def test_a_change_of_key_that_fails_leaves_the_old_one_in_use(
    team: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    from therapydesk.core.vault.durable import disk_full

    team.unlock("Siân Lead", PASSPHRASE)

    def full(*_: Any) -> None:
        raise disk_full()

    with monkeypatch.context() as patch:
        patch.setattr(generations, "check_room", full)
        with pytest.raises(UserError, match="full"):
            team.rotate("core")
    with team.write("core"):
        pass
    assert team.check() == []
    team.unlock("Nia Admin", PASSPHRASE)


def test_a_lock_waits_until_a_key_is_changed(team: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    team.unlock("Siân Lead", PASSPHRASE)
    renew, locks = generations.renew, threading.Thread(target=team.lock)

    def lock_meanwhile(*given: Any) -> str:
        locks.start()
        locks.join(0.3)
        return renew(*given)

    monkeypatch.setattr(generations, "renew", lock_meanwhile)
    team.rotate("core")
    locks.join()
    assert not team.is_unlocked
    assert generations.read_current(team.folder)["core"] == "g2"
    team.unlock("Siân Lead", PASSPHRASE)
    assert team.check() == []


def test_the_last_holder_keeps_the_zone_and_nobody_shuts_themselves_out(vault: Vault, team: Vault) -> None:
    with pytest.raises(UserError, match="Nobody else"):
        vault.revoke("safeguarding", vault.user.id)
    with pytest.raises(UserError, match="Nobody can"):
        vault.revoke("core", vault.user.id)
    with pytest.raises(UserError, match="Nobody can"):
        vault.remove_user(vault.user.id)


def test_a_zone_can_be_given_up_to_another_holder(team: Vault) -> None:
    team.unlock(USER, PASSPHRASE)
    team.revoke("safeguarding", team.user.id)
    assert team.zones == {"core", "clinical"}
    with team.write("core"):
        pass
    team.unlock(USER, PASSPHRASE)
    assert team.zones == {"core", "clinical"}
    team.unlock("Siân Lead", PASSPHRASE)
    assert team.zones == set(ZONES)


def test_somebody_who_left_cannot_sign_in_and_all_their_keys_are_changed(team: Vault) -> None:
    team.unlock("Siân Lead", PASSPHRASE)
    tomos = id_of(team, "Tomos Therapist")
    assert team.remove_user(tomos) == frozenset()
    assert team.unlocked.current == {"core": "g2", "clinical": "g2", "safeguarding": "g1"}
    assert "Tomos Therapist" not in team.user_names()
    with team.read() as db:
        assert db.get_one(User, tomos).left
    with pytest.raises(NotFound):
        team.unlock("Tomos Therapist", PASSPHRASE)


def test_a_zone_that_the_remover_does_not_hold_waits_for_a_holder(team: Vault) -> None:
    team.unlock("Nia Admin", PASSPHRASE)
    assert team.remove_user(id_of(team, "Siân Lead")) == {"clinical", "safeguarding"}
    with pytest.raises(NotFound):
        team.unlock("Siân Lead", PASSPHRASE)
    team.unlock(USER, PASSPHRASE)
    assert team.zones_to_change() == {"clinical", "safeguarding"}
    for zone in team.zones_to_change():
        team.revoke(zone, next(e.id for e in team.unlocked.users.entries.values() if e.left))
    assert team.zones_to_change() == frozenset()


def test_a_passphrase_is_changed_with_the_old_one(team: Vault) -> None:
    team.unlock("Nia Admin", PASSPHRASE)
    with pytest.raises(WrongPassphrase):
        team.change_passphrase("not the old one", NEW)
    with pytest.raises(UserError):
        team.change_passphrase(PASSPHRASE, "short")
    team.change_passphrase(PASSPHRASE, NEW)
    with pytest.raises(WrongPassphrase):
        team.unlock("Nia Admin", PASSPHRASE)
    team.unlock("Nia Admin", NEW)


def test_a_kit_opens_once_with_a_new_passphrase_and_keeps_drafts(vault: Vault, plugins: Plugins) -> None:
    code = new_kit(vault)
    vault.save_draft("notes.1", "text")
    vault.lock()
    with pytest.raises(UserError):
        vault.unlock_with_recovery(str(code), "short")
    actor = vault.unlock_with_recovery(str(code).lower().replace("-", " "), NEW)
    assert (actor.name, vault.zones, vault.needs_kit) == (USER, frozenset(ZONES), True)
    assert vault.load_draft("notes.1") == "text"
    assert "unlock with recovery kit" in actions(vault, "core")
    with pytest.raises(WrongPassphrase, match="no recovery kit"):
        vault.unlock_with_recovery(code, PASSPHRASE)
    with pytest.raises(WrongPassphrase):
        vault.unlock(USER, PASSPHRASE)
    vault.unlock(USER, NEW)
    new_kit(vault)
    assert not vault.needs_kit


def test_the_use_of_a_kit_is_announced_to_the_others_once(team: Vault) -> None:
    team.unlock("Nia Admin", PASSPHRASE)
    team.unlock(USER, PASSPHRASE)
    code = new_kit(team)
    assert team.kit_uses() == []
    team.lock()
    team.unlock_with_recovery(code, NEW)
    team.unlock("Nia Admin", PASSPHRASE)
    assert [use.name for use in team.kit_uses()] == [USER]
    team.unlock("Nia Admin", PASSPHRASE)
    assert team.kit_uses() == []


def test_a_new_kit_ends_the_one_before(vault: Vault) -> None:
    first, second = new_kit(vault), new_kit(vault)
    vault.lock()
    with pytest.raises(WrongPassphrase):
        vault.unlock_with_recovery(first, NEW)
    vault.unlock_with_recovery(second, NEW)


def test_a_kit_that_was_not_typed_back_leaves_the_one_before_in_use(vault: Vault) -> None:
    first, second = new_kit(vault), vault.make_kit()
    vault.lock()
    with pytest.raises(WrongPassphrase):
        vault.unlock_with_recovery(second.code, NEW)
    vault.unlock_with_recovery(first, NEW)


def test_a_kit_still_opens_after_the_keys_were_changed(vault: Vault) -> None:
    code = new_kit(vault)
    for zone in ZONES:
        vault.rotate(zone)
    vault.lock()
    vault.unlock_with_recovery(code, NEW)
    assert vault.zones == set(ZONES)
    assert vault.check() == []


def test_wrong_codes_are_counted_and_logged(vault: Vault) -> None:
    new_kit(vault)
    vault.lock()
    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            vault.unlock_with_recovery(RecoveryCode.new(), NEW)
    with pytest.raises(WrongPassphrase, match="Too many"):
        vault.unlock_with_recovery(RecoveryCode.new(), NEW)
    assert len(list((vault.folder / "pending").iterdir())) == 3


def test_fingerprints_tell_users_apart_and_do_not_change(team: Vault) -> None:
    team.unlock(USER, PASSPHRASE)
    ids = [id_of(team, name) for name in team.user_names()]
    found = {team.fingerprint(user_id) for user_id in ids}
    assert len(found) == len(ids)
    assert all(len(f.split()) == 6 for f in found)
    team.change_passphrase(PASSPHRASE, NEW)
    assert team.fingerprint(ids[0]) in found


def test_a_vault_copied_while_locked_opens_elsewhere(team: Vault, host: Listening, tmp_path: Path) -> None:
    shutil.copytree(team.folder, tmp_path / "elsewhere")
    copy = Vault.open(tmp_path / "elsewhere", host=host)
    copy.kdf = Kdf.minimum()
    copy.unlock(USER, PASSPHRASE)
    assert copy.check() == []
    copy.close()
