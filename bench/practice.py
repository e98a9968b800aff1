"""A made-up practice on disk, to be measured."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from therapydesk.built_in import BUILT_IN
from therapydesk.core.plugins import Plugins, load_all
from therapydesk.core.vault.vault import Vault
from therapydesk.demo.making import PASSPHRASE, THERAPIST


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


@cache
def plugins() -> Plugins:
    """The built-in modules."""
    return load_all(BUILT_IN, {}, (), contrib=False)
