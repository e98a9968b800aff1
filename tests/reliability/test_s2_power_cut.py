"""S2: the power goes at any moment of saving a note, handing over, importing, invoicing and locking. Each zone is then
exactly as it was after one of its transactions, none that was promised is missing, and after settling the zones agree.

What is modelled, and what is not, stands in `write_recorder`.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import func, select

from tests.plugins.referrals.conftest import LIST, as_read
from tests.reliability import numbers
from tests.reliability.kept import SIGN_IN, Sound, digest, file_of, sound_vault, tables
from tests.reliability.world import Host, open_vault
from tests.reliability.write_recorder import Recorder, power_cut
from therapydesk.api import record_consent, today
from therapydesk.core.errors import UserError
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import zones as zone_files
from therapydesk.core.vault.outbox import OUTBOX, Inbox
from therapydesk.core.vault.units import Units
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.invoicing import service as invoicing
from therapydesk.plugins.invoicing.models import Invoice
from therapydesk.plugins.notes import service as notes
from therapydesk.plugins.referrals import service as referrals
from therapydesk.plugins.referrals.models import Reason, Referral
from therapydesk.records.consents import Consent, ConsentDetail
from therapydesk.records.people import Person

pytestmark = pytest.mark.timeout(numbers.limit(1500))
EACH = 25  # states of one recording before the next is looked at
Work = Callable[[Vault], None]


# -- the work --


def save_note(vault: Vault) -> None:
    with vault.write("clinical") as db:
        person = next(iter(db.scalars(select(Person.id).order_by(Person.id))))
        note = notes.start_note(db, person, today())
    for text in ("We found a tempo together.", "We found a tempo together. Bring the guitar."):
        with vault.write("clinical") as db:
            note = notes.save_note(db, note.id, {"happened": text}, note.row_version)
    with vault.write("clinical") as db:
        notes.sign_note(db, note.id)


def hand_over(vault: Vault) -> None:
    for number in range(3):
        with vault.write("core") as db:
            person = list(db.scalars(select(Person.id).order_by(Person.id)))[number]
            record_consent(db, person, "share_gp", "yes", detail=f"Only about the choir, {number}.")
        vault.settle()


def import_batch(vault: Vault) -> None:
    with vault.read() as db:
        plan = referrals.plan(db, as_read(LIST))
    with vault.write("core") as db:
        referrals.carry_out(db, plan)
    vault.settle()


def invoice_run(vault: Vault) -> None:
    with vault.write("core") as db:
        drafts = invoicing.draft_lines(db, today() - timedelta(days=400), today())
        lines = [line.id for draft in drafts for line in draft.ready]
    with vault.write("core") as db:
        issued = invoicing.raise_invoices(db, lines, today())
    with vault.write("core") as db:
        invoicing.store_pdfs(db, issued[:2])


def lock(vault: Vault) -> None:
    with vault.write("core") as db:
        db.add(Person(full_name="Somebody new", normal_name="somebody new"))
    vault.lock()
    vault.unlock(*SIGN_IN)


def without_outbox(vault: Vault) -> None:
    """A control: what belongs together is written to each zone by itself."""
    for _ in range(6):
        with vault.write("core") as db:
            person = next(iter(db.scalars(select(Person.id))))
            row = Consent(person_id=person, purpose="share_gp", state="yes", asked_on=today())
            db.add(row)
            db.flush()
            consent = row.id
        with vault.write("clinical") as db:
            db.add(ConsentDetail(consent_id=consent, person_id=person, text="words"))


WORK: tuple[Work, ...] = (save_note, hand_over, import_batch, invoice_run, lock)


# -- recording and looking --


@dataclass
class Recorded:
    """A recording, the vault before it, and how each zone was after each of its transactions."""

    sound: Sound
    base: dict[str, bytes]
    recorder: Recorder
    before: dict[Zone, str]


@dataclass
class Toll:
    """What went wrong over all states."""

    states: int = 0
    lost: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    unsound: list[str] = field(default_factory=list)


def state_of(folder: Path, zone: Zone, sound: Sound) -> str:
    """All rows of a zone, as one hash."""
    with closing(zone_files.connect({"core": (file_of(folder, zone), sound.keys(zone))})) as raw:
        return str(
            hash(tuple((name, digest(raw, name, columns)) for name, columns in sorted(tables(raw).items())))
        )


def record(work: Work, host: Plugins, folder: Path) -> Recorded:
    """Do the work on a vault with everything written down."""
    sound = sound_vault(folder, Host(host.owners()))
    base = {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in (file_of(folder, zone) for zone in ZONES)
    }
    recorder = Recorder(folder)
    before: dict[Zone, str] = {zone: state_of(folder, zone, sound) for zone in ZONES}
    with recorder.recording(), promising(recorder, sound):
        vault = Vault.open(folder, host=host)
        vault.unlock(*SIGN_IN)
        vault.settle()
        work(vault)
        vault.close()
    return Recorded(sound, base, recorder, before)


@contextmanager
def promising(recorder: Recorder, sound: Sound) -> Iterator[None]:
    """Marks after each commit how the zone is now."""
    really = Units.write

    @contextmanager
    def write(self: Units, zone: Zone, wait: float) -> Iterator[Any]:
        with really(self, zone, wait) as db:
            yield db
        recorder.mark((zone, state_of(recorder.folder, zone, sound)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Units, "write", write)
        yield


def cut(
    recorded: Recorded, place: int, chance: random.Random, folder: Path, host: Plugins, toll: Toll
) -> None:
    """The state after a power cut behind so many steps: is everything there that must be?"""
    steps = recorded.recorder.steps[:place]
    for left in (folder, folder.with_name("looked at")):
        shutil.rmtree(left, ignore_errors=True)
    shutil.copytree(recorded.sound.folder, folder, ignore=shutil.ignore_patterns("zone.db*", "LOCK", "g1"))
    for path, content in power_cut(recorded.base, steps, chance).items():
        (folder / path).write_bytes(content)
    toll.states += 1
    name = f"step {place}"
    copy = Path(shutil.copytree(folder, folder.with_name("looked at"), dirs_exist_ok=True))
    for zone in ZONES:
        marks = [s.mark[1] for s in recorded.recorder.steps if s.kind == "mark" and s.mark[0] == zone]
        known = [recorded.before[zone], *marks]
        promised = sum(s.kind == "mark" and s.mark[0] == zone for s in steps)
        try:
            found = state_of(copy, zone, recorded.sound)
        except (UserError, sqlcipher.Error) as error:
            toll.unsound.append(f"{name}, {zone}: {error}")
            continue
        if found not in known:
            toll.half.append(f"{name}: {zone} is as it never was")
        elif found not in known[promised : promised + 2]:
            toll.lost.append(f"{name}: {zone} lacks what was promised")
    look(folder, host, name, toll)


def look(folder: Path, host: Plugins, name: str, toll: Toll) -> None:
    """Open it as the next start of the program does, settle, and see whether the zones agree."""
    vault = Vault.open(folder, host=host)
    try:
        vault.unlock(*SIGN_IN)
        vault.settle()
        found = vault.check()
        toll.unsound += [f"{name}: {f}" for f in found if f.kind != "link"]
        toll.unsound += [f"{name}: {r.why}" for r in vault.log_findings]
        toll.apart += [f"{name}: {f}" for f in found if f.kind == "link"]
        toll.apart += [f"{name}: {why}" for why in differences(vault)]
    except UserError as error:
        toll.unsound.append(f"{name}: {error}")
    finally:
        vault.close()


def differences(vault: Vault) -> list[str]:
    """Where the zones do not agree after settling, and where an invoice's number is missing."""
    with vault.read() as db:
        left = [
            f"outbox of {z} is not empty"
            for z in ZONES
            if db.scalar(select(func.count()).select_from(OUTBOX[z]))
        ]
        left += ["the inbox is not empty"] if db.scalar(select(func.count()).select_from(Inbox)) else []
        told = Counter(db.scalars(select(Reason.referral_id)))
        left += [f"referral {r} and its reason" for r in db.scalars(select(Referral.id)) if told[r] > 1]
        new = db.scalar(select(func.count()).select_from(Referral).where(Referral.batch_id.is_not(None))) or 0
        with_reason = db.scalar(
            select(func.count())
            .select_from(Reason)
            .join(Referral, Referral.id == Reason.referral_id)
            .where(Referral.batch_id.is_not(None))
        )
        left += [] if not new or with_reason else ["an import without any reason"]
        consents = Counter(db.scalars(select(Consent.id).where(Consent.purpose == "share_gp")))
        details = Counter(db.scalars(select(ConsentDetail.consent_id)))
        left += ["consents and their words"] if consents != details else []
        sequence = sorted(db.scalars(select(Invoice.sequence)))
        left += ["numbers of invoices"] if sequence != list(range(1, len(sequence) + 1)) else []
    return [*left, *(w.error for w in vault.waiting)]


def run(work: Work, host: Plugins, place: Path, states: int, seed: int) -> Toll:
    recorded, chance, toll = record(work, host, place / "recorded"), random.Random(seed), Toll()
    for _ in range(states):
        cut(recorded, chance.randint(1, len(recorded.recorder.steps)), chance, place / "cut", host, toll)
    shutil.rmtree(place)
    return toll


def test_after_a_power_cut_each_zone_is_whole_and_the_zones_agree(plugins: Plugins, tmp_path: Path) -> None:
    chance, recordings, states = random.Random(2), {}, 0
    for work in WORK:
        recordings[work] = record(work, plugins, tmp_path / work.__name__)
        assert sum(step.kind == "write" for step in recordings[work].recorder.steps) > 20
        assert sum(step.kind == "sync" for step in recordings[work].recorder.steps) > 5
    for number in numbers.rounds("S2", EACH):
        work, toll = WORK[number % len(WORK)], Toll()
        steps = len(recordings[work].recorder.steps)
        for _ in range(EACH):
            cut(recordings[work], chance.randint(1, steps), chance, tmp_path / "cut", plugins, toll)
        states += toll.states
        assert (toll.lost, toll.half, toll.apart, toll.unsound) == ([], [], [], []), work.__name__
    assert states >= 25


def test_the_control_without_the_outbox_the_zones_come_apart(plugins: Plugins, tmp_path: Path) -> None:
    assert run(without_outbox, plugins, tmp_path / "control", 60, 5).apart != []


def test_the_control_without_syncing_promises_are_broken(
    plugins: Plugins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = zone_files.harden

    def carelessly(raw: Any, zones: tuple[Zone, ...], **more: Any) -> None:
        really(raw, zones, **more)
        for zone in zones:
            raw.execute(f"PRAGMA {zone_files.schema_of(zone)}.synchronous=OFF")

    monkeypatch.setattr(zone_files, "harden", carelessly)
    toll = run(hand_over, plugins, tmp_path / "control", 40, 6)
    assert toll.lost + toll.half + toll.unsound != []


def test_the_recorder_sees_what_the_file_holds(plugins: Plugins, tmp_path: Path) -> None:
    recorded = record(hand_over, plugins, tmp_path / "recorded")
    files = dict(recorded.base)
    for step in recorded.recorder.steps:
        held = bytearray(files.get(step.path, b""))
        if step.kind == "write":
            held.extend(bytes(max(0, step.offset + len(step.content) - len(held))))
            held[step.offset : step.offset + len(step.content)] = step.content
        elif step.kind == "truncate":
            del held[step.offset :]
        elif step.kind == "delete":
            files.pop(step.path, None)
            continue
        if step.kind in ("write", "truncate"):
            files[step.path] = bytes(held)
    for zone in ZONES:
        path = file_of(recorded.sound.folder, zone)
        assert path.read_bytes() == files[path.relative_to(recorded.sound.folder).as_posix()]


def test_a_vault_opens_with_the_helper_of_the_other_harnesses(plugins: Plugins, tmp_path: Path) -> None:
    sound = sound_vault(tmp_path / "vault", Host(plugins.owners()))
    vault = open_vault(sound.folder, Host(plugins.owners()))
    vault.unlock(*SIGN_IN)
    assert differences(vault) == []
    vault.close()
