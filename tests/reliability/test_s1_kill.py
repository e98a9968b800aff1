"""S1: kill -9 in the middle of units of work. Nothing acknowledged is lost, nothing is half there, zones
agree.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.conftest import PASSPHRASE, USER
from tests.reliability.numbers import limit, rounds
from tests.reliability.workers import CONTACTS, add_people, listening
from tests.reliability.world import Host, Victim, open_vault
from therapydesk.core import audit
from therapydesk.core.audit_check import verify
from therapydesk.core.plugins import Plugins
from therapydesk.core.vault.outbox import CoreOutbox, Inbox
from therapydesk.core.vault.vault import Vault
from therapydesk.records.consents import ConsentDetail
from therapydesk.records.people import ContactPoint, Person

KILLS = 30  # on one vault
pytestmark = pytest.mark.timeout(limit(300))


@dataclass
class Toll:
    """What went wrong over all kills."""

    acknowledged: set[UUID] = field(default_factory=set)
    lost: set[UUID] = field(default_factory=set)
    half: list[str] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    unsound: list[str] = field(default_factory=list)


def look(vault: Vault, toll: Toll, *, settle: bool) -> None:
    """Read what the dead worker left, as the next start of the program does."""
    vault.unlock(USER, PASSPHRASE)
    with vault.read() as db:
        people = set(db.scalars(select(Person.id)))
        contacts: Counter[UUID] = Counter(db.scalars(select(ContactPoint.person_id)))
        entries = db.scalar(
            select(func.count()).select_from(audit.AuditEntry).where(audit.AuditEntry.action == "create")
        )
        inboxes = db.scalar(select(func.count()).select_from(Inbox)) or 0
    toll.lost |= toll.acknowledged - people
    toll.half += [
        f"{person} has {contacts[person]} contacts" for person in people if contacts[person] != CONTACTS
    ]
    toll.half += ["contacts without a person"] if set(contacts) - people else []
    toll.half += (
        ["changes and log do not agree"] if (entries or 0) < len(people) * (1 + CONTACTS) + inboxes else []
    )
    if settle:
        vault.settle()
        with vault.read() as db:
            left = db.scalar(select(func.count()).select_from(CoreOutbox))
            toll.apart += ["the outbox is not empty"] if left else []
    with vault.read() as db:
        found = Counter((row.person_id, row.text) for row in db.scalars(select(ConsentDetail)))
        sound = [verify(db, zone) for zone in ("core", "clinical")]
    toll.apart += [str(p) for p in people if (found[p, "event"], found[p, "text"]) != (1, 1)]
    toll.unsound += [r.why for r in sound if not r.sound] + [w.error for w in vault.waiting]
    vault.lock()


def reap(folder: Path, host: Host, how: str, kills: int, seed: int) -> Toll:
    """Kill a working program so many times on the same vault, looking after each."""
    chance, toll = random.Random(seed), Toll()
    vault = open_vault(folder, listening(Host(host.found)))
    vault.close()
    for _ in range(kills):
        victim = Victim.start(add_people, folder, Host(host.found), (USER, PASSPHRASE), how)
        toll.acknowledged |= set(victim.hear(chance.randint(1, 6)))
        victim.process.join(chance.random() * 0.004 if how == "late" else 0)
        toll.acknowledged |= set(victim.kill())
        vault = open_vault(folder, listening(Host(host.found)))
        look(vault, toll, settle=how != "no outbox")
        vault.close()
    return toll


def soundness(folder: Path, host: Host) -> list[str]:
    vault = open_vault(folder, listening(Host(host.found)))
    vault.unlock(USER, PASSPHRASE)
    found = [str(f) for f in vault.check() if "consent_detail.consent_id" not in str(f)]
    vault.close()
    return found


def test_nothing_acknowledged_is_lost_and_nothing_is_half_there(
    plugins: Plugins, template: Path, tmp_path: Path
) -> None:
    for seed in rounds("S1", KILLS):
        folder, host = tmp_path / "vault", Host(plugins.owners())
        shutil.copytree(template, folder)
        toll = reap(folder, host, "late", KILLS, seed)
        assert len(toll.acknowledged) >= KILLS
        assert (toll.lost, toll.half, toll.apart, toll.unsound) == (set(), [], [], [])
        assert soundness(folder, host) == []
        shutil.rmtree(folder)


def test_control_a_promise_before_the_commit_is_found_broken(
    plugins: Plugins, template: Path, tmp_path: Path
) -> None:
    shutil.copytree(template, tmp_path / "vault")
    toll = reap(tmp_path / "vault", Host(plugins.owners()), "early", 12, 99)
    assert toll.lost != set()


def test_control_without_the_outbox_the_zones_come_apart(
    plugins: Plugins, template: Path, tmp_path: Path
) -> None:
    shutil.copytree(template, tmp_path / "vault")
    toll = reap(tmp_path / "vault", Host(plugins.owners()), "no outbox", 12, 7)
    assert toll.apart != []
