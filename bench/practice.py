"""The made-up practices that are measured: a thousand people, and as many as asked."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from therapydesk.api import new_id, today
from therapydesk.built_in import BUILT_IN
from therapydesk.core.plugins import Plugins, load_all
from therapydesk.core.vault.vault import Vault
from therapydesk.demo import making, people_data
from therapydesk.demo.making import PASSPHRASE, THERAPIST, make_demo

SMALL = 1000


@dataclass(frozen=True)
class Practice:
    """A practice on disk with a home for its settings."""

    home: Path
    vault: Path
    people: int

    @contextmanager
    def opened(self) -> Iterator[Vault]:
        """It, unlocked."""
        vault = Vault.open(self.vault, host=plugins())
        try:
            vault.unlock(THERAPIST, PASSPHRASE)
            yield vault
        finally:
            vault.close()

    @contextmanager
    def copied(self) -> Iterator[Practice]:
        """A copy that may be written to, gone afterwards."""
        folder = self.home / "copy"
        shutil.copytree(self.vault, folder)
        try:
            yield Practice(self.home, folder, self.people)
        finally:
            shutil.rmtree(folder)


def plugins() -> Plugins:
    """The built-in modules."""
    return load_all(BUILT_IN, {}, (), contrib=False)


def make_small(home: Path) -> Practice:
    """The demo practice with 1,000 people: their sessions, notes and invoices too."""
    made = make_demo(home / "small", plugins=plugins(), people=SMALL)
    return Practice(home, made.vault, SMALL)


def grow(small: Practice, people: int) -> Practice:
    """The same practice with more people: records, contacts, needs, relations and episodes of the rest."""
    if people <= small.people:
        return small
    folder = small.home / "large"
    shutil.copytree(small.vault, folder)
    large = Practice(small.home, folder, people)
    more = people_data.make_people(people, 2, today())[small.people :]
    ids, rng = [new_id() for _ in more], random.Random(2)
    with large.opened() as vault, vault.write("core") as db:
        # the parts of the demo practice that are written in bulk
        making._people(db, more, ids)
        making._relations(db, ids, making._organisations(db), rng)
        making._episodes(db, ids, making._therapists(db), rng)
    return large
