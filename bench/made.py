"""Making the practices that are measured. What was made is kept below build/bench until the day or the code changes."""

from __future__ import annotations

import hashlib
import random
import shutil
import tempfile
from pathlib import Path

from bench.fresh import ROOT
from bench.practice import Practice, plugins
from therapydesk.api import list_organisations, new_id, today
from therapydesk.demo import making, people_data, records

KEPT = ROOT / "build" / "bench"
MORE_SEED = 2  # of the people who come on top of the small practice's


def practice(home: Path, people: int, small: Practice | None = None) -> Practice:
    """A practice with that many people, copied to `home` from the kept one, which is made first if it is missing.

    Without `small` it is the demo practice: sessions, notes and invoices too. With it, the same practice and
    more people: records, contacts, needs, relations and episodes of the rest.
    """
    kept = KEPT / f"{today()}-{_code()}" / str(people)
    if not kept.exists():
        _forget_old(kept.parent)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            made = Path(folder) / "vault"
            if small is None:
                making.make_demo(made, plugins=plugins(), people=people)
            else:
                _grow(small, Practice(home, made, people))
            made.rename(kept)
    return Practice(home, Path(shutil.copytree(kept, home / f"practice-{people}")), people)


def known_people(small: Practice, people: int) -> list[people_data.MadeUp]:
    """Whom a practice has beyond those of the small one, at most that many."""
    return people_data.make_people(people, MORE_SEED, today())[small.people :]


def _grow(small: Practice, large: Practice) -> None:
    shutil.copytree(small.vault, large.vault)
    more = known_people(small, large.people)
    ids, rng = [new_id() for _ in more], random.Random(MORE_SEED)
    with large.opened() as vault, vault.write("core") as db:
        records.add_people(db, more, ids)
        records.add_relations(db, ids, [o.id for o in list_organisations(db)], rng)
        records.add_episodes(db, ids, making.find_therapists(db), rng)


def _code() -> str:
    """What the kept practices hang on: the code that makes them and the tables they are written into."""
    folder = ROOT / "therapydesk"
    files = {
        *folder.glob("demo/*.py"),
        *folder.glob("**/migrations/**/*.py"),
        *folder.glob("core/vault/*.py"),
    }
    whole = hashlib.sha256(b"\0".join(path.read_bytes() for path in sorted(files)))
    return whole.hexdigest()[:12]


def _forget_old(wanted: Path) -> None:
    wanted.mkdir(parents=True, exist_ok=True)
    for folder in wanted.parent.iterdir():
        if not folder.name.startswith(str(today())):
            shutil.rmtree(folder)
